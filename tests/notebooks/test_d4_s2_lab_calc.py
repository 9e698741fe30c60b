"""The lab of session 4.2: the formulas of its steps are typed into the file
of the notebook, LibreOffice Calc computes them, and the lesson's own check
reads the result. A picture of Calc: test-output/calc."""

import os
import re
import shutil
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest

from commands.exercises import notebooks, own_check
from tests.support import PICTURES, ROOT, needs

LESSON = ROOT / "course/day4_strategy/s2_maturity_and_priorities.ipynb"
CELLS = ["story-table", "ranking-scores", "ranking-three", "lab-write",
         "lab-rules"]
WEIGHTS = [0.4, 0.1, 0.1, 0.2, 0.2]  # the committee's
ROWS = range(3, 15)
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Misc"><prop
 oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop
 oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.9</value></prop></item>
</oor:items>
"""
# Runs under Xvfb: opens the file and waits until the window is the same for
# two seconds.
PHOTOGRAPH = """
import subprocess, sys, time
from PIL import ImageGrab
program, profile, file, picture = sys.argv[1:]
office = subprocess.Popen([program, f"-env:UserInstallation={profile}",
                           "--norestore", "--nologo", "--calc", file])
seen, same, until = b"", 0, time.time() + 150
while same < 4 and time.time() < until:
    time.sleep(0.5)
    screen = ImageGrab.grab()
    now = screen.tobytes()
    full = len(set(now[::997])) > 20  # not the empty screen
    same = same + 1 if full and now == seen else 0
    seen = now
office.terminate()
screen.save(picture)
sys.exit(same < 4)
"""

pytestmark = pytest.mark.slow


def run(folder, answer=""):
    """Execute the cells of the lab; give what its check said."""
    notebook = notebooks.read(LESSON)
    wanted = CELLS + ["lab-turn", "lab-turn-check"] * bool(answer)
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    assert len(notebook.cells) == len(wanted)
    for cell in notebook.cells:
        if cell.id == "lab-turn":
            cell.source = answer
    assert own_check.execute(notebook, folder) == []
    assert [cell.outputs for cell in notebook.cells if any(
        output.output_type == "error" for output in cell.outputs)] == []
    return "".join(output.get("text", "") for output in
                   notebook.cells[-1].outputs)


def formulas() -> list[str]:
    """Those of the steps, with the commas that a file has."""
    text = next(cell.source for cell in notebooks.read(LESSON).cells
                if cell.id == "lab-steps")
    found = re.findall(r"`(=[^`]+)`", text)
    assert len(found) == 2
    return [formula.replace(";", ",") for formula in found]


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
        for column, formula in zip("JK", formulas()):
            sheet[f"{column}{row}"] = re.sub(
                r"(?<![$A-Z])([A-K])3\b", rf"\g<1>{row}", change(formula))
    file = folder / f"{name}.xlsx"
    book.save(file)
    return file


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """The settings of a person who opens Calc for the first time."""
    needs("soffice")
    folder = tmp_path_factory.mktemp("office")
    (folder / "user").mkdir()
    (folder / "user/registrymodifications.xcu").write_text(SETTINGS, "utf-8")
    return folder.as_uri()


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
    subprocess.run(
        [needs("soffice"), "--headless", f"-env:UserInstallation={profile}",
         "--convert-to", "xlsx", "--outdir", lab / "output", *files],
        check=True, capture_output=True, timeout=300)
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
    said = run(lab, 'ranking_file = out / "gone.xlsx"')
    assert "there is no" in said


def test_a_picture_of_calc_is_made(calculated, profile):
    """Copied to course/day4_strategy/pictures."""
    folder = PICTURES / "calc"
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "calc_ranking.png"
    subprocess.run(
        [needs("xvfb-run"), "-a", "-s", "-screen 0 800x600x24",
         sys.executable, "-c", PHOTOGRAPH, needs("soffice"), profile,
         "ranking_mine.xlsx", picture],
        cwd=calculated / "output", timeout=240, check=True,
        env=os.environ | {"SAL_USE_VCLPLUGIN": "gen"})
    assert picture.stat().st_size > 20_000
