"""The change log of two releases holds what was planted and no more, and the
next version follows from it."""

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from helpers.data import sha256
from helpers.errors import CourseError
from helpers.publish import changes
from tests.data.worlds import World, of_kind

KEY = "centre_id"
WORLDS = [None, *(pytest.param(seed, marks=pytest.mark.slow)
                  for seed in (7, 11))]


@pytest.fixture(scope="module", params=WORLDS,
                ids=["course", "seed 7", "seed 11"])
def world(request, tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"), request.param)


@pytest.fixture
def layer():
    """Three places with a gap in each column."""
    return gpd.GeoDataFrame(
        {"code": ["a", "b", "c"], "name_ar": ["مركز", None, "قابس"],
         "name": ["A", "B", "C"], "beds": [1, None, 12],
         "opened": pd.to_datetime(["2020-01-01", None, "2021-01-01"])},
        geometry=gpd.points_from_xy([8, 9, 10], [34, 35, 36]), crs=4326)


def kinds(log) -> list[tuple]:
    """(key, change, column) of each row; None for what is missing."""
    return [tuple(None if pd.isna(one) else one for one in row)
            for row in log.iloc[:, :3].itertuples(index=False)]


# --- the two releases of the course ----------------------------------------

def test_what_was_planted_is_found_and_nothing_else(world):
    old, new = map(world.layer, ("health_centres", "health_centres_v2"))
    truth = world.truth("health_centres_v2")

    log = changes.compare(old, new, KEY)

    assert len(truth) > 40
    for kind in ("added", "removed", "moved", "renamed"):
        assert set(log.loc[log["change"] == kind, KEY]) == set(
            of_kind(truth, kind)["record"]), kind
    names = log[log["column"] == "name_fr"].set_index(KEY)
    for row in of_kind(truth, "renamed").itertuples():
        assert names.loc[row.record, ["before", "after"]].tolist() == [
            row.true_value, row.found]
    again = log[(log["change"] == "changed") & (log["column"] == "geometry")]
    assert set(again[KEY]) == set(
        of_kind(truth, "moved less than 10 m")["record"])
    assert set(log.loc[log["change"] == "changed", "column"]) == {
        "geometry", "updated"}
    assert log[KEY].notna().all()


def test_metres_are_those_between_the_written_coordinates(world):
    log = changes.compare(*map(world.layer, (
        "health_centres", "health_centres_v2")), KEY)
    truth = world.truth("health_centres_v2")
    metres = log.dropna(subset="metres").set_index(KEY)["metres"]
    planted = truth[truth["distance_m"] != ""].set_index("record")
    assert set(metres.index) == set(planted.index)
    for record, text in planted["distance_m"].items():
        # UTM is at most 0.1 % longer than the ellipsoid in this country.
        assert metres[record] == pytest.approx(float(text), rel=0.002,
                                               abs=0.06)


def test_the_order_of_rows_and_columns_does_not_matter(world):
    old, new = map(world.layer, ("health_centres", "health_centres_v2"))
    log = changes.compare(old, new, KEY)
    turned = changes.compare(old.iloc[::-1], new.sample(
        frac=1, random_state=1)[sorted(new.columns)], KEY)
    assert sorted(kinds(turned)) == sorted(kinds(log))
    assert changes.version("1.0.0", log) == "2.0.0"


# --- bytes, formats, versions ----------------------------------------------

def written(layer, file):
    """The layer as a file whose date is fixed, so that bytes are equal."""
    pyogrio.set_gdal_config_options(
        {"OGR_CURRENT_DATE": "2021-12-06T00:00:00.000Z"})
    try:
        layer.to_file(file, layer="places")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return file


@pytest.mark.parametrize("ending", [".gpkg", ".geojson"])
def test_the_same_data_written_twice_are_no_new_version(layer, tmp_path,
                                                        ending):
    first = written(layer, tmp_path / f"a{ending}")
    second = written(layer.copy(), tmp_path / f"b{ending}")
    if ending == ".gpkg":
        assert first.read_bytes() == second.read_bytes()
        assert sha256(first) == sha256(second)
    log = changes.compare(gpd.read_file(first), gpd.read_file(second), "code")
    assert log.empty
    assert changes.version("1.2.3", log) == "1.2.3"


def test_a_changed_datum_is_a_new_version(layer, tmp_path):
    first = written(layer, tmp_path / "a.gpkg")
    layer.loc[2, "beds"] = 13
    second = written(layer, tmp_path / "b.gpkg")
    assert sha256(first) != sha256(second)
    log = changes.compare(gpd.read_file(first), gpd.read_file(second), "code")
    assert kinds(log) == [("c", "changed", "beds")]
    assert log.loc[0, ["before", "after"]].tolist() == [12, 13]
    assert changes.version("1.2.3", log) == "1.2.4"


def test_another_format_is_no_change(world, tmp_path):
    old = world.layer("health_centres")
    old.to_file(tmp_path / "a.gpkg")
    old.to_parquet(tmp_path / "a.parquet")
    for again in (gpd.read_file(tmp_path / "a.gpkg"),
                  gpd.read_parquet(tmp_path / "a.parquet")):
        assert changes.compare(old, again, KEY).empty


def test_each_change_of_the_rule_gives_its_version(layer):
    def of(new):
        return changes.version("1.2.3", changes.compare(layer, new, "code"))

    more = pd.concat([layer, layer.head(1).assign(code="d")])
    assert of(layer.head(2)) == "2.0.0"
    assert of(layer.drop(columns="beds")) == "2.0.0"
    assert of(layer.rename(columns={"beds": "places"})) == "2.0.0"
    assert of(layer.astype({"beds": str})) == "2.0.0"
    assert of(layer.to_crs(32632)) == "2.0.0"
    assert of(more) == "1.3.0"
    assert of(more.drop(index=2)) == "2.0.0"
    assert of(layer.assign(source="survey")) == "1.3.0"
    assert of(layer.assign(name="N")) == "1.2.4"
    assert of(layer.set_geometry(layer.translate(1))) == "1.2.4"
    assert of(layer.set_geometry(layer.translate(1e-5))) == "1.2.4"
    assert of(layer.set_geometry(layer.translate(1e-9))) == "1.2.3"
    assert of(layer.iloc[::-1]) == "1.2.3"


# --- one change at a time --------------------------------------------------

def test_missing_before_and_after_is_no_change_but_a_new_gap_is(layer):
    new = layer.copy()
    new.loc[0, ["name_ar", "beds"]] = None
    new.loc[1, "opened"] = pd.Timestamp("2022-02-02")
    assert sorted(kinds(changes.compare(layer, new, "code"))) == [
        ("a", "changed", "beds"), ("a", "renamed", "name_ar"),
        ("b", "changed", "opened")]


def test_a_column_without_values_has_no_type(layer):
    empty = layer.assign(beds=pd.Series([None] * 3, dtype=object))
    assert kinds(changes.compare(layer, empty, "code")) == [
        ("a", "changed", "beds"), ("c", "changed", "beds")]
    floats = layer.assign(name=pd.Series([float("nan")] * 3))
    assert {row[1] for row in kinds(changes.compare(
        layer, floats, "code"))} == {"renamed"}


def test_a_threshold_is_counted_in_metres(layer):
    new = layer.copy()
    new["geometry"] = gpd.points_from_xy(
        [8 + 9.5 / 92_000, 9 + 10.5 / 91_000, 10], [34, 35, 36], crs=4326)
    assert kinds(changes.compare(layer, new, "code")) == [
        ("a", "changed", "geometry"), ("b", "moved", "geometry")]
    assert {row[1] for row in kinds(changes.compare(
        layer, new, "code", metres=50))} == {"changed"}


def test_a_boundary_that_moves_is_measured_too():
    old = gpd.GeoDataFrame({"code": ["a", "b"]}, crs=4326, geometry=[
        shapely.box(x, 34, x + 0.1, 34.1) for x in (8, 9)])
    new = old.copy()
    new.loc[0, "geometry"] = shapely.box(8, 34, 8.1, 34.101)
    log = changes.compare(old, new, "code")
    assert kinds(log) == [("a", "moved", "geometry")]
    assert log.loc[0, "metres"] == pytest.approx(111, rel=0.01)


def test_a_place_that_is_lost_or_found_is_a_change(layer):
    new = layer.copy()
    new.loc[0, "geometry"] = None
    new.loc[1, "geometry"] = shapely.Point()
    for one, other in ((layer, new), (new, layer)):
        assert kinds(changes.compare(one, other, "code")) == [
            ("a", "changed", "geometry"), ("b", "changed", "geometry")]
    assert changes.compare(new, new, "code").empty


def test_another_crs_is_named_and_moves_nothing(layer):
    log = changes.compare(layer, layer.to_crs(32632), "code")
    assert kinds(log) == [(None, "changed", "geometry")]
    assert log.loc[0, ["before", "after"]].tolist() == [
        "EPSG:4326", "EPSG:32632"]


def test_a_table_without_places_and_empty_layers_are_compared(layer):
    table = pd.DataFrame(layer.drop(columns="geometry"))
    assert changes.compare(table, table, "code").empty
    assert kinds(changes.compare(layer, layer.head(0), "code")) == [
        ("a", "removed", None), ("b", "removed", None),
        ("c", "removed", None)]
    assert changes.compare(layer.head(0), layer.head(0), "code").empty


@pytest.mark.parametrize("spoil, words", [
    (lambda layer: layer.assign(code=["a", "a", "c"]), "'a'"),
    (lambda layer: layer.assign(code=["a", None, "c"]), "missing"),
    (lambda layer: layer.drop(columns="code"), "no column code"),
    (lambda layer: layer.set_crs(None, allow_override=True), "CRS"),
])
def test_what_cannot_be_compared_is_refused_in_words(layer, spoil, words):
    for pair in ((spoil(layer), layer), (layer, spoil(layer))):
        with pytest.raises(CourseError, match=words):
            changes.compare(*pair, "code")


def test_a_version_is_three_numbers(layer):
    log = changes.compare(layer, layer, "code")
    for wrong in ("1.2", "v1.2.3", "1.2.3-beta", ""):
        with pytest.raises(CourseError, match="is no version"):
            changes.version(wrong, log)


# --- CHANGELOG -------------------------------------------------------------

def test_the_changelog_says_each_change_in_words(layer):
    new = layer.drop(index=0).assign(name=["B", "Z"], source="survey")
    new.loc[1, "beds"], new.loc[2, "beds"] = 4, 5
    new["geometry"] = gpd.points_from_xy([9, 10.001], [35, 36], crs=4326)
    text = changes.markdown(changes.compare(layer, new, "code"), "2.0.0",
                            "2022-12-02")
    assert text.startswith("## 2.0.0 – 2022-12-02\n")
    for line in ("### Removed (1)", "- a", "### Added (1)",
                 "- column source", "### Renamed (1)", "- c: C → Z",
                 "### Moved (1)", "### Changed (2)", "- beds (2)"):
        assert line in text.splitlines(), text
    metres = changes.compare(layer, new, "code")["metres"].max()
    assert 90 < metres < 92
    assert f"- c: {metres:.1f} m" in text.splitlines()


def test_an_added_feature_beside_numbers_has_no_values(layer):
    new = pd.concat([layer, layer.head(1).assign(code="d")])
    new["beds"] = [2, None, 12, 1]
    text = changes.markdown(changes.compare(layer, new, "code"), "1.1.0", "")
    assert "- d" in text.splitlines()


def test_a_missing_value_is_called_empty(layer):
    new = layer.copy()
    new.loc[0, "name_ar"] = None
    text = changes.markdown(changes.compare(layer, new, "code"), "1.0.1", "")
    assert text.splitlines()[-1].endswith("→ (empty)"), text


def test_no_change_is_said_too(layer):
    log = changes.compare(layer, layer, "code")
    assert changes.markdown(log, "1.0.0", "2022-12-02").splitlines()[-1] == (
        "Nothing changed.")
