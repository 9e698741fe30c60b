"""The lab of session 4.3: the formulas of its steps are typed into the file
of the notebook, LibreOffice Calc computes them, and the lesson's own check
reads the result. A picture of Calc: test-output/calc."""

import re
import shutil

import openpyxl
import pytest

from tests import calc
from tests.notebooks import turns
from tests.support import ROOT

LESSON = ROOT / "course/day4_strategy/s3_governance_and_objectives.ipynb"
CELLS = ["story-table", "lab-write", "lab-rules", "lab-check-rules"]
REPAIRED = {"publication": ["A", "R", "C", "R", "", "I"],
            "quality": ["", "C", "AR", "C", "", ""],
            "personal-data check": ["", "C", "R", "", "A", "I"],
            "correction request": ["", "A", "R", "", "", "I"]}

pytestmark = pytest.mark.slow


def run(folder, answer=""):
    return turns.lab(LESSON, CELLS, folder, answer)


def typed(folder, name, rows, written=None):
    """A copy of the notebook's file with these rows and the formulas in it,
    as a person types them; nothing is computed yet."""
    book = openpyxl.load_workbook(folder / "output/raci.xlsx")
    sheet = book.active
    assert sheet.data_validations.dataValidation[0].sqref == "B2:G6"
    for column, width in zip("ABCDEFGHI", [18, 8, 8, 8, 8, 8, 7, 9, 3]):
        sheet.column_dimensions[column].width = width  # all on one screen
    for row in range(2, 7):
        letters = rows.get(sheet[f"A{row}"].value)
        for column, letter in zip("BCDEFG", letters or []):
            sheet[f"{column}{row}"] = letter or None
        for column, formula in zip("HI", written or calc.formulas(LESSON)):
            sheet[f"{column}{row}"] = re.sub(
                r"([B-G])2", rf"\g<1>{row}", formula)
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
    house = REPAIRED | {"inventory": ["A", "R", "C", "C", "", "A"]}
    files = [typed(lab, "raci_mine", REPAIRED),
             typed(lab, "as_received", {}),
             typed(lab, "the_house", house),
             typed(lab, "no_stars", REPAIRED, [
                 one.replace("*", "") for one in calc.formulas(LESSON)])]
    calc.computed(files, lab / "output", profile)
    return lab


def test_calc_counts_what_the_check_counts(calculated):
    said = run(calculated, 'raci_file = out / "raci_mine.xlsx"')
    assert said.startswith("✓"), said


def test_the_received_table_shows_what_the_steps_say(calculated):
    """Three rows without 1 in column H, one with 0 in column I."""
    sheet = openpyxl.load_workbook(
        calculated / "output/as_received.xlsx", data_only=True).active
    answers = [sheet[f"H{row}"].value for row in range(2, 7)]
    works = [sheet[f"I{row}"].value for row in range(2, 7)]
    assert answers == [1, 0, 1, 0, 2] and works.count(0) == 1


@pytest.mark.parametrize("name, words", [
    ("as_received", "publication has 0 A"),
    ("the_house", "the ministry answers for inventory"),
    ("no_stars", "of quality is 0")])
def test_a_wrong_sheet_is_named(calculated, name, words):
    said = run(calculated, f'raci_file = out / "{name}.xlsx"')
    assert said.startswith("✗") and words in said, said


def test_a_file_that_calc_has_not_saved_has_no_counts(lab):
    """openpyxl writes formulas without their values."""
    shutil.copy(typed(lab, "typed", REPAIRED), lab / "output")
    said = run(lab, 'raci_file = out / "typed.xlsx"')
    assert "nan" in said and "save in Calc" in said
    said = run(lab, 'raci_file = out / "gone.xlsx"')
    assert "there is no" in said


def test_without_a_spreadsheet_the_made_file_stands_in(lab):
    assert run(lab, "raci_file = made_file").startswith("✓")


def test_a_picture_of_calc_is_made(calculated, profile):
    """Copied to course/day4_strategy/pictures."""
    calc.photographed(calculated / "output/raci_mine.xlsx", "calc_raci",
                      profile)
