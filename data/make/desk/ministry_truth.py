"""The answers to what E20 asks about the ministry's two tables.

Part of ministry.py.
"""

from itertools import permutations

import pandas as pd

from ..shared.truth import Defect, truth_table
from .ministry_cases import CRITERIA, PATHWAYS

SHIFT = 0.10  # of weight, from one criterion to another


def totals(evidence, planted):
    """The truth table of the evidence; found is claimed, true_value is
    supported: the planted items; the points of each criterion; the level of
    each pathway, per cent of its points; the points of the ministry.
    """
    points = ["points_max", "points_claimed", "points_supported"]
    by_criterion = evidence.groupby("criterion", sort=False)[points].sum()
    rows = [*planted,
            *(Defect(row.Index, "points", "points of a criterion",
                     row.points_claimed, row.points_supported)
              for row in by_criterion.itertuples())]
    for name in PATHWAYS:
        most, claimed, supported = evidence.loc[
            evidence["pathway"] == name, points].sum()
        rows.append(Defect(name, "per cent", "level of a pathway",
                           round(100 * claimed / most, 1),
                           round(100 * supported / most, 1)))
    rows.append(Defect("all", "points", "points of the ministry",
                       *evidence[points[1:]].sum()))
    return truth_table(rows)


def rankings(datasets):
    """The truth table of the datasets: ranks under equal weights (found is
    the score); the vetoes; the top three before and after them; the top
    three after each shift of weight.
    """
    table = datasets.set_index("dataset_id")
    good = table[CRITERIA].astype(float)
    good[["cost", "risk"]] = 6 - good[["cost", "risk"]]
    equal = pd.Series(1 / len(CRITERIA), index=CRITERIA)
    scores = (good @ equal).round(6)
    rows = [Defect(name, "rank", "rank under equal weights", scores[name],
                   rank)
            for rank, name in enumerate(ranked(good, equal), start=1)]
    vetoed = (table[["personal_data_open", "security_open"]] == "yes")
    for column in vetoed:
        rows += [Defect(name, column, "veto", "yes", "excluded")
                 for name in table.index[vetoed[column]]]
    left = good[~vetoed.any(axis=1)]
    top = ranked(left, equal)[:3]
    rows += [Defect("equal weights", "top three", "before the veto", "",
                    "; ".join(ranked(good, equal)[:3])),
             Defect("equal weights", "top three", "after the veto", "",
                    "; ".join(top))]
    for source, target in permutations(CRITERIA, 2):
        weights = equal.copy()
        weights[source] -= SHIFT
        weights[target] += SHIFT
        now = ranked(left, weights)[:3]
        rows.append(Defect(f"{source} to {target}", "top three",
                           "flips" if set(now) != set(top) else "holds",
                           f"{SHIFT:.2f}", "; ".join(now)))
    return truth_table(rows)


def ranked(good, weights):
    """Identifiers, best first; rounded, so that equal scores are equal."""
    return list((good @ weights).round(6).sort_values(
        ascending=False, kind="stable").index)
