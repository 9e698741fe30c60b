"""Two small exercises that need no kernel to be graded, and right answers.

Some of their ids and titles are alike, as in the course's own exercises.
"""

import copy
import re

import nbformat

WELLS, ROADS = "e00_wells", "e01_roads"
NOTE = "Two wells are nearly dry: Kef first."
STUB, TEXT_STUB = "# Your answer here", "*Your answer here.*"


def text_cell(name, source):
    return {"cell_type": "markdown", "id": name, "metadata": {},
            "source": source}


def code_cell(name, source):
    return text_cell(name, source) | {"cell_type": "code", "outputs": [],
                                  "execution_count": None}


def _answer(name, source):
    return _graded(code_cell(name, source), name, solution=True)


def _check(name, title, lines):
    source = f'with check.task("{title}"):\n' + "\n".join(
        f"    {line}" for line in lines)
    cell = _graded(code_cell(name, source), name, grade=True, locked=True,
                   points=2)
    cell["metadata"]["course"] = {"title": title}
    return cell


def _graded(cell, name, **settings):
    cell["metadata"]["nbgrader"] = {
        "cell_type": cell["cell_type"], "checksum": f"sum-of-{name}",
        "grade_id": name, "grade": False, "locked": False, "task": False,
        "schema_version": 3, "solution": False} | settings
    return cell


def _exercise(number, title, cells):
    return {"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {
        "kernelspec": {"name": "python3", "display_name": "Python 3",
                       "language": "python"},
        "language_info": {"name": "python"},
        "course": {"exercise": number, "title": title}}}


EXERCISES = {
    WELLS: _exercise("E00", "Wells", [
        text_cell("intro", "# E00 · Wells\n\nLitres per second (fictional)."),
        code_cell("setup", "import statistics\n\nfrom helpers import check\n\n"
                  'wells = [{"name": "Borj", "litres": 40},\n'
                  '         {"name": "Kef", "litres": 3},\n'
                  '         {"name": "Béja", "litres": 9}]\nwells[0]'),
        code_cell("limits", "# Litres. Below: the well is dry.\nDRY = 5"),
        text_cell("task1", "## Task 1 · Add\n\nWrite `total(wells)`: all "
                  "litres of the `wells`."),
        _answer("total-answer", 'def total(wells):\n    """All litres."""\n'
                f"    {STUB}"),
        _check("total", "Task 1 · Add the litres", [
            'check.equal(total(wells), 52, "total(wells)")']),
        text_cell("task2", "## Task 2 · Shares\n\nWrite `share(wells, name)`, "
                  "and `dry(wells)`: the names of those below `DRY`."),
        _answer("share-answer", f'KEY = "litres"\n{STUB}\n\n\n'
                f'def share(wells, name):\n    """0 to 1."""\n    {STUB}\n'
                f'\n\ndef dry(wells):\n    """Names."""\n    {STUB}'),
        _check("share", "Task 2 · Shares of the wells", [
            'check.close(share(wells, "Borj"), 40 / 52, name="share")',
            'check.equal(dry(wells), ["Kef"], "dry(wells)")']),
        text_cell("look", "**Look at it.**"),
        code_cell("chart", 'widths = [w["litres"] for w in wells]\n'
                  'for width in widths:\n    print("*" * width)'),
        text_cell("task3", "## Task 3 · The best\n\nPut the name of the best "
                  "well into `best`."),
        _answer("best-answer", f"best = ...\n{STUB}"),
        _check("best", "Task 3 · The best well", [
            'check.equal(best, "Borj", "best")']),
        text_cell("task4", "## Task 4 · A note\n\nWrite to the owner.\n\n"
                  "| points | your note |\n|---|---|\n| 1 | says what |"),
        _graded(text_cell("note", TEXT_STUB), "note", grade=True,
                solution=True, points=4),
        text_cell("after", "## Before you leave\n\nWhat will you do next?")]),
    ROADS: _exercise("E01", "Roads", [
        text_cell("intro", "# E01 · Roads\n\nLengths in km (fictional)."),
        code_cell("setup", "from helpers import check\n\nroads = [5, 12]"),
        text_cell("task1", "## Task 1 · Length\n\nWrite `length(roads)`."),
        _answer("total-answer", 'def length(roads):\n    """Kilometres."""'
                f"\n    {STUB}"),
        _check("total", "Task 1 · The length of all", [
            'check.equal(length(roads), 17, "length(roads)")']),
        text_cell("task2", "## Task 2 · Longest\n\nWrite `longest(roads)`."),
        _answer("longest-answer", f"def longest(roads):\n    {STUB}"),
        _check("longest", "Task 2 · The longest road", [
            'check.equal(longest(roads), 12, "longest(roads)")']),
        text_cell("after", "## Before you go")])}
ANSWERS = {
    WELLS: {
        "total-answer": 'def total(wells):\n    """All litres."""\n'
        '    return sum(well["litres"] for well in wells)',
        "share-answer": 'KEY = "litres"\n\n\ndef share(wells, name):\n'
        '    """0 to 1."""\n    mine = [well[KEY] for well in wells\n'
        '            if well["name"] == name]\n'
        "    return sum(mine) / total(wells)\n\n\ndef dry(wells):\n"
        '    """Names."""\n    return [well["name"] for well in wells\n'
        "            if well[KEY] < DRY]",
        "best-answer": 'best = max(wells, key=lambda well: well["litres"])'
        '["name"]', "note": NOTE},
    ROADS: {"total-answer": "def length(roads):\n    return sum(roads)",
            "longest-answer": "def longest(roads):\n    return max(roads)"}}


def masters() -> dict:
    """The exercises as `prepare` gets them."""
    return {name: nbformat.from_dict(copy.deepcopy(exercise))
            for name, exercise in EXERCISES.items()}


def blank(name=WELLS) -> dict:
    return copy.deepcopy(EXERCISES[name])


def right(name=WELLS) -> dict:
    notebook = blank(name)
    for cell, source in ANSWERS[name].items():
        get(notebook, cell)["source"] = source
    return notebook


# What stands in a solution for each stub, in order.
BODIES = {
    WELLS: {
        "total-answer": ['return sum(well["litres"] for well in wells)'],
        "share-answer": [
            "pass", 'return next(well[KEY] for well in wells if well["name"]'
            " == name) / total(wells)",
            'return [well["name"] for well in wells if well[KEY] < DRY]'],
        "best-answer": ['best = "Borj"']},
    ROADS: {"total-answer": ["return sum(roads)"],
            "longest-answer": ["return max(roads)"]}}


def solution(name) -> dict:
    """The exercise as instructors keep it: released, it is the exercise."""
    notebook = blank(name)
    for cell in notebook["cells"]:
        cell["metadata"].get("nbgrader", {}).pop("checksum", None)
    for cell, bodies in BODIES[name].items():
        for body in bodies:
            answer = get(notebook, cell)
            answer["source"] = re.sub(
                f"( *){STUB}", rf"\1### BEGIN SOLUTION\n\1{body}\n"
                r"\1### END SOLUTION", answer["source"], count=1)
    return notebook


def get(notebook, name) -> dict:
    return next(c for c in notebook["cells"] if c["id"] == name)


def place(notebook, name) -> int:
    return notebook["cells"].index(get(notebook, name))
