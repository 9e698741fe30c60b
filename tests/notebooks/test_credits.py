"""Credits: a notebook says the sources and licences of what it loads, as
data/datapackage.json states them, once, in its last cell."""

import json
import re

import pytest

from commands.exercises import crediting, notebooks, uses
from helpers import data
from tests.support import ROOT

NOTEBOOKS = uses.all_notebooks()
SOURCES = sorted({re.split("[ ,]", source["title"])[0] for name in
                  data.layers() if not data.info(name)["fictional"]
                  for source in data.info(name)["sources"]} - {"Natural"}
                 | {"Natural Earth"})
each_notebook = pytest.mark.parametrize(
    "file", NOTEBOOKS, ids=[file.stem for file in NOTEBOOKS])


@each_notebook
def test_the_last_cell_credits_what_the_notebook_loads(file):
    notebook = notebooks.read(file)
    assert crediting.have_credits(notebook), (
        f"{file.relative_to(ROOT)}: run `python3 start.py release`; it writes "
        f"a last cell with the id \"{crediting.CELL}\":\n"
        + crediting.text(notebook))


@each_notebook
def test_no_second_credit_is_typed_by_hand(file):
    """A line in italics that names a source, as lessons had it once: it is
    not compared with anything, and so becomes wrong. (A notebook that loads
    nothing says itself where the numbers in its cells are from.)"""
    notebook = notebooks.read(file)
    for cell in notebook.cells if uses.loads(notebook) else []:
        if cell.cell_type == "markdown" and cell.id != crediting.CELL:
            typed = [line for line in re.findall(
                r"^\*(?!\*)([^*]+)\*$", cell.source, re.MULTILINE)
                if re.search(rf"\b({'|'.join(SOURCES)})\b", line)]
            assert not typed, f"{file.name}, cell {cell.id}: take it out"


def cell_with(code):
    from nbformat.v4 import new_code_cell, new_notebook
    return new_notebook(cells=[new_code_cell(code)])


def test_each_source_licence_and_change_is_named():
    notebook = cell_with('data.path("governorates"); data.path("bus_stops")')
    text = crediting.text(notebook)
    for name in ("governorates", "bus_stops"):
        layer = data.info(name)
        for item in layer["sources"] + layer["licenses"]:
            assert item["title"] in text
            assert item.get("path", "") in text
    assert "[GeoNames](https://www.geonames.org)" in text
    assert "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)" in text
    assert data.info("governorates")["changes"] in text
    assert "`bus_stops`: **fictional**" in text


def test_what_is_under_cc_by_has_the_address_of_its_licence():
    for name in data.layers():
        for licence in data.info(name)["licenses"]:
            assert "path" in licence or licence["name"] == "Public domain"


def test_a_notebook_without_layers_has_no_credits():
    notebook = cell_with("1 + 1")
    assert crediting.have_credits(notebook)
    crediting.put(crediting.text(notebook), notebook)
    assert len(notebook.cells) == 1


def test_credits_are_replaced_and_stand_last():
    notebook = cell_with('data.path("places")')
    assert not crediting.have_credits(notebook)
    crediting.put("**Data** of last year", notebook)
    assert not crediting.have_credits(notebook)
    for _ in range(2):
        crediting.put(crediting.text(notebook), notebook)
        assert crediting.have_credits(notebook)
        assert [cell.cell_type for cell in notebook.cells] == [
            "code", "markdown"]


def test_a_file_gets_them_and_keeps_all_else(tmp_path):
    before = next(file for file in NOTEBOOKS if uses.loads(
        notebooks.read(file))).read_text("utf-8")
    file = tmp_path / "notebook.ipynb"
    file.write_text(before, encoding="utf-8")
    crediting.write(file)
    crediting.write(file)
    assert crediting.have_credits(notebooks.read(file))
    kept = [cell for cell in json.loads(before)["cells"]
            if cell["id"] != crediting.CELL]
    after = json.loads(file.read_text("utf-8"))
    assert after["cells"][:-1] == kept
    assert list(after) == list(json.loads(before))
