"""Measures of data quality, and detectors of defects.

>>> from helpers import quality
>>> quality.completeness(layer["sector_id"], official["sector_id"])
>>> quality.overlaps(layer)

Elements and measures have the names of ISO 19157:2013, annex D. The edition
in force is ISO 19157-1:2023, which replaces it: cite that edition, and the
name of the measure, in a report. Layers are GeoDataFrames in a metric CRS;
areas are in m², lengths in metres. No function changes what it is given.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from helpers.errors import CourseError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import shapely

SLIVER = 0.01  # thinness: below it, a polygon is a sliver
GROSS = 3.0  # a gross error is more than so many median distances off
Z_95 = 1.959963984540054  # of the normal distribution, two-sided 95 %
RADIAL_95 = 1.7308  # NSSDA: accuracy at 95 % = 1.7308 · RMSE, without bias


class QualityError(CourseError):
    """A measure that cannot be taken: says what is missing, and the remedy.
    """


# --- completeness ----------------------------------------------------------

class Completeness(NamedTuple):
    """Identifiers, sorted: missing, excess; rows that repeat one; rates.

    rate_missing, rate_excess: per identifier that should be there.
    """
    missing: list[str]
    excess: list[str]
    repeated: int
    rate_missing: float
    rate_excess: float


def completeness(found: pd.Series, expected: pd.Series) -> Completeness:
    """Compare the identifiers that are there with those that should be.

    Completeness, omission and commission: *rate of missing items*, *rate of
    excess items*; *number of duplicate feature instances* counts the rows
    after the first of each identifier. Empty identifiers are left out.
    Raises QualityError where nothing is expected.
    """
    have, wanted = found.dropna(), set(expected.dropna())
    if not wanted:
        raise QualityError("no identifier is expected, so that no rate can "
                           "be given: which list is the official one?")
    missing, excess = wanted - set(have), set(have) - wanted
    return Completeness(
        sorted(missing, key=str), sorted(excess, key=str),
        int(have.duplicated().sum()),
        len(missing) / len(wanted), len(excess) / len(wanted))


# --- logical consistency ---------------------------------------------------

def invalid(layer: gpd.GeoDataFrame) -> pd.Series:
    """index of the layer → why its geometry is not valid (GEOS).

    Logical consistency, topological: *number of invalid self-intersect
    errors* and others, by the rules of Simple Features (ISO 19125-1).
    Empty where all are valid. A missing geometry is not counted.
    """
    import shapely
    rows = layer[layer.geometry.notna() & ~layer.geometry.is_valid]
    reasons = [shapely.is_valid_reason(shape) for shape in rows.geometry]
    return rows.index.to_series().set_axis(rows.index).map(
        dict(zip(rows.index, reasons)))


def repaired(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The layer with valid polygons (`make_valid`, method structure: parts
    that collapse to a line or a point are dropped)."""
    return layer.set_geometry(layer.geometry.make_valid(
        method="structure", keep_collapsed=False))


def overlaps(layer: gpd.GeoDataFrame,
             at_least: float = 1.0) -> gpd.GeoDataFrame:
    """Pairs of rows that share more than `at_least` m².

    Logical consistency, topological: *number of invalid overlaps of
    surfaces*. Columns: first, second (positions of the rows, first <
    second), area (m²), geometry. Equal rows and a row inside another count.
    Raises QualityError for a CRS in degrees or an invalid geometry.
    """
    import geopandas as gpd
    _must_be_measurable(layer)
    shapes = layer.geometry.to_numpy()
    one, other = layer.sindex.query(layer.geometry, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    shared = gpd.GeoSeries(shapes[one], crs=layer.crs).intersection(
        gpd.GeoSeries(shapes[other], crs=layer.crs))
    pairs = gpd.GeoDataFrame(
        {"first": one, "second": other, "area": shared.area},
        geometry=shared, crs=layer.crs)
    pairs = pairs[pairs["area"] > at_least].sort_values(["first", "second"])
    return pairs.reset_index(drop=True)


def gaps(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Holes in the union of all polygons: no row covers them.

    Logical consistency, topological; a rule of coverages. Columns: area
    (m²), geometry. A bay at the outer border is no gap. Raises QualityError
    as `overlaps` does.
    """
    import geopandas as gpd
    import shapely
    _must_be_measurable(layer)
    whole = shapely.get_parts(layer.geometry.union_all())
    holes = [shapely.Polygon(ring) for part in whole
             for ring in getattr(part, "interiors", ())]
    found = gpd.GeoDataFrame(geometry=holes, crs=layer.crs)
    return found.assign(area=found.area)[["area", "geometry"]]


def thinness(shape: shapely.Geometry) -> float:
    """4 π · area / perimeter²: 1 for a circle, 0.79 for a square, near 0
    for a sliver (isoperimetric quotient). 0 without a perimeter."""
    perimeter = float(shape.length)
    return 4 * math.pi * float(shape.area) / perimeter ** 2 if (
        perimeter) else 0.0


def slivers(layer: gpd.GeoDataFrame,
            below: float = SLIVER) -> gpd.GeoDataFrame:
    """Rows whose thinness is below `below`.

    Logical consistency, topological: *number of invalid slivers*. The
    standard's own measure has an area and a width as limits; thinness needs
    one number, and does not depend on the unit.
    """
    thin = [shape is not None and thinness(shape) < below
            for shape in layer.geometry]
    return layer[thin]


def _must_be_measurable(layer: gpd.GeoDataFrame) -> None:
    if layer.crs is None or layer.crs.is_geographic:
        raise QualityError(
            f"the layer is in {layer.crs.name if layer.crs else 'no CRS'}: "
            "areas need a metric CRS, for example to_crs(32632)")
    broken = int((~layer.geometry.is_valid).sum())
    if broken:
        raise QualityError(f"{broken} geometries are not valid: pairs can "
                           "be compared after quality.repaired(layer)")


# --- positional accuracy ---------------------------------------------------

class Position(NamedTuple):
    """Accuracy of positions, metres. gross: index labels of gross errors.

    rmse: all points; rmse_rest, bias_x, bias_y, noise, at_95: without the
    gross errors. noise: the RMSE after the bias is subtracted. at_95: the
    accuracy of NSSDA; it assumes that errors are normal and have no bias.
    """
    number: int
    rmse: float
    gross: list[int | str]
    rmse_rest: float
    bias_x: float
    bias_y: float
    noise: float
    at_95: float


def position(dx: pd.Series, dy: pd.Series, times: float = GROSS) -> Position:
    """Accuracy from errors in x and y: data less control, in metres.

    Absolute positional accuracy: *root mean square error of planimetry*
    (over points, not per axis), *bias of positions*; NSSDA
    (FGDC-STD-007.3-1998) for at_95. Gross: more than `times` the median
    distance. Points without an error in x or y are left out. Raises
    QualityError where none is left.
    """
    known = dx.notna() & dy.notna()
    dx, dy = dx[known], dy[known]
    if dx.empty:
        raise QualityError("no point has an error in x and in y")
    squares = dx ** 2 + dy ** 2
    distance = squares ** 0.5
    gross = distance > times * distance.median()
    rest = ~gross
    bias_x, bias_y = float(dx[rest].mean()), float(dy[rest].mean())
    noise = ((dx - bias_x) ** 2 + (dy - bias_y) ** 2)[rest]
    rmse_rest = math.sqrt(squares[rest].mean())
    return Position(
        len(dx), math.sqrt(squares.mean()), list(dx.index[gross]),
        rmse_rest, bias_x, bias_y, math.sqrt(noise.mean()),
        RADIAL_95 * rmse_rest)


# --- thematic accuracy -----------------------------------------------------

class Classes(NamedTuple):
    """matrix: stated (rows) × found (columns), the same classes in both.

    accuracy: share of right ones, low and high its 95 % interval. kappa:
    None where chance alone is always right. user, producer: class → share
    (None without cases).
    """
    matrix: pd.DataFrame
    accuracy: float
    low: float
    high: float
    kappa: float | None
    user: dict[str, float | None]
    producer: dict[str, float | None]


def classes(stated: pd.Series, found: pd.Series) -> Classes:
    """Compare the classes of the data with those found on site.

    Thematic accuracy, classification correctness: *misclassification
    matrix*, *kappa coefficient* (Cohen 1960); user's and producer's accuracy
    after Congalton (1991). Rows that lack one of the two are left out.
    Raises QualityError where none is left.
    """
    import pandas as pd
    known = stated.notna() & found.notna()
    number = int(known.sum())
    if not number:
        raise QualityError("no case has both a stated and a found class")
    names = sorted({*stated[known], *found[known]})
    matrix = pd.crosstab(stated[known], found[known]).reindex(
        index=names, columns=names, fill_value=0)
    rows, columns = matrix.sum(axis=1), matrix.sum(axis=0)
    right = {name: int(matrix.loc[name, name]) for name in names}
    accuracy = sum(right.values()) / number
    by_chance = sum(int(rows[name]) * int(columns[name])
                    for name in names) / number ** 2
    return Classes(
        matrix, accuracy, *interval(sum(right.values()), number),
        None if by_chance == 1 else (accuracy - by_chance) / (1 - by_chance),
        _shares(right, rows), _shares(right, columns))


def interval(right: int, number: int) -> tuple[float, float]:
    """95 % interval of the share right / number, after Wilson (1927).

    It stays between 0 and 1 and has a width for 0 or all right ones, which
    the interval of the normal approximation has not. Raises QualityError
    for no cases.
    """
    if not 0 <= right <= number or not number:
        raise QualityError(f"{right} of {number} is no share")
    square = Z_95 ** 2
    middle = (right + square / 2) / (number + square)
    half = Z_95 / (number + square) * math.sqrt(
        right * (number - right) / number + square / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _shares(right: dict[str, int],
            totals: pd.Series) -> dict[str, float | None]:
    return {name: right[name] / int(totals[name]) if totals[name] else None
            for name in right}
