"""Each validator says yes to a good file, and objects to a planted defect."""

import json
import shutil
import sqlite3

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from helpers import publish

SCHEMA = {"fields": [
    {"name": "code", "type": "string",
     "constraints": {"required": True, "unique": True}},
    {"name": "beds", "type": "integer", "constraints": {"minimum": 0}}]}


@pytest.fixture(scope="module")
def areas():
    """Three squares with Arabic names."""
    return gpd.GeoDataFrame(
        {"code": ["a", "b", "c"], "name_ar": ["مركز", "قابس", None],
         "beds": [1, 0, 12]}, crs=4326,
        geometry=[shapely.box(x, 34, x + 1, 35) for x in (8, 9, 10)])


@pytest.fixture(scope="module")
def good(areas, tmp_path_factory):
    """A release package without a defect."""
    folder = tmp_path_factory.mktemp("release")
    areas.to_file(folder / "areas.geojson", RFC7946="YES")
    areas.to_file(folder / "areas.gpkg", layer="areas", VERSION="1.2")
    areas.to_parquet(folder / "areas.parquet", index=False,
                     schema_version="1.1.0", write_covering_bbox=True)
    pd.DataFrame(areas[["code", "beds"]]).to_csv(
        folder / "areas.csv", index=False)
    (folder / "areas.schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    (folder / "README.md").write_text("# Areas\n", "utf-8")
    sign(folder)
    return folder


@pytest.fixture
def package(good, tmp_path):
    """A copy of it, to plant a defect in."""
    return shutil.copytree(good, tmp_path / "release")


def sign(folder):
    from helpers.data import sha256
    (folder / "SHA256SUMS").write_text("".join(
        f"{sha256(file)}  {file.name}\n"
        for file in sorted(folder.iterdir())), "utf-8")


def test_every_validator_is_asked_and_says_yes(good):
    table = publish.verdicts(good)
    assert set(table.columns) == {"file", "validator", "verdict", "says"}
    assert set(table["verdict"]) <= {"yes", "not asked"}
    asked = set(zip(table["file"], table["validator"]))
    assert {("areas.geojson", "geojson-validator, RFC 7946"),
            ("areas.gpkg", "GeoPackage by SQL"),
            ("areas.gpkg", "GDAL validate_gpkg"),
            ("areas.parquet", "geoparquet-validator"),
            ("areas.csv", "frictionless, Table Schema"),
            ("README.md", "file name"),
            ("SHA256SUMS", "checksums")} <= asked
    assert (table["validator"] == "file name").sum() == len(
        list(good.iterdir()))


def test_it_changes_no_file(package, good):
    before = {file.name: file.read_bytes() for file in package.iterdir()}
    publish.verdicts(package)
    assert {file.name: file.read_bytes()
            for file in package.iterdir()} == before


# --- each validator of the table -------------------------------------------

def change_geojson(folder):
    file = folder / "areas.geojson"
    file.write_text(file.read_text("utf-8").replace(
        '"features"', '"crs": null, "features"'), "utf-8")


def change_geopackage(folder):
    with sqlite3.connect(folder / "areas.gpkg") as base:
        base.execute("UPDATE gpkg_contents SET last_change = '06/12/2021'")
    base.close()


def change_geoparquet(folder):
    about(folder / "areas.parquet",
          lambda found: found.update(version="1.0.0"))


def change_table(folder):
    with (folder / "areas.csv").open("a", encoding="utf-8") as file:
        file.write("d,-1\n")


# validator → the file, and the defect that makes it object
PLANTED = {
    "geojson-validator, RFC 7946": ("areas.geojson", change_geojson),
    "GeoPackage by SQL": ("areas.gpkg", change_geopackage),
    "GDAL validate_gpkg": ("areas.gpkg", change_geopackage),
    "geoparquet-validator": ("areas.parquet", change_geoparquet),
    "frictionless, Table Schema": ("areas.csv", change_table),
    "file name": ("Readme (1).md", lambda folder: (
        folder / "README.md").rename(folder / "Readme (1).md")),
    "checksums": ("SHA256SUMS", lambda folder: (
        folder / "README.md").write_text("# Other\n", "utf-8")),
}


def test_a_defect_is_planted_for_each_validator_of_the_table(good):
    assert set(publish.verdicts(good)["validator"]) == set(PLANTED)


@pytest.mark.parametrize("validator", PLANTED)
def test_the_table_says_no_to_a_planted_defect(package, validator):
    """To that file alone: all others keep their yes. A defect changes the
    sum of its file, so that SHA256SUMS is written again."""
    name, plant = PLANTED[validator]
    plant(package)
    if validator != "checksums":
        (package / "SHA256SUMS").unlink()
        sign(package)
    table = publish.verdicts(package)
    row = table[(table["file"] == name) & (table["validator"] == validator)]
    if row["verdict"].item() == "not asked":
        pytest.skip("no Python here has osgeo_utils")
    assert row["verdict"].item() == "no" and row["says"].item()
    assert set(table.loc[table["verdict"] == "no", "file"]) == {name}


# --- GeoJSON ---------------------------------------------------------------

def edited(file, change) -> list[str]:
    """What is said about a GeoJSON file after a change of its object."""
    found = json.loads(file.read_text("utf-8"))
    change(found)
    file.write_text(json.dumps(found), "utf-8")
    return publish.geojson(file)


def ring(found):
    return found["features"][0]["geometry"]["coordinates"][0]


@pytest.mark.parametrize("change, says", [
    (lambda found: found.update(crs={"type": "name", "properties": {}}),
     "a member crs"),
    (lambda found: ring(found).reverse(), "exterior_not_ccw"),
    (lambda found: ring(found).pop(), "unclosed"),
    (lambda found: ring(found)[1].__setitem__(0, 9.123456789), "decimals"),
    (lambda found: ring(found)[1].__setitem__(0, 584368.5),
     "no degrees of WGS 84"),
    (lambda found: found["features"][1].pop("type"), "type"),
    (lambda found: found["features"][1]["properties"].update(
        beds=float("nan")), "NaN is no number"),
    (lambda found: found.update(type="Topology"), "no FeatureCollection"),
])
def test_a_defect_of_a_geojson_file_is_named(package, change, says):
    (one, *_) = edited(package / "areas.geojson", change)
    assert says in one


def test_the_order_of_the_places_of_a_number_does_not_hide_its_decimals(
        package):
    said = edited(package / "areas.geojson", lambda found: ring(
        found)[1].__setitem__(1, 1.5e-9))
    assert any("10 decimals" in one for one in said)


@pytest.mark.parametrize("before, encoding, says", [
    ("\ufeff", "utf-8", "byte order mark"), ("", "cp1256", "no JSON in UTF-8"),
    ("{", "utf-8", "no JSON")])
def test_a_file_that_is_no_json_is_refused(package, before, encoding, says):
    file = package / "areas.geojson"
    file.write_bytes((before + file.read_text("utf-8")).encode(encoding))
    (one,) = publish.geojson(file)
    assert says in one


# --- GeoPackage ------------------------------------------------------------

@pytest.mark.parametrize("change, says", [
    ("PRAGMA application_id = 7", "application id"),
    ("PRAGMA user_version = 10100", "older than 1.2"),
    ("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 0", "-1, 0 or 4326"),
    ("UPDATE gpkg_contents SET last_change = '06/12/2021'", "last_change"),
    ("DELETE FROM gpkg_contents", "key points to nothing"),
    ("UPDATE gpkg_contents SET data_type = 'attributes'", "no layer"),
    ("DELETE FROM gpkg_geometry_columns", "no geometry column"),
    ("DROP TABLE gpkg_geometry_columns", "tables are missing"),
])
def test_a_defect_of_a_geopackage_is_named(package, change, says):
    file = package / "areas.gpkg"
    with sqlite3.connect(file) as base:
        base.execute(change)
    base.close()
    assert says in "; ".join(publish.geopackage(file))


def test_a_geometry_that_is_no_geopackage_binary_is_named(package):
    file = package / "areas.gpkg"
    with sqlite3.connect(file) as base:
        for name, in base.execute("SELECT name FROM sqlite_master WHERE "
                                  "type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("UPDATE areas SET geom = x'0101' WHERE fid = 1")
    base.close()
    assert publish.geopackage(file) == [
        "1 geometries of areas do not begin with GP (requirement 19)"]


def test_a_damaged_file_and_another_format_are_refused(package):
    file = package / "areas.gpkg"
    content = bytearray(file.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    file.write_bytes(content)
    assert publish.geopackage(file)
    assert "no SQLite file" in publish.geopackage(
        package / "areas.parquet")[0]


def test_gdals_own_validator_objects_too_where_it_is_installed(package, good):
    verdict = publish.gdal_geopackage(good / "areas.gpkg")
    if verdict is None:
        pytest.skip("no Python here has osgeo_utils")
    assert verdict == []
    file = package / "areas.gpkg"
    with sqlite3.connect(file) as base:
        base.execute("UPDATE gpkg_contents SET last_change = '06/12/2021'")
    base.close()
    assert publish.gdal_geopackage(file)


# --- GeoParquet, CSV, names, checksums -------------------------------------

def about(file, change):
    """Change the GeoParquet metadata of a file."""
    table = pq.read_table(file)
    found = json.loads(table.schema.metadata[b"geo"])
    change(found)
    pq.write_table(table.replace_schema_metadata(
        {**table.schema.metadata, b"geo": json.dumps(found)}), file)


@pytest.mark.parametrize("change, says", [
    (lambda found: found["columns"]["geometry"].update(bbox=[1, 2, 3, 4]),
     "bbox-extent"),
    (lambda found: found["columns"]["geometry"].update(
        geometry_types=["Point"]), "geometry-types"),
    (lambda found: found["columns"]["geometry"].update(crs="EPSG:4326"),
     "crs-projjson"),
    (lambda found: found["columns"]["geometry"]["covering"]["bbox"].update(
        xmin=["box", "xmin"]), "covering"),
    (lambda found: found.update(version="1.0.0"), "1.0.0"),
])
def test_a_defect_of_a_geoparquet_file_is_named(package, change, says):
    about(package / "areas.parquet", change)
    assert says in "; ".join(publish.geoparquet(package / "areas.parquet"))


def test_an_index_of_pandas_is_named(areas, tmp_path):
    file = tmp_path / "index.parquet"
    areas.iloc[[2, 0]].to_parquet(file, schema_version="1.1.0", index=True)
    assert "index of pandas" in publish.geoparquet(file)[0]
    (tmp_path / "no.parquet").write_bytes(b"no")
    assert "cannot be read" in publish.geoparquet(tmp_path / "no.parquet")[0]


@pytest.mark.parametrize("text, says", [
    ("code,beds\na,1\na,2\n", "unique"), ("code,beds\na,-1\n", "minimum"),
    ("code,beds\na,many\n", "integer"), ("code,bed\na,1\n", "label"),
    ("code\na\n", "label"), ("code,beds\n,1\n", "required")])
def test_a_table_against_its_schema(package, text, says):
    file = package / "areas.csv"
    file.write_text(text, "utf-8")
    assert says in "; ".join(publish.table(file))


def test_a_table_without_a_schema_or_with_a_broken_one(package):
    file, schema = package / "areas.csv", package / "areas.schema.json"
    schema.write_text('{"fields": [{"name": "code", "type": "text"}]}')
    assert "schema itself is not valid" in publish.table(file)[0]
    schema.write_text("{")
    assert "is no JSON" in publish.table(file)[0]
    schema.unlink()
    assert publish.table(file) == ["there is no areas.schema.json beside it"]


@pytest.mark.parametrize("name, right", [
    ("health_centres.gpkg", True), ("README.md", True), ("README", True),
    ("SHA256SUMS", True), ("a-2.1.csv", True), ("Centres.csv", False),
    ("centres (final).csv", False), ("santé.csv", False),
    ("مراكز.csv", False), (".hidden", False)])
def test_a_file_name_that_travels(tmp_path, name, right):
    assert (publish.file_name(tmp_path / name) == []) is right


def test_sums_in_capital_letters_are_read_as_sha256sum_reads_them(package):
    sums = package / "SHA256SUMS"
    sums.write_text("".join(
        f"{line[:64].upper()}{line[64:]}\n"
        for line in sums.read_text().splitlines()))
    assert publish.checksums(package) == []
    with (package / "areas.csv").open("a") as file:
        file.write(" ")
    assert publish.checksums(package) == ["areas.csv has been changed"]


def test_what_the_checksums_do_not_cover_is_named(package):
    def said():
        return "; ".join(publish.checksums(package))

    with (package / "areas.csv").open("a") as file:
        file.write(" ")
    (package / "areas.gpkg").rename(package / "other.gpkg")
    assert "areas.csv has been changed" in said()
    assert "areas.gpkg is not there" in said()
    assert "other.gpkg is not listed" in said()
    sign(package)  # lists SHA256SUMS itself: it was there
    sums = package / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("  other", " other"))
    assert "a line is not" in said()
    sums.unlink()
    assert said() == "there is no SHA256SUMS"
    table = publish.verdicts(package)
    assert table.iloc[-1]["verdict"] == "no"
