"""Broken submissions, in one batch with honest ones before and after: none
stops it, and each gets its points and a reason in words."""

import pytest

from tests.commands.grading.cases import arena, broken
from tests.commands.grading.cases.course import AUTOMATIC, POINTS
from tests.support import needs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    needs("bwrap")
    return arena.grade(
        tmp_path_factory.mktemp("broken"),
        {name: case.submit for name, case in broken.CASES.items()},
        limits=broken.LIMITS)


# A case that is taken out is missed here. Further ones are welcome.
MUST_BE_TRIED = {
    "the file": """
        not-json word empty utf-16 bom no-cells no-list-of-cells deep
        version-3 wrong-name folder missing""",
    "the cells": """
        other-kernel no-metadata deleted-check deleted-answer duplicated
        altered-metadata other-types locked-edited junk-in-outputs
        syntax-error no-answers""",
    "the code": """
        endless-loop sleeps ignores-interrupt exits memory endless-output
        asks recursion deep-recursion""",
}


@pytest.mark.parametrize("what", MUST_BE_TRIED)
def test_all_that_people_break_is_tried(what):
    assert not set(MUST_BE_TRIED[what].split()) - broken.CASES.keys()


def test_the_batch_is_graded_to_its_end(batch):
    assert batch.finished, batch.error
    assert not batch.changed
    assert not batch.left


@pytest.mark.parametrize("student", [arena.FIRST, arena.LAST])
def test_the_honest_get_all_their_points(batch, student):
    honest = batch.results[student]
    assert honest.score == AUTOMATIC
    assert not honest.reasons


@pytest.mark.parametrize("name", broken.CASES)
def test_a_broken_one_gets_what_it_deserves(batch, name):
    result, case = batch.results[name], broken.CASES[name]
    assert result.score in case.scores, result.reasons


@pytest.mark.parametrize("name", broken.CASES)
def test_for_each_point_that_is_lost_there_is_a_reason(batch, name):
    """Of the notebook, or of the check that did not hold."""
    result = batch.results[name]
    unexplained = [task for task, points in POINTS.items()
                   if (result.tasks.get(task) or 0) < points
                   and not result.reasons and not result.findings.get(task)]
    assert not unexplained


@pytest.mark.parametrize("name", broken.CASES)
def test_what_is_broken_is_told_in_words(batch, name):
    result, case = batch.results[name], broken.CASES[name]
    if result.says:
        assert any(words in result.says for words in filter(None, case.says))
    else:
        assert "" in case.says or not case.says
    assert "Traceback" not in result.says


@pytest.mark.parametrize("name", broken.CASES)
def test_the_gradebook_says_the_same(batch, name):
    assert batch.gradebook.get(name, 0) == batch.results[name].score


@pytest.mark.parametrize("name", broken.CASES)
def test_points_are_never_more_than_a_task_gives(batch, name):
    for task, score in batch.results[name].tasks.items():
        assert score is None or score <= POINTS.get(task, 0)


def test_a_file_with_another_name_is_told_its_right_one(batch):
    assert "Rename it to e00_tiny.ipynb" in batch.results["wrong-name"].says
