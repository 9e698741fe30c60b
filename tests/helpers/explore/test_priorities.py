"""The explorer of weights: its ranking, its nearest flip, its twin."""

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import data, strategy
from helpers.explore import priorities

matplotlib.use("Agg")


@pytest.fixture
def drawn():
    """Draw with these parts: the bars' names, best first; the words."""
    def draw(*parts):
        figure = plt.figure()
        words = priorities._draw(figure, *parts)
        names = [label.get_text() for label
                 in figure.axes[0].get_yticklabels()][::-1]
        return names, words, figure.axes[0].patches[::-1]
    yield draw
    plt.close("all")


def test_the_bars_are_the_ranking_without_the_vetoes(drawn):
    names, _, bars = drawn(2, 1, 1, 1, 5)
    table = pd.read_csv(data.path("candidate_datasets"), index_col="name_en")
    right = strategy.ranked(table, dict(zip(
        priorities.CRITERIA, [0.2, 0.1, 0.1, 0.1, 0.5])))
    assert names == [f"{n}. {name}" for n, name in enumerate(right.index, 1)]
    assert [bar.get_width() for bar in bars] == right.tolist()
    colours = [bar.get_facecolor() for bar in bars]
    assert len(set(colours[:3])) == 1 and colours[2] != colours[3]


def test_beyond_the_nearest_flip_the_first_three_are_others(drawn):
    names, words, _ = drawn(1, 1, 1, 1, 1)
    assert "nearest flip: 5.7 points from" in words
    enters = words.split("; ")[-1].split(" takes")[0]
    leaves = words.split("the place of ")[-1].removesuffix(".")
    first = [name.split(". ")[1] for name in names[:3]]
    assert leaves in first and enters not in first


def test_weights_that_nothing_flips_are_said_so(monkeypatch, drawn):
    empty = strategy.flips(pd.DataFrame({"cost": [1, 2]}), {"cost": 1.0})
    assert empty.empty
    monkeypatch.setattr(strategy, "flips", lambda *_: empty)
    assert "no single shift" in drawn(1, 1, 1, 1, 1)[1]


def test_the_twin_says_what_it_shows(twin):
    texts = twin(priorities.weighing)
    assert len(texts) == len(priorities.CASES)
    for text, name in zip(texts, priorities.CASES):
        assert name in text and "nearest flip" in text and "1. " in text
    firsts = {text.split("First three: ")[1].split(". value")[0]
              for text in texts}
    assert len(firsts) == len(texts)


def test_each_choice_is_drawn(given, capsys):
    draw, menus = given(priorities, priorities.weighing)
    assert list(menus) == priorities.CRITERIA
    draw(*(options[-1] for options in menus.values()))
    assert capsys.readouterr().err == ""
