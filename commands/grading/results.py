"""What grading gives: points and remarks."""

import contextlib
import errno
import re
from dataclasses import dataclass, field
from pathlib import Path

from commands.exercises.notebooks import NotebookError
from helpers.errors import CourseError

REPORTS = "reports"  # the folder of what an instructor reads


@dataclass
class TaskGrade:
    """What one graded cell gave."""
    grade_id: str
    title: str
    points: float
    score: float | None  # None: a person has still to mark it
    says: str = ""       # the check's own words, when it did not hold
    objectives: tuple[str, ...] = ()  # the ids of what the task assesses
    changed: bool = False  # since a person marked it: to be marked again

    @property
    def waits(self) -> bool:
        """Has a person to mark it?"""
        return self.score is None or self.changed

    @property
    def found(self) -> str:
        """The sentence of the feedback that says what is wrong."""
        if self.says.startswith("○"):
            return "not answered"
        # Wrapped lines go on, indented, until the next label.
        label = re.search(r"^  Found:(.*?)(?=^  [A-Z]|\Z)", self.says,
                          re.MULTILINE | re.DOTALL)
        if label:
            return " ".join(label[1].split())
        return (self.says.strip().splitlines() or [""])[-1].strip()


@dataclass
class NotebookResult:
    """One notebook of one trainee: its tasks, points and remarks.

    notebook is "*" when a whole submission could not be graded.
    """
    student: str
    notebook: str
    tasks: list[TaskGrade] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    graded: bool = True    # False: nbgrader could not run it
    failed: bool = False   # not by the trainee's fault: to be graded again
    skipped: bool = False  # it was graded before, and has not changed
    is_core: bool = True   # False: a stretch exercise

    @property
    def score(self) -> float:
        return sum(task.score or 0 for task in self.tasks)

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks)

    @property
    def waiting(self) -> float:
        """Points that a person has still to give."""
        return sum(task.points for task in self.tasks if task.waits)


class NotGraded(CourseError):
    """A submission has no outcome, so it has no score: the machine or the
    engine failed. The message says what happened."""


def failed(student: str, error: Exception) -> NotebookResult:
    """A submission that must be graded again, after the error is repaired."""
    return NotebookResult(student, "*", graded=False, failed=True,
                          reasons=[f"not graded: {in_words(error)}"])


def in_words(error: Exception) -> str:
    """What failed, and that it is not the trainee's fault."""
    if isinstance(error, NotGraded):
        return str(error)
    told = (str(error) if isinstance(error, CourseError) else
            "too little memory" if isinstance(error, MemoryError) else
            f"{type(error).__name__}: {error}")
    return f"grading failed, which is not the trainee's fault ({told})"


def write_whole(file: Path, text: str) -> None:
    """Write a whole file or nothing; bytes of a name that are not text are
    replaced."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    new.replace(file)


def is_full(error: Exception) -> bool:
    """Is the disk full?"""
    return isinstance(error, OSError) and error.errno in (
        errno.ENOSPC, errno.EDQUOT)


# No room, no memory, too many open files, a disk that fails.
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE,
            errno.ENFILE, errno.EIO, errno.EROFS}


def is_of_the_machine(error: Exception) -> bool:
    """Did the machine fail, whatever was handed in? (SQLite says
    OperationalError for a full disk; its file is not the trainee's.)"""
    return isinstance(error, MemoryError) or (
        isinstance(error, OSError) and error.errno in _MACHINE) or (
        type(error).__name__ == "OperationalError")


@contextlib.contextmanager
def system_errors_in_words():
    """If the system refuses something to the one writer, its run ends with
    one sentence."""
    try:
        yield
    except OSError as error:
        where = f" at {error.filename}" if error.filename else ""
        raise NotebookError(
            f"Grading has stopped{where}: {error.strerror or error}. Those "
            "who are graded stay graded:\n"
            + ("make room on the disk" if is_full(error) else "repair this")
            + ", then grade again, which goes on there.") from None
