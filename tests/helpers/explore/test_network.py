"""The explorer of the ecosystem: its parts, its harm, its twin."""

import itertools

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import data
from helpers.explore import network as explorer

matplotlib.use("Agg")
COLUMNS = ["from_id", "to_id", "flow", "kind"]


@pytest.fixture
def maps():
    """Two triangles that share H; in the future, a bridge and a harm."""
    pairs = ["HA", "AB", "BH", "HC", "CD", "DH"]
    today = pd.DataFrame([(*pair, "maps", "gives") for pair in pairs],
                         columns=COLUMNS)
    more = pd.DataFrame([("A", "C", "plans", "gives"),
                         ("H", "group", "is seen", "harm")], columns=COLUMNS)
    yield {"today": today, "future": pd.concat([today, more])}
    plt.close("all")


def words(links, without, actors="ABCDH"):
    return explorer._draw({"map": links}, list(actors), plt.figure(), "map",
                          without)


def test_without_the_weak_point_the_map_falls_apart(maps):
    assert "All actors are in one part" in words(maps["today"], "nobody")
    assert "All actors are in one part" in words(maps["today"], "A")
    said = words(maps["today"], "H")
    assert "2 parts" in said and "Cut off from the largest: C, D." in said


def test_a_backup_holds_and_a_harm_does_not(maps):
    assert "All actors are in one part" in words(maps["future"], "H")
    said = words(maps["future"], "nobody")
    assert "May be harmed (dashed): group" in said
    assert "group" not in words(maps["future"], "H"), "who harmed has left"
    apart = words(maps["future"], "nobody", "ABCDHZ")
    assert "Cut off from the largest: Z." in apart


def test_the_twin_shows_each_map_whole_and_without_the_weak_point(
        twin, maps):
    texts = twin(explorer.ecosystem, maps, list("ABCDH"))
    assert [text.split("; ")[0].split("map: ")[1] for text in texts] == [
        "today, nobody leaves", "today, H leaves",
        "future, nobody leaves", "future, H leaves"]


def test_each_choice_is_drawn(given, maps, capsys):
    draw, menus = given(explorer, explorer.ecosystem, maps, list("ABCDH"))
    for choice in itertools.product(*menus.values()):
        draw(*choice)
    assert capsys.readouterr().err == ""


def test_the_course_has_one_weak_point():
    actors = list(pd.read_csv(data.path("actors"))["actor_id"])
    links = pd.read_csv(data.path("actor_links")).assign(kind="gives")
    cut = [one for one in actors if "parts" in words(links, one, actors)]
    assert cut == ["MIN"]
    assert "CNI, DON, EGU, INP" in words(links, "MIN", actors)
