"""The explorer of session 2.1: the same bytes under several encodings."""

import itertools
import re

import ipywidgets
import matplotlib
import matplotlib.pyplot as plt
import pytest

from helpers import explore
from helpers.explore import encoding

matplotlib.use("Agg")
CP1256, UTF8 = encoding.WRITTEN
CP1252 = encoding.READ[2]


@pytest.mark.parametrize("text", encoding.TEXTS.values())
@pytest.mark.parametrize("codec", encoding.WRITTEN)
def test_what_is_read_as_it_was_written_is_right(text, codec):
    seen, arabic, lost = encoding.reading(text, codec, codec)
    assert seen == text
    assert arabic == len(re.findall("[\u0600-\u06ff]", text))
    assert lost == 0


def test_cp1256_read_as_cp1252_keeps_the_french_and_no_arabic():
    seen, arabic, lost = encoding.reading("Gabès; قابس", CP1256, CP1252)
    assert seen.startswith("Gabès") and (arabic, lost) == (0, 0)


def test_utf_8_read_as_cp1252_makes_two_signs_of_an_accent():
    assert encoding.reading("Médenine", UTF8, CP1252)[0] == "MÃ©denine"


def test_cp1256_read_as_utf_8_loses_the_letters():
    _, arabic, lost = encoding.reading("Gabès; قابس", CP1256, UTF8)
    assert arabic == 0 and lost > 2


def test_moving_the_menus_draws_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(encoding, "_draw_reading",
                        lambda axes, *choice: calls.append(choice))
    explore.decodings()
    (box,) = shown
    *menus, _ = box.children
    assert [type(menu) for menu in menus] == [ipywidgets.Dropdown] * 3
    menus[2].value = CP1252
    assert calls[-1] == ("Médenine", CP1256, CP1252)


@pytest.mark.parametrize("text", encoding.TEXTS.values())
def test_its_words_are_whole_and_can_be_read_on_a_telephone(text):
    """The book shows a figure 350 pixels wide there."""
    for written, read in itertools.product(encoding.WRITTEN, encoding.READ):
        figure, axes = plt.subplots(figsize=(encoding.WIDTH, 2.6),
                                    layout="constrained")
        encoding._draw_reading(axes, text, written, read)
        figure.canvas.draw()
        room = axes.get_window_extent()
        for words in (axes.title, *axes.texts):
            box = words.get_window_extent()
            assert room.x0 <= box.x0 and box.x1 <= room.x1, words
            assert words.get_fontsize() * 350 / (
                72 * encoding.WIDTH) > 9, words
        plt.close(figure)


def test_the_twin_says_what_the_book_shows(twin):
    (alt,) = twin(explore.decodings)
    assert "cp1256 (Windows, Arabic): 11 Arabic letters" in alt
    assert alt.count("the right text") == 1
    assert "cp1252 (Windows, West): 0 Arabic letters" in alt
