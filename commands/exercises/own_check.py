"""A trainee's own check of one notebook, before anybody grades it."""

from dataclasses import dataclass, field
from pathlib import Path

from commands.exercises.notebooks import (
    EXERCISES,
    SOLUTIONS,
    NotebookError,
    grade_cells,
    read,
)
from helpers.data import ROOT

SECONDS_A_CELL = 120


@dataclass
class Result:
    """What one graded cell gave: points, and the feedback if it failed."""
    grade_id: str
    points: float
    title: str
    passed: bool | None = None  # None: a person marks it
    feedback: str = ""


@dataclass
class Report:
    """A trainee's own check of one notebook, before anybody grades it."""
    results: list[Result] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)  # why it stopped

    @property
    def earned(self) -> float:
        return sum(r.points for r in self.results if r.passed)

    @property
    def automatic(self) -> float:
        return sum(r.points for r in self.results if r.passed is not None)

    @property
    def all_pass(self) -> bool:
        return not self.missing and all(
            r.passed is not False for r in self.results)


def check(file: Path, root: Path = ROOT) -> Report:
    """Run a notebook from top to bottom in a fresh kernel and read its
    check cells. The file itself is not changed.
    """
    file = Path(file)
    notebook = read(file)
    exercise = _exercise_of(file, root)
    cells = grade_cells(notebook)
    if not cells and not exercise:
        raise NotebookError(
            f"{file} has no graded cell. Check an exercise, for example "
            "exercises/day1_production/e03_crs_detective.ipynb")
    reasons = execute(notebook, file.resolve().parent)
    expected = grade_cells(exercise) if exercise else {}
    report = Report()
    for name, cell in (expected | cells).items():  # in the exercise's order
        result = _result(name, cell)
        if name not in cells:
            report.missing.append(name)
            result.passed = None if result.passed is None else False
        report.results.append(result)
    return report


def execute(notebook, folder: Path, manager: type | None = None
            ) -> list[str]:
    """Run all cells, errors included, in a fresh kernel in folder.

    manager is a class of kernel managers, for example of warm kernels
    (`commands.grading.cage.kernels`). A cell that runs too long or ends Python
    stops the notebook: the cells before it keep their outputs, those after
    it say why they did not run. Returns the reasons; [] if all cells ran.
    """
    from commands.grading.cage.kernels import Limits
    from commands.grading.guard import GuardedClient, Room
    chosen = {"kernel_manager_class": manager} if manager else {}
    client = GuardedClient(
        notebook, timeout=SECONDS_A_CELL, kernel_name="python3",
        allow_errors=True, resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"], shutdown_kernel="immediate",
        **chosen)
    client.room = Room(Limits(seconds_a_cell=SECONDS_A_CELL))
    client.execute()
    return client.room.reasons


def _exercise_of(file, root):
    """The exercise (or solution) that this file is a copy of, or None."""
    for folder in (EXERCISES, SOLUTIONS):
        for there in (root / folder).glob(f"*/{file.name}"):
            return read(there)
    return None


def _result(name, cell):
    settings = cell.metadata.nbgrader
    result = Result(name, settings.points,
                    cell.metadata.get("course", {}).get("title", name))
    if settings.solution:  # a person marks it
        return result
    errors = [output for output in cell.get("outputs", [])
              if output.output_type == "error"]
    result.passed = not errors
    if errors:
        result.feedback = "\n".join(errors[0].traceback)
    return result
