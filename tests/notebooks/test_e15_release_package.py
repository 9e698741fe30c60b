"""The reference package of E15: every validator says yes, two writings give
the same bytes, and every value comes back; on the course's data and on those
of another seed."""

import time

import geopandas as gpd
import pandas as pd
import pytest

from commands.exercises import notebooks
from helpers import data, publish
from helpers.data import sha256
from tests.notebooks import solutions

NAME = "e15_release_package"
VALIDATORS = {"geojson-validator, RFC 7946", "GeoPackage by SQL",
              "GDAL validate_gpkg", "geoparquet-validator",
              "frictionless, Table Schema", "checksums", "file name"}
ENDINGS = [".csv", ".geojson", ".gpkg", ".parquet", ".schema.json"]
KEY = "centre_id"


@pytest.fixture(scope="module", params=[None, pytest.param(
    7, marks=pytest.mark.slow)], ids=["course", "seed 7"])
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def find(seed, worlds):
    """name → the path of a layer, of the course or of another seed."""
    return data.path if seed is None else worlds(seed).path


@pytest.fixture(scope="module")
def release(seed, solved):
    return solved(NAME, seed)


@pytest.fixture(scope="module")
def second(find, release, tmp_path_factory):
    """A later writing of the same package; its own cells run again."""
    time.sleep(0.01)  # the clock of a GeoPackage counts thousandths
    return solutions.run(NAME, tmp_path_factory.mktemp("second"), find)


def sums(names) -> dict[str, str]:
    """file name → checksum, as SHA256SUMS says."""
    lines = (names["out"] / "SHA256SUMS").read_text("utf-8").splitlines()
    return {name: total for total, name in (
        line.split("  ") for line in lines)}


def test_every_validator_is_asked_and_says_yes(release):
    table = publish.verdicts(release["out"])
    assert set(table["validator"]) == VALIDATORS
    said_no = table[~table["verdict"].isin(["yes", "not asked"])]
    assert said_no.empty, said_no.to_string()
    assert set(table.loc[table["verdict"] == "not asked", "validator"]) <= {
        "GDAL validate_gpkg"}
    assert {file.name for file in release["out"].iterdir()} == {
        "README.md", "SHA256SUMS",
        *(f"health_centres{ending}" for ending in ENDINGS)}


def test_two_writings_give_the_same_bytes(release, second):
    assert sums(second) == sums(release)


def test_the_last_cells_run_again_give_the_same_verdicts(second):
    """Neither the first run's SHA256SUMS nor an older attempt is released."""
    names = second
    first, before = publish.verdicts(names["out"]), sums(names)
    run("verdicts", names)
    assert publish.verdicts(names["out"]).equals(first)
    (names["out"] / "old_attempt.csv").write_text("a\n", "utf-8")
    run("package", names)
    run("verdicts", names)
    assert publish.verdicts(names["out"]).equals(first)
    assert sums(names) == before


def run(cell_id, names):
    """Run one cell of the solution once more."""
    (cell,) = [cell for cell in notebooks.read(solutions.FILES[NAME]).cells
               if cell.id == cell_id]
    exec(cell.source, names)


def test_a_changed_value_gives_other_checksums(find, release, tmp_path):
    def rename(names):
        names["layer"].loc[3, "name_ar"] += " "

    before = sums(release)
    after = sums(solutions.run(NAME, tmp_path, find, rename))
    assert {name for name in before if before[name] != after[name]} == {
        f"health_centres{ending}" for ending in ENDINGS
        if ending != ".schema.json"}
    assert after["health_centres.csv"] == sha256(
        tmp_path / "output/release/health_centres.csv")


@pytest.mark.parametrize("ending", [".csv", ".geojson", ".gpkg", ".parquet"])
def test_every_value_comes_back(release, ending):
    layer, lost = release["layer"], release["lost"]
    file = release["out"] / f"health_centres{ending}"
    got = (gpd.read_parquet(file) if ending == ".parquet" else
           pd.read_csv(file, parse_dates=["opened", "updated"])
           if ending == ".csv" else gpd.read_file(file))
    assert layer["name_ar"].notna().sum() > 400
    assert set(lost(layer, got, KEY).values()) == {0}
    got = got.set_index(KEY).loc[layer[KEY]]
    x, y = (got["longitude"], got["latitude"]) if ending == ".csv" else (
        got.geometry.x, got.geometry.y)
    assert abs(x.to_numpy() - layer.geometry.x).max() < 1e-6
    assert abs(y.to_numpy() - layer.geometry.y).max() < 1e-6


def test_a_shapefile_loses_what_the_lesson_says(release, tmp_path):
    """Names at 10 characters, dates, and all Arabic without its .cpg; as in
    the story of session 3.1."""
    layer, lost = release["layer"], release["lost"]
    with pytest.warns(match="truncated"):
        layer.to_file(tmp_path / "c.shp", encoding="utf-8")
    losses = lost(layer, gpd.read_file(tmp_path / "c.shp"), KEY)
    assert {name for name, count in losses.items() if count} == {
        "population_served", "opened", "updated"}
    assert losses["population_served"] == len(layer)
    (tmp_path / "c.cpg").unlink()
    losses = lost(layer, gpd.read_file(tmp_path / "c.shp"), KEY)
    assert losses["name_ar"] == layer["name_ar"].notna().sum()
