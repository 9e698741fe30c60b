"""`publish`: each layer of the course becomes a release that all validators
take, and that reads back as it was; what may not be published is refused."""

import io
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import yaml

from commands import cli
from commands.publish import command, losses, metadata, package, preparing
from commands.terminal import Console
from helpers import data, publish
from helpers.errors import CourseError
from helpers.publish import server
from tests.commands.publish.record import META
from tests.support import ROOT, in_course

MADE_UP = {"because": "made-up people"}
LAYERS = {  # what has geometries, and what its release needs
    "governorates": {}, "chief_towns": {}, "sectors": {},
    "health_centres": {}, "health_centres_v2": {}, "schools": {},
    "green_areas": {}, "flood_zone": {}, "parcels": {}, "water_points": {},
    "heritage_sites": {}, "governorates_received": {}, "neighbours": {}}
OF_SYSTEMS = {  # whose columns GDAL names, or does not read
    "osm_clinics_overpass": {}, "osm_clinics": {"layer": "points"},
    "gnss_track": {"layer": "track_points", "because": "a made-up walk"}}
EACH = {*LAYERS, *OF_SYSTEMS}
CRS = {"crs": "EPSG:32632", "because": "its producer said so"}
TABLES = {  # tables with columns of coordinates
    "bus_stops": ("stop_lon", "stop_lat", {}),
    "clinic_list": ("longitude", "latitude", {}),
    "places": ("longitude", "latitude", {}),
    "governorate_table": ("chief_lon", "chief_lat", {}),
    "beneficiaries": ("lon", "lat", MADE_UP),
    "health_centres_received": ("longitude", "latitude", MADE_UP),
    "water_point_submissions": ("location-Longitude", "location-Latitude",
                                MADE_UP),
    **{f"crs_detective_{at}": ("x", "y", CRS) for at in (1, 2, 3, 5)},
    "crs_detective_4": ("x", "y", CRS | {"crs": "EPSG:4326"})}
REFUSED = {  # what is no layer, or may not be published as it is
    "sectors_received": "Not released", "control_points": "crs-missing",
    "ndvi": "a raster", "osm_change": "changes of OpenStreetMap",
    **{f"water_point_submission_{at}": "is XML, but not"
       for at in (1, 2, 3)},
    **dict.fromkeys(
        ["type_reference", "beneficiaries_published", "catalogue_records",
         "licences", "reuse_situations", "ministry_evidence",
         "candidate_datasets", "actors", "actor_links"],
        "table without places")}


def run(file, out, **options):
    """(exit code, what it printed)"""
    said = io.StringIO()
    if "meta" not in options:
        options["meta"] = written_meta(Path(out))
    code = command.publish(
        Path(file), Path(out), Console(file=said, width=300),
        day=options.pop("day", "2026-01-31"), **options)
    return code, said.getvalue()


def written_meta(out, **changed):
    file = out.parent / f"{out.name}.yml"
    file.write_text(yaml.safe_dump(META | changed, allow_unicode=True),
                    "utf-8")
    return file


def towns(file, **columns):
    """Five towns with what is given."""
    layer = gpd.GeoDataFrame(
        {"code": ["A1", "A2", "A3", "A4", "A5"], "name": list("abcde"),
         **columns}, crs=4326, geometry=gpd.points_from_xy(
             [10.1, 10.2, 9.5, 9.1, 8.8], [36.8, 36.7, 35.5, 34.2, 33.9]))
    layer.to_file(file)
    return layer


def files_of(folder):
    return {file.relative_to(folder): file.read_bytes()
            for file in sorted(Path(folder).rglob("*")) if file.is_file()
            and file.name != ".lock"}


# --- each layer of the course ----------------------------------------------

def test_each_layer_of_the_course_is_tried_here():
    assert sorted([*EACH, *TABLES, *REFUSED]) == sorted(data.layers())


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    return tmp_path_factory.mktemp("course") / "releases"


def released_layer(name, releases, options):
    """The folder of the release, of a file with the name of the layer."""
    (releases / name).mkdir(parents=True)
    source = data.path(name)
    file = releases / f"{name}{''.join(source.suffixes)}"
    shutil.copyfile(source, file)
    code, said = run(file, releases / name, **options)
    assert code == 0, said
    (folder,) = (releases / name).glob("*/1.0.0")
    assert (publish.verdicts(folder)["verdict"] != "no").all()
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_of_the_course_is_released_and_reads_back(name, releases):
    folder = released_layer(name, releases, LAYERS[name])
    right = gpd.read_file(data.path(name))
    for ending in ("gpkg", "geojson"):
        got = gpd.read_file(folder / f"{folder.parent.name}.{ending}")
        same(got, right)
    same(gpd.read_parquet(folder / f"{folder.parent.name}.parquet"), right)
    table = pd.read_csv(folder / f"{folder.parent.name}.csv", dtype=str,
                        keep_default_na=False)
    texts = [one for one in right.columns.drop("geometry")
             if pd.api.types.is_string_dtype(right[one])]
    pd.testing.assert_frame_equal(table[texts], pd.DataFrame(
        right[texts].fillna("").astype("str")), check_dtype=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_SYSTEMS)
def test_a_file_of_openstreetmap_or_a_receiver_is_released(name, releases):
    options = OF_SYSTEMS[name]
    folder = released_layer(name, releases, options)
    if name == "osm_clinics_overpass":
        elements = json.loads(data.path(name).read_text("utf-8"))["elements"]
        right = gpd.GeoSeries(  # ways and relations have no lon and lat
            [shapely.Point(one["lon"], one["lat"]) if "lon" in one else None
             for one in elements], crs=4326)
    else:
        right = gpd.read_file(data.path(name), layer=options["layer"]
                              ).geometry
    for ending in ("gpkg", "geojson"):
        got = gpd.read_file(folder / f"{folder.parent.name}.{ending}")
        assert len(got.columns) > 5
        assert list(got.geometry.isna()) == list(right.isna())
        assert shapely.equals_exact(
            got.geometry.dropna().array, right.dropna().array,
            tolerance=1e-7).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_course_becomes_a_layer_with_its_points(
        name, releases):
    x, y, options = TABLES[name]
    folder = released_layer(name, releases, options)
    right = pd.read_csv(data.path(name), dtype=str, encoding="latin-1",
                        sep=None, engine="python")
    got = gpd.read_file(folder / f"{folder.parent.name}.gpkg")
    assert len(got) == len(right) and got.crs == options.get("crs", 4326)
    place = right[[x, y]].apply(lambda column: pd.to_numeric(
        column.str.replace(",", "."), errors="coerce"))
    there = place.notna().all(axis=1).to_numpy()
    assert there.mean() > 0.5
    points = got.geometry[there]
    assert abs(points.x - place[x][there]).max() < 1e-6
    assert abs(points.y - place[y][there]).max() < 1e-6


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_layer_of_the_course_is_refused_in_words(name, tmp_path):
    try:
        said = run(data.path(name), tmp_path / "out")[1]
    except CourseError as error:
        said = str(error)
    assert REFUSED[name] in said
    assert not [*(tmp_path / "out").rglob("*.gpkg")]


def same(got, right):
    """All rows in their order, all columns and values; 1 cm of place.

    Where no column identifies the rows, `publish` adds row_id."""
    if "row_id" not in right:
        got = got.drop(columns="row_id", errors="ignore")
    assert sorted(got.columns) == sorted(right.columns)
    for name in right.columns.drop("geometry"):
        one, other = got[name], right[name]
        if "M" in (one.dtype.kind, other.dtype.kind):
            one, other = (pd.to_datetime(each).dt.tz_localize(None).astype(
                "datetime64[ms]") for each in (one, other))
        pd.testing.assert_series_equal(one, other, check_dtype=False)
    # A polygon may come back as a multipolygon of one: parts are compared.
    (one, rows), (other, right_rows) = (shapely.get_parts(
        shapely.normalize(frame.geometry.array.to_numpy()),
        return_index=True) for frame in (got, right))
    assert list(rows) == list(right_rows)
    assert shapely.equals_exact(one, other, tolerance=1e-7).all()


@pytest.mark.slow
def test_the_served_releases_give_what_the_files_have(releases):
    """After the tests above: an independent reader (GDAL's OAPIF)."""
    packages = sorted(one.parent for one
                      in releases.glob("*/*/1.0.0/index.html"))
    assert len(packages) == len(EACH) + len(TABLES)
    configured = server.configuration(packages, folder=releases / ".served")
    with server.serve(configured) as address:
        for package_ in packages:
            name = package_.parent.name
            got = gpd.read_file(f"OAPIF:{address}", layer=name)
            right = gpd.read_file(package_ / f"{name}.gpkg").to_crs(4326)
            key = package.Release(package_, (1, 0, 0)).key
            if key not in got:  # the number of the row
                key = "id"
            got, right = (one.set_index(one[key].astype(str)).sort_index()
                          for one in (got, right))
            assert list(got.index) == list(right.index), name
            one, other = (shapely.normalize(each.geometry.to_numpy())
                          for each in (got, right))
            placed = ~shapely.is_missing(one)
            assert list(placed) == list(~shapely.is_missing(other)), name
            assert shapely.equals_exact(one[placed], other[placed],
                                        tolerance=1e-6).all(), name


def test_a_refusal_names_the_file_with_the_answers(tmp_path):
    kept = tmp_path / "out" / "sectors_received" / "metadata.yml"
    kept.parent.mkdir(parents=True)
    kept.write_text(yaml.safe_dump(META), "utf-8")
    code, said = run(data.path("sectors_received"), tmp_path / "out",
                     meta=None)
    assert code == 1 and f"Your answers are in {kept}: edit" in said
    count = said.count("✗ ")
    assert f"Not released: {count} objection{'s'[:count > 1]}. " in said


def test_an_invalid_layer_is_not_released_unless_repaired(tmp_path):
    file = data.path("sectors_received")
    code, said = run(file, tmp_path / "out")
    assert code == 1 and "Not released" in said
    assert not [*(tmp_path / "out").rglob("*.geojson")]
    code, said = run(file, tmp_path / "out", repair=True)
    assert code == 0
    right = gpd.read_file(file)
    wrong = [at + 1 for at in right.index[~right.is_valid]]
    assert wrong and all(f"row {at}, area" in said for at in wrong)
    got = gpd.read_file(tmp_path / "out/sectors_received/1.0.0"
                        "/sectors_received.gpkg")
    assert got.is_valid.all() and len(got) == len(right)
    assert set(got.geom_type) <= {"Polygon", "MultiPolygon"}


# --- versions --------------------------------------------------------------

@pytest.fixture
def released(tmp_path):
    """A file, the folder of its releases, its first release."""
    file = tmp_path / "towns.gpkg"
    layer = towns(file)
    assert run(file, tmp_path / "out")[0] == 0
    return file, tmp_path / "out", layer


def test_unchanged_data_make_no_release(released):
    file, out, _ = released
    before = files_of(out)
    code, said = run(file, out, day="2026-02-28")
    assert code == 0 and "Nothing changed since 1.0.0" in said
    assert files_of(out) == before


@pytest.mark.slow
@pytest.mark.parametrize("change, version, words", [
    (lambda layer: layer.replace({"name": {"b": "B"}}), "1.0.1",
     "A2: b → B"),
    (lambda layer: layer.assign(beds=range(5)), "1.1.0", "column beds"),
    (lambda layer: layer[layer["code"] != "A3"], "2.0.0", "- A3"),
    (lambda layer: layer.to_crs(32632), "2.0.0", "EPSG:32632")])
def test_changed_data_make_the_next_version_with_a_log(
        released, change, version, words):
    file, out, layer = released
    first = files_of(out / "towns/1.0.0")
    change(layer).to_file(file)
    code, said = run(file, out, day="2026-02-28")
    assert code == 0, said
    log = (out / "towns" / version / "changes.md").read_text("utf-8")
    assert log.startswith(f"## {version} – 2026-02-28") and words in log
    assert "The first release." in log
    assert files_of(out / "towns/1.0.0") == first
    dates = json.loads((out / "towns" / version / "metadata.json"
                        ).read_text("utf-8"))["dates"]
    assert dates == {"created": None, "published": "2026-01-31",
                     "revised": "2026-02-28"}


def test_other_metadata_alone_are_a_patch_that_names_them(released):
    file, out, _ = released
    code, said = run(file, out, meta=written_meta(out, topic="health"))
    assert code == 0, said
    log = (out / "towns/1.0.1/changes.md").read_text("utf-8")
    assert "### Metadata\n- topic\n" in log


def test_without_a_file_the_metadata_are_those_of_the_last_release(released):
    file, out, layer = released
    layer.replace({"name": {"b": "B"}}).to_file(file)
    assert run(file, out, meta=None)[0] == 0


def test_a_release_that_somebody_changed_is_no_base(released):
    file, out, _ = released
    (out / "towns/1.0.0/towns.csv").write_text("code\n", "utf-8")
    with pytest.raises(CourseError, match=r"towns\.csv has been changed"):
        run(file, out)


def test_the_same_day_and_data_give_the_same_bytes(released, tmp_path):
    file, out, _ = released
    other = tmp_path / "other"
    run(file, other, meta=written_meta(out))
    assert files_of(other) == files_of(out)


KILLED = """
import sys, time
from commands.publish import page
def wait(*_):
    print("writing", flush=True)
    time.sleep(60)
page.page = wait
sys.argv = ["start.py", "publish", *sys.argv[1:]]
from commands import cli
cli.main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_leaves_no_half_release(released, how):
    file, out, layer = released
    before = files_of(out)
    layer.replace({"name": {"b": "B"}}).to_file(file)
    with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(file), "--out", str(out)],
            cwd=ROOT, env=in_course(ROOT), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True) as process:
        assert any(line == "writing\n" for line in process.stdout)
        process.send_signal(how)
    assert process.returncode != 0
    assert [one.name for one in (out / "towns").iterdir()
            if not one.name.startswith(".")] == ["1.0.0"]
    assert package.latest(out / "towns").version == "1.0.0"
    assert run(file, out)[0] == 0
    assert (out / "towns/1.0.1/index.html").is_file()
    assert not (out / "towns/.part").exists()
    assert before.items() <= files_of(out).items()


# --- what is refused -------------------------------------------------------

def test_personal_data_are_refused_unless_told_why(tmp_path):
    file = tmp_path / "guards.gpkg"
    towns(file, telephone=[f"+216 71 000 00{at}" for at in range(5)])
    with pytest.raises(CourseError, match="personal-phone") as refused:
        run(file, tmp_path / "out")
    assert "--drop" in str(refused.value) and "--because" in str(
        refused.value) and refused.value.exit_code == 2
    assert not (tmp_path / "out").exists()
    assert run(file, tmp_path / "told", because="made-up numbers")[0] == 0
    record = json.loads((tmp_path / "told/guards/1.0.0/metadata.json"
                         ).read_text("utf-8"))
    assert "personal-phone" in record["lineage"]
    assert "because: made-up numbers" in record["lineage"]
    assert run(file, tmp_path / "out", drop=["telephone"])[0] == 0
    assert b"216 71" not in b"".join(files_of(tmp_path / "out").values())


def test_an_unknown_crs_is_refused_unless_named_with_a_reason(tmp_path):
    file = ROOT / "data/crs_detective/region_1.csv"
    for options in ({}, {"crs": "EPSG:32632"}, {"because": "I asked"}):
        with pytest.raises(CourseError, match="crs-missing"):
            run(file, tmp_path / "out", **options)
    assert run(file, tmp_path / "out", crs="EPSG:32632",
               because="I asked")[0] == 0
    got = gpd.read_file(tmp_path / "out/region_1/1.0.0/region_1.gpkg")
    table = pd.read_csv(file)
    assert got.crs == 32632
    assert list(got.geometry.x) == list(table["x"])


def test_missing_metadata_are_named_each(tmp_path):
    towns(tmp_path / "towns.gpkg")
    meta = written_meta(tmp_path / "m", licence=None, title={
        "en": "A layer", "fr": "Une couche"})
    with pytest.raises(CourseError) as missing:
        run(tmp_path / "towns.gpkg", tmp_path / "out", meta=meta)
    named = [line[2:].split(":")[0] for line
             in str(missing.value).splitlines() if line.startswith("- ")]
    assert named == ["title.ar", "licence"]
    assert missing.value.exit_code == 2


def test_at_a_terminal_each_missing_field_is_asked_for_once(tmp_path):
    file = tmp_path / "towns.gpkg"
    towns(file)
    asked = []

    def ask(question):
        asked.append(question.split()[0])
        value = META
        for part in asked[-1].split("."):
            value = value[part]
        return ", ".join(value) if isinstance(value, list) else value
    assert run(file, tmp_path / "out", meta=None, ask=ask)[0] == 0
    assert asked == list(metadata.FIELDS)
    record = json.loads((tmp_path / "out/towns/1.0.0/metadata.json"
                         ).read_text("utf-8"))
    assert all(record[name] == META[name] for name in META)
    assert run(file, tmp_path / "out", meta=None, ask=None)[0] == 0


@pytest.mark.parametrize("content, words", [
    ("title: [", "is no YAML"), ("- a", "has no fields"),
    ("titel: {en: A}", "unknown fields: titel")])
def test_a_wrong_file_of_metadata_is_named(tmp_path, content, words):
    towns(tmp_path / "towns.gpkg")
    (tmp_path / "m.yml").write_text(content, "utf-8")
    with pytest.raises(CourseError, match=words):
        run(tmp_path / "towns.gpkg", tmp_path / "out",
            meta=tmp_path / "m.yml")


def test_a_licence_that_is_not_open_is_no_release(tmp_path):
    towns(tmp_path / "towns.gpkg")
    code, said = run(tmp_path / "towns.gpkg", tmp_path / "out",
                     meta=written_meta(tmp_path / "m",
                                       licence="CC-BY-NC-4.0"))
    assert code == 1 and "NC forbids commercial use" in said


@pytest.mark.parametrize("name, words", [
    ("actors.csv", "table without places"),
    ("gnss_track.gpx", "several layers.*tracks, track_points"),
    ("no.gpkg", "There is no file"), ("raster/scene.tif", "raster")])
def test_what_is_no_layer_is_refused_in_words(tmp_path, name, words):
    with pytest.raises(CourseError, match=words):
        run(ROOT / "data" / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# --- values that formats lose ----------------------------------------------

def prepared(layer, **options):
    from commands.audit.model import Source
    return preparing.prepare(Source(Path("x.gpkg"), None, "GPKG", layer),
                             "x", **options)


def hard(tmp_path):
    """The layer of own-files.md, C33."""
    layer = towns(tmp_path / "unused.gpkg")
    layer["الاسم"] = "ا" * 600
    return layer.assign(
        population_2014_hommes=range(5), population_2014_femmes=range(5),
        fid="A1", seen=pd.Timestamp("2021-12-02 08:30", tz="Africa/Tunis"),
        parts=[[1, 2]] * 5, depth=[1.5, float("inf"), None, 2, 3])


def test_what_each_format_loses_is_said_before(tmp_path):
    layer = prepared(hard(tmp_path))
    said = losses.losses(layer)
    shapefile = " ".join(said["Shapefile (not written)"])
    short = losses.short_names(layer.columns)
    assert len(set(short.values())) == len(layer.columns)
    assert max(map(len, short.values())) <= 10
    assert "population_2014_hommes" in shapefile
    assert "1200 bytes, 254 fit" in shapefile
    assert "time becomes text" in " ".join(said["GeoJSON"])
    words = " ".join(layer.said)
    assert "fid → fid_1" in words and "الاسم → column" in words
    assert "depth: 1 infinite" in words and "seen: times are in UTC" in words


def test_hard_values_are_released_and_read_back(tmp_path):
    file = tmp_path / "hard.parquet"
    hard(tmp_path).to_parquet(file)
    code, said = run(file, tmp_path / "out")
    assert code == 0, said
    assert said.index("What each format loses") < said.index("Released")
    folder = tmp_path / "out/hard/1.0.0"
    for ending in ("gpkg", "geojson"):
        got = gpd.read_file(folder / f"hard.{ending}")
        assert list(got["fid_1"]) == ["A1"] * 5
        assert got["depth"].isna().tolist() == [False, True, True, False,
                                                False]
        moments = pd.to_datetime(got["seen"], utc=True)
        assert (moments == pd.Timestamp("2021-12-02 07:30", tz="UTC")).all()
        assert [json.loads(one) if isinstance(one, str) else list(one)
                for one in got["parts"]] == [[1, 2]] * 5
    schema = json.loads((folder / "hard.schema.json").read_text("utf-8"))
    assert "الاسم" in [one.get("title") for one in schema["fields"]]

    def no_constant(word):
        raise AssertionError(word)
    json.loads((folder / "hard.geojson").read_text("utf-8"),
               parse_constant=no_constant)


def test_geojson_in_metres_becomes_degrees_without_a_crs_member(tmp_path):
    file = tmp_path / "towns.geojson"
    right = gpd.read_file(data.path("chief_towns"))
    right.to_crs(32632).to_file(file)  # GDAL writes the old member crs
    assert "crs" in json.loads(file.read_text("utf-8"))
    assert run(file, tmp_path / "out")[0] == 0
    folder = tmp_path / "out/towns/1.0.0"
    found = json.loads((folder / "towns.geojson").read_text("utf-8"))
    assert "crs" not in found
    got = gpd.read_file(folder / "towns.geojson")
    assert shapely.distance(got.geometry.array,
                            right.geometry.array).max() < 1e-6


def test_codes_of_a_table_keep_their_zeros_and_numbers_become_numbers(
        tmp_path):
    file = tmp_path / "wells.csv"
    file.write_text("ref;depth;sector;longitude;latitude\n"
                    "0101;1,5;01;10,1;36,8\n0102;;02;10,2;36,7\n"
                    "0103;3;03;10,25;36,6\n", "utf-8")
    code, said = run(file, tmp_path / "out")
    assert code == 0, said
    got = gpd.read_file(tmp_path / "out/wells/1.0.0/wells.gpkg")
    assert list(got["ref"]) == ["0101", "0102", "0103"]
    assert list(got["sector"]) == ["01", "02", "03"]
    assert got["depth"].dtype.kind == "f" and got["depth"].isna().sum() == 1
    assert list(got.geometry.x) == [10.1, 10.2, 10.25]


def test_numbers_that_json_does_not_know_become_null(tmp_path):
    """The file of own-files.md, C29."""
    file = tmp_path / "wells.geojson"
    rows = ",".join(
        f'{{"type": "Feature", "properties": {properties}, "geometry": '
        f'{{"type": "Point", "coordinates": [{x}, 36.5]}}}}'
        for x, properties in [
            (9.5, '{"ref": "a", "depth": NaN}'),
            (9.6, '{"ref": "b", "depth": -Infinity}'),
            (9.7, '{"ref": "c", "depth": 3.5}')])
    file.write_text('{"type": "FeatureCollection", "features": ['
                    + rows + "]}", "utf-8")
    code, said = run(file, tmp_path / "out")
    assert code == 0, said
    text = (tmp_path / "out/wells/1.0.0/wells.geojson").read_text("utf-8")
    assert "NaN" not in text and "Infinity" not in text
    assert [one["properties"]["depth"] for one
            in json.loads(text)["features"]] == [None, None, 3.5]


@pytest.mark.parametrize("column, fits", [
    (["a", "b"], True), ([1, 2], True), (["a", "a"], False),
    (["a", None], False), (["WP/7", "b"], False), (["é 1", "b"], False),
    (["2021-01-02", "2021-01-03"], False), ([True, False], False),
    ([1.5, 2.5], False), (["https://x/y", "b"], False)])
def test_an_identifier_is_unique_plain_and_no_day(column, fits):
    assert preparing.identifies(pd.Series(column)) is fits


def test_the_page_asks_the_network_for_nothing_and_is_accessible(
        released, chromium):
    from axe_core_python.sync_playwright import Axe
    _, out, _ = released
    shutil.copytree(out / "towns/1.0.0", out / "shown")
    page = chromium.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((out / "shown/index.html").as_uri())
    assert asked == [(out / "shown/index.html").as_uri()]
    assert page.locator("svg[role=img] circle").count() == 5
    assert [one["id"] for one in Axe().run(page)["violations"]] == []


def test_the_lesson_gives_what_it_says(tmp_path, monkeypatch, capsys):
    """Its code and its commands of `publish`, in their order."""
    text = (ROOT / "course/own_file.md").read_text("utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "course").mkdir()
    for name in ("data/sectors_received.geojson",
                 "course/own_file_metadata.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    codes = []
    for kind, block in re.findall(r"```(python|bash)\n(.*?)```", text,
                                  re.DOTALL):
        if kind == "python":
            exec(block, {})
        elif block.startswith("python3 start.py publish"):
            monkeypatch.setattr(sys, "argv", block.split()[1:])
            with pytest.raises(SystemExit) as ended:
                cli.main()
            codes.append(ended.value.code)
    assert codes == [2, 0, 0]  # the first has no metadata, and no terminal
    assert len(gpd.read_file("output/sectors.gpkg")) == 49
    folder = tmp_path / "output/releases/sectors"
    assert {one.name for one in folder.glob("*.*.*")} == {"1.0.0", "1.0.1"}
    named = set(re.findall(r"`(\w+\.\w+|SHA256SUMS)`", text))
    here = {one.name for one in (folder / "1.0.1").iterdir()}
    assert len(here & named) >= 7
    assert "Twenty validators accept" in text
    verdicts = json.loads((folder / "1.0.1/verdicts.json").read_text("utf-8"))
    assert sum(one["verdict"] == "yes" for one in verdicts) >= 20
