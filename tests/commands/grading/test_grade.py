"""`grade DAY`: a class of three; a second run; the command."""

import json
import subprocess
import sys

import pytest
import yaml

from commands import grading
from commands.exercises import notebooks
from tests.commands.grading.cases import course as tiny
from tests.commands.grading.cases.e03 import (
    AUTOMATIC,
    BY_A_PERSON,
    DAY,
    NAME,
    all_bytes,
    exercise,
    hand_in,
    new_course,
    solution,
    with_answer,
)
from tests.support import ROOT

pytestmark = pytest.mark.slow


# --- the class of three ----------------------------------------------------

@pytest.fixture(scope="module")
def graded_class(tmp_path_factory):
    """Right, blank, and the classic mistake: declared, not transformed."""
    root = new_course(tmp_path_factory.mktemp("class"))
    mistakes = yaml.safe_load((ROOT / "tests" / "mistakes" / f"{NAME}.yaml"
                               ).read_text(encoding="utf-8"))
    classic = next(m for m in mistakes["place"] if "set_crs" in m["code"])
    hand_in(root, "right", solution())
    hand_in(root, "blank", exercise())
    hand_in(root, "classic", with_answer(classic["answer"], classic["code"]))
    before = all_bytes(root / "submitted")
    results = {one.student: one for one in grading.grade(DAY, root)}
    assert all_bytes(root / "submitted") == before
    return root, results, classic


def feedback(root, student):
    return (root / "feedback" / student / DAY / f"{NAME}.html").read_text(
        encoding="utf-8")


def test_the_right_one_gets_all_automatic_points(graded_class):
    _, results, _ = graded_class
    assert results["right"].score == AUTOMATIC
    assert results["right"].points == AUTOMATIC + BY_A_PERSON
    assert results["right"].waiting == BY_A_PERSON


def test_the_blank_one_gets_nothing_and_a_calm_sentence(graded_class):
    root, results, _ = graded_class
    assert results["blank"].score == 0
    assert "not answered yet" in feedback(root, "blank")
    assert "Traceback (most" not in feedback(root, "blank")


def test_the_mistake_loses_its_points_and_is_named(graded_class):
    root, results, classic = graded_class
    assert 0 < results["classic"].score < AUTOMATIC
    page = " ".join(feedback(root, "classic").split())
    for words in classic["says"]:
        assert words in page
    place = next(t for t in results["classic"].tasks
                 if t.grade_id == "place")
    assert place.score == 0 and place.found


def test_the_report_shows_where_the_class_struggles(graded_class):
    root, _, _ = graded_class
    page = (root / "reports" / f"{DAY}.html").read_text(encoding="utf-8")
    for words in ("Where the class struggles", "Task 1 · Place the points",
                  "<small>1 of 3</small>", "classic", '<html lang="en">'):
        assert words in page
    assert "<script" not in page and 'src="http' not in page


def test_what_is_handed_out_as_feedback_asks_no_network(graded_class):
    root, _, _ = graded_class
    assert '<script src="http' not in feedback(root, "right")


def test_the_gradebook_is_nbgraders_own(graded_class):
    from nbgrader.api import Gradebook
    root, _, _ = graded_class
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}",
                   "open-geodata") as book:
        submission = book.find_submission(DAY, "right")
        assert submission.score == AUTOMATIC
        assert submission.max_score == AUTOMATIC + BY_A_PERSON
        assert submission.needs_manual_grade


def test_a_second_run_skips_what_has_not_changed(small_class):
    grading.grade(tiny.DAY, small_class)
    file = small_class / "submitted" / "s0" / tiny.DAY / tiny.FILE
    file.write_text(json.dumps(tiny.blank(small_class)), "utf-8")
    again = {one.student: one for one in grading.grade(
        tiny.DAY, small_class)}
    assert again["s1"].skipped and again["s1"].score == tiny.AUTOMATIC
    assert not again["s0"].skipped and again["s0"].score == 0
    forced = grading.grade(tiny.DAY, small_class, force=True)
    assert not any(one.skipped for one in forced)


# --- the command -----------------------------------------------------------

def command(*words):
    return subprocess.run([sys.executable, "-m", "commands", "grade", *words],
                          cwd=ROOT, capture_output=True, text=True)


def test_an_unknown_day_is_answered_by_those_there_are():
    done = command("day9_nothing")
    assert done.returncode == 2
    assert done.stderr.startswith("There is no day 'day9_nothing'.")
    assert DAY in done.stderr and "Traceback" not in done.stderr


def test_nobody_has_handed_in_anything(tmp_path):
    root = new_course(tmp_path)
    with pytest.raises(notebooks.NotebookError) as told:
        grading.grade(DAY, root)
    assert f"submitted/<trainee>/{DAY}/" in str(told.value)


# --- feedback --------------------------------------------------------------

def test_feedback_hides_the_tests_and_runs_nothing(tmp_path):
    root = tiny.make(tmp_path / "course")
    evil = tiny.answered(tiny.blank(root))
    tiny.insert(evil, "why", "<script>document.title = 'taken'</script>",
                "markdown")
    tiny.hand_in(root, "a", evil)
    grading.grade(tiny.DAY, root)
    page = (root / "feedback" / "a" / tiny.DAY / f"{tiny.NAME}.html"
            ).read_text("utf-8")
    assert "HIDDEN TESTS" not in page and "hidden tests, on other" in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_without_a_page_there_is_no_folder_of_feedback(tmp_path):
    """An empty folder would be sent to a trainee, who asks what is wrong."""
    root = tiny.make(tmp_path / "course")
    tiny.hand_in(root, "a", tiny.answered(tiny.blank(root)))
    assert grading.grade(tiny.DAY, root) and (
        root / "feedback" / "a" / tiny.DAY).is_dir()
    handed_in = root / "submitted" / "a" / tiny.DAY / tiny.FILE
    handed_in.write_text('{"cells": [', "utf-8")
    [result] = grading.grade(tiny.DAY, root)
    assert "cannot be read" in result.reasons[0]
    assert not (root / "feedback" / "a").exists()


# --- a check that needs the object itself ----------------------------------

def test_a_check_may_ask_to_run_beside_the_answer_and_that_is_told(tmp_path):
    root = tiny.make(tmp_path)
    solution = root / "solutions" / tiny.DAY / tiny.FILE
    notebook = json.loads(solution.read_text("utf-8"))
    check = next(cell for cell in notebook["cells"]
                 if cell["metadata"].get("nbgrader", {}).get("grade_id")
                 == "largest")
    check["metadata"].setdefault("course", {})["in_answer_kernel"] = True
    check["source"] = "assert largest.__globals__ is globals()"
    solution.write_text(json.dumps(notebook), "utf-8")
    tiny.hand_in(root, "amina", tiny.answered(tiny.blank(root)))
    result, = grading.grade(tiny.DAY, root)
    assert result.score == tiny.AUTOMATIC
    assert [reason for reason in result.reasons
            if "largest" in reason and "same Python" in reason]
