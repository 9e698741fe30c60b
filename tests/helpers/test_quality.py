"""Measures of quality: against numpy, scipy, and published examples."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import binomtest

from helpers import data, quality

METRIC = "EPSG:32632"


def squares(*corners, side=10):
    """Squares with these left lower corners."""
    shapes = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    return gpd.GeoDataFrame({"name": range(len(shapes))}, geometry=shapes,
                            crs=METRIC)


@pytest.fixture(scope="module")
def received():
    return gpd.read_file(data.path("sectors_received")).to_crs(METRIC)


@pytest.fixture(scope="module")
def one_row_each(received):
    """The sectors, valid, one row for each."""
    official = gpd.read_file(data.path("sectors"))["sector_id"]
    layer = quality.repaired(received)
    return layer[layer["sector_id"].isin(official)].dissolve(
        "sector_id").reset_index()


# --- completeness ----------------------------------------------------------

def test_identifiers_are_compared_not_numbers_of_rows():
    told = quality.completeness(
        pd.Series(["b", "c", "c", "x", None], [5, 5, 4, 3, 2]),
        pd.Series(["a", "b", "c", "d"]))
    assert told == (["a", "d"], ["x"], 1, 0.5, 0.25)


def test_without_an_official_list_there_is_no_rate():
    with pytest.raises(quality.QualityError, match="official"):
        quality.completeness(pd.Series(["a"]), pd.Series([], dtype=object))


# --- logical consistency ---------------------------------------------------

def test_the_reason_is_told_for_each_invalid_row(received):
    told = quality.invalid(received)
    assert list(told.index) == list(received.index[~received.is_valid])
    assert told.str.startswith("Self-intersection").all()
    assert quality.invalid(squares((0, 0))).empty


def test_a_repair_gives_polygons_only_and_keeps_both_lobes(received):
    layer = quality.repaired(received)
    assert layer.is_valid.all()
    assert set(layer.geom_type) <= {"Polygon", "MultiPolygon"}
    lobes = shapely.area(shapely.make_valid(received.geometry.to_numpy()))
    assert layer.area.to_numpy() == pytest.approx(lobes)
    assert not received.is_valid.all()


def test_overlaps_are_pairs_with_their_area():
    layer = squares((0, 0), (8, 0), (18, 0), (0, 0)).set_index(
        pd.Index([7, 7, 3, 1]))
    told = quality.overlaps(layer)
    assert [tuple(row) for row in told[["first", "second", "area"]].to_numpy()
            ] == [(0, 1, 20), (0, 3, 100), (1, 3, 20)]
    assert quality.overlaps(layer, at_least=20)["area"].tolist() == [100]


def test_the_planted_overlaps_and_gaps_are_found(one_row_each):
    """Of the truth tables: kind, and area in m²."""
    truth = pd.read_csv(data.ROOT / "solutions/truth/sectors_received.csv")
    planted = {kind: sorted(map(int, truth.loc[truth["kind"] == kind,
                                               "found"]))
               for kind in ("overlap", "gap", "hole", "lake")}
    told = quality.overlaps(one_row_each)
    assert sorted(told["area"].round()) == planted["overlap"]
    holes = sorted(quality.gaps(one_row_each)["area"].round())
    for kind in ("gap", "hole", "lake"):
        assert set(planted[kind]) <= set(holes)
    assert len(holes) == 3 + 1 + 1 + 4  # each bow-tie has cut off two


def test_degrees_and_invalid_shapes_are_refused_with_the_remedy(received):
    with pytest.raises(quality.QualityError, match="to_crs"):
        quality.overlaps(squares((0, 0)).to_crs(4326))
    with pytest.raises(quality.QualityError, match="repaired"):
        quality.gaps(received)


@pytest.mark.parametrize("shape, expected", [
    (shapely.Point(0, 0).buffer(5, quad_segs=200), 1),
    (shapely.box(0, 0, 3, 3), np.pi / 4),
    (shapely.box(0, 0, 1000, 1), 4 * np.pi * 1000 / 2002 ** 2),
    (shapely.Polygon(), 0)])
def test_thinness(shape, expected):
    assert quality.thinness(shape) == pytest.approx(expected, rel=1e-4)


def test_the_three_planted_slivers_are_found_and_no_sector(received):
    truth = pd.read_csv(data.ROOT / "solutions/truth/sectors_received.csv")
    planted = truth.loc[truth["kind"] == "sliver", "record"]
    found = quality.slivers(quality.repaired(received))
    assert sorted(found["sector_id"]) == sorted(planted)
    sectors = gpd.read_file(data.path("sectors")).to_crs(METRIC)
    assert quality.slivers(sectors, below=0.1).empty


# --- positional accuracy ---------------------------------------------------

# Residuals of five check points, in metres, and what the standard works out
# of them: ASPRS Positional Accuracy Standards for Digital Geospatial Data,
# edition 1 (2014), annex D, "Accuracy statistics and example".
ASPRS_X = pd.Series([-0.140, -0.100, 0.017, -0.070, 0.130])
ASPRS_Y = pd.Series([-0.070, -0.100, -0.070, 0.150, 0.120])


def test_rmse_of_the_published_example():
    told = quality.position(ASPRS_X, ASPRS_Y)
    assert told.gross == []
    assert round(told.rmse, 3) == 0.147
    assert round(told.at_95, 3) == 0.255
    assert round(told.bias_x, 3) == -0.033
    assert round(told.bias_y, 3) == 0.006


def test_positions_against_numpy():
    points = pd.read_csv(data.path("control_points"))
    error = (points[["x_register", "y_register"]].to_numpy()
             - points[["x_control", "y_control"]].to_numpy())
    far = np.hypot(*error.T)
    good = error[far <= 3 * np.median(far)]
    told = quality.position(*map(pd.Series, error.T))
    assert told.number == 20
    assert told.gross == [int(far.argmax())]
    assert told.rmse == pytest.approx(np.sqrt(np.mean(far ** 2)), abs=1e-9)
    assert (told.bias_x, told.bias_y) == pytest.approx(good.mean(axis=0))
    assert told.rmse_rest == pytest.approx(
        np.linalg.norm(good) / np.sqrt(len(good)), abs=1e-9)
    assert told.noise == pytest.approx(
        np.sqrt(good.var(axis=0).sum()), abs=1e-9)


def test_twenty_points_leave_an_rmse_uncertain_as_the_lesson_says():
    """Bootstrap: drawn again from themselves."""
    points = pd.read_csv(data.path("control_points"))
    far = np.hypot(points["x_register"] - points["x_control"],
                   points["y_register"] - points["y_control"]).to_numpy()
    random = np.random.default_rng(1)
    for some, expected in [(far, [15, 73]), (far[far <= 3 * np.median(far)],
                                             [14, 17])]:
        drawn = random.choice(some, (10_000, len(some)))
        rmse = np.sqrt((drawn ** 2).mean(axis=1))
        assert np.percentile(rmse, [2.5, 97.5]) == pytest.approx(
            expected, abs=0.8)


def test_points_without_an_error_are_left_out():
    told = quality.position(pd.Series([3, None, 0]), pd.Series([4, 1, None]))
    assert (told.number, told.rmse) == (1, 5)
    with pytest.raises(quality.QualityError):
        quality.position(pd.Series([None]), pd.Series([1.0]))


def test_three_times_the_median_is_no_gross_error_yet():
    told = quality.position(pd.Series([1, 1, 1, 3, 3.1]), pd.Series([0.0] * 5))
    assert told.gross == [4]


# --- thematic accuracy -----------------------------------------------------

# R. G. Congalton, A review of assessing the accuracy of classifications of
# remotely sensed data, Remote Sensing of Environment 37 (1991), table 1:
# deciduous, conifer, agriculture, shrub. Overall accuracy 74 %, KHAT 0.65.
CONGALTON = np.array([[65, 4, 22, 24], [6, 81, 5, 8],
                      [0, 11, 85, 19], [4, 7, 3, 90]])
NAMES = ["D", "C", "AG", "SB"]


def cases(matrix, names):
    pairs = [(one, other) for one, row in zip(names, matrix)
             for other, number in zip(names, row) for _ in range(number)]
    return map(pd.Series, zip(*pairs))


def test_kappa_of_the_published_example():
    told = quality.classes(*cases(CONGALTON, NAMES))
    assert told.accuracy == 321 / 434
    assert round(told.accuracy, 2) == 0.74
    assert round(told.kappa, 2) == 0.65
    assert told.matrix.loc[NAMES, NAMES].to_numpy().tolist() == (
        CONGALTON.tolist())
    assert {name: round(share, 2) for name, share in told.producer.items()
            } == {"D": 0.87, "C": 0.79, "AG": 0.74, "SB": 0.64}
    assert {name: round(share, 2) for name, share in told.user.items()
            } == {"D": 0.57, "C": 0.81, "AG": 0.74, "SB": 0.87}


def test_classes_against_numpy():
    visits = pd.read_csv(data.path("type_reference"))
    told = quality.classes(visits["type_register"], visits["type_found"])
    matrix = told.matrix.to_numpy()
    share = np.trace(matrix) / matrix.sum()
    chance = matrix.sum(axis=0) @ matrix.sum(axis=1) / matrix.sum() ** 2
    assert told.accuracy == pytest.approx(share, abs=1e-12)
    assert told.kappa == pytest.approx((share - chance) / (1 - chance))


@pytest.mark.parametrize("right, number", [
    (69, 80), (0, 5), (5, 5), (1, 1), (50, 100)])
def test_the_interval_is_that_of_scipy(right, number):
    expected = binomtest(right, number).proportion_ci(method="wilson")
    assert quality.interval(right, number) == pytest.approx(expected)


def test_a_class_without_cases_has_no_share_and_one_class_no_kappa():
    told = quality.classes(pd.Series(["A", "A", None]),
                           pd.Series(["A", "B", "B"]))
    assert (told.user, told.producer) == (
        {"A": 0.5, "B": None}, {"A": 1, "B": 0})
    assert quality.classes(pd.Series(["A"]), pd.Series(["A"])).kappa is None
    with pytest.raises(quality.QualityError):
        quality.classes(pd.Series(["A"]), pd.Series([None]))
    with pytest.raises(quality.QualityError):
        quality.interval(0, 0)
