"""A guarded notebook comes to its end, whatever its cells do."""

import dataclasses
import re
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from commands.grading import guard
from commands.grading.cage.kernels import Limits, WarmKernels
from tests.commands.grading.support import FAST, run
from tests.support import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]


@pytest.mark.parametrize("source, reason", [
    ("import os; os._exit(0)", "Python itself stopped"),
    ("while True: pass", "more than 2 seconds"),
    ("import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
     "while True: time.sleep(1)", "more than 2 seconds"),
    ("while True: print('x' * 10_000)", "it was stopped|more than 2 sec"),
])
def test_what_ran_before_stays_and_the_reason_is_named(free, source, reason):
    limits = Limits(seconds_a_cell=2, seconds_a_notebook=20, flood=4 << 20)
    (before, *_, after), reasons = run(free.manager(), "1 + 1", source,
                                       "2 + 2", limits=limits)
    assert before == "2"
    assert re.search(reason, " ".join(reasons))
    assert after == "4" or after.startswith("Not run: ")


def test_slow_cells_end_with_the_notebooks_time(free):
    limits = Limits(seconds_a_cell=5, seconds_a_notebook=4)
    words, reasons = run(free.manager(), *["import time; time.sleep(1.2)"
                                           ] * 9, limits=limits)
    assert "ran for more than 4 seconds" in " ".join(reasons)
    assert words[-1].startswith("Not run: ")


def test_long_output_is_cut(free):
    limits = dataclasses.replace(FAST, output=1000)
    (words,), _ = run(free.manager(), "for _ in range(99): print('x' * 99)",
                      limits=limits)
    assert len(words) < 2000 and "was cut" in words


def test_a_flood_of_displays_is_cut_as_one_of_words_is(free):
    limits = dataclasses.replace(FAST, output=20_000)
    (words, after), reasons = run(
        free.manager(), "for n in range(999): display(n)", "1 + 1",
        limits=limits)
    assert words.startswith("0 1 2 ") and "was cut" in words
    assert after == "2" and not reasons


def test_checking_needs_no_module_that_windows_lacks():
    subprocess.run([sys.executable, "-c", (
        "import sys; sys.modules['resource'] = None\n"
        "import commands.grading.guard, commands.grading.job")],
        cwd=ROOT, check=True)


def test_a_check_that_python_cannot_read_is_an_error_like_another(free):
    """A trainee may have edited it, before an own check."""
    check = new_code_cell("assert 1 ==", metadata={"nbgrader": {
        "grade_id": "a", "grade": True, "solution": False, "points": 1,
        "locked": True, "task": False, "schema_version": 3}})
    client = guard.GuardedClient(
        new_notebook(cells=[check]), kernel_manager_class=free.manager(),
        allow_errors=True, shutdown_kernel="immediate")
    client.room = guard.Room(FAST)
    client.execute()
    assert check.outputs[0].ename == "SyntaxError"
    assert not client.room.reasons
