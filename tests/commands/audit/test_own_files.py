"""`audit`: files as offices keep them, made here as their programs do."""

import os
import shutil
import warnings
import zipfile
from io import StringIO

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from commands.audit import audit, command
from commands.audit.model import singular
from commands.audit.reading import read
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
