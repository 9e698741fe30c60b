"""Exercises, derived from their solutions by nbgrader; the page of
objectives and the timetable of the guide, from the metadata of lessons and
solutions; and the credits at the end of both, from what they load."""

import hashlib
import json
import logging
import tempfile
from pathlib import Path

import nbformat

from commands.exercises import crediting, objectives, timetable
from commands.exercises.notebooks import (
    EXERCISES,
    SOLUTIONS,
    NotebookError,
    days,
    nbgrader_config,
    read,
)
from helpers.data import ROOT


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
                exercise = read(file)
                crediting.put(crediting.text(read(
                    root / SOLUTIONS / day / file.name)), exercise)
                _write(_seal(exercise), target)
                files.append(target.relative_to(out))
    return files


def release(root: Path = ROOT, force: bool = False) -> list[str]:
    """Write exercises/ from solutions/, the page of objectives, and the
    credits of lessons and solutions that lack them or have others.

    Returns the names of the files written, relative to root. An exercise
    that somebody has answered is not overwritten without force:
    NotebookError names it, and nothing at all is written.
    """
    page = objectives.page(root)
    with tempfile.TemporaryDirectory() as scratch:
        derived = Path(scratch)
        files = derive(derived, root)
        answered = [file for file in files
                    if _is_answered(root / EXERCISES / file)]
        if answered and not force:
            names = "\n".join(f"  {_name(file)}" for file in answered)
            raise NotebookError(
                f"These exercises hold answers, so nothing was written:\n"
                f"{names}\nKeep a copy of them, then use --force.")
        for file in files:
            target = root / EXERCISES / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((derived / file).read_bytes())
        for file in _without_solution(root, files):
            (root / EXERCISES / file).unlink()
    (root / objectives.PAGE).write_text(page, encoding="utf-8", newline="\n")
    guide = timetable.write(root)
    uncredited = crediting.without_them(root)
    for file in uncredited:
        crediting.write(file)
    return [*map(_name, files), objectives.PAGE, *guide,
            *(file.relative_to(root).as_posix() for file in uncredited)]


def differences(root: Path = ROOT) -> list[str]:
    """What `release` would change, one line per file; empty when equal."""
    with tempfile.TemporaryDirectory() as scratch:
        derived = Path(scratch)
        files = derive(derived, root)
        lines = []
        for file in files:
            exercise = root / EXERCISES / file
            if not exercise.is_file():
                lines.append(f"{_name(file)} is missing")
            elif _essence(read(exercise)) != _essence(read(derived / file)):
                lines.append(f"{_name(file)} differs from its solution")
        lines += [f"{_name(file)} has no solution"
                  for file in _without_solution(root, files)]
    page = root / objectives.PAGE
    if not page.is_file() or (
            page.read_text(encoding="utf-8") != objectives.page(root)):
        lines.append(f"{objectives.PAGE} is not what the notebooks say")
    if not timetable.is_current(root):
        lines.append(f"{timetable.GUIDE} is not what the notebooks and the "
                     "instructor's pages say")
    lines += [f"{file.relative_to(root).as_posix()} lacks the credits of the "
              "layers it loads" for file in crediting.without_them(root)]
    return lines


def _name(file):
    """An exercise's path as people read it."""
    return f"{EXERCISES}/{file.as_posix()}"


def _without_solution(root, files):
    """Unchanged exercises without a solution, relative to exercises/."""
    folder = root / EXERCISES
    present = {file.relative_to(folder) for file in folder.glob("*/*.ipynb")}
    return sorted(file for file in present - set(files)
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
    """The part of a notebook that is compared: no outputs, no editor data."""
    return [notebook.metadata.get("course"),
            [[cell.get("id"), cell.cell_type, cell.source,
              cell.metadata.get("nbgrader"), cell.metadata.get("course"),
              cell.metadata.get("tags")] for cell in notebook.cells]]


def _write(notebook, file):
    text = nbformat.writes(notebook)
    file.write_text(text.rstrip("\n") + "\n", encoding="utf-8",
                    newline="\n")
