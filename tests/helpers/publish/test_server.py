"""The real pygeoapi: three clients read back what was published, its pages
ask nobody, and nothing stays of it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from helpers import data, postgis
from helpers.errors import CourseError
from helpers.publish import server
from tests.support import (
    PICTURES,
    ROOT,
    in_time,
    needs,
    needs_postgis,
    no_network,
    programs_that_name,
)

pytestmark = pytest.mark.slow
CRS84, EPSG_4326, EPSG_32632 = server.SYSTEMS
CENTRES, AREAS = "health_centres", "governorates"
BOX = (9.5, 36, 10.5, 37)  # west, south, east, north
RECORD = {
    "identifier": "https://data.example.tn/id/dataset/health-centres",
    "title": {"en": "Health centres (fictional)", "ar": "مراكز الصحة (وهمية)",
              "fr": "Centres de santé (fictifs)"},
    "abstract": {"en": "One point per centre.", "fr": "Un point par centre.",
                 "ar": "نقطة لكل مركز."},
    "keywords": {"en": ["care"], "fr": ["soins"], "ar": ["رعاية"]},
    "dates": {"created": "2021-12-01", "published": "2021-12-02",
              "revised": "2021-12-07"},
    "languages": ["fr", "ar"], "topic": "health",
    "bbox": [7.6, 31.7, 11.4, 37.4], "crs": 4326,
    "period": ["2019-01-01", "2021-12-01"],
    "publisher": {"name": {"en": "Ministry (fictional)", "ar": "وزارة وهمية",
                           "fr": "Ministère (fictif)"},
                  "email": "opendata@example.tn",
                  "url": "https://data.example.tn/"},
    "licence": "CC-BY-4.0",
    "licence_uri": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": "Ministry (fictional), 7 December 2021",
    "version": "1.0.0", "distributions": [
        {"file": "health_centres.geojson",
         "media_type": "application/geo+json",
         "url": "https://data.example.tn/health_centres.geojson"}]}


def package(folder: Path, layer: gpd.GeoDataFrame | Path, file: str,
            record: dict | None = None) -> Path:
    """A release package with one layer, or a copy of its file."""
    folder.mkdir()
    if isinstance(layer, Path):
        shutil.copy(layer, folder / file)
    else:
        layer.to_file(folder / file)
    if record:
        (folder / "metadata.json").write_text(json.dumps(record), "utf-8")
    return folder


@pytest.fixture(scope="module")
def centres():
    return gpd.read_file(data.path(CENTRES))


@pytest.fixture(scope="module")
def areas():
    return gpd.read_file(data.path(AREAS))


EVIL = "</script><script>alert(1)</script><b id='bold'>"


@pytest.fixture(scope="module")
def packages(tmp_path_factory, areas):
    """Points with a record; polygons; and what is odd: no geometry, no
    first value, HTML as a text."""
    folder = tmp_path_factory.mktemp("packages")
    odd = gpd.GeoDataFrame(
        {"code": ["<i id='i'>", "b"], "beds": [None, 3], "name": EVIL},
        geometry=[None, shapely.Point(10, 36)], crs=4326)
    return [package(folder / "a", Path(data.path(CENTRES)),
                    f"{CENTRES}.geojson", RECORD),
            package(folder / "b", areas, f"{AREAS}.geojson"),
            package(folder / "c", odd, "odd.geojson")]


@pytest.fixture(scope="module")
def made(packages):
    return server.configuration(packages)


@pytest.fixture(scope="module")
def running(made):
    one = server.start(made)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def address(running):
    return running.url


def ask(address: str, path: str, **parameters) -> dict:
    names = {name.replace("_", "-"): value
             for name, value in parameters.items()}
    with urlopen(f"{address}/{path}?{urlencode({'f': 'json'} | names)}"
                 ) as answer:
        return json.load(answer)


def items(address: str, collection: str = CENTRES, **parameters) -> dict:
    return ask(address, f"collections/{collection}/items", **parameters)


def every_page(address: str, collection: str, **parameters) -> list[dict]:
    """The features of all pages, by the links that the server gives."""
    page = items(address, collection, **parameters)
    found = page["features"]
    while following := [link["href"] for link in page["links"]
                        if link["rel"] == "next"]:
        page = json.load(urlopen(following[0]))
        found += page["features"]
    return found


def as_published(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Without the client's own column of identifiers, times as texts."""
    layer = layer.drop(columns="id", errors="ignore")
    for name in layer.select_dtypes(["datetime", "datetimetz"]):
        layer[name] = layer[name].dt.strftime("%Y-%m-%d")
    return layer


def same(got: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, key: str) -> None:
    """Every feature once, with every value and every position (1 cm)."""
    got, layer = (as_published(one).sort_values(key, ignore_index=True)
                  for one in (got, layer))
    got = got.set_crs(layer.crs, allow_override=True)
    pd.testing.assert_frame_equal(
        got.drop(columns="geometry"), layer.drop(columns="geometry"),
        check_like=True, check_dtype=False)
    unlike = shapely.hausdorff_distance(got.geometry, layer.geometry)
    assert unlike.max() < (1e-7 if layer.crs.is_geographic else 0.01)


# --- three clients read everything back ------------------------------------

@pytest.mark.parametrize("limit", [None, 7, 100])
def test_all_pages_hold_every_feature_once(address, centres, limit):
    found = every_page(address, CENTRES, **({"limit": limit} if limit else {}))
    assert len(found) == len(centres)
    assert len({feature["id"] for feature in found}) == len(centres)
    same(gpd.GeoDataFrame.from_features(found, crs=4326), centres,
         "centre_id")


@pytest.mark.parametrize("name, key", [(CENTRES, "centre_id"),
                                       (AREAS, "iso_3166_2")])
def test_gdal_reads_the_layer_as_it_is(address, request, name, key):
    layer = request.getfixturevalue(
        {CENTRES: "centres", AREAS: "areas"}[name])
    got = gpd.read_file(f"OAPIF:{address}", layer=name)
    assert got.crs.axis_info[0].direction == "east"
    same(got, layer, key)


def test_gdal_reads_it_in_metres(address, centres):
    got = gpd.read_file(f"OAPIF:{address}", layer=CENTRES, CRS="EPSG:32632")
    assert got.crs == 32632
    same(got, centres.to_crs(32632), "centre_id")


def test_owslib_reads_the_layer_as_it_is(address, centres):
    from owslib.ogcapi.features import Features
    client = Features(address)
    assert set(client.feature_collections()) == {CENTRES, AREAS, "odd"}
    found = [one for offset in range(0, len(centres), 100)
             for one in client.collection_items(
                 CENTRES, limit=100, offset=offset)["features"]]
    same(gpd.GeoDataFrame.from_features(found, crs=4326), centres,
         "centre_id")


def test_one_feature_has_an_address_of_its_own(address, centres):
    row = centres.iloc[-1]
    feature = ask(address, f"collections/{CENTRES}/items/{row.centre_id}")
    assert feature["properties"]["name_ar"] == row.name_ar
    assert shapely.geometry.shape(feature["geometry"]) == row.geometry


# --- reference systems -----------------------------------------------------

def inside(layer, box):
    west, south, east, north = box
    return set(layer.cx[west:east, south:north]["centre_id"])


@pytest.mark.parametrize("order, crs", [
    ((0, 1, 2, 3), None), ((0, 1, 2, 3), CRS84), ((1, 0, 3, 2), EPSG_4326)])
def test_a_bbox_is_read_in_the_order_of_its_crs(address, centres, order, crs):
    box = ",".join(str(BOX[index]) for index in order)
    found = every_page(address, CENTRES, bbox=box, limit=100,
                       **({"bbox_crs": crs} if crs else {}))
    assert {one["id"] for one in found} == inside(centres, BOX)
    assert len(found) == len(inside(centres, BOX)) > 50


def test_gdal_asks_the_server_for_a_bbox(address, centres):
    got = gpd.read_file(f"OAPIF:{address}", layer=CENTRES, bbox=BOX)
    assert set(got["centre_id"]) == inside(centres, BOX)


@pytest.mark.parametrize("crs, epsg, turned", [
    (CRS84, 4326, False), (EPSG_4326, 4326, True),
    (EPSG_32632, 32632, False)])
def test_all_positions_come_in_the_order_of_the_crs(
        address, centres, crs, epsg, turned):
    found = every_page(address, CENTRES, crs=crs, limit=100)
    got = pd.DataFrame(
        [feature["geometry"]["coordinates"] for feature in found],
        index=[feature["id"] for feature in found])
    points = centres.set_index("centre_id").to_crs(epsg).geometry
    assert len(got) == len(points)
    x, y = (1, 0) if turned else (0, 1)
    assert abs(got[x] - points.x.loc[got.index]).max() < 1e-6
    assert abs(got[y] - points.y.loc[got.index]).max() < 1e-6


def test_the_answer_names_its_crs(address):
    question = urlencode({"f": "json", "limit": 1, "crs": EPSG_4326})
    with urlopen(f"{address}/collections/{CENTRES}/items?{question}"
                 ) as answer:
        assert answer.headers["Content-Crs"] == f"<{EPSG_4326}>"


# --- the catalogue ---------------------------------------------------------

@pytest.mark.parametrize("word, count", [
    ("health", 1), ("HEALTH", 1), ("santé", 1), ("soins", 1), ("الصحة", 1),
    ("رعاية", 1), ("rain", 0)])
def test_a_record_is_found_by_words_of_three_languages(address, word, count):
    from owslib.ogcapi.records import Records
    found = Records(address).collection_items("catalogue", q=word)
    assert found["numberMatched"] == count


def test_a_record_says_what_the_core_record_says(address):
    found = ask(address, f"collections/catalogue/items/{CENTRES}")
    assert shapely.geometry.shape(found["geometry"]).bounds == tuple(
        RECORD["bbox"])
    said = found["properties"]
    assert said["title_ar"] == RECORD["title"]["ar"]
    assert (said["license"], said["updated"], said["externalId"]) == (
        RECORD["licence"], "2021-12-07", RECORD["identifier"])
    assert not [name for name in said if name.startswith("_")]


def test_the_links_of_a_record_lead_to_the_running_server(address):
    found = ask(address, f"collections/catalogue/items/{CENTRES}")
    links = {link["rel"]: link["href"] for link in found["links"]}
    assert links["item"].startswith(f"{address}/collections/{CENTRES}/")
    assert json.load(urlopen(links["item"]))["numberMatched"] == 434
    assert links["license"] == RECORD["licence_uri"]
    assert links["enclosure"] == RECORD["distributions"][0]["url"]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_collection_has_its_title_in_three_languages(address, language):
    said = ask(address, f"collections/{CENTRES}", lang=language)
    assert said["title"] == RECORD["title"][language]
    assert said["description"] == RECORD["abstract"][language]


# --- what the docstring says that it does wrong ----------------------------

@pytest.mark.parametrize("parameters", [
    {"filter": "beds > 10"}, {"sortby": "-beds"}, {"nonsense": "1"},
    {"datetime": "2020-01-01/2020-12-31"}])
def test_these_parameters_change_nothing(address, parameters):
    plain, asked = (items(address, **extra) for extra in ({}, parameters))
    assert asked["features"] == plain["features"]
    assert asked["numberMatched"] == plain["numberMatched"]


def test_a_value_of_a_column_is_asked_for_rightly(address, centres):
    asked = items(address, status="ouvert")["numberMatched"]
    assert asked == (centres["status"] == "ouvert").sum() < len(centres)


def test_a_limit_is_lowered_and_a_page_has_ten(address):
    assert len(items(address, limit=1000)["features"]) == 100
    assert len(items(address)["features"]) == 10


def test_a_bbox_in_metres_is_only_nearly_right(address, centres):
    metres = centres.to_crs(32632)
    west, south, east, north = metres.total_bounds
    box = (west, south, (west + east) / 2, (south + north) / 2)
    found = every_page(address, CENTRES, bbox=",".join(map(str, box)),
                       bbox_crs=EPSG_32632, limit=100)
    assert {one["id"] for one in found} != inside(metres, box)
    assert len({one["id"] for one in found} ^ inside(metres, box)) < 5


def test_a_feature_without_geometry_is_everywhere(address):
    found = items(address, "odd", bbox="0,0,1,1")["features"]
    assert [feature["geometry"] for feature in found] == [None]
    assert len(gpd.read_file(f"OAPIF:{address}", layer="odd")) == 2


def test_the_first_value_decides_the_type_of_a_column(address):
    columns = ask(address, "collections/odd/schema")["properties"]
    assert columns["beds"]["type"] == "string"


def test_a_number_is_compared_as_text(address):
    assert items(address, "odd", beds="3.0")["numberMatched"] == 1
    assert items(address, "odd", beds="3")["numberMatched"] == 0


def test_a_table_stops_at_a_feature_without_a_place(address):
    with pytest.raises(OSError, match="HTTP Error 500"):
        urlopen(f"{address}/collections/odd/items?f=csv")
    with urlopen(f"{address}/collections/{CENTRES}/items?f=csv") as answer:
        assert answer.read().decode().startswith("x,y,centre_id,")


def test_nobody_can_change_the_data(address):
    for method, path in [("POST", ""), ("PUT", "/HC-0003"),
                         ("DELETE", "/HC-0003")]:
        with pytest.raises(OSError, match="HTTP Error 4"):
            urlopen(Request(
                f"{address}/collections/{CENTRES}/items{path}",
                data=b"{}", method=method,
                headers={"Content-Type": "application/geo+json"}))


# --- PostGIS ---------------------------------------------------------------

def test_a_table_of_postgis_in_metres_is_served(packages, centres):
    needs_postgis()
    made = server.configuration(packages[0])
    provider = made["resources"][CENTRES]["providers"][0]
    with postgis.start() as base:
        base.write(centres.to_crs(32632), "centres")
        provider |= {
            "name": "PostgreSQL", "table": "centres", "geom_field": "geom",
            "storage_crs": EPSG_32632, "data": {
                "host": base.folder, "dbname": "postgres",
                "user": "geodata"}}
        with server.serve(made) as address:
            got = gpd.read_file(f"OAPIF:{address}", layer=CENTRES,
                                CRS="EPSG:32632")
            dear = items(address, filter="beds > 10")["numberMatched"]
            box = items(address, bbox=",".join(map(str, BOX)))
    assert set(got["id"]) == set(centres["centre_id"])
    assert len(got) == len(centres)
    assert dear == (centres["beds"] > 10).sum()
    assert abs(box["numberMatched"] - len(inside(centres, BOX))) < 5


# --- pages for people ------------------------------------------------------

PAGES = {
    "landing": "", "collections": "collections",
    "collections_ar": "collections?lang=ar",
    "collection": f"collections/{CENTRES}",
    "collection_ar": f"collections/{CENTRES}?lang=ar",
    "items": f"collections/{CENTRES}/items", "areas":
    f"collections/{AREAS}/items", "nothing":
    f"collections/{CENTRES}/items?bbox=0,0,1,1",
    "item": f"collections/{CENTRES}/items/HC-0003",
    "area": f"collections/{AREAS}/items/TN-11",
    "catalogue": "collections/catalogue", "records":
    "collections/catalogue/items", "record":
    f"collections/catalogue/items/{CENTRES}",
    "queryables": f"collections/{CENTRES}/queryables",
    "schema": f"collections/{CENTRES}/schema", "conformance": "conformance",
    "openapi": "openapi", "redoc": "openapi?ui=redoc",
    "missing": "collections/none", "odd": "collections/odd/items"}
WCAG = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def visit(chromium, address):
    """A tab that remembers what it asked others for, and errors."""
    context = chromium.new_context(viewport={"width": 900, "height": 800})
    tab = context.new_page()
    tab.strangers, tab.errors = [], []
    tab.on("request", lambda request: tab.strangers.append(request.url)
           if not request.url.startswith((address, "data:")) else None)
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    yield tab
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_else_and_meets_wcag_a_and_aa(
        visit, address, name):
    from axe_core_python.sync_playwright import Axe
    path = PAGES[name]
    visit.goto(f"{address}/{path}{'&' if '?' in path else '?'}f=html",
               wait_until="networkidle")
    (PICTURES / "server").mkdir(parents=True, exist_ok=True)
    visit.screenshot(path=PICTURES / "server" / f"{name}.png",
                     full_page=True)
    assert (visit.strangers, visit.errors) == ([], [])
    assert [(rule["id"], [node["html"] for node in rule["nodes"]])
            for rule in Axe().run(visit, options=WCAG)["violations"]] == []


def test_the_map_shows_each_feature_of_the_page_and_leads_to_it(
        visit, address):
    visit.goto(f"{address}/collections/{CENTRES}/items?f=html",
               wait_until="networkidle")
    assert visit.locator("path.leaflet-interactive").count() == 10
    visit.get_by_role("link", name="Next page").click()
    assert "offset=10" in visit.url
    visit.locator("path.leaflet-interactive").last.dispatch_event("click")
    visit.locator(".leaflet-popup-content a").click()
    assert f"/collections/{CENTRES}/items/HC-" in visit.url
    assert visit.locator("h1").inner_text().startswith("HC-")


def test_text_of_the_data_is_no_html(visit, address):
    visit.goto(f"{address}/collections/odd/items?f=html",
               wait_until="networkidle")
    assert visit.locator("td", has_text="alert(1)").count() == 2
    assert visit.locator("#bold, #i").count() == 0


# --- the configuration -----------------------------------------------------

def test_pygeoapi_finds_the_configuration_valid(made):
    from pygeoapi.config import validate_config
    assert validate_config(made)


def test_starting_changes_neither_configuration_nor_packages(
        packages, made, address):
    assert address not in json.dumps(made)
    assert json.dumps(made) == json.dumps(server.configuration(packages))
    assert [file.name for one in packages for file in sorted(one.iterdir())
            ] == [f"{CENTRES}.geojson", "metadata.json", f"{AREAS}.geojson",
                  "odd.geojson"]
    assert (packages[0] / f"{CENTRES}.geojson").read_bytes() == Path(
        data.path(CENTRES)).read_bytes()


def test_an_identifier_is_a_column_without_gaps_or_repeats(tmp_path):
    layer = gpd.GeoDataFrame(
        {"kind": ["a", "a"], "gaps": ["x", None], "size": [1.5, 2.5],
         "code": [7, 8]}, geometry=gpd.points_from_xy([10, 11], [36, 36]),
        crs=4326)
    one = package(tmp_path / "one", layer, "one.geojson")
    made = server.configuration(one)
    assert made["resources"]["one"]["providers"][0]["id_field"] == "code"
    two = package(tmp_path / "two", layer.drop(columns="code"),
                  "two.geojson")
    with pytest.raises(CourseError, match=r"two\.geojson identifies"):
        server.configuration(two)


def test_a_package_that_cannot_be_served_is_named(tmp_path, centres):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CourseError, match="empty has 0 files"):
        server.configuration(empty)
    with pytest.raises(CourseError, match="no release package"):
        server.configuration([])
    metres = package(tmp_path / "m", centres.to_crs(32632), "m.geojson")
    with pytest.raises(CourseError, match="not in degrees"):
        server.configuration(metres)
    nothing = package(tmp_path / "n", centres[:0], "n.geojson")
    with pytest.raises(CourseError, match="has no features"):
        server.configuration(nothing)
    bad = package(tmp_path / "bad", centres, "c.geojson",
                  RECORD | {"title": "Centres"})
    with pytest.raises(CourseError, match=r"metadata\.json is no core"):
        server.configuration(bad)
    good = package(tmp_path / "good", centres, "c.geojson")
    with pytest.raises(CourseError, match="Two packages have a layer c"):
        server.configuration([good, good])


# --- starting --------------------------------------------------------------

def test_a_wished_port_is_used(packages):
    made = server.configuration(packages[1])
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = made["server"]["bind"]["port"] = other.getsockname()[1]
        with pytest.raises(CourseError, match=f"Port {port} is in use"):
            server.start(made)
    with server.serve(made) as address:
        assert address == f"http://127.0.0.1:{port}"
        links = ask(address, "")["links"]
        assert all(link["href"].startswith(address) for link in links)


def test_it_answers_only_this_computer(packages):
    made = server.configuration(packages[1])
    made["server"]["bind"]["host"] = "0.0.0.0"
    with pytest.raises(CourseError, match=r"127\.0\.0\.1, not 0\.0\.0\.0"):
        server.start(made)


def test_a_start_that_fails_says_the_last_words(packages):
    made = server.configuration(packages[1])
    made["resources"][AREAS]["providers"][0]["name"] = "Nothing"
    with pytest.raises(CourseError, match=r"last words:\n(.|\n)*Nothing"):
        server.start(made)


def test_a_file_that_is_not_there_is_named(packages):
    """pygeoapi itself would serve it as a layer without features."""
    made = server.configuration(packages[1])
    made["resources"][AREAS]["providers"][0]["data"] = "none.geojson"
    with pytest.raises(CourseError, match=r"no file none\.geojson"):
        server.start(made)


# --- nothing stays ---------------------------------------------------------

@pytest.fixture
def temporary(monkeypatch):
    """An empty folder for temporary files."""
    folder = Path(tempfile.mkdtemp())
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    shutil.rmtree(folder)


def gone(temporary) -> bool:
    return not programs_that_name(temporary) and not [*temporary.iterdir()]


def test_nothing_stays_after_stop_or_an_error(packages, temporary):
    made = server.configuration(packages)
    one = server.start(made)
    assert programs_that_name(temporary) and one.log.is_file()
    one.stop()
    one.stop()  # once more does no harm
    assert gone(temporary)
    with pytest.raises(ZeroDivisionError), server.serve(made):
        _ = 1 / 0
    assert gone(temporary)
    made["resources"][CENTRES]["providers"][0]["name"] = "Nothing"
    with pytest.raises(CourseError):
        server.start(made)
    assert gone(temporary)


CODE = """
import sys, time
from helpers.publish import server
made = server.configuration(sys.argv[1], folder=sys.argv[2])
print("starting", flush=True)
running = server.start(made)
print("ready", flush=True)
time.sleep(float(sys.argv[3]))
"""


def kernel(packages, folder, seconds, **options):
    return subprocess.Popen(
        [sys.executable, "-c", CODE, packages[0], folder, str(seconds)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)


def test_nothing_stays_where_the_server_is_forgotten(
        packages, temporary, tmp_path):
    one = kernel(packages, tmp_path, 0)
    assert one.communicate()[0].split() == ["starting", "ready"]
    assert in_time(lambda: gone(temporary))


@pytest.mark.parametrize("moment", ["starting", "ready"])
def test_nothing_stays_after_the_kernel_was_killed(
        packages, temporary, tmp_path, moment):
    """SIGKILL, which no program can answer."""
    one = kernel(packages, tmp_path, 600, start_new_session=True)
    try:
        assert one.stdout.readline() == "starting\n"
        if moment == "ready":
            assert one.stdout.readline() == "ready\n"
        assert in_time(lambda: programs_that_name(temporary))
    finally:
        os.killpg(one.pid, signal.SIGKILL)  # as JupyterLab does
        one.communicate()
    assert in_time(lambda: gone(temporary))


def test_it_works_with_the_network_cut(packages, tmp_path):
    needs("bwrap")
    code = """
import json, sys
from urllib.request import urlopen
from helpers.publish import server
with server.serve(server.configuration(
        sys.argv[1], folder=sys.argv[2])) as address:
    answer = urlopen(f"{address}/collections/health_centres/items?f=json")
    print(json.load(answer)["numberMatched"])
"""
    done = subprocess.run(
        [*no_network(), sys.executable, "-c", code, packages[0], tmp_path],
        cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "434\n", done.stderr
