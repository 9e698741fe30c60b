"""The questions before and after a day: kept, compared, explained."""

import ast
import re

import pytest

from commands.exercises import minutes, notebooks
from helpers import quiz
from helpers.errors import CourseError
from helpers.explore.show import STATIC
from helpers.quiz import before_after
from tests.support import ROOT

DAYS = ["day1_production", "day2_processing", "day3_publication"]
NAMES = ["free_pdf", "no_names_left", "label_or_calculation"]
SECONDS_TO_CHOOSE = 10
each_day = pytest.mark.parametrize("day", DAYS)


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


@each_day
def test_the_questions_are_read_and_answered_in_their_minutes(day):
    text = " ".join(" ".join([one.text, *one.options, *one.options.values()])
                    for one in asked_by(day))
    words = len(re.findall(r"\w[\w'’.,-]*", text))
    needed = (words / minutes.WORDS_PER_MINUTE
              + len(asked_by(day)) * SECONDS_TO_CHOOSE / 60)
    promised = notebook_of(day).metadata.course.minutes
    assert needed <= promised.before == promised.after
    assert (f"{promised.before} min before session {day[3]}.1, "
            f"{promised.after} min after session {day[3]}.4"
            ) in notebook_of(day).cells[0].source


@each_day
def test_no_lesson_has_asked_a_question_before(day):
    """It would be known in the evening for that reason alone."""
    lessons = " ".join(file.read_text("utf-8") for file in minutes.lessons())
    assert not [one.name for one in asked_by(day)
                if f'\\"{one.name}\\"' in lessons]


@each_day
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
