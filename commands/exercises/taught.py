"""Taught before asked: what a solution uses and nothing has shown before.

    python -m commands.exercises.taught

prints, for each task, the names, methods and idioms of its reference answer
that are not in Day 0, not in the lesson of its session, and not in the
exercise before the task. Folded text (a hint, an aside) does not count as
shown.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

from commands.exercises import notebooks
from commands.exercises.minutes import FOLDED
from helpers.data import ROOT

# Ways to write something that a beginner meets for the first time.
IDIOMS: dict[type[ast.AST], str] = {
    ast.ListComp: "[… for … in …]", ast.SetComp: "{… for … in …}",
    ast.DictComp: "{…: … for … in …}", ast.GeneratorExp: "(… for … in …)",
    ast.Lambda: "lambda", ast.Try: "try", ast.Raise: "raise",
    ast.While: "while", ast.With: "with", ast.JoinedStr: 'f"…"',
    ast.IfExp: "… if … else …", ast.Set: "{…}", ast.Dict: "{…: …}",
    ast.Starred: "*…", ast.Slice: "[…:…]", ast.And: "and", ast.Or: "or",
    ast.Not: "not", ast.In: "in", ast.NotIn: "not in", ast.Is: "is",
    ast.IsNot: "is not", ast.AugAssign: "+=", ast.NamedExpr: ":=",
    ast.Break: "break", ast.Continue: "continue", ast.Yield: "yield",
    ast.BitAnd: "&", ast.BitOr: "|", ast.Invert: "~", ast.FloorDiv: "//",
    ast.Mod: "%", ast.Pow: "**", ast.Assert: "assert", ast.Delete: "del",
    ast.For: "for", ast.If: "if", ast.FunctionDef: "def", ast.Tuple: "…, …",
    ast.ClassDef: "class"}


def used(code: str) -> set[str]:
    """The names, methods, keywords and idioms of some Python."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if type(node) in IDIOMS:
            found.add(IDIOMS[type(node)])
        if isinstance(node, ast.If) and len(node.orelse) == 1 and (
                isinstance(node.orelse[0], ast.If)):
            found.add("elif")
        if isinstance(node, ast.comprehension) and node.ifs:
            found.add("(… for … in … if …)")
        if isinstance(node, ast.Name) and hasattr(builtins, node.id):
            found.add(node.id)
        if isinstance(node, ast.Attribute):
            found.add(f".{node.attr}")
        if isinstance(node, ast.keyword) and node.arg:
            found.add(f"{node.arg}=")
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {f"import {alias.name}" for alias in node.names}
    return found


def shown(cells) -> set[str]:
    """What these cells show: their code, and code in their text that is not
    folded. A check does not teach, so it does not count."""
    found = set()
    for cell in cells:
        if cell.cell_type == "code":
            if not is_check(cell):
                found |= used(cell.source)
            continue
        for code in pieces(FOLDED.sub("", cell.source)):
            found |= {f"{name}=" for name in re.findall(
                r"\b([a-z_]\w*)=(?!=)", code)}
            try:
                found |= used(code)
            except SyntaxError:
                found |= {f".{name}" for name in re.findall(
                    r"\.([a-z_]\w*)", code)}
                found |= {word for word in re.findall(r"\w+|[&|~%*/]+", code)
                          if word in IDIOMS.values() or word == "elif"
                          or hasattr(builtins, word)}
    return found


def pieces(text: str) -> Iterator[str]:
    """Code in a text: blocks, and what stands between backticks."""
    yield from re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    for piece in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text):
        yield piece.removeprefix(".") if re.fullmatch(
            r"\.\w+", piece) else piece
        yield piece


def is_check(cell) -> bool:
    """Does this code cell check an answer?"""
    return "check.task(" in cell.source or "check.your_turn(" in cell.source


def not_taught(solution: Path, root: Path = ROOT) -> dict[str, set[str]]:
    """Answer cell → what its solution uses and nothing has shown."""
    notebook = notebooks.read(solution)
    known = shown(cell for file in taught_in(notebook, root)
                  for cell in notebooks.read(file).cells)
    missing = {}
    exercise = notebooks.read(root / "exercises" / solution.relative_to(
        root / "solutions"))
    given = {cell.id: cell for cell in exercise.cells}
    for cell in notebook.cells:
        if cell.id in given:
            known |= shown([given[cell.id]])
        if cell.cell_type == "code" and "### BEGIN SOLUTION" in cell.source:
            own = defined(notebook)
            missing[cell.id] = {one for one in used(cell.source) - known
                                if one.strip(".=") not in own}
    return {name: words for name, words in missing.items() if words}


def defined(notebook) -> set[str]:
    """Functions and their arguments that the notebook itself defines."""
    names = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.FunctionDef):
                    names |= {node.name, *(one.arg for one in
                                           node.args.args)}
    return names


def taught_in(notebook, root: Path = ROOT) -> list[Path]:
    """Day 0's notebooks and the lesson of an exercise's session."""
    session = notebook.metadata.course.session
    lessons = [file for file in (root / "course").glob("day[1-4]*/s*.ipynb")
               if notebooks.read(file).metadata.course.session == session]
    return [*sorted((root / "course" / "day0_ready").glob("*.ipynb")),
            *lessons]


def main() -> None:
    """Print what is asked and was not taught."""
    for file in sorted((ROOT / "solutions").glob("day*/*.ipynb")):
        print(file.stem)
        for cell, words in not_taught(file).items():
            print(f"  {cell}: {'  '.join(sorted(words))}")


if __name__ == "__main__":
    main()
