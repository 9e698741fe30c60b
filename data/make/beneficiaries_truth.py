"""What the register of E14 and its published table give away."""

import numpy as np
from world import truth_table


def small_cells(people, lonely, singled_out):
    """Truth: record is a cell (sector / age / sex / category), found are
    those who stand in it; or record is a person whom nobody resembles."""
    rows = []
    keys = ["sector_id", "age_class", "sex", "category"]
    for cell, group in people.groupby(keys):
        if len(group) < 5:
            rows.append({"record": " / ".join(cell),
                         "field": "sector_id; birth_date; sex; category",
                         "kind": "small cell",
                         "found": "; ".join(group["national_id"]),
                         "true_value": len(group)})
    rows.append({
        "record": lonely, "field": "sector_id",
        "kind": "only beneficiary of a sector", "true_value": 1,
        "found": people.set_index("sector_id").at[lonely, "national_id"]})
    table = people.set_index("national_id").astype(str)
    for person, columns in singled_out:
        rows.append({"record": person, "field": "; ".join(columns),
                     "kind": "unique combination", "true_value": 1,
                     "found": "; ".join(table.loc[person, columns])})
    return truth_table(rows)


def leaks(counts, shown, cells):
    """Truth: hidden numbers that subtraction gives back, with their value;
    numbers that one newcomer will change, with the difference."""
    rows = []
    for _, part in counts.groupby("iso_3166_2"):
        hidden = (shown.loc[part.index] == "<5").to_numpy()
        again = subtract(np.where(hidden, np.nan, part))
        for row, column in zip(*np.nonzero(hidden)):
            back = not np.isnan(again[row, column])
            rows.append({
                "record": part.index[row][1], "field": part.columns[column],
                "kind": ("recoverable by subtraction" if back
                         else "hidden and safe"),
                "found": "<5", "true_value": part.iat[row, column]})
    joined = cells[cells["newcomers"] == 1]
    for cell in joined.sort_values("sector_id").itertuples():
        for field in (cell.category, "total"):
            number = counts.xs(cell.sector_id, level=1)[field].item()
            rows.append({"record": cell.sector_id, "field": field,
                         "kind": "recoverable by difference",
                         "found": number, "true_value": 1})
    return truth_table(rows)


def subtract(table):
    """Fill each NaN that its row or column (totals last) gives away."""
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
