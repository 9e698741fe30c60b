"""Evidence → points, levels and improvements.

One row per claim: `claim`, `points_max`, `evidence` (the reference of a
document, or nothing, or a promise), `points_supported` (what the document
supports), and a column per instrument that groups the claims, for example
`criterion` (grid of 100 points), `pathway` (IGIF), `dimension` (ODRA).
"""

from typing import Any

import pandas as pd

NUMBER = " n° "  # of a document: with it, anybody can ask for the document


def scored(items: pd.DataFrame) -> pd.DataFrame:
    """The items with one more column, `points`: what the document supports,
    and 0 where the evidence names no document by its number."""
    documented = items["evidence"].map(_is_document)
    return items.assign(points=items["points_supported"].where(documented, 0))


def levels(items: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row per value of the column `by`, in the order of the items:
    `points`, `points_max` and `level`, per cent of the most points."""
    table = scored(items).groupby(by, sort=False)[
        ["points", "points_max"]].sum()
    return table.assign(level=100 * table["points"] / table["points_max"])


def improvements(items: pd.DataFrame) -> pd.DataFrame:
    """Each item that does not have all its points, with what would change
    it: the item's columns, `lost` and `improvement`; most lost first."""
    found = scored(items)
    found["lost"] = found["points_max"] - found["points"]
    found = found[found["lost"] > 0].sort_values(
        "lost", ascending=False, kind="stable")
    return found.assign(improvement=[
        _improvement(row) for row in found.to_dict("records")])


def _is_document(evidence: Any) -> bool:
    return isinstance(evidence, str) and NUMBER in evidence


def _improvement(item: dict[str, Any]) -> str:
    evidence = item["evidence"]
    if _is_document(evidence):
        return f"Do what is missing in {evidence}: {item['claim']}"
    if isinstance(evidence, str) and evidence.strip():
        return f"Set a date for \"{evidence}\": {item['claim']}"
    return f"Name the document, or write it: {item['claim']}"
