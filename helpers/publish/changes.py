"""What changed between two releases of a layer, and the next version.

>>> changes.version("1.0.0", changes.compare(old, new, "centre_id"))
"""

import re
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj

from helpers.errors import CourseError

COLUMNS = ["change", "column", "before", "after", "metres"]
SAME_PLACE = 0.001  # metres: less is the rounding of a file format
TYPES = {"integer": "number", "floating": "number", "datetime": "date",
         "mixed-integer-float": "number", "datetime64": "date"}


def compare(old: pd.DataFrame, new: pd.DataFrame, key: str,
            metres: float = 10) -> pd.DataFrame:
    """Every change from old to new: a row of key, change, column, before,
    after, metres. Rows of the layers are paired by the column `key`.

    change: "added", "removed" (a feature), "moved" (by more than so many
    metres), "renamed" (a column `name` or `name_…`), "changed" (another
    column; a smaller move). A row without key is about a whole column:
    "added", "removed", "changed" (its type; of the geometry, the CRS). Missing
    before and after is no change. CourseError: a key is missing or comes
    twice; a layer has no CRS.
    """
    was, now = _by_key(old, key), _by_key(new, key)
    rows: list[Any] = [(one, "removed") for one in was.index.difference(
        now.index)]
    rows += [(one, "added") for one in now.index.difference(was.index)]
    rows += [(None, "removed", name) for name in was if name not in now]
    rows += [(None, "added", name) for name in now if name not in was]
    both = was.index.intersection(now.index)
    for name in was.columns.intersection(now.columns):
        one, other = was.loc[both, name], now.loc[both, name]
        rows += (_moves(one, other, metres) if isinstance(one, gpd.GeoSeries)
                 else _values(one, other))
    return pd.DataFrame(
        [[*row, *[None] * (6 - len(row))] for row in rows], dtype=object,
        columns=[key, *COLUMNS]).astype({"metres": float})


def version(last: str, log: pd.DataFrame) -> str:
    """The version after `last`, such as "1.2.3", by the log of `compare`.

    Major (2.0.0) when a reuser's program may break: a feature or a column
    is removed, a column is renamed or its type changed, the CRS changed.
    Minor (1.3.0) when features or columns are added. Patch (1.2.4) when
    values or positions of existing features are corrected. Nothing changed:
    the same version, no release."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", last):
        raise CourseError(f"{last!r} is no version such as 1.2.3")
    major, minor, patch = map(int, last.split("."))
    breaks = log.iloc[:, 0].isna() & (log["change"] == "changed")
    if (breaks | (log["change"] == "removed")).any():
        return f"{major + 1}.0.0"
    if (log["change"] == "added").any():
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if len(log) else last


def markdown(log: pd.DataFrame, version: str, date: str) -> str:
    """The section of a CHANGELOG. "Changed" features are only counted."""
    lines = [f"## {version} – {date}", *["Nothing changed."] * log.empty]
    for change, rows in log.groupby("change", sort=False):
        lines.append(f"### {str(change).capitalize()} ({len(rows)})")
        counted = rows.iloc[:, 0].notna() & (change == "changed")
        lines += [f"- {name} ({count})" for name, count in rows.loc[
            counted, "column"].value_counts().items()]
        for key, _, column, before, after, far in rows[~counted].to_numpy():
            lines.append(f"- column {column}" if pd.isna(key) else f"- {key}")
            lines[-1] += f": {far:.1f} m" if far == far else (
                "" if before is after else
                f": {_shown(before)} → {_shown(after)}")
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    return "(empty)" if pd.isna(value) else str(value)


def _by_key(layer: pd.DataFrame, key: str) -> pd.DataFrame:
    if key not in layer.columns:
        raise CourseError(f"there is no column {key} to compare by")
    for wrong in layer.loc[layer[key].isna() | layer[key].duplicated(), key]:
        raise CourseError(f"the key {wrong!r} is missing or comes twice")
    if isinstance(layer, gpd.GeoDataFrame) and layer.crs is None:
        raise CourseError("a layer states no CRS: use set_crs first")
    return layer.set_index(key)


def _values(was: pd.Series, now: pd.Series) -> list[Any]:
    """The values of a column that differ, or only that its type does."""
    was, now = was.astype(object), now.astype(object)
    types = [TYPES.get(kind, kind) for kind in map(
        pd.api.types.infer_dtype, (was.dropna(), now.dropna()))]
    if types[0] != types[1] and "empty" not in types:
        return [(None, "changed", was.name, *types)]
    change = "renamed" if re.match("name(_|$)", str(was.name)) else "changed"
    differ = ~((was == now) | (was.isna() & now.isna()))
    return [(one, change, was.name, was[one], now[one]) for one in
            was.index[differ]]


def _moves(was: Any, now: Any, metres: float) -> list[Any]:
    """The features whose geometry differs, and by how many metres."""
    rows: list[Any] = [] if was.crs == now.crs else [
        (None, "changed", was.name, str(was.crs), str(now.crs))]
    was, now = was.to_crs(4326), now.to_crs(4326)
    if {*was.dropna().geom_type, *now.dropna().geom_type} <= {"Point"}:
        far = pd.Series(pyproj.Geod(ellps="WGS84").inv(
            was.x, was.y, now.x, now.y)[2], was.index)
    else:
        zone = was.estimate_utm_crs()
        far = was.to_crs(zone).hausdorff_distance(now.to_crs(zone))
    lost = (was.isna() | was.is_empty) != (now.isna() | now.is_empty)
    return rows + [(one, "moved" if far[one] > metres else "changed", was.name,
                    str(was[one]), str(now[one]), far[one])
                   for one in was.index[(far > SAME_PLACE) | lost]]
