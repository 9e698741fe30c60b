"""The reference of E09's tests: against numpy, scipy, published examples."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from helpers import data
from tests.notebooks import measures

# --- completeness ----------------------------------------------------------

def test_identifiers_are_compared_not_numbers_of_rows():
    told = measures.completeness(
        pd.Series(["b", "c", "c", "x", None], [5, 5, 4, 3, 2]),
        pd.Series(["a", "b", "c", "d"]))
    assert told == (["a", "d"], ["x"], 1, 0.5, 0.25)


def test_without_an_official_list_there_is_no_rate():
    with pytest.raises(ValueError, match="official"):
        measures.completeness(pd.Series(["a"]), pd.Series([], dtype=object))


# --- positional accuracy ---------------------------------------------------

# Residuals of five check points, in metres, and what the standard works out
# of them: ASPRS Positional Accuracy Standards for Digital Geospatial Data,
# edition 1 (2014), annex D, "Accuracy statistics and example".
ASPRS_X = pd.Series([-0.140, -0.100, 0.017, -0.070, 0.130])
ASPRS_Y = pd.Series([-0.070, -0.100, -0.070, 0.150, 0.120])


def test_rmse_of_the_published_example():
    told = measures.position(ASPRS_X, ASPRS_Y)
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
    told = measures.position(*map(pd.Series, error.T))
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
    told = measures.position(pd.Series([3, None, 0]), pd.Series([4, 1, None]))
    assert (told.number, told.rmse) == (1, 5)
    with pytest.raises(ValueError, match="no "):
        measures.position(pd.Series([None]), pd.Series([1.0]))


def test_three_times_the_median_is_no_gross_error_yet():
    told = measures.position(pd.Series([1, 1, 1, 3, 3.1]),
                             pd.Series([0.0] * 5))
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
    told = measures.classes(*cases(CONGALTON, NAMES))
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
    told = measures.classes(visits["type_register"], visits["type_found"])
    matrix = told.matrix.to_numpy()
    share = np.trace(matrix) / matrix.sum()
    chance = matrix.sum(axis=0) @ matrix.sum(axis=1) / matrix.sum() ** 2
    assert told.accuracy == pytest.approx(share, abs=1e-12)
    assert told.kappa == pytest.approx((share - chance) / (1 - chance))


@pytest.mark.parametrize("right, number", [
    (69, 80), (0, 5), (5, 5), (1, 1), (50, 100)])
def test_the_interval_is_that_of_scipy(right, number):
    expected = binomtest(right, number).proportion_ci(method="wilson")
    assert measures.interval(right, number) == pytest.approx(expected)


def test_a_class_without_cases_has_no_share_and_one_class_no_kappa():
    told = measures.classes(pd.Series(["A", "A", None]),
                           pd.Series(["A", "B", "B"]))
    assert (told.user, told.producer) == (
        {"A": 0.5, "B": None}, {"A": 1, "B": 0})
    assert measures.classes(pd.Series(["A"]), pd.Series(["A"])).kappa is None
    with pytest.raises(ValueError, match="no "):
        measures.classes(pd.Series(["A"]), pd.Series([None]))
    with pytest.raises(ValueError, match="no "):
        measures.interval(0, 0)
