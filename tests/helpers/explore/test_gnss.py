"""The explorer of GNSS precision: its circles, its limit, its twin."""

import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers.explore import gnss
from tests.support import ROOT

matplotlib.use("Agg")
TRUTH = ROOT / "solutions" / "truth" / "water_point_submissions.csv"


@pytest.mark.parametrize("readings", gnss.READINGS)
def test_the_circles_hold_the_share_of_fixes_that_they_promise(readings):
    # A million visits: errors common to a visit, and those of its readings.
    chance = np.random.default_rng(7)
    sigma = 10 / np.sqrt(-2 * np.log(1 - 0.68))
    shared = chance.normal(scale=sigma * 0.5 ** 0.5, size=(2, 10**6))
    own = chance.normal(scale=sigma * (0.5 / readings) ** 0.5,
                        size=(2, 10**6))
    away = np.hypot(*(shared + own))
    half, most = gnss.radii(10, readings)
    assert (away <= half).mean() == pytest.approx(0.50, abs=2e-3)
    assert (away <= most).mean() == pytest.approx(0.95, abs=2e-3)
    if readings == 1:
        assert (away <= 10).mean() == pytest.approx(0.68, abs=2e-3)


def test_readings_do_not_remove_what_they_share():
    radii = [gnss.radii(10, readings)[1] for readings in gnss.READINGS]
    assert radii == sorted(radii, reverse=True)
    assert radii[-1] > gnss.radii(10, 1)[1] * gnss.SHARED ** 0.5


def test_the_visits_are_those_of_the_truth_table():
    truth = pd.read_csv(TRUTH)
    table = gnss.visits()
    poor = truth["kind"].eq("accuracy worse than 50 m").sum()
    outside = truth["kind"].eq("outside the country").sum()
    assert (table["accuracy"] > 50).sum() == poor
    assert (table["away"] >= gnss.FAR).sum() == outside
    near = table[table["away"] < gnss.FAR]
    assert (near["away"] <= near["accuracy"]).all()


@pytest.mark.parametrize("limit", gnss.LIMITS)
def test_a_limit_refuses_what_is_vaguer(limit):
    words = gnss._draw_limit(plt.figure().subplots(), limit)
    refused, visits = map(int, re.search(r"(\d+) of (\d+) refused",
                                         words).groups())
    assert visits == 53
    assert refused == (gnss.visits()["accuracy"] > limit).sum()


def test_moving_a_slider_draws_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(gnss, "_draw_fixes",
                        lambda axes, *choice: calls.append(choice))
    gnss.gnss_precision()
    (box,) = shown
    accuracy, readings, *_ = box.children
    accuracy.value, readings.value = 20, 64
    assert calls[-1] == (20, 64)


def test_the_twin_says_what_its_pictures_show(twin):
    (text,) = twin(gnss.gnss_precision)
    assert "half within 7.8 m, 95 % within 16.2 m" in text
    assert "limit 20 m: 5 of 53 refused" in text
