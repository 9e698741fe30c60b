"""The tests' own house: a file's name says what its tests are about, and no
test waits for a fixed time."""

import ast
import re

import pytest

from tests.support import ROOT

OF_NOTEBOOKS = sorted(
    file for folder in ("notebooks", "jupyterlab")
    for file in (ROOT / "tests" / folder).glob("test_*.py"))
# Of a lesson, of one exercise or more, or of no session: a plain word.
NAME = re.compile(r"test_(?:d([1-4])_s([1-4])_|((?:[ec]\d+_)+))?[a-z_]+\.py")
SOLUTIONS = {file.name.split("_")[0]
             for file in (ROOT / "solutions").glob("day*/*.ipynb")}


def objection(name: str, text: str) -> str:
    """What is wrong with the name of a test's file, or nothing."""
    fits = NAME.fullmatch(name)
    if not fits:
        return (f"{name}: call it test_dN_sM_NAME.py (a lesson), "
                "test_eNN_NAME.py or test_cN_NAME.py (an exercise), or "
                "test_NAME.py without a digit")
    day, session, exercises = fits.groups()
    for letter, number in (("day", day), ("s", session)):
        named = re.findall(rf'[/"]{letter}(\d)_', text)
        if number and named and number not in named:
            return f"{name}: it reads no {letter}{number}_"
    unknown = {*(exercises or "").split("_")} - SOLUTIONS - {""}
    return f"{name}: no solution {unknown}" if unknown else ""


@pytest.mark.parametrize("file", OF_NOTEBOOKS, ids=[
    f"{file.parent.name}/{file.stem}" for file in OF_NOTEBOOKS])
def test_the_name_says_the_session_or_the_exercise(file):
    assert objection(file.name, file.read_text("utf-8")) == ""


@pytest.mark.parametrize("name, text, said", [
    ("test_s2_turns.py", "", "call it"),
    ("test_day2_s3_lab.py", "", "call it"),
    ("test_d3_maps.py", "", "call it"),
    ("test_d5_s1_turns.py", "", "call it"),
    ("test_e13.py", "", "call it"),
    ("test_e99_own.py", "", "no solution {'e99'}"),
    ("test_d1_s4_sql.py", '"course/day2_processing/s4_sql.ipynb"',
     "it reads no day1_"),
    ("test_d2_s3_sql.py", '"course/day2_processing/s4_sql.ipynb"',
     "it reads no s3_"),
])
def test_another_name_is_refused(name, text, said):
    assert said in objection(name, text)


# --- no test sleeps ---------------------------------------------------------

def fixed_sleeps(text: str) -> list[int]:
    """The lines that sleep 0.1 s or more, or as long as a name or a sum says,
    neither in a loop that asks again nor with a reason behind them."""
    tree, lines = ast.parse(text), text.splitlines()
    polled = {node for loop in ast.walk(tree)
              if isinstance(loop, ast.While) or (
                  isinstance(loop, ast.For) and ast.unparse(
                      loop.target) == "_")
              for node in ast.walk(loop)}
    longest = {"sleep": 0.1, "wait_for_timeout": 100}
    return [node.lineno for node in ast.walk(tree)
            if isinstance(node, ast.Call) and node not in polled and node.args
            and (name := ast.unparse(node.func).rpartition(".")[2]) in longest
            and not (isinstance(node.args[0], ast.Constant)
                     and node.args[0].value < longest[name])
            and "  # " not in lines[node.lineno - 1]]


def test_no_test_sleeps_a_fixed_time():
    found = {file.relative_to(ROOT).as_posix(): lines
             for file in (ROOT / "tests").rglob("*.py")
             if (lines := fixed_sleeps(file.read_text("utf-8")))}
    assert not found, (
        "wait for what is needed (in_time of tests/support.py, until of "
        "tests/jupyterlab/browser.py), or say in a comment why not")


@pytest.mark.parametrize("text, lines", [
    ("import time\ntime.sleep(0.5)", [2]),
    ("tab.wait_for_timeout(400)", [1]),
    ("for x in corners:\n    tab.wait_for_timeout(400)", [2]),
    ("from time import sleep\nsleep(2)", [2]),
    ("time.sleep(2 * 60)", [1]),
    ("PAUSE = 3\ntime.sleep(PAUSE)", [2]),
    ("tab.wait_for_timeout(50)\ntime.sleep(0.02)", []),
    ("while not ready():\n    time.sleep(0.5)", []),
    ("for _ in range(9):\n    time.sleep(0.5)", []),
    ("time.sleep(1)  # the reply comes meanwhile", []),
    ("code = 'time.sleep(9)'", []),
])
def test_a_fixed_sleep_is_found(text, lines):
    assert fixed_sleeps(text) == lines
