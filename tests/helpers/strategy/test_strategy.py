"""Maturity, ranking and consistency, against independent computations: whole
numbers and fractions for the ranking and its flips, a power iteration for
the weights of comparisons."""

import itertools
import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from helpers import data, strategy

CRITERIA = ["value", "demand", "readiness", "cost", "risk"]
EQUAL = dict.fromkeys(CRITERIA, 0.2)
CASES = [*range(20), *(pytest.param(number, marks=pytest.mark.slow)
                        for number in range(20, 200))]


@pytest.fixture(scope="module")
def items():
    return pd.read_csv(data.path("ministry_evidence"))


@pytest.fixture(scope="module")
def datasets():
    return pd.read_csv(data.path("candidate_datasets"),
                       index_col="dataset_id")


# --- maturity --------------------------------------------------------------

@pytest.mark.parametrize("evidence, points", [
    ("Note de service n° 62/2021", 2), ("", 0), (None, 0), (np.nan, 0),
    ("à venir", 0), ("note n°", 0), ("numéro à venir", 0), (" n° 3/2020", 2)])
def test_without_a_numbered_document_there_are_no_points(evidence, points):
    table = pd.DataFrame({"evidence": [evidence], "points_supported": [2]})
    assert strategy.scored(table)["points"].tolist() == [points]


def test_levels_are_points_by_points_and_not_a_mean_of_shares(items):
    for by, names in [("criterion", 7), ("pathway", 9), ("dimension", 8)]:
        found = strategy.levels(items, by)
        assert len(found) == names
        assert list(found.index) == list(items[by].unique())
        assert found["points_max"].sum() == 100
        points = {name: [0, 0] for name in items[by]}
        for row in items.to_dict("records"):
            points[row[by]][1] += row["points_max"]
            if " n° " in str(row["evidence"]):
                points[row[by]][0] += row["points_supported"]
        assert found["level"].to_dict() == pytest.approx({
            name: 100 * some / most for name, (some, most) in points.items()})


def test_each_lost_point_has_an_improvement_and_no_other_item_has(items):
    before = items.copy()
    found = strategy.improvements(items)
    assert items.equals(before)
    assert found["lost"].sum() == 100 - strategy.scored(items)["points"].sum()
    assert found["lost"].is_monotonic_decreasing
    assert (found["lost"] > 0).all()
    for row in found.to_dict("records"):
        assert row["claim"] in row["improvement"]
    words = found["improvement"].str.split().str[0]
    assert set(words) == {"Do", "Set", "Name"}
    assert (words == "Name").equals(found["evidence"].isna())


# --- ranking ---------------------------------------------------------------

def random_case(number):
    """A table, whole weights in per cent, and how many are the first."""
    chance = random.Random(number)
    criteria = chance.sample([*CRITERIA, "reuse"], chance.randint(2, 6))
    rows = chance.randint(4, 12)
    table = pd.DataFrame({name: [chance.randint(1, 5) for _ in range(rows)]
                          for name in criteria})
    for veto in chance.sample(["personal_data_open", "security_open"],
                              chance.randint(0, 2)):
        table[veto] = [chance.choice(["yes", "no", "no", "no"])
                       for _ in range(rows)]
    table.index = [f"D{n:02d}" for n in chance.sample(range(99), rows)]
    per_cent = whole_weights(chance, len(criteria))
    return table, dict(zip(criteria, per_cent)), chance.randint(1, 3)


def whole_weights(chance, count):
    """So many weights in per cent, which add up to 100."""
    cuts = sorted(chance.randint(0, 100) for _ in range(count - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 100])]


def scores_of(table, per_cent):
    """identifier → its score times 100, a whole number."""
    scores = {}
    for name, row in table.to_dict("index").items():
        if "yes" not in (row.get("personal_data_open"),
                         row.get("security_open")):
            scores[name] = sum(
                weight * (6 - row[criterion] if criterion in
                          ("cost", "risk") else row[criterion])
                for criterion, weight in per_cent.items())
    return scores


def first_of(table, per_cent, top):
    scores = scores_of(table, per_cent)
    return sorted(scores, key=lambda name: -scores[name])[:top]


def shares(per_cent):
    return {name: weight / 100 for name, weight in per_cent.items()}


@pytest.mark.parametrize("number", CASES)
def test_a_ranking_is_that_of_exact_fractions(number):
    table, per_cent, _ = random_case(number)
    before = table.copy()
    found = strategy.ranked(table, shares(per_cent))
    assert table.equals(before)
    scores = scores_of(table, per_cent)
    assert list(found.index) == first_of(table, per_cent, len(table))
    assert found.to_dict() == pytest.approx({
        name: score / 100 for name, score in scores.items()})


def first_change(table, per_cent, source, target, top):
    """The exact shift beyond which the first are others; None if there is
    none: looks between all shifts at which two scores are equal."""
    weight = per_cent[source]
    low, high = scores_of(table, per_cent), scores_of(
        table, per_cent | {source: 0, target: per_cent[target] + weight})
    slopes = {name: (high[name] - low[name]) // (weight or 1) for name in low}
    limits = {Fraction(0), Fraction(weight)}
    for one, other in itertools.combinations(low, 2):
        if slopes[one] != slopes[other]:
            limits.add(Fraction(low[one] - low[other],
                                slopes[other] - slopes[one]))
    limits = sorted(x for x in limits if 0 <= x <= weight)
    first = set(first_of(table, per_cent, top))
    for begin, end in itertools.pairwise(limits):
        middle = (begin + end) / 2
        now = {name: low[name] * middle.denominator
               + slopes[name] * middle.numerator for name in low}
        if set(sorted(now, key=lambda name: -now[name])[:top]) != first:
            return begin
    return None


@pytest.mark.parametrize("number", CASES)
def test_a_flip_is_where_exact_fractions_change_the_first(number):
    table, per_cent, top = random_case(number)
    found = strategy.flips(table, shares(per_cent), top)
    told = {(row.source, row.target): row for row in found.itertuples()}
    assert found["shift"].is_monotonic_increasing
    for source, target in itertools.permutations(per_cent, 2):
        shift = first_change(table, per_cent, source, target, top)
        row = told.get((source, target))
        assert (row is None) == (shift is None), (source, target)
        if row:
            assert row.shift == pytest.approx(float(shift / 100), abs=1e-9)
            first = first_of(table, per_cent, top)
            assert row.leaves in first and row.enters not in first


@pytest.mark.parametrize("number", CASES)
def test_shares_of_the_first_are_those_of_counting_one_by_one(number):
    table, per_cent, top = random_case(number)
    chance = random.Random(-number)
    others = [whole_weights(chance, len(per_cent)) for _ in range(20)]
    now = set(first_of(table, per_cent, top))
    firsts = [first_of(table, dict(zip(per_cent, one)), top)
              for one in others]

    same, each = strategy.top_shares(table, shares(per_cent),
                                     np.array(others) / 100, top)

    assert same == pytest.approx(np.mean([set(one) == now
                                          for one in firsts]))
    assert each.to_dict() == pytest.approx({
        name: np.mean([name in one for one in firsts]) for name in each.index})


def test_a_fifth_of_each_weight_changes_nothing_all_weights_two_thirds(
        datasets):
    """The course's own claim; the second number by a regular grid too."""
    rows = 0.2 * np.random.default_rng(0).uniform(0.8, 1.2, (2000, 5))
    near, _ = strategy.top_shares(datasets, EQUAL, rows / rows.sum(
        axis=1, keepdims=True))
    drawn, _ = strategy.top_shares(datasets, EQUAL, strategy.all_weights(
        CRITERIA, 10_000))
    parts = 24
    grid = np.array([np.diff([-1, *cut, parts + 4]) - 1 for cut in
                     itertools.combinations(range(parts + 4), 4)])
    regular, _ = strategy.top_shares(datasets, EQUAL,
                                     (grid + 0.2) / (parts + 1))
    assert near == 1
    assert drawn == pytest.approx(0.34, abs=0.01)
    assert regular == pytest.approx(drawn, abs=0.02)


def test_drawn_weights_add_up_and_come_again_with_their_seed():
    rows = strategy.all_weights(CRITERIA, 50, 3)
    assert rows.shape == (50, 5)
    assert rows.sum(axis=1) == pytest.approx(1)
    assert (rows == strategy.all_weights(CRITERIA, 50, 3)).all()
    assert (rows != strategy.all_weights(CRITERIA, 50, 4)).any()


@pytest.mark.parametrize("weights, says", [
    ({"value": 0.5, "cost": 0.6}, "add up to 1.1"),
    ({"value": 1.5, "cost": -0.5}, "negative"),
    ({"value": float("nan"), "cost": 1}, "no number")])
def test_weights_that_are_none_are_refused(datasets, weights, says):
    with pytest.raises(strategy.StrategyError, match=says):
        strategy.ranked(datasets, weights)


# --- consistency -----------------------------------------------------------

def reciprocal(upper):
    """A matrix from the comparisons above its diagonal."""
    size = round((1 + (1 + 8 * len(upper)) ** 0.5) / 2)
    matrix = np.ones((size, size))
    rows, columns = np.triu_indices(size, 1)
    matrix[rows, columns] = upper
    matrix[columns, rows] = 1 / np.array(upper)
    return matrix


# Saaty 2008: relative consumption of drinks in the United States.
DRINKS = [9, 5, 2, 1, 1, 1 / 2, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9,
          1 / 3, 1 / 4, 1 / 3, 1 / 9, 1 / 2, 1, 1 / 3, 2, 1 / 2, 1 / 3]
# "Choosing a leader", an example that several programs print: education.
LEADER = [3, 1 / 5, 1 / 7]


def test_saatys_drinks():
    weights = strategy.consistency(reciprocal(DRINKS)).weights
    assert np.round(weights, 3).tolist() == [
        0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    for table in ("Saaty 1980", "Saaty 2005"):
        found = strategy.consistency(reciprocal(DRINKS), table)
        assert round(found.ratio, 3) == 0.022
        assert found.table == table


@pytest.mark.parametrize("table, ratio", [
    ("Saaty 2005", 0.0624), ("Saaty 1980", 0.0559),
    ("Alonso and Lamata 2006", 0.0619)])
def test_one_matrix_has_one_ratio_per_table(table, ratio):
    found = strategy.consistency(reciprocal(LEADER), table)
    assert round(found.ratio, 4) == ratio
    assert np.round(found.weights, 3).tolist() == [0.188, 0.081, 0.731]


@pytest.mark.parametrize("number", CASES)
def test_weights_and_ratio_are_those_of_a_power_iteration(number):
    chance = random.Random(number)
    size = chance.randint(3, 9)
    scale = [*range(1, 10), *(1 / n for n in range(2, 10))]
    matrix = reciprocal([chance.choice(scale) for _ in range(
        size * (size - 1) // 2)]).tolist()
    weights = [1 / size] * size
    for _ in range(200):
        grown = [sum(a * b for a, b in zip(row, weights)) for row in matrix]
        largest = sum(grown)
        weights = [one / largest for one in grown]
    index = strategy.RANDOM_INDICES["Saaty 2005"][size - 1]

    found = strategy.consistency(matrix)

    assert found.weights == pytest.approx(weights, abs=1e-7)
    assert found.ratio == pytest.approx(
        (largest - size) / (size - 1) / index, abs=1e-6)


def test_the_tables_are_means_of_random_matrices_but_for_the_oldest():
    chance = np.random.default_rng(1)
    scale = np.array([*range(1, 10), *(1 / n for n in range(2, 10))])
    for size in (3, 4, 5, 6):
        drawn = np.ones((20_000, size, size))
        rows, columns = np.triu_indices(size, 1)
        drawn[:, rows, columns] = chance.choice(scale, (20_000, len(rows)))
        drawn[:, columns, rows] = 1 / drawn[:, rows, columns]
        largest = np.linalg.eigvals(drawn).real.max(axis=1)
        mean = ((largest - size) / (size - 1)).mean()
        for table in ("Saaty 2005", "Alonso and Lamata 2006"):
            assert abs(strategy.RANDOM_INDICES[table][size - 1]
                       - mean) < 0.015, (table, size)
        if size == 3:
            assert strategy.RANDOM_INDICES["Saaty 1980"][2] - mean > 0.04


def test_perfect_agreement_and_two_criteria_have_ratio_0():
    assert strategy.consistency([[1, 2, 6], [1 / 2, 1, 3],
                                 [1 / 6, 1 / 3, 1]]).ratio == pytest.approx(0)
    weights, ratio, _ = strategy.consistency([[1, 4], [1 / 4, 1]])
    assert (ratio, weights) == (0, pytest.approx([0.8, 0.2]))


@pytest.mark.parametrize("matrix, says", [
    ([[1, 3], [3, 1]], "row 1, column 2 is 3, and row 2, column 1 is 3"),
    ([[2, 1], [1, 1]], "row 1, column 1"), ([[1, -2], [-0.5, 1]], "above 0"),
    ([[1, 2, 3], [1, 1, 1]], "square"), (np.ones((11, 11)), "ends at 10")])
def test_a_matrix_that_is_none_is_refused(matrix, says):
    with pytest.raises(strategy.StrategyError, match=says):
        strategy.consistency(matrix)
