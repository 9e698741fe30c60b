"""What honest people do around right answers costs them nothing."""

import json
import re
import shutil

import pytest

from commands import grading
from tests.commands.grading.cases import honest
from tests.commands.grading.cases.e03 import DAY, grade_id
from tests.support import ROOT

pytestmark = pytest.mark.slow
SUBMISSIONS, CURLY = honest.submissions(), honest.curly()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("honest")
    (root / "solutions" / DAY).mkdir(parents=True)
    shutil.copy(honest.FILE, root / "solutions" / DAY)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name, content in (SUBMISSIONS | CURLY).items():
        folder = root / "submitted" / name / DAY
        folder.mkdir(parents=True)
        (folder / honest.FILE.name).write_bytes(content)
    return root


@pytest.fixture(scope="module")
def results(course):
    return {one.student: one for one in grading.grade(DAY, course)}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_all_points_and_no_remark(results, name):
    result = results[name]
    assert result.score == honest.AUTOMATIC, [
        (task.grade_id, task.found) for task in result.tasks if task.found]
    assert not result.reasons


@pytest.mark.parametrize("name", honest.ASKS_THE_NETWORK)
def test_a_cell_that_asks_the_network_ends_at_once(course, results, name):
    """Not after its own 60 seconds, nor when its time is over."""
    graded = json.loads((course / "autograded" / f"asks-for-{name}" / DAY
                         / honest.FILE.name).read_text("utf-8"))
    said = "".join("".join(output.get("text", ""))
                   for cell in graded["cells"] if cell["id"] == "own"
                   for output in cell["outputs"])
    waited = re.search(rf"{honest.WAITED} (\S+)", said)
    assert waited and float(waited[1]) < 30, said


@pytest.mark.parametrize("name", honest.CURLY)
def test_curly_quotes_cost_their_own_task_and_are_named(results, name):
    answer, _, quoted = honest.CURLY[name]
    task = answer.removesuffix("-answer")
    result = results[f"curly-{name}"]
    lost = {one.grade_id: one for one in result.tasks
            if one.score is not None and one.score < one.points}
    assert list(lost) == [task] and lost[task].score == 0
    source = next("".join(cell["source"]) for cell in json.loads(
        CURLY[f"curly-{name}"])["cells"] if grade_id(cell) == answer)
    line = source[:source.index(quoted)].count("\n") + 1
    assert f"invalid character '{quoted[0]}'" in lost[task].found
    assert re.search(rf"line {line}\b", lost[task].found)
