"""The explorer of session 2.4: risk of disclosure, and information lost."""

import math

import matplotlib
import pandas as pd
import pytest

from helpers import data, explore
from helpers.explore import disclose

matplotlib.use("Agg")
FINE = (disclose.AGES[0], disclose.PLACES[0], disclose.SIZES[0])
COARSE = (disclose.AGES[3], disclose.PLACES[2], disclose.SIZES[1])


@pytest.fixture
def crowd(monkeypatch):
    """Five women of one category, and two men of another."""
    people = pd.DataFrame({
        "sex": list("FFFFFMM"), "category": list("AAAAABB"),
        **dict.fromkeys(
            disclose.AGES + disclose.PLACES + disclose.SIZES, "")})
    monkeypatch.setattr(disclose, "_people", lambda: people)
    return people


def test_a_group_of_less_than_five_is_a_risk_and_one_of_five_is_not(crowd):
    small, alike, _ = disclose.measures(FINE)
    assert small == pytest.approx(100 * 2 / 7)  # the men
    assert alike == pytest.approx(100 * 5 / 7)  # the women share one category
    crowd.loc[0, "category"] = "B"
    assert disclose.measures(FINE)[1] == 0


def test_what_is_lost_are_the_bits_that_single_out_a_person(crowd):
    left = -(5 / 7 * math.log2(5 / 7) + 2 / 7 * math.log2(2 / 7))
    assert disclose.measures(FINE)[2] == pytest.approx(
        100 * (1 - left / math.log2(7)))


def test_coarser_is_never_riskier_in_small_groups_and_always_loses_more():
    for place in disclose.PLACES:
        for size in disclose.SIZES:
            rows = [disclose.measures((age, place, size))
                    for age in disclose.AGES]
            small, _, lost = zip(*rows)
            assert list(small) == sorted(small, reverse=True)
            assert list(lost) == sorted(lost)
    assert disclose.measures(FINE)[2] < 1
    assert disclose.measures(COARSE)[2] > 80


def test_the_age_class_has_the_limits_of_the_register():
    people = pd.read_csv(data.path("beneficiaries"))
    years = people["birth_date"].str[:4].astype(int)
    limits = years.groupby(disclose._people()["age class"]).agg(
        ["min", "max"]).sort_values("min", ascending=False)
    assert list(limits["min"]) == sorted(limits["min"], reverse=True)
    assert list(2021 - limits["max"])[1:] >= [18, 40, 65]
    assert list(2021 - limits["min"])[:3] <= [17, 39, 64]


def test_moving_the_menus_draws_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(disclose, "_draw",
                        lambda figure, *choice: calls.append(choice))
    explore.disclosing()
    (box,) = shown
    age, place, size, _ = box.children
    age.value, place.value = disclose.AGES[2], disclose.PLACES[1]
    size.value = disclose.SIZES[1]
    assert calls[-1] == (disclose.AGES[2], disclose.PLACES[1],
                         disclose.SIZES[1])


def test_the_twin_says_what_it_shows(twin):
    texts = twin(explore.disclosing)
    assert len(texts) == 3
    for text, choice in [
            (texts[0], (disclose.AGES[0], disclose.PLACES[0])),
            (texts[2], (disclose.AGES[2], disclose.PLACES[1]))]:
        choice = *choice, disclose.SIZES[1]
        small, alike, lost = disclose.measures(choice)
        assert (f"sex, {', '.join(choice)}: {small:.1f} % in small groups, "
                f"{alike:.1f} % share one category, {lost:.0f} % lost") in text
