"""A trainee's own check of one notebook, before anybody grades it."""

from dataclasses import dataclass, field
from pathlib import Path

from commands import unchanged
from commands.exercises.notebooks import (
    EXERCISES,
    SOLUTIONS,
    NotebookError,
    grade_cells,
    nbgrader_config,
    read,
)
from commands.terminal import printable_name
from helpers.data import ROOT
from helpers.errors import CourseError

SECONDS_A_CELL = 120


class OwnCheckError(CourseError):
    """A notebook cannot be checked. The exit code is 1, as for lost points."""

    exit_code = 1


@dataclass
class TaskResult:
    """What one graded cell gave: points, and the feedback if it failed."""
    grade_id: str
    points: float
    title: str
    passed: bool | None = None  # None: a person marks it
    feedback: str = ""


@dataclass
class Report:
    """What the own check says about one notebook."""
    results: list[TaskResult] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # grade ids
    reasons: list[str] = field(default_factory=list)  # why it was stopped
    of_the_course: bool = True  # False: tasks and points are its own

    @property
    def earned(self) -> float:
        return sum(r.points for r in self.results if r.passed)

    @property
    def automatic(self) -> float:
        return sum(r.points for r in self.results if r.passed is not None)

    @property
    def all_pass(self) -> bool:
        return not self.missing and not self.reasons and all(
            r.passed is not False for r in self.results)


def check(file: Path, root: Path = ROOT) -> Report:
    """Run a notebook from top to bottom in a fresh kernel and read its
    check cells. The file itself is not changed. A cell has the same time
    limit as in grading. If this is a copy of a notebook of the course, the
    course's own notebook gives the tasks and their points.

    It runs without a sandbox: use it only for your own work.

    Raises OwnCheckError: the file is not an exercise, or data/ has changed.
    """
    try:
        unchanged.verify()  # with other data, right answers would lose points
        notebook, exercise = _notebook_and_exercise(Path(file), root)
        reasons = execute(notebook, Path(file).resolve().parent,
                          seconds_a_cell=nbgrader_config(root).Execute.timeout)
    except CourseError as error:
        raise OwnCheckError(str(error).replace(
            str(file), printable_name(file))) from None
    cells = grade_cells(notebook)
    report = Report(reasons=reasons, of_the_course=exercise is not None)
    for name, task in grade_cells(exercise or notebook).items():
        if name not in cells:
            report.missing.append(name)
        report.results.append(_task_result(name, task, cells.get(name)))
    return report


def execute(notebook, folder: Path, manager: type | None = None,
            seconds_a_cell: int = SECONDS_A_CELL) -> list[str]:
    """Run all cells, errors included, in a fresh kernel in folder.

    manager is a class of kernel managers, for example of warm kernels
    (`commands.grading.cage.kernels`). A cell that runs too long or ends
    Python stops the notebook. The cells before it keep their outputs; the
    cells after it say why they did not run. Returns the reasons; [] if all
    cells ran.
    """
    from commands.grading.cage.client import AwakeManager
    from commands.grading.cage.kernels import Limits
    from commands.grading.guard import GuardedClient, Room
    client = GuardedClient(
        notebook, timeout=seconds_a_cell, kernel_name="python3",
        allow_errors=True, resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"], shutdown_kernel="immediate",
        kernel_manager_class=manager or AwakeManager)
    client.room = Room(Limits(seconds_a_cell=seconds_a_cell))
    client.execute()
    return client.room.reasons


def _notebook_and_exercise(file, root):
    """The notebook, and the course's notebook that it copies, or None."""
    notebook = read(file)
    exercise = _exercise(file, set(grade_cells(notebook)), root)
    if not grade_cells(notebook) and not exercise:
        raise NotebookError(
            f"{file} has no graded cell. Check an exercise, for example "
            "exercises/day1_production/e03_crs_detective.ipynb")
    return notebook, exercise


def _exercise(file, names, root):
    """The solution, else the exercise, of this name. A copy often has another
    name: else the notebook that shares more than half of its tasks. Never the
    file itself: anybody can have written its points."""
    for folder in (SOLUTIONS, EXERCISES):
        others = [one for one in sorted((root / folder).glob("*/*.ipynb"))
                  if not one.samefile(file)]
        same_name = [one for one in others if one.name == file.name]
        for one in same_name or others:
            exercise = read(one)
            if same_name or 2 * len(names & set(grade_cells(exercise))) > len(
                    grade_cells(exercise)):
                return exercise
    return None


def _task_result(name, task, cell):
    """task is the exercise's cell; cell is the notebook's, or None."""
    settings = task.metadata.nbgrader
    result = TaskResult(name, settings.get("points", 0),
                        task.metadata.get("course", {}).get("title", name))
    if settings.get("solution"):  # a person marks it
        return result
    errors = [output for output in cell.get("outputs", [])
              if output.output_type == "error"] if cell else []
    result.passed = cell is not None and not errors
    if errors:
        result.feedback = "\n".join(errors[0].traceback)
    return result
