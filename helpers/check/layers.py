"""Checks of a layer (a GeoDataFrame): its CRS, columns, rows, geometries.

Each takes the answer, which may be anything, and the name by which a message
calls it. Distances are in metres.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from helpers.check.feedback import Feedback
from helpers.check.mistakes import SWAPPED, known_shift, looks_swapped
from helpers.check.values import answered, kind

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import pyproj
    import shapely


def layer(value: Any, name: str = "the layer") -> gpd.GeoDataFrame:
    """The value is a GeoDataFrame with a geometry."""
    import geopandas as gpd
    kind(value, gpd.GeoDataFrame, name)
    if value.active_geometry_name is None:
        raise Feedback(f"{name} has no geometry column",
                       "a GeoDataFrame with a geometry",
                       hint="GeoDataFrame(table, geometry=...)")
    return value


def crs(value: Any, epsg: int, name: str = "the layer") -> gpd.GeoDataFrame:
    """The layer declares this CRS, and its coordinates agree with it.

    Recognises a CRS that was declared (set_crs) where the coordinates had
    to be transformed (to_crs).
    """
    import pyproj
    layer(value, name)
    expected = pyproj.CRS.from_epsg(epsg)
    if value.crs is None:
        raise Feedback(
            f"{name} declares no CRS", f"EPSG:{epsg}",
            "without a CRS nobody knows where the points are",
            "declare the CRS of the numbers: crs=… or set_crs()")
    if value.crs != expected:
        degrees = value.crs.is_projected and abs(value.total_bounds).max() < 99
        raise Feedback(
            f"{name} is in {_crs_words(value.crs)}" + (
                ", but its coordinates are degrees" if degrees else ""),
            _crs_words(expected), hint="declare the CRS of the numbers: crs= "
            "says in which CRS they are, and moves nothing" if degrees else
            "to_crs() computes new coordinates; it needs the CRS that they "
            "have now")
    west, south, east, north = value.total_bounds
    if expected.is_geographic and max(map(abs, (west, east))) > 180:
        raise Feedback(
            f"{name} declares degrees (EPSG:{epsg}), but its coordinates "
            f"go up to {max(map(abs, (west, south, east, north))):,.0f}",
            "longitudes within ±180 and latitudes within ±90",
            "set_crs() and crs= only declare: the label changed, the "
            "numbers did not",
            "declare the CRS of the numbers first, then call to_crs()")
    return value


def columns(value: Any, names: list[str],
            name: str = "the layer") -> pd.DataFrame:
    """All these columns are there (others are allowed)."""
    answered(value, name)
    missing = [column for column in names if column not in value.columns]
    if missing:
        raise Feedback(
            f"{name} has no column {', '.join(map(repr, missing))}; it has "
            + (", ".join(map(str, value.columns)) or "none"),
            f"the columns {', '.join(names)}",
            "a table without its columns cannot be joined to another",
            f"{missing[0]} is the index: .reset_index() makes a column of it"
            if missing[0] in value.index.names else None)
    return value


def rows(value: Any, number: int, name: str = "the layer") -> Any:
    """The layer, table or list has exactly this many rows."""
    answered(value, name)
    if len(value) != number:
        raise Feedback(f"{name} has {len(value):,} rows", f"{number:,} rows",
                       "rows must neither be lost nor come twice")
    return value


def unique(value: Any, column: str,
           name: str = "the layer") -> pd.DataFrame:
    """No value of the column comes twice, and none is missing."""
    columns(value, [column], name)
    empty_count = int(value[column].isna().sum())
    repeated = value[column][value[column].duplicated()].unique()
    if empty_count or len(repeated):
        defect = f"{empty_count} rows without a value" if empty_count else (
            f"{repeated[0]} comes more than once")
        raise Feedback(f"{name}, column '{column}': {defect}",
                       "one different value per row",
                       "an identifier that repeats identifies nothing")
    return value


def geometry_type(value: Any, expected: str,
                  name: str = "the layer") -> gpd.GeoDataFrame:
    """All geometries are of this type: "Point", "Polygon", …"""
    layer(value, name)
    empty_count = int((value.geometry.isna() | value.is_empty).sum())
    if empty_count:
        raise Feedback(f"{name} has {empty_count} rows without a geometry",
                       f"a {expected} in each row", hint="is one missing, or "
                       "did pandas pair rows by their labels? A list has none")
    types = sorted(set(value.geom_type))
    if types != [expected]:
        raise Feedback(f"{name} has geometries of type {', '.join(types)}",
                       f"{expected} only")
    return value


def inside(value: Any, area: gpd.GeoDataFrame, name: str = "the points",
           within_m: float = 0) -> gpd.GeoDataFrame:
    """All geometries lie inside the area (a GeoDataFrame or GeoSeries).

    Borders are generalised: up to within_m metres outside are allowed (in
    EPSG:32632). Recognises swapped coordinates."""
    layer(value, name)
    if value.crs is None or area.crs is None:
        raise Feedback(f"{name} declares no CRS" if value.crs is None else
                       "the area declares no CRS", "two layers with a CRS")
    border = area.to_crs(32632).union_all().buffer(within_m)
    outside = ~value.to_crs(32632).geometry.within(border)
    if not outside.any():
        return value
    degrees = value.to_crs(4326).geometry
    first = degrees[outside].iloc[0].representative_point()
    swapped = looks_swapped(degrees, area)
    in_ethiopia = swapped and 34 < first.x < 40 and 5 < first.y < 14
    mistake = f"{', in Ethiopia' * in_ethiopia}: {SWAPPED}" if swapped else ""
    raise Feedback(
        (f"{name} lies outside, at " if len(value) == 1 else
         f"{int(outside.sum())} of {len(value)} of {name} lie outside; the "
         "first at ") + _place_words(first) + mistake,
        "all of them inside",
        "people trust a point on a map, even one in the wrong place",
        "draw them on the map; their place shows which mistake it was")


def same_place(value: Any, expected: gpd.GeoDataFrame,
               tolerance_m: float = 1.0, key: str | None = None,
               name: str = "the points") -> None:
    """Each point stands where the expected one does, within tolerance_m.

    Rows are paired by the column `key`, or by their order. Distances are
    geodesic (WGS 84). Recognises swapped coordinates and the displacements
    of `mistakes.KNOWN_SHIFTS`.
    """
    import numpy as np
    crs(value, expected.crs.to_epsg(), name)
    rows(value, len(expected), name)
    if key:
        unique(value, key, name)
        missing = set(expected[key]) - set(value[key])
        if missing:
            raise Feedback(f"{name} lacks {key} {min(missing)}",
                           f"all {len(expected)} of {key}")
        value = value.set_index(key).loc[list(expected[key])]
    degrees = value.to_crs(4326).geometry
    metres = distance_m(degrees, expected.to_crs(4326).geometry)
    if np.nanmax(metres) <= tolerance_m and not np.isnan(metres).any():
        return
    median = float(np.nanmedian(metres))
    usual, worst = (_distance_words(one, tolerance_m)
                    for one in (median, np.nanmax(metres)))
    swapped = SWAPPED if looks_swapped(degrees, expected) else ""
    mistake, hint = known_shift(median) or (swapped, None)
    raise Feedback(
        f"{name} are {usual} from where they should be (median; worst {worst})"
        + (f": {mistake}" if mistake else ""),
        f"less than {tolerance_m:g} m",
        "users of the layer will look for these points there", hint)


def same_layer(value: Any, expected: gpd.GeoDataFrame, key: str,
               tolerance_m: float = 1.0, name: str = "the layer") -> None:
    """Same rows by key, same attributes, same geometry within tolerance_m.

    Attributes are those of `expected`; the order of rows is free. Geometries
    are compared by their Hausdorff distance in EPSG:32632.
    """
    columns(layer(value, name), list(expected.columns), name)
    crs(value, expected.crs.to_epsg(), name)
    unique(value, key, name)
    rows(value, len(expected), name)
    unpaired = set(value[key]) ^ set(expected[key])
    if unpaired:
        raise Feedback(f"{name}: {key} {min(map(str, unpaired))} is only "
                       "in one of the two layers", f"the same {key}")
    value = value.set_index(key).loc[list(expected[key])]
    wanted = expected.set_index(key)
    for column in wanted.columns.drop(wanted.geometry.name):
        differ = [row for row, found, right in zip(
            wanted.index, value[column].array, wanted[column].array,
            strict=True) if not _same(found, right)]
        if differ:
            raise Feedback(
                f"{name}, {key} {differ[0]}, column '{column}': "
                f"{value[column][differ[0]]!r}",
                repr(wanted[column][differ[0]]))
    metres = value.to_crs(32632).geometry.hausdorff_distance(
        wanted.to_crs(32632).geometry)
    if metres.max() > tolerance_m or metres.isna().any():
        raise Feedback(f"{name}, {key} {metres.idxmax()}: the geometry is "
                       f"{_distance_words(metres.max(), tolerance_m)} away",
                       f"less than {tolerance_m:g} m")


def distance_m(first: gpd.GeoSeries, second: gpd.GeoSeries) -> np.ndarray:
    """Geodesic distances in metres between two GeoSeries of points in
    EPSG:4326, pairwise (pyproj.Geod, ellipsoid WGS 84)."""
    import numpy as np
    from pyproj import Geod
    return np.asarray(Geod(ellps="WGS84").inv(
        first.x.to_numpy(), first.y.to_numpy(),
        second.x.to_numpy(), second.y.to_numpy())[2])


def _same(value: Any, expected: Any) -> bool:
    """Both missing, or of the same type and equal."""
    import pandas as pd
    if pd.isna(value) or pd.isna(expected):
        return pd.isna(value) and pd.isna(expected)
    return type(value) is type(expected) and value == expected


# --- words for a message ---------------------------------------------------

def _crs_words(system: pyproj.CRS) -> str:
    authority = system.to_authority()
    return f"{':'.join(authority)} ({system.name})" if authority else (
        system.name)


def _place_words(point: shapely.Point) -> str:
    if point.is_empty or not math.isfinite(point.x):
        return "no place on Earth"
    return f"{point.x:.2f}° E, {point.y:.2f}° N"


def _distance_words(metres: float, allowed: float) -> str:
    """With digits enough to show whether it is more than what is allowed."""
    digits = next(digits for digits in range(1, 17) if (
        round(metres, digits) > allowed) == (metres > allowed))
    return f"{metres / 1000:,.0f} km" if metres >= max(
        10_000, 2 * allowed) else f"{metres:,.{digits}f} m"
