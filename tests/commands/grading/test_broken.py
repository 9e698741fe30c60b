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
        version-3 wrong-name folder missing too-many-values name-too-long
        folder-for-file""",
    "the cells": """
        other-kernel no-metadata deleted-check deleted-answer duplicated
        altered-metadata other-types locked-edited junk-in-outputs
        syntax-error answer-stops other-name defined-below
        returns-nothing no-answers""",
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
    """By a reason of the notebook, or by the check that asked in vain."""
    result, case = batch.results[name], broken.CASES[name]
    words = "; ".join([result.says, *result.findings.values()])
    if result.says or (case.says and "" not in case.says):
        assert any(one in words for one in filter(None, case.says))
    assert "Traceback" not in words
