"""Explorers of the book whose states are drawn when it is built."""

import itertools
import json
import math

import pytest
from PIL import Image

from commands.book import explorers
from helpers.explore import density, encoding
from tests.support import ROOT


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """An explorer that is quick to draw: its folder and its states."""
    folder = tmp_path_factory.mktemp("drawn")
    explorers.draw("decodings", folder)
    return folder, json.loads((folder / "states.json").read_text("utf-8"))


def test_each_state_has_a_picture_and_its_words(drawn):
    folder, states = drawn
    options = [list(encoding.TEXTS), encoding.WRITTEN, encoding.READ]
    assert list(states["menus"].values()) == options
    every = {"_".join(map(str, state)) for state in itertools.product(
        *(range(len(one)) for one in options))}
    assert {file.stem for file in folder.glob("*.png")} == every
    assert set(states["words"]) == every
    # The second text, written as cp1256 and read as utf-8.
    text, written, read = (options[0][1], options[1][0], options[2][1])
    arabic, lost = encoding.reading(
        encoding.TEXTS[text], written, read)[1:]
    words = states["words"]["1_0_1"]
    for part in (text, written, read, f"{arabic} Arabic letters",
                 f"{lost} × U+FFFD"):
        assert part in words


def test_pictures_are_small(drawn):
    folder, states = drawn
    files = list(folder.glob("*.png"))
    assert max(file.stat().st_size for file in files) < 40_000
    assert len({file.read_bytes() for file in files}) > len(files) / 2
    with Image.open(files[0]) as picture:
        assert list(picture.size) == states["size"]


@pytest.mark.parametrize("name", explorers.SMALL)
def test_an_explorer_has_few_states(name):
    menus = explorers.captured(name)["menus"]
    assert 2 <= math.prod(map(len, menus.values())) <= 25


def test_the_words_name_bars_with_their_numbers():
    import matplotlib.pyplot as plt
    figure = plt.figure()
    explorers.captured("dense_governorates")["draw"](figure, 500)
    words = explorers.said(figure)
    plt.close("all")
    layer = density.dense(500)
    land, people = density._shares(layer).values()
    assert f"land: {land:.1f} %; people: {people:.1f} %" in words
    assert f"{layer['dense'].sum()} of 24 governorates" in words


def test_an_explorer_is_as_it_was_after_it_was_captured():
    before = density.show
    explorers.captured("dense_governorates")
    assert density.show is before


@pytest.mark.slow
def test_a_slider_works_without_a_kernel(chromium, tmp_path):
    words = {"0_0": "first", "0_1": "second", "1_0": "third",
             "1_1": "fourth <b>"}
    html = explorers.shown(
        {"menus": {"More than:": [5, 1000], "Kind": ["a", "b & c"]},
         "words": words, "size": [10, 20]}, "pictures")
    script = ROOT / "course/_static/explorers.js"
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><title>x</title>{html}"
                    f"<script>{script.read_text('utf-8')}</script>", "utf-8")
    tab = chromium.new_page()
    tab.goto(page.as_uri())
    picture = tab.locator("img")
    assert picture.get_attribute("src") == "pictures/0_0.png"
    tab.get_by_label("Kind").select_option("b & c")
    slider = tab.get_by_role("slider", name="More than")
    slider.press("ArrowRight")
    assert picture.get_attribute("src") == "pictures/1_1.png"
    assert picture.get_attribute("alt") == "fourth <b>"
    assert tab.get_by_role("status").inner_text() == "fourth <b>"
    assert slider.get_attribute("aria-valuetext") == "1,000"
    tab.close()
