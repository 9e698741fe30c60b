"""E05: the track of a drive, its spikes, stops and gap."""

import re

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Geod

from tests.data.worlds import METRIC

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def track(world):
    """Fixes as GDAL reads them, the defects by kind, the file's text."""
    file = world.path("gnss_track")
    fixes = gpd.read_file(file, layer="track_points")
    truth = world.truth("gnss_track").set_index("kind")
    return fixes, truth, file.read_text("utf-8")


def test_the_track_is_a_track_of_fixes_with_hdop(world, track):
    fixes, _, _ = track
    layers = dict(pyogrio.list_layers(world.path("gnss_track")))
    assert {"tracks", "track_points"} <= set(layers)
    assert 1400 < len(fixes) < 1600
    assert {"ele", "time", "hdop", "sat"} <= set(fixes.columns)
    assert fixes[["ele", "time", "hdop", "sat"]].notna().all(axis=None)
    minutes = (fixes["time"].iloc[-1] - fixes["time"].iloc[0]).seconds / 60
    assert 80 < minutes < 90
    areas = world.layer("sectors")
    good = fixes[fixes["hdop"] < 5]
    assert good.sjoin(areas)["sector_id"].nunique() == 1


def test_what_the_truth_states_of_the_track_is_in_the_file(track):
    _, truth, text = track
    for row in truth.drop("length with spikes and jitter").itertuples():
        assert row.found in text, row
    assert not truth.loc["spike", "true_value"].map(
        text.__contains__).any()


def test_spikes_jump_far_with_high_hdop(track):
    fixes, truth, _ = track
    spikes = truth.loc["spike"]
    times = pd.to_datetime(spikes["record"])
    assert set(fixes.loc[fixes["hdop"] >= 8, "time"]) == set(times)
    for row in spikes.itertuples():
        lat, lon = map(float, re.findall(r'"([\d.]+)"', row.found))
        at, on = map(float, re.findall(r'"([\d.]+)"', row.true_value))
        assert 300 < GEOD.inv(lon, lat, on, at)[2] < 2000


def test_there_is_one_gap(track):
    fixes, truth, _ = track
    waits = fixes["time"].diff().dt.total_seconds().iloc[1:]
    start, end = pd.to_datetime(
        truth.loc["gap in time", "true_value"].split("/"))
    long = waits.index[waits > 3]
    assert list(fixes["time"][long]) == [end]
    assert list(fixes["time"][long - 1]) == [start]


def test_stops_and_length_can_be_found_again(track):
    """Without bad fixes, a stop is where 60 s do not lead 30 m away."""
    fixes, truth, _ = track
    good = fixes[fixes["hdop"] < 5].to_crs(METRIC).reset_index(drop=True)
    places, times = good.geometry, good["time"]
    later = places.shift(-20)
    still = (places.distance(later) < 30) & (
        times.shift(-20) - times < pd.Timedelta(minutes=2))
    still = still.rolling(21, min_periods=1).max().astype(bool)
    runs = good[still].groupby((~still).cumsum())
    stops = [pd.to_datetime(span.split("/"))
             for span in truth.loc["stop", "true_value"]]
    assert len(runs) == len(stops) == 4
    for (_, run), (start, end) in zip(runs, stops):
        assert abs(run["time"].iloc[0] - start) < pd.Timedelta(seconds=20)
        assert abs(run["time"].iloc[-1] - end) < pd.Timedelta(seconds=20)
        assert 180 <= (end - start).total_seconds() <= 600
        middle = shapely.MultiPoint(run.geometry.tolist()).centroid
        good.loc[run.index, "geometry"] = middle
    true, raw = truth.loc["length with spikes and jitter",
                          ["true_value", "found"]].astype(float)
    path = shapely.LineString(good.to_crs(4326).geometry.tolist())
    assert GEOD.geometry_length(path) == pytest.approx(true, rel=0.01)
    whole = shapely.LineString(fixes.geometry.tolist())
    assert GEOD.geometry_length(whole) == pytest.approx(raw, abs=0.1)
    assert raw > 1.3 * true


def test_filtering_alone_does_not_give_the_length(track):
    """Jitter at the stops adds more than the 1 % that E05 allows."""
    fixes, truth, _ = track
    good = fixes[fixes["hdop"] < 5]
    length = GEOD.geometry_length(shapely.LineString(good.geometry.tolist()))
    true = float(truth.loc["length with spikes and jitter", "true_value"])
    assert length > 1.01 * true
