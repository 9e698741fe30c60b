"""The recorded server of E19 answers as the real one does, and its reference
answers find what was planted; on the course's data and on another seed."""

import json
from urllib.parse import parse_qsl

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from helpers.errors import CourseError
from helpers.publish import server
from tests.data.worlds import of_kind

KEY = "centre_id"


@pytest.fixture(scope="module")
def defined(solved):
    return solved("e19_publish_and_change")


@pytest.fixture(scope="module", params=[100, 31], ids="at most {}".format)
def both(request, defined):
    """The real server's collection, and the recording of it."""
    configuration = server.configuration(defined["file"].parent)
    configuration["server"]["limits"]["max_items"] = request.param
    features = json.loads(defined["file"].read_text("utf-8"))["features"]
    with server.serve(configuration) as address:
        yield (f"{address}/collections/health_centres",
               {"features": features, "most": request.param})


@pytest.mark.parametrize("asked", [
    "", "limit=3", "limit=100", "limit=1000", "limit=7&offset=427",
    "limit=100&offset=400", "offset=430", "offset=434", "offset=9999",
    "type=HR", "type=HR&limit=3&offset=21", "type=HR&limit=100", "type=XX",
    "Type=HR", "filter=type%3D%27HR%27", "colour=blue", "beds=0", "beds=0.0",
    "datetime=2020-01-01", "bbox=8,36,9,37", "bbox=36,8,37,9",
    "bbox=8,36,9,37&type=CSB&limit=3", "bbox=9,36,8,37"])
def test_the_recording_answers_as_the_server_does(defined, both, asked):
    real, recorded = (defined["ask"](source, asked) for source in both)
    assert recorded["features"] == [
        {name: value for name, value in one.items() if name != "id"}
        for one in real["features"]]
    for name in ("type", "numberMatched", "numberReturned"):
        assert recorded[name] == real[name]
    assert following(recorded) == following(real)


def following(page) -> dict[str, str]:
    """What the next page is asked; {} for the last one."""
    return next((dict(parse_qsl(link["href"].partition("?")[2]))
                 for link in page["links"] if link["rel"] == "next"), {})


def test_all_is_read_from_both(defined, both):
    for source in both:
        keys = [one["properties"][KEY]
                for one in defined["read_all"](source)]
        assert keys == defined["old"][KEY].tolist()


@pytest.fixture(scope="module", params=[None, pytest.param(
    7, marks=pytest.mark.slow)], ids=["course", "seed 7"])
def world(request, worlds):
    return worlds(request.param)


@pytest.fixture(scope="module")
def releases(world):
    return [world.layer(name) for name in ("health_centres",
                                           "health_centres_v2")]


def test_the_planted_changes_are_found(defined, world, releases):
    truth = world.truth("health_centres_v2")

    def planted(kind):
        return set(of_kind(truth, kind)["record"])

    assert defined["came_and_went"](*releases, KEY) == (
        planted("added"), planted("removed"))
    assert set(defined["moved"](*releases, KEY, 10)) == planted("moved")
    found = defined["renamed"](*releases, KEY, "name_fr")
    rows = of_kind(truth, "renamed").set_index("record")
    assert found == {key: [rows.at[key, "true_value"], rows.at[key, "found"]]
                     for key in planted("renamed")}


def test_each_classic_mistake_has_an_effect_of_its_own(releases):
    """Otherwise a check would name the wrong one."""
    old, new = releases
    was, now = old.set_index(KEY), new.set_index(KEY)
    kept = was.index.intersection(now.index)
    was, now = was.loc[kept], now.loc[kept]
    metres = was.to_crs(32632).distance(now.to_crs(32632))
    rows = (old.to_crs(32632).geometry.reset_index(drop=True).distance(
        new.to_crs(32632).geometry.head(len(old)).reset_index(drop=True)))
    names = was["name_ar"] == now["name_ar"]
    gaps = was["name_ar"].isna() & now["name_ar"].isna()
    assert 0 < (metres > 10).sum() < (metres > 0).sum() < (rows > 10).sum()
    assert 0 < (~(names | gaps)).sum() < (~names).sum()
    by_name = new.loc[~new["name_fr"].isin(old["name_fr"]), KEY]
    by_place = new.loc[~new.geometry.to_wkb().isin(old.geometry.to_wkb()),
                       KEY]
    by_key = new.loc[~new[KEY].isin(old[KEY]), KEY]
    assert len({len(by_name), len(by_place), len(by_key)}) == 3


def test_a_correction_is_a_patch_and_nothing_else_changes(defined, releases):
    new, day = releases[1], pd.Timestamp("2022-12-12")
    report = {"key": new[KEY].iloc[3], "column": "staff", "value": 999,
              "confirmed": True}
    before = new.copy()
    made, reply = defined["correct"](new, report, KEY, day)
    changes = defined["changes"]
    log = changes.compare(new, made, KEY)
    assert reply == "corrected"
    assert set(log["column"]) == {"staff", "updated"}
    assert changes.version("2.0.0", log) == "2.0.1"
    assert before.equals(new)


def test_the_servers_own_collection_says_what_the_exercise_teaches(defined):
    made = defined["collection"](
        defined["old"], str(defined["file"]), KEY, "T", defined["LICENCE"])
    course = server.configuration(defined["file"].parent)["resources"][
        "health_centres"]
    for name in ("data", "id_field", "type", "name"):
        assert made["providers"][0][name] == course["providers"][0][name]
    assert made["extents"]["spatial"] == course["extents"]["spatial"]
    assert made["links"][0]["href"] == course["links"][0]["href"]


def test_the_record_follows_the_release(defined, releases):
    record = json.loads(json.dumps(defined["record"]))
    made = defined["next_record"](record, releases[1], "2.0.0", "2022-12-02")
    assert record == defined["record"]
    assert made["bbox"] == list(gpd.GeoSeries(
        releases[1].geometry).total_bounds)
    assert {name for name in made if made[name] != record[name]} <= {
        "version", "dates", "bbox"}


@pytest.mark.parametrize("wrong", [
    {"extents": {"spatial": {"bbox": np.array([7, 30, 11, 37])}}},
    {"providers": {"type": "feature", "name": "GeoJSON"}},
    {"description": None}, {"title": object()}],
    ids=["array", "dict", "missing", "object"])
def test_a_wrong_task_1_is_named_and_the_course_serves(defined, capsys,
                                                       wrong):
    made = defined["collection"](defined["old"], str(defined["file"]), KEY,
                                 "T", defined["LICENCE"]) | wrong
    made = {name: value for name, value in made.items() if value is not None}
    running = defined["started"](made)
    try:
        page = defined["ask"](f"{running.url}/collections/health_centres")
        assert page["numberMatched"] == len(defined["old"])
        assert "Your dict of Task 1 is not right yet" in (
            capsys.readouterr().out)
    finally:
        running.stop()


def test_where_no_server_may_start_task_1_is_not_blamed(defined, capsys,
                                                        monkeypatch):
    def refused(configuration):
        raise CourseError("no")
    monkeypatch.setattr(server, "start", refused)
    for made in (None, {"type": "collection"}):
        with pytest.raises(CourseError):
            defined["started"](made)
    assert not capsys.readouterr().out
