"""Has an answer changed since a person marked it?

nbgrader asks for every mark again when a notebook comes again, also where the
answer is the same. So each answer is compared with the one that was graded
before. If it is another one, its mark stays in the gradebook, and a person
must look at it: the Formgrader shows it as "needs manual grade".
"""

import hashlib
from pathlib import Path

import nbformat
from nbgrader.utils import is_grade, is_locked, is_solution

CHANGED = "changed before, and not marked since"


def answers(file: Path) -> dict[str, str]:
    """grade_id → a hash of the answer in a graded notebook; {} without the
    file. The answer of a check is all code that is the trainee's."""
    if not file.is_file():
        return {}
    cells = nbformat.read(file, as_version=4).cells
    code = [cell.source for cell in cells
            if cell.cell_type == "code" and not is_locked(cell)]
    return {cell.metadata.nbgrader.grade_id: _hash(
                [cell.source.strip(), cell.get("attachments")]
                if is_solution(cell) else code)
            for cell in cells if is_grade(cell)}


def before(folder: Path, marks: dict, changed: set) -> dict[str, dict]:
    """notebook → `answers` of those that a person has marked. folder: what
    was graded before. marks, changed: of `gradebook`."""
    found = {}
    for name, notebook in marks.get("notebooks", {}).items():
        if any(grade["manual_score"] is not None
               for grade in notebook["Grade"].values()):
            found[name] = answers(folder / f"{name}.ipynb") | {
                cell: CHANGED for of, cell in changed if of == name}
    return found


def given(marks: dict, changed: set) -> str:
    """A hash of what the trainee's page shows of a person's work:
    `gradebook.marks`, and which of them stand for an earlier answer."""
    values = sorted(
        (name, kind, cell, field, value)
        for name, notebook in marks.get("notebooks", {}).items()
        for kind, cells in notebook.items() if kind != "penalty"
        for cell, fields in cells.items()
        for field, value in fields.items() if value not in (None, ""))
    return hashlib.sha256(repr(values + sorted(changed)).encode()).hexdigest()


def changed(marks: dict, rows: dict) -> set[tuple[str, str]]:
    """As `gradebook.changed`, of a job's `gradebook.rows`."""
    given = {name: notebook["Grade"]
             for name, notebook in marks.get("notebooks", {}).items()}
    return {(name, cell)
            for name, notebook in rows.get("notebooks", {}).items()
            for cell, grade in notebook["Grade"].items()
            if grade["needs_manual_grade"] and given.get(name, {}).get(
                cell, {}).get("manual_score") is not None}


def sentence(titles: list[str], points: float) -> str:
    """For the report: what a person must mark again."""
    if len(titles) == 1:
        return (f"{points:g} to give: the answer to {titles[0]} has changed "
                "since it was marked. The old mark counts until you mark it "
                "again")
    return (f"{points:g} to give: the answers to {', '.join(titles[:-1])} and "
            f"{titles[-1]} have changed since they were marked. The old marks "
            "count until you mark them again")


def _hash(content) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()
