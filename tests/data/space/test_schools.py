"""E11, E13: the schools."""

import numpy as np
import pytest

from tests.data.worlds import METRIC


@pytest.fixture(scope="module")
def schools(world):
    return world.layer("schools").to_crs(METRIC)


def test_schools_stand_in_the_sector_that_they_state(schools, sectors):
    joined = schools.sjoin(sectors[["geometry"]].rename_axis("found"))
    assert len(joined) == len(schools) == 600
    assert (joined["sector_id"] == joined["found"]).all()


def test_schools_have_unique_names_and_plausible_pupils(schools, sectors):
    assert schools["name_fr"].is_unique
    assert schools["name_ar"].is_unique
    assert schools["pupils"].between(10, 1500).all()
    assert set(schools["level"]) == {
        "primaire", "préparatoire", "secondaire"}
    in_sector = schools.groupby("sector_id")["pupils"].sum()
    people = sectors.loc[in_sector.index, "population"]
    assert np.corrcoef(in_sector, people)[0, 1] > 0.9


def test_three_km_to_a_health_centre_divide_the_schools(world, schools):
    centres = world.layer("health_centres").to_crs(METRIC)
    near = schools.distance(centres.union_all()) < 3000
    assert 0.55 < near.mean() < 0.85
