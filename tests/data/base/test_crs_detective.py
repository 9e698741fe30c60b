"""E03: the five files whose CRS is not stated."""

import geopandas as gpd
import pandas as pd
from pyproj import Transformer

from data.make.base.crs_detective import TRUTH
from helpers import data


def test_each_file_of_e03_fits_its_crs_and_no_other(governorates):
    suspects = {crs for crs, _ in TRUTH.values()} | {"EPSG:4326"}
    for number, (truth, names) in TRUTH.items():
        table = pd.read_csv(data.path(f"crs_detective_{number}"))
        assert sorted(set(table["governorate"])) == sorted(names)
        for crs in suspects:
            x, y = table["x"], table["y"]
            if crs.endswith("swapped"):
                x, y = y, x
            lon, lat = Transformer.from_crs(
                crs.split()[0], 4326, always_xy=True).transform(x, y)
            points = gpd.GeoDataFrame(
                table, geometry=gpd.points_from_xy(lon, lat), crs=4326)
            joined = points.sjoin(governorates, how="left")
            fits = (joined["governorate"] == joined["name_fr"]).mean()
            assert fits == (1 if crs == truth else 0), (number, crs)


def test_fictional_names_say_so_in_both_languages():
    for number in TRUTH:
        table = pd.read_csv(data.path(f"crs_detective_{number}"))
        assert table["centre_fr"].str.contains("fictif").all()
        assert table["centre_ar"].str.contains("وهمي").all()
