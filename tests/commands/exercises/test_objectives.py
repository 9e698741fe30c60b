"""Objectives, minutes and the agenda agree."""

import re
from itertools import pairwise

import pytest

from commands.exercises import notebooks, objectives
from tests.support import ROOT

DAYS = ["day1_production", "day2_processing", "day3_publication",
        "day4_strategy"]
LESSONS = sorted((ROOT / "course").glob("day[1-4]*/*.ipynb"))
TEMPLATE = ROOT / "course" / "template" / "s0_template.ipynb"


def agenda(day):
    """Rows of a day's agenda: session, title, minutes, …, status."""
    text = (ROOT / "course" / day / "index.md").read_text("utf-8")
    text = text.partition("| session | title |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|\n ").split("|")]
            for line in text.splitlines()
            if re.match(r"\| \d\.\d \|", line)]


@pytest.mark.parametrize("day", DAYS)
def test_a_day_has_four_sessions_and_360_minutes(day):
    rows = agenda(day)
    number = DAYS.index(day) + 1
    assert [row[0] for row in rows] == [f"{number}.{i}" for i in range(1, 5)]
    assert sum(int(row[2]) for row in rows) == 360


@pytest.mark.parametrize("day", DAYS)
def test_the_clock_of_a_day_adds_up(day):
    """Sessions as long as the agenda says; breaks of 15, 60, 15 minutes. On
    the last evening, the questions of the course come again."""
    page = (ROOT / "course" / day / "index.md").read_text("utf-8")
    clock = [(int(row[0]) * 60 + int(row[1]), int(row[2]) * 60 + int(row[3]),
              row[4]) for row in re.findall(
                  r"^\| (\d+):(\d\d) \| (\d+):(\d\d) \| (.+?) \|$", page,
                  re.MULTILINE)]
    lengths = [end - begin for begin, end, _ in clock]
    course = notebooks.read(
        ROOT / "course/before_after/diagnostic.ipynb").metadata.course
    last = [course.minutes.after] if day == DAYS[-1] else []
    assert lengths == [5, *(int(row[2]) for row in agenda(day)), 5, *last]
    breaks = [later[0] - earlier[1] for earlier, later in pairwise(clock)]
    assert breaks == [0, 15, 60, 15, 0, *[0 for _ in last]]
    names = [name for _, _, name in clock][1:5]
    assert names == [f"session {row[0]}" for row in agenda(day)]
    for time in (clock[0][0], clock[-1][1]):
        assert f"{time // 60}:{time % 60:02}" in page.split("| from |")[0]


@pytest.mark.parametrize("day", DAYS)
def test_a_session_is_ready_when_its_lesson_exists(day):
    lessons = {notebooks.read(file).metadata.course.session
               for file in LESSONS if file.parent.name == day}
    assert {row[0] for row in agenda(day) if row[-1] == "ready"} == lessons
    for row in agenda(day):
        assert row[-1] in ("ready", "in preparation")


@pytest.mark.parametrize("day", DAYS)
def test_the_days_terms_are_those_of_the_glossary(day):
    """A dash stands for a term whose Arabic has no source."""
    page = (ROOT / "course" / day / "index.md").read_text("utf-8")
    glossary = (ROOT / "course/reference/glossary.md").read_text("utf-8")
    entries = [re.sub(r"[ \n]+", " ", entry.replace("\n: ", " ")).strip()
               for entry in re.split(r"\n\n|\{glossary\}\n", glossary)]
    rows = re.findall(
        r"^\| \[(.+?)\]\(../reference/glossary.md#term-.+?\) \| (.+?) \| "
        r'(?:<span lang="ar" dir="rtl">(.+?)</span>|–)( \*\(to be reviewed\)\*'
        r")? \|$", page, re.MULTILINE)
    assert len(rows) == page.count("glossary.md#term-") >= 15
    for english, french, arabic, review in rows:
        entry = next(text for text in entries if text.startswith(
            f"{english} "))
        assert f"\u00a0:* {french}." in entry, english
        assert ("العربية" in entry) == bool(arabic), english
        assert not arabic or f"{arabic}</span>" in entry, english
        assert ("(to be reviewed)" in entry) == bool(review), english


def test_a_layer_that_a_days_page_names_exists():
    from helpers import data
    for day in DAYS:
        page = (ROOT / "course" / day / "index.md").read_text("utf-8")
        named = re.findall(r"(?<!\})`([a-z]+(?:_[a-z0-9]+)*)`", page)
        assert set(named) <= {*data.layers(), "data"}, day


@pytest.mark.parametrize("file", [*LESSONS, TEMPLATE],
                         ids=lambda file: file.stem)
def test_a_lesson_says_its_minutes_and_objectives(file):
    notebook = notebooks.read(file)
    course = notebook.metadata.course
    assert sum(course.minutes.values()) == 90
    top = notebook.cells[0].source
    for name, minutes in course.minutes.items():
        assert f"{name.removesuffix('s')}" in top and str(minutes) in top
    for name, text in course.objectives.items():
        shown = " ".join(top.split())
        assert f"**{name}** {text}" in shown, f"{name} differs from the text"


def test_each_objective_is_taught_and_assessed():
    taught = objectives.objectives()
    assert taught
    for name, objective in taught.items():
        if not objective.session.startswith("0"):
            assert objective.assessed_by, f"{name} is assessed by nothing"


def test_an_objective_that_nothing_teaches_is_refused(tmp_path):
    solution = next((ROOT / "solutions").glob("day1*/*.ipynb"))
    copy = tmp_path / "solutions" / "day1_production" / solution.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(solution.read_bytes())
    with pytest.raises(notebooks.NotebookError, match="taught in no lesson"):
        objectives.objectives(tmp_path)
