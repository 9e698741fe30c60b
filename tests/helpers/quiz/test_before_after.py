"""The questions before and after a day, and before and after the course:
kept, compared, explained."""

import ast
import json
import re
from collections import Counter
from itertools import combinations

import pytest
from rapidfuzz import fuzz

from commands.exercises import minutes, notebooks
from helpers import quiz
from helpers.errors import CourseError
from helpers.explore.show import STATIC
from helpers.quiz import before_after
from tests.support import ROOT

DAYS = ["day1_production", "day2_processing", "day3_publication",
        "day4_strategy"]
COURSE = "diagnostic"  # before Day 1 and after Day 4
NAMES = ["free_pdf", "no_names_left", "label_or_calculation"]
SECONDS_TO_CHOOSE = 10
ALIKE = 80  # of 100: words of two questions that are nearly the same
each_day = pytest.mark.parametrize("day", DAYS)
each_notebook = pytest.mark.parametrize("day", [*DAYS, COURSE])


def notebook_of(day):
    return notebooks.read(ROOT / "course" / "before_after" / f"{day}.ipynb")


def asked_by(day) -> list[quiz.Question]:
    """The questions that the notebook of a day lists."""
    cell = next(cell for cell in notebook_of(day).cells
                if cell.id == "questions")
    listed = next(node.value for node in ast.parse(cell.source).body
                  if isinstance(node, ast.Assign)
                  and node.targets[0].id == "questions")
    return [quiz.named(name) for name in ast.literal_eval(listed)]


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.delenv(STATIC, raising=False)
    return tmp_path / "output" / "day.json"


def answer(shown, file, when, *words):
    """Ask, and choose these words one after the other."""
    before_after.ask(NAMES, when, file)
    for choice, word in zip(shown[-1].children[1::2], words, strict=False):
        choice.value = word


# --- the notebooks ---------------------------------------------------------

@each_day
def test_two_questions_stand_for_each_session_of_the_day(day):
    sessions = [one.objective[1:4] for one in asked_by(day)]
    assert sessions == sorted(sessions)
    assert {name[0] for name in sessions} == {day[3]}
    assert all(sessions.count(name) == 2 for name in sessions)
    assert len(sessions) == 8
    objectives = {one.objective for one in asked_by(day)}
    assert len(objectives) == len(sessions), "an objective is asked twice"


def test_the_course_asks_five_questions_of_each_day_and_each_session():
    asked = [one.objective for one in asked_by(COURSE)]
    assert asked == list(dict.fromkeys(asked)), "an objective is asked twice"
    assert Counter(name[1] for name in asked) == dict.fromkeys("1234", 5)
    assert {name[1:4] for name in asked} == {
        f"{day}.{session}" for day in "1234" for session in "1234"}
    assert [name[1] for name in asked] == sorted(name[1] for name in asked)


def test_no_two_questions_ask_the_same():
    """Of two notebooks, or of a notebook and a lesson: names and words."""
    listed = [one.name for day in [*DAYS, COURSE] for one in asked_by(day)]
    assert len(listed) == len(set(listed))
    close = [(one.name, other.name) for one, other in combinations(
        quiz.questions().values(), 2)
        if fuzz.token_sort_ratio(one.text, other.text) > ALIKE]
    assert not close


@each_notebook
def test_the_questions_are_read_and_answered_in_their_minutes(day):
    text = " ".join(" ".join([one.text, *one.options, *one.options.values()])
                    for one in asked_by(day))
    words = len(re.findall(r"\w[\w'’.,-]*", text))
    needed = (words / minutes.WORDS_PER_MINUTE
              + len(asked_by(day)) * SECONDS_TO_CHOOSE / 60)
    promised = notebook_of(day).metadata.course.minutes
    assert needed <= promised.before == promised.after
    first, last = ("Day 1", "Day 4") if day == COURSE else (
        f"session {day[3]}.1", f"session {day[3]}.4")
    assert (f"{promised.before} min before {first}, {promised.after} min "
            f"after {last}") in notebook_of(day).cells[0].source


@each_notebook
def test_no_lesson_has_asked_a_question_before(day):
    """It would be known in the evening for that reason alone."""
    taught = " ".join(file.read_text("utf-8") for file in [
        *minutes.lessons(), *(ROOT / "solutions").glob("*/*.ipynb")])
    assert not [one.name for one in asked_by(day)
                if f'\\"{one.name}\\"' in taught]


@each_notebook
def test_the_notebook_runs_in_silence(day, shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(STATIC, raising=False)
    scope: dict = {}
    for cell in notebook_of(day).cells:
        if cell.cell_type == "code":
            exec(cell.source, scope)
    boxes = [len(one.children) for one in shown if hasattr(one, "children")]
    assert boxes == [2 * len(asked_by(day))] * 2
    assert not (tmp_path / "output").exists(), "nobody has answered"


# --- what is kept ----------------------------------------------------------

def test_answers_are_kept_and_stand_there_again(shown, file):
    answer(shown, file, "before", "free", before_after.NOT_YET)
    answer(shown, file, "after", "neither")
    before_after.ask(NAMES, "before", file)
    assert [choice.value for choice in shown[-1].children[1::2]] == [
        "free", before_after.NOT_YET, None]
    assert before_after.answers(file) == {
        "before": {"free_pdf": "free",
                   "no_names_left": before_after.NOT_YET},
        "after": {"free_pdf": "neither"}}


def test_asking_says_nothing_about_the_answers(shown, file):
    answer(shown, file, "before", "free")
    said = " ".join(part.value for part in shown[-1].children[::2])
    for name in NAMES:
        for why in quiz.named(name).why.values():
            assert why not in said


def test_an_option_that_no_longer_exists_is_not_chosen(shown, file):
    file.parent.mkdir()
    file.write_text('{"before": {"free_pdf": "gone"}, "after": {}}')
    before_after.ask(NAMES, "before", file)
    assert shown[-1].children[1].value is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"before": 3}'])
def test_another_file_is_named_and_not_overwritten(shown, file, content):
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(CourseError, match="Delete it, and answer again"):
        before_after.ask(NAMES, "before", file)
    assert file.read_text() == content


# --- the gain --------------------------------------------------------------

def test_the_gain_stands_beside_each_objective(shown, file):
    answer(shown, file, "before", "free", "personal", before_after.NOT_YET)
    answer(shown, file, "after", "neither", "anonymous")
    before_after.gain(NAMES, file)
    page = shown[-1].data
    assert "Right before: 1 of 3. Right after: 1." in page
    rows = page.split("<tr>")[2:]
    for row, name, before, after in zip(
            rows, NAMES, ["✗ free", "✓ personal", "✗ I do not know yet"],
            ["✓ neither", "✗ anonymous", "✗ no answer"], strict=True):
        assert quiz.named(name).objective in row
        shown_words = re.sub("<br>.*?</td>|</?b>", "", row).replace(
            "\u00a0", " ")
        assert re.findall(">([✓✗].*?)</td>", shown_words) == [before, after]


def test_only_what_is_not_right_yet_is_explained(shown, file):
    answer(shown, file, "before", "free", "anonymous")
    answer(shown, file, "after", "neither", "anonymous")
    before_after.gain(NAMES, file)
    first, second, third = (quiz.named(name).why for name in NAMES)
    page = shown[-1].data
    assert not [why for why in first.values() if why in page]
    assert second["anonymous"] in page and second["personal"] in page
    assert second["statistics"] not in page
    assert third["label"] in page and third["numbers"] not in page


def test_the_gain_of_a_course_is_told_for_each_day(shown, file):
    names = ["free_pdf", "no_names_left", "two_neighbours"]
    file.parent.mkdir()
    file.write_text(json.dumps({"before": {"free_pdf": "neither"}, "after": {
        "free_pdf": "neither", "no_names_left": "personal",
        "two_neighbours": "alone"}}))
    before_after.gain(names, file)
    assert "Day 1: 1 → 2 of 2 · Day 2: 0 → 1 of 1" in shown[-1].data
    before_after.gain(NAMES, file)
    assert "Day 1:" not in shown[-1].data, "one day needs no second sum"


def test_before_the_evening_there_is_no_gain(shown, file):
    answer(shown, file, "before", "free")
    before_after.gain(NAMES, file)
    assert "Answer the questions after the day" in shown[-1].data


def test_the_book_asks_once_and_folds_the_answers(shown, file, monkeypatch):
    monkeypatch.setenv(STATIC, "1")
    for when in ("before", "after"):
        before_after.ask(NAMES, when, file)
    before_after.gain(NAMES, file)
    first, *others = (one.data for one in shown)
    assert first.count("<details>") == len(NAMES)
    assert all("In JupyterLab" in page for page in others)
    assert not file.exists()


# --- for the instructor ----------------------------------------------------

def test_what_is_handed_in_says_only_what_was_right(
        shown, file, monkeypatch, capsys):
    monkeypatch.setenv("JUPYTERHUB_USER", "amal")
    answer(shown, file, "before", "free", before_after.NOT_YET)
    answer(shown, file, "after", "neither", "anonymous", "label")
    before_after.hand_in(NAMES, file)
    (written,) = file.parent.glob("anonymous_*.json")
    assert str(written) in capsys.readouterr().out
    assert json.loads(written.read_text()) == {
        "free_pdf": [False, True], "no_names_left": [False, False],
        "label_or_calculation": [None, True]}
    assert re.fullmatch("anonymous_[0-9a-f]{8}.json", written.name)
    assert "amal" not in written.name + written.read_text()


def test_two_trainees_have_two_codes_and_one_keeps_his(
        shown, file, tmp_path):
    codes = []
    for folder in (file.parent, tmp_path / "second", file.parent):
        answer(shown, folder / file.name, "after", "neither")
        before_after.hand_in(NAMES, folder / file.name)
        codes.append([one.name for one in folder.glob("anonymous_*.json")])
    first, second, again = codes
    assert first == again and len(again) == 1
    assert first != second


def test_nothing_is_handed_in_before_the_end_nor_by_the_book(
        shown, file, monkeypatch, capsys):
    answer(shown, file, "before", "free")
    before_after.hand_in(NAMES, file)
    assert "Answer the questions after" in capsys.readouterr().out
    answer(shown, file, "after", "neither")
    monkeypatch.setenv(STATIC, "1")
    before_after.hand_in(NAMES, file)
    assert "In JupyterLab" in capsys.readouterr().out
    assert not list(file.parent.glob("anonymous_*"))
