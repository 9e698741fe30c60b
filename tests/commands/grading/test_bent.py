"""The engine itself, on submissions bent as public reports describe: each
earns what its answers deserve. (test_submissions looks at the repairs.)"""

import json
import shutil

import pytest

from commands import grading
from tests.commands.grading.cases import handed_in, wells
from tests.support import ROOT

pytestmark = pytest.mark.slow
DAY = "day1_production"
# What `prepare` is told there, `collect` finds out here.
CASES = {name: case for name, case in handed_in.CASES.items()
         if not case.refused}
# Task 2 calls the function of Task 1, which is wrong here: one mistake costs
# once, so here the engine gives more than a kernel that runs all cells.
ONCE = {"C03-an-answer-that-python-cannot-read": {"share"},
        "C08-conflict-marks-in-a-cell": {"share"}}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """name of a case → what its wells earned: the results of its trainee."""
    root = tmp_path_factory.mktemp("bent")
    (root / "solutions" / DAY).mkdir(parents=True)
    for name in wells.EXERCISES:
        (root / "solutions" / DAY / f"{name}.ipynb").write_text(
            json.dumps(wells.solution(name)), encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name, case in CASES.items():
        for file, content in case.files.items():
            place = root / "submitted" / name / DAY / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    found = {}
    for one in grading.grade(DAY, root):
        found.setdefault(one.student, []).append(one)
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_earns_what_its_answers_deserve(results, name):
    earned = {task.grade_id for one in results[name] for task in one.tasks
              if one.notebook == wells.WELLS and task.grade_id != "note"
              and task.score == task.points}
    assert earned == {*CASES[name].passes, *ONCE.get(name, ())}, [
        (task.grade_id, task.says) for one in results[name]
        for task in one.tasks]


def test_nobody_disappears(results):
    assert set(results) == set(CASES)
