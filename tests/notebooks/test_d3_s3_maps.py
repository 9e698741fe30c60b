"""What session 3.3 states and no cell of it computes: differences of colours,
and how matplotlib draws Arabic letters."""

import itertools
import unicodedata

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from helpers import maps

NAME = "تونس"
JOINED = "\ufe97\ufeee\ufee7\ufeb2"  # the same letters, joined by hand
DIFFERENT = 20  # CIE 1976: what nobody takes for the same colour


def five(palette):
    return [to_hex(colour) for colour in
            colormaps[palette](np.linspace(0.1, 1, 5))]


def lab(colour):
    """CIE L*, a*, b* of a colour of sRGB, white point D65."""
    part = np.array(to_rgb(colour))
    light = np.where(part <= 0.04045, part / 12.92,
                     ((part + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(np.array([
        [0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722],
        [0.0193, 0.1192, 0.9505]]) @ light / [0.95047, 1, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one, two):
    return float(np.linalg.norm(lab(one) - lab(two)))


def falls(colours):
    lights = [maps.lightness(colour) for colour in colours]
    return all(after < before for before, after in
               itertools.pairwise(lights))


@pytest.mark.parametrize("palette", ["jet", "rainbow", "RdYlGn"])
def test_a_test_of_differences_passes_palettes_without_an_order(palette):
    colours = five(palette)
    nearest = min(difference(one, two) for at, one in enumerate(colours)
                  for two in colours[:at])
    assert nearest > DIFFERENT
    assert not falls(colours)


def test_two_ends_become_one_colour_without_red_sensitive_cones():
    low, *_, high = five("RdYlGn")
    assert round(difference(low, high)) == 105
    assert round(difference(maps.protan(low), maps.protan(high))) == 6


@pytest.mark.parametrize("palette", ["YlGnBu", "Blues", "cividis_r"])
def test_the_palettes_that_the_lesson_recommends_fall_for_both(palette):
    assert falls(five(palette))
    assert falls([maps.protan(colour) for colour in five(palette)])


# --- Arabic letters --------------------------------------------------------

def drawn(text):
    """The ink of a text: True where there is some, cut to its box."""
    figure = Figure(figsize=(3, 1), dpi=100)
    figure.text(0.2, 0.4, text, fontsize=30)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    ink = np.asarray(canvas.buffer_rgba())[:, :, 0] < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(
        ink.any(axis=0))
    return ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


def test_matplotlib_joins_the_letters_of_a_plain_name():
    apart = drawn("\u200c".join(NAME))
    assert drawn(NAME).shape[1] < apart.shape[1]


def test_the_first_letter_stands_at_the_right():
    """The name begins with two dots above; it ends with the teeth and the
    bowl of a seen, which goes below the line."""
    ink = drawn(NAME)
    half = ink.shape[1] // 2
    lowest = int(ink.shape[0] * 0.8)
    assert ink[lowest:, :half].sum() > ink[lowest:, half:].sum()


def test_letters_turned_by_hand_come_out_in_reverse():
    """What arabic_reshaper and bidi give: joined, and turned."""
    assert unicodedata.normalize("NFKC", JOINED) == NAME
    by_hand, plain = drawn(JOINED[::-1]), drawn(NAME)
    half = by_hand.shape[1] // 2
    lowest = int(by_hand.shape[0] * 0.8)
    assert by_hand.shape != plain.shape or (by_hand != plain).any()
    assert by_hand[lowest:, half:].sum() > by_hand[lowest:, :half].sum()
