"""Questions about the source of a cell, without running it."""

import ast
import functools
import re

from nbformat import NotebookNode

LONGEST = 50_000  # characters of a source that is parsed
_HEAD = re.compile(r"^(?:async +)?(?:def|class) +(\w+)|^(\w+) *=(?!=)",
                   re.MULTILINE)


@functools.lru_cache(maxsize=2048)
def bound_names(source: str) -> frozenset[str]:
    """Names that a cell's own lines bind: functions, variables, imports."""
    tree = parse(source)
    if tree is None:
        return frozenset(name for match in _HEAD.findall(source[:LONGEST])
                         for name in match if name)
    return frozenset(name for statement in tree.body
                     for name in binds(statement))


def binds(statement: ast.stmt) -> set[str]:
    """Names that a statement binds in its notebook."""
    names, waiting = set(), [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef,
                             ast.ClassDef)):
            names.add(node.name)  # names inside it are local
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp,
                                   ast.DictComp, ast.GeneratorExp)):
            waiting += ast.iter_child_nodes(node)
    return names


def read_names(source: str) -> set[str]:
    """Names that a cell reads anywhere."""
    tree = parse(source)
    return set() if tree is None else {
        node.id for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def defined_below(notebook: NotebookNode, cell_id: str) -> dict[str, int]:
    """Names that code cells below a cell define, and the number of the first
    cell that does; the notebook's first cell is number 1.

    cell_id: a grade id, or a cell's id. "A later cell defines place(): put
    it above the check."
    """
    here, names = None, {}
    for number, cell in enumerate(notebook.cells, 1):
        if here and cell.cell_type == "code":
            for name in bound_names(cell.source):
                names.setdefault(name, number)
        settings = cell.metadata.get("nbgrader") or {}
        if cell_id in (settings.get("grade_id"), cell.get("id")):
            here = number
    return names


@functools.lru_cache(maxsize=512)
def parse(source: str) -> ast.Module | None:
    """The syntax tree; None for what is not Python or too long. Lines that
    only IPython knows (%magic, !command) are left out. Several callers share
    the tree: do not change it."""
    if len(source) > LONGEST:
        return None
    for text in (source, _MAGIC.sub("", source)):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


_MAGIC = re.compile(r"^[%!?].*$", re.MULTILINE)


def statements(source: str) -> list[tuple[str, ast.stmt | None]]:
    """A cell's statements, each with its node (None for a line that only
    IPython knows). Comments are left out."""
    tree = parse(source)
    if tree is None:
        return []
    found = [(one.lineno, ast.unparse(one), one) for one in tree.body]
    inside = [range(one.lineno, one.end_lineno + 1) for one in tree.body]
    found += [(number, line, None)
              for number, line in enumerate(source.split("\n"), 1)
              if _MAGIC.match(line) and not any(number in lines
                                                for lines in inside)]
    return [(text, node) for _, text, node in sorted(
        found, key=lambda one: one[0])]


def same_code(one: str, other: str) -> bool:
    """Are two sources equal, apart from comments and spaces?"""
    if words(one) == words(other):
        return True
    return _tree(one) is not None and _tree(one) == _tree(other) and (
        _magics(one) == _magics(other))


@functools.lru_cache(maxsize=512)
def _tree(source):
    """The syntax tree as a text; None where there is none."""
    try:
        return ast.dump(parse(source)) if parse(source) else None
    except RecursionError:
        return None


def _magics(source):
    return _MAGIC.findall(source)


def words(text: str) -> str:
    """A text with single spaces in place of spaces and line ends."""
    return " ".join(text.split())


def vocabulary(text: str) -> frozenset[str]:
    """The set of words of a text, to compare it."""
    return frozenset(re.findall(r"\w+", text[:LONGEST]))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 to 1: the share of words that two texts have in common."""
    return len(one & other) / max(len(one), len(other), 1)
