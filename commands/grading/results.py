"""What grading gives: points, and what is to be said."""

import re
from dataclasses import dataclass, field

REPORTS = "reports"  # the folder of what an instructor reads


@dataclass
class TaskGrade:
    """What one graded cell gave."""
    grade_id: str
    title: str
    points: float
    score: float | None  # None: a person has still to mark it
    says: str = ""       # the check's own words, when it did not hold

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
    """One notebook of one trainee: its tasks, and what is to be said.

    notebook is "*" when a whole submission could not be graded.
    """
    student: str
    notebook: str
    tasks: list[TaskGrade] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    graded: bool = True    # False: nbgrader could not run it
    skipped: bool = False  # it was graded before, and has not changed
    tampered: bool = False  # its checks cannot be believed: no score

    @property
    def score(self) -> float:
        return sum(task.score or 0 for task in self.tasks)

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks)

    @property
    def waiting(self) -> float:
        """Points that a person has still to give."""
        return sum(task.points for task in self.tasks if task.score is None)


def failed(student: str, error: Exception) -> NotebookResult:
    """A submission that could not be graded at all."""
    return NotebookResult(student, "*", graded=False, reasons=[
        f"could not be graded: {type(error).__name__}: {error}"])
