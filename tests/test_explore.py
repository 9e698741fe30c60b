"""Explorers: what moves is right, and its static twin says the same."""

import re

import geopandas as gpd
import IPython.display
import matplotlib
import pytest

from helpers import data, explore

matplotlib.use("Agg")

# Metres that each mistake costs in Tunisia (see the lesson of session 1.2).
COST = {
    "Carthage degrees read as WGS 84 (datum forgotten)": (170, 191.5),
    "Carthage / UTM 32N read as WGS 84 / UTM 32N": (457.5, 461.5),
    "Nord Tunisie read as Sud Tunisie": (299_350, 299_550),
    "Nord Tunisie read as UTM 32N": (3_600_000, 3_780_000),
    "Latitude and longitude swapped": (3_500_000, 4_150_000),
}


def test_the_costs_are_listed_for_every_mistake():
    assert list(COST) == list(explore.CRS_MISTAKES)


@pytest.mark.parametrize("mistake", COST)
def test_each_mistake_costs_what_was_measured(mistake):
    low, high = COST[mistake]
    for town in gpd.read_file(data.path("chief_towns")).geometry:
        start = (town.x, town.y)
        metres = explore.shift_m(start, explore.mistaken(*start, mistake))
        assert low < metres < high


def test_swapped_tunis_lands_in_ethiopia():
    landed = explore.mistaken(
        10.1815, 36.8065, "Latitude and longitude swapped")
    assert landed == pytest.approx((36.8065, 10.1815))


def test_dense_governorates_are_counted_by_the_table():
    assert explore.dense(0)["dense"].all()
    few = explore.dense(2000)
    assert list(few.loc[few["dense"], "name_en"]) == ["Tunis"]


@pytest.fixture
def shown(monkeypatch):
    """What an explorer displays."""
    objects = []
    monkeypatch.setattr(IPython.display, "display", objects.append)
    return objects


@pytest.mark.parametrize("show, twins", [
    (explore.crs_mistakes, 5), (explore.dense_governorates, 4)])
def test_the_book_shows_a_picture_that_says_what_it_shows(
        monkeypatch, shown, show, twins):
    monkeypatch.setenv(explore.STATIC, "1")
    show()
    (twin,) = shown
    alt = re.search(r'alt="([^"]+)"', twin.data)[1]
    assert alt.count(";") == twins - 1
    assert "data:image/png;base64," in twin.data


@pytest.mark.parametrize("show", [
    explore.crs_mistakes, explore.dense_governorates])
def test_jupyterlab_shows_menus_that_draw(monkeypatch, shown, show):
    monkeypatch.delenv(explore.STATIC, raising=False)
    drawn = []
    monkeypatch.setattr(explore.plt, "show", lambda: drawn.append(
        explore.plt.gcf().axes[0].get_title()))
    show()
    menu = shown[-1].children[0]
    menu.value = menu.options[-1]
    explore.plt.close("all")
    assert len(drawn) == 2 and drawn[0] != drawn[1]
