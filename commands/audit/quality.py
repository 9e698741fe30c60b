"""Defects of polygons, measured.

The measures have the names of ISO 19157:2013, annex D. The edition in force is
ISO 19157-1:2023, which replaces it: cite that edition, and the name of the
measure, in a report. Layers are GeoDataFrames in a metric CRS; areas are in
m². No function changes what it is given.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from helpers.errors import CourseError

SLIVER = 0.01  # 4 π · area / perimeter²: below it, a polygon is a sliver


class QualityError(CourseError):
    """A measure that cannot be taken: says what is missing, and the remedy.
    """


def invalid(layer: gpd.GeoDataFrame) -> pd.Series:
    """index of the layer → why its geometry is not valid (GEOS).

    Logical consistency, topological: *number of invalid self-intersect
    errors* and others, by the rules of Simple Features (ISO 19125-1).
    Empty where all are valid. A missing geometry is not counted.
    """
    rows = layer[~(layer.geometry.isna() | layer.geometry.is_valid)]
    reasons = [shapely.is_valid_reason(shape) for shape in rows.geometry]
    return rows.index.to_series().set_axis(rows.index).map(
        dict(zip(rows.index, reasons)))


def overlaps(layer: gpd.GeoDataFrame,
             at_least: float = 1.0) -> gpd.GeoDataFrame:
    """Pairs of rows that share more than `at_least` m².

    Logical consistency, topological: *number of invalid overlaps of
    surfaces*. Columns: first, second (positions of the rows, first <
    second), area (m²), geometry. Equal rows and a row inside another count.
    Raises QualityError for a CRS in degrees or an invalid geometry.
    """
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
    _must_be_measurable(layer)
    whole = shapely.get_parts(layer.geometry.union_all())
    holes = [shapely.Polygon(ring) for part in whole
             for ring in getattr(part, "interiors", ())]
    found = gpd.GeoDataFrame(geometry=holes, crs=layer.crs)
    return found.assign(area=found.area)[["area", "geometry"]]


def _must_be_measurable(layer: gpd.GeoDataFrame) -> None:
    if layer.crs is None or layer.crs.is_geographic:
        raise QualityError(
            f"the layer is in {layer.crs.name if layer.crs else 'no CRS'}: "
            "areas need a metric CRS, for example to_crs(32632)")
    broken = int((~layer.geometry.is_valid).sum())
    if broken:
        raise QualityError(f"{broken} geometries are not valid: repair "
                           "them first, with layer.make_valid()")
