"""The explorer of measure, limits and palette: its classes, its twin."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.explore import classes

matplotlib.use("Agg")
COUNT, DENSITY, MERCATOR = classes.MEASURES


def counts(measure, limits):
    layer = classes.classified(measure, limits)
    return np.bincount(layer["class"], minlength=classes.CLASSES).tolist()


def test_equal_steps_leave_classes_empty_and_geometric_limits_none():
    assert counts(DENSITY, "equal steps").count(0) == 2
    assert max(counts(DENSITY, "equal steps")) == 22
    assert 0 not in counts(DENSITY, "geometric")
    assert set(counts(DENSITY, "quantiles")) == {4, 5}


def test_a_geometric_class_spans_the_same_ratio_each_time():
    layer = classes.classified(DENSITY, "geometric")
    spans = layer.groupby("class")["value"].agg(["min", "max"])
    whole = layer["value"].max() / layer["value"].min()
    assert (spans["max"] / spans["min"]
            <= whole ** (1 / classes.CLASSES) * 1.000001).all()


def test_web_mercator_makes_each_density_too_small():
    ratio = (classes.classified(MERCATOR, "geometric")["value"]
             / classes.classified(DENSITY, "geometric")["value"])
    assert 0.62 < ratio.min() < ratio.max() < 0.73


@pytest.mark.parametrize("palette, words", [
    ("jet", "rises and falls"), ("RdYlGn", "rises and falls"),
    ("YlGnBu", "always falls"), ("cividis_r", "always falls")])
def test_the_words_say_if_lightness_falls(palette, words):
    figure = plt.figure()
    said = classes._draw(figure, DENSITY, "geometric", palette)
    plt.close(figure)
    assert words in said and "0 empty classes" in said


def test_the_twin_says_what_it_shows(twin):
    texts = twin(classes.classifying)
    assert len(texts) == 4
    assert "2 empty classes; 22 of 24 in one class" in texts[1]
    assert all("palette" in text for text in texts)


def test_each_choice_is_drawn(given, capsys):
    draw, _ = given(classes, classes.classifying)
    for measure in classes.MEASURES:
        draw(measure, "quantiles", "jet")
    assert capsys.readouterr().err == ""
