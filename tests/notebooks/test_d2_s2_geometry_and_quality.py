"""What lesson 2.2 states about its data, computed again."""

import math
import re

import pytest
import shapely

from commands.exercises import notebooks
from tests.notebooks import turns
from tests.support import ROOT

LESSON = ROOT / "course/day2_processing/s2_geometry_and_quality.ipynb"
CELLS = ["story-read", "story-repair", "coverage-count", "clean"]


@pytest.fixture(scope="module")
def names():
    """What some of the lesson's cells define."""
    known = {}
    for cell in notebooks.read(LESSON).cells:
        if cell.id in CELLS:
            exec(cell.source, known)
    return known


@pytest.fixture(scope="module")
def text():
    return turns.prose(LESSON)


def km2(shape):
    return shape.area / 1e6


def test_two_sectors_lose_about_half_under_buffer_0(names):
    pressed, right = names["pressed"], names["right"]
    broken = pressed[~names["received"].is_valid].set_index("sector_id")
    shares = sorted(broken.area / right.loc[broken.index].area)
    assert shares[:2] == pytest.approx([0.5, 0.5], abs=0.04)
    assert shares[2] == pytest.approx(1)


def test_make_valid_leaves_gaps_as_large_as_the_text_says(names, text):
    layer = names["layer"].set_index("sector_id")
    broken = layer[layer["source_scale"] == 200_000]
    lost = (names["right"].loc[broken.index].difference(
        broken.geometry).area / 1e6).round().astype(int)
    told = re.search(r"(\d+) km² and (\d+) km² are still missing", text)
    assert sorted(lost)[-2:] == sorted(map(int, told.groups()))


def test_each_wrong_owner_adds_two_sectors(names):
    off, layer = names["off"], names["layer"]
    told = [off(layer, rule) for rule in (
        "longest_border", "max_area", "min_area", "min_index")]
    assert told == [(True, 7), (True, 9), (True, 11), (True, 13)]
    assert off(names["by_source"], "min_index") == (True, 7)


def test_a_limit_of_0_01_separates_slivers_from_sectors(names, text):
    def thinness(shape):
        return 4 * math.pi * shape.area / shape.length ** 2
    thin = sorted(map(thinness, names["received"].geometry))
    assert thin[2] < 0.001 and round(thin[3], 2) == 0.04
    everywhere = names["gpd"].read_file(names["data"].path("sectors")).to_crs(
        32632)
    assert round(min(map(thinness, everywhere.geometry)), 2) == 0.17


def test_simplifying_each_sector_tears_the_coverage(names, text):
    true = names["true"]
    simple = shapely.simplify(true.geometry.to_numpy(), 1000)
    whole = shapely.union_all(simple)
    overlapping = sum(map(km2, simple)) - km2(whole)
    holes = sum(km2(shapely.Polygon(ring)) for part in
                shapely.get_parts(whole) for ring in part.interiors)
    told = re.search(r"opens (\d+) km² of overlaps and (\d+) km² of gaps",
                     text)
    assert told, (overlapping, holes)
    assert [round(overlapping), round(holes)] == list(map(int, told.groups()))
    shared = shapely.coverage_simplify(true.geometry.to_numpy(), 1000)
    assert shapely.coverage_is_valid(shared)
