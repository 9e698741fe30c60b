"""The indicators and the budget of a plan as tables.

A value that is missing, or has a wrong form, is an empty cell.
"""

import pandas as pd

from helpers.strategy.faults import usable
from helpers.strategy.layout import COLUMNS, rows
from helpers.strategy.plan import MILLIMES, Plan


def indicator_table(plan: Plan) -> pd.DataFrame:
    """One row per objective: `objective` (the index), `text`, `indicator`,
    `unit`, `baseline`, `target`, `change` (target - baseline), `date`."""
    table = pd.DataFrame(rows(usable(plan), "objectives"), columns=COLUMNS[
        "objectives"]).rename(columns={"id": "objective"}).set_index(
            "objective").drop(columns=["orientation", "gap"])
    numbers = table[["baseline", "target"]].astype(float)
    table.insert(5, "change", numbers["target"] - numbers["baseline"])
    return table


def budget_table(plan: Plan) -> pd.DataFrame:
    """One row per line: `milestone`, `text`, `quantity`, `unit_cost`,
    `amount` (as written) and `computed` (quantity × unit_cost)."""
    table = pd.DataFrame(rows(usable(plan), "budget"),
                         columns=COLUMNS["budget"])
    product = table["quantity"].astype(float) * table["unit_cost"]
    return table.assign(computed=product.round(MILLIMES))
