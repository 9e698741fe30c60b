"""Session 1.3: what its text states is what the data hold."""

import shutil

import geopandas as gpd
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from pyproj import Geod

from commands.exercises import notebooks
from helpers import data, forms
from tests.support import ROOT

LESSON = ROOT / "course" / "day1_production" / "s3_collecting.ipynb"
NOTES = ROOT / "course" / "instructors" / "s1_3.md"


@pytest.fixture(scope="module")
def text():
    return " ".join("\n".join(
        cell.source for cell in notebooks.read(LESSON).cells).split())


@pytest.fixture(scope="module")
def notes():
    return " ".join(NOTES.read_text(encoding="utf-8").split())


def truth(layer):
    return pd.read_csv(ROOT / "solutions" / "truth" / f"{layer}.csv")


def test_the_defects_of_the_story_are_those_that_were_planted(text, notes):
    kinds = truth("water_point_submissions")["kind"].value_counts()
    sent = pd.read_csv(data.path("water_point_submissions"))
    assert len(sent) == 60 and "Sixty visits" in text
    assert kinds["phone number"] == 12
    assert "twelve telephone numbers" in text
    assert (f"Twice {kinds['sent twice']}, no fix "
            f"{kinds['zero coordinates']}, vaguer than 50 m "
            f"{kinds['accuracy worse than 50 m']}, guards "
            f"{kinds['phone number']}, remarks "
            f"{kinds['phone number in a comment']}") in notes


def test_what_each_rule_costs_is_what_the_rows_say(text, notes):
    """The lesson supposes that team 5 has an external receiver."""
    sent = pd.read_csv(data.path("water_point_submissions"))
    team = sent["SubmitterName"] == "Tablette 5"
    accuracy = sent["location-Accuracy"].where(~team, 0)
    fix = (sent["location-Latitude"] != 0) | (sent["location-Longitude"] != 0)
    good = fix & (accuracy <= 20)
    more_than_0 = good & (accuracy > 0)
    assert (good & (accuracy > 5)).sum() == 31
    assert f"All {team.sum()} visits of team 5 are refused" in text
    assert f"among them {(good & team).sum()} that the rule below" in text
    assert "A limit of 5 m costs 31 visits more" in text
    assert (f"60, 55, {more_than_0.sum()}, {good.sum()} and "
            f"{(good & (accuracy <= 5)).sum()} pass") in notes


def test_what_the_server_adds_stands_in_the_export(text):
    assert {"SubmitterID", "SubmitterName", "DeviceID"} <= set(
        pd.read_csv(data.path("water_point_submissions")))
    assert "server adds columns of its own" in text.replace("*", "")


def test_the_limit_of_hdop_takes_the_spikes_and_nothing_else(text, notes):
    track = gpd.read_file(data.path("gnss_track"), layer="track_points")
    planted = truth("gnss_track").set_index("kind")
    spikes = set(planted.loc["spike", "record"])
    assert f"{len(track):,} fixes" in text
    assert f"{len(spikes)} of them are spikes" in text
    times = track.loc[track["hdop"] > 4, "time"]
    assert set(times.dt.strftime("%Y-%m-%dT%H:%M:%SZ")) == spikes
    clean = track[track["hdop"] <= 4].geometry
    ratio = Geod(ellps="WGS84").line_length(
        track.geometry.x, track.geometry.y) / Geod(
        ellps="WGS84").line_length(clean.x, clean.y)
    assert ratio == pytest.approx(2, abs=0.02)
    assert f"+{ratio - 1:.0%}" in notes.replace(" %", "%")


def test_without_the_stops_the_length_is_that_of_the_true_drive(notes):
    length = truth("gnss_track").set_index("kind").loc[
        "length with spikes and jitter", "true_value"]
    told = 29.7  # km, of the notes
    assert f"without them {told} km remain" in notes
    assert told == pytest.approx(float(length) / 1000, rel=0.01)


def test_each_part_has_its_minutes_and_they_are_those_of_the_lesson(notes):
    minutes = notebooks.read(LESSON).metadata.course.minutes
    assert sum(minutes.values()) == 90
    lab = minutes["story"] + minutes["concept"]
    start = lab + minutes["lab"]
    assert f"| {lab}-{start} | Lab" in notes
    assert f"| {start}-{start + minutes['exercise']} | E04" in notes
    assert f"| {90 - minutes['debrief']}-90 | Debrief" in notes


def test_submissions_become_a_layer_with_its_accuracy(tmp_path):
    """The last cell of the lab, with the submissions that are shipped."""
    for number in (1, 2, 3):
        shutil.copy(data.path(f"water_point_submission_{number}"),
                    tmp_path / f"submission_{number}.xml")
    (cell,) = [cell for cell in notebooks.read(LESSON).cells
               if cell.id == "lab-layer"]
    shell = InteractiveShell()
    shell.user_ns |= {"forms": forms, "gpd": gpd, "pd": pd, "out": tmp_path}
    layer = shell.run_cell(cell.source).result
    export = pd.read_csv(data.path("water_point_submissions"))
    row = export.set_index("KEY").loc[layer["meta-instanceID"]]
    assert layer.crs == "EPSG:4326"
    assert layer.geometry.y.tolist() == row["location-Latitude"].tolist()
    assert layer.geometry.x.tolist() == row["location-Longitude"].tolist()
    assert layer["accuracy_m"].tolist() == row["location-Accuracy"].tolist()
    assert layer["altitude_m"].tolist() == row["location-Altitude"].tolist()
