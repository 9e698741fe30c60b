"""data/: what is there is what it says, and can be made again."""

import json
import re

import frictionless
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import shapely
from pyproj import Transformer

from commands import make_data
from helpers import data
from tests.support import ROOT, needs

LAYERS = data.layers()
GEOMETRY = [name for name in LAYERS
            if data.path(name).suffix == ".geojson"]


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(data.path("governorate_table"))


@pytest.fixture(scope="module")
def governorates():
    return gpd.read_file(data.path("governorates"))


@pytest.fixture(scope="module")
def received():
    return gpd.read_file(data.path("governorates_received"))


def test_data_can_be_made_again_byte_by_byte():
    assert make_data.differences() == []


def test_a_changed_layer_is_seen(tmp_path):
    make_data.make(tmp_path)
    file = tmp_path / "chief_towns.geojson"
    file.write_bytes(file.read_bytes().replace(b"Tunis", b"Tunes", 1))
    (tmp_path / "governorates.geojson").unlink()
    told = "\n".join(make_data.differences(tmp_path))
    assert "chief_towns.geojson is not what" in told
    assert "governorates.geojson is missing" in told


def test_another_seed_gives_another_world_of_the_same_kind(tmp_path):
    make_data.make(tmp_path, seed=7)
    for number in range(1, 6):
        ours = pd.read_csv(data.path(f"crs_detective_{number}"))
        other = pd.read_csv(
            tmp_path / "crs_detective" / f"region_{number}.csv")
        assert list(ours.columns) == list(other.columns)
        assert list(ours["governorate"]) == list(other["governorate"])
        assert not np.isclose(ours["x"], other["x"]).any()
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.flatten(["title", "message"]) == []
    text = (tmp_path / "README.md").read_text("utf-8")
    assert "This is the world of seed 7" in text
    assert "the world of seed" not in (data.DATA / "README.md").read_text(
        "utf-8")


def test_the_data_package_is_valid():
    report = frictionless.validate(str(data.DATA / "datapackage.json"))
    problems = [error for error in report.flatten(["title", "message"])]
    assert problems == []


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_says_what_it_is(name):
    layer = data.info(name)
    for key in ("title", "description", "date", "sources", "licenses"):
        assert layer[key], f"{name} has no {key}"
    assert ("FICTIONAL" in data.credit(name)) is layer["fictional"]
    if layer["fictional"]:
        assert "fictional" in layer["title"].lower()
    file = data.path(name)
    if "records" in layer:
        readers = {"csv": pd.read_csv, "json": pd.read_json,
                   "geojson": pyogrio.read_dataframe}
        assert len(readers[layer["format"]](file)) == layer["records"]


def test_a_file_without_a_table_says_how_much_is_in_it():
    """The numbers of the description, counted by other readers."""
    said = {name: data.info(name)["contents"] for name in LAYERS
            if "records" not in data.info(name)}
    lines = pd.read_csv(data.path("health_centres_received"), sep=";",
                        encoding="cp1256", dtype=str, skip_blank_lines=False)
    export = pd.read_csv(data.path("water_point_submissions"), dtype=str)
    fixes = pyogrio.read_info(data.path("gnss_track"), layer="track_points",
                              force_feature_count=True)
    with rasterio.open(data.path("ndvi")) as image:
        bands, height, width = image.read().shape
    assert said["health_centres_received"] == f"{len(lines)} lines"
    assert data.info("health_centres_received")["columns"] == list(lines)
    assert said["water_point_submissions"] == f"{len(export)} lines"
    assert data.info("water_point_submissions")["columns"] == list(export)
    assert said["gnss_track"] == f"{fixes['features']} fixes"
    assert said["ndvi"] == f"{width} × {height} cells, {bands} bands"


def test_no_file_of_data_is_without_a_description():
    listed = {data.path(name) for name in LAYERS}
    there = {file for file in data.DATA.rglob("*.*")
             if "make" not in file.relative_to(data.DATA).parts
             and file.name not in ("datapackage.json", "README.md")}
    assert there == listed


def test_all_of_data_is_small():
    size = sum(file.stat().st_size for file in data.DATA.rglob("*")
               if file.is_file() and "__pycache__" not in file.parts)
    assert size < 15e6


# --- the governorates ------------------------------------------------------

def test_the_censuses_add_up(table):
    assert table["pop_2014"].sum() == 10_982_754
    assert table["pop_2024"].sum() == 11_972_169
    # The estimates of 2023 are rounded: two short of the published total.
    assert table["pop_est_2023_01_01"].sum() == 11_850_230


def test_the_table_has_24_governorates_and_unique_codes(table):
    for code in ("iso_3166_2", "ins_code", "cod_ab_pcode", "hasc_1",
                 "name_en", "name_fr", "name_ar"):
        assert table[code].nunique() == 24, code


def test_the_code_trap_is_there(table):
    """ISO TN-31 is Béja, INS TN31 is Sousse; eleven codes mislead."""
    iso = table.set_index("iso_3166_2")["name_en"]
    ins = table.set_index("cod_ab_pcode")["name_en"]
    assert (iso["TN-31"], ins["TN31"]) == ("Béja", "Sousse")
    misled = [code for code in iso.index
              if ins.get(code.replace("-", "")) not in (None, iso[code])]
    assert len(misled) == 11


def test_natural_earth_is_kept_as_received(received):
    assert len(received) == 23
    assert received.is_valid.all()
    assert received.get_coordinates().shape[0] == 905
    assert {"Manubah", "Sidi Bou Zid", "Kassérine",
            "Ben Arous (Tunis Sud)"} <= set(received["name"])


def test_natural_earth_can_be_extracted_again(tmp_path):
    needs("qgis")  # ships Natural Earth
    import importlib.util
    spec = importlib.util.spec_from_file_location(
        "receive", data.DATA / "make" / "receive.py")
    receive = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(receive)
    receive.natural_earth(out=tmp_path)
    for file in tmp_path.iterdir():
        committed = data.DATA / "received" / file.name
        assert file.read_bytes() == committed.read_bytes(), file.name


def test_the_training_layer_is_a_valid_coverage(governorates):
    assert len(governorates) == 24
    assert governorates.is_valid.all()
    assert shapely.coverage_is_valid(governorates.geometry.values)


def test_the_training_layer_covers_what_was_received(governorates, received):
    # A grid of 7 decimals moves a border by a centimetre at most.
    assert same_to_2_cm(governorates.union_all(), received.union_all())


def test_the_training_layer_follows_rfc_7946():
    text = data.path("governorates").read_text("utf-8")
    collection = json.loads(text)
    assert "crs" not in collection
    for feature in collection["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        for polygon in getattr(shape, "geoms", [shape]):
            assert polygon.exterior.is_ccw
        for value in shapely.get_coordinates(shape).ravel():
            assert round(value, 7) == value


def test_only_greater_tunis_differs_from_what_was_received(
        governorates, received):
    ours = governorates.set_index("name_fr").geometry
    theirs = received.set_index("name").geometry
    for name in ("Tataouine", "Sfax", "Bizerte", "Kairouan"):
        assert same_to_2_cm(ours[name], theirs[name]), name
    assert not same_to_2_cm(ours["Tunis"], theirs["Tunis"])
    pair = ours["L'Ariana"].union(ours["La Manouba"])
    assert theirs["Manubah"].difference(pair).buffer(-2e-7).is_empty


def same_to_2_cm(one, other):
    """Do two shapes in degrees differ by slivers only?"""
    return one.symmetric_difference(other).buffer(-2e-7).is_empty


def test_each_chief_town_lies_in_its_governorate(governorates):
    towns = gpd.read_file(data.path("chief_towns"))
    joined = towns.sjoin(governorates, how="left")
    assert list(joined["iso_3166_2_left"]) == list(
        joined["iso_3166_2_right"])


def test_a_moved_chief_town_says_how_far(table):
    towns = gpd.read_file(data.path("chief_towns"))
    stated = gpd.GeoSeries(gpd.points_from_xy(
        table["chief_lon"], table["chief_lat"]), crs=4326)
    away = towns.to_crs(32632).distance(stated.to_crs(32632))
    assert (away - towns["moved_m"]).abs().max() < 1
    moved = set(towns.loc[towns["moved_m"] > 0, "name_en"])
    assert moved == {"Bizerte", "Monastir"}


@pytest.mark.parametrize("name", GEOMETRY)
def test_layers_are_valid_and_lie_where_they_should(name):
    layer = gpd.read_file(data.path(name))
    assert layer.crs == 4326
    if name != "sectors_received":  # its defects are what E08 is about
        assert layer.is_valid.all()
    if name != "neighbours":
        west, south, east, north = layer.total_bounds
        assert 7 < west < east < 12 and 30 < south < north < 38


# --- the five files of E03 -------------------------------------------------

def test_each_file_of_e03_fits_its_crs_and_no_other(governorates):
    import sys
    sys.path.insert(0, str(data.DATA / "make"))
    from crs_detective import TRUTH
    suspects = {crs for crs, _ in TRUTH.values()} | {"EPSG:4326"}
    for number, (truth, names) in TRUTH.items():
        table = pd.read_csv(data.path(f"crs_detective_{number}"))
        assert sorted(set(table["governorate"])) == sorted(names)
        for crs in suspects:
            x, y = table["x"], table["y"]
            if crs.endswith("swapped"):
                x, y = y, x
            lon, lat = Transformer.from_crs(
                crs.split()[0], 4326, always_xy=True).transform(x, y)
            points = gpd.GeoDataFrame(
                table, geometry=gpd.points_from_xy(lon, lat), crs=4326)
            joined = points.sjoin(governorates, how="left")
            fits = (joined["governorate"] == joined["name_fr"]).mean()
            assert fits == (1 if crs == truth else 0), (number, crs)


def test_fictional_names_say_so_in_both_languages():
    for number in range(1, 6):
        table = pd.read_csv(data.path(f"crs_detective_{number}"))
        assert table["centre_fr"].str.contains("fictif").all()
        assert table["centre_ar"].str.contains("وهمي").all()


# --- finding a layer -------------------------------------------------------

def test_the_path_of_a_layer_is_a_file():
    assert data.path("governorates").is_file()


def test_an_unknown_layer_lists_near_matches():
    with pytest.raises(data.DataError, match="Did you mean: governorates"):
        data.path("governorate")
    with pytest.raises(data.DataError, match="The layers are: "):
        data.path("zzz")


def test_a_notebook_shows_a_sentence_for_an_unknown_layer(capsys):
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell()
    shell.run_cell("from helpers import data; data.path('governorate')")
    said = capsys.readouterr()
    text = (said.out + said.err).strip()
    assert text.startswith("There is no layer 'governorate'. Did you mean")
    assert "Traceback" not in text and len(text.splitlines()) == 1


@pytest.mark.parametrize("break_it, says", [
    (lambda file: file.unlink(), "is missing"),
    (lambda file: file.write_text("{}"), "has been changed"),
])
def test_a_missing_or_altered_file_says_how_to_mend_it(
        tmp_path, monkeypatch, break_it, says):
    import shutil
    shutil.copytree(data.DATA, tmp_path / "data")
    monkeypatch.setattr(data, "DATA", tmp_path / "data")
    break_it(tmp_path / "data" / "governorates.geojson")
    with pytest.raises(data.DataError, match=says) as told:
        data.path("governorates")
    assert "git checkout -- data" in str(told.value)


def test_the_readme_of_the_data_lists_every_layer():
    text = (ROOT / "data" / "README.md").read_text("utf-8")
    for name in LAYERS:
        assert f"## {name}\n" in text
        row = re.search(rf"^\| `{name}` \| (.+) \|$", text, re.MULTILINE)[1]
        used_by, amount, crs, *_ = row.split(" | ")
        assert used_by != "–" and re.search("[1-9]", amount) and crs, row


@pytest.mark.parametrize("ministry, name", [
    ("health", "health_centres"), ("education", "schools"),
    ("agriculture", "water_points"), ("transport", "bus_stops"),
    ("environment", "green_areas"), ("culture", "heritage_sites")])
def test_each_ministry_has_its_fictional_register(ministry, name):
    assert data.info(name)["fictional"], ministry


def test_the_readme_of_the_data_says_what_is_absent_and_why():
    text = (ROOT / "data" / "README.md").read_text("utf-8")
    told = " ".join(text.partition("## What is not here")[2].partition(
        "\n## ")[0].split())
    assert "Heritage sites and airports" in told
    assert "could not be sourced" in told
    real = [name for name in LAYERS if not data.info(name)["fictional"]]
    assert not [name for name in real if "heritage" in name or "air" in name]
