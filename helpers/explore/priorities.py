"""Move the weights of a ranking: what comes first, and what flips it."""

import pandas as pd
from matplotlib.figure import Figure

from helpers import data, strategy
from helpers.explore.show import headed, show
from helpers.strategy.ranking import TOP

CRITERIA = ["value", "demand", "readiness", "cost", "risk"]
PARTS = list(range(1, 10))  # of weight; they are divided by their sum
FIRST, REST = "#08519c", "#bdc9d6"
# The static twin's weights, in parts: what each stands for.
CASES = {
    "all equal": (1, 1, 1, 1, 1),
    "use to society first": (3, 1, 1, 1, 1),
    "what is ready, above all": (1, 1, 9, 1, 1),
    "what is cheap and safe": (1, 1, 1, 5, 5),
}


def weighing() -> None:
    """Give each criterion its parts of weight; watch the ranking and the
    smallest change that flips its first three. Displays the explorer and
    returns nothing."""
    show(_draw, dict.fromkeys(CRITERIA, PARTS), (8, 4.2), (5.5, 3.8),
         [(*parts, case) for case, parts in CASES.items()])


def _draw(figure: Figure, value: int, demand: int, readiness: int, cost: int,
          risk: int, case: str = "") -> str:
    """One bar per dataset that no veto excludes, best first; in words, the
    first three and the nearest flip."""
    table = pd.read_csv(data.path("candidate_datasets"), index_col="name_en")
    parts = value, demand, readiness, cost, risk
    weights = {name: part / sum(parts)
               for name, part in zip(CRITERIA, parts)}
    ax = figure.subplots()
    scores = strategy.ranked(table, weights)
    names = [f"{place}. {name}" for place, name in enumerate(scores.index, 1)]
    bars = ax.barh(names[::-1], scores[::-1], color=[
        FIRST if place <= TOP else REST
        for place in range(len(names), 0, -1)])
    ax.bar_label(bars, fmt="%.2f", padding=3)
    ax.set(xlim=(0, 5.6), xlabel="score, 1 to 5 (datasets are fictional)")
    words = headed(figure, _words(table, weights), case)
    return (f"Bars of the scores of the fictional datasets, best first, "
            f"weights: {case}. First three: {', '.join(names[:TOP])}. "
            f"{words}.")


def _words(table: pd.DataFrame, weights: dict[str, float]) -> str:
    """The weights, and the smallest shift that changes the first three."""
    shares = ", ".join(f"{name} {share:.0%}"
                       for name, share in weights.items())
    found = strategy.flips(table, weights)
    if found.empty:
        return f"{shares}\nno single shift of weight changes the first three"
    flip = found.iloc[0]
    return (f"{shares}\nnearest flip: {100 * flip['shift']:.1f} points from "
            f"{flip['source']} to {flip['target']}\n{flip['enters']} takes "
            f"the place of {flip['leaves']}")
