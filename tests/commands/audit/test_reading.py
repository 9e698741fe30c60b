"""What a file says is kept: texts, layers, CRS; nothing is written."""

import contextlib
import json
import shutil
import subprocess
import sys
import zipfile

import geopandas as gpd
import pandas as pd
import pytest

from commands.audit.model import UnreadableFile
from commands.audit.reading import archive, read, text
from helpers import data
from tests.commands.audit.corpus import CASES, TWINS
from tests.commands.audit.damaged.case import centres, towns
from tests.support import ROOT


def csv_of(folder, content, name="a.csv", encoding="utf-8"):
    file = folder / name
    file.write_bytes(content.encode(encoding))
    return file


# --- tables ----------------------------------------------------------------

def test_the_columns_of_a_csv_stay_text(tmp_path):
    (source,) = read(csv_of(
        tmp_path, "code,land,day,value\n0101,NA,1-2,1e5\n0102,null,,2.50\n"))
    assert source.table.fillna("").to_numpy().tolist() == [
        ["0101", "NA", "1-2", "1e5"], ["0102", "null", "", "2.50"]]
    assert source.table["day"].isna().tolist() == [False, True]


@pytest.mark.parametrize("page", [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256",
    "iso8859_6", "cp720"])
def test_arabic_is_read_in_each_code_page(tmp_path, page):
    names = "\n".join(towns().name_ar)
    (source,) = read(csv_of(tmp_path, f"name\n{names}\n", encoding=page))
    assert source.table["name"].tolist() == towns().name_ar.tolist()


@pytest.mark.parametrize("page", ["cp1252", "cp850", "mac_roman"])
def test_french_is_read_in_each_code_page(tmp_path, page):
    names = [name for name in centres(300).name_fr
             if not name.isascii() and "’" not in name]
    (source,) = read(csv_of(
        tmp_path, "id;name\n" + "".join(
            f"{at};{name}\n" for at, name in enumerate(names)),
        encoding=page))
    assert source.table["name"].tolist() == names


def test_an_encoding_that_is_told_wins_and_a_wrong_one_is_refused(tmp_path):
    file = csv_of(tmp_path, "a,b\né,ü\n", encoding="cp1252")
    (source,) = read(file, encoding="cp850")
    assert source.table["a"].tolist() == ["Ú"]
    assert source.evidence["encoding"] == "cp850: as told"
    with pytest.raises(UnreadableFile, match=r"not in utf-8.*line 2"):
        read(file, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no encoding 'klingon'"):
        read(file, encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(tmp_path, delimiter):
    rows = [["name", "x, y; z", "remark"], ["a b", '1,5', "c"],
            ["d", "2,5", "e | f"]]
    table = pd.DataFrame(rows[1:], columns=rows[0])
    table.to_csv(tmp_path / "a.csv", sep=delimiter, index=False)
    (source,) = read(tmp_path / "a.csv")
    assert list(source.table.columns) == rows[0]
    assert source.table.to_numpy().tolist() == rows[1:]


def test_the_line_of_excel_that_names_the_delimiter_is_no_record(tmp_path):
    (source,) = read(csv_of(tmp_path, "sep=;\r\na;b\r\n1,5;2,5\r\n"))
    assert list(source.table.columns) == ["a", "b"]
    assert "sep=" in source.evidence["delimiter"]


@pytest.mark.parametrize("x, y, crs", [
    ("lon", "lat", 4326), ("longitude", "latitude", 4326),
    ("stop_lon", "stop_lat", 4326), ("gps-Longitude", "gps-Latitude", 4326),
    ("x", "y", None), ("x_coord", "y_coord", None),
    ("Easting", "Northing", None), ("خط الطول", "خط العرض", 4326)])
def test_columns_of_coordinates_are_found(tmp_path, x, y, crs):
    (source,) = read(csv_of(
        tmp_path, f"{y},name,{x}\n36.8,a,10.2\n36.9,b,10.3\n"))
    assert (source.x, source.y) == (x, y)
    assert source.table.geometry.x.tolist() == [10.2, 10.3]
    assert (source.table.crs and source.table.crs.to_epsg()) == crs


def test_metres_under_the_name_of_degrees_get_no_crs(tmp_path):
    (source,) = read(csv_of(tmp_path, "lon,lat\n607506,4081179\n"))
    assert source.table.crs is None


def test_columns_that_are_told_are_taken(tmp_path):
    file = csv_of(tmp_path, "a,b,lon,lat\n1,2,3,4\n5,6,7,8\n")
    (source,) = read(file, csv_x="a", csv_y="b")
    assert source.table.geometry.y.tolist() == [2, 6]
    with pytest.raises(UnreadableFile, match=r"no column 'c'.*a, b, lon"):
        read(file, csv_x="c", csv_y="b")


def test_geometry_as_text_is_read(tmp_path):
    (source,) = read(csv_of(
        tmp_path, 'id,wkt\n1,"SRID=32632;POINT (600000 4080000)"\n2,\n'))
    assert source.table.crs.to_epsg() == 32632
    assert source.table.geometry.isna().tolist() == [False, True]


def test_a_spreadsheet_shows_codes_as_they_are_in_it(tmp_path):
    import openpyxl
    book = openpyxl.Workbook()
    for row in (["code", "long", "share"], [101, 216123456789.0, 0.5],
                ["0102", "x", None]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (source,) = read(tmp_path / "a.xlsx")
    assert source.table["code"].tolist() == ["101", "0102"]
    assert source.table["long"].tolist() == ["216123456789", "x"]
    assert source.table["share"].isna().tolist() == [False, True]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_xlsx_and_ods_hold_what_the_csv_holds(tmp_path, kind):
    (sheet,) = read(TWINS[kind](tmp_path))
    (table,) = read(TWINS["csv"](tmp_path))
    assert list(sheet.table.columns) == list(table.table.columns)
    for name in ("centre_id", "name_ar", "population_served"):
        assert sheet.table[name].fillna("").tolist() == (
            table.table[name].fillna("").tolist())
    assert sheet.table.geometry.geom_equals_exact(
        table.table.geometry, 1e-9).all()


def test_merged_heads_become_one_name_each(tmp_path):
    (source,) = read(CASES["xlsx: title and merged heads"].make(tmp_path))
    assert list(source.table.columns)[-3:-1] == [
        "position lon", "position lat"]
    assert len(source.table) == len(centres())


# --- layers ----------------------------------------------------------------

@pytest.mark.parametrize("kind", ["geojson", "gpkg", "parquet", "shp", "zip",
                                  "kml", "gpx"])
def test_each_format_gives_the_same_places(tmp_path, kind):
    (source,) = read(TWINS[kind](tmp_path))
    assert source.table.crs.equals("EPSG:4326")
    assert source.table.geometry.geom_equals_exact(
        towns().geometry, 1e-6).all()


def test_utm_by_the_crs_member_lies_where_the_towns_are(tmp_path):
    (source,) = read(CASES["geojson: UTM with the crs member"].make(tmp_path))
    assert source.table.crs.to_epsg() == 32632
    right = towns().geometry.to_crs(32632)
    assert source.table.distance(right).max() < 0.1  # metres


@pytest.mark.parametrize("case, epsg", [
    ("no key crs", "OGC:CRS84"), ("crs null", None),
    ("no geo metadata", None)])
def test_geoparquet_keeps_absent_and_null_apart(tmp_path, case, epsg):
    (source,) = read(CASES[f"parquet: {case}"].make(tmp_path))
    assert len(source.table) == 24
    crs = source.table.crs
    assert (":".join(crs.to_authority()) if crs else None) == epsg


def test_a_shapefile_of_cp1256_gives_arabic(tmp_path):
    for name in ("shp: cp1256 without a .cpg",
                 "shp: cp1256 and the code page of a PC",
                 "shp: cp1256, and a .cpg that says UTF-8",
                 "shp: UTF-8, and a .cpg that says 1252"):
        folder = tmp_path / name[5:16]
        folder.mkdir(exist_ok=True)
        (source,) = read(CASES[name].make(folder))
        assert source.table["name_ar"].tolist() == towns().name_ar.tolist()
        shutil.rmtree(folder)


def test_nan_and_infinity_are_counted_by_property(tmp_path):
    (source,) = read(CASES["geojson: NaN"].make(tmp_path))
    (found,) = source.findings
    assert (found.count, "depth_m (2)" in found.says) == (2, True)


def test_a_nan_in_a_text_is_none(tmp_path):
    layer = towns()
    layer["name_en"] = 'says "NaN, Infinity": NaN'
    layer.to_file(tmp_path / "a.geojson")
    assert read(tmp_path / "a.geojson")[0].findings == []


def test_features_before_a_cut_are_kept(tmp_path):
    (source,) = read(CASES["geojson: cut off"].make(tmp_path))
    assert len(source.table) == 12


def test_a_kml_table_becomes_columns_without_html(tmp_path):
    (source,) = read(CASES["kml: a table of HTML"].make(tmp_path))
    assert source.table["code"].tolist() == towns().iso_3166_2.tolist()
    assert not source.table.drop(columns="geometry").astype(str).apply(
        lambda column: column.str.contains("<td>")).to_numpy().any()


def test_the_last_edits_of_an_open_geopackage_are_read(tmp_path):
    file = CASES["gpkg: open, with its log"].make(tmp_path)
    (source,) = read(file)
    assert source.table["name_en"][0] == "last edit"


def test_one_layer_can_be_asked_for(tmp_path):
    file = CASES["gpkg: several layers, one a table"].make(tmp_path)
    assert [source.layer for source in read(file)] == [
        "towns", "areas", "words"]
    (source,) = read(file, layer="areas")
    assert (source.layer, len(source.table)) == ("areas", 24)
    with pytest.raises(UnreadableFile, match=r"'x'.*towns, areas, words"):
        read(file, layer="x")


def test_a_large_geojson_is_read_as_a_small_one(tmp_path, monkeypatch):
    from commands.audit.reading import geojson
    file = TWINS["geojson"](tmp_path)
    (small,) = read(file)
    monkeypatch.setattr(geojson, "SMALL", 10)
    (large,) = read(file)
    assert small.table.equals(large.table[small.table.columns])
    assert read(CASES["geojson: NaN"].make(tmp_path))[0].findings
    (source,) = read(CASES["geojson: UTM with the crs member"].make(tmp_path))
    assert [each.code for each in source.findings] == ["crs-member"]
    assert source.table.crs.to_epsg() == 32632


# --- safety ----------------------------------------------------------------

ALL = [name for name in CASES
       if " and " not in name]  # pairs are written as their parts are


@pytest.mark.parametrize("name", ALL)
def test_reading_writes_nothing_and_changes_nothing(name, tmp_path):
    file = CASES[name].make(tmp_path)
    if tmp_path not in file.parents:
        return  # a layer of the course, which a checksum watches
    before = {each: each.read_bytes() for each in tmp_path.rglob("*")
              if each.is_file()}
    with contextlib.suppress(UnreadableFile):
        read(file)
    after = {each: each.read_bytes() for each in tmp_path.rglob("*")
             if each.is_file()}
    assert after == before


def test_no_name_in_an_archive_leads_out_of_it(tmp_path):
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("../../out.csv", "a,b\n1,2\n3,4\n")
        packed.writestr("/tmp/abs.csv", "a,b\n1,2\n3,4\n")
    assert len(read(file)) == 2
    assert {each.name for each in tmp_path.rglob("*")} == {"a.zip"}


def test_an_archive_of_archives_ends(tmp_path):
    file = tmp_path / "a.zip"
    TWINS["zip"](tmp_path).rename(file)
    for _ in range(4):
        content = file.read_bytes()
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("inner.zip", content)
    with pytest.raises(UnreadableFile, match="archives in archives"):
        read(file)


def test_a_sheet_that_claims_a_million_columns_is_refused(tmp_path):
    import openpyxl
    book = openpyxl.Workbook()
    book.active["A1"] = "a"
    book.active["XFD1048576"] = "z"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFile, match="1048576 rows"):
        read(tmp_path / "a.xlsx")


def test_the_limit_of_an_archive_is_that_of_its_list(tmp_path):
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", "0" * 1000)
    (member,) = archive.members(file)
    assert archive.content(file, member) == b"0" * 1000


def test_what_is_no_word_of_a_code_page_is_not_plausible():
    assert text.plausible("Béja Médenine Gabès") == 1
    assert text.plausible("باجة مدنين") == 1
    assert text.plausible("È‚gional ÇáÓÇÍá") == 0
    assert text.plausible("plain") == 0


def test_a_geojson_is_what_geopandas_reads():
    file = data.path("schools")
    (source,) = read(file)
    expected = gpd.read_file(file)
    assert (source.table.geometry == expected.geometry).all()
    assert source.table["pupils"].tolist() == expected["pupils"].tolist()


@pytest.mark.slow
def test_a_million_points_are_read_in_little_memory(tmp_path):
    """How the time grows: tests/benchmarks/audit.py."""
    file = tmp_path / "points.csv"
    line = "{0},Centre fictif {0},مركز {0},{1:.5f},{2:.5f}\n"
    with file.open("w", encoding="utf-8") as out:
        out.write("id,name_fr,name_ar,lon,lat\n")
        for row in range(MILLION):
            out.write(line.format(row, 8 + row % 3000 / 1e3,
                                  33 + row % 4000 / 1e3))
    done = subprocess.run([sys.executable, "-c", MEASURE, str(file)],
                          cwd=ROOT, capture_output=True, text=True,
                          check=True)
    rows, megabytes = json.loads(done.stdout)
    assert rows == MILLION and megabytes < 1500


MILLION = 1_000_000
MEASURE = """
import json, resource, sys
import geopandas, pyarrow
from commands.audit.reading import read
(source,) = read(sys.argv[1])
print(json.dumps([len(source.table),
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))
"""
