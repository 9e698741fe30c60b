"""What the register of E14 and its published table reveal.

Part of beneficiaries.py.
"""

import numpy as np

from ..shared.truth import Defect, truth_table
from .beneficiaries_plan import HIDDEN, THRESHOLD


def small_cells(people, lonely, singled_out):
    """The truth table of the register.

    record is a cell (sector / age / sex / category) and found are its
    people; or record is a person whom a combination of values singles out.
    lonely: the sector with a single beneficiary.
    """
    defects = []
    keys = ["sector_id", "age_class", "sex", "category"]
    for cell, group in people.groupby(keys):
        if len(group) < THRESHOLD:
            defects.append(Defect(
                " / ".join(cell), "sector_id; birth_date; sex; category",
                "small cell", "; ".join(group["national_id"]), len(group)))
    defects.append(Defect(
        lonely, "sector_id", "only beneficiary of a sector",
        people.set_index("sector_id").at[lonely, "national_id"], 1))
    table = people.set_index("national_id").astype(str)
    defects += [Defect(person, "; ".join(columns), "unique combination",
                       "; ".join(table.loc[person, columns]), 1)
                for person, columns in singled_out]
    return truth_table(defects)


def leaks(counts, shown, cells):
    """The truth table of the published table: hidden numbers that
    subtraction gives back, with their value; numbers that one newcomer will
    change, with the difference.

    shown: the counts with HIDDEN for each hidden number.
    """
    defects = []
    for _, part in counts.groupby("iso_3166_2"):
        hidden = (shown.loc[part.index] == HIDDEN).to_numpy()
        again = subtract(np.where(hidden, np.nan, part))
        for row, column in zip(*np.nonzero(hidden)):
            back = not np.isnan(again[row, column])
            defects.append(Defect(
                part.index[row][1], part.columns[column],
                "recoverable by subtraction" if back else "hidden and safe",
                HIDDEN, part.iat[row, column]))
    joined = cells[cells["newcomers"] == 1]
    for cell in joined.sort_values("sector_id").itertuples():
        for field in (cell.category, "total"):
            number = counts.xs(cell.sector_id, level=1)[field].item()
            defects.append(Defect(cell.sector_id, field,
                                  "recoverable by difference", number, 1))
    return truth_table(defects)


def subtract(table):
    """Fill each NaN that its row or column (totals last) reveals."""
    signs = np.ones(table.shape)
    signs[-1] *= -1
    signs[:, -1] *= -1
    signed = table * signs  # now every row and column adds up to zero
    while True:
        unknown = np.isnan(signed)
        alone_in_row = unknown & (unknown.sum(1, keepdims=True) == 1)
        alone = alone_in_row | (unknown & (unknown.sum(0) == 1))
        if not alone.any():
            return signed * signs
        row, column = np.argwhere(alone)[0]
        line = signed[row] if alone_in_row[row, column] else signed[:, column]
        signed[row, column] = -np.nansum(line)
