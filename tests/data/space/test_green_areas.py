"""E11: the green areas of the large towns."""

import pytest

from tests.data.worlds import METRIC

TOWNS = ["TN-11", "TN-12", "TN-13", "TN-14", "TN-51", "TN-61"]


@pytest.fixture(scope="module")
def green_areas(world):
    return world.layer("green_areas").to_crs(METRIC)


def test_green_areas_lie_apart_on_the_land_of_the_large_towns(
        green_areas, sectors):
    assert len(green_areas) == 90 and green_areas["name_fr"].is_unique
    towns = sectors[sectors["iso_3166_2"].isin(TOWNS)]
    assert green_areas.within(towns.union_all().buffer(0.1)).all()
    assert green_areas.union_all().area == pytest.approx(
        green_areas.area.sum())


def test_some_green_areas_cross_a_border_and_some_have_two_parts(
        green_areas, sectors):
    pieces = green_areas.overlay(sectors.reset_index())
    pieces = pieces[pieces.area > 1]
    in_sectors = pieces.groupby("area_id")["sector_id"].nunique()
    assert in_sectors.value_counts().to_dict() == {1: 78, 2: 12}
    # To count a green area where its centre lies is a large error.
    whole = pieces["area_id"].map(green_areas.set_index("area_id").area)
    assert (pieces.area / whole).min() > 0.15
    assert (green_areas.geom_type == "MultiPolygon").sum() == 8


def test_every_sector_of_the_large_towns_has_a_green_area(
        green_areas, sectors):
    pieces = green_areas.overlay(sectors.reset_index())
    towns = sectors["iso_3166_2"].isin(TOWNS)
    assert set(pieces["sector_id"]) == set(sectors.index[towns])
