"""What a trainee has handed in, made ready for nbgrader.

nbgrader stops a whole submission when one of its notebooks is not JSON, has
a cell twice or lacks an answer cell. So it gets a copy where the graded cells
are again those of the exercise. The report says what was repaired. The steps
are in `handed_in`.
"""

import glob
import shutil
import zipfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from commands.exercises.notebooks import SOLUTIONS, NotebookError, days
from commands.grading.handed_in import (
    exercise,
    files,
    layout,
    repair,
    timestamp,
)
from commands.grading.handed_in.collect import THE_REST
from commands.grading.results import is_of_the_machine

FOLDER = "submitted"
NOT_HANDED_IN = files.MISSING
NOTHING = "has handed in nothing"  # of somebody in the file of names
LARGEST_OUTPUT = 1 << 20  # characters of a cell's outputs that are kept
ALL = "*"  # in place of a notebook's name: the submission as a whole


@dataclass
class SubmittedNotebook:
    """One notebook that was, or should have been, handed in."""
    notebook: str
    reasons: list[str] = field(default_factory=list)
    gradable: bool = True
    outputs: dict = field(default_factory=dict)  # cell id → as handed in


def look(root: Path, day: str) -> layout.Layout:
    """Who has handed in for the day, and what lies in another place."""
    names = [file.stem for file in (root / SOLUTIONS / day).glob("*.ipynb")]
    return layout.look(root / FOLDER, day, days(root), names)


def found(root: Path, day: str) -> layout.Layout:
    """The trainees to be graded, and remarks on other work. Raises
    NotebookError if there is none, or if nbgrader cannot work in root."""
    there = look(root, day)
    if not there.trainees:
        elsewhere = "".join(f"\n- {name}: {sentence}" for name, sentences
                            in there.remarks.items()
                            for sentence in sentences)
        raise NotebookError(
            f"Nobody has handed in anything for {day}. Put each trainee's "
            f"notebooks into\n  {FOLDER}/<trainee>/{day}/\nthen grade "
            f"again.{elsewhere}")
    if is_pattern(str(root)):
        raise NotebookError(
            "nbgrader cannot work in a folder with [ ] * ? in its path. "
            f"Rename it, or move the course:\n  {root}")
    return there


def is_pattern(name: str) -> bool:
    """Would glob (nbgrader uses it) read this name as a pattern?"""
    return glob.escape(name) != name


def prepare(folder: Path, copy: Path, masters: dict,
            refused: dict[str, str]) -> list[SubmittedNotebook]:
    """Copy a trainee's folder of one day; repair its notebooks there.

    masters are the exercises of the day by name; refused gives the reason for
    each file that was not taken. Returns one SubmittedNotebook per exercise;
    one per notebook that is not graded; and one, called ALL, for remarks on
    the submission as a whole.
    """
    there = {file.relative_to(folder).as_posix(): file
             for file in sorted(folder.rglob("*")) if file.is_file()}
    parts = {name: exercise.parts(master)
             for name, master in masters.items()}
    titles = {name: title(master) or name
              for name, master in masters.items()}
    chosen, strangers = files.choose(there, parts, titles, refused)
    copy.mkdir(parents=True)
    prepared = [_prepare_one(name, masters[name], parts[name], one, copy)
                for name, one in chosen.items()]
    prepared += [SubmittedNotebook(name, [sentence], False)
                 for name, sentence in strangers.items()]
    remarks = _copy_other_files(folder, copy)
    remarks += _refused({name: why for name, why in refused.items()
                         if name.removesuffix(".ipynb") not in masters})
    remarks += _archives(there, any(not one.notebook
                                    for one in chosen.values()))
    if not remarks and not strangers and all(
            one.remarks == [NOT_HANDED_IN] for one in chosen.values()):
        remarks = [_no_notebook(there)]
    if remarks:
        prepared.append(SubmittedNotebook(ALL, remarks, False))
    return prepared


def _prepare_one(name, master, parts, chosen, copy):
    """Repair one notebook into the copy."""
    submission = SubmittedNotebook(name, list(chosen.remarks))
    try:
        notebook = chosen.notebook
        submission.gradable = notebook is not None
        if notebook is not None:
            submission.reasons += repair.repair(notebook, parts)
            submission.outputs = _take_outputs(notebook)
            notebook.metadata = deepcopy(master.metadata)
            nbformat.write(notebook, copy / f"{name}.ipynb")
    except Exception as error:  # a file can hold anything
        if is_of_the_machine(error):
            raise
        submission.gradable = False
        submission.reasons.append(
            f"cannot be read: {type(error).__name__}: {error}")
        (copy / f"{name}.ipynb").unlink(missing_ok=True)
    return submission


def _take_outputs(notebook):
    """Remove the outputs; return those that are not too large, by cell id."""
    taken = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.get("id") and len(str(cell.outputs)) < LARGEST_OUTPUT:
                taken[cell.id] = cell.outputs
            cell.outputs, cell.execution_count = [], None
    return taken


def _copy_other_files(folder, copy):
    """Copy data beside the notebooks; make a time that nbgrader can read."""
    if not folder.exists():
        return []
    shutil.copytree(
        folder, copy, dirs_exist_ok=True, copy_function=shutil.copyfile,
        ignore=shutil.ignore_patterns("*.ipynb", ".*"))
    file = copy / timestamp.NAME
    if not file.is_file():
        return []
    content, sentence = timestamp.tidy(file.read_bytes())
    if content:
        file.write_bytes(content)
    else:
        file.unlink()
    return [sentence] if sentence else []


def _refused(reasons):
    """Sentences on refused files, one for each reason."""
    names = {}
    for name, why in reasons.items():
        names.setdefault(why, []).append(name)
    sentences = []
    for why, (first, *others) in names.items():
        same = ", ".join(f"'{name}'" for name in others[:3]) + (
            f" and {len(others) - 3} more" if len(others) > 3 else "")
        sentences.append(why if first == THE_REST else
                         f"the file '{first}' {why}" + (
                             f" (the same for {same})" if others else ""))
    return sentences


def _no_notebook(there):
    """A sentence for a folder in which there is nothing to grade."""
    names = [f"'{name}'" for name in there if name != timestamp.NAME]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return "no notebook was handed in, " + (
        f"only {', '.join(names[:3])}{more}" if names else
        "the folder is empty") + (
        ": ask for the files that end in .ipynb, put them into this folder, "
        "and grade again")


def _archives(there, something_missing):
    """Sentences on archives with notebooks: nothing unpacks them."""
    return [f"the file '{name}' is an archive and was not opened: unpack it "
            "here, so that its notebooks lie beside it, and grade again"
            for name, file in there.items()
            if name.lower().endswith(layout.ARCHIVES)
            and (something_missing or _holds_notebooks(file))]


def _holds_notebooks(file):
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name.endswith(".ipynb")
                       for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


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
