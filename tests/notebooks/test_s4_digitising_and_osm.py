"""Session 1.4: what its text says is what its cells measure."""

import json
import re

import geopandas as gpd
import pytest

from commands.exercises import notebooks, own_check

LESSON = "course/day1_production/s4_digitising_and_osm.ipynb"


@pytest.fixture(scope="module")
def lesson(course):
    """The lesson, executed in a copy of the course."""
    notebook = notebooks.read(course / LESSON)
    own_check.execute(notebook, (course / LESSON).parent)
    return notebook


def said(lesson, name):
    """What the cell printed."""
    (cell,) = [cell for cell in lesson.cells if cell.id == name]
    return "".join(output.get("text", "") for output in cell.outputs)


def text(lesson):
    return " ".join("\n".join(
        cell.source for cell in lesson.cells
        if cell.cell_type == "markdown").split())


def test_nothing_fails_and_nothing_warns(lesson):
    for cell in lesson.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id


def test_the_story_counts_what_it_tells(lesson):
    rows, clinics = re.search(r"(\d+) rows after the join, of (\d+)",
                              said(lesson, "story-join")).groups()
    assert f"sees {rows} clinics where 200 were sent" in text(lesson)
    assert 0.3 < int(clinics) / 200 < 0.36  # "the third", "two thirds"


def test_the_arabic_names_are_as_many_as_the_pitfall_says(lesson):
    counted = re.findall(r"(\d+) of (\d+) equal", said(lesson, "names-equal"))
    none, _, all_of_them = [f"{hit} of {of}" for hit, of in counted]
    assert f"**{none}** are equal as written, **{all_of_them}**" in (
        text(lesson))


def test_the_cells_cost_what_the_pitfall_says(lesson):
    found = {(cell, thing): float(error) for cell, thing, error in re.findall(
        r"(\d+) m +(\w+) +([\d.]+)% off", said(lesson, "cells-error"))}
    assert f"({found['20', 'fields']:.1f} % off)" in text(lesson)
    assert f"**{found['20', 'clinics']:.0f} % off on average**" in (
        text(lesson))


def test_a_hospital_in_four_is_no_point(lesson):
    lost, of = re.search(r"alone: (\d+) of (\d+)",
                         said(lesson, "osm-layers")).groups()
    assert int(lost) / int(of) == pytest.approx(0.25, abs=0.02)


def test_the_files_for_the_applications_are_geojson_with_a_licence(
        lesson, course):
    folder = (course / LESSON).parent / "output"
    for name, kind in (("drawn", "Polygon"), ("clinics", "Point")):
        file = folder / f"{name}.geojson"
        layer = gpd.read_file(file)
        assert set(layer.geom_type) == {kind}
        assert layer["licence"].notna().all()
        assert layer.cx[7:12, 30:38].shape == layer.shape  # in Tunisia
        assert json.loads(file.read_text("utf-8"))["type"] == (
            "FeatureCollection")
