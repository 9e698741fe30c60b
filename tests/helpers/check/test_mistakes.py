"""Classic mistakes: measured again, and named by the checks."""

import pytest

from helpers import check
from tests.helpers.check.support import feedback_of, misread, swapped

# --- units -----------------------------------------------------------------

def test_a_percentage_is_not_a_share():
    assert "this is a percentage" in feedback_of(check.close, 50.0, 0.5)
    assert "percentage" not in feedback_of(check.close, 24, 1)


def test_units_that_were_mixed_up_are_named(areas):
    tunis = areas.set_index("name_en").loc[["Tunis"]]
    true = tunis.to_crs(32632).area.iloc[0]
    with pytest.warns(UserWarning, match="geographic CRS"):
        degrees = tunis.area.iloc[0]
    assert "square degrees" in feedback_of(
        check.close, degrees, true, unit="m²")
    web = tunis.to_crs(3857).area.iloc[0]
    text = feedback_of(check.close, web, true, unit="m²")
    assert "Web Mercator" in text and "56%" in text
    assert "kilometres were exchanged" in feedback_of(
        check.close, true / 1e6, true, unit="m²")
    assert "kilometres were exchanged" in feedback_of(
        check.close, 173.0, 0.173, unit="km")
    assert "no sign" in feedback_of(check.close, -true, true, unit="m²")


def test_web_mercator_is_recognised_in_every_governorate(areas):
    true = areas.to_crs(32632).area
    ratio = areas.to_crs(3857).area / true
    assert 1.38 < ratio.min() < 1.40 and 1.56 < ratio.max() < 1.58
    for area, expected in zip(ratio * true, true):
        assert "Web Mercator" in feedback_of(
            check.close, area, expected, unit="m²")


def test_lengths_in_degrees_and_in_web_mercator_are_recognised(towns):
    """From the first chief town to each other one."""
    metric = towns.to_crs(32632).geometry
    true = metric.distance(metric[0])[1:]
    web = towns.to_crs(3857).geometry
    for length, expected in zip(web.distance(web[0])[1:], true):
        assert "Web Mercator" in feedback_of(
            check.close, length, expected, unit="m")
    for point, expected in zip(towns.geometry[1:], true):
        assert "in degrees" in feedback_of(
            check.close, point.distance(towns.geometry[0]), expected,
            unit="m")


# --- displacements ---------------------------------------------------------

@pytest.mark.parametrize("written, read, low, high, words", [
    (4223, 4326, 170, 191, "datum was forgotten"),
    (22332, 32632, 457, 461, "EPSG:22332"),
    (22391, 22392, 299.3e3, 299.6e3, "were exchanged (299 km)"),
    (22391, 32632, 3.6e6, 3.78e6, "3,700 km"),
])
def test_known_displacements_are_named(towns, written, read, low, high,
                                       words):
    wrong = misread(towns, written, read)
    away = check.distance_m(wrong.geometry, towns.geometry)
    assert low <= away.min() and away.max() <= high
    assert words in feedback_of(check.same_place, wrong, towns)


@pytest.mark.parametrize("written, read, words", [
    (4326, 4223, "datum was forgotten"),
    (32632, 22332, "EPSG:22332"),
    (22392, 22391, "were exchanged (299 km)"),
])
def test_they_are_named_in_the_other_direction_too(towns, written, read,
                                                   words):
    assert words in feedback_of(
        check.same_place, misread(towns, written, read), towns)


def test_a_swap_is_named_also_when_places_are_compared(towns):
    assert "look swapped" in feedback_of(
        check.same_place, swapped(towns), towns)
