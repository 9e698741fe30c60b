"""Grading by nbgrader, made fast, fair and safe for a whole class.

>>> from commands import grading
>>> for result in grading.grade("day1_production"):
...     print(result.student, result.notebook, result.score, result.reasons)

nbgrader's converters grade, and its formats stay: gradebook.db, autograded/,
feedback/. Each trainee is a job (`job`), from bytes to bytes, run by a pool
of processes or by a dask cluster (`workers`). A kernel is forked warm into a
sandbox (`cage`) and watched (`guard`). The one writer (`writer`) hands out
the jobs and merges the outcomes. README.md has the whole picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from commands.grading import patches  # noqa: F401  first: before nbformat
from helpers.data import ROOT


@dataclass(frozen=True)
class Settings:
    """How to grade. scheduler: the address of a dask cluster; processes:
    of the local pool, one per core if None; limits: see `kernels.Limits`;
    names, quiz: for the report, see `report.Extras`; refresh: seconds after
    which a second, live page loads itself again, see `watch`."""
    unsafe: bool = False
    scheduler: str | None = None
    processes: int | None = None
    feedback: bool = True
    limits: object = None
    names: Path | None = None
    quiz: Path | None = None
    refresh: int | None = None


def grade(day: str, root: Path = ROOT, force: bool = False,
          track: Callable[[int], object] = range,
          settings: Settings = Settings(),
          say: Callable[[str], None] = lambda text: None) -> list:
    """Grade all of submitted/<student>/<day>/ and write the report.

    Returns a `results.NotebookResult` for each notebook, by student. A
    submission that was graded before and has not changed is skipped, unless
    force is given; so an interrupted run goes on where it stopped. track gets
    the number of students and is iterated over once per student; say gets a
    sentence on the sandbox. Raises NotebookError when the day is unknown,
    when nobody has handed in anything, or when gradebook.db belongs to an
    older course; NoSandbox where strangers' code cannot be confined.
    """
    from commands.exercises.notebooks import known_day
    from commands.grading import report, submissions, workers
    from commands.grading.cage import sandbox
    from commands.grading.results import (
        NotebookResult,
        system_errors_in_words,
    )
    root = Path(root).resolve()
    found = submissions.found(root, known_day(day, root))
    students = found.trainees
    extras = report.extras(root, settings.names, settings.quiz)
    with system_errors_in_words(), workers.choose(
            settings, root / "solutions" / day, len(students)) as pool:
        chosen = sandbox.choose(settings.unsafe)
        say(sandbox.DESCRIPTIONS[chosen] + workers.slowness())
        # These import nbgrader: only now, while the fork server warms up.
        from commands.grading.writer import Writer
        with Writer(day, root, chosen, settings) as writer:
            results, steps = [], None
            for of_student in writer.grade(students, force, pool):
                results += of_student
                # A progress bar starts a thread, but workers are forked from
                # a process with one: it begins when the first job is done.
                steps = steps or iter(track(len(students)))
                next(steps, None)
            next(steps, None)
        results += [NotebookResult(name, submissions.ALL, reasons=reasons,
                                   graded=False)
                    for name, reasons in found.remarks.items()]
        there = {result.student for result in results}
        results += [NotebookResult(code, submissions.ALL, graded=False,
                                   reasons=[submissions.NOTHING])
                    for code in extras.names or () if code not in there]
        results.sort(key=lambda result: result.student)
        report.write(report.page(root, day), day, writer.titles, results,
                     extras, settings.refresh, writer.stretch)
    return results
