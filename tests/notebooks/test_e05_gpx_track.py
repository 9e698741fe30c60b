"""E05's solution against what was planted in the track."""

import os

import pandas as pd
import pytest

from tests.support import ROOT

TRUTH = ROOT / "solutions" / "truth" / "gnss_track.csv"


@pytest.fixture(scope="module")
def names(solved):
    return solved("e05_gpx_track")


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(TRUTH).set_index("kind")


def test_the_planted_spikes_are_left_out_and_nothing_else(names, truth):
    track = names["track"]
    left_out = track.index.difference(names["clean"](track).index)
    assert set(track["time"][left_out]) == set(
        pd.to_datetime(truth.loc["spike", "record"]))


def test_the_planted_stops_are_found(names, truth):
    found = names["find_stops"](names["clean"](names["track"]))
    planted = [pd.to_datetime(span.split("/"))
               for span in truth.loc["stop", "true_value"]]
    assert len(found) == len(planted)
    for row, (start, end) in zip(found.itertuples(), planted):
        assert abs(row.start - start) < pd.Timedelta(seconds=30)
        assert abs(row.end - end) < pd.Timedelta(seconds=30)


def test_the_length_is_true_to_one_per_cent(names, truth):
    length = names["length_m"](names["drive"](names["track"]))
    told = truth.loc["length with spikes and jitter", "true_value"]
    assert length == pytest.approx(float(told), rel=0.01)


def test_neither_person_nor_device_is_published(names, truth, tmp_path):
    names["publish"](names["track"], tmp_path / "line.geojson")
    text = (tmp_path / "line.geojson").read_text(encoding="utf-8")
    secrets = [*truth.loc[["name of a person", "device id"], "found"],
               *truth.loc["stop", "record"], "2021-11-16"]
    assert len(secrets) > 5
    assert [secret for secret in secrets if str(secret) in text] == []
    assert os.path.getsize(tmp_path / "line.geojson") > 10_000
