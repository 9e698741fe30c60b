"""The lab of session 4.2: the formulas of its steps are typed into the file
of the notebook, LibreOffice Calc computes them, and the lesson's own check
reads the result. A picture of Calc: test-output/calc."""

import re
import shutil

import openpyxl
import pandas as pd
import pytest

from tests import calc
from tests.notebooks import turns
from tests.support import ROOT

LESSON = ROOT / "course/day4_strategy/s2_maturity_and_priorities.ipynb"
CELLS = ["story-table", "ranking-scores", "ranking-three", "lab-write",
         "lab-rules"]
WEIGHTS = [0.4, 0.1, 0.1, 0.2, 0.2]  # the committee's
ROWS = range(3, 15)

pytestmark = pytest.mark.slow


def run(folder, answer=""):
    return turns.lab(LESSON, CELLS, folder, answer)


def typed(folder, name, weights=WEIGHTS, change=lambda formula: formula):
    """A copy of the notebook's file with weights and formulas in it, as a
    person types them; nothing is computed yet."""
    book = openpyxl.load_workbook(folder / "output/ranking.xlsx")
    sheet = book.active
    for column, width in zip("ABCDEFGHIJK",
                             [6, 14, 6, 7, 8, 5, 5, 7, 7, 6, 4]):
        sheet.column_dimensions[column].width = width  # all on one screen
    for column, weight in zip("CDEFG", weights):
        sheet[f"{column}2"] = weight
    for row in ROWS:
        for column, formula in zip("JK", calc.formulas(LESSON)):
            sheet[f"{column}{row}"] = re.sub(
                r"(?<![$A-Z])([A-K])3\b", rf"\g<1>{row}", change(formula))
    file = folder / f"{name}.xlsx"
    book.save(file)
    return file


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return calc.profile(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    run(folder)
    return folder


@pytest.fixture(scope="module")
def calculated(lab, profile):
    """Files that Calc has opened and saved, into the lab's output."""
    files = [typed(lab, "ranking_mine"),
             typed(lab, "too_much", [0.4, 0.2, 0.1, 0.2, 0.2]),
             typed(lab, "not_turned",
                   change=lambda text: text.replace("(6-F3)", "F3")),
             typed(lab, "no_veto", change=lambda text: re.sub(
                 r'=IF\(OR\(.*?\),"veto",(.*)\)$', r"=\1", text))]
    calc.computed(files, lab / "output", profile)
    return lab


def test_calc_computes_what_the_check_computes(calculated):
    said = run(calculated, 'ranking_file = out / "ranking_mine.xlsx"')
    assert said.startswith("✓"), said
    table = pd.read_excel(calculated / "output/ranking_mine.xlsx")
    scores, places = table["score"].iloc[1:], table.iloc[1:, 10]
    assert (scores == "veto").sum() == 4
    free = scores[scores != "veto"].astype(float)
    assert places[free.index].astype(int).tolist() == free.rank(
        ascending=False, method="min").astype(int).tolist()


@pytest.mark.parametrize("name, words", [
    ("too_much", "the sum of row 2"), ("not_turned", "score of D"),
    ("no_veto", "'veto'")])
def test_a_wrong_sheet_is_named(calculated, name, words):
    said = run(calculated, f'ranking_file = out / "{name}.xlsx"')
    assert said.startswith("✗") and words in said, said


def test_a_file_that_calc_has_not_saved_has_no_scores(lab):
    """openpyxl writes formulas without their values."""
    shutil.copy(typed(lab, "typed"), lab / "output")
    said = run(lab, 'ranking_file = out / "typed.xlsx"')
    assert "nan" in said and "save the file in Calc" in said
    assert "float64" not in said
    for answer in ('out / "gone.xlsx"', "out"):
        said = run(lab, f"ranking_file = {answer}")
        assert "there is no table" in said


def test_a_picture_of_calc_is_made(calculated, profile):
    """Copied to course/day4_strategy/pictures."""
    calc.photographed(calculated / "output/ranking_mine.xlsx",
                      "calc_ranking", profile)
