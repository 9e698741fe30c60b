"""Truth tables: what was planted in a layer, one row per defect."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd


class Defect(NamedTuple):
    """A row of a truth table.

    record: identifier, or line in the raw file; field: "" for the whole
    record; kind: a short name; found: as it stands in the raw file;
    true_value: "" when the value or the record should not be there.
    """
    record: str
    field: str
    kind: str
    found: Any
    true_value: Any = ""


def truth_table(defects: Iterable[Defect]) -> pd.DataFrame:
    """The rows as a table of text."""
    return pd.DataFrame([map(str, defect) for defect in defects],
                        columns=Defect._fields)
