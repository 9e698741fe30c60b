"""The explorer of session 1.4: what a hand does to an outline."""

import re

import ipywidgets
import matplotlib
import numpy as np
import pytest

from helpers import explore
from helpers.explore import digitise

matplotlib.use("Agg")


def test_half_a_millimetre_on_the_map_is_metres_on_the_ground():
    assert digitise.ground_m(1_000) == 0.5
    assert digitise.ground_m(25_000) == 12.5


@pytest.mark.parametrize("thing, hectares", [
    (digitise.FIELD, 18), (digitise.BUILDING, 0.0792)])
def test_the_things_have_the_size_that_their_name_says(thing, hectares):
    assert digitise.outline(thing).area / 10_000 == pytest.approx(
        hectares, rel=0.05)


def test_corners_are_moved_by_the_hand_and_no_more():
    field = digitise.outline(digitise.FIELD)
    before = np.array(field.exterior.coords[:-1])
    random = np.random.default_rng(1)
    moved = np.array([
        np.array(digitise.by_hand(field, 10_000, random).exterior.coords
                 [:-1]) - before for _ in range(500)])
    assert moved.std() == pytest.approx(digitise.ground_m(10_000), rel=0.05)
    assert abs(moved.mean()) < 0.5


@pytest.mark.parametrize("thing", digitise.THINGS)
def test_a_smaller_scale_costs_more(thing):
    shape = digitise.outline(thing)
    errors = [digitise.typical_error(shape, scale)
              for scale in digitise.SCALES]
    assert errors == sorted(errors)


def test_the_field_is_good_where_the_clinic_is_not():
    field, clinic = map(digitise.outline, digitise.THINGS)
    assert digitise.typical_error(field, 10_000) < 0.02
    assert digitise.typical_error(clinic, 10_000) > 0.10


def test_moving_the_menus_draws_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(digitise, "_draw_outline",
                        lambda axes, thing, scale: calls.append(
                            (thing, scale)))
    explore.digitising()
    (box,) = shown
    thing, scale, _ = box.children
    assert isinstance(scale, ipywidgets.SelectionSlider)
    scale.value = 25_000
    thing.value = digitise.BUILDING
    assert calls[-1] == (digitise.BUILDING, 25_000)


def test_the_twin_says_what_its_six_pictures_show(twin):
    (text,) = twin(explore.digitising)
    found = re.findall(r"(A \w+ of [^:]+) at 1:([\d,]+): corners ([\d.]+) m "
                       r"off, area ([\d.]+)% off", text)
    assert len(found) == 6
    for thing, scale, corner, area in found:
        scale = int(scale.replace(",", ""))
        assert float(corner) == digitise.ground_m(scale)
        assert float(area) / 100 == pytest.approx(digitise.typical_error(
            digitise.outline(thing), scale), abs=6e-4)
