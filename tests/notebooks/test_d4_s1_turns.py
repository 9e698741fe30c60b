"""Session 4.1: wrong answers to its micro-tasks are named, right ones in
another style pass, its cells print what its texts say, and the lab refuses a
canvas that breaks its rules."""

import re

import pandas as pd
import pytest

from commands.exercises import notebooks
from tests.notebooks.turns import is_named, opened, printed, prose
from tests.support import ROOT

LESSON = ROOT / "course/day4_strategy/s1_why_open.ipynb"
CELLS = ["story-table", "story-given", "network-draw", "network-rule",
         "weak-points", "future-map", "power-sides", "lab-write",
         "lab-rules"]
COLUMNS = ["from_id", "to_id", "flow", "kind"]
GOOD = [("us", "press", "reports", "today"), ("us", "INS", "lists", "today"),
        ("INS", "us", "tables", "today"), ("us", "city", "lists", "today"),
        ("city", "us", "addresses", "today"),
        ("press", "us", "corrections", "future"),
        ("us", "patients", "seen in a count", "harm")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson")


@pytest.fixture(scope="module")
def said(folder, kernels):
    with opened(LESSON, folder, kernels, CELLS) as ask:
        yield ask


@pytest.mark.parametrize("task, answer, words", [
    ("story", "givers = (links['from_id'] == 'MIN').sum()",
     "who gives and who gets"),
    ("evidence", "use_only = 'taxis'", "reports a loss of people"),
    ("evidence", "use_only = 'addresses'", "is it a benefit?"),
    ("network", "giver = 'STU'", "STU needs it"),
    ("network", "giver = 'MIN'", "a need without an offer is a wish"),
    ("future", "weak_in_future = len(list(nx.articulation_points("
     "network(links))))", "a harm holds nothing together")])
def test_a_wrong_answer_is_named(said, task, answer, words):
    is_named(said(task, answer), words)


@pytest.mark.parametrize("task, answer", [
    ("story", "givers = len(set(links[links['to_id'] == 'MIN']"
     "['from_id']))"),
    ("network", "giver = [a for a in offers if 'portal' in offers[a]][0]"),
    ("future", "weak_in_future = sum(1 for _ in nx.articulation_points("
     "network(future.query('kind != \"harm\"'))))")])
def test_a_right_answer_in_another_style_passes(said, task, answer):
    assert said(task, answer).startswith("✓")


@pytest.mark.parametrize("rows, words", [
    (GOOD[:4] + GOOD[5:], "4 rows are 'today'"),
    (GOOD[:-1], "0 rows are 'harm'"),
    ([*GOOD, ("us", "us", "lists", "today")], "row 9 has no flow"),
    ([*GOOD, ("us", "DON", None, "today")], "row 9 has no flow"),
    ([*GOOD, ("DON", "EGU", "money", "today")], "parts is 2"),
    ([*GOOD[:-1], ("us", "patients", "seen", "Harm")],
     "0 rows are 'harm'")])
def test_the_lab_names_what_breaks_a_rule(said, folder, rows, words):
    pd.DataFrame(rows, columns=COLUMNS).to_excel(
        folder / "output/canvas_mine.xlsx", index=False)
    is_named(said("lab", 'canvas_file = out / "canvas_mine.xlsx"'), words)


def test_the_lab_accepts_a_canvas_and_no_example(said, folder):
    pd.DataFrame(GOOD, columns=COLUMNS).to_excel(
        folder / "output/canvas_mine.xlsx", index=False)
    assert said("lab", 'canvas_file = out / "canvas_mine.xlsx"'
                ).startswith("✓")
    is_named(said("lab", 'canvas_file = out / "canvas.xlsx"'),
             "1 rows are 'today'")
    for answer in ('out / "none.xlsx"', "out"):
        is_named(said("lab", f"canvas_file = {answer}"), "there is no table")


def test_the_copy_of_a_photo_has_no_position(folder, tmp_path, monkeypatch):
    from PIL import Image
    (tmp_path / "output").mkdir()
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (36.0, 48.0, 0.0)}
    Image.new("RGB", (40, 20)).save(
        tmp_path / "output/canvas_photo.jpg", exif=exif)
    cell = next(one for one in notebooks.read(LESSON).cells
                if one.id == "lab-photo")
    exec(cell.source, {"out": tmp_path / "output"})
    copy = Image.open(tmp_path / "output/canvas.jpg")
    assert not dict(copy.getexif()) and copy.size == (20, 40)


def test_the_cells_print_what_the_texts_say(tmp_path, kernels):
    text = printed(LESSON, CELLS, tmp_path, kernels)

    given = re.findall(r"^ *MIN +(\w+)", text["story-given"], re.MULTILINE)
    assert len(set(given)) == 6 and "STU" in given
    assert "30 possible links; pairs of actors: 182" in text["network-rule"]
    assert text["network-rule"].count("'portal'") == 1
    many = re.findall(r"has (\d+) neighbours", text["weak-points"])
    assert len(many) == 4
    assert "single points of failure: ['MIN']" in text["weak-points"]
    assert "['CNI', 'DON', 'EGU', 'INP']" in text["weak-points"]
    assert len(re.findall(r"^(partner|convince|inform|watch) ", text[
        "power-sides"], re.MULTILINE)) >= 3
    assert round(100 * 1994 / 10950) == 18 and "10,950" in prose(LESSON)
