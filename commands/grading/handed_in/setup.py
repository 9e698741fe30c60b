"""Restore the exercise's own ungraded code.

The cell that loads everything is neither graded nor locked. If it was
deleted, moved or changed (a path on the trainee's own disk, a call that only
Colab knows), every later task would fail.
"""

import ast
import contextlib
from copy import deepcopy

from nbformat import NotebookNode

from commands.grading.handed_in import code
from commands.grading.handed_in.exercise import (
    CHECK,
    SETUP,
    Part,
    own_cell,
    place,
)
from commands.grading.handed_in.recognise import Recognised

SHOWN = 60  # characters of a changed line


def restore(cells: list[NotebookNode], parts: list[Part],
            found: Recognised) -> list[str]:
    """Put the exercise's own source into its set-up cells and checks. Lines
    that the trainee has added run in separate cells: after a set-up cell, and
    before a check. Changes cells; returns sentences."""
    remarks, changed_checks = [], []
    for part in parts:
        if part.role not in (SETUP, CHECK) or not found.has(part):
            continue
        cell = found.cells[part.index][0]
        if part.cell.cell_type == cell.cell_type and part.is_blank(
                _without_hidden_tests(cell)):
            cell.source = part.cell.source  # to the last space
            continue
        added, lost = _compare(cell, part)
        _replace(cell, part)
        if part.role == CHECK:
            changed_checks.append(part.name)
            added = [one for one in added if _is_an_answer(one, part)]
            _insert(cells, cell, 0, added)
            continue
        _insert(cells, cell, 1, added)
        if lost:
            line = lost[0].split("\n")[0]
            if len(line) > SHOWN:
                line = line[:SHOWN - 1] + "…"
            remarks.append(
                f"the cell {part.name} had been changed ({line}): the "
                "exercise's own was run" + (
                    ", and after it the lines that were added"
                    if added else ""))
    if changed_checks:
        remarks.append(
            f"{'the check' if len(changed_checks) == 1 else 'the checks'} "
            f"{', '.join(changed_checks)} had been changed: the exercise's "
            "own counts")
    return remarks


def _without_hidden_tests(cell):
    """A cell as it is released: instructors hand in solutions to try."""
    if "HIDDEN TESTS" not in cell.source:
        return cell
    from nbgrader.preprocessors import ClearHiddenTests
    cell = deepcopy(cell)
    with contextlib.suppress(RuntimeError):  # a region without an end
        ClearHiddenTests().preprocess_cell(cell, {}, 0)
    return cell


def _compare(cell, part):
    """Lines added to a cell, and its lines that replace the exercise's own
    (or, if lines were deleted, these lines)."""
    ours = dict(code.statements(part.cell.source))
    theirs = code.statements(cell.source) if (
        cell.cell_type == "code") else []
    if not theirs:
        return [], [cell.source.strip().split("\n")[0] or "it was empty"]
    added, lost = [], []
    for text, node in theirs:
        if text in ours:
            continue
        text = _without(text, node, part.names)
        (added if text else lost).append(text or ast.unparse(node))
    there = {text for text, _ in theirs}
    lost += [f"without: {text}" for text, node in ours.items()
             if node and text not in there and code.binds(node)]
    return added, lost


def _without(text, node, names):
    """A statement if it binds none of these names; of an import, the part
    that binds others."""
    if node is None or not code.binds(node) & names:
        return text
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        rest = [name for name in node.names if not code.binds(name) & names]
        rest = ast.Import(rest) if isinstance(node, ast.Import) else (
            ast.ImportFrom(node.module, rest, node.level))
        return ast.unparse(rest) if rest.names else ""
    return ""


def _is_an_answer(text, part):
    """Does a line in a check define a name of its own?"""
    tree = code.parse(text)
    return bool(tree and code.bound_names(text) - part.names
                and "check" not in code.read_names(text)
                and not isinstance(tree.body[0], ast.With))


def _replace(cell, part):
    cell.source = part.cell.source
    cell.cell_type = part.cell.cell_type
    if part.is_code:
        cell.setdefault("outputs", [])
        cell.setdefault("execution_count", None)
        cell.pop("attachments", None)


def _insert(cells, cell, offset, sources):
    """Separate cells of the trainee's lines, one per statement: if one fails
    (a call that only Colab knows), the others still run."""
    there = place(cells, cell) + offset
    cells[there:there] = map(own_cell, sources)
