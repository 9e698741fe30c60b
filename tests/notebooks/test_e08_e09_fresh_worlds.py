"""E08's and E09's solutions against what was planted, in fresh worlds."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from commands.audit.quality import gaps, overlaps
from tests.data.worlds import of_kind
from tests.notebooks import measures

SEEDS = [3, 11, 2026]  # neither the course's own nor those of tests/data
TOLERANCE = 2_000  # m² per sector: snapped nodes, coordinates of 7 decimals
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SEEDS)
def world(request, worlds):
    return worlds(request.param)


@pytest.fixture(scope="module")
def repaired(world, solved):
    """(the layer that E08's solution makes, all its names)."""
    names = solved("e08_repair_districts", world.seed)
    return names["repaired"].set_index("sector_id"), names


@pytest.fixture(scope="module")
def true(world, repaired):
    sectors = world.layer("sectors").to_crs(32632).set_index("sector_id")
    return sectors.loc[repaired[0].index]


def test_each_sector_is_the_true_one_again(repaired, true):
    layer, _ = repaired
    off = layer.geometry.symmetric_difference(true.geometry).area
    assert off.max() < TOLERANCE
    assert layer["population"].equals(true["population"])
    assert shapely.coverage_is_valid(layer.geometry.to_numpy())


def test_the_area_of_the_union_is_kept(repaired, true):
    layer, _ = repaired
    assert layer.union_all().area == pytest.approx(
        true.union_all().area, rel=1e-6)
    assert layer.area.sum() == pytest.approx(layer.union_all().area, rel=1e-6)


def test_each_overlap_and_gap_goes_to_its_owner(world, repaired, true):
    """Of a pair, the second is right about an overlap; a gap is the land of
    the first."""
    layer, names = repaired
    single = names["single"].set_index("sector_id").geometry
    pairs = of_kind(world.truth("sectors_received"), "overlap", "gap")
    assert len(pairs) == 6
    for defect in pairs.itertuples():
        first, second = defect.record.split("|")
        strip = (single[first].intersection(single[second])
                 if defect.kind == "overlap" else
                 true.geometry[first].difference(single[first]))
        owner = second if defect.kind == "overlap" else first
        assert strip.area == pytest.approx(float(defect.found), abs=TOLERANCE)
        kept = layer.geometry[owner].intersection(strip).area
        assert kept == pytest.approx(strip.area, abs=TOLERANCE)


def test_slivers_and_strangers_are_listed(world, repaired):
    _, names = repaired
    truth = world.truth("sectors_received")
    words = pd.Series(names["kinds"](names["polygons"], names["official"]))
    codes = names["polygons"]["sector_id"].reset_index(drop=True)
    assert set(codes[words == "sliver"]) == set(
        of_kind(truth, "sliver")["record"])
    assert set(codes[words == "stranger"]) == set(of_kind(
        truth, "lake", "same_geometry_other_id")["record"])
    assert list(codes[words == "repeated"]) == list(of_kind(
        truth, "exact_duplicate")["record"])


@pytest.fixture(scope="module")
def report(world, solved):
    """The names that E09's solution defines."""
    return solved("e09_quality_report", world.seed)


def test_the_planted_gross_error_and_bias_are_measured(world, report):
    told = report["positions"](report["points"])
    truth = world.truth("control_points")
    assert told["gross"] == list(of_kind(truth, "gross_error")["record"])
    shifts = of_kind(truth, "systematic_shift")["true_value"].astype(float)
    assert [told["bias_x"], told["bias_y"]] == pytest.approx(
        list(shifts), abs=0.01)


def test_measures_are_those_of_numpy_and_of_the_reference(report):
    points, visits = report["points"], report["visits"]
    error = np.column_stack([
        points[f"{axis}_register"] - points[f"{axis}_control"]
        for axis in "xy"])
    assert report["rmse"](points) == pytest.approx(
        np.linalg.norm(error) / np.sqrt(len(error)), abs=1e-9)
    same = measures.position(*map(pd.Series, error.T))
    told = report["positions"](points)
    assert [told["rmse_rest"], told["noise"]] == pytest.approx(
        [same.rmse_rest, same.noise])
    types = measures.classes(visits["type_register"], visits["type_found"])
    told = report["classes"](visits)
    assert [told[name] for name in ("accuracy", "low", "high", "kappa")
            ] == pytest.approx([types.accuracy, types.low, types.high,
                                types.kappa])
    for name in types.user:
        assert report["one_type"](visits, name) == {
            "user": types.user[name], "producer": types.producer[name]}


def test_completeness_is_that_of_the_reference(report):
    found = report["received"]["sector_id"]
    expected = report["official"]["sector_id"]
    told = report["completeness"](found, expected)
    same = measures.completeness(found, expected)
    assert [told["missing"], told["excess"], told["repeated"]] == [
        len(same.missing), len(same.excess), same.repeated] == [0, 5, 2]
    assert (told["rate_missing"], told["rate_excess"]) == (
        same.rate_missing, same.rate_excess)


def test_overlaps_and_gaps_of_the_reference_are_those_planted(
        world, repaired):
    _, names = repaired
    truth = world.truth("sectors_received")
    planted = sorted(of_kind(truth, "overlap")["found"].astype(float))
    layer = gpd.GeoDataFrame(names["single"])
    assert sorted(overlaps(layer)["area"]) == pytest.approx(
        planted, abs=TOLERANCE)
    assert len(gaps(layer)) >= 3 + 1 + 1
