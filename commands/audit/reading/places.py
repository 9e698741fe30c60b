"""Points of a table: which columns, and what they mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from commands.audit.model import (
    MOST_ROWS,
    Source,
    UnreadableFile,
    finding,
)
from commands.audit.reading import rings
from helpers.publish.own import EAST, NORTH

if TYPE_CHECKING:
    import pandas as pd

_EAST = re.compile(
    r"(?i)(^|.*[_\-. /(])(lon|lng|long|longitude|x|east|easting|est)"
    r"([_\-. )]|$)|.*خط الطول")
_NORTH = re.compile(
    r"(?i)(^|.*[_\-. /(])(lat|latitude|y|north|northing|nord)"
    r"([_\-. )]|$)|.*خط العرض")
_DEGREES = re.compile(r"(?i)(.*[_\-. /(])?(lon|lng|lat)|.*خط")
_WKT = re.compile(r"(?i)(wkt|geom|geometry|the_geom|shape)$")
_TOGETHER = re.compile(r"(?i).*(coord|gps|posi|lat|lon|geo|loc|emplac|point|"
                       r"wgs|xy|إحداثيات|موقع)")
# Two numbers: 36.8, 10.1; (36.8; 10.1); 36,8 10,1. A comma between the
# digits of a number has no space behind it.
_PAIR = (r"^[(\[]?\s*([+-]?\d{1,3}(?:[.,]\d+)?)°?\s*(?:[,;/|]\s|\s|[,;/|])"
         r"\s*([+-]?\d{1,3}(?:[.,]\d+)?)°?\s*[)\]]?$")
_TEXT = (r"^\s*(?:SRID=\d+;)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON|"
         r"GEOMETRYCOLLECTION)\s*Z?M?\s*(?:\(|EMPTY)")


def place(source: Source, x: str | None, y: str | None) -> None:
    """Make the table one of points, where it has columns of coordinates."""
    names = [str(name) for name in source.table.columns]
    for name in filter(None, (x, y)):
        if name not in names:
            raise UnreadableFile(
                f"{source.path.name} has no column {name!r}. Its columns "
                f"are: {', '.join(names)[:600]}.")
    pairs = _pairs(source.table, names)
    if (x is None) != (y is None):
        raise UnreadableFile("Give both --csv-x and --csv-y, or neither.")
    if x and y:
        why = "as told"
    elif pairs:
        (x, y), why = pairs[0], "by their names and numbers"
        if len(pairs) > 1:
            why += "; there is also " + ", ".join(
                f"{east} with {north}" for east, north in pairs[1:4])
    else:
        if not _from_text(source, names):
            _in_one_column(source, names)
        return
    source.x, source.y = x, y
    source.evidence.update(x=f"{x}: {why}", y=f"{y}: {why}")
    _points(source, x, y)


def numbers(column: pd.Series) -> pd.Series:
    """Numbers of a column of text, with a point or a comma; else NaN."""
    import pandas as pd
    if column.dtype.kind in "if":
        return column.astype(float)
    text = column.astype("str").str.replace(",", ".", regex=False)
    # "1_000" and "nan" are numbers for Python, not for people
    return pd.to_numeric(text.str.strip(), errors="coerce").astype(float)


def _pairs(table: pd.DataFrame, names: list[str]) -> list[tuple[str, str]]:
    """Columns that go together by name: x and y, x_control and y_control."""
    norths = {_stem(name): name for name in reversed(names)
              if re.match(NORTH, name) or _NORTH.match(name)}
    found = []
    for name in names:
        if not (re.match(EAST, name) or _EAST.match(name)):
            continue
        other = norths.get(_stem(name))
        if other and other != name and _coordinates(table[name]) and (
                _coordinates(table[other])):
            found.append((name, other))
    return found


def _stem(name: str) -> str:
    """What is left of a name without its word for east or north."""
    return re.sub(
        r"(?i)(?<![a-z])(longitude|latitude|long|lon|lng|lat|easting|"
        r"northing|east|north|est|nord|x|y)(?![a-z])|خط الطول|خط العرض",
        "*", name).lower()


def _coordinates(column: pd.Series) -> bool:
    """Some values are numbers, or degrees and minutes."""
    filled = column.dropna()
    return bool(len(filled)) and bool(
        filled.astype("str").str.contains(r"\d").mean() > 0.5)


def _points(source: Source, x: str, y: str) -> None:
    import geopandas as gpd
    import numpy as np
    import shapely
    table = source.table
    east, north = (numbers(table[name]).to_numpy() for name in (x, y))
    known = np.isfinite(east) & np.isfinite(north)
    shapes = np.full(len(table), None, dtype=object)
    shapes[known] = shapely.points(east[known], north[known])
    crs = None
    degrees = _DEGREES.match(x) and _DEGREES.match(y)
    if degrees and known.any() and np.mean(
            (abs(east[known]) <= 180) & (abs(north[known]) <= 90)) > 0.9:
        crs = "EPSG:4326"
        source.evidence["crs"] = (
            "EPSG:4326, assumed: the columns are called longitude and "
            "latitude, and the numbers are degrees")
    else:
        source.evidence["crs"] = "not declared: a table cannot"
    if "geometry" in table.columns:
        table = table.rename(columns={"geometry": "geometry_text"})
    source.table = gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


def _from_text(source: Source, names: list[str]) -> bool:
    """Is there a column of WKT, as PostGIS and QGIS write it? It is read."""
    import geopandas as gpd
    for name in names:
        column = source.table[name]
        filled = column.dropna()
        if not _WKT.match(name) or filled.empty or filled.astype(
                "str").str.contains(_TEXT).mean() < 0.5:
            continue
        text = column.astype("str").str.replace(
            r"^\s*SRID=\d+;", "", regex=True)
        shapes, closed, unread = rings.of_wkt(
            each if known else None
            for each, known in zip(text, column.notna()))
        source.findings += rings.findings(
            closed, unread, "# write the first position again at the end of "
            f"each ring\ntable.iloc[{[at - 1 for at in closed[:5]]}]",
            column.iloc[unread[0] - 1] if unread else "")
        srid = filled.astype("str").str.extract(r"^\s*SRID=(\d+);")[0]
        codes = set(srid.dropna())
        crs = f"EPSG:{codes.pop()}" if len(codes) == 1 else None
        source.evidence["x"] = source.evidence["y"] = (
            f"{name}: geometry as text (WKT)")
        try:
            source.table = gpd.GeoDataFrame(
                source.table.drop(columns=name), geometry=shapes, crs=crs)
        except Exception:  # pyproj: no such code
            source.table = gpd.GeoDataFrame(
                source.table.drop(columns=name), geometry=shapes)
            crs = None
        source.evidence["crs"] = (
            f"{crs}: the SRID of the geometries" if crs
            else "not declared: a table cannot")
        return True
    return False


def _in_one_column(source: Source, names: list[str]) -> None:
    """"36.8, 10.1" in one cell, as a map on the web gives it. Which of the
    two comes first, the file does not say: it is not read."""
    for name in names:
        filled = source.table[name].dropna().astype("str").str.strip()
        parts = filled.str.extract(_PAIR).dropna()
        if filled.empty or len(parts) < 0.8 * len(filled):
            continue
        values = parts.apply(numbers)
        if not _like_degrees(values) or not (
                _decimals(parts, 4) or (_TOGETHER.match(name)
                                        and _decimals(parts, 1))):
            continue
        source.findings.append(finding(
            "coordinates-pair", f"column {name!r} has two coordinates in one "
            f"cell, such as {filled[parts.index[0]]!r}",
            "No program draws these rows. Web maps write latitude first, GIS "
            "longitude: compare one row with a map.",
            f"parts = table[{name!r}].str.extract(r'{_PAIR}')\n"
            "parts = parts.apply(lambda part: part.str.replace(',', '.')"
            ".astype(float))\n"
            "layer = gpd.GeoDataFrame(table, crs=4326, geometry="
            "gpd.points_from_xy(parts[1], parts[0]))",
            rows=[source.table.index.get_loc(at) + 1
                  for at in parts.index[:MOST_ROWS]],
            count=len(parts), example=filled[parts.index[0]],
            severity="error"))
        return


def _decimals(parts: pd.DataFrame, least: int) -> bool:
    """Have most rows so many decimals in both? "12 30" may be anything."""
    return bool(parts.apply(lambda part: part.str.contains(
        rf"[.,]\d{{{least}}}")).all(axis=1).mean() > 0.5)


def _like_degrees(values: pd.DataFrame) -> bool:
    """One of the two at most 90, the other at most 180."""
    one, other = abs(values[0]).max(), abs(values[1]).max()
    return bool(min(one, other) <= 90 and max(one, other) <= 180)
