"""`publish`: files as offices keep them. No wrong layer goes out silently."""

import json
import shutil

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from helpers.errors import CourseError
from tests.commands.publish.test_publish import run, towns


def wells(**columns):
    return pd.DataFrame({"code": ["A1", "A2", "A3"], "lon": [10, 10.1, 10.2],
                         "lat": [36, 36.1, 36.2], **columns})


def place(table):
    return gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]), crs=4326,
        geometry=gpd.points_from_xy(table["lon"], table["lat"]))


def test_a_name_in_arabic_letters_is_asked_for_in_a_to_z(tmp_path):
    """Two such files would be two versions of one layer."""
    file = tmp_path / "آبار.geojson"
    towns(file)
    for options in ({}, {"name": "مدارس 2"}):
        with pytest.raises(CourseError, match=r"no letter a-z.*--name"):
            run(file, tmp_path / "out", **options)
    assert run(file, tmp_path / "out", name="wells")[0] == 0
    assert (tmp_path / "out/wells/1.0.0").is_dir()


def test_a_crs_that_the_file_says_is_overruled_only_with_a_reason(tmp_path):
    file = tmp_path / "towns.gpkg"
    towns(file)
    layer = gpd.read_file(file).to_crs(32632)
    layer.to_file(file)
    with pytest.raises(CourseError, match=r"says EPSG:32632.*--because"):
        run(file, tmp_path / "out", crs="EPSG:22332")
    assert run(file, tmp_path / "out", crs="EPSG:22332",
               because="the producer said so")[0] == 0
    record = json.loads((tmp_path / "out/towns/1.0.0/metadata.json"
                         ).read_text("utf-8"))
    assert ("The file says EPSG:32632; it is EPSG:22332, because: the "
            "producer said so") in record["lineage"]


@pytest.mark.parametrize("own, told, words", [
    (4326, "EPSG:32632", "is in metres, but .* are degrees"),
    (32632, "EPSG:4326", "is in degrees, but .* are no degrees")])
def test_degrees_are_no_metres_whatever_is_told(tmp_path, own, told, words):
    file = tmp_path / "towns.gpkg"
    towns(file)
    gpd.read_file(file).to_crs(own).to_file(file)
    with pytest.raises(CourseError, match=words):
        run(file, tmp_path / "out", crs=told, because="I think so")
    assert not (tmp_path / "out").exists()


def test_what_the_audit_doubts_is_said_before_it_is_published(tmp_path):
    file = tmp_path / "wells.csv"
    table = wells(depth=[10.5, 20, 30])
    table.loc[3] = ["Total", None, None, 60.5]
    table.to_csv(file, index=False)
    code, said = run(file, tmp_path / "out")
    assert code == 0 and "totals-row: 1 row of totals" in said
    far = tmp_path / "far.csv"
    wells(lon=[1, 1.1, 1.2]).to_csv(far, index=False)
    code, said = run(far, tmp_path / "out")
    assert code == 0 and "coordinates-outside: 3 of 3 rows" in said
    clean = tmp_path / "clean.csv"
    wells().to_csv(clean, index=False)
    assert "The audit found" not in run(clean, tmp_path / "out")[1]


def test_an_error_of_the_spreadsheet_is_no_value(tmp_path):
    file = tmp_path / "wells.xlsx"
    wells(depth=[1, 2, 3]).to_excel(file, index=False)
    book = openpyxl.load_workbook(file)
    book.active["D3"] = "#DIV/0!"
    book.save(file)
    with pytest.raises(CourseError, match="cells-errors") as refused:
        run(file, tmp_path / "out")
    assert "Repair wells.xlsx" in str(refused.value)
    assert "--drop" not in str(refused.value)


@pytest.mark.parametrize("place", ["POINT M (10 36 5)",
                                   "POINT ZM (10 36 5 7)"])
def test_measures_that_are_left_out_are_said(tmp_path, place):
    """Roads and pipes carry the distance from their beginning (M)."""
    file = tmp_path / "pipes.shp"
    pyogrio.raw.write(
        file, geometry=np.array([shapely.to_wkb(
            shapely.from_wkt(place), flavor="iso")], object),
        field_data=[np.array(["A1"], object)], fields=["code"],
        geometry_type="Unknown", crs="EPSG:4326", driver="ESRI Shapefile")
    code, said = run(file, tmp_path / "out")
    assert code == 0 and "measures (M) of the positions are left out" in said
    layer = gpd.read_file(tmp_path / "out/pipes/1.0.0/pipes.gpkg")
    assert list(layer.geometry.x) == [10]


# --- what cannot be published, and why --------------------------------------

def test_an_empty_layer_is_called_empty(tmp_path):
    file = tmp_path / "project.gpkg"
    towns(file)
    gpd.read_file(file).iloc[:0].to_file(file, layer="to_do")
    with pytest.raises(CourseError, match="layer to_do, has no row"):
        run(file, tmp_path / "out", layer="to_do")


def test_the_table_of_a_shapefile_is_told_what_it_lacks(tmp_path):
    place(wells()).to_file(tmp_path / "wells.shp")
    (tmp_path / "alone").mkdir()
    shutil.copy(tmp_path / "wells.dbf", tmp_path / "alone")
    with pytest.raises(CourseError, match=r"ask for the \.shp, \.shx"):
        run(tmp_path / "alone/wells.dbf", tmp_path / "out")


def test_two_coordinates_in_one_cell_are_no_place_yet(tmp_path):
    table = wells()
    table["position"] = [f"{y}.5, {x:.1f}" for x, y in zip(
        table.pop("lon"), table.pop("lat").astype(int))]
    table.to_csv(tmp_path / "wells.csv", index=False)
    with pytest.raises(CourseError, match="two coordinates in one cell"):
        run(tmp_path / "wells.csv", tmp_path / "out")


def test_degrees_without_a_crs_are_told_which_one_it_mostly_is(tmp_path):
    wells().rename(columns={"lon": "x", "lat": "y"}).to_csv(
        tmp_path / "wells.csv", index=False)
    with pytest.raises(CourseError, match=r"like degrees, .* EPSG:4326"):
        run(tmp_path / "wells.csv", tmp_path / "out")


def test_a_crs_that_is_told_is_no_doubt_any_more(tmp_path):
    file = tmp_path / "wells.gpkg"
    place(wells()).to_crs(32632).set_crs(None, allow_override=True).to_file(
        file)
    code, said = run(file, tmp_path / "out", crs="EPSG:32632",
                     because="the producer said so")
    assert code == 0 and "crs-missing" not in said


def test_merged_cells_are_published_with_a_warning(tmp_path):
    file = tmp_path / "wells.xlsx"
    wells(office=["Nord", None, None]).to_excel(file, index=False)
    book = openpyxl.load_workbook(file)
    book.active.merge_cells("D2:D4")
    book.save(file)
    code, said = run(file, tmp_path / "out")
    assert code == 0 and "does not repair:\n  cells-merged: " in said


def test_a_ring_is_not_closed_silently(tmp_path):
    file = tmp_path / "areas.geojson"
    ring = [[10, 36], [10.1, 36], [10.1, 36.1], [10, 36.1]]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [{
        "type": "Feature", "properties": {"code": "A1"}, "geometry": {
            "type": "Polygon", "coordinates": [ring]}}]}), "utf-8")
    code, said = run(file, tmp_path / "out")
    assert code == 0 and "1 polygon has a ring that does not end" in said


def test_heads_in_arabic_get_a_number_and_a_sentence(tmp_path):
    wells(الاسم=["بئر", "عين", "سبر"]).to_csv(tmp_path / "wells.csv",
                                              index=False)
    code, said = run(tmp_path / "wells.csv", tmp_path / "out")
    assert code == 0 and "write heads in French or English" in said
