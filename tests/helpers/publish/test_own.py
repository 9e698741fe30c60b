"""A reader's own file is read, or a sentence says what to do."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from helpers import publish
from helpers.errors import CourseError


@pytest.fixture
def areas():
    return gpd.GeoDataFrame(
        {"code": ["a", "b", "c"], "people": [10, 20, 30],
         "name": ["Béja", "باجة", None]}, crs=4326,
        geometry=[shapely.box(x, 36, x + 0.1, 36.1) for x in (8, 9, 10)])


def said_of(file, **columns) -> str:
    with pytest.raises(CourseError) as said:
        publish.own_layer(file, **columns)
    return str(said.value)


@pytest.mark.parametrize("east, north, sep", [
    ("longitude", "latitude", ","), ("X", "Y", ";"), ("Lon", "Lat", "\t")])
def test_a_table_says_what_to_do_with_its_coordinates(
        tmp_path, east, north, sep):
    file = tmp_path / "own.csv"
    pd.DataFrame({"code": ["a"], north: [36.5], east: [9.5]}).to_csv(
        file, sep=sep, index=False)
    said = said_of(file, key="code")
    assert "points_from_xy" in said and "crs=" in said
    assert said.endswith(f"First {east!r}, then {north!r}.")


@pytest.mark.parametrize("content", [b"", b"code,name\n1,a\n",
                                     "الاسم\nباجة\n".encode("cp1256")])
def test_a_table_without_coordinates_is_named_too(tmp_path, content):
    (tmp_path / "own.csv").write_bytes(content)
    said = said_of(tmp_path / "own.csv")
    assert "is a table" in said and "First" not in said


def test_a_geopackage_in_another_crs_is_taken_as_it_is(
        areas, tmp_path, capsys):
    file = tmp_path / "own.gpkg"
    areas.to_crs(22332).to_file(file)
    layer = publish.own_layer(file, key="code", count="people")
    assert layer.crs == 22332 and len(layer) == 3
    assert "3 rows, Carthage / UTM zone 32N" in capsys.readouterr().out


def test_invalid_and_missing_geometries_are_counted(areas, tmp_path, capsys):
    areas.loc[1, "geometry"] = shapely.Polygon(
        [(9, 36), (9.1, 36.1), (9.1, 36), (9, 36.1)])
    areas.loc[2, "geometry"] = None
    areas.to_file(tmp_path / "own.geojson")
    publish.own_layer(tmp_path / "own.geojson")
    said = capsys.readouterr().out
    assert "1 rows have no geometry" in said
    assert "1 geometries are not valid, the first in row 1: Self-inter" in said


def test_a_parquet_file_with_another_name_of_its_geometry(areas, tmp_path):
    areas.rename_geometry("shape").to_parquet(tmp_path / "own.parquet")
    layer = publish.own_layer(tmp_path / "own.parquet")
    assert layer.geometry.name == "geometry"


def test_what_cannot_be_used_is_a_sentence(areas, tmp_path):
    file = tmp_path / "own.gpkg"
    areas.to_file(file)
    assert "no file" in said_of(tmp_path / "gone.gpkg")
    assert "There are: code, people, name" in said_of(file, key="id")
    assert "no identifier" in said_of(file, key="name")
    assert "no numbers" in said_of(file, count="name")
    (tmp_path / "own.shp").write_bytes(b"no layer")
    assert "cannot be read" in said_of(tmp_path / "own.shp")
    areas.set_crs(None, allow_override=True).to_parquet(
        tmp_path / "own.parquet")
    assert "does not say its CRS" in said_of(tmp_path / "own.parquet")
    areas.set_geometry(areas.representative_point()).to_file(
        tmp_path / "points.gpkg")
    assert "other geometries than areas" in said_of(
        tmp_path / "points.gpkg", count="people")
    areas.drop(columns="geometry").to_parquet(tmp_path / "own.parquet")
    assert "cannot be read" in said_of(tmp_path / "own.parquet")
