"""The sentences of checks: `check.equal(value, expected, name)` says "NAME is
VALUE". The name and the value must make a sentence that helps."""

import ast
import re

import pytest

from commands.exercises import notebooks
from tests.notebooks.test_exercises import COURSE, SOLUTIONS
from tests.support import ROOT

NAME_AT = {"check.equal": 2, "check.kind": 2, "check.close": 3}
# A plural at the beginning, before any "of": "the columns of …", "stops …".
PLURAL = re.compile(r"(?:(?:the|all|your|two) )*(?:[a-z]+ )?"
                    r"(?!(?:this|is|has|says|status|class|address|crs)\b)"
                    r"[a-z]*[a-rt-z]s(?=[ ,]|$)")
each_notebook = pytest.mark.parametrize(
    "file", [*COURSE, *SOLUTIONS],
    ids=lambda file: "/".join(file.relative_to(ROOT).parts))


def named_checks(file) -> list[tuple[str, ast.Call, str]]:
    """(cell, call, its name as code) of each check of a value."""
    found = []
    for cell in notebooks.read(file).cells:
        if cell.cell_type != "code" or "check." not in cell.source:
            continue
        for call in ast.walk(ast.parse(cell.source.replace("\n%", "\n#"))):
            if isinstance(call, ast.Call) and (
                    place := NAME_AT.get(ast.unparse(call.func))):
                names = call.args[place:place + 1] + [
                    one.value for one in call.keywords if one.arg == "name"]
                found += [(cell.id, call, text(one)) for one in names]
    return found


def text(name: ast.expr) -> str:
    """A name as it reads, with … for what is filled in."""
    if isinstance(name, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "…"
                       for one in name.values)
    return name.value if isinstance(name, ast.Constant) else "…"


def is_a_plural(name: str) -> bool:
    """The name of a variable is none, whatever its last letter."""
    return " " in name and bool(PLURAL.match(name))


def test_a_plural_is_noticed():
    for name in ["the columns of …", "stops of another drive", "open centres",
                 "the identifiers of …", "names lost",
                 "sectors with another number", "cells, of … m a side"]:
        assert is_a_plural(name), name
    for name in ["the list of columns of …", "hectares", "villages",
                 "the sum of the areas", "the status", "the class of a record",
                 "the address of the publisher", "what the validator says",
                 "thinness of a square", "the number of rows", "crs of …",
                 "faults(…) of …", "what a good visit breaks"]:
        assert not is_a_plural(name), name


@each_notebook
def test_no_message_says_is_of_a_plural(file):
    assert [(cell, name) for cell, _, name in named_checks(file)
            if is_a_plural(name)] == []


@each_notebook
def test_no_message_says_only_that_a_sentence_is_false(file):
    """"The layer is valid is False" tells nothing. Compare real values, or
    raise Feedback. A call's own True or False is a value: "f(x) is False"."""
    empty = []
    for cell, call, name in named_checks(file):
        expected = call.args[1]
        if isinstance(expected, ast.Constant) and (
                isinstance(expected.value, bool)) and "(" not in name:
            empty.append((cell, name))
    assert empty == []
