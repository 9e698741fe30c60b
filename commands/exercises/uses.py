"""Which notebook loads which layer of data/.

    python -m commands.exercises.uses

prints the layers of each notebook. Nothing is run: a notebook loads the layers
that its code names in data.path(…), data.info(…) or data.credit(…), and those
that its helpers load (a map's background, an explorer). "used by" in
data/README.md and the credits at the end of a notebook are made from this.
tests/notebooks/test_any_world.py compares it with what is loaded when the
notebooks run.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from commands.exercises import notebooks
from helpers import data
from helpers.data import ROOT

ASK = {"path", "info", "credit"}  # functions of helpers.data
PACKAGE = "helpers"
Name = tuple[str, str]  # module, name of a function, class or constant
ANSWER = re.compile(r"\{admonition\} One answer\n.*?```python\n(.*?)```",
                    re.DOTALL)


def all_notebooks(root: Path = ROOT) -> list[Path]:
    """The course's lessons and solutions, with the templates."""
    return [file for folder in ("course", notebooks.SOLUTIONS)
            for file in sorted((root / folder).glob("*/*.ipynb"))]


def loads(notebook) -> list[str]:
    """The layers that a notebook loads, in the order of
    datapackage.json."""
    found: set[str] = set()
    scope: dict[str, Name] = {}
    for code in _code(notebook):
        try:
            tree = ast.parse(code)
        except SyntaxError:  # this code does not run, so it loads nothing
            continue
        scope |= _imported(tree)
        found |= _asked(tree, [tree])
        for name in _named(tree, "", scope):
            found |= _loaded_by(name)
    return [name for name in data.layers() if name in found]


def used_by(root: Path = ROOT) -> dict[str, str]:
    """Layer → the sessions and exercises that load it: "1.2, E03"."""
    users: dict[str, list[str]] = {}
    for file in all_notebooks(root):
        if not file.parent.name.startswith("day"):
            continue  # a template
        notebook = notebooks.read(file)
        user = label(notebook)
        for layer in loads(notebook) if user else []:
            if user not in users.setdefault(layer, []):
                users[layer].append(user)
    return {layer: ", ".join(labels) for layer, labels in users.items()}


def label(notebook) -> str:
    """Day 0, 1.2 or E03; "" for a notebook that is not of the course."""
    course = notebook.metadata.get("course", {})
    session = course.get("session", "")
    return course.get("exercise") or ("Day 0" if session == "0" else session)


def _code(notebook) -> Iterator[str]:
    """The code that runs, and the answers to micro-tasks."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell.source
        else:
            yield from ANSWER.findall(cell.source)


def _asked(tree: ast.AST, where: Iterable[ast.AST]) -> set[str]:
    """The layers for which a piece of code asks helpers.data. If it asks by
    a variable, they are the layers that are named in `where`."""
    found = set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ASK
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "data"):
            continue
        name = node.args[0]
        if isinstance(name, ast.Constant):
            found.add(name.value)
        elif isinstance(name, ast.JoinedStr):
            form = "".join(re.escape(part.value) if isinstance(
                part, ast.Constant) else r"\d+" for part in name.values)
            found |= {layer for layer in data.layers()
                      if re.fullmatch(form, layer)}
        else:
            found |= {text.value for tree in where for text in ast.walk(tree)
                      if isinstance(text, ast.Constant)
                      and text.value in data.layers()}
    return found


# --- helpers ---------------------------------------------------------------

@cache
def _loaded_by(name: Name) -> frozenset[str]:
    """The layers that a part of the helpers loads, with all it calls."""
    parts, new = {name}, [name]
    while new:
        part = new.pop()
        for other in _named(_part(part), part[0], {}):
            if other not in parts:
                parts.add(other)
                new.append(other)
    return frozenset().union(*(_asked(_part(part), map(_part, parts))
                               for part in parts))


@cache
def _module(name: str) -> dict[str, ast.AST]:
    """The parts of a module of the helpers by their names; under "", what it
    imports from other helpers."""
    file = ROOT.joinpath(*name.split("."))
    file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
    if name == "helpers.data" or not file.is_file():
        return {}
    tree = ast.parse(file.read_text(encoding="utf-8"))
    parts: dict[str, ast.AST] = {"": tree}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            parts[node.name] = node
        elif isinstance(node, ast.Assign):
            parts |= {one.id: node for target in node.targets
                      for one in ast.walk(target)
                      if isinstance(one, ast.Name)}
    return parts


def _part(name: Name) -> ast.AST:
    return _module(name[0]).get(name[1], ast.Module([], []))


def _imported(tree: ast.AST) -> dict[str, Name]:
    """A name in the code → the part of the helpers that it is. A module is
    the part ""."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and (
                node.module.split(".")[0] == PACKAGE):
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                found[alias.asname or alias.name] = (
                    (module, "") if _module(module)
                    else (node.module, alias.name))
    return found


def _named(tree: ast.AST, module: str, scope: dict[str, Name]
           ) -> Iterator[Name]:
    """The parts of the helpers that a piece of code names. The code is from
    a module of the helpers, or from a notebook with the imports `scope`."""
    parts = _module(module) if module else {}
    scope = _imported(parts[""]) if parts else scope
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(
                node.value, ast.Name) and scope.get(
                node.value.id, ("", "?"))[1] == "":
            yield _defined(scope[node.value.id][0], node.attr)
        elif isinstance(node, ast.Name) and node.id in parts:
            yield module, node.id
        elif isinstance(node, ast.Name) and scope.get(node.id, ("", ""))[1]:
            yield _defined(*scope[node.id])


def _defined(module: str, name: str) -> Name:
    """The place that defines a name which another module passes on."""
    parts = _module(module)
    if parts and name not in parts:
        there = _imported(parts[""]).get(name)
        return there or (module, name)
    return module, name


def main() -> None:
    """Print the layers of each notebook."""
    for file in all_notebooks():
        print(file.relative_to(ROOT).as_posix())
        print(f"  {', '.join(loads(notebooks.read(file))) or '–'}")


if __name__ == "__main__":
    main()
