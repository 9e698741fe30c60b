"""What honest people do around right answers costs them nothing."""

import shutil

import pytest

from commands import grading
from tests.commands.grading.cases import honest
from tests.commands.grading.cases.e03 import DAY
from tests.support import ROOT

pytestmark = pytest.mark.slow
SUBMISSIONS = honest.submissions()


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    root = tmp_path_factory.mktemp("honest")
    (root / "solutions" / DAY).mkdir(parents=True)
    shutil.copy(honest.FILE, root / "solutions" / DAY)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name, content in SUBMISSIONS.items():
        folder = root / "submitted" / name / DAY
        folder.mkdir(parents=True)
        (folder / honest.FILE.name).write_bytes(content)
    return {one.student: one for one in grading.grade(DAY, root)}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_all_points_and_no_remark(results, name):
    result = results[name]
    assert result.score == honest.AUTOMATIC, [
        (task.grade_id, task.found) for task in result.tasks if task.found]
    assert not result.reasons
