"""Notebooks of the course: which there are, and how one is read."""

import difflib
import os
import re
import sys
from pathlib import Path

import nbformat

from commands.exercises.reading import NotebookError, parse
from helpers.data import ROOT

SOLUTIONS, EXERCISES = "solutions", "exercises"


def days(root: Path = ROOT) -> list[str]:
    """The nbgrader assignments: folders of solutions/ with notebooks."""
    return sorted({file.parent.name for file in
                   (root / SOLUTIONS).glob("day*/*.ipynb")})


def known_day(day: str, root: Path = ROOT) -> str:
    """The day itself, or NotebookError that names the nearest day and lists
    all."""
    known = days(root)
    if day in known:
        return day
    near = _nearest(day, known)
    raise NotebookError(f"There is no day '{day}'. "
                        + (f"Did you mean {near}? " if near else "")
                        + f"The days are: {', '.join(known)}")


def _nearest(day, known):
    """The day that somebody means who writes its number (2, day2, jour 2),
    a path to it (exercises/day2_processing/), or a part of its name."""
    word = re.split(r"[/\\]", day.strip().rstrip("/\\").lower())[-1]
    number = re.search(r"\d+", word)
    may_be = [one for one in known if number and one.startswith(
        f"day{number[0]}_")] or [one for one in known if word and word in one]
    near = may_be if len(may_be) == 1 else difflib.get_close_matches(
        word, known, 1)
    return near[0] if near else ""


def read(file: Path) -> nbformat.NotebookNode:
    """A notebook (format 4), or NotebookError that says what is wrong.
    Changes that other programs have made are repaired (`reading`)."""
    try:
        content = Path(file).read_bytes()
    except FileNotFoundError:
        raise NotebookError(f"There is no file {file}") from None
    except IsADirectoryError:
        raise NotebookError(f"{file} is a folder, not a notebook") from None
    except OSError as error:
        raise NotebookError(
            f"{file} cannot be read: {error.strerror}") from None
    return parse(content, str(file))[0]


def is_core(notebook) -> bool:
    """Is it an exercise whose points certificates ask for?"""
    return notebook.metadata.get("course", {}).get("role") != "stretch"


def grade_cells(notebook) -> dict[str, nbformat.NotebookNode]:
    """The cells that give points, by their nbgrader id."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")}


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
