"""The tests' own house: a file's name says what its tests are about."""

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
        return (f"{name}: call it test_dN_sM_WHAT.py (a lesson), "
                "test_eNN_WHAT.py or test_cN_WHAT.py (an exercise), or "
                "test_WHAT.py without a digit")
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
