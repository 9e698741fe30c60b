"""`grade DAY --watch`: grade what arrives while a class hands in.

Each pass is a run of `grading.grade`, which holds the lock of the one writer
and grades only what is new. Between two passes nothing is locked: another
`grade` or the Formgrader may write then.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rich.console import Console

from commands.exercises.notebooks import known_day
from commands.grading import Settings, grade, report, submissions
from commands.grading.alone import AnotherRun, alone
from commands.grading.results import REPORTS
from commands.grading.terminal import ended_as_by_ctrl_c, needs_a_person
from commands.terminal import out, printable_name
from helpers.data import ROOT

PAUSE = 5         # seconds from one look into submitted/ to the next
REFRESH = 20      # seconds after which the live page loads itself again
LONGEST_WAIT = 6  # looks, until files that are still changing are graded
NAMED = 8         # trainees that a sentence names
MOST_SEEN = 100_000  # entries of submitted/ that are looked at

Say = Callable[[str], None]


def command(day: str, settings: Settings, force: bool = False,
            console: Console = out, root: Path = ROOT,
            pause: float = PAUSE) -> int:
    """Watch until Ctrl-C, one sentence per pass. Returns the exit code."""
    def say(sentence):
        console.print(printable_name(sentence), soft_wrap=True)

    page = report.page(root, known_day(day, root))
    settings = replace(settings, refresh=REFRESH)
    report.extras(root, settings.names, settings.quiz)  # a wrong file: now
    page.parent.mkdir(exist_ok=True)
    with alone(report.watching(page), "watching"):
        say(f"Watching {submissions.FOLDER}/ for {day}. Ctrl-C ends. For the "
            f"projector: {REPORTS}/{report.live(page).name}, which loads "
            f"itself again. To read in peace: {REPORTS}/{page.name}")
        try:
            with ended_as_by_ctrl_c():
                _watch(day, root, settings, force, say, pause)
        except KeyboardInterrupt:
            say("Watching has ended. What is graded stays graded.")
        finally:
            report.calm(page)
    return 0


def _watch(day, root, settings, force, say, pause):
    """Without end."""
    for _ in changes(root / submissions.FOLDER, pause):
        if not submissions.look(root, day).trainees:
            say(f"{_now()} Nobody has handed in anything for {day} yet.")
            continue
        waits = False
        while True:
            try:
                results = grade(day, root, force, settings=settings)
                break
            except AnotherRun:
                if not waits:
                    say(f"{_now()} Another run is grading: waiting for it.")
                waits = True
                time.sleep(pause)
        force = False
        say(f"{_now()} {sentence(results)}")


def changes(folder: Path, pause: float) -> Iterator[None]:
    """Yields at once, then each time that files of a folder have changed and
    are not changing any more: they may be half copied. After LONGEST_WAIT
    looks it yields all the same."""
    seen = state(folder)
    yield
    while True:
        time.sleep(pause)
        now = state(folder)
        if now == seen:
            continue
        for _ in range(LONGEST_WAIT):
            before = now
            time.sleep(pause)
            now = state(folder)
            if now == before:
                break
        seen = now
        yield


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Path → time of change and size, of all files below a folder. Links are
    not followed."""
    found: dict[str, tuple[int, int]] = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            try:
                about = os.lstat(path)
            except OSError:  # gone since it was listed
                continue
            found[path] = (about.st_mtime_ns, about.st_size)
        if len(found) > MOST_SEEN:
            break
    return found


def sentence(results: list) -> str:
    """What one pass has done."""
    students = list(dict.fromkeys(r.student for r in results))
    failed = {r.student for r in results if r.failed}
    before = {r.student for r in results if r.skipped}
    graded = [name for name in students if name in {
        r.student for r in results if r.tasks} - before - failed]
    absent = {r.student for r in results
              if r.reasons == [submissions.NOTHING]}
    looked_at = {r.student for r in results if needs_a_person(r)} - (
        failed | absent)
    parts = [f"Graded: {_names(graded)}" if graded else "Nobody graded anew",
             f"{len(before)} as before"]
    if absent:
        parts.append(f"{len(absent)} without a hand-in")
    if looked_at:
        parts.append(f"{len(looked_at)} to look at, see the report")
    if failed:
        parts.append(f"not graded, because the machine failed: "
                     f"{_names(sorted(failed))}; the next pass tries again")
    return "; ".join(parts) + "."


def _names(names):
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0
                                       else "")


def _now():
    return datetime.now().astimezone().strftime("%H:%M:%S")
