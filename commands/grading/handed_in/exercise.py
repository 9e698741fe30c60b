"""The parts of an exercise, as grading needs them."""

import functools
import json
import re
from dataclasses import dataclass, field

from nbformat import NotebookNode, from_dict

from commands.grading.handed_in import code

CHECK, ANSWER, SETUP, LOOK, TEXT = "check", "answer", "setup", "look", "text"


@dataclass(eq=False)
class Part:
    """One cell of an exercise.

    role: CHECK (locked: nbgrader restores it), ANSWER (code, or a text that
    a person marks), SETUP (ungraded code that later cells need), LOOK
    (other ungraded code) or TEXT. names: what its cell binds.
    """
    index: int
    cell: NotebookNode
    role: str
    names: set[str] = field(default_factory=set)
    title: str = ""  # that a check prints

    @property
    def grade_id(self) -> str | None:
        return grade_id(self.cell)

    @property
    def name(self) -> str:
        """As sentences call it: 'place-answer'."""
        return f"'{self.grade_id or self.cell.get('id')}'"

    @property
    def is_code(self) -> bool:
        return self.cell.cell_type == "code"

    def is_blank(self, cell: NotebookNode) -> bool:
        """Is this cell as it was given out?"""
        same = code.same_code if self.is_code else _same_text
        return same(cell.source, self.cell.source)

    @functools.cached_property
    def vocabulary(self) -> frozenset[str]:
        return code.vocabulary(self.cell.source)


def _same_text(one, other):
    return code.words(one) == code.words(other)


def parts(master: NotebookNode) -> list[Part]:
    """All cells of an exercise, in its order."""
    return _parts(json.dumps(master))  # a class has the same: seen once


@functools.lru_cache(maxsize=32)
def _parts(master):
    master = from_dict(json.loads(master))
    found = [Part(index, cell, _role(cell), _names(cell), _title(cell))
             for index, cell in enumerate(master.cells)]
    needed = set()  # by the cells below
    for part in reversed(found):
        if part.role == LOOK and part.names & needed:
            part.role = SETUP
        needed |= _mentions(part.cell)
    return found


def grade_id(cell: NotebookNode) -> str | None:
    """The name by which nbgrader knows a cell, if it has one."""
    settings = cell.metadata.get("nbgrader")
    name = settings.get("grade_id") if isinstance(settings, dict) else None
    return name if isinstance(name, str) else None


def title(source: str) -> str:
    """The title under which a check prints its verdict."""
    match = re.search(r"""check\.task\(\s*(["'])(.{1,200}?)\1""",
                      source[:2000])
    return match[2] if match else ""


def own_cell(source: str) -> NotebookNode:
    """A code cell of the trainee's own."""
    return from_dict({"cell_type": "code", "id": "own", "source": source,
                      "metadata": {}, "outputs": [],
                      "execution_count": None})


def place(cells: list[NotebookNode], cell: NotebookNode) -> int:
    """The index of this same cell (not of an equal one)."""
    return next(place for place, other in enumerate(cells) if other is cell)


def remove(cells: list[NotebookNode], unwanted: list[NotebookNode]) -> None:
    """Remove these same cells (not equal ones) from a list."""
    gone = {id(cell) for cell in unwanted}
    cells[:] = [cell for cell in cells if id(cell) not in gone]


def _role(cell):
    if grade_id(cell) is not None:
        return ANSWER if cell.metadata.nbgrader.get("solution") else CHECK
    return LOOK if cell.cell_type == "code" else TEXT


def _names(cell):
    return code.bound_names(cell.source) if cell.cell_type == "code" else (
        set())


def _title(cell):
    return title(cell.source) if cell.cell_type == "code" else ""


def _mentions(cell):
    """Names that a cell reads; of a text, the names that it shows as code."""
    if cell.cell_type == "code":
        return code.read_names(cell.source)
    spans = re.findall(r"`([^`]+)`|<code>(.+?)</code>", cell.source)
    return set(re.findall(r"\w+", " ".join(map(" ".join, spans))))
