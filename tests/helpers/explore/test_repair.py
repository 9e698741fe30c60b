"""The explorer of session 2.2: what each repair does, and what it costs."""

import re

import geopandas as gpd
import matplotlib
import pytest
import shapely

from helpers import data, explore
from helpers.explore import repair

matplotlib.use("Agg")
DEFECTS = [repair.BOW_TIE, repair.OVERLAP, repair.SLIVER]
LONGEST, LARGEST = list(repair.REPAIRS)[3:]


def changes(defect, how):
    """The change of each shape's area, in km²."""
    return [float(one) for one in re.findall(
        r"\(([+-][\d.]+)\)", repair.verdict(defect, how))]


def test_the_bow_tie_is_a_sector_that_was_received():
    (shape,) = repair.shapes_of(repair.BOW_TIE)
    layer = gpd.read_file(data.path("sectors_received")).to_crs(32632)
    assert not shape.is_valid
    assert any(shape.equals_exact(one) for one in layer.geometry)


def test_only_buffer_0_loses_a_lobe_of_the_bow_tie():
    lobes = shapely.get_parts(shapely.make_valid(
        repair.shapes_of(repair.BOW_TIE)[0]))
    smaller = min(shapely.area(lobes)) / 1e6
    assert changes(repair.BOW_TIE, "buffer(0)") == [
        pytest.approx(-smaller, abs=1e-3)]
    for how in ("make_valid()", LONGEST, LARGEST):
        assert changes(repair.BOW_TIE, how) == [0]
        assert repair.verdict(repair.BOW_TIE, how).startswith("valid, a cov")


def test_two_rules_give_the_overlap_to_two_owners():
    strip = repair.STRIP * repair.SQUARE / 1e6
    assert changes(repair.OVERLAP, LONGEST) == [0, -strip]
    assert changes(repair.OVERLAP, LARGEST) == [-strip, 0]
    assert "no coverage" in repair.verdict(repair.OVERLAP, "make_valid()")


def test_no_repair_finds_the_sliver():
    for how in repair.REPAIRS:
        assert changes(repair.SLIVER, how) == [0, 0, 0]
        assert repair.verdict(repair.SLIVER, how).startswith("valid, a cov")


def test_moving_the_menus_draws_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(repair, "_draw_pair",
                        lambda axes, *choice: calls.append(choice))
    explore.repairs()
    (box,) = shown
    defect, how, _ = box.children
    how.value = LARGEST
    defect.value = repair.OVERLAP
    assert calls[-1] == (repair.OVERLAP, LARGEST)


def test_the_twin_tells_each_verdict(twin):
    (text,) = twin(explore.repairs)
    for defect in DEFECTS:
        for how in repair.REPAIRS:
            assert f"{defect} after {how}: " + repair.verdict(
                defect, how) in text
