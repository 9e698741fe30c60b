"""A course small enough to be thrown away: one day, one notebook.

Three graded code cells with hidden tests, one cell that a person marks, a
file of (fictional) data. A submission of it is graded in a second.
"""

import copy
import functools
import json
import re
import shutil
import tempfile
from pathlib import Path

from commands.exercises import release
from helpers.data import ROOT

DAY, NAME = "day1_production", "e00_tiny"
FILE = f"{NAME}.ipynb"
POINTS = {"total": 3, "share": 2, "largest": 4}
AUTOMATIC, BY_A_PERSON = sum(POINTS.values()), 1

# Words that nobody but the instructor may ever read.
SOLUTION_SECRET = "solution-secret-5d1c"
HIDDEN_SECRET = "hidden-secret-8e27"
NEIGHBOUR_SECRET = "neighbour-secret-b3f0"

DATA = "centre,beds\nA,4\nB,7\nC,1\n"
INTRO = "# E00 · A tiny exercise\n\nThe data are fictional."
SETUP = """\
import csv

from helpers import check

with open("beds.csv", encoding="utf-8") as file:
    rows = [{**row, "beds": int(row["beds"])}
            for row in csv.DictReader(file)]"""
ANSWERS = {
    "total": """\
def total(rows):
    \"\"\"All beds.\"\"\"
    ### BEGIN SOLUTION
    # solution-secret-5d1c
    return sum(row["beds"] for row in rows)
    ### END SOLUTION""",
    "share": """\
def share(rows, centre):
    \"\"\"The centre's share of all beds, 0 to 1.\"\"\"
    ### BEGIN SOLUTION
    beds = {row["centre"]: row["beds"] for row in rows}
    return beds[centre] / sum(beds.values())
    ### END SOLUTION""",
    "largest": """\
def largest(rows):
    \"\"\"The centre with most beds.\"\"\"
    ### BEGIN SOLUTION
    return max(rows, key=lambda row: row["beds"])["centre"]
    ### END SOLUTION""",
}
TITLES = {"total": "Task 1 · Add the beds", "share": "Task 2 · One share",
          "largest": "Task 3 · The largest"}
CHECKS = {
    "total": """\
with check.task("Task 1 · Add the beds"):
    check.equal(total(rows[:1]), 4, "total(rows[:1])")
    ### BEGIN HIDDEN TESTS
    # hidden-secret-8e27
    for unseen in ([3, 5], [12, 400, 1], [0]):
        expected = sum(unseen)
        check.equal(total([{"beds": n} for n in unseen]), expected,
                    "total of rows you have not seen")
    ### END HIDDEN TESTS""",
    "share": """\
with check.task("Task 2 · One share"):
    check.close(share(rows, "A"), 4 / 12, name="share(rows, 'A')")
    ### BEGIN HIDDEN TESTS
    unseen = [{"centre": "X", "beds": 5}, {"centre": "Y", "beds": 15}]
    check.close(share(unseen, "Y"), 0.75, name="the share of unseen rows")
    ### END HIDDEN TESTS""",
    "largest": """\
with check.task("Task 3 · The largest"):
    check.equal(largest(rows), "B", "largest(rows)")
    ### BEGIN HIDDEN TESTS
    unseen = [{"centre": "X", "beds": 5}, {"centre": "Y", "beds": 15}]
    check.equal(largest(unseen), "Y", "the largest of unseen rows")
    ### END HIDDEN TESTS""",
}
WHY = """\
### BEGIN SOLUTION
A sum says how many beds there are, not whether they are enough.
### END SOLUTION"""


def make(root: Path) -> Path:
    """Write the course into an empty folder. Returns the folder."""
    folder = root / "solutions" / DAY
    folder.mkdir(parents=True)
    (folder / FILE).write_text(json.dumps(_solution()), encoding="utf-8")
    (folder / "beds.csv").write_text(DATA, encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


def blank(root: Path) -> dict:
    """The exercise as a trainee gets it, also in the folder exercises."""
    exercise = root / "exercises" / DAY / FILE
    exercise.parent.mkdir(parents=True, exist_ok=True)
    exercise.write_text(_derived(), encoding="utf-8")
    return json.loads(_derived())


@functools.cache
def _derived() -> str:
    """The exercise's file, derived by nbgrader once for all courses."""
    with tempfile.TemporaryDirectory() as folder:
        root = make(Path(folder))
        release.derive(root / "exercises", root)
        return (root / "exercises" / DAY / FILE).read_text("utf-8")


def answered(exercise: dict) -> dict:
    """The exercise with every answer right (and a neighbour's secret)."""
    notebook = copy.deepcopy(exercise)
    for name, source in ANSWERS.items():
        cell(notebook, f"{name}-answer")["source"] = without_marks(source)
    cell(notebook, "why")["source"] = "Beds are not staff."
    return notebook


def without_marks(source: str) -> str:
    """An answer as a trainee writes it: without nbgrader's marks."""
    return re.sub(r" *###.*\n?| *# solution-secret.*\n", "", source)


def neighbour(exercise: dict) -> dict:
    """An honest trainee's notebook, which no other may read."""
    notebook = answered(exercise)
    cell(notebook, "total-answer")["source"] += f"  # {NEIGHBOUR_SECRET}"
    return notebook


def cell(notebook: dict, name: str) -> dict:
    """The cell of this grade id (or, without one, of this cell id)."""
    return next(c for c in notebook["cells"] if name in (
        c["metadata"].get("nbgrader", {}).get("grade_id"), c.get("id")))


def insert(notebook: dict, before: str, source: str, kind="code") -> dict:
    """A new cell of the trainee's own, before the cell of this name."""
    new = {"cell_type": kind, "metadata": {}, "source": source,
           "id": f"own{len(notebook['cells'])}"}
    if kind == "code":
        new |= {"outputs": [], "execution_count": None}
    notebook["cells"].insert(
        notebook["cells"].index(cell(notebook, before)), new)
    return new


def hand_in(root: Path, student: str, content: bytes | dict,
            name: str = FILE) -> Path:
    """Put a notebook into the trainee's folder. Returns the folder."""
    folder = root / "submitted" / student / DAY
    folder.mkdir(parents=True)
    if isinstance(content, dict):
        content = json.dumps(content).encode()
    (folder / name).write_bytes(content)
    return folder


def _solution():
    return notebook("E00", "A tiny exercise", [
        new_cell("intro", INTRO, "markdown"), new_cell("setup", SETUP),
        *tasks(POINTS, ANSWERS, CHECKS, TITLES),
        new_cell("why", WHY, "markdown", solution=True, points=BY_A_PERSON,
                 title="Task 4 · In words")])


def tasks(points: dict, answers: dict, checks: dict, titles: dict) -> list:
    """The cells of a solution's tasks: an answer, its check."""
    return [one for name in points for one in (
        new_cell(f"{name}-answer", answers[name], solution=True),
        new_cell(name, checks[name], points=points[name],
                 title=titles[name]))]


def notebook(exercise: str, title: str, cells: list[dict]) -> dict:
    """A solution of these cells."""
    return {
        "cells": cells, "nbformat": 4, "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "language": "python",
                           "display_name": "Python 3"},
            "language_info": {"name": "python"},
            "course": {"exercise": exercise, "title": title}}}


def new_cell(name: str, source: str, kind="code", solution=False,
             points=None, title="") -> dict:
    """A cell of a solution; with points, or of an answer, a graded one."""
    made = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    if solution or points:
        graded = points is not None
        made["metadata"]["nbgrader"] = {
            "grade_id": name, "grade": graded, "solution": solution,
            "locked": graded and not solution, "task": False,
            "schema_version": 3} | ({"points": points} if graded else {})
    if title:
        made["metadata"]["course"] = {"title": title}
    return made
