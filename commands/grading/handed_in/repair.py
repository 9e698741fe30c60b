"""Make a notebook that nbgrader can grade from what was handed in."""

import re
from copy import deepcopy

from nbformat import NotebookNode

from commands.grading.handed_in import code, pictures, setup, texts
from commands.grading.handed_in.exercise import (
    ANSWER,
    CHECK,
    SETUP,
    TEXT,
    Part,
    place,
    remove,
)
from commands.grading.handed_in.recognise import (
    CONTENT,
    ID,
    METADATA,
    PLACE,
    recognise,
)

GRADED = (ANSWER, CHECK)
ELSEWHERE = "# Answered in another cell of this notebook."


def repair(notebook: NotebookNode, parts: list[Part]) -> list[str]:
    """Change a notebook so that it holds each graded cell of the exercise
    once, with its metadata, in an order in which the checks see the answers.
    parts: of the exercise. Returns sentences on what was wrong.
    """
    found = recognise(notebook.cells, parts)
    remarks = [] if any(part.role in GRADED and found.has(part)
                        for part in parts) else [
        "none of the exercise's cells is in it: is it another notebook "
        "under this name?"]
    remarks += _how_recognised(parts, found)
    known = bool(found.cells)
    remarks += texts.gather(notebook.cells, parts, found)
    remarks += _one_of_each(notebook.cells, parts, found)
    remarks += setup.restore(notebook.cells, parts, found)
    remarks += _answers_elsewhere(notebook.cells, parts, found)
    missing = _put_back(notebook.cells, parts, found)
    remarks += missing if known else []
    remarks += _in_order(notebook.cells, parts, found)
    remarks += _pictures(notebook.cells, found)
    remarks += _merge_marks(notebook.cells)
    _give_metadata(notebook.cells, parts, found)
    return remarks


def _how_recognised(parts, found):
    """Say that graded cells had lost their metadata, or were missing
    and written again."""
    ways = {by: [part.name for part in parts if part.role in GRADED
                 and found.by.get(part.index) == by]
            for by in (METADATA, ID, CONTENT, PLACE)}
    anew = ways.pop(PLACE) if ways.pop(METADATA) else []
    names = [name for some in ways.values() for name in some]
    remarks = []
    if names:
        remarks.append(
            "the metadata by which cells are graded were gone from "
            f"{_listed(names)}, as some programs drop them: recognised by "
            "their " + " and their ".join(
                by for by, some in ways.items() if some) + ", and graded")
    if anew:
        remarks.append(f"{_listed(anew)} was missing: the cell in its "
                       "place was graded instead")
    return remarks


def _listed(names):
    """'a', 'b', 'c' and 4 more"""
    return ", ".join(names[:3]) + (
        f" and {len(names) - 3} more" if len(names) > 3 else "")


# --- one cell of each ------------------------------------------------------

def _one_of_each(cells, parts, found):
    """If a cell is there more than once, one of them is the exercise's; other
    answers run as the trainee's own cells."""
    remarks = []
    for part in parts:
        copies = found.cells.get(part.index, [])
        if len(copies) < 2:
            continue
        if part.role == ANSWER:
            remarks += _one_answer(cells, part, parts, found)
        elif part.role == CHECK:
            remove(cells, copies[:-1])
            found.cells[part.index] = copies[-1:]
            remarks.append(f"the check {part.name} is there more than once: "
                           "it was run once")
        else:
            found.cells[part.index] = copies[:1]
    return remarks


def _one_answer(cells, part, parts, found):
    copies = found.cells[part.index]
    twice = f"the cell {part.name} is there more than once: "
    whole = "\n".join(cell.source for cell in copies)
    if code.parse(whole) and not all(code.parse(cell.source)
                                     for cell in copies):
        copies[0].source = whole
        remove(cells, copies[1:])
        found.cells[part.index] = copies[:1]
        return [twice + "it had been split, and was joined"]
    full = [cell for cell in copies if not part.is_blank(cell)] or copies[:1]
    kept = {id(cell) for cell in full}
    remove(cells, [cell for cell in copies if id(cell) not in kept])
    found.cells[part.index] = full
    if len(full) == 1:
        return [twice + ("the one that was left empty does not count"
                         if not part.is_blank(full[0]) else
                         "without an answer")]
    if found.by[part.index] not in (METADATA, ID):
        return []  # its functions stand in several cells
    check = next((found.cells[other.index][-1] for other in
                  parts[part.index:] if other.role == CHECK
                  and found.has(other)), None)
    upto = len(cells) if check is None else place(cells, check)
    higher = {id(cell) for cell in cells[:upto]}
    above = [cell for cell in full if id(cell) in higher]
    found.cells[part.index] = (above or full)[-1:]
    return [twice + "all of them run; the last one above its check counts"]


# --- what is missing -------------------------------------------------------

def _answers_elsewhere(cells, parts, found):
    """If an answer cell is missing or empty, it must not overwrite an answer
    in another cell: it defines only what that cell does not."""
    remarks = []
    for part in parts:
        if part.role != ANSWER or not part.is_code or (
                found.has(part) and not part.is_blank(
                    found.cells[part.index][0])):
            continue
        others, names = _that_define(cells, part, parts, found)
        if not others:
            continue
        stub = found.cells[part.index][0] if found.has(part) else None
        if stub is None:
            stub = deepcopy(part.cell)
            cells.insert(place(cells, others[0]), stub)
            remarks.append(
                f"the cell {part.name} was missing, but another cell "
                f"defines {', '.join(sorted(names))}: that one counts")
        elif place(cells, others[0]) < place(cells, stub):
            remarks.append(
                f"the cell {part.name} was left empty, but a cell above it "
                f"defines {', '.join(sorted(names))}: that one counts")
        stub.source = "\n\n\n".join([ELSEWHERE, *(
            text for text, node in code.statements(part.cell.source)
            if node is None or not code.binds(node) & names)])
        found.cells[part.index] = [stub]
        found.by.setdefault(part.index, METADATA)
        for cell in others:
            found.also_above(part, cell)
    return remarks


def _that_define(cells, part, parts, found):
    """Cells that define what an answer should, and which names. If the
    answer's cell is there: only cells above its check."""
    starter = {text for text, _ in code.statements(part.cell.source)}
    check = next((found.cells[other.index][0] for other in
                  parts[part.index:] if other.role == CHECK
                  and found.has(other)), None)
    upto = place(cells, check) if check is not None and (
        found.has(part)) else len(cells)
    others, names = [], set()
    for cell in cells[:upto]:
        role = getattr(found.part_of(cell), "role", ANSWER)
        if cell.cell_type != "code" or role != ANSWER or (
                found.part_of(cell) is part):
            continue
        defined = {name for text, node in code.statements(cell.source)
                   if node and text not in starter
                   for name in code.binds(node) & part.names}
        if defined:
            others.append(cell)
            names |= defined
    return others, names


def _put_back(cells, parts, found):
    """Insert each missing cell after the last part before it that exists."""
    missing = []
    for part in parts:
        if found.has(part) or part.role not in (*GRADED, SETUP):
            continue
        before = next((found.cells[other.index][-1] for other in
                       reversed(parts[:part.index]) if found.has(other)),
                      None)
        cell = deepcopy(part.cell)
        cells.insert(0 if before is None else place(cells, before) + 1,
                     cell)
        found.add(cell, part, METADATA)
        missing.append(part.name)
    if not missing:
        return []
    return [f"the cell {missing[0]} was missing: it was put back"] if len(
        missing) == 1 else [f"the cells {', '.join(missing)} were missing: "
                            "they were put back"]


# --- their order -----------------------------------------------------------

def _in_order(cells, parts, found):
    """Set-up cells come before the answers that need them. Checks come after
    their answers and those of earlier tasks. Answers stay where they are,
    with the cells that the trainee wrote around them."""
    moved = []
    graph = [part for part in parts if part.is_code
             and part.role in (*GRADED, SETUP)]
    for number, part in enumerate(graph):
        cell = found.cells[part.index][-1]
        here = place(cells, cell)
        before = [place(cells, other) + 1 for earlier in graph[:number]
                  if earlier.role != CHECK
                  for other in found.above(earlier)]
        if part.role == CHECK and max(before, default=0) > here:
            wanted = max(before) - 1
        elif part.role == SETUP:
            after = [place(cells, found.cells[later.index][0])
                     for later in graph[number + 1:] if later.role != CHECK]
            wanted = max([min([here, *after]), *before])
            if wanted >= here:
                continue
        else:
            continue
        del cells[here]
        cells.insert(wanted, cell)
        moved.append(part.name)
    if not moved:
        return []
    return [f"{'the cell' if len(moved) == 1 else 'the cells'} "
            f"{_listed(moved)} had been moved: put back in "
            f"{'its' if len(moved) == 1 else 'their'} place"]


# --- last ------------------------------------------------------------------

def _pictures(cells, found):
    remarks = []
    for cell in cells:
        part = found.part_of(cell)
        if cell.cell_type == "code" or (
                part and part.role == TEXT and part.is_blank(cell)):
            continue
        remarks += [f"the picture {name}, which a text shows, is not in the "
                    "file" for name in pictures.tidy(cell)]
    return remarks


def _merge_marks(cells):
    """Say that a merge of Git was not finished, if its marks are in a
    notebook that can be read."""
    marked = [number for number, cell in enumerate(cells, 1)
              if all(re.search(f"^[^\\w\n]{{0,40}}{mark * 7}", cell.source,
                               re.MULTILINE) for mark in "<>")]
    return [f"cell {marked[0]} holds the marks of an unfinished merge of "
            "Git (<<<<<<<): choose one of the two sides"] if marked else []


def _give_metadata(cells, parts, found):
    """The exercise's cells get all their own ids and metadata again (a tag
    could say "do not execute"); other cells have none."""
    own = {part.cell.get("id") for part in parts}
    known = {id(found.cells[part.index][-1]): part for part in parts
             if found.has(part)}
    taken = set(own)
    for number, cell in enumerate(cells, 1):
        part = known.get(id(cell))
        if part:
            cell.id = part.cell.get("id")
            cell.metadata = deepcopy(part.cell.metadata)
            continue
        cell.metadata = NotebookNode()
        while cell.id in taken:
            cell.id = f"own-{number}"
            number += len(cells)
        taken.add(cell.id)
