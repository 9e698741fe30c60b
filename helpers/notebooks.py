"""Exercises: derived from their solutions, and checked by their owners."""

import hashlib
import json
import logging
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from helpers.data import ROOT
from helpers.errors import CourseError

SOLUTIONS, EXERCISES = "solutions", "exercises"
SECONDS_A_CELL = 120


class NotebookError(CourseError):
    """A notebook cannot be read, found or graded."""


# --- reading ---------------------------------------------------------------

def days(root: Path = ROOT) -> list[str]:
    """The nbgrader assignments: folders of solutions/ with notebooks."""
    return sorted({file.parent.name for file in
                   (root / SOLUTIONS).glob("day*/*.ipynb")})


def known_day(day: str, root: Path = ROOT) -> str:
    """The day itself, or NotebookError that names those there are."""
    if day not in days(root):
        raise NotebookError(f"There is no day '{day}'. "
                            f"The days are: {', '.join(days(root))}")
    return day


def read(file: Path) -> nbformat.NotebookNode:
    """A notebook (format 4), or NotebookError that says what is wrong."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotebookError(f"There is no file {file}") from None
    except IsADirectoryError:
        raise NotebookError(f"{file} is a folder, not a notebook") from None
    except UnicodeDecodeError:
        raise NotebookError(
            f"{file} is not UTF-8 text, so it is not a notebook. Open it in "
            "JupyterLab and save it again.") from None
    try:
        if not isinstance(json.loads(text), dict):
            raise ValueError("it holds a list or a value, not cells")
        return nbformat.reads(text, as_version=4)
    except json.JSONDecodeError as error:
        raise NotebookError(
            f"{file} is not a notebook: line {error.lineno} is not JSON. "
            "An interrupted download or a text editor may have cut it; take "
            "a fresh copy.") from None
    except Exception as error:
        raise NotebookError(
            f"{file} is not a notebook: {str(error).splitlines()[0]}"
        ) from None


def grade_cells(notebook) -> dict[str, nbformat.NotebookNode]:
    """The cells that give points, by their nbgrader id."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")}


# --- release ---------------------------------------------------------------

def derive(out: Path, root: Path = ROOT) -> list[Path]:
    """Derive all exercises from solutions/ into out/<day>/ with nbgrader.

    Returns the files, relative to out.
    """
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import Config
    files = []
    with tempfile.TemporaryDirectory() as scratch:
        config = nbgrader_config(root)
        config.CourseDirectory.release_directory = scratch
        config.CourseDirectory.db_url = f"sqlite:///{scratch}/gradebook.db"
        logging.getLogger("traitlets").setLevel(logging.ERROR)
        api = NbGraderAPI(config=Config(config))
        for day in days(root):
            result = api.generate_assignment(day)
            if not result["success"]:
                raise NotebookError(
                    f"nbgrader could not derive {day}:\n"
                    f"{result.get('log') or result.get('error')}")
            for file in sorted(Path(scratch, day).glob("*.ipynb")):
                target = out / day / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(_seal(read(file)), target)
                files.append(target.relative_to(out))
    return files


def release(root: Path = ROOT, force: bool = False) -> list[Path]:
    """Write exercises/ from solutions/.

    An exercise that somebody has answered is not overwritten without
    force: NotebookError names it, and nothing at all is written.
    """
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        files = derive(fresh, root)
        answered = [file for file in files
                    if _is_answered(root / EXERCISES / file)]
        if answered and not force:
            names = "\n".join(f"  exercises/{file}" for file in answered)
            raise NotebookError(
                f"These exercises hold answers, so nothing was written:\n"
                f"{names}\nKeep a copy of them, then use --force.")
        for file in files:
            target = root / EXERCISES / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((fresh / file).read_bytes())
        for file in _strangers(root, files):
            (root / EXERCISES / file).unlink()
    return files


def differences(root: Path = ROOT) -> list[str]:
    """What `release` would change, one line a file; empty when equal."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        files = derive(fresh, root)
        told = []
        for file in files:
            there = root / EXERCISES / file
            if not there.is_file():
                told.append(f"exercises/{file} is missing")
            elif _essence(read(there)) != _essence(read(fresh / file)):
                told.append(f"exercises/{file} differs from its solution")
        told += [f"exercises/{file} has no solution"
                 for file in _strangers(root, files)]
    return told


def nbgrader_config(root: Path = ROOT):
    """nbgrader_config.py of the course, as traitlets' Config."""
    # nbgrader starts alembic by name: find the one beside this Python.
    own = str(Path(sys.executable).parent)
    if own not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = own + os.pathsep + os.environ["PATH"]
    from traitlets.config.loader import PyFileConfigLoader
    config = PyFileConfigLoader("nbgrader_config.py",
                                path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def _strangers(root, files):
    """Untouched exercises whose solution is gone, relative to exercises/."""
    folder = root / EXERCISES
    there = {file.relative_to(folder) for file in folder.glob("*/*.ipynb")}
    return sorted(file for file in there - set(files)
                  if not _is_answered(folder / file))


def _seal(notebook):
    """Remember what the exercise looked like when it was derived."""
    notebook.metadata.setdefault("course", {})["seal"] = _sources(notebook)
    return notebook


def _is_answered(file):
    """Is there a notebook that has changed since it was derived?"""
    if not file.is_file():
        return False
    notebook = read(file)
    return notebook.metadata.get("course", {}).get("seal") != _sources(
        notebook)


def _sources(notebook):
    text = json.dumps([[cell.cell_type, cell.source]
                       for cell in notebook.cells], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _essence(notebook):
    """What counts when two notebooks are compared: no outputs, no editor."""
    return [notebook.metadata.get("course"),
            [[cell.get("id"), cell.cell_type, cell.source,
              cell.metadata.get("nbgrader"), cell.metadata.get("course"),
              cell.metadata.get("tags")] for cell in notebook.cells]]


def _write(notebook, file):
    text = nbformat.writes(notebook)
    file.write_text(text.rstrip("\n") + "\n", encoding="utf-8",
                    newline="\n")


# --- check -----------------------------------------------------------------

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
    (`helpers.grading.kernels`). A cell that runs too long or ends Python
    stops the notebook: the cells before it keep their outputs, those after
    it say why they did not run. Returns the reasons; [] if all cells ran.
    """
    from helpers.grading.guard import GuardedClient, Room
    from helpers.grading.kernels import Limits
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
