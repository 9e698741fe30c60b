"""The rehearsal: a class that does not exist, graded as a real one."""

import io
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from rich.console import Console

from commands import rehearsal, rehearsal_shown
from commands.exercises import objectives
from commands.grading import figures
from commands.grading.results import NotebookResult, TaskGrade
from commands.rehearsal import Mistake, Outcome, Rehearsal, Trainee
from helpers.errors import CourseError
from tests.commands.grading.cases import course as tiny
from tests.support import ROOT

pytestmark = pytest.mark.slow
FORGOTTEN = """\
share:
  - name: percent instead of a share
    answer: share-answer
    code: |
      def share(rows, centre):
          beds = {row["centre"]: row["beds"] for row in rows}
          return 100 * beds[centre] / sum(beds.values())
    says: [this is a percentage]
largest:
  - name: the last centre
    answer: largest-answer
    code: |
      def largest(rows):
          return rows[-1]["centre"]
    says: ["'C'"]
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Nine trainees: one of each kind, and two more mistakes."""
    root = tiny.make(tmp_path_factory.mktemp("course") / "course")
    lesson = new_notebook(metadata={"course": {
        "session": "1.1", "objectives": {"D1.1.1": "add the beds"}}})
    (root / "course" / tiny.DAY).mkdir(parents=True)
    nbformat.write(lesson, root / "course" / tiny.DAY / "s1_beds.ipynb")
    file = root / "tests" / "mistakes" / f"{tiny.NAME}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(FORGOTTEN, encoding="utf-8")
    return root, rehearsal.rehearse(
        tiny.DAY, "e00", 9, tmp_path_factory.mktemp("scratch") / "new", root)


def test_the_report_names_exactly_the_planted_mistakes(played):
    _, done = played
    tasks = {task.grade_id: task for task in figures.tasks(done.results)}
    assert tasks["share"].states["t03"] == figures.WRONG
    found = {name: [times for _, times in task.mistakes]
             for name, task in tasks.items() if task.mistakes}
    assert found == {"share": [2], "largest": [1]}
    assert "this is a percentage" in done.report.read_text("utf-8")


def test_the_objectives_of_the_lessons_are_there_for_the_report(played):
    _, done = played
    assert objectives.taught(done.root)["D1.1.1"].text == "add the beds"


def test_each_trainee_comes_out_as_planted(played):
    _, done = played
    assert [(one.trainee.kind, one.says) for one in done.outcomes
            if not one.as_planted] == []
    assert Counter(one.trainee.kind for one in done.outcomes) == {
        "mistake": 3, **dict.fromkeys((
            "right", "blank", "broken file", "renamed file",
            "handed in twice", "late"), 1)}


def test_a_text_that_was_not_touched_is_not_answered(played):
    _, done = played
    why, = (task for task in figures.tasks(done.results)
            if task.grade_id == "why")
    assert why.states["t02"] == figures.UNANSWERED
    assert why.states["t01"] == figures.TO_MARK


def test_the_course_stays_as_it_was(played):
    root, done = played
    assert {file.name for file in root.iterdir()} == {
        "course", "solutions", "tests", "nbgrader_config.py"}
    assert done.pages == 8  # all but the broken file


# --- without grading -------------------------------------------------------

ONE = Mistake("swapped", "place", "place-answer", "", ["look swapped"])


def outcome(kind, *tasks, reasons=()):
    result = NotebookResult("t1", "e03", [
        TaskGrade(name, name, 4, score, says) for name, score, says in tasks],
        reasons=list(reasons))
    return rehearsal._outcome(Trainee(
        "t1", kind, ONE if kind == "mistake" else None), [result])


def test_a_mistake_must_be_named_in_its_words_and_alone():
    named = ("place", 0, "✗ T\n  Found: longitude and latitude look\n  "
             "    swapped")
    assert outcome("mistake", named).as_planted
    assert not outcome("mistake", ("place", 0, "✗ no words")).as_planted
    assert not outcome("mistake", ("place", 4, "")).as_planted
    assert not outcome("mistake", named, ("share", 0, "✗ x")).as_planted


def test_a_right_answer_that_loses_points_is_told():
    assert outcome("right", ("place", 4, "")).as_planted
    assert not outcome("right", ("place", 0, "✗ x")).as_planted
    assert not outcome("right", ("place", 4, ""), reasons=["x"]).as_planted


def test_thirty_trainees_plant_each_kind_and_mistakes_of_all_tasks():
    file = ROOT / "solutions" / tiny.DAY / "e03_crs_detective.ipynb"
    planted = list(rehearsal.made_up(30, rehearsal.mistakes(file)))
    assert len({one.code for one in planted}) == 30
    assert set(rehearsal.FIRST) == {one.kind for one in planted}
    assert {one.mistake.check for one in planted if one.mistake} == {
        "place", "share", "find", "centres", "datum"}


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="not an empty folder"):
        rehearsal.rehearse(tiny.DAY, "e03", 3, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("exercise, trainees, words", [
    ("e99", 3, "The exercises are: e01_openness_audit"),
    ("e03", 0, "1 trainee or more")])
def test_a_wrong_wish_is_told_in_words(exercise, trainees, words):
    with pytest.raises(CourseError, match=words):
        rehearsal.rehearse(tiny.DAY, exercise, trainees)


@pytest.mark.parametrize("as_planted, code, words", [
    (True, 0, "says of each trainee what was planted"),
    (False, 1, "differs from what was planted for: t1")])
def test_the_exit_code_says_whether_all_is_as_planted(
        as_planted, code, words):
    text = io.StringIO()
    done = Rehearsal(Path("scratch"), tiny.DAY, "e03", [], [
        Outcome(Trainee("t1", "right"), "all tasks right", as_planted)])
    assert rehearsal_shown.show(done, Console(file=text, width=200)) == code
    assert words in text.getvalue()
