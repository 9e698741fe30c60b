"""The last cells of E15 and E18 take a file that the course does not know:
the checks are done, or a sentence says what to do. Never a traceback."""

import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from commands.exercises import notebooks
from tests.support import ROOT

DAY = ROOT / "solutions/day3_publication"
COLUMNS = {"e15_release_package": ("own_key", "code"),
           "e18_honest_map": ("own_column", "people")}
each_exercise = pytest.mark.parametrize("exercise", COLUMNS)


@pytest.fixture
def areas():
    """Eight squares of a ministry that the course does not know."""
    return gpd.GeoDataFrame(
        {"code": [f"C{number}" for number in range(8)],
         "people": [2 ** number for number in range(8)],
         "nom": ["Béja"] * 7 + ["باجة"]}, crs=4326,
        geometry=[shapely.box(8 + x, 36, 8.9 + x, 36.1) for x in range(8)])


def said_of(exercise, file, tmp_path, monkeypatch, capsys, column=None):
    """What the cell prints, after the solution's own functions."""
    monkeypatch.chdir(tmp_path)
    cells = {cell.id: cell.source for cell in notebooks.read(
        DAY / f"{exercise}.ipynb").cells if cell.cell_type == "code"}
    names: dict = {"__name__": "own"}
    for name, source in cells.items():
        if name in ("setup", "given") or name.endswith("-answer"):
            exec(source, names)
    word, its_column = COLUMNS[exercise]
    source = cells["own-file"]
    for left, right in [("own_file", file and str(file)),
                        (word, column or its_column)]:
        if right:
            source = re.sub(rf"^{left} = .*$", f"{left} = {right!r}", source,
                            flags=re.MULTILINE)
    capsys.readouterr()
    exec(source, names)
    return " ".join(capsys.readouterr().out.split())


@each_exercise
def test_without_a_file_it_is_calm(exercise, tmp_path, monkeypatch, capsys):
    assert said_of(exercise, None, tmp_path, monkeypatch,
                   capsys) == "No file of your own yet."


@each_exercise
def test_a_table_says_what_to_do(
        exercise, areas, tmp_path, monkeypatch, capsys):
    file = tmp_path / "own.csv"
    pd.DataFrame(areas.drop(columns="geometry")).assign(
        longitude=9.5, latitude=36.5).to_csv(file, index=False)
    said = said_of(exercise, file, tmp_path, monkeypatch, capsys)
    assert said.startswith("✗") and "points_from_xy" in said
    assert "First 'longitude', then 'latitude'" in said


@each_exercise
def test_another_crs_goes_through_the_checks(
        exercise, areas, tmp_path, monkeypatch, capsys):
    file = tmp_path / "own.gpkg"
    areas.to_crs(22332).to_file(file)
    said = said_of(exercise, file, tmp_path, monkeypatch, capsys)
    assert said.endswith("✓ Your own file: right.")
    assert "8 rows, Carthage / UTM zone 32N" in said
    if exercise.startswith("e15"):
        assert "RFC 7946: no objection name: no objection" in said
        assert "lost: {'people': 0, 'nom': 0}" in said
    else:
        assert re.search(r"\[\d+, \d+, \d+, \d+, \d+\] \[", said)


@each_exercise
def test_an_invalid_geometry_is_named_and_the_rest_goes_on(
        exercise, areas, tmp_path, monkeypatch, capsys):
    areas.loc[3, "geometry"] = shapely.Polygon(
        [(9, 36), (9.1, 36.1), (9.1, 36), (9, 36.1)])
    areas.to_file(tmp_path / "own.geojson")
    said = said_of(exercise, tmp_path / "own.geojson", tmp_path, monkeypatch,
                   capsys)
    assert "1 geometries are not valid, the first in row 3" in said
    assert "make_valid (session 2.2)" in said
    assert said.endswith("✓ Your own file: right.")


@each_exercise
def test_a_wrong_column_is_a_sentence(
        exercise, areas, tmp_path, monkeypatch, capsys):
    areas.to_file(tmp_path / "own.gpkg")
    said = said_of(exercise, tmp_path / "own.gpkg", tmp_path, monkeypatch,
                   capsys, column="other")
    assert "There are: code, people, nom" in said
