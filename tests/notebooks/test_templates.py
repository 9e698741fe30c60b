"""What only the templates promise; test_exercises.py and test_objectives.py
hold them to all that a lesson and an exercise are held to."""

import re
from pathlib import Path

import pytest

from commands.exercises import notebooks, own_check
from tests.support import ROOT

LESSON = ROOT / "course" / "template" / "s0_template.ipynb"
EXERCISE = ROOT / "solutions" / "template" / "e00_template.ipynb"
WRITTEN = sorted([*(ROOT / "course").glob("day*/*.ipynb"),
                  *(ROOT / "solutions").glob("day*/*.ipynb")])
NOTE = "**Write here:**"


def text_of(file: Path, *ids: str) -> str:
    """The Markdown of these cells, or of all, on one line."""
    return " ".join(" ".join(
        cell.source for cell in notebooks.read(file).cells
        if cell.cell_type == "markdown" and (not ids or cell.id in ids)
    ).split())


@pytest.fixture(scope="module")
def printed(tmp_path_factory, kernels):
    """Run the lesson: cell id → what it printed."""
    lesson = notebooks.read(LESSON)
    folder = tmp_path_factory.mktemp("lesson")
    assert own_check.execute(lesson, folder, kernels) == []
    outputs = [(cell.id, output) for cell in lesson.cells
               if cell.cell_type == "code" for output in cell.outputs]
    assert not [(name, output) for name, output in outputs
                if output.output_type == "error"
                or output.get("name") == "stderr"]
    return {name: output.text for name, output in outputs
            if output.output_type == "stream"}


def test_the_pitfall_has_the_numbers_that_its_cell_prints(printed):
    shares = dict(re.findall(r"^(received|km2) +(-?[\d.]+)$",
                             printed["measure"], re.MULTILINE))
    pitfall = text_of(LESSON, "pitfall")
    assert f"**{shares['received']} % larger** than Tozeur" in pitfall
    assert f"**{shares['km2'].lstrip('-')} % smaller**" in pitfall
    assert float(shares["received"]) > 0 > float(shares["km2"])


def test_without_qgis_the_made_product_stands_in(printed):
    assert "the made one stands in" in printed["lab-read"]
    assert "EPSG:32632" in printed["lab-read"]


@pytest.mark.parametrize("file", [LESSON, EXERCISE], ids=lambda f: f.stem)
def test_a_template_says_what_goes_where(file):
    assert text_of(file).count(NOTE) >= 3


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.stem)
def test_no_instruction_of_a_template_is_left(file):
    assert NOTE not in text_of(file)
