"""E13 and the lesson: the same tables from the embedded engine and PostGIS."""

import ast
import re

import geopandas as gpd
import pandas as pd
import pytest

from commands.exercises import notebooks
from helpers import data, postgis
from helpers.errors import CourseError
from tests.support import ROOT, needs_postgis

pytestmark = pytest.mark.slow
DAY = "day2_processing"
SOLUTION = ROOT / "solutions" / DAY / "e13_spatial_sql.ipynb"
LESSON = ROOT / "course" / DAY / "s4_sql_and_protection.ipynb"


@pytest.fixture(scope="module")
def names(solved):
    return solved("e13_spatial_sql")


@pytest.fixture(scope="module")
def server():
    needs_postgis()
    with postgis.start() as running:
        yield running


def copy(file, layers, server) -> None:
    """Write layers into a GeoPackage and into PostGIS."""
    for name, layer in layers.items():
        layer.to_file(file, layer=name, SPATIAL_INDEX="NO")
        server.write(layer, name)


def sorted_by_first(table):
    return table.sort_values(table.columns[0], ignore_index=True)


def same_tables(one, other) -> None:
    pd.testing.assert_frame_equal(sorted_by_first(one), sorted_by_first(other),
                                  check_dtype=False, atol=0.001)


@pytest.mark.parametrize("answer", ["per_sector", "by_governorate", "nearest"])
@pytest.mark.parametrize("gaps", [False, True], ids=["", "without positions"])
def test_the_answers_are_equal_on_both_engines(names, server, tmp_path,
                                               answer, gaps):
    layers = {name: gpd.read_file(names["north"], layer=name)
              for name in names["tables"]}
    if gaps:
        for name in ("schools", "centres"):
            shapes = layers[name].geometry
            layers[name] = layers[name].set_geometry(
                shapes.where(shapes.index % 7 != 0))
    copy(tmp_path / "data.gpkg", layers, server)
    sql, table = names[answer](tmp_path / "data.gpkg")
    same_tables(table, server.read(sql))
    assert len(table) > 5


def test_the_cell_that_compares_the_engines_finds_no_difference(names, server,
                                                                capsys):
    names["on_postgis"]()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "per_sector", "by_governorate", "nearest"]
    for line in lines:
        _, here, there, equal = line.split()
        assert here == there
        assert equal == "True"


OTHER_COLUMNS = """
    SELECT (SELECT count(*) FROM centres AS c WHERE c.geom IS NOT NULL
              AND c.status = 'ouvert' AND ST_Within(c.geom, s.geom))
      AS centres, s.name_fr, s.sector_id -- a text, and the key last
    FROM sectors AS s;"""


@pytest.mark.parametrize("sql, equal", [
    (OTHER_COLUMNS, "True"),
    (OTHER_COLUMNS.replace("= 'ouvert'", "LIKE 'OUVERT'"),
     "False")])
def test_that_cell_compares_by_name(names, server, capsys, monkeypatch,
                                    sql, equal):
    def per_sector(file):
        return sql, None
    monkeypatch.setitem(names, "asked",
                        {per_sector: ["sector_id", "centres"]})
    names["on_postgis"]()
    assert capsys.readouterr().out.split()[-1] == equal


def statements() -> dict[str, str]:
    """Letter → statement, in the table of Task 5."""
    (text,) = [cell.source for cell in notebooks.read(SOLUTION).cells
               if cell.id == "task5"]
    return dict(re.findall(r"^\| ([A-F]) \| `(.*)` \|$", text, re.MULTILINE))


@pytest.mark.parametrize("letter", "ABCDEF")
def test_each_statement_of_task_5_does_what_its_word_says(names, server,
                                                          letter):
    for name in names["tables"]:
        server.write(gpd.read_file(names["north"], layer=name), name)
    here = names["ask"](statements()[letter], names["north"])
    try:
        there = server.read(statements()[letter])
    except CourseError:
        word = "refused"
    else:
        rows = [sorted(table.to_numpy().tolist()) for table in (here, there)]
        word = "same" if rows[0] == rows[1] else "other"
    assert names["engines"][letter] == word


def test_without_a_position_only_the_embedded_engine_says_true(names, server):
    """The text before the tasks warns of it."""
    table = names["ask"]("SELECT ST_Within(NULL, geom) AS answer "
                         "FROM sectors LIMIT 1", names["north"])
    assert table["answer"].tolist() == [-1]
    assert server.read("SELECT ST_Within(NULL, ST_MakePoint(0, 0)) IS NULL "
                       "AS nothing")["nothing"].tolist() == [True]


def test_min_beside_a_bare_column_is_refused_by_postgresql(names, server):
    with pytest.raises(CourseError, match="GROUP BY"):
        server.read("SELECT sector_id, school_id, max(pupils) "
                    "FROM schools GROUP BY sector_id")


# --- the lesson ------------------------------------------------------------

def of_the_lesson(cell_id: str, name: str) -> str:
    """A text that a cell of the lesson gives a name."""
    (cell,) = [cell for cell in notebooks.read(LESSON).cells
               if cell.id == cell_id]
    (text,) = [node.value.value for node in ast.parse(cell.source).body
               if isinstance(node, ast.Assign) and node.targets[0].id == name]
    return text


@pytest.fixture(scope="module")
def lab(server, tmp_path_factory):
    """The lesson's layers in both engines; the GeoPackage."""
    file = tmp_path_factory.mktemp("lesson") / "lab.gpkg"
    copy(file, {name: gpd.read_file(data.path(layer)).to_crs(32632)
                for name, layer in [("sectors", "sectors"), (
                    "schools", "schools"), ("centres", "health_centres")]},
         server)
    return file


@pytest.mark.parametrize("cell, name", [
    ("sql-count", "counts"), ("engines-index", "every"),
    ("engines-view", "view")])
def test_the_lessons_statements_are_equal_on_both_engines(names, server, lab,
                                                          cell, name):
    sql = of_the_lesson(cell, name).replace("{}", "AND")
    sql = re.sub(r"\s*CREATE VIEW \w+ AS ", "", sql)
    same_tables(names["ask"](sql, lab), server.read(sql))
