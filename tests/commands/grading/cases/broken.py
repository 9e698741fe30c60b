"""Broken submissions: what people hand in without meaning any harm.

Each must end with the points of what did work and, where something did not,
with a reason that a trainee understands. None may stop the batch.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass

from . import course
from .course import AUTOMATIC, DAY, FILE, NAME, POINTS

ALL = (AUTOMATIC,)
ONLY_TOTAL = POINTS["total"]
NOT_TOTAL = AUTOMATIC - POINTS["total"]
# What a cell that stops does to the cells after it may be either: they are
# run in the same Python, or Python had to be ended.
BUT_SHARE = (ONLY_TOTAL, AUTOMATIC - POINTS["share"])

LIMITS = {"seconds_a_cell": 2, "seconds_a_notebook": 8,
          "memory": 1024 << 20, "processes": 64, "files": 64 << 20,
          "output": 1 << 20, "flood": 16 << 20}


@dataclass(frozen=True)
class Case:
    """One broken submission."""
    what: str
    submit: Callable              # (exercise, world) writes it
    scores: tuple[float, ...]     # the automatic points that are fair
    # One of these is in the reason; "": there may be none; (): there is none.
    says: tuple[str, ...] = ()


CASES: dict[str, Case] = {}


def case(name, what, submit, scores, *says):
    CASES[name] = Case(what, submit, scores, says)


# --- ways to hand in -------------------------------------------------------

def bytes_of(make: Callable):
    """Hand in what make(text of the right notebook) gives, as bytes."""
    def submit(exercise, world):
        text = json.dumps(course.answered(exercise))
        course.hand_in(world.root, world.student, make(text))
    return submit


def changed(change: Callable):
    """Hand in the right notebook after change(notebook)."""
    def submit(exercise, world):
        notebook = course.answered(exercise)
        course.hand_in(world.root, world.student,
                       change(notebook) or notebook)
    return submit


def answer(name: str, code: str):
    """Hand in the right notebook with another answer."""
    def change(notebook):
        course.cell(notebook, f"{name}-answer")["source"] = code
    return changed(change)


def without(name: str):
    """Hand in the right notebook without a cell."""
    return changed(lambda notebook: notebook["cells"].remove(
        course.cell(notebook, name)))


# --- the file --------------------------------------------------------------

NOTHING = (0,)
case("not-json", "a file that is cut in the middle",
     bytes_of(lambda text: text[:len(text) // 2].encode()), NOTHING,
     "cannot be read")
case("word", "a text that was renamed",
     bytes_of(lambda text: b"Dear teacher, my answers are: 12."), NOTHING,
     "cannot be read")
case("empty", "an empty file", bytes_of(lambda text: b""), NOTHING,
     "cannot be read")
case("utf-16", "saved as UTF-16 by a text editor",
     bytes_of(lambda text: text.encode("utf-16")), ALL)
case("bom", "saved with a byte order mark by a text editor",
     bytes_of(lambda text: text.encode("utf-8-sig")), ALL)
case("no-cells", "JSON, but no notebook", bytes_of(lambda text: b"[1, 2]"),
     NOTHING, "cannot be read")
case("no-list-of-cells", "a notebook whose cells are a text",
     changed(lambda notebook: {**notebook, "cells": "none"}), NOTHING,
     "cannot be read")
case("deep", "JSON that is nested a hundred thousand times",
     bytes_of(lambda text: b"[" * 100_000 + b"]" * 100_000), NOTHING,
     "cannot be read")


def too_many_values(notebook):
    """A worker that reads all of it has too little memory."""
    course.cell(notebook, "total-answer")["metadata"]["own"] = (
        [{}] * 15_000_000)


def beside(*names):
    """Hand in the right notebook, and files with these names."""
    def submit(exercise, world):
        folder = course.hand_in(world.root, world.student,
                                course.answered(exercise))
        for name in names:
            folder.joinpath(name).parent.mkdir(parents=True)
            folder.joinpath(name).write_text("1")
    return submit


case("too-many-values", "60 MB of small values, which take gigabytes",
     changed(too_many_values), NOTHING, "more than 1,000,000 values")
case("name-too-long", "a file in 25 folders with long names",
     beside("/".join(["f" * 150] * 25 + ["data.csv"])), ALL,
     "has too long a name")
case("folder-for-file", "a folder where the exercise has a file",
     beside("beds.csv/mine.csv"), ALL, "the exercise has its own 'beds.csv'")


def version_3(notebook):
    """The same in the format of 2013."""
    cells = [{"cell_type": "code", "language": "python", "collapsed": False,
              "input": cell["source"], "outputs": [], "prompt_number": None,
              "metadata": cell["metadata"]}
             if cell["cell_type"] == "code" else cell
             for cell in copy.deepcopy(notebook["cells"])]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": NAME},
            "worksheets": [{"cells": cells, "metadata": {}}]}


case("version-3", "a notebook in an old format", changed(version_3), ALL)


def another_name(exercise, world):
    folder = course.hand_in(world.root, world.student,
                            course.answered(exercise))
    (folder / FILE).rename(folder / f"{NAME} (1).ipynb")


def a_folder(exercise, world):
    (world.root / "submitted" / world.student / DAY / FILE).mkdir(
        parents=True)


def nothing(exercise, world):
    (world.root / "submitted" / world.student / DAY).mkdir(parents=True)


case("wrong-name", "a file with (1) in its name", another_name, ALL,
     f"'{NAME} (1).ipynb' was graded, because {FILE} was not handed in")
case("folder", "a folder with the notebook's name", a_folder, NOTHING,
     "cannot be read", "folder", "not handed in")
case("missing", "an empty folder", nothing, NOTHING,
     "no notebook was handed in, the folder is empty")


# --- the cells -------------------------------------------------------------

def other_kernel(notebook):
    notebook["metadata"]["kernelspec"] = {
        "name": "conda-env-geo-py", "display_name": "geo",
        "language": "python"}


def no_metadata(notebook):
    notebook["metadata"] = {}


def twice(notebook):
    notebook["cells"].append(copy.deepcopy(course.cell(notebook, "total")))


def altered_metadata(notebook):
    total, share, largest = (
        course.cell(notebook, name) for name in POINTS)
    total["metadata"]["nbgrader"] |= {
        "points": 1000, "locked": False, "solution": True}
    share["metadata"]["nbgrader"] = "none"
    largest["metadata"] = {}


def other_types(notebook):
    cell = course.cell(notebook, "total")
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]
    course.cell(notebook, "why").update(
        cell_type="code", outputs=[], execution_count=None)


def locked_edited(notebook):
    course.cell(notebook, "total")["source"] = "print('I agree')"


def junk_in_outputs(notebook):
    course.cell(notebook, "setup")["outputs"] = [
        {"output_type": "execute_result", "execution_count": 1,
         "metadata": {}, "data": {"application/json": [float("nan")] * 3,
                                  "text/plain": "\0\x1b[31m\ud800"}},
        {"output_type": "display_data", "metadata": {},
         "data": {"image/png": "this is no picture"}}]


case("other-kernel", "made with another kernel", changed(other_kernel), ALL)
case("no-metadata", "says nothing about its kernel", changed(no_metadata),
     ALL)
case("deleted-check", "a check cell was deleted", without("total"), ALL,
     "missing")
case("deleted-answer", "an answer cell was deleted",
     without("total-answer"), (NOT_TOTAL,), "missing")
case("duplicated", "a check cell is there twice", changed(twice), ALL,
     "more than once", "twice")
case("altered-metadata", "the graded cells' metadata were changed",
     changed(altered_metadata), ALL, "recognised by their ids")
case("other-types", "a check cell has become text, a text code",
     changed(other_types), ALL, "'total' had been changed")
case("locked-edited", "a check cell was edited", changed(locked_edited),
     ALL, "'total' had been changed")
case("junk-in-outputs", "NaN and half characters in outputs",
     changed(junk_in_outputs), ALL)
case("syntax-error", "an answer that Python cannot read",
     answer("total", "def total(rows:\n    return 1"), (NOT_TOTAL,),
     "the answer cell stopped with SyntaxError: '(' was never closed, line 1")
case("answer-stops", "an answer cell that stops before its function",
     answer("total", "ratio = 1\nratio / 0\n\n\ndef total(rows):\n"
            "    return sum(row['beds'] for row in rows)"), (NOT_TOTAL,),
     "the answer cell stopped with ZeroDivisionError: division by zero, "
     "line 2")
case("other-name", "a function with nearly the right name",
     answer("total", "def totals(rows):\n"
            "    return sum(row['beds'] for row in rows)"), (NOT_TOTAL,),
     "there is no total, but there is totals")


def below(notebook):
    course.cell(notebook, "total-answer")["source"] = "beds = 3"
    course.insert(notebook, "largest-answer", "def total(rows):\n"
                  "    return sum(row['beds'] for row in rows)")


case("defined-below", "a function in a cell below its check", changed(below),
     (NOT_TOTAL,), "total is defined further down, in a later cell")


def stub_and_below(exercise, world):
    """At the desk, the check was right when it was run again after the cell
    below it."""
    notebook = course.answered(exercise)
    course.cell(notebook, "total-answer")["source"] = course.cell(
        exercise, "total-answer")["source"]
    course.insert(notebook, "largest-answer", "def total(rows):\n"
                  "    return sum(row['beds'] for row in rows)")
    course.hand_in(world.root, world.student, notebook)


case("stub-and-below", "the starter left in its cell, the answer below the "
     "check", stub_and_below, (NOT_TOTAL,),
     "total is defined further down, in a later cell")
case("returns-nothing", "a function without return",
     answer("total", "def total(rows):\n    print(len(rows))"), (NOT_TOTAL,),
     "gives None")
case("no-answers", "nothing is answered",
     lambda exercise, world: course.hand_in(
         world.root, world.student, copy.deepcopy(exercise)), NOTHING)


# --- the code --------------------------------------------------------------

def in_share(code: str):
    """The second answer does this; the others are right."""
    return answer("share", "import os, time\n"
                  "def share(rows, centre):\n" + "\n".join(
                      "    " + line for line in code.splitlines()))


case("endless-loop", "loops without an end",
     in_share("while True:\n    pass"), BUT_SHARE, "was stopped after")
case("sleeps", "waits for something that does not come",
     in_share("time.sleep(1000)"), BUT_SHARE, "second")
case("ignores-interrupt", "loops, with a bare `except`",
     in_share("while True:\n    try:\n        time.sleep(1)\n"
              "    except:\n        pass"), BUT_SHARE, "second")
case("exits", "ends Python", in_share("os._exit(1)"), BUT_SHARE, "stopped")
case("memory", "asks for far too much memory",
     in_share("everything = [0]\nwhile True:\n    everything += everything"),
     BUT_SHARE, "memory", "stopped", "")
case("endless-output", "prints without an end",
     in_share("while True:\n    print('here' * 1000)"), BUT_SHARE, "second",
     "print", "output")
case("asks", "waits for input()", in_share("return input('beds?')"),
     BUT_SHARE, "stopped with input(): it asks a person, and nobody is there "
     "in a check: use what the function is given, line 3 of share()")
case("recursion", "calls itself without an end",
     in_share("return share(rows, centre)"),
     (AUTOMATIC - POINTS["share"],))
case("deep-recursion", "calls itself until the stack is full",
     in_share("import sys\nsys.setrecursionlimit(10 ** 9)\n"
              "def more(n):\n    return [more(n + 1)]\nreturn more(0)"),
     BUT_SHARE, "stopped", "memory", "second", "")
