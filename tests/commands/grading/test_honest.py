"""What honest people do around right answers costs them nothing."""

import pytest

from commands import grading
from tests.commands.grading.cases import honest
from tests.commands.grading.cases.e03 import (
    AUTOMATIC,
    DAY,
    hand_in,
    new_course,
)

pytestmark = pytest.mark.slow
SUBMISSIONS = honest.submissions()


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    root = new_course(tmp_path_factory.mktemp("honest"))
    for name, content in SUBMISSIONS.items():
        hand_in(root, name, content)
    return {one.student: one for one in grading.grade(DAY, root)}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_all_points_and_no_remark(results, name):
    result = results[name]
    assert result.score == AUTOMATIC, [
        (task.grade_id, task.found) for task in result.tasks if task.found]
    assert not result.reasons
