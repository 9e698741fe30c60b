"""Where a ministry stands, and which datasets it opens first.

>>> from helpers import strategy
>>> strategy.levels(items, "criterion")
>>> strategy.ranked(datasets, {"value": 0.4, "demand": 0.3, "cost": 0.3})

`maturity` turns evidence into points; `ranking` weighs datasets and finds what
changes their order; `consistency` measures how well comparisons agree.
"""

from helpers.strategy.consistency import RANDOM_INDICES, consistency
from helpers.strategy.maturity import improvements, levels, scored
from helpers.strategy.ranking import (
    StrategyError,
    all_weights,
    flips,
    near_weights,
    ranked,
    top_shares,
)

__all__ = [
    "RANDOM_INDICES", "StrategyError", "all_weights", "consistency", "flips",
    "improvements", "levels", "near_weights", "ranked", "scored",
    "top_shares"]
