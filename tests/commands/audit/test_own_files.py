"""`audit`: files as offices keep them, made here as their programs do."""

import contextlib
import json
import os
import shutil
import sqlite3
import warnings
import zipfile
from io import StringIO

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from commands.audit import audit, command, machine, screen
from commands.audit.model import singular
from commands.audit.reading import geojson, read
from commands.terminal import Console
from helpers.errors import CourseError

DOC = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document>
</kml>"""
LINK = "<NetworkLink><Link><href>layers/{}.kml</href></Link></NetworkLink>"
PLACE = ("<Placemark><name>{0}</name><Point><coordinates>10.{0},36"
         "</coordinates></Point></Placemark>")


def codes(file, **options):
    return {one.code for one in audit(file, **options).findings}


def wells():
    return gpd.GeoDataFrame(
        {"code": ["A1", "A2", "A3"], "depth": [10.5, 20.5, 30.5]}, crs=4326,
        geometry=gpd.points_from_xy([10, 10.1, 10.2], [36, 36.1, 36.2]))


def kmz(file, *layers):
    """As GDAL writes it: doc.kml only links to the others."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("doc.kml", DOC.format("".join(
            map(LINK.format, layers))))
        for name in layers:
            archive.writestr(f"layers/{name}.kml", DOC.format(
                f"<Folder><name>{name}</name>{PLACE.format(1)}"
                f"{PLACE.format(2)}</Folder>"))
    return file


def test_the_places_of_a_kmz_may_lie_behind_its_doc_kml(tmp_path):
    one, = read(kmz(tmp_path / "one.kmz", "wells"))
    assert one.layer == "wells" and len(one.table) == 2
    two = kmz(tmp_path / "two.kmz", "wells", "towns")
    assert [each.layer for each in read(two)] == ["towns", "wells"]
    assert "layers-several" in codes(two)
    assert [each.layer for each in read(two, layer="wells")] == ["wells"]
    with pytest.raises(CourseError, match="has no place in it"):
        read(kmz(tmp_path / "none.kmz"))


@pytest.mark.parametrize("name", ["wells.csv", "wells.sqlite", "wells"])
def test_a_geopackage_is_one_whatever_its_name_says(tmp_path, name):
    wells().to_file(tmp_path / "wells.gpkg")
    shutil.copy(tmp_path / "wells.gpkg", tmp_path / name)
    source, = read(tmp_path / name)
    assert source.format == "GPKG" and len(source.table) == 3


def test_a_table_is_one_though_its_name_says_geopackage(tmp_path):
    (tmp_path / "wells.gpkg").write_text("code,lon,lat\nA1,10,36\n", "utf-8")
    source, = read(tmp_path / "wells.gpkg")
    assert source.format == "CSV" and source.x == "lon"


@pytest.mark.parametrize("member, mime, words", [
    ("word/document.xml", "", "a text of Word"),
    ("content.xml", "application/vnd.oasis.opendocument.text",
     "a text of LibreOffice"),
    ("ppt/presentation.xml", "", "slides of PowerPoint")])
def test_a_text_of_an_office_is_called_one(tmp_path, member, mime, words):
    file = tmp_path / "letter.docx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr(member, "<a/>")
    with pytest.raises(CourseError, match=words):
        read(file)


def test_an_archive_with_nothing_in_it_is_called_empty(tmp_path):
    zipfile.ZipFile(tmp_path / "a.zip", "w").close()
    with pytest.raises(CourseError, match="It is empty"):
        read(tmp_path / "a.zip")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "wells.csv")
    with pytest.raises(CourseError, match="is no file on a disk"):
        read(tmp_path / "wells.csv")


@pytest.mark.parametrize("options", [{}, {"country": None}])
def test_a_column_of_wkt_without_a_crs_is_not_clean(tmp_path, options):
    file = tmp_path / "wells.csv"
    pd.DataFrame({"id": [1, 2], "WKT": ["POINT (10 36)", "POINT (10.1 36)"]}
                 ).to_csv(file, index=False)
    assert "crs-missing" in codes(file, **options)


def test_one_page_is_not_overwritten_by_the_other(tmp_path):
    wells().to_file(tmp_path / "wells.gpkg")
    with pytest.raises(CourseError, match="--html and --json both name"):
        command.audit(tmp_path / "wells.gpkg", Console(file=StringIO()),
                      html=tmp_path / "r", json=tmp_path / "r", force=True)
    assert not (tmp_path / "r").exists()


def test_empty_and_missing_geometries_warn_nobody_but_the_reader(tmp_path):
    layer = wells()
    layer.geometry = [shapely.Polygon(), None, shapely.box(10, 36, 11, 37)]
    layer.to_file(tmp_path / "wells.gpkg")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "geometry-empty" in codes(tmp_path / "wells.gpkg")


def test_a_table_without_places_is_clean_only_as_a_table(tmp_path):
    file = tmp_path / "budget.csv"
    file.write_text("year,budget\n2020,7\n2021,8\n2022,9\n", "utf-8")
    said = StringIO()
    page = tmp_path / "page.html"
    assert command.audit(file, Console(file=said, width=200), html=page,
                         json=None, force=False) == 0
    assert "Clean as a table without places: 0 errors" in said.getvalue()
    assert "Clean as a table without places: neither" in page.read_text(
        "utf-8")


def test_a_row_without_a_place_is_not_counted_as_drawn(tmp_path):
    layer = wells()
    layer.geometry = [*layer.geometry[:2], None]
    layer.to_file(tmp_path / "wells.gpkg")
    page = tmp_path / "page.html"
    command.audit(tmp_path / "wells.gpkg", Console(file=StringIO()),
                  html=page, json=None, force=False)
    assert "2 rows are drawn." in page.read_text("utf-8")


@pytest.mark.parametrize("text, right", [
    ("1 rows have fewer cells than the head, 1 rows have more",
     "1 row has fewer cells than the head, 1 row has more"),
    ("1 columns with values have no name",
     "1 column with values has no name"),
    ("1 names of columns are there twice",
     "1 name of columns is there twice"),
    ("2 points, 1 lines, 1 collections", "2 points, 1 line, 1 collection"),
    ("11 rows stand above the head", "11 rows stand above the head"),
    ("1 row without a place", "1 row without a place")])
def test_one_thing_is_said_in_the_singular(text, right):
    assert singular(text) == right


def test_a_formula_whose_result_is_an_empty_text_is_no_error(tmp_path):
    """Excel writes such a cell with the type str and an empty value."""
    file, made = tmp_path / "wells.xlsx", tmp_path / "made.xlsx"
    table = pd.DataFrame(wells().drop(columns="geometry"))
    table.assign(remark=["=IF(1,\"\",1)", "dry", "deep"]).to_excel(
        made, index=False, engine="openpyxl")
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w") as new:
        for each in old.namelist():
            text = old.read(each)
            assert not each.endswith("sheet1.xml") or b'<c r="C2">' in text
            new.writestr(each, text.replace(
                b'<c r="C2">', b'<c r="C2" t="str">'))
    assert "cells-errors" in codes(made)
    assert "cells-errors" not in codes(file)


# --- rings that are not closed, in each format ------------------------------

BOX = [(10, 36), (10.1, 36), (10.1, 36.1), (10, 36.1)]


def without_its_end(shape):
    """The bytes of a box whose ring does not end where it begins."""
    encoded = shapely.to_wkb(shape, byte_order=1)
    return (encoded[:9] + (4).to_bytes(4, "little")
            + encoded[13:13 + 4 * 16])


def two_boxes():
    return gpd.GeoDataFrame(
        {"code": ["A1", "A2"]}, crs=4326,
        geometry=[shapely.box(10, 36, 10.1, 36.1),
                  shapely.box(10.2, 36, 10.3, 36.1)])


def open_geopackage(folder):
    file = folder / "open.gpkg"
    two_boxes().to_file(file, layer="boxes")
    with contextlib.closing(sqlite3.connect(file)) as base, base:
        for name, in base.execute("SELECT name FROM sqlite_master "
                                  "WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        (blob,), = base.execute("SELECT geom FROM boxes WHERE fid = 2")
        head = blob[:8 + (0, 32, 48, 48, 64)[blob[3] >> 1 & 7]]
        base.execute("UPDATE boxes SET geom = ? WHERE fid = 2", [
            head + without_its_end(two_boxes().geometry[1])])
    return file


def open_parquet(folder):
    file = folder / "open.parquet"
    two_boxes().to_parquet(file)
    table = pq.read_table(file)
    shapes = [*map(shapely.to_wkb, two_boxes().geometry)]
    shapes[1] = without_its_end(two_boxes().geometry[1])
    at = table.schema.get_field_index("geometry")
    pq.write_table(table.set_column(
        at, table.schema.field(at), pa.array(shapes)), file)
    return file


def open_kml(folder):
    file = folder / "open.kml"
    rings = [" ".join(f"{x},{y}" for x, y in ring)
             for ring in ([*BOX, BOX[0]], BOX)]
    file.write_text(DOC.format("".join(
        "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        "</Placemark>" for ring in rings)), "utf-8")
    return file


def open_wkt(folder):
    file = folder / "open.csv"
    rings = [", ".join(f"{x} {y}" for x, y in ring)
             for ring in ([*BOX, BOX[0]], BOX)]
    file.write_text("code,wkt\n" + "".join(
        f'A{at},"POLYGON(({ring}))"\n' for at, ring in enumerate(rings)),
        "utf-8")
    return file


@pytest.mark.parametrize("make", [
    open_geopackage, open_parquet, open_kml, open_wkt])
def test_a_ring_that_is_not_closed_is_told_and_the_rest_is_read(
        make, tmp_path):
    source, = read(make(tmp_path))
    found, = [one for one in source.findings if one.code == "ring-open"]
    assert found.rows == [2] and found.severity == "error"
    assert shapely.area(source.table.geometry).round(4).tolist() == [
        0.01, 0.01]


def test_a_large_geojson_with_an_open_ring_is_read_all_the_same(
        tmp_path, monkeypatch):
    monkeypatch.setattr(geojson, "SMALL", 10)
    file = tmp_path / "open.geojson"
    file.write_text(two_boxes().to_json().replace(
        ", [10.1, 36.0]]]", "]]"), "utf-8")
    assert "ring-open" in {one.code for one in read(file)[0].findings}


# --- what is no defect ------------------------------------------------------

@pytest.mark.parametrize("values", [
    ["10 mars", "12 mars", "14 mars"], ["A1", "a1", "B2"],
    ["2.5 3.5", "1.5 2.5", "4.5 1.5"], ["10, 12", "14, 3", "9, 8"],
    ["12 rue Exemple", "3 rue Exemple", "9 rue Exemple"],
    ["8h", "9h", "10h"], ["1/2", "1/3", "2/3"]])
def test_these_values_are_no_defect(tmp_path, values):
    file = tmp_path / "wells.csv"
    pd.DataFrame({"key": [f"K{at}" for at in range(12)],
                  "remark": values * 4,
                  "lon": [f"10.{at}" for at in range(12)],
                  "lat": [f"36.{at}" for at in range(12)]}).to_csv(
        file, index=False)
    assert codes(file) - {"codes-variants"} == {
        "metadata-missing", "licence-missing"}


def test_codes_of_an_identifier_may_differ_in_capitals(tmp_path):
    file = tmp_path / "wells.csv"
    file.write_text("key,n\n" + "".join(
        f"{letter}{at},{at}\n" for at in range(5) for letter in "aA"),
        "utf-8")
    assert "codes-variants" not in codes(file)


@pytest.mark.parametrize("pair", ["36.{}, 9.1", "36,{} 9,1", "(36.{};9.1)"])
def test_two_coordinates_in_one_cell_are_told(tmp_path, pair):
    file = tmp_path / "wells.csv"
    file.write_text("code;coordonnées\n" + "".join(
        f'A{at};"{pair.format(at)}"\n' for at in range(6)), "utf-8")
    found, = [one for one in audit(file).findings
              if one.code == "coordinates-pair"]
    assert found.count == 6 and pair.format(0) in found.says


def test_not_a_number_is_told_with_its_rows(tmp_path):
    file = tmp_path / "wells.json"
    file.write_text('[{"id": 1, "v": [1, "x", NaN]}, NaN, {"id": 2}]',
                    "utf-8")
    found, = [one for one in audit(file).findings if one.code == "json-nan"]
    assert found.rows == [1] and found.says == (
        "2 values are NaN or Infinity: v (1), in place of a record (1)")


def test_a_geometry_is_no_column(tmp_path):
    wells().to_file(tmp_path / "wells.gpkg")
    report = audit(tmp_path / "wells.gpkg")
    assert machine.document(report)["layers"][0]["columns"] == [
        "code", "depth"]
    shown = Console(file=StringIO(), width=100)
    screen.show(report, shown)
    assert "3 rows · 2 columns · EPSG:4326" in shown.file.getvalue()


# --- answers of a service, and heads that are too short ----------------------

PAGE = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"code": "A1"},
     "geometry": {"type": "Point", "coordinates": [10, 36]}}]}


@pytest.mark.parametrize("more, words", [
    ({"numberMatched": 434, "numberReturned": 1}, "gave 1 features of 434"),
    ({"exceededTransferLimit": True}, "gave 1 features and"),
    ({"properties": {"exceededTransferLimit": True}}, "gave 1 features and"),
    ({"numberMatched": 1}, ""), ({"exceededTransferLimit": False}, "")])
def test_one_page_of_an_answer_is_no_whole_file(tmp_path, more, words):
    file = tmp_path / "wells.geojson"
    file.write_text(json.dumps(PAGE | more), "utf-8")
    said = [one.says for one in audit(file).findings
            if one.code == "file-truncated"]
    assert bool(said) == bool(words)
    assert not words or singular(words) in said[0]


def test_an_answer_of_arcgis_is_a_layer(tmp_path):
    file = tmp_path / "wells.json"
    file.write_text(json.dumps({
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 32632},
        "fields": [{"name": "NOM", "type": "esriFieldTypeString"}],
        "features": [{"attributes": {"NOM": "Puits fictif"}, "geometry": {
            "x": 510000, "y": 4010000}}]}), "utf-8")
    source, = read(file)
    assert source.format == "EsriJSON" and not source.findings
    assert source.table.crs.to_epsg() == 32632
    assert source.table["NOM"].tolist() == ["Puits fictif"]


@pytest.mark.parametrize("text, words", [
    ("code,lon,lat\n" + "".join(f"A{n},9,{n}1,36,{n}2\n" for n in range(6)),
     "the head has 3 cells, most rows have 5"),
    ("code;geom\n" + "".join(
        f"A{n};SRID=32632;POINT({n} 4010000)\n" for n in range(6)),
     "the head has 2 cells, most rows have 3"),
    ("code,lon,lat\n" + "".join(f"A{n},9.{n},36.1,,\n" for n in range(6)),
     "")])
def test_a_head_that_is_shorter_than_its_rows_is_an_error(
        tmp_path, text, words):
    file = tmp_path / "wells.csv"
    file.write_text(text, "utf-8")
    found = [one.says for one in audit(file).findings
             if one.code == "rows-malformed"]
    assert bool(found) == bool(words)
    assert not words or found[0].startswith(words)
