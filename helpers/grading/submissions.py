"""What a trainee has handed in, made ready for nbgrader.

nbgrader stops a whole submission when one of its notebooks is not JSON, has
a cell twice or lacks an answer cell. So it is given a copy where the graded
cells are again those of the exercise; what was repaired is told.
"""

import difflib
import hashlib
import re
import shutil
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from helpers.notebooks import NotebookError, read


@dataclass
class Submission:
    """One notebook that was, or should have been, handed in."""
    notebook: str
    reasons: list[str] = field(default_factory=list)
    gradable: bool = True
    fingerprint: str = ""


def prepare(folder: Path, copy: Path, masters: dict) -> list[Submission]:
    """Copy a trainee's folder of one day; repair its notebooks there.

    masters are the exercises of the day by name. Returns one Submission for
    each, and one for each notebook that is not an exercise.
    """
    prepared = []
    fingerprint = _fingerprint(folder)
    copy.mkdir(parents=True)
    for name, master in masters.items():
        submission = Submission(name, fingerprint=fingerprint)
        prepared.append(submission)
        try:
            notebook = read(folder / f"{name}.ipynb")
            submission.reasons += _repair(notebook, master)
            notebook.metadata.course = {
                **master.metadata.get("course", {}),
                "submission": fingerprint}
            nbformat.write(notebook, copy / f"{name}.ipynb")
        except Exception as error:  # whatever a file may hold
            submission.gradable = False
            submission.reasons.append(_unreadable(
                error, folder / f"{name}.ipynb"))
            (copy / f"{name}.ipynb").unlink(missing_ok=True)
    shutil.copytree(  # data beside the notebooks; contents, not permissions
        folder, copy, dirs_exist_ok=True, copy_function=shutil.copyfile,
        ignore_dangling_symlinks=True,
        ignore=shutil.ignore_patterns("*.ipynb", ".*"))
    return prepared + _strangers(folder, masters)


def fingerprint_in(notebook) -> str:
    """The fingerprint of the submission that a graded notebook was in."""
    return notebook.metadata.get("course", {}).get("submission", "")


def errors(notebook) -> dict[str, str]:
    """grade_id → the words of the error that its cell ended with."""
    from nbconvert.filters import strip_ansi
    return {cell.metadata.nbgrader.grade_id: strip_ansi(
                "\n".join(output.traceback))
            for cell in notebook.cells if cell.metadata.get("nbgrader")
            for output in cell.get("outputs", [])
            if output.output_type == "error"}


def stopped(notebook, seconds: int) -> list[str]:
    """Named reason when cells ran into nbgrader's time limit."""
    late = any(output.get("ename") == "CellTimeoutError"
               for cell in notebook.cells
               for output in cell.get("outputs", []))
    return [endless(seconds)] if late else []


def endless(seconds: int) -> str:
    return (f"a cell ran for more than {seconds} seconds and was stopped: "
            "is there a loop without an end?")


def last_error(log: str) -> str:
    """The error that a log of nbgrader tells: "Type: message"."""
    found = re.findall(r"^ *(?:[A-Za-z_]\w*\.)*([A-Z]\w*(?:Error|Exception|"
                       r"Entry)\b.*)$", log, re.MULTILINE)
    own = [line for line in found if not line.startswith("NbGraderExc")]
    return (own or found or ["unknown error"])[-1]


def title(notebook) -> str:
    """"E03 · CRS detective", from the notebook's metadata."""
    course = notebook.metadata.get("course", {})
    return " · ".join(filter(None, map(course.get, ("exercise", "title"))))


def _fingerprint(folder):
    """One hash of all that was handed in, hidden files left out."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if file.is_file() and not any(p.startswith(".") for p in parts):
            total.update("/".join(parts).encode() + b"\0")
            total.update(file.read_bytes())
    return total.hexdigest()


def _unreadable(error, file):
    if not file.exists():
        return "not handed in"
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
        strangers.append(Submission("/".join(parts), [reason], False))
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
        if name in seen:
            told.append(f"the cell '{name}' is there more than once: the "
                        "last one counts")
        elif name in wanted:
            seen.add(name)
            cell.metadata.nbgrader = deepcopy(wanted[name].metadata.nbgrader)
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
