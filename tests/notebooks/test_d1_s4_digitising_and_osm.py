"""Session 1.4: what its text says is what its cells measure."""

import re

import geopandas as gpd
import pytest

from commands.exercises import notebooks, own_check
from tests.support import ROOT

LESSON = "course/day1_production/s4_digitising_and_osm.ipynb"


@pytest.fixture(scope="module")
def lesson(course):
    """The lesson, executed in a copy of the course."""
    notebook = notebooks.read(course / LESSON)
    own_check.execute(notebook, (course / LESSON).parent)
    return notebook


def said(lesson, name):
    """What the cell printed."""
    return "".join(output.get("text", "") for output in
                   cell_of(lesson, name).outputs)


def cell_of(lesson, name):
    (cell,) = [cell for cell in lesson.cells if cell.id == name]
    return cell


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
    assert 0.3 < int(clinics) / 200 < 0.36  # "the other third"


def test_the_arabic_names_are_as_many_as_the_pitfall_says(lesson):
    counted = re.findall(r"(\d+) of (\d+)", said(lesson, "names-equal"))
    none, _, all_of_them = [f"{hit} of {of}" for hit, of in counted]
    assert f"**{none}** are equal as written, **{all_of_them}**" in (
        text(lesson))


def test_the_cells_cost_what_the_pitfall_says(lesson):
    found = {thing: numbers for thing, *numbers in re.findall(
        r"(\w+) +(\d+): +([\d.]+)% off on average, from (\d+)% to (\d+)%",
        said(lesson, "cells-error"))}
    clinics, average, least, most = found["clinics"]
    assert f"a field is {found['fields'][1]} % off" in text(lesson)
    assert f"**{float(average):.0f} % off on average**" in text(lesson)
    assert f"from {least} % to {most} %, as the cells lie" in text(lesson)
    assert int(clinics) == 13 * 5


def test_a_hospital_in_four_is_no_point(lesson):
    lost, of = re.search(r"alone: (\d+) of (\d+)",
                         said(lesson, "osm-layers")).groups()
    assert int(lost) / int(of) == pytest.approx(0.25, abs=0.02)


def test_each_threshold_is_wrong_for_some_pair():
    """The sentence "no threshold is right for all", from its own pairs."""
    known = {}
    exec(cell_of(notebooks.read(ROOT / LESSON), "score-pairs").source.replace(
        "from rapidfuzz", "import pandas as pd\nfrom rapidfuzz"), known)
    pairs = known["pairs"]
    for threshold in sorted({*pairs["score"], 0, 101}):
        taken = pairs["score"] >= threshold
        assert (taken != pairs["same"]).any(), threshold
    equal = pairs.set_index("other")["score"].round()[["wahah", "wadih"]]
    assert set(equal) == {89}  # one name, and two: the same score


def test_moving_the_threshold_up_raises_precision_and_lowers_recall(lesson):
    shares = [(int(precision), int(recall)) for precision, recall in
              re.findall(r"precision +(\d+)%, recall +(\d+)%",
                         said(lesson, "score-thresholds"))]
    precisions, recalls = zip(*shares)
    assert list(precisions) == sorted(precisions)
    assert list(recalls) == sorted(recalls, reverse=True)


def test_the_registers_rows_are_as_many_as_the_map_says(lesson):
    shown = re.search(r"(\d+) of (\d+) rows", said(lesson, "register"))
    assert int(shown[2]) == 502
    assert 400 < int(shown[1]) < 502


def test_the_stand_in_for_the_lab_is_a_layer_with_its_source(lesson, course):
    layer = gpd.read_file((course / LESSON).parent / "output" / "made.gpkg")
    assert layer.crs == "EPSG:32632"
    assert set(layer.geom_type) == {"Polygon"}
    assert layer[["source", "licence"]].notna().all(axis=None)
