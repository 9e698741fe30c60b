"""The explorer of one request: what was meant, what came, its twin."""

import geopandas as gpd
import matplotlib
import matplotlib.pyplot as plt
import pytest

from helpers import data
from helpers.errors import CourseError
from helpers.explore import request
from helpers.publish import server

matplotlib.use("Agg")
NONE, RIGHT, EXCHANGED, CORNERS = request.BOXES


@pytest.fixture(scope="module")
def layer():
    return gpd.read_file(data.path("health_centres"))


@pytest.fixture(scope="module")
def items(layer, tmp_path_factory):
    package = tmp_path_factory.mktemp("package")
    layer.to_file(package / "health_centres.geojson", RFC7946="YES")
    with server.serve(server.configuration(package)) as address:
        yield f"{address}/collections/health_centres/items"


@pytest.mark.parametrize("choice, words, count", [
    ((1000, 0, NONE, "none"), "200 OK: 434 matched, 100 came", 434),
    ((100, 400, NONE, "none"), "200 OK: 434 matched, 34 came", 434),
    ((100, 1000, NONE, "none"), "200 OK: 434 matched, 0 came", 434),
    ((100, 0, RIGHT, "none"), "200 OK: 58 matched, 58 came", 58),
    ((100, 0, EXCHANGED, "none"), "200 OK: 0 matched, 0 came", 58),
    ((100, 0, CORNERS, "none"), "400: ", 58),
    ((100, 0, NONE, "type=HR"), "200 OK: 24 matched, 24 came", 24),
    ((100, 0, NONE, "type=hr"), "200 OK: 0 matched, 0 came", 24),
    ((100, 0, NONE, "kind=HR"), "200 OK: 434 matched, 100 came", 24),
    ((10, 5, NONE, "filter=type='HR'"), "200 OK: 434 matched, 10 came", 24),
    ((100, 0, NONE, "datetime=2021-12-02"), "434 matched, 100 came", 0)])
def test_the_server_answers_beside_what_was_meant(
        items, layer, choice, words, count):
    said, came = request.answer(items, choice)
    assert words in said
    assert len(request.meant(layer, *choice[2:])) == count
    assert came <= set(layer["centre_id"])


def test_the_twin_says_what_it_shows(items, layer, twin):
    texts = twin(request.asking, items, layer)
    assert len(texts) == 4 and all("200 OK" in text for text in texts)
    assert "434 were meant, 100 of them came" in texts[0]
    assert "58 were meant, 0 of them came" in texts[1]


def test_each_choice_is_drawn(items, layer, given, capsys):
    draw, menus = given(request, request.asking, items, layer)
    assert list(menus) == ["limit", "offset", "bbox", "filter"]
    draw(10, 0, CORNERS, "none")
    assert plt.gca().get_title(loc="left").startswith("400")
    assert capsys.readouterr().err == ""


def test_without_a_server_one_sentence_says_so(layer):
    nobody = "http://127.0.0.1:9/collections/health_centres/items"
    with pytest.raises(CourseError, match="No server answers at"):
        request.answer(nobody, (10, 0, NONE, "none"))
