"""The explorer of the ecosystem: its parts, its harm, its twin."""

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import data
from helpers.explore import network as explorer
from helpers.explore import show

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
    return explorer._draw((5, 4), links, list(actors), without, "map")[1]


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
        monkeypatch, maps, capsys):
    kept = []
    monkeypatch.setattr(explorer, "show", lambda *all_: kept.append(all_))
    explorer.ecosystem(maps, list("ABCDH"))
    draw, twin, choices, labels = kept[0]
    assert set(choices) == set(labels)
    pairs = list(twin())
    assert [text.split("; ")[0].split("map: ")[1] for _, text in pairs] == [
        "today, nobody leaves", "today, H leaves",
        "future, nobody leaves", "future, H leaves"]
    for figure, text in pairs:
        assert show.picture(figure, text).startswith("<img")
    monkeypatch.setattr(plt, "show", lambda: None)
    for which in choices["which"]:
        for without in choices["without"]:
            draw(which, without)
    assert capsys.readouterr().err == ""


def test_the_course_has_one_weak_point():
    actors = list(pd.read_csv(data.path("actors"))["actor_id"])
    links = pd.read_csv(data.path("actor_links")).assign(kind="gives")
    cut = [one for one in actors if "parts" in words(links, one, actors)]
    assert cut == ["MIN"]
    assert "CNI, DON, EGU, INP" in words(links, "MIN", actors)
