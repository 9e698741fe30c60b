"""A message names the command that the reader's system understands."""

import ast
import sys

import pytest

from helpers.errors import typed
from tests.support import ROOT

UNIX, WINDOWS = "python3 start.py", "py start.py"


@pytest.mark.parametrize("platform, command", [
    ("win32", WINDOWS), ("linux", UNIX), ("darwin", UNIX)])
def test_a_command_is_told_as_this_system_types_it(
        platform, command, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    assert typed("data --check") == f"{command} data --check"
    assert typed("") == command


def test_no_message_names_the_command_of_one_system_only():
    """Docstrings and comments are for those who write; what is read elsewhere
    than it was made, such as the book, names both."""
    one_sided = []
    for file in [*(ROOT / "commands").rglob("*.py"),
                 *(ROOT / "helpers").rglob("*.py")]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        documentation = {
            id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
            and node.body and isinstance(node.body[0], ast.Expr)}
        one_sided += [
            f"{file.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree) if isinstance(node, ast.Constant)
            and id(node) not in documentation and UNIX in str(node.value)
            and not str(node.value).startswith("<!--")
            and WINDOWS not in str(node.value).replace(UNIX, "")]
    assert one_sided == []
