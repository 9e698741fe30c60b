"""The checks of the exercises, tested: mutants of each reference answer."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from commands.exercises import mutants, notebooks
from commands.exercises.mutating import mutants as mutants_of_code
from tests.support import ROOT, in_course


def of(code: str, operator: str | None = None, modules=frozenset()):
    """The new lines of the mutants of some code, of one operator."""
    return [one.after for one in mutants_of_code(
        "cell", dedent(code), lambda line: True, modules)
        if operator in (None, one.operator)]


@pytest.mark.parametrize("operator, code, expected", [
    ("comparison", "a < b", ["a <= b", "a > b"]),
    ("comparison", "a >= b", ["a > b", "a <= b"]),
    ("comparison", "a == b", ["a != b"]),
    ("comparison", "a not in b", ["a in b"]),
    ("comparison", "0 < a < b", ["0 <= a < b", "0 > a < b", "0 < a <= b",
                                 "0 < a > b"]),
    ("constant", "f(7)", ["f(8)", "f(6)"]),
    ("constant", "f(0.5)", ["f(1.5)", "f(-0.5)"]),
    ("constant", "f(True)", ["f(False)"]),
    ("text", "f('m', '')", ["f('', '')", "f('m', 'x')"]),
    ("text", "f(f'{a} m')", ["f(f'{a}')"]),
    ("operator", "a + b", ["a - b"]),
    ("operator", "a * b", ["a / b"]),
    ("operator", "a & b", ["a | b"]),
    ("operator", "a and b", ["a or b"]),
    ("operator", "a += b", ["a -= b"]),
    ("arguments", "f(a, b, c)", ["f(b, a, c)", "f(a, c, b)"]),
    ("statement", "a()\nb()", ["pass", "pass"]),
    ("method", "a.copy().to_crs(4326)", ["a.copy()", "a.to_crs(4326)"]),
    ("method", "pd.concat(a)", []),
    ("function", "b = sorted(a)", ["b = a"]),
    ("negation", "not a", ["a"]),
    ("negation", "a & ~b", ["a & b"]),
    ("sort", "b = [c for c in a]", ["b = sorted([c for c in a])"]),
    ("sort", "a.merge(b)", ["a.merge(b).sort_index(ascending=False)"]),
    ("sort", "for a in b:\n    c()", ["for a in sorted(b):"]),
    ("sort", "def f(a):\n    return a", ["return sorted(a)"]),
    ("unit factor", "a / 1000", ["a"]),
    ("unit factor", "3600 * a", ["a"]),
    ("unit factor", "a * 7", []),
    ("keyword", "f(a, b=c, d=e)", ["f(a, d=e)", "f(a, b=c)"]),
])
def test_an_operator_makes_what_it_says(operator, code, expected):
    assert of(code, operator, frozenset({"pd"})) == expected


def test_words_of_a_message_and_descriptions_stay():
    assert of('''
        def f(a):
            """What f gives."""
            raise ValueError(f"{a} is wrong")
        ''') == ["pass"]


def test_only_the_given_lines_change():
    code = "a = 1\nb = 2\nc = 3"
    changed = mutants_of_code("cell", code, [2].__contains__)
    assert {one.before for one in changed} == {"b = 2"}
    assert [one.after for one in changed] == ["pass", "b = 3", "b = 1"]


SOLUTION = [
    new_code_cell("import math", id="setup", metadata={}),
    new_code_cell("def half(a):\n    ### BEGIN SOLUTION\n"
                  "    return a / 2\n    ### END SOLUTION", id="answer"),
    new_code_cell("assert half(4) == 2", id="check", metadata={
        "nbgrader": {"grade": True, "solution": False}}),
    new_code_cell("half(0)", id="look")]


@pytest.mark.slow
def test_each_mutant_is_another_program_and_the_order_is_the_same():
    for file in mutants.solutions([]):
        notebook = notebooks.read(file)
        found = mutants.mutants_of(notebook)
        assert found == mutants.mutants_of(notebook)
        assert len({(one.cell, one.code) for one in found}) == len(found)
        original = {cell.id: ast.dump(ast.parse(cell.source))
                    for cell in notebook.cells if cell.cell_type == "code"}
        for one in found:
            assert ast.dump(ast.parse(one.code)) != original[one.cell]
        assert mutants.sample(found, 8) == mutants.sample(found, 8)
        assert len(mutants.sample(found, 8)) == min(8, len(found))


def test_one_solution_or_all_can_be_named():
    assert [file.stem[:3] for file in mutants.solutions(["E02", "e05"])] == [
        "e02", "e05"]
    assert len(mutants.solutions([])) >= 6


def test_what_is_wrong_with_a_list_of_equivalents_is_said():
    some = mutants.mutants_of(new_notebook(cells=SOLUTION))
    entry = {"cell": "answer", "before": some[0].before,
             "after": some[0].after, "reason": "because"}
    assert mutants.wrong_entries([entry], some, killed=[]) == []
    assert "is killed" in mutants.wrong_entries([entry], some, some)[0]
    assert "names no mutant" in mutants.wrong_entries(
        [entry | {"after": "b"}], some, [])[0]
    assert "has no reason" in mutants.wrong_entries(
        [entry | {"reason": " "}], some, [])[0]
    assert "needs cell" in mutants.wrong_entries(
        [{"cell": "answer"}], some, [])[0]


def test_each_list_of_equivalents_belongs_to_a_solution_and_names_mutants():
    files = {file.stem: file for file in mutants.solutions([])}
    for listed in mutants.EQUIVALENT.glob("*.yaml"):
        everyone = mutants.mutants_of(notebooks.read(files[listed.stem]))
        assert mutants.wrong_entries(
            mutants.equivalent(listed.stem), everyone, killed=[]) == []


needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="Windows has no os.fork")


def in_another_python(check: str, folder: Path) -> str:
    """What a small solution's survivors are, with this check cell. (Python
    is copied while it runs: not the one that runs all tests.) Each mutant
    gets a folder of its own in this one."""
    code = f"""
from commands.exercises import mutants
from tests.commands.exercises.test_mutants import SOLUTION, new_notebook
SOLUTION[2].source = {check!r}
mutants.SECONDS_A_CELL = 1
notebook = new_notebook(cells=SOLUTION)
some = mutants.mutants_of(notebook)
print([one.after for one in mutants.survivors(notebook, some)])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder,
                          env=in_course(ROOT), capture_output=True, text=True)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.mark.slow
@needs_fork
def test_a_mutant_that_keeps_all_points_survives(tmp_path):
    assert in_another_python("assert half(4) == 2", tmp_path) == "[]"
    assert in_another_python("assert half(4) > 1", tmp_path) == (
        "['return a * 2', 'return a / 3', 'return a / 1']")
    assert in_another_python("assert half(4) == 3", tmp_path) == (
        "RuntimeError: the right answer loses points")


@pytest.mark.slow
@needs_fork
def test_a_mutant_without_an_end_is_stopped(tmp_path):
    assert in_another_python(
        "while half(4) != 2:\n    pass", tmp_path) == "[]"


@needs_fork
@pytest.mark.slow
def test_a_sample_of_each_exercise_is_killed_or_listed():
    done = subprocess.run(
        [sys.executable, "-m", "commands.exercises.mutants", "--sample",
         "4"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
