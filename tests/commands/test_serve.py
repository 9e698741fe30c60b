"""`serve`: the newest release of each layer, with links that others can use,
until Ctrl-C."""

import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import geopandas as gpd
import pytest
import shapely

from commands import serve
from commands.publish import command
from commands.terminal import Console
from helpers import data
from helpers.errors import CourseError
from helpers.publish import server
from tests.commands.publish.record import META
from tests.support import ROOT, in_course

pytestmark = pytest.mark.slow
PUBLIC = "https://data.example.org/api"


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Two layers; of one there are two versions."""
    out = tmp_path_factory.mktemp("served") / "releases"
    meta = out.parent / "meta.yml"
    meta.write_text(json.dumps(META), "utf-8")
    towns = out.parent / "towns.gpkg"
    layer = gpd.read_file(data.path("chief_towns"))
    for rows, day in ((layer.iloc[1:], "2026-01-31"), (layer, "2026-02-28")):
        rows.to_file(towns)
        released(towns, out, meta, day)
    released(data.path("water_points"), out, meta, "2026-01-31")
    return out


def released(file, out, meta, day):
    said = io.StringIO()
    assert command.publish(file, out, Console(file=said, width=200),
                           meta=meta, day=day) == 0, said.getvalue()


def get(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode("utf-8")


@pytest.fixture(scope="module")
def running(releases):
    """The command in a process of its own: its address, what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "commands", "serve", str(releases), "--url",
         PUBLIC + "/", "--port", "0"], cwd=ROOT, env=in_course(ROOT),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    text = "".join(said)
    found = re.search(r"from (http://127\.0\.0\.1:\d+)", text)
    try:
        assert found, text + process.stderr.read()
        yield found[1], text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert "Ended." in process.stdout.read()
        with socket.socket() as visitor:  # nobody is there any more
            assert visitor.connect_ex(
                ("127.0.0.1", int(found[1].rpartition(":")[2])))
    finally:
        process.kill()
        process.communicate()


def test_the_newest_release_of_each_layer_and_a_catalogue_are_served(running):
    address, _ = running
    found = json.loads(get(f"{address}/collections?f=json"))
    assert {one["id"] for one in found["collections"]} == {
        "towns", "water_points", "catalogue"}
    items = json.loads(get(f"{address}/collections/towns/items?f=json"
                           "&limit=1"))
    assert items["numberMatched"] == 24  # the first release has 23
    records = json.loads(get(f"{address}/collections/catalogue/items?f=json"))
    assert {one["properties"]["version"] for one in records["features"]} == {
        "1.0.0", "1.1.0"}


def test_it_says_where_a_known_town_is_in_each_crs(running):
    """The town is Tunis, whose longitude everybody knows."""
    _, said = running
    lines = re.findall(r"✓ (\S+): (.*)", said.split("water_points")[0])
    assert [crs for crs, _ in lines] == [
        "OGC:CRS84", "EPSG:4326", "EPSG:32632", "EPSG:22391"]
    assert lines[0][1].startswith("Lon, Lat = 10.18")
    assert lines[1][1].startswith("Lat, Lon = 36.80")
    assert lines[2][1].startswith("E, N = 605")


def test_all_links_have_the_address_that_others_use(running):
    address, said = running
    assert f"Serving {PUBLIC} (" in said
    for path in ("", "/collections", "/collections/towns/items",
                 "/collections/catalogue/items"):
        text = get(f"{address}{path}?f=json")
        assert PUBLIC in text and "127.0.0.1" not in text, path


def test_its_pages_ask_no_other_server(running, chromium):
    address, _ = running
    page = chromium.new_page()
    asked = []
    # the page's own address stands for the proxy that is not there
    page.route(f"{PUBLIC}/**", lambda route: route.fulfill(
        response=page.request.get(
            route.request.url.replace(PUBLIC, address))))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/collections/towns/items?f=html")
    page.close()
    assert asked
    assert [one for one in asked if not one.startswith((
        address, PUBLIC, "data:"))] == []


def test_each_feature_can_be_asked_for_by_its_identifier(running, releases):
    address, _ = running
    layer = gpd.read_file(releases / "towns/1.1.0/towns.geojson")
    for at in (0, 23):
        name = layer.iloc[at, 0]
        one = json.loads(get(f"{address}/collections/towns/items/{name}"
                             "?f=json"))
        assert one["geometry"]["coordinates"] == pytest.approx(
            [layer.geometry.x[at], layer.geometry.y[at]])


def test_a_folder_of_releases_of_a_layer_or_a_release_is_taken(releases):
    newest = releases / "towns/1.1.0"
    first = releases / "towns/1.0.0"
    assert serve.packages(releases / "towns") == [newest]
    assert serve.packages(first) == [first]
    assert serve.packages(releases) == [
        newest, releases / "water_points/1.0.0"]


# --- what is not served ----------------------------------------------------

def quiet(folder, **options):
    return serve.serve(folder, Console(file=io.StringIO()), **options)


def test_a_folder_without_a_release_says_what_to_do(tmp_path):
    with pytest.raises(CourseError, match=r"no release package.*publish"):
        quiet(tmp_path)
    with pytest.raises(CourseError, match="There is no folder"):
        quiet(tmp_path / "none")


def test_an_address_is_checked(releases):
    with pytest.raises(CourseError, match="is no address such as"):
        quiet(releases, url="data.example.org")


def test_a_port_that_is_taken_is_named(releases):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CourseError,
                           match=f"{port} is in use(.|\n)*--port 0"):
            quiet(releases, port=port)


def test_a_geopackage_alone_is_served_too(tmp_path):
    package = tmp_path / "areas"
    package.mkdir()
    areas = gpd.read_file(data.path("governorates"))
    areas.to_crs(32632).to_file(package / "governorates.gpkg")
    work = tmp_path / "work"
    made = serve.configuration(serve.packages(tmp_path), work, None, 0)
    with server.serve(made) as address:
        got = gpd.read_file(f"OAPIF:{address}", layer="governorates")
    assert [file.name for file in package.iterdir()] == ["governorates.gpkg"]
    places = [layer.set_index("iso_3166_2").geometry.sort_index()
              for layer in (got, areas)]
    assert list(places[0].index) == list(places[1].index)
    assert shapely.hausdorff_distance(*places).max() < 1e-6


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_geopackage_without_a_crs_is_named(tmp_path):
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(1, 2)]).to_file(
        tmp_path / "odd.gpkg")
    with pytest.raises(CourseError, match=r"odd\.gpkg has no CRS"):
        serve.configuration([tmp_path], tmp_path / "work", None, 0)


@pytest.mark.parametrize("values, column", [
    (["WP/7", "https://x/y", "é 1"], None),
    (["1", "01", "WP-7"], "id")])
def test_identifiers_are_checked_first(tmp_path, values, column):
    package = tmp_path / "wells"
    package.mkdir()
    gpd.GeoDataFrame({"id": values}, crs=4326, geometry=gpd.points_from_xy(
        [10, 10.1, 10.2], [36, 36.1, 36.2])).to_file(
            package / "wells.geojson")
    found = serve.packages(tmp_path)
    assert found == [package]
    if column:
        made = serve.configuration(found, tmp_path / "work", None, 0)
        assert made["resources"]["wells"]["providers"][0][
            "id_field"] == column
    else:
        with pytest.raises(CourseError, match="WP/7"):
            serve.configuration(found, tmp_path / "work", None, 0)


def test_the_self_test_finds_a_wrong_answer(releases, tmp_path):
    """The file behind the server is exchanged after it was described."""
    package = tmp_path / "towns"
    shutil.copytree(releases / "towns/1.1.0", package)
    made = serve.configuration([package], tmp_path / "work", None, 0)
    with server.serve(made) as address:
        said = io.StringIO()
        assert serve.self_test(address, made, Console(file=said)) == []
        file = package / "towns.geojson"
        layer = gpd.read_file(file)
        layer.geometry = layer.translate(0.01)
        moved = tmp_path / "moved.geojson"
        layer.to_file(moved)
        made["resources"]["towns"]["providers"][0]["data"] = str(moved)
        wrong = serve.self_test(address, made, Console(file=said))
        assert len(wrong) == 4 and "the file says" in wrong[0]


def test_heights_and_places_that_are_missing_or_mixed_are_served(tmp_path):
    """What `publish` releases, `serve` serves: as JSON and as CSV; a number
    is found by its value."""
    shapes = {
        "heights": [shapely.Point(10, 36, 5), shapely.Point(10.1, 36, 7)],
        "gaps": [shapely.Point(10, 36), None],
        "mixed": [shapely.Point(10, 36), shapely.box(10, 36, 10.1, 36.1)]}
    for name, places in shapes.items():
        file = tmp_path / f"{name}.gpkg"
        gpd.GeoDataFrame({"code": ["A1", "A2"], "depth": [100.0, 28.5]},
                         geometry=places, crs=4326).to_file(file)
        meta = tmp_path / "meta.yml"
        meta.write_text(json.dumps(META), "utf-8")
        released(file, tmp_path / "out", meta, "2026-01-31")
    made = serve.configuration(serve.packages(tmp_path / "out"),
                               tmp_path, None, 0)
    with server.serve(made) as address:
        assert serve.self_test(address, made, Console(
            file=io.StringIO())) == []
        table = {name: get(f"{address}/collections/{name}/items?f=csv"
                           ).splitlines() for name in shapes}
        bare = get(f"{address}/collections/gaps/items?f=csv"
                   "&skipGeometry=true").splitlines()
        asked = {text: json.loads(get(
            f"{address}/collections/gaps/items?f=json&{text}"))["numberMatched"]
            for text in ("depth=100", "depth=100.0", "depth=1e2", "depth=10",
                         "depth=x", "code=A1", "code=A1&depth=100",
                         "code=A2&depth=100", "depth=100&properties=code")}
    assert asked == {
        "depth=100": 1, "depth=100.0": 1, "depth=1e2": 1, "depth=10": 0,
        "depth=x": 0, "code=A1": 1, "code=A1&depth=100": 1,
        "code=A2&depth=100": 0, "depth=100&properties=code": 1}
    assert bare == ["code,depth", "A1,100.0", "A2,28.5"]
    assert table == {
        "heights": ["x,y,code,depth", "10.0,36.0,A1,100.0",
                    "10.1,36.0,A2,28.5"],
        "gaps": ["x,y,code,depth", "10.0,36.0,A1,100.0", ",,A2,28.5"],
        "mixed": ["code,depth", "A1,100.0", "A2,28.5"]}
