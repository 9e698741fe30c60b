"""datapackage.json: each layer is described, and is as it is described."""

import frictionless
import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import rasterio

from helpers import data

LAYERS = data.layers()
GEOMETRY = [name for name in LAYERS
            if data.path(name).suffix == ".geojson"]


def test_the_data_package_is_valid():
    report = frictionless.validate(str(data.DATA / "datapackage.json"))
    assert report.flatten(["title", "message"]) == []


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_says_what_it_is(name):
    layer = data.info(name)
    for key in ("title", "description", "date", "sources", "licenses"):
        assert layer[key], f"{name} has no {key}"
    assert layer["title"].startswith("FICTIONAL ") is layer["fictional"]
    file = data.path(name)
    if "records" in layer:
        readers = {"csv": pd.read_csv, "json": pd.read_json,
                   "geojson": pyogrio.read_dataframe}
        assert len(readers[layer["format"]](file)) == layer["records"]


def test_a_file_without_a_table_says_how_much_is_in_it():
    """The numbers of the description, counted by other readers."""
    stated = {name: data.info(name)["contents"] for name in LAYERS
              if "records" not in data.info(name)}
    lines = pd.read_csv(data.path("health_centres_received"), sep=";",
                        encoding="cp1256", dtype=str, skip_blank_lines=False)
    export = pd.read_csv(data.path("water_point_submissions"), dtype=str)
    fixes = pyogrio.read_info(data.path("gnss_track"), layer="track_points",
                              force_feature_count=True)
    with rasterio.open(data.path("ndvi")) as image:
        bands, height, width = image.read().shape
    assert stated["health_centres_received"] == f"{len(lines)} lines"
    assert data.info("health_centres_received")["columns"] == list(lines)
    assert stated["water_point_submissions"] == f"{len(export)} lines"
    assert data.info("water_point_submissions")["columns"] == list(export)
    assert stated["gnss_track"] == f"{fixes['features']} fixes"
    assert stated["ndvi"] == f"{width} × {height} cells, {bands} bands"


def test_no_file_of_data_is_without_a_description():
    listed = {data.path(name) for name in LAYERS}
    present = {file for file in data.DATA.rglob("*.*")
               if "make" not in file.relative_to(data.DATA).parts
               and file.name not in ("datapackage.json", "README.md")}
    assert present == listed


def test_all_of_data_is_small():
    size = sum(file.stat().st_size for file in data.DATA.rglob("*")
               if file.is_file() and "__pycache__" not in file.parts)
    assert size < 15e6


@pytest.mark.parametrize("name", GEOMETRY)
def test_layers_are_valid_and_lie_where_they_should(name):
    layer = gpd.read_file(data.path(name))
    assert layer.crs == 4326
    if name != "sectors_received":  # its defects are what E08 is about
        assert layer.is_valid.all()
    if name != "neighbours":
        west, south, east, north = layer.total_bounds
        assert 7 < west < east < 12 and 30 < south < north < 38


@pytest.mark.parametrize("ministry, name", [
    ("health", "health_centres"), ("education", "schools"),
    ("agriculture", "water_points"), ("transport", "bus_stops"),
    ("environment", "green_areas"), ("culture", "heritage_sites")])
def test_each_ministry_has_its_fictional_register(ministry, name):
    assert data.info(name)["fictional"], ministry
