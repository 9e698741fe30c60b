"""A check at the trainee's own desk: one Python acts as two."""

import ast
import builtins
import contextlib
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
    shell = sys.modules.get("IPython")
    known = getattr(shell and shell.get_ipython(), "user_ns", {})
    cells = [cell for cell in known.get("In", [])
             if text in cell and "check.your_turn(" not in cell]
    try:
        code = ast.unparse(ast.parse(cells[-1]))
    except (IndexError, SyntaxError):
        return not cells
    return (done in code) == (done == "...")


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
