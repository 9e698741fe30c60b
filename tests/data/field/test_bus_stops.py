"""The stops of a bus network that does not exist."""

import geopandas as gpd
import pandas as pd


def test_bus_stops_lie_in_their_zone_of_greater_tunis(world):
    stops = pd.read_csv(world.path("bus_stops"))
    assert len(stops) == 150
    assert stops["stop_id"].is_unique and stops["stop_name"].is_unique
    assert stops["stop_name"].str.startswith("Arrêt fictif ").all()
    points = gpd.GeoDataFrame(stops, crs=4326, geometry=gpd.points_from_xy(
        stops["stop_lon"], stops["stop_lat"]))
    joined = points.sjoin(world.layer("sectors"))
    assert list(joined["zone_id"]) == list(joined["sector_id"])
    assert set(joined["iso_3166_2"]) == {"TN-11", "TN-12", "TN-13", "TN-14"}
