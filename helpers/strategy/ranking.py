"""Criteria, weights and vetoes → a ranking, and what changes it.

A table of datasets has one row per dataset, its identifier as the index, one
column per criterion with points from 1 (low) to 5 (high), and columns of
vetoes with "yes" or "no". Weights are a dict, criterion → share; they are 0
or more and add up to 1. Datasets with one score keep the table's order.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import CourseError

AGAINST = ["cost", "risk"]  # many points speak against the dataset
VETOES = ["personal_data_open", "security_open"]
LOW_AND_HIGH = 6  # 1 + 5: what turns a scale around
DECIMALS, TOP = 9, 3  # scores that differ less are equal


class StrategyError(CourseError):
    """Weights or a matrix that give no ranking; a plan that is no plan."""


def ranked(datasets: pd.DataFrame, weights: dict[str, float]) -> pd.Series:
    """Identifier → score, best first; without the datasets of a veto.
    Raises StrategyError for weights that are negative or do not add up."""
    scores = _good(datasets, weights) @ _checked(weights)
    return scores.round(DECIMALS).rename("score").sort_values(
        ascending=False, kind="stable")


def all_weights(criteria: list[str], count: int,
                seed: int = 0) -> NDArray[np.float64]:
    """count rows of weights, one column per criterion, drawn so that every
    possible set of weights is equally likely (flat Dirichlet)."""
    chance = np.random.default_rng(seed)
    return chance.dirichlet(np.ones(len(criteria)), count)


def top_shares(datasets: pd.DataFrame, weights: dict[str, float],
               others: NDArray[np.float64], top: int = TOP
               ) -> tuple[float, pd.Series]:
    """In which share of the other weights are the first `top` datasets the
    same ones, in any order; and, per dataset, the share in which it is one
    of them. others: rows of weights, in the order of `weights`."""
    good = _good(datasets, weights)
    scores = (others @ good.to_numpy().T).round(DECIMALS)
    inside = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(inside, np.argsort(-scores, axis=1, kind="stable")[
        :, :top], True, axis=1)
    now = good.index.isin(ranked(datasets, weights).index[:top])
    return float((inside == now).all(axis=1).mean()), pd.Series(
        inside.mean(axis=0), good.index, name="share").sort_values(
            ascending=False, kind="stable")


def flips(datasets: pd.DataFrame, weights: dict[str, float],
          top: int = TOP) -> pd.DataFrame:
    """What change of weight changes the first `top` datasets: per pair of
    criteria, the smallest `shift` of weight `source` → `target` beyond which
    `enters` takes the place of `leaves`. A pair without such a shift (less
    than the weight of the source) has no row; smallest shift first."""
    good = _good(datasets, weights)
    scores, order = good @ _checked(weights), ranked(datasets, weights).index
    rows = []
    for source in weights:
        for target in set(weights) - {source}:
            gain = good[target] - good[source]  # per unit of weight
            found = [(max(0.0, scores[leaves] - scores[enters])
                      / (gain[enters] - gain[leaves]), leaves, enters)
                     for leaves in order[:top] for enters in order[top:]
                     if gain[enters] > gain[leaves]]
            shift, leaves, enters = min(found, default=(np.inf, "", ""))
            if round(shift, DECIMALS) < round(weights[source], DECIMALS):
                rows.append((source, target, shift, leaves, enters))
    return pd.DataFrame(rows, columns=[
        "source", "target", "shift", "leaves", "enters"]).sort_values(
            ["shift", "source", "target"], ignore_index=True)


def _good(datasets: pd.DataFrame, weights: dict[str, float]) -> pd.DataFrame:
    """Points of the datasets without a veto; 5 is good in each criterion."""
    vetoes = [name for name in VETOES if name in datasets.columns]
    free = ~(datasets[vetoes] == "yes").any(axis=1)
    good = datasets.loc[free, list(weights)].astype(float)
    return good.assign(**{name: LOW_AND_HIGH - good[name]
                          for name in AGAINST if name in weights})


def _checked(weights: dict[str, Any]) -> NDArray[np.float64]:
    """The weights as numbers; StrategyError where they are none."""
    shares = np.array(list(weights.values()), dtype=float)
    if not np.isfinite(shares).all() or (shares < 0).any():
        raise StrategyError(f"A weight is negative or no number: {weights}.")
    if abs(shares.sum() - 1) > 1e-6:
        raise StrategyError(f"The weights add up to {shares.sum():.3g}. "
                            "Divide each of them by their sum.")
    return shares
