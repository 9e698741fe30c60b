"""The chief towns of the governorates."""

import geopandas as gpd

from helpers import data
from tests.data.worlds import METRIC


def test_each_chief_town_lies_in_its_governorate(governorates):
    towns = gpd.read_file(data.path("chief_towns"))
    joined = towns.sjoin(governorates, how="left")
    assert list(joined["iso_3166_2_left"]) == list(
        joined["iso_3166_2_right"])


def test_a_moved_chief_town_says_how_far(governorate_table):
    towns = gpd.read_file(data.path("chief_towns"))
    stated = gpd.GeoSeries(gpd.points_from_xy(
        governorate_table["chief_lon"], governorate_table["chief_lat"]),
        crs=4326)
    away = towns.to_crs(METRIC).distance(stated.to_crs(METRIC))
    assert (away - towns["moved_m"]).abs().max() < 1
    moved = set(towns.loc[towns["moved_m"] > 0, "name_en"])
    assert moved == {"Bizerte", "Monastir"}
