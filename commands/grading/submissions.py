"""What a trainee has handed in, made ready for nbgrader.

nbgrader stops a whole submission when one of its notebooks is not JSON, has
a cell twice or lacks an answer cell. So it is given a copy where the graded
cells are again those of the exercise; what was repaired is told.
"""

import difflib
import glob
import json
import shutil
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from commands.exercises.notebooks import NotebookError, read

FOLDER = "submitted"
NOT_HANDED_IN = "not handed in"
LARGEST_OUTPUT = 1 << 20  # characters of a cell's outputs that are kept


@dataclass
class SubmittedNotebook:
    """One notebook that was, or should have been, handed in."""
    notebook: str
    reasons: list[str] = field(default_factory=list)
    gradable: bool = True
    tampered: bool = False
    outputs: dict = field(default_factory=dict)  # cell id → as handed in


def students(root: Path, day: str) -> list[str]:
    """Names of the folders in submitted/ that hold the day. Raises
    NotebookError when there is none, or when nbgrader cannot work in root.
    """
    names = sorted(
        folder.parent.name for folder in (root / FOLDER).glob(f"*/{day}")
        if folder.is_dir() and not folder.parent.name.startswith("."))
    if not names:
        raise NotebookError(
            f"Nobody has handed in anything for {day}. Put each trainee's "
            f"notebooks into\n  {FOLDER}/<trainee>/{day}/\nthen grade "
            "again.")
    if is_pattern(str(root)):
        raise NotebookError(
            "nbgrader cannot work in a folder with [ ] * ? in its path. "
            f"Rename it, or move the course:\n  {root}")
    return names


def is_pattern(name: str) -> bool:
    """Would glob, which nbgrader uses, read this name as a pattern?"""
    return glob.escape(name) != name


def prepare(folder: Path, copy: Path, masters: dict,
            refused: dict[str, str]) -> list[SubmittedNotebook]:
    """Copy a trainee's folder of one day; repair its notebooks there.

    masters are the exercises of the day by name; refused says of files that
    are not in the folder why. Returns one SubmittedNotebook for each
    exercise, and one for each notebook that is not an exercise.
    """
    prepared = []
    copy.mkdir(parents=True)
    for name, master in masters.items():
        submission = SubmittedNotebook(name)
        prepared.append(submission)
        if f"{name}.ipynb" in refused:
            submission.gradable = False
            submission.reasons.append(
                f"not graded: {name}.ipynb {refused[f'{name}.ipynb']}")
            continue
        try:
            notebook = _writable(read(folder / f"{name}.ipynb"))
            submission.reasons += _repair(notebook, master)
            submission.outputs = _take_outputs(notebook)
            notebook.metadata = deepcopy(master.metadata)
            nbformat.write(notebook, copy / f"{name}.ipynb")
        except Exception as error:  # whatever a file may hold
            submission.gradable = False
            submission.reasons.append(_unreadable(
                error, folder / f"{name}.ipynb"))
            (copy / f"{name}.ipynb").unlink(missing_ok=True)
    if folder.exists():
        shutil.copytree(  # data beside the notebooks
            folder, copy, dirs_exist_ok=True, copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns("*.ipynb", ".*"))
    for name, why in refused.items():
        if name.removesuffix(".ipynb") not in masters:
            for submission in prepared:  # each may have needed it
                submission.reasons.append(f"the file '{name}' {why}")
    return prepared + _strangers(folder, masters)


def _writable(notebook):
    """The notebook, with half characters (lone surrogates) replaced."""
    try:
        json.dumps(notebook, ensure_ascii=False).encode("utf-8")
        return notebook
    except UnicodeEncodeError:
        clean = nbformat.writes(notebook).encode("utf-8", "replace")
        return nbformat.reads(clean.decode("utf-8"), as_version=4)


def _take_outputs(notebook):
    """Remove the outputs; give back those of a bearable size, by cell id."""
    taken = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.get("id") and len(str(cell.outputs)) < LARGEST_OUTPUT:
                taken[cell.id] = cell.outputs
            cell.outputs, cell.execution_count = [], None
    return taken


def errors(notebook) -> dict[str, str]:
    """grade_id → the words of the error that its cell ended with."""
    from nbconvert.filters import strip_ansi
    return {cell.metadata.nbgrader.grade_id: strip_ansi(
                "\n".join(output.traceback))
            for cell in notebook.cells if cell.metadata.get("nbgrader")
            for output in cell.get("outputs", [])
            if output.output_type == "error"}


def title(notebook) -> str:
    """"E03 · CRS detective", from the notebook's metadata."""
    course = notebook.metadata.get("course", {})
    return " · ".join(filter(None, map(course.get, ("exercise", "title"))))


def _unreadable(error, file):
    if not file.exists():
        return NOT_HANDED_IN
    if isinstance(error, NotebookError):
        return "cannot be read: " + str(error).replace(str(file), file.name)
    return f"cannot be read: {type(error).__name__}: {error}"


def _strangers(folder, masters):
    """Notebooks that nbgrader would not look at."""
    strangers = []
    for file in sorted(folder.rglob("*.ipynb")):
        parts = file.relative_to(folder).parts
        if any(p.startswith(".") for p in parts):
            continue
        if len(parts) > 1:
            reason = f"not graded: it lies in {parts[0]}/; move it up"
        elif file.stem in masters:
            continue
        else:
            near = difflib.get_close_matches(file.stem, masters, 1, 0.4)
            reason = ("not graded: no exercise has this name; the exercises "
                      f"are {', '.join(masters)}" if not near else
                      "not graded: no exercise has this name; rename it to "
                      f"{near[0]}.ipynb if it is that one")
        strangers.append(SubmittedNotebook("/".join(parts), [reason], False))
    return strangers


def _repair(notebook, master):
    """Give each cell of the exercise its metadata back, once; put missing
    cells back. Returns what was wrong."""
    wanted = {cell.metadata.nbgrader.grade_id: cell for cell in master.cells
              if "nbgrader" in cell.metadata}
    seen, told = set(), []
    for cell in reversed(notebook.cells):  # as in nbgrader the last counts
        name = _grade_id(cell)
        cell.metadata.pop("nbgrader", None)
        if cell.cell_type == "code" and "tags" in cell.metadata:
            del cell.metadata["tags"]
        if name in seen:
            told.append(f"the cell '{name}' is there more than once: the "
                        "last one counts")
        elif name in wanted:
            seen.add(name)
            # All of it: a tag could say "do not execute".
            cell.metadata = deepcopy(wanted[name].metadata)
    if not seen:
        told.append("none of the exercise's cells is in it: is it another "
                    "notebook under this name?")
    else:
        told += [f"the cell '{name}' was missing: it was put back"
                 for name in wanted if name not in seen]
    _put_back(notebook, master, [name for name in wanted
                                 if name not in seen])
    return told


def _put_back(notebook, master, missing):
    """Insert the missing cells, each after the nearest cell before it in
    the exercise that the notebook still has."""
    place = 0
    for cell in master.cells:
        if _grade_id(cell) in missing:
            notebook.cells.insert(place, deepcopy(cell))
            place += 1
        else:
            place = max((index + 1 for index, there in
                         enumerate(notebook.cells) if _same(cell, there)),
                        default=place)


def _same(one, other):
    name = _grade_id(one)
    return (name == _grade_id(other) if name else
            one.get("id") is not None and one.get("id") == other.get("id"))


def _grade_id(cell):
    settings = cell.metadata.get("nbgrader")
    name = settings.get("grade_id") if isinstance(settings, dict) else None
    return name if isinstance(name, str) else None
