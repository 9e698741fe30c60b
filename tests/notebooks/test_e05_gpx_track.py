"""E05's solution against what was planted in the track."""

import os

import pandas as pd
import pytest

from commands.exercises import notebooks
from tests.support import ROOT

SOLUTION = ROOT / "solutions" / "day1_production" / "e05_gpx_track.ipynb"
TRUTH = ROOT / "solutions" / "truth" / "gnss_track.csv"


@pytest.fixture(scope="module")
def solved():
    """The names that the solution's own cells define."""
    names = {}
    for cell in notebooks.read(SOLUTION).cells:
        if cell.id in ("setup", "limits") or cell.id.endswith("-answer"):
            exec(cell.source, names)
    return names


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(TRUTH).set_index("kind")


def test_the_planted_spikes_are_left_out_and_nothing_else(solved, truth):
    track = solved["track"]
    left_out = track.index.difference(solved["clean"](track).index)
    assert set(track["time"][left_out]) == set(
        pd.to_datetime(truth.loc["spike", "record"]))


def test_the_planted_stops_are_found(solved, truth):
    found = solved["find_stops"](solved["clean"](solved["track"]))
    planted = [pd.to_datetime(span.split("/"))
               for span in truth.loc["stop", "true_value"]]
    assert len(found) == len(planted)
    for row, (start, end) in zip(found.itertuples(), planted):
        assert abs(row.start - start) < pd.Timedelta(seconds=30)
        assert abs(row.end - end) < pd.Timedelta(seconds=30)


def test_the_length_is_true_to_one_per_cent(solved, truth):
    length = solved["length_m"](solved["drive"](solved["track"]))
    told = truth.loc["length with spikes and jitter", "true_value"]
    assert length == pytest.approx(float(told), rel=0.01)


def test_neither_person_nor_device_is_published(solved, truth, tmp_path):
    solved["publish"](solved["track"], tmp_path / "line.geojson")
    text = (tmp_path / "line.geojson").read_text(encoding="utf-8")
    secrets = [*truth.loc[["name of a person", "device id"], "found"],
               *truth.loc["stop", "record"], "2021-11-16"]
    assert len(secrets) > 5
    assert [secret for secret in secrets if str(secret) in text] == []
    assert os.path.getsize(tmp_path / "line.geojson") > 10_000
