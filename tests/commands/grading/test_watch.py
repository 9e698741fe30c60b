"""`grade DAY --watch`: what arrives later is graded, until Ctrl-C."""

import itertools
import os
import signal
import subprocess
import sys
import time

import pytest

from commands.exercises.notebooks import NotebookError
from commands.grading import Settings, report, watch
from commands.grading.alone import alone
from commands.grading.results import NotebookResult, TaskGrade
from helpers.errors import CourseError
from tests.commands.grading.cases import course as tiny
from tests.support import ROOT, in_course, in_time

pytestmark = pytest.mark.slow
PROGRAM = """
import signal, sys
from pathlib import Path
from rich.console import Console
from commands.grading import Settings, watch
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(watch.command({day!r}, Settings(processes=1), root=Path({root!r}),
                       console=Console(width=500), pause=0.1))
"""


class Watching:
    """The command in a program of its own, and what it has printed."""

    def __init__(self, root, output):
        self.root, self._output = root, output
        with output.open("w") as file:
            self.program = subprocess.Popen(
                [sys.executable, "-u", "-c", PROGRAM.format(
                    day=tiny.DAY, root=str(root))], cwd=ROOT,
                env=in_course(ROOT), stdout=file, stderr=file)

    @property
    def said(self):
        return self._output.read_text("utf-8")

    def says(self, words):
        found = in_time(lambda: words in self.said
                        or self.program.poll() is not None, 90)
        assert found and words in self.said, self.said

    def end(self, how=signal.SIGINT):
        self.program.send_signal(how)
        return self.program.wait(60)


@pytest.fixture
def watching(tmp_path):
    root = tiny.make(tmp_path / "course")
    tiny.blank(root)
    started = Watching(root, tmp_path / "said.txt")
    yield started
    started.program.kill()
    started.program.wait(60)


def page(root):
    return root / "reports" / f"{tiny.DAY}.html"


def test_a_file_that_arrives_later_is_graded_and_ctrl_c_ends(watching):
    root = watching.root
    watching.says("Nobody has handed in anything")
    right = tiny.answered(tiny.blank(root))
    tiny.hand_in(root, "amina", right)
    watching.says("Graded: amina; 0 as before.")
    assert "amina" in page(root).read_text("utf-8")
    tiny.hand_in(root, "bilel", b"{ half a file")
    watching.says("1 as before; 1 to look at")
    live = report.live(page(root))
    assert 'http-equiv="refresh"' in live.read_text("utf-8")
    assert "bilel" in page(root).read_text("utf-8")
    assert "amina" not in live.read_text("utf-8")  # it is for the projector
    with pytest.raises(NotebookError, match="Another run is watching"):
        watch.command(tiny.DAY, Settings(), root=root)
    assert watching.end() == 0
    assert "Watching has ended" in watching.said
    assert "Traceback" not in watching.said
    assert "refresh" not in live.read_text("utf-8")
    assert "amina" not in live.read_text("utf-8")
    assert live.read_text("utf-8").endswith("</html>")


def test_it_waits_while_another_run_is_grading(watching):
    root = watching.root
    watching.says("Nobody has handed in anything")
    with alone(root / "reports" / ".grading.lock"):
        tiny.hand_in(root, "amina", tiny.answered(tiny.blank(root)))
        watching.says("Another run is grading: waiting")
        assert "Graded" not in watching.said
    watching.says("Graded: amina")
    assert watching.end(signal.SIGTERM) == 0


# --- without grading -------------------------------------------------------

def test_a_wrong_file_of_names_is_told_before_anybody_hands_in(tmp_path):
    root = tiny.make(tmp_path / "course")
    with pytest.raises(CourseError, match="cannot be read"):
        watch.command(tiny.DAY, Settings(names=tmp_path / "no.csv"),
                      root=root)


def test_files_that_are_still_growing_are_waited_for(tmp_path, monkeypatch):
    file = tmp_path / "t1" / "a.ipynb"
    file.parent.mkdir()
    sizes = itertools.chain([3, 6, 9], itertools.repeat(9))
    looks = []

    def grow(_):
        looks.append(file.write_text("x" * next(sizes)))
        os.utime(file, ns=(looks[-1], looks[-1]))
    monkeypatch.setattr(time, "sleep", grow)
    changed = watch.changes(tmp_path, 1)
    next(changed)
    next(changed)
    assert looks == [3, 6, 9, 9]  # the last two looks saw the same


def test_files_that_never_rest_do_not_stop_the_class(tmp_path, monkeypatch):
    count = itertools.count(1)
    monkeypatch.setattr(time, "sleep", lambda _: (
        tmp_path / "a").write_text("x" * next(count)))
    changed = watch.changes(tmp_path, 1)
    next(changed)
    next(changed)
    assert next(count) == watch.LONGEST_WAIT + 2


def result(student, **more):
    return NotebookResult(student, "e00", [TaskGrade("a", "A", 4, 4)], **more)


def test_a_pass_is_one_sentence():
    results = [result("t1"), result("t2", skipped=True),
               result("t3", reasons=["renamed"]),
               NotebookResult("t4", "*", failed=True, graded=False,
                              reasons=["not graded: x"])]
    assert watch.sentence(results) == (
        "Graded: t1, t3; 1 as before; 1 to look at, see the report; not "
        "graded, because the machine failed: t4; the next pass tries again.")
    assert "t7 and 4 more; 0 as before." in watch.sentence(
        [result(f"t{number}") for number in range(12)])
