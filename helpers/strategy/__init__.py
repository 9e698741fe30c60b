"""Where a ministry stands, and which datasets it opens first.

>>> from helpers import strategy
>>> strategy.levels(items, "criterion")
>>> strategy.ranked(datasets, {"value": 0.4, "demand": 0.3, "cost": 0.3})

`maturity` turns evidence into points; `ranking` weighs datasets and finds what
changes their order; `consistency` measures how well comparisons agree. `plan`
reads an action plan, `faults` says what is wrong in it, `chart` draws it, and
`exports` writes it as a document:

>>> plan = strategy.read_plan("plan.yaml")
>>> for fault in strategy.plan_faults(plan):
...     print(fault)
>>> strategy.export(plan, "output/plan.docx", language="fr")
"""

from helpers.strategy.chart import gantt, gantt_words
from helpers.strategy.consistency import RANDOM_INDICES, consistency
from helpers.strategy.exports import export
from helpers.strategy.faults import plan_faults
from helpers.strategy.maturity import improvements, levels, scored
from helpers.strategy.plan import Fault, plan_schema, read_plan
from helpers.strategy.ranking import (
    StrategyError,
    all_weights,
    flips,
    ranked,
    top_shares,
)

__all__ = [
    "RANDOM_INDICES", "Fault", "StrategyError", "all_weights",
    "consistency", "export", "flips", "gantt", "gantt_words", "improvements",
    "levels", "plan_faults", "plan_schema", "ranked", "read_plan", "scored",
    "top_shares"]
