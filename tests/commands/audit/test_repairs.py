"""The repairs of a page, run as a reader runs them: the lines above them
open the file, and the repair then does what it says."""

import ast
import json
import math
import re
import subprocess
import sys

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from commands.audit import audit
from commands.audit.opening import opening
from commands.audit.page import page
from helpers import data
from tests.commands.audit.test_findings import points, squares, table
from tests.support import ROOT


def run(file, code, monkeypatch, at=0):
    """The names after the lines of opening and the repair of a code."""
    report = audit(file)
    layer = report.layers[at]
    (found,) = [one for one in layer.findings if one.code == code]
    monkeypatch.chdir(ROOT)
    names = {}
    lines = opening(layer.source, report.path, layer.findings)
    folder = f"{str(file.parent)!r}"
    exec(lines.replace("Path('", f"Path({folder}, '"), names)
    if "new" in names:
        names["new"] = file.parent / names["new"]
    before = names["layer"].copy()
    exec(found.repair, names)
    return names | {"before": before}


def written(folder, name, **options):
    """Twelve records in a format, below titles where it has them."""
    file, records = folder / name, table(
        visited=[f"{n + 1:02d}/03/2021" for n in range(12)])
    if file.suffix == ".xlsx":
        with pd.ExcelWriter(file, engine="openpyxl") as book:
            records.to_excel(book, sheet_name="Feuille 1", index=False,
                             startrow=options.get("titles", 0))
            if options.get("titles"):
                book.sheets["Feuille 1"]["A1"] = "Bureau fictif"
    else:
        file.write_bytes(("Bureau fictif\n" * options.pop("titles", 0)
                          + records.to_csv(index=False, **options)
                          ).encode(options.pop("encoding", "utf-8")))
    return file


@pytest.mark.parametrize("name, options", [
    ("a.csv", {}), ("a.csv", {"sep": ";"}), ("a.csv", {"sep": "\t"}),
    ("a.csv", {"sep": "|", "titles": 2}), ("a.xlsx", {}),
    ("a.csv", {"sep": ";", "encoding": "utf-16"}),
    ("a.csv", {"sep": ";", "encoding": "cp1256"}),
    ("a.xlsx", {"titles": 3}), ("نقاط الماء 1.csv", {"sep": ";"})])
def test_a_table_is_opened_as_the_audit_read_it(
        name, options, tmp_path, monkeypatch):
    file = written(tmp_path, name, **options)
    names = run(file, "dates-as-text", monkeypatch)
    right = points()
    assert names["before"]["name_ar"].tolist() == right["name_ar"].tolist()
    assert names["before"].geometry.geom_equals(right.geometry).all()
    assert names["before"].crs == right.crs
    assert names["layer"]["visited"].tolist() == [
        pd.Timestamp(2021, 3, n + 1) for n in range(12)]


def test_a_code_page_is_repaired_with_the_delimiter_of_the_file(
        tmp_path, monkeypatch):
    """Commas in the cells, semicolons between them."""
    file = tmp_path / "a.csv"
    right = table(lon=[f"9,1{n:02d}" for n in range(12)])
    file.write_bytes(right.to_csv(sep=";", index=False).encode("cp1256"))
    names = run(file, "encoding-not-utf8", monkeypatch)
    assert pd.read_csv(names["new"], dtype=str).equals(right)


def test_the_titles_of_a_sheet_are_skipped_in_that_sheet(
        tmp_path, monkeypatch):
    file = written(tmp_path, "a.xlsx", titles=3)
    names = run(file, "head-titles", monkeypatch)
    assert names["table"].columns.tolist() == table().columns.tolist()


@pytest.mark.parametrize("shapes", ["points", "polygons"])
def test_exchanged_axes_are_put_right(shapes, tmp_path, monkeypatch):
    right = points() if shapes == "points" else squares().to_crs(4326)
    wrong = right.copy()
    wrong.geometry = shapely.transform(
        right.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    wrong.to_file(tmp_path / "a.gpkg")
    layer = run(tmp_path / "a.gpkg", "axes-swapped", monkeypatch)["layer"]
    assert layer.geometry.geom_equals_exact(right.geometry, 1e-9).all()


def test_places_outside_are_listed_whatever_the_crs(tmp_path, monkeypatch):
    layer = points(lon=["9.1"] * 11 + ["19.5"]).to_crs(32632)
    corners = shapely.get_coordinates(
        gpd.read_file(data.path("governorates")).union_all())
    east, north = corners[corners[:, 0].argmax()]
    edge = points(lon=["9.1"] * 11 + ["19.5"])
    edge.loc[3, "geometry"] = shapely.Point(east + 0.02, north)  # 2 km
    for file, places in (("a.gpkg", layer), ("b.gpkg", edge)):
        places.to_file(tmp_path / file)
        names = run(tmp_path / file, "coordinates-outside", monkeypatch)
        (found,) = [one for one in audit(tmp_path / file).findings
                    if one.code == "coordinates-outside"]
        last = found.repair.split("\n")[-1]
        assert eval(last, names).index.tolist() == [11]
        assert found.count == 1


def test_overlaps_can_be_asked_for_beside_an_invalid_polygon(
        tmp_path, monkeypatch):
    layer = squares()
    layer.loc[0, "geometry"] = layer.geometry[0].buffer(30)
    x, y = layer.geometry[9].bounds[:2]
    layer.loc[9, "geometry"] = shapely.Polygon(
        [(x, y), (x + 900, y + 900), (x + 900, y), (x, y + 900)])
    layer.to_file(tmp_path / "a.gpkg")
    names = run(tmp_path / "a.gpkg", "geometry-overlap", monkeypatch)
    edge, corner = 30 * 1000, math.pi * 30 ** 2 / 4  # m² of the wider square
    assert names["pairs"][["row_1", "row_2"]].to_numpy().tolist() == [
        [0, 1], [0, 4], [0, 5]]
    assert names["pairs"].area.tolist() == pytest.approx(
        [edge, edge, corner], rel=0.01)


def test_gaps_can_be_asked_for_in_degrees_and_beside_points(
        tmp_path, monkeypatch):
    layer = squares(16).drop(index=5).reset_index(drop=True)
    layer.loc[14, "geometry"] = layer.geometry[14].centroid
    layer.to_crs(4326).to_file(tmp_path / "a.geojson")
    names = run(tmp_path / "a.geojson", "geometry-gap", monkeypatch)
    assert names["gaps"].area.tolist() == pytest.approx([1e6], rel=1e-3)
    assert names["gaps"].crs == 32632


def test_the_lines_run_where_the_course_is_not_installed(tmp_path):
    """A reader keeps the page: its lines need the usual libraries."""
    layer = squares()
    layer.loc[0, "geometry"] = layer.geometry[0].buffer(30)
    layer = layer.drop(index=5).reset_index(drop=True)
    layer.to_file(tmp_path / "a.gpkg")
    (found,) = audit(tmp_path / "a.gpkg").layers
    wanted = {"geometry-overlap", "geometry-gap"}
    repairs = [one for one in found.findings if one.code in wanted]
    assert {one.code for one in repairs} == wanted
    code = "\n".join([opening(found.source, tmp_path / "a.gpkg", repairs),
                      *(one.repair for one in repairs)])
    modules = {name.name.split(".")[0] for each in ast.walk(ast.parse(code))
               if isinstance(each, ast.Import) for name in each.names} | {
        each.module for each in ast.walk(ast.parse(code))
        if isinstance(each, ast.ImportFrom)}
    assert modules == {"geopandas", "pathlib", "shapely"}
    subprocess.run([sys.executable, "-W", "error", "-I", "-c", code],
                   cwd=tmp_path, check=True)


def test_a_way_without_times_has_no_column_of_them_to_drop(
        tmp_path, monkeypatch):
    file = tmp_path / "a.gpx"
    file.write_text(
        '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/'
        'GPX/1/1"><trk><name>Piste</name><trkseg>'
        '<trkpt lat="35.6" lon="9.4"/><trkpt lat="35.7" lon="9.5"/>'
        "</trkseg></trk></gpx>", "utf-8")
    run(file, "personal-trace", monkeypatch)


def test_the_page_has_the_lines_and_each_name_that_its_repairs_use(tmp_path):
    file = written(tmp_path, "a.csv", sep=";", encoding="cp1256")
    report = audit(file)
    shown = page(report)
    assert "before a repair" in shown and "sep=&#39;;&#39;" in shown
    for layer in report.layers:
        lines = opening(layer.source, file, layer.findings)
        for one in layer.findings:
            names = {each.id for each in ast.walk(ast.parse(one.repair))
                     if isinstance(each, ast.Name)}
            assert all(re.search(rf"\b{name}\b", lines) for name in names)


def test_a_whole_layer_is_opened_by_its_name(tmp_path, monkeypatch):
    for at, name in enumerate(("first", "second")):
        points().iloc[at:].to_file(tmp_path / "a.gpkg", layer=name)
    names = run(tmp_path / "a.gpkg", "layers-several", monkeypatch)
    assert len(names["before"]) == 12
    assert isinstance(names["layer"], gpd.GeoDataFrame)


def test_words_that_pandas_makes_empty_are_there_to_repair(
        tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    table(country=["NA", "TN"] * 6).to_csv(file, index=False)
    names = run(file, "na-as-null", monkeypatch)
    assert names["before"]["country"].tolist() == ["NA", "TN"] * 6
    assert names["layer"]["country"].isna().tolist() == [True, False] * 6


def test_numbers_lose_their_unit_and_not_more(tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    table(area=[f"{n + 1} 200,5 m2" for n in range(12)]).to_csv(
        file, index=False)
    layer = run(file, "numbers-as-text", monkeypatch)["layer"]
    assert layer["area"].tolist() == [1000 * n + 1200.5 for n in range(12)]


def test_values_of_a_list_get_one_spelling(tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    table(state=["Actif"] * 6 + ["ACTIF", "actif"] + ["Fermé"] * 3 + [
        "ferme"]).to_csv(file, index=False)
    layer = run(file, "codes-variants", monkeypatch)["layer"]
    assert layer["state"].tolist() == ["Actif"] * 8 + ["Fermé"] * 4


def test_two_coordinates_become_a_place(tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    records = table()
    records["position"] = records.pop("lat") + ", " + records.pop("lon")
    records.to_csv(file, index=False)
    layer = run(file, "coordinates-pair", monkeypatch)["layer"]
    assert layer.geometry.geom_equals(points().geometry).all()


@pytest.mark.parametrize("code, change", [
    ("json-coordinates", lambda at: [*map(str, at)]),
    ("ring-open", lambda rings: [rings[0][:-1]])])
def test_a_geojson_that_readers_lose_is_read_whole(
        tmp_path, monkeypatch, code, change):
    right = points() if code == "json-coordinates" else squares().to_crs(4326)
    whole = json.loads(right.to_json())
    shape = whole["features"][1]["geometry"]
    shape["coordinates"] = change(shape["coordinates"])
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps(whole), "utf-8")
    layer = run(file, code, monkeypatch)["layer"]
    assert layer.geometry.geom_equals(right.geometry).all()
