"""Answers in words: collect the text in the one cell that a person marks.

If the answer's own cell is as it was given out, nbgrader gives no points and
asks nobody to mark it. But people split this cell, or write in a new cell
beside it or in the cell that asks the question.
"""

from nbformat import NotebookNode

from commands.grading.handed_in import code
from commands.grading.handed_in.exercise import ANSWER, TEXT, Part, remove
from commands.grading.handed_in.recognise import (
    Recognised,
    around,
    own_texts,
)


def gather(cells: list[NotebookNode], parts: list[Part],
           found: Recognised) -> list[str]:
    """Join all parts of an answer in words into its cell. Changes cells and
    found; returns sentences."""
    remarks = []
    for part in parts:
        if part.role == ANSWER and not part.is_code and found.has(part):
            remarks += _gather_one(cells, part, parts, found)
    return remarks


def _gather_one(cells, part, parts, found):
    mine = found.cells[part.index]
    answered = [cell for cell in mine if not part.is_blank(cell)]
    beside = _texts_below(cells, mine[-1], found)
    remarks = []
    if len(mine) > 1:
        remarks.append(
            f"the cell {part.name} is there more than once: its texts were "
            "joined" if len(answered) > 1 else
            f"the cell {part.name} is there more than once: the one with an "
            "answer counts" if answered else
            f"the cell {part.name} is there more than once, without an "
            "answer")
    if not answered and not beside:
        beside = own_texts(cells, part, parts, found)
    if beside:
        remarks.append(f"text in a cell beside {part.name} was joined to it")
    text, attachments = _joined(answered + beside)
    if not text:
        text, words = _elsewhere(cells, part, parts, found)
        remarks += [words] if text else []
    keep, rest = mine[0], [*mine[1:], *beside]
    keep.source = text or part.cell.source
    keep.cell_type = "markdown"
    for key in ("outputs", "execution_count", "attachments"):
        keep.pop(key, None)
    if attachments:
        keep.attachments = NotebookNode(attachments)
    found.cells[part.index] = [keep]
    remove(cells, rest)
    return remarks


def _joined(cells):
    """The texts of cells, each once, and their attachments. If two of these
    have the same name, the second gets a number."""
    texts, attachments = {}, {}
    for number, cell in enumerate(cells, 1):
        text = cell.source if cell.cell_type != "code" or not code.parse(
            cell.source) else f"```python\n{cell.source}\n```"
        for name, bundle in cell.get("attachments", {}).items():
            new = name
            if attachments.get(name, bundle) != bundle:
                new = f"{number}-{name}"
                text = text.replace(f"attachment:{name}",
                                    f"attachment:{new}")
            attachments[new] = bundle
        texts[text] = None
    return "\n\n".join(texts), attachments


def _texts_below(cells, cell, found):
    """The trainee's own text cells directly below a cell."""
    place = next(place for place, other in enumerate(cells)
                 if other is cell)
    below = []
    for other in cells[place + 1:]:
        if found.part_of(other) or other.cell_type == "code":
            break
        if other.source.strip():
            below.append(other)
    return below


def _elsewhere(cells, part, parts, found):
    """An answer without a text cell of its own: in code cells, or in the
    exercise's own text before or after it."""
    there = [cell for cell in around(cells, part, parts, found)
             if cell.cell_type == "code" and _is_beside(
                 cells, cell, found.cells[part.index][0], found)]
    if there:
        return ("\n\n".join(f"```\n{cell.source}\n```" for cell in there),
                f"a code cell beside {part.name} was joined to it")
    for other in (parts[part.index - 1:part.index]
                  + parts[part.index + 1:part.index + 2]):
        if other.role == TEXT and found.has(other):
            known = {code.words(line)
                     for line in other.cell.source.split("\n")}
            added = [line for line in found.cells[other.index][
                0].source.split("\n") if code.words(line) not in known]
            if added:
                return "\n".join(added), (
                    f"text in the cell '{other.cell.get('id')}' was joined "
                    f"to {part.name}")
    return "", ""


def _is_beside(cells, cell, answer, found):
    """Are there only the trainee's own cells between the two?"""
    first, last = sorted(place for place, other in enumerate(cells)
                         if other is cell or other is answer)
    return not any(found.part_of(other)
                   for other in cells[first + 1:last])
