"""Grading: nbgrader's own, made safe for a whole class and put in words.

>>> from helpers import grading
>>> for graded in grading.grade("day1_production"):
...     print(graded.student, graded.notebook, graded.score, graded.reasons)

nbgrader grades and keeps its formats: gradebook.db, autograded/, feedback/.
Around it, `submissions` makes of each submission a copy that nbgrader can
grade, and `report` writes reports/<day>.html. The submissions themselves are
only read. One that cannot be graded gets a named reason, and the class goes
on.
"""

import contextlib
import glob
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.data import ROOT
from helpers.grading import report, submissions
from helpers.notebooks import (
    NotebookError, grade_cells, known_day, nbgrader_config, read)

SUBMITTED, REPORTS = "submitted", "reports"


@dataclass
class Task:
    """What one graded cell gave."""
    grade_id: str
    title: str
    points: float
    score: float | None  # None: a person has still to mark it
    says: str = ""       # the check's own words, when it did not hold

    @property
    def found(self) -> str:
        """The sentence of the feedback that tells what is wrong."""
        if self.says.startswith("○"):
            return "not answered"
        # Wrapped lines go on, indented, until the next label.
        told = re.search(r"^  Found:(.*?)(?=^  [A-Z]|\Z)", self.says,
                         re.MULTILINE | re.DOTALL)
        if told:
            return " ".join(told[1].split())
        return (self.says.strip().splitlines() or [""])[-1].strip()


@dataclass
class Graded:
    """One notebook of one trainee: the tasks, and what is to be said."""
    student: str
    notebook: str
    tasks: list[Task] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    graded: bool = True   # False: nbgrader could not run it
    skipped: bool = False  # it was graded before, and has not changed

    @property
    def score(self) -> float:
        return sum(task.score or 0 for task in self.tasks)

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks)

    @property
    def waiting(self) -> float:
        """Points that a person has still to give."""
        return sum(t.points for t in self.tasks if t.score is None)


def command(day: str, force: bool = False, console=None) -> int:
    """Grade a day with a progress bar, and tell the results in a table."""
    from rich.console import Console
    from rich.progress import track
    console = console or Console()
    results = grade(day, force=force, track=lambda students: track(
        students, f"Grading {day} …", console=console))
    console.print(_table(day, results))
    console.print(f"\nThe report: {REPORTS}/{day}.html · Scores: gradebook.db "
                  "· One page a trainee: feedback/", soft_wrap=True)
    return 0 if all(r.tasks or r.reasons for r in results) else 1


def grade(day: str, root: Path = ROOT, force: bool = False,
          track: Callable[[list], Iterable] = list) -> list[Graded]:
    """Grade all of submitted/<student>/<day>/ and write the report.

    A submission that was graded before and has not changed is skipped,
    unless force. Each student is one step of what track goes through.
    Raises NotebookError when the day is unknown, when nobody has handed in
    anything, or when gradebook.db belongs to an older course.
    """
    root = Path(root).resolve()
    students = _students(known_day(day, root), root)
    if _is_pattern(str(root)):
        raise NotebookError(
            "nbgrader cannot work in a folder with [ ] * ? in its path. "
            f"Rename it, or move the course:\n  {root}")
    results = []
    with _Nbgrader(day, root) as nbgrader:
        for student in track(students):
            try:
                results += _grade_student(nbgrader, student, force)
            except Exception as error:  # the class goes on
                results.append(Graded(student, "*", graded=False, reasons=[
                    f"could not be graded: {type(error).__name__}: {error}"
                ]))
        titles = {name: submissions.title(master)
                  for name, master in nbgrader.masters.items()}
    report.write(root / REPORTS / f"{day}.html", day, titles, results)
    return results


def _students(day, root):
    """Names of the folders in submitted/ that hold the day."""
    there = sorted(
        folder.parent.name for folder in (root / SUBMITTED).glob(f"*/{day}")
        if folder.is_dir() and not folder.parent.name.startswith("."))
    if not there:
        raise NotebookError(
            f"Nobody has handed in anything for {day}. Put each trainee's "
            f"notebooks into\n  {SUBMITTED}/<trainee>/{day}/\nthen grade "
            "again.")
    return there


def _grade_student(nbgrader, student, force):
    """All notebooks of one student: graded, skipped, or with a reason."""
    folder = nbgrader.root / SUBMITTED / student / nbgrader.day
    handed_in = submissions.prepare(
        folder, nbgrader.copies / student / nbgrader.day, nbgrader.masters)
    skipped = not force and nbgrader.knows(student, handed_in)
    if not skipped:
        nbgrader.forget(student)
        nbgrader.zero(student)
        for submission in handed_in:
            if submission.gradable:
                nbgrader.grade(student, submission)
    results = [nbgrader.result(student, submission)
               for submission in handed_in]
    for result in results:
        result.skipped = skipped
    return results


class _Nbgrader:
    """nbgrader on one day of the course, used as a context.

    masters are the exercises as trainees got them; copies is where nbgrader
    looks for what was submitted. Whatever nbgrader, its libraries and the
    kernels say goes to reports/<day>.log.
    """

    def __init__(self, day, root):
        self.day, self.root = day, root

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            # In the course folder, because on Windows nbgrader knows the
            # student in a path only when the path begins there.
            work = stack.enter_context(tempfile.TemporaryDirectory(
                prefix=".grading-", dir=self.root,
                ignore_cleanup_errors=True))
            self.copies = Path(work)
            self.log = stack.enter_context(_quiet(
                self.root / REPORTS / f"{self.day}.log"))
            self._start()
            self._register()
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    def _start(self):
        from nbgrader.apps.api import NbGraderAPI
        config = nbgrader_config(self.root)
        config.CourseDirectory.submitted_directory = self.copies.name
        # What a notebook wrote, the student's next one may write again.
        config.Autograde.permissions = 644
        self.seconds = config.Execute.timeout
        self.api = NbGraderAPI(config=config)
        self.url = self.api.coursedir.db_url

    def _register(self):
        """Enter the day's exercises in gradebook.db; keep them as masters.

        They are derived into a folder of their own: exercises/ stays.
        """
        from nbgrader.utils import temp_attrs
        with tempfile.TemporaryDirectory() as release:
            with temp_attrs(self.api.coursedir, release_directory=release):
                said = self._say(self.api.generate_assignment(self.day))
            if "there are submissions associated" in said:
                raise NotebookError(
                    "gradebook.db holds scores for an older version of "
                    f"{self.day}: its exercises have other tasks now. Rename "
                    "gradebook.db to keep it, then grade again.")
            if said:
                raise NotebookError(
                    f"nbgrader could not read the exercises of {self.day}: "
                    f"{said}\nSee {REPORTS}/{self.day}.log")
            self.masters = {file.stem: read(file) for file in
                            sorted(Path(release, self.day).glob("*.ipynb"))}

    def knows(self, student, handed_in):
        """Has exactly this been graded before?"""
        from nbgrader.api import MissingEntry
        gradable = [one for one in handed_in if one.gradable]
        with self._gradebook() as book:
            for one in gradable:
                file = self._autograded(student, one.notebook)
                try:
                    book.find_submission_notebook(
                        one.notebook, self.day, student)
                    before = submissions.fingerprint_in(read(file))
                except (MissingEntry, NotebookError):
                    return False
                if before != one.fingerprint:
                    return False
        return bool(gradable)

    def forget(self, student):
        """Remove what an earlier version of the submission has given."""
        from nbgrader.utils import rmtree
        for step in ("autograded", "feedback"):
            folder = self.root / step / student / self.day
            if folder.exists():
                rmtree(str(folder))

    def zero(self, student):
        """No automatic points yet; what a person gave stays."""
        with self._gradebook() as book:
            book.update_or_create_student(student)
            submission = book.update_or_create_submission(self.day, student)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score = 0
                    grade.needs_manual_grade = False
            book.db.commit()

    def grade(self, student, submission):
        """Run one notebook and write its feedback; note what went wrong."""
        from nbgrader.utils import temp_attrs
        if _is_pattern(student) or student != student.strip():
            submission.gradable = False
            submission.reasons.append(
                "could not be graded: nbgrader cannot find a folder with "
                "[ ] * ? in its name, or a space at one end; rename "
                f"'{SUBMITTED}/{student}'")
            return
        with temp_attrs(self.api.coursedir, notebook_id=submission.notebook):
            said = self._say(self.api.autograde(self.day, student))
            if said:
                submission.gradable = False
                submission.reasons.append(_why(said, self.seconds, self.day))
                return
            said = self._say(self.api.generate_feedback(
                self.day, student))
            if said:
                submission.reasons.append(
                    f"graded, but it has no feedback page: {said}")
                return
        report.make_offline(self.root / "feedback" / student / self.day
                            / f"{submission.notebook}.html")

    def result(self, student, submission):
        """The scores of gradebook.db and the words of the checks."""
        from nbgrader.api import MissingEntry
        result = Graded(student, submission.notebook,
                        reasons=submission.reasons,
                        graded=submission.gradable)
        master = self.masters.get(submission.notebook)
        if not master:
            return result
        says = {}
        if submission.gradable:
            notebook = read(self._autograded(student, submission.notebook))
            says = submissions.errors(notebook)
            result.reasons += submissions.stopped(notebook, self.seconds)
        with self._gradebook() as book:
            try:
                grades = book.find_submission_notebook(
                    submission.notebook, self.day, student).grades
            except MissingEntry:
                result.reasons.append(
                    "gradebook.db was made before this exercise existed: "
                    "rename it to keep it, then grade again")
                return result
            grades = {grade.name: grade for grade in grades}
            for name, cell in grade_cells(master).items():
                result.tasks.append(Task(
                    name, cell.metadata.get("course", {}).get("title", name),
                    cell.metadata.nbgrader.points, _score(grades[name]),
                    says.get(name, "")))
        return result

    def _gradebook(self):
        from nbgrader.api import Gradebook
        return Gradebook(self.url, self.api.coursedir.course_id)

    def _autograded(self, student, notebook):
        return (self.root / "autograded" / student / self.day
                / f"{notebook}.ipynb")

    def _say(self, result):
        """'' when nbgrader succeeded, else the last error in its log."""
        if result["success"]:
            return ""
        if result["error"].rstrip().endswith("KeyboardInterrupt"):
            raise KeyboardInterrupt  # which nbgrader catches, too
        told = result.get("log", "") + result["error"]
        self.log.write(told)
        return submissions.last_error(told)


def _why(said, seconds, day):
    """A named reason for what stopped nbgrader."""
    if said.startswith("DeadKernelError"):
        return ("could not be graded: Python itself stopped while it ran "
                "(exit() in a cell, or too little memory?)")
    if said.startswith("CellTimeoutError"):
        return submissions.endless(seconds)
    return f"could not be graded: {said} (see {REPORTS}/{day}.log)"


def _score(grade):
    """A person's mark, else the automatic one, else None."""
    given = grade.manual_score
    return given if given is not None else grade.auto_score


def _is_pattern(name):
    """Would glob read this name as a pattern?"""
    return glob.escape(name) != name


@contextlib.contextmanager
def _quiet(file):
    """Send all that goes to the terminal's stderr, also from the kernels
    that are started meanwhile, to a file. Gives the file, open."""
    file.parent.mkdir(exist_ok=True)
    with file.open("w", encoding="utf-8", errors="replace") as log:
        sys.stderr.flush()
        terminal = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            with contextlib.redirect_stderr(log):
                yield log
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
    if not file.stat().st_size:
        file.unlink()


def _table(day, results):
    from rich.table import Table
    from rich.text import Text
    table = Table("Trainee", "Notebook", "Points", "By a person", "Remarks",
                  title=day)
    for result in results:
        said = "; ".join([*result.reasons,
                          *["already graded"] * result.skipped])
        points = f"{result.score:g} of {result.points:g}"
        table.add_row(
            Text(result.student), Text(result.notebook),
            points if result.tasks else "–",
            f"{result.waiting:g} to give" if result.waiting else "",
            Text(said))
    return table
