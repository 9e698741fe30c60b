"""The explorer of units and predicates: what it takes, its twin."""

import geopandas as gpd
import matplotlib
import pytest

from helpers import data
from helpers.explore import measure

matplotlib.use("Agg")
UTM, MERCATOR, DEGREES = measure.UNITS
SLACK = 20  # m: an arc of 16 segments stays inside its circle


def test_a_circle_of_web_mercator_is_too_small_on_the_ground():
    area = {unit: measure.circles(unit).iloc[0].area
            for unit in measure.UNITS}
    assert area[MERCATOR] < 0.75 * area[UTM]
    assert area[DEGREES] < area[UTM]


def test_the_schools_near_are_those_whose_distance_says_so():
    schools, _ = measure.taken(UTM, "within")
    centres = gpd.read_file(data.path("health_centres")).to_crs(32632)
    still = centres[centres["status"] == "ouvert"]
    metres = schools.distance(still.union_all())
    sure = (metres - 3000).abs() > SLACK
    assert (schools["taken"] == (metres <= 3000))[sure].all()
    assert 0 < schools["taken"].sum() < len(schools)


def test_a_stricter_predicate_takes_fewer_sectors():
    counts = {predicate: measure.taken(UTM, predicate)[1]["taken"].sum()
              for predicate in measure.PREDICATES}
    assert counts["within"] <= counts["centroid within"] <= (
        counts["intersects"])
    assert counts["within"] < counts["intersects"]


def test_the_twin_says_what_it_shows(twin):
    texts = twin(measure.measuring)
    assert len(texts) == 3
    for text, unit in zip(texts, measure.UNITS):
        assert unit in text and "sectors" in text


@pytest.mark.parametrize("predicate", measure.PREDICATES)
def test_each_choice_is_drawn(predicate, given, capsys):
    draw, _ = given(measure, measure.measuring)
    draw(MERCATOR, predicate)
    assert capsys.readouterr().err == ""
