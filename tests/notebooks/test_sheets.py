"""The functions of a day on one page are those that the day has taught."""

import ast
import re

import pytest

from commands.exercises import notebooks, taught
from tests.support import ROOT

SHEETS = sorted((ROOT / "course").glob("day*/sheet.md"))
ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
HEAD = ("to", "write", "mind")
each_sheet = pytest.mark.parametrize(
    "file", SHEETS, ids=[file.parent.name for file in SHEETS])


def rows(file) -> list[tuple[str, str, str]]:
    return [row for row in ROW.findall(file.read_text("utf-8"))
            if row != HEAD]


def cells_of_the_day(file):
    """The cells of the day's lessons and exercises, with their answers."""
    day = file.parent.name
    for notebook in [*(ROOT / "course" / day).glob("s*.ipynb"),
                     *(ROOT / "solutions" / day).glob("*.ipynb")]:
        yield from notebooks.read(notebook).cells


def functions(code: str) -> set[str]:
    """Names that are called, attributes, and names of arguments, as
    `taught` writes them. What is not Python (SQL, a rule of a form) stands
    as it is."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return {code}
    named = {one for one in taught.used(code)
             if one.strip(".=").isidentifier()}
    called = {node.func.id for node in ast.walk(tree)
              if isinstance(node, ast.Call)
              and isinstance(node.func, ast.Name)}
    return named | {f"import {name}" for name in called - named}


@each_sheet
def test_each_call_of_a_sheet_is_one_that_the_day_has_taught(file):
    cells = list(cells_of_the_day(file))
    known = taught.shown(cells)
    text = " ".join(" ".join(cell.source for cell in cells).split())
    assert len(rows(file)) >= 20
    for purpose, write, _ in rows(file):
        code = re.fullmatch("`(.+)`", write)
        assert code, f"{purpose}: no code"
        missing = functions(code[1]) - known
        if code[1] in text:  # word by word, as SQL and rules of a form are
            missing = set()
        assert not missing, f"{purpose}: {missing}"


@each_sheet
def test_a_sheet_has_the_sessions_of_its_day_in_order(file):
    heads = re.findall(r"^## (\d\.\d) ", file.read_text("utf-8"),
                       re.MULTILINE)
    sessions = [notebooks.read(one).metadata.course.session
                for one in sorted(file.parent.glob("s*.ipynb"))]
    assert heads == sessions


def test_what_nothing_teaches_is_found():
    assert functions("layer.to_crs(epsg=4)") == {".to_crs", "epsg="}
    assert functions("len(convert(file))") == {"len", "import convert"}
    assert functions("SELECT 1 FROM x") == {"SELECT 1 FROM x"}
