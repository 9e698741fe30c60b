"""The private PostGIS: what it keeps of a layer, and that nothing stays."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import psycopg
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from helpers import data, postgis
from helpers.errors import CourseError
from tests.support import ROOT, in_time, needs_postgis, programs_that_name

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    needs_postgis()
    with postgis.start() as running:
        yield running


@pytest.fixture
def temporary(monkeypatch):
    """An empty folder for temporary files, which any user may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    shutil.rmtree(folder)


# --- what it keeps ---------------------------------------------------------

@pytest.mark.parametrize("name", ["schools", "sectors", "flood_zone"])
def test_a_layer_comes_back_as_it_was(server, name):
    layer = gpd.read_file(data.path(name))
    server.write(layer, name)
    back = server.read(f"SELECT * FROM {name} ORDER BY fid", geometry="geom")
    assert_geodataframe_equal(
        back.drop(columns="fid").rename_geometry("geometry"), layer,
        check_dtype=False, check_like=True)


def test_epsg_code_and_type_of_geometry_are_kept(server):
    places = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[
        shapely.Point(500_000, 4_000_000), None], crs=32632)
    shapes = gpd.GeoDataFrame(geometry=[
        shapely.box(0, 0, 1, 1), shapely.MultiPolygon(
            [shapely.box(2, 2, 3, 3)])], crs=4326)
    server.write(places, "places")
    server.write(shapes, "shapes")
    known = server.read("SELECT f_table_name, type, srid FROM "
                        "geometry_columns WHERE f_table_name IN "
                        "('places', 'shapes') ORDER BY 1")
    assert known.to_numpy().tolist() == [
        ["places", "POINT", 32632], ["shapes", "MULTIPOLYGON", 4326]]
    back = server.read("SELECT n, geom FROM places ORDER BY n", "geom")
    assert back.crs == places.crs
    assert back.geometry.isna().tolist() == [False, True]


def test_a_table_without_geometry_keeps_values_types_and_gaps(server):
    table = pd.DataFrame({
        "Text": ["élève 100 %", None], "عدد": [1, 2], "number": [0.5, None],
        "yes": [True, False], "day": pd.to_datetime(["2021-12-02", None])})
    server.write(table, "mixed Case")
    back = server.read('SELECT * FROM "mixed Case" ORDER BY fid')
    back["day"] = back["day"].dt.tz_localize(None)
    pd.testing.assert_frame_equal(back.drop(columns="fid"), table,
                                  check_dtype=False)


def test_a_table_is_replaced_with_the_views_that_read_it(server):
    server.write(pd.DataFrame({"a": [1]}), "again")
    server.execute("CREATE VIEW reader AS SELECT a FROM again")
    server.write(pd.DataFrame({"a": [2, 3]}), "again")
    assert server.read("SELECT sum(a) AS a FROM again")["a"].tolist() == [5]
    with pytest.raises(CourseError, match="reader"):
        server.read("SELECT * FROM reader")


def test_numbers_are_plain_numbers(server):
    table = server.read("SELECT sum(n) AS total, avg(n) AS mean, count(*) "
                        "AS rows FROM (VALUES (1::bigint), (2)) AS t (n)")
    assert [str(kind) for kind in table.dtypes] == [
        "float64", "float64", "int64"]


def test_letters_with_accents_are_letters(server):
    table = server.read("SELECT upper('é') AS letter, 'E' < 'a' AS bytes")
    assert table.iloc[0].tolist() == ["É", True]


def test_a_refused_statement_is_told_in_postgresqls_words(server):
    with pytest.raises(CourseError) as caught:
        server.read("SELECT nothing FROM spatial_ref_sys")
    assert 'column "nothing" does not exist' in str(caught.value)
    assert "^" in str(caught.value)  # below the word
    assert server.read("SELECT 1 AS a")["a"].tolist() == [1]  # and goes on


def test_any_program_can_open_its_address(server):
    with psycopg.connect(server.uri) as other:
        version = other.execute("SELECT postgis_lib_version()").fetchone()
    assert version[0][0] >= "3"


def test_it_listens_on_no_network(server):
    address = server.read("SHOW listen_addresses").iloc[0, 0]
    assert address == ""
    assert os.stat(server.folder).st_mode & 0o077 == 0


# --- nothing stays ---------------------------------------------------------

def test_nothing_stays_after_stop(temporary):
    needs_postgis()
    server = postgis.start()
    assert programs_that_name(temporary)
    server.stop()
    assert not programs_that_name(temporary)
    assert not list(temporary.iterdir())


def test_nothing_stays_after_an_error(temporary):
    needs_postgis()
    with pytest.raises(ZeroDivisionError), postgis.start():
        _ = 1 / 0
    assert not programs_that_name(temporary)
    assert not list(temporary.iterdir())


def test_nothing_stays_where_the_server_is_forgotten(temporary):
    needs_postgis()
    code = "from helpers import postgis; server = postgis.start()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert in_time(lambda: not programs_that_name(temporary)
                   and not list(temporary.iterdir()))


@pytest.mark.parametrize("moment", ["initdb", "ready"])
def test_nothing_stays_after_the_kernel_was_killed(temporary, moment):
    """SIGKILL, which no program can answer: while initdb makes the server,
    and while a query runs."""
    needs_postgis()
    code = ("from helpers import postgis; server = postgis.start(); "
            "print('ready', flush=True); "
            "server.read('SELECT pg_sleep(600)')")
    kernel = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT,
                              stdout=subprocess.PIPE, start_new_session=True)
    try:
        if moment == "ready":
            assert kernel.stdout.readline() == b"ready\n"
        else:
            assert in_time(lambda: [*temporary.glob("postgis_*/data/*")])
    finally:
        os.killpg(kernel.pid, signal.SIGKILL)  # as JupyterLab does
        kernel.communicate()
    assert programs_that_name(temporary)  # not yet; but soon
    assert in_time(lambda: not programs_that_name(temporary)
                   and not list(temporary.iterdir()))


# --- where it is not installed ---------------------------------------------

def program(folder: Path, name: str, does: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.fixture
def nothing_installed(monkeypatch, temporary):
    """No PostgreSQL; the folder is the only one with programs of it."""
    folder = temporary / "bin"
    folder.mkdir()
    monkeypatch.setattr(postgis, "glob", lambda pattern: [])
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_postgresql_a_sentence_says_so(nothing_installed):
    assert postgis.installed() is None
    with pytest.raises(CourseError, match="no PostgreSQL with PostGIS"):
        postgis.start()


def test_postgresql_without_postgis_is_not_enough(nothing_installed):
    program(nothing_installed, "initdb", "exit 0")
    program(nothing_installed, "pg_config", f"echo {nothing_installed}")
    assert postgis.installed() is None
    (nothing_installed / "extension").mkdir()
    (nothing_installed / "extension" / "postgis.control").touch()
    assert postgis.installed() == nothing_installed


def test_a_server_that_does_not_start_says_why(temporary, monkeypatch):
    folder = temporary / "bin"
    folder.mkdir()
    program(folder, "initdb", "echo the disk is full; exit 1")
    with pytest.raises(CourseError, match="the disk is full"):
        postgis.Server(folder)
    assert list(temporary.iterdir()) == [folder]


def test_on_windows_a_clear_sentence(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "geteuid")
    assert postgis.installed() is None
    with pytest.raises(CourseError, match="no PostGIS on Windows"):
        postgis.start()
