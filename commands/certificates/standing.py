"""What each trainee has reached, as gradebook.db says.

The share is of the points of the *core* exercises. Points of stretch
exercises are added, up to the full number: who leaves them out loses nothing.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Grade, Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from commands.exercises.notebooks import (
    SOLUTIONS,
    days,
    grade_cells,
    is_core,
    known_day,
    nbgrader_config,
    read,
)
from commands.exercises.sessions import sessions
from commands.grading import gradebook, patches
from commands.grading.figures import MASTERED
from helpers.data import ROOT
from helpers.errors import CourseError, typed

MARKS = {Grade: (*gradebook.SCORE, "needs_manual_grade")}
SLACK = 1e-9  # of a sum of decimal points


@dataclass(frozen=True)
class Task:
    """A graded cell, as the solutions say."""
    day: str
    notebook: str
    cell: str
    points: float
    is_core: bool
    objectives: tuple[str, ...]


@dataclass
class Day:
    """A day that counts."""
    name: str
    minutes: int
    sessions: int
    tasks: list[Task]

    @property
    def objectives(self) -> list[str]:
        """Those that its tasks assess."""
        return sorted({name for task in self.tasks
                       for name in task.objectives}, key=_order)


@dataclass
class Standing:
    """One trainee: earned points, of how many; waiting: points that a person
    has still to give, also for a text that has changed since it was
    marked (its old mark counts until then)."""
    code: str
    earned: float
    points: float
    waiting: float
    mastered: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        """Never rounded up: 59.96 is not 60."""
        return math.floor(min(100, 100 * self.earned / self.points)
                          * 10 + SLACK) / 10

    def lacks(self, threshold: float) -> float:
        """Points to the threshold (a percentage); 0 if it is reached."""
        gap = threshold / 100 * self.points - self.earned
        return math.ceil(gap * 10 - SLACK) / 10 if gap > SLACK else 0


@dataclass
class Class:
    """The days that count, those without a grade, and the trainees."""
    days: list[Day]
    not_graded: list[str]
    trainees: list[Standing]


def standings(chosen: list[str] | None = None, root: Path = ROOT) -> Class:
    """Everybody in gradebook.db. chosen: days; else all that are graded."""
    wanted = [known_day(day, root) for day in chosen or days(root)]
    with _gradebook(root) as book:
        students: dict[str, set[str]] = {
            day: _students(book, day) for day in wanted}
        graded = [day for day in wanted if students[day]]
        if not graded or (chosen and len(graded) < len(wanted)):
            lacking = sorted(set(wanted) - set(graded))
            raise CourseError(
                f"Nobody is graded yet for {', '.join(lacking)}. First run: "
                f"{typed(f'grade {lacking[0]}')}")
        counted = [_day(day, root) for day in graded]
        marks = {day: {name: _marks(book, day, name)
                       for name in students[day]} for day in graded}
        changed = {(code, day): gradebook.changed(book, day, code)
                   for day in graded for code in students[day]}
    trainees = sorted(set().union(*students.values()))
    return Class(counted, [day for day in wanted if day not in graded], [
        standing(code, counted, {day: of_day.get(code, {})
                                 for day, of_day in marks.items()},
                 {day: changed.get((code, day), set()) for day in graded})
        for code in trainees])


def standing(code: str, counted: list[Day], marks: dict,
             changed: dict | None = None) -> Standing:
    """marks: day → {(notebook, cell): points, None if they wait for a
    person}. A cell that is not there has no points. changed: day →
    {(notebook, cell)} of texts that are to be marked again."""
    tasks = [task for day in counted for task in day.tasks]
    given = {task: marks.get(task.day, {}).get((task.notebook, task.cell), 0)
             for task in tasks}
    again = changed or {}
    return Standing(
        code, sum(score or 0 for score in given.values()),
        sum(task.points for task in tasks if task.is_core),
        sum(task.points for task in tasks if given[task] is None
            or (task.notebook, task.cell) in again.get(task.day, ())),
        sorted(_mastered(given), key=_order))


def _mastered(given) -> Iterable[str]:
    """Objectives with MASTERED of the points of their tasks, as in the
    report. Tasks that wait for a person are left out."""
    full: dict[str, float] = {}
    earned: dict[str, float] = {}
    for task, score in given.items():
        for name in task.objectives if score is not None else ():
            full[name] = full.get(name, 0) + task.points
            earned[name] = earned.get(name, 0) + score
    return [name for name in full
            if earned[name] >= MASTERED * full[name] - SLACK]


def _order(name):
    """D1.2.10 comes after D1.2.9."""
    return [int(part) if part.isdigit() else 0
            for part in name.lstrip("D").split(".")]


def _day(name, root):
    tasks = []
    for file in sorted((root / SOLUTIONS / name).glob("*.ipynb")):
        notebook = read(file)
        for cell, content in grade_cells(notebook).items():
            tasks.append(Task(
                name, file.stem, cell, content.metadata.nbgrader.points,
                is_core(notebook),
                tuple(content.metadata.get("course", {}).get(
                    "objectives", ()))))
    its = sessions(name, root)
    return Day(name, sum(one.total for one in its), len(its), tasks)


# --- the gradebook ---------------------------------------------------------

def _gradebook(root) -> Gradebook:
    coursedir = CourseDirectory(config=nbgrader_config(root))
    url = gradebook.patient(coursedir.db_url)
    if url.startswith("sqlite") and not (root / "gradebook.db").exists():
        raise CourseError(f"There is no {root / 'gradebook.db'}. First "
                          f"grade a day: {typed('grade DAY')}")
    coursedir.db_url = url
    with patches.gradebooks():
        return gradebook.connect(coursedir)


def _students(book, day) -> set[str]:
    try:
        return {one.student_id for one in book.find_assignment(
            day).submissions}
    except MissingEntry:
        return set()


def _marks(book, day, student):
    return {(name, cell): _mark(grade)
            for name, notebook in gradebook.rows(
                book, day, student, MARKS).get("notebooks", {}).items()
            for cell, grade in notebook["Grade"].items()}


def _mark(grade):
    """`gradebook.score`; None while it waits, else 0 without a mark."""
    mark = gradebook.score(grade)
    return 0 if mark is None and not grade["needs_manual_grade"] else mark
