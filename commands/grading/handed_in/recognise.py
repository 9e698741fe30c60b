"""Find the cells of the exercise in a notebook.

nbgrader knows a cell only by its metadata. Cleaners, converters and a copy
into a new notebook drop them. Then a cell is recognised by its id, its text,
the names that it defines, or its place among the others.
"""

from dataclasses import dataclass, field

from nbformat import NotebookNode

from commands.grading.handed_in import code
from commands.grading.handed_in.exercise import (
    ANSWER,
    CHECK,
    LOOK,
    TEXT,
    Part,
    grade_id,
    title,
)

ALIKE = 0.6    # share of equal words: it is this cell, changed
MOST = 300     # cells without metadata or id that are compared
LONGEST = 20_000  # characters of a cell that is compared

METADATA, ID, CONTENT, PLACE = "metadata", "ids", "text", "place"


@dataclass
class Recognised:
    """cells: part's index → its cells in the notebook (several if it was
    split or copied). by: part's index → how it was recognised."""
    cells: dict[int, list[NotebookNode]] = field(default_factory=dict)
    by: dict[int, str] = field(default_factory=dict)

    def __post_init__(self):
        self._part_of, self._also = {}, {}

    def add(self, cell: NotebookNode, part: Part, by: str) -> None:
        self.cells.setdefault(part.index, []).append(cell)
        self.by.setdefault(part.index, by)
        self._part_of[id(cell)] = (part, cell)  # keeps its id taken

    def part_of(self, cell: NotebookNode) -> Part | None:
        """The part that the cell is; None for a cell of the trainee's."""
        return self._part_of.get(id(cell), (None,))[0]

    def has(self, part: Part) -> bool:
        return part.index in self.cells

    def also_above(self, part: Part, cell: NotebookNode) -> None:
        """Another cell that the checks of a part's answer need."""
        self._also.setdefault(part.index, []).append(cell)

    def above(self, part: Part) -> list[NotebookNode]:
        """The cells that must stand above the checks of later parts."""
        return self.cells[part.index] + self._also.get(part.index, [])


def recognise(cells: list[NotebookNode], parts: list[Part]) -> Recognised:
    """Find the parts of an exercise among the cells of a notebook."""
    found = Recognised()
    _by_metadata(cells, parts, found)
    _by_id(cells, parts, found)
    if len(found.cells) < len(parts):
        _by_content(cells, parts, found)
        _by_place(cells, parts, found)
    return found


def _by_metadata(cells, parts, found):
    wanted = {part.grade_id: part for part in parts if part.grade_id}
    for cell in cells:
        part = wanted.get(grade_id(cell))
        if part:
            found.add(cell, part, METADATA)


def _by_id(cells, parts, found):
    """A cell that was split or copied has the id of the other half."""
    wanted = {part.cell.get("id"): part for part in parts}
    for cell in cells:
        part = wanted.get(cell.metadata.get("copy_of", cell.get("id")))
        if part and not found.part_of(cell) and not (
                found.has(part) and cell.cell_type != part.cell.cell_type):
            found.add(cell, part, ID)


# --- without metadata and ids ----------------------------------------------

def _by_content(cells, parts, found):
    """By the same text, the title that a check prints, the names that an
    answer defines and, last, most of the words."""
    own = [cell for cell in cells if not found.part_of(cell)
           and len(cell.source) < LONGEST and cell.source.strip()][:MOST]
    texts = {id(cell): code.words(cell.source) for cell in own}
    titles = {id(cell): title(cell.source) for cell in own}

    def take(part, values, wanted):
        for cell in own:
            if cell.cell_type == part.cell.cell_type and (
                    not found.part_of(cell) and values[id(cell)] == wanted):
                found.add(cell, part, CONTENT)
                return

    def missing(*roles):
        return [part for part in parts if not found.has(part)
                and (not roles or part.role in roles)]

    for part in missing():
        if part.role == ANSWER and not part.is_code:
            continue  # all unanswered texts are the same
        take(part, texts, code.words(part.cell.source))
    for part in missing(CHECK):
        if part.title:
            take(part, titles, part.title)
    _by_names(own, missing(ANSWER), found)
    _by_words(own, [part for part in missing() if part.role != ANSWER],
              found)


def _by_names(own, parts, found):
    """Answers, by the functions and variables that they define, in one cell
    or in several."""
    own = [(cell, code.bound_names(cell.source)) for cell in own
           if cell.cell_type == "code" and not found.part_of(cell)]
    for part in parts:
        for cell, names in own:
            if names & part.names and not found.part_of(cell):
                found.add(cell, part, CONTENT)


def _by_words(own, parts, found):
    """The pairs that share most words, best first."""
    own = [(cell, code.vocabulary(cell.source)) for cell in own
           if not found.part_of(cell)]
    pairs = sorted(
        ((code.likeness(part.vocabulary, words), -part.index, -place)
         for part in parts for place, (cell, words) in enumerate(own)
         if cell.cell_type == part.cell.cell_type), reverse=True)
    by_index = {part.index: part for part in parts}
    for likeness, index, place in pairs:
        if likeness < ALIKE:
            break
        part, cell = by_index[-index], own[-place][0]
        if not found.has(part) and not found.part_of(cell):
            found.add(cell, part, CONTENT)


def _by_place(cells, parts, found):
    """Answers by their place: texts always; code only if all metadata are
    lost: otherwise its names would identify it."""
    all_gone = METADATA not in found.by.values()
    for part in parts:
        if part.role != ANSWER or found.has(part) or not found.cells:
            continue
        if part.is_code and all_gone:
            taken = [cell for cell in around(cells, part, parts, found)
                     if cell.cell_type == "code"][-1:]
        elif not part.is_code:
            taken = own_texts(cells, part, parts, found)
        else:
            taken = []
        for cell in taken:
            found.add(cell, part, PLACE)


def own_texts(cells: list[NotebookNode], part: Part, parts: list[Part],
              found: Recognised) -> list[NotebookNode]:
    """The trainee's own text cells where the answer of a part should be:
    after the text that asks for it; else around that text."""
    there = around(cells, part, parts, found)
    question = next((other for other in reversed(parts[:part.index])
                     if found.has(other)), None)
    below = there
    if question and question.role == TEXT:
        last = found.cells[question.index][-1]
        place = next((place for place, cell in enumerate(cells)
                      if cell is last), -1)
        ours = {id(cell) for cell in there}
        below = [cell for cell in cells[place + 1:] if id(cell) in ours]
    return next((texts for texts in (
        [cell for cell in some if cell.cell_type != "code"]
        for some in (below, there)) if texts), [])


def around(cells: list[NotebookNode], part: Part, parts: list[Part],
           found: Recognised) -> list[NotebookNode]:
    """The trainee's own cells around an answer: those after the graded cell
    before it in the exercise, up to the next graded cell after it."""
    places = {id(cell): place for place, cell in enumerate(cells)}

    def of(others):
        for other in others:
            if other.role not in (TEXT, LOOK) and found.has(other):
                return [places[id(cell)]
                        for cell in found.cells[other.index]]
        return []

    first = max(of(reversed(parts[:part.index])), default=-1) + 1
    after = [place for place in of(parts[part.index + 1:])
             if place >= first]
    return [cell for cell in cells[first:min(after, default=len(cells))]
            if not found.part_of(cell) and cell.source.strip()]
