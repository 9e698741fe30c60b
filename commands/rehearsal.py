"""A class that does not exist, from release to report, on a scratch copy.

Made-up trainees hand in one exercise: right, blank, with a classic mistake,
as a broken file, under another name, twice, late. The engine grades them as
it grades a real class. Then what the report says is compared with what was
planted.
"""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

from commands.exercises import release
from commands.exercises.notebooks import (
    EXERCISES,
    SOLUTIONS,
    known_day,
    read,
)
from commands.grading import Settings, figures, grade
from commands.grading.results import REPORTS, NotebookResult
from commands.grading.submissions import FOLDER, NOT_HANDED_IN
from helpers.data import ROOT
from helpers.errors import CourseError

MISTAKES = Path("tests") / "mistakes"
EACH = 2  # mistakes of each task that are used
RIGHT, BLANK, MISTAKE, BROKEN = "right", "blank", "mistake", "broken file"
RENAMED, TWICE, LATE = "renamed file", "handed in twice", "late"
FIRST = (RIGHT, BLANK, MISTAKE, BROKEN, RENAMED, TWICE, LATE)
THEN = (MISTAKE, MISTAKE, MISTAKE, RIGHT)  # again and again
A_TIME = "2026-01-12 23:59:00 UTC"  # fictional, as all of this class


class RehearsalError(CourseError):
    """The rehearsal cannot begin."""


@dataclass
class Mistake:
    """A classic mistake: the check that must see it, and in which words."""
    name: str
    check: str
    answer: str
    code: str
    says: list[str]


@dataclass
class Trainee:
    """One who does not exist."""
    code: str
    kind: str
    mistake: Mistake | None = None

    @property
    def planted(self) -> str:
        return (f"{self.kind}: {self.mistake.check}, {self.mistake.name}"
                if self.mistake else self.kind)


@dataclass
class Outcome:
    """What was planted, what the report says, and whether this is it."""
    trainee: Trainee
    says: str
    as_planted: bool


@dataclass
class Rehearsal:
    """root: the scratch course, with everything that grading has written."""
    root: Path
    day: str
    exercise: str
    results: list[NotebookResult]
    outcomes: list[Outcome]

    @property
    def report(self) -> Path:
        return self.root / REPORTS / f"{self.day}.html"

    @property
    def pages(self) -> int:
        """Feedback pages."""
        return len(list(self.root.glob("feedback/*/*/*.html")))


def rehearse(day: str, exercise: str | None = None, trainees: int = 30,
             to: Path | None = None, root: Path = ROOT,
             settings: Settings | None = None,
             say: Callable[[str], None] = lambda text: None,
             track: Callable[[int], object] = range) -> Rehearsal:
    """Play the whole way with made-up trainees in an empty folder (a new
    temporary one if None), which stays to be looked at.

    exercise: its name or its number; None: e03, or the day's first. say gets
    a sentence per step.
    """
    if trainees < 1:
        raise RehearsalError("Rehearse with 1 trainee or more.")
    solution = _solution(day, exercise, root)
    scratch = _scratch(to)
    say(f"Scratch copy of the course: {scratch}")
    shutil.copy(root / "nbgrader_config.py", scratch)
    shutil.copytree(  # what lies beside the notebooks
        solution.parent, scratch / SOLUTIONS / day,
        ignore=shutil.ignore_patterns("*.ipynb", "output", "__pycache__",
                                      ".*"))
    shutil.copy(solution, scratch / SOLUTIONS / day)
    for lesson in (root / "course").glob("day*/*.ipynb"):  # objectives
        copy = scratch / lesson.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(lesson, copy)
    file, = release.derive(scratch / EXERCISES, scratch)
    say(f"Released: {EXERCISES}/{file.as_posix()}")
    planted = list(made_up(trainees, mistakes(solution, root)))
    kinds = Counter(one.kind for one in planted)
    for one in planted:
        _hand_in(one, scratch, day, read(scratch / EXERCISES / file),
                 read(solution))
    say("Handed in: " + ", ".join(f"{count} × {kind}"
                                  for kind, count in kinds.items()))
    if not kinds[MISTAKE] and trainees > FIRST.index(MISTAKE):
        say(f"No mistakes are planted: {MISTAKES}/{solution.stem}.yaml is "
            "not in this copy of the course.")
    results = grade(day, scratch, settings=settings or Settings(), say=say,
                    track=track)
    return Rehearsal(scratch, day, solution.stem, results, [
        _outcome(one, [r for r in results if r.student == one.code])
        for one in planted])


def _solution(day, exercise, root):
    files = sorted((root / SOLUTIONS / known_day(day, root)).glob("*.ipynb"))
    if exercise is None:
        return next((file for file in files
                     if file.stem.startswith("e03_")), files[0])
    for file in files:
        if exercise.lower() in (file.stem, file.stem.partition("_")[0]):
            return file
    raise RehearsalError(
        f"There is no exercise '{exercise}' in {day}. The exercises are: "
        + ", ".join(file.stem for file in files))


def _scratch(to):
    if to is None:
        return Path(tempfile.mkdtemp(prefix="rehearsal-")).resolve()
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise RehearsalError(f"{to} is not an empty folder. Name a new one: "
                             "nothing is overwritten.")
    to.mkdir(parents=True, exist_ok=True)
    return to.resolve()


# --- the class -------------------------------------------------------------

def mistakes(solution: Path, root: Path = ROOT) -> list[Mistake]:
    """The first classic mistakes of each task of an exercise: of every task
    one, then of every task another. Empty where there is no list."""
    file = root / MISTAKES / f"{solution.stem}.yaml"
    if not file.is_file():
        return []
    listed = yaml.safe_load(file.read_text("utf-8"))
    return [Mistake(check=check, **of_task[number])
            for number in range(EACH) for check, of_task in listed.items()
            if number < len(of_task)]


def made_up(count: int, known: list[Mistake]) -> Iterator[Trainee]:
    """Trainees t01, t02 …: one of each kind, then mostly mistakes."""
    used = 0
    for number in range(count):
        beyond = number - len(FIRST)
        kind = FIRST[number] if beyond < 0 else THEN[beyond % len(THEN)]
        code = f"t{number + 1:0{max(2, len(str(count)))}}"
        if kind != MISTAKE or not known:
            yield Trainee(code, RIGHT if kind == MISTAKE else kind)
            continue
        yield Trainee(code, kind, known[used % len(known)])
        used += 1


def _hand_in(trainee, scratch, day, exercise, solution):
    """Put what a trainee hands in into submitted/."""
    folder = scratch / FOLDER / trainee.code / day
    folder.mkdir(parents=True)
    name = next((scratch / EXERCISES / day).glob("*.ipynb")).stem
    blank = nbformat.writes(exercise)
    notebook = deepcopy(exercise)
    if trainee.kind != BLANK:
        _answer(notebook, solution, trainee.mistake)
    text = nbformat.writes(notebook)
    if trainee.kind == BROKEN:  # the copy to a stick ended half way
        text = text[:len(text) // 3]
    if trainee.kind == TWICE:  # an older one, as a browser names it
        (folder / f"{name} (1).ipynb").write_text(blank, encoding="utf-8")
    if trainee.kind == LATE:
        (folder / "timestamp.txt").write_text(A_TIME, encoding="utf-8")
    file = "my work final" if trainee.kind == RENAMED else name
    (folder / f"{file}.ipynb").write_text(text, encoding="utf-8")


def _answer(notebook, solution, mistake):
    """Fill in the answers of the solution, one of them wrong."""
    right = {cell.metadata.nbgrader.grade_id: cell.source
             for cell in solution.cells if cell.metadata.get("nbgrader")}
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if not settings.get("solution"):
            continue
        if mistake and settings["grade_id"] == mistake.answer:
            # What the exercise gives stays, as a trainee's would.
            cell.source += f"\n\n{mistake.code}"
        else:
            cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "",
                                 right[settings["grade_id"]])


# --- what the report says --------------------------------------------------

def _outcome(trainee, results):
    """The result of one trainee, in words, and whether it is the planted
    one. The report shows these results."""
    remarks = [reason for result in results for reason in result.reasons
               if reason != NOT_HANDED_IN]
    tasks = [task for result in results if result.graded
             for task in result.tasks if task.score is not None]
    if not tasks:
        return Outcome(trainee, "; ".join(["not graded", *remarks]),
                       trainee.kind == BROKEN and bool(remarks))
    lost = [task for task in tasks if figures.state(task) != figures.RIGHT]
    named = [task for task in lost if task.found != figures.UNANSWERED]
    says = [f"{task.title}: {task.found}" for task in named]
    if len(lost) > len(named):
        says.append(f"{len(lost) - len(named)} of {len(tasks)} tasks not "
                    "answered")
    says = "; ".join([*(says or ["all tasks right"]), *remarks])
    return Outcome(trainee, says, {
        RIGHT: not lost and not remarks, LATE: not lost and not remarks,
        TWICE: not lost, RENAMED: not lost and bool(remarks),
        BLANK: len(lost) == len(tasks) and not named,
        MISTAKE: _is_named(trainee.mistake, lost) and not remarks,
        BROKEN: False}[trainee.kind])


def _is_named(mistake, lost):
    """Is the planted mistake the only one, and named in its words?"""
    if mistake is None or [task.grade_id for task in lost] != [mistake.check]:
        return False
    said = " ".join(lost[0].says.split())
    return all(text in said for text in mistake.says)
