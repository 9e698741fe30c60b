"""E09's reference against published examples, and against numpy.

The figures are those that the publications print, with as many decimals;
course/reference/sources.md names them.
"""

import numpy as np
import pandas as pd
import pytest

from tests.notebooks.test_measures import ASPRS_X, ASPRS_Y, CONGALTON

# Rows are classes of the map, columns those found: 166 samples.
ESRI = [[49, 4, 4], [2, 40, 2], [3, 3, 59]]
# Errors of check points in easting and northing, in metres.
ABDULLAH_2014 = [(-0.060, 0.080), (0.100, -0.045), (-0.060, 0.080),
                 (-0.112, 0.007), (-0.120, 0.150), (-0.100, -0.045),
                 (-0.060, 0.080)]


@pytest.fixture(scope="module")
def reference(solved):
    """The names that E09's solution defines."""
    return solved("e09_quality_report")


def visits_of(matrix):
    """One row for each sample of an error matrix."""
    return pd.DataFrame([
        (f"class {row}", f"class {column}")
        for row, counts in enumerate(matrix)
        for column, count in enumerate(counts) for _ in range(count)
    ], columns=["type_register", "type_found"])


def points_of(measured, true):
    measured, true = np.array(measured, float), np.array(true, float)
    return pd.DataFrame({
        "point_id": range(len(true)),
        "x_register": measured[:, 0], "y_register": measured[:, 1],
        "x_control": true[:, 0], "y_control": true[:, 1]})


def kappa_of_numpy(matrix):
    shares = np.array(matrix) / np.sum(matrix)
    chance = shares.sum(axis=0) @ shares.sum(axis=1)
    return (np.trace(shares) - chance) / (1 - chance)


@pytest.mark.parametrize("matrix, accuracy, kappa", [
    (ESRI, 0.8916, 0.8357), (CONGALTON, 0.74, 0.65)],
    ids=["Esri", "Congalton 1991"])
def test_accuracy_and_kappa_are_those_published(
        reference, matrix, accuracy, kappa):
    told = reference["classes"](visits_of(matrix))
    assert told["kappa"] == pytest.approx(kappa_of_numpy(matrix), abs=1e-12)
    assert told["accuracy"] == pytest.approx(
        np.trace(matrix) / np.sum(matrix), abs=1e-12)
    decimals = len(str(accuracy)) - 2
    assert round(told["accuracy"], decimals) == accuracy
    assert round(told["kappa"], decimals) == kappa


@pytest.mark.parametrize("matrix, users, producers", [
    (CONGALTON, [0.57, 0.81, 0.74, 0.87], [0.87, 0.79, 0.74, 0.64]),
    # Theirs prints 0.8594 for the first class, and 49 / 57 is 0.8596.
    (ESRI, [None, 0.9091, 0.9077], [0.9074, 0.8511, 0.9077])],
    ids=["Congalton 1991", "Esri"])
def test_users_and_producers_accuracy_are_those_published(
        reference, matrix, users, producers):
    visits = visits_of(matrix)
    told = [reference["one_type"](visits, f"class {n}")
            for n in range(len(matrix))]
    decimals = len(str(producers[0])) - 2
    for one, user, producer in zip(told, users, producers, strict=True):
        assert user in (None, round(one["user"], decimals))
        assert producer == round(one["producer"], decimals)


def test_rmse_and_bias_are_those_of_the_published_check_points(reference):
    """ASPRS, annex D: five points, and an RMSE of 0.147 m."""
    error = np.column_stack([ASPRS_X, ASPRS_Y])
    points = points_of(error, np.zeros_like(error))
    told = reference["positions"](points)
    assert reference["rmse"](points) == pytest.approx(
        np.linalg.norm(error) / np.sqrt(len(error)), abs=1e-12)
    assert round(reference["rmse"](points), 3) == 0.147
    assert told["gross"] == []
    assert [round(told["bias_x"], 3), round(told["bias_y"], 3)] == [
        -0.033, 0.006]


@pytest.mark.parametrize("true, measured, per_axis", [
    # One axis; then two, whose mean squared error is 0.708…
    ([(3, 0), (-0.5, 0), (2, 0), (7, 0)],
     [(2.5, 0), (0, 0), (2, 0), (8, 0)], 0.375 / 2),
    ([(0.5, 1), (-1, 1), (7, -6)], [(0, 2), (-1, 2), (8, -5)], 0.708)])
def test_the_rmse_is_that_of_scikit_learns_examples(
        reference, true, measured, per_axis):
    """Theirs is the mean over the axes, ours their sum: twice as much."""
    told = reference["rmse"](points_of(measured, true))
    error = np.subtract(measured, true)
    assert told == pytest.approx(
        np.sqrt(np.mean(np.sum(error ** 2, axis=1))), abs=1e-12)
    assert told ** 2 / 2 == pytest.approx(per_axis, abs=1e-3)


def test_noise_is_that_of_published_check_points(reference):
    """The article prints a standard deviation for each axis (divided by
    n - 1): 0.075 m and 0.073 m."""
    error = np.array(ABDULLAH_2014)
    told = reference["positions"](points_of(error, np.zeros((7, 2))))
    assert told["gross"] == []
    spread = error.std(axis=0, ddof=1)
    assert spread.round(3).tolist() == [0.075, 0.073]
    assert told["noise"] == pytest.approx(
        np.sqrt((spread ** 2).sum() * 6 / 7), abs=1e-12)
    assert [told["bias_x"], told["bias_y"]] == pytest.approx(
        error.mean(axis=0))
    assert told["rmse_rest"] ** 2 == pytest.approx(
        told["noise"] ** 2 + told["bias_x"] ** 2 + told["bias_y"] ** 2)
