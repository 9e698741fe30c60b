"""A check at the trainee's own desk: one Python acts as two."""

import ast
import builtins
import contextlib
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from helpers.check import codec
from helpers.check.answers import (
    Answer,
    Message,
    always_returns,
    is_started,
    is_stub,
    perform,
)

_GONE = object()
_CHECK = re.compile(r"\bcheck\.(task|your_turn|own_file)\(")
# How the course's notebooks call what they import.
MODULES = {"check": "helpers.check", "data": "helpers.data",
           "maps": "helpers.maps", "pd": "pandas", "np": "numpy",
           "gpd": "geopandas", "pyproj": "pyproj", "shapely": "shapely",
           "json": "json", "re": "re",
           "xforms": "helpers.forms.xforms"}


@contextlib.contextmanager
def at_the_desk(namespace: dict[str, Any],
                names: list[str]) -> Iterator[list[Answer]]:
    """While this lasts, the notebook's functions of these names are called
    through the codec. If the trainee has used the name of a module or a
    built-in for something else, the check sees its own meaning. A name that
    the check gives to something else keeps its meaning for the functions."""
    theirs: dict[str, Any] = {}
    answers = {name: Answer(name, _same_python(namespace, theirs),
                            is_stub(namespace[name]),
                            is_started(namespace[name]),
                            always_returns=always_returns(namespace[name]))
               for name in names
               if isinstance(namespace.get(name), types.FunctionType)
               and namespace[name].__globals__ is namespace}
    own = answers | _own_names(namespace, names)
    theirs |= {name: namespace.get(name, _GONE) for name in names}
    _put(namespace, own)
    try:
        yield list(answers.values())
    finally:
        _put(namespace, {name: value for name, value in theirs.items()
                         if name in own or value is not _GONE})


def has_gap(text: str, done: str = "...") -> bool:
    """Is the last cell with this text as it was handed out? Then it holds
    `...`, or not yet the code of an answer (done). Checks are left out."""
    cells = [cell for cell in _cells(_shell()).values() if text in cell]
    try:
        code = ast.unparse(ast.parse(cells[-1]))
    except (IndexError, SyntaxError):
        return not cells
    return (done in code) == (done == "...")


def stopped_before(names: list[str]) -> str:
    """What ended the last cell with one of these names before it had its
    value: then the name still means what an earlier run gave it. "" if none
    did."""
    shell = _shell()
    cells = _cells(shell)
    errors = getattr(getattr(shell, "history_manager", None),
                     "exceptions", {})
    for name in names:
        number = max((number for number, cell in cells.items() if name in cell
                      and re.search(rf"\b{name}\b", cell)), default=0)
        if number in errors:
            error = errors[number]
            place = re.search(rf"In\[{number}\], line (\d+)", re.sub(
                r"\x1b\[[\d;]*m", "", "\n".join(error["traceback"])))
            line = int(place[1]) if place else 1
            if _unfinished(cells[number], name, line):
                words = re.sub(r" \([^()]*, line \d+\)$", "",
                               error["evalue"].strip().split("\n")[0][:300])
                return f"{error['ename']}: {words}, line {line}"
    return ""


def _shell() -> Any:
    """JupyterLab's Python, or None elsewhere."""
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


def _cells(shell: Any) -> dict[int, str]:
    """Number → text of each cell that was run; checks are left out."""
    run = getattr(shell, "user_ns", {}).get("In", [])
    return {number: cell for number, cell in enumerate(run)
            if not ("check." in cell and _CHECK.search(cell))}


def _unfinished(cell: str, name: str, line: int) -> bool:
    """Does a cell that ended in this line define the name, and not above?"""
    starts = {cell[:found.start()].count("\n") + 1 for found in re.finditer(
        rf"^(def +{name}\b|{name} *=(?!=))", cell, re.MULTILINE)}
    try:
        body = ast.parse(cell).body
    except SyntaxError:  # no line of it has run
        return bool(starts)
    return bool(starts) and not any(
        node.lineno in starts and (node.end_lineno or 0) < line
        for node in body)


def _own_names(namespace: dict[str, Any],
               names: list[str]) -> dict[str, Any]:
    """The check's own meaning of names that the trainee used again."""
    own: dict[str, Any] = {}
    for name in set(names) & set(namespace):
        if name in MODULES and not isinstance(namespace[name],
                                              types.ModuleType):
            own[name] = sys.modules.get(MODULES[name], namespace[name])
        elif hasattr(builtins, name):
            own[name] = _GONE
    return own


def _same_python(namespace: dict[str, Any], theirs: dict[str, Any]
                 ) -> Callable[[Message], Message]:
    """Asks the same Python, where the trainee's names keep their meaning."""
    def ask(request: Message) -> Message:
        outer = {name: namespace.get(name, _GONE) for name in theirs}
        _put(namespace, theirs)
        try:
            return codec.decode(codec.encode(perform(request, namespace)))
        finally:
            _put(namespace, outer)
    return ask


def _put(namespace: dict[str, Any], values: dict[str, Any]) -> None:
    for name, value in values.items():
        if value is _GONE:
            namespace.pop(name, None)
        else:
            namespace[name] = value
