"""E09: the control points of the register, and its visited centres."""

import numpy as np
import pandas as pd
import pytest

from data.make.health.control_points import CONFUSION
from tests.data.worlds import METRIC


def test_control_points_are_at_the_register_s_positions(world, register):
    table = world.table("control_points")
    assert len(table) == 20 and table["centre_id"].is_unique
    places = register.first.to_crs(METRIC).geometry[table["centre_id"]]
    assert np.abs(places.x.to_numpy()
                  - table["x_register"].astype(float)).max() < 0.006
    assert np.abs(places.y.to_numpy()
                  - table["y_register"].astype(float)).max() < 0.006
    assert register.first.loc[table["centre_id"], "iso_3166_2"].is_unique


def test_the_planted_shift_and_gross_error_are_there(world):
    planted = world.truth("control_points").set_index("kind")
    gross = planted.loc["gross_error"]
    table = world.table("control_points").set_index("point_id")
    bad = table.loc[gross["record"]]
    assert gross["found"] == f"{bad['x_register']},{bad['y_register']}"
    assert gross["true_value"] == f"{bad['x_control']},{bad['y_control']}"
    numbers = table.drop(columns=["centre_id", "name"]).astype(float)
    error = pd.DataFrame({
        axis: numbers[f"{axis}_register"] - numbers[f"{axis}_control"]
        for axis in "xy"})
    length = np.hypot(error["x"], error["y"])
    assert length.idxmax() == gross["record"] and length.max() > 100
    good = error.drop(gross["record"])
    assert np.hypot(good["x"], good["y"]).max() < 35
    shift = planted.loc["systematic_shift"].set_index("field")["true_value"]
    for axis in "xy":
        assert good[axis].mean() == pytest.approx(
            float(shift[f"{axis}_register"]), abs=0.01)
        assert 1 < good[axis].std() < 4.5


def test_the_planted_confusion_matrix_is_that_of_the_sample(world, register):
    visits = world.table("type_reference")
    matrix = pd.crosstab(visits["type_register"], visits["type_found"])
    expected = pd.DataFrame(CONFUSION).T
    pd.testing.assert_frame_equal(
        matrix.loc[expected.index, expected.columns], expected,
        check_names=False)
    assert len(visits) == 80 and visits["centre_id"].is_unique
    assert (register.first.loc[visits["centre_id"], "type"].to_numpy()
            == visits["type_register"]).all()
    wrong = visits[visits["type_register"] != visits["type_found"]]
    planted = world.truth("type_reference")
    assert list(planted["record"]) == list(wrong["visit_id"])
    assert list(planted["found"]) == list(wrong["type_register"])
    assert list(planted["true_value"]) == list(wrong["type_found"])
