"""A trainee's own check of one notebook, before anybody grades it."""

from dataclasses import dataclass, field
from pathlib import Path

from commands.exercises.notebooks import (
    EXERCISES,
    SOLUTIONS,
    NotebookError,
    grade_cells,
    nbgrader_config,
    read,
)
from commands.terminal import printable_name
from helpers import data
from helpers.data import ROOT
from helpers.errors import CourseError

SECONDS_A_CELL = 120


class OwnCheckError(CourseError):
    """A notebook cannot be checked: like one that has not all points."""

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
    check cells. The file itself is not changed. A cell has the time that it
    has in grading.

    Raises OwnCheckError: the file is no exercise, or data/ is not whole.
    """
    try:
        data.verify()  # with other data, right answers would lose points
        notebook, exercise = _notebook_and_exercise(Path(file), root)
        reasons = execute(notebook, Path(file).resolve().parent,
                          seconds_a_cell=nbgrader_config(root).Execute.timeout)
    except CourseError as error:
        raise OwnCheckError(str(error).replace(
            str(file), printable_name(file))) from None
    cells = grade_cells(notebook)
    expected = grade_cells(exercise) if exercise else {}
    report = Report(reasons=reasons)
    for name, cell in (expected | cells).items():  # in the exercise's order
        result = _task_result(name, cell)
        if name not in cells:
            report.missing.append(name)
            result.passed = None if result.passed is None else False
        report.results.append(result)
    return report


def execute(notebook, folder: Path, manager: type | None = None,
            seconds_a_cell: int = SECONDS_A_CELL) -> list[str]:
    """Run all cells, errors included, in a fresh kernel in folder.

    manager is a class of kernel managers, for example of warm kernels
    (`commands.grading.cage.kernels`). A cell that runs too long or ends
    Python stops the notebook: the cells before it keep their outputs, those
    after it say why they did not run. Returns the reasons; [] if all cells
    ran.
    """
    from commands.grading.cage.kernels import Limits
    from commands.grading.guard import GuardedClient, Room
    chosen = {"kernel_manager_class": manager} if manager else {}
    client = GuardedClient(
        notebook, timeout=seconds_a_cell, kernel_name="python3",
        allow_errors=True, resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"], shutdown_kernel="immediate",
        **chosen)
    client.room = Room(Limits(seconds_a_cell=seconds_a_cell))
    client.execute()
    return client.room.reasons


def _notebook_and_exercise(file, root):
    """The notebook, and the exercise (or solution) that it is a copy of, or
    None."""
    notebook = read(file)
    exercise = next((read(source) for folder in (EXERCISES, SOLUTIONS)
                     for source in (root / folder).glob("*/*.ipynb")
                     if source.name == file.name), None)
    if not grade_cells(notebook) and not exercise:
        raise NotebookError(
            f"{file} has no graded cell. Check an exercise, for example "
            "exercises/day1_production/e03_crs_detective.ipynb")
    return notebook, exercise


def _task_result(name, cell):
    settings = cell.metadata.nbgrader
    result = TaskResult(name, settings.points,
                        cell.metadata.get("course", {}).get("title", name))
    if settings.solution:  # a person marks it
        return result
    errors = [output for output in cell.get("outputs", [])
              if output.output_type == "error"]
    result.passed = not errors
    if errors:
        result.feedback = "\n".join(errors[0].traceback)
    return result
