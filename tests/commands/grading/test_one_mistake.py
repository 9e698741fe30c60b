"""One mistake costs once: the first task of each exercise is wrong, the rest
is right, and only that task's points are lost."""

import json
import re
import shutil

import pytest
import yaml

from commands import grading
from commands.exercises.notebooks import days
from tests.commands.grading.cases.e03 import changed, grade_id
from tests.support import ROOT

pytestmark = pytest.mark.slow
SOLUTIONS = sorted((ROOT / "solutions").glob("day*/*.ipynb"))


def with_first_mistake(solution):
    """The solution with the first classic mistake of its first task, and
    the name of that task."""
    mistakes = yaml.safe_load((ROOT / "tests" / "mistakes" / f"{solution.stem}"
                               ".yaml").read_text("utf-8"))
    content = solution.read_bytes()
    first = next(grade_id(cell) for cell in json.loads(content)["cells"]
                 if grade_id(cell) in mistakes)
    mistake = mistakes[first][0]

    def change(notebook):
        cell = next(cell for cell in notebook["cells"]
                    if grade_id(cell) == mistake["answer"])
        # what the exercise gives stays, as a trainee's would
        cell["source"] = "".join(cell["source"]) + "\n\n" + mistake["code"]
    return changed(content, change), first


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    root = tmp_path_factory.mktemp("one-mistake")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    wrong = {}
    for solution in SOLUTIONS:
        day = solution.parent.name
        for folder in (root / "solutions" / day,
                       root / "submitted" / "amal" / day):
            folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(solution, root / "solutions" / day)
        content, wrong[solution.stem] = with_first_mistake(solution)
        (root / "submitted" / "amal" / day / solution.name
         ).write_bytes(content)
    graded = [result for day in days(root)
              for result in grading.grade(day, root)]
    return {result.notebook: (result, wrong[result.notebook], next(root.glob(
        f"feedback/amal/*/{result.notebook}.html")).read_text("utf-8"))
            for result in graded}


@pytest.mark.parametrize("name", [file.stem for file in SOLUTIONS])
def test_only_the_wrong_tasks_points_are_lost(results, name):
    result, wrong, _ = results[name]
    lost = {task.grade_id: task.found for task in result.tasks
            if task.score is not None and task.score < task.points}
    assert lost.keys() == {wrong}, lost


@pytest.mark.parametrize("name, task", [
    ("e01_openness_audit", "Task 6"), ("e02_coordinate_reader", "Task 4")])
def test_the_page_says_what_was_tested_with_a_right_answer(results, name,
                                                           task):
    """Also where the later task holds, as here."""
    _, _, page = results[name]
    verdict = re.search(f"✓ {task} .*: right.*", page)
    assert verdict and "ested with a right" in verdict[0]
