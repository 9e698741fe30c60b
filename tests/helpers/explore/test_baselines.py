"""The explorer of baselines: its two numbers, its line, its twin."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

from helpers.explore import baselines

matplotlib.use("Agg")


@pytest.fixture
def drawn():
    """Draw these values: the words, the texts on the line."""
    def draw(*values):
        figure = plt.figure()
        words = baselines._draw(figure, *values)
        return words, [text.get_text() for text in figure.axes[0].texts]
    yield draw
    plt.close("all")


@pytest.mark.parametrize("values, way", [
    ((12, 60, 24), 25), ((0, 60, 24), 40), ((40, 10, 32), 80 / 3),
    ((40, 60, 32), -40), ((10, 20, 30), 200), ((20, 20, 20), None)])
def test_the_way_is_the_part_from_the_baseline_to_the_target(values, way):
    assert baselines.way_made(*values) == (
        None if way is None else pytest.approx(way))


def test_the_value_by_the_target_is_the_way_from_zero(drawn):
    """What the lesson says of a missing baseline."""
    words, texts = drawn(0, 60, 24)
    assert words.endswith("value by target: 40 %; way made: 40 %.")
    assert texts == ["baseline 0", "target 60", "now 24"]
    assert "value by target: 40 %; way made: 25 %" in drawn(12, 60, 24)[0]


def test_without_a_way_it_is_said_so(drawn):
    assert "there is no way" in drawn(60, 60, 60)[0]
    assert "not defined" in drawn(0, 0, 0)[0]


def test_the_twin_says_what_it_shows(twin):
    texts = twin(baselines.moving_baseline)
    assert len(texts) == len(baselines.CASES)
    for text, name in zip(texts, baselines.CASES):
        assert name in text and "way made" in text
    assert len({text.split("way made")[1] for text in texts}) == len(texts)


def test_each_choice_is_drawn(given, capsys):
    draw, menus = given(baselines, baselines.moving_baseline)
    assert list(menus) == ["baseline", "target", "now"]
    draw(*(options[-1] for options in menus.values()))
    assert capsys.readouterr().err == ""
