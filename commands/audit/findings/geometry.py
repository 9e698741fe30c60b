"""Findings about shapes: invalid, thin, overlapping, gaps, mixed, empty.

Pairs of polygons are compared for at most MOST_POLYGONS rows; the finding
says so. Areas are measured in EPSG:32632 where the file has degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from commands.audit import quality
from commands.audit.findings.subject import Subject, numbered, plural
from commands.audit.model import Finding, finding

MOST_POLYGONS = 100_000
LEAST_OVERLAP = 100.0  # m²: less is rounding of coordinates
KINDS = {0: "points", 1: "lines", 2: "lines", 3: "polygons", 4: "points",
         5: "lines", 6: "polygons", 7: "collections"}
COVERAGE = 0.8  # share of polygons that touch another: a division of land
# What a reader runs to see them all, in metres: %s is the layer.
OVERLAPS = f"""\
areas = %s.geometry.to_crs(32632)
areas = areas.rename_axis("row").reset_index()  # row: counted from 0
pairs = areas.overlay(areas, how="intersection", keep_geom_type=True)
pairs = pairs[(pairs["row_1"] < pairs["row_2"]) & (
    pairs.area > {LEAST_OVERLAP:g})]"""
GAPS = """\
whole = %s.to_crs(32632).union_all()
gaps = gpd.GeoSeries([shapely.Polygon(ring) for part
                      in shapely.get_parts(whole)
                      for ring in part.interiors], crs=32632)"""


def findings(subject: Subject) -> Iterator[Finding]:
    """All findings of this group."""
    if subject.shapes is None or not subject.rows:
        return
    yield from geometry_empty(subject)
    yield from geometry_mixed(subject)
    if not np.isin(shapely.get_type_id(subject.shapes), (-1, 0, 4)).all():
        yield from geometry_invalid(subject)
        yield from geometry_repeated_total(subject)
    metric = _metric(subject)
    if metric is not None:
        yield from geometry_sliver(metric)
        # One quick question spares most files the slow one.
        sound = bool(shapely.coverage_is_valid(metric.geometry.to_numpy()))
        if not sound:
            pairs = quality.overlaps(metric, LEAST_OVERLAP)
            yield from geometry_overlap(pairs, metric, subject)
        yield from geometry_gap(metric, sound, subject)


def geometry_empty(subject: Subject) -> Iterator[Finding]:
    """Rows without a geometry. Points whose coordinates were columns are
    a matter of coordinates."""
    empty = shapely.is_missing(subject.shapes) | shapely.is_empty(
        subject.shapes)
    if empty.any() and subject.source.x is None:
        at = np.flatnonzero(empty)
        yield finding(
            "geometry-empty", f"{plural(len(at), 'row')} without a geometry",
            "no map shows them; some programs drop them without a word",
            "layer[layer.geometry.isna() | layer.geometry.is_empty]",
            rows=numbered(at))


def geometry_mixed(subject: Subject) -> Iterator[Finding]:
    """More than one of points, lines, polygons. (Polygon and MultiPolygon
    are one kind.)"""
    kinds = pd.Series(shapely.get_type_id(subject.shapes)).map(KINDS)
    counts = kinds.value_counts()
    if len(counts) > 1:
        rare = np.flatnonzero((kinds == counts.index[-1]).to_numpy())
        said = ", ".join(f"{count:,} {kind}" for kind, count
                         in counts.items())
        yield finding(
            "geometry-mixed", f"several kinds of geometry: {said}",
            "a Shapefile takes one kind; others lose the rest or refuse",
            'parts = {kind: rows for kind, rows in layer.groupby('
            'layer.geom_type.str.replace("Multi", ""))}',
            rows=numbered(rare), example=counts.index[-1])


def geometry_invalid(subject: Subject) -> Iterator[Finding]:
    """Shapes that break the rules of Simple Features, with the place."""
    layer = gpd.GeoDataFrame(geometry=subject.shapes)
    reasons = quality.invalid(layer)
    if len(reasons):
        yield finding(
            "geometry-invalid", f"{plural(len(reasons), 'geometry')} not "
            f"valid; the first: {reasons.iloc[0]}".replace(
                "geometrys", "geometries"), "areas come out "
            "wrong, and an intersection stops with an error",
            "layer.geometry = layer.geometry.make_valid()  # compare areas",
            rows=numbered(reasons.index.to_numpy()),
            example=reasons.iloc[0], severity="error")


def geometry_repeated_total(subject: Subject) -> Iterator[Finding]:
    """Rows with other shapes and equal attributes, a number among them:
    parts of one unit that each repeat its total."""
    table = subject.attributes
    numbers = [name for name in table if str(name) in subject.numbers]
    texts = [name for name in table if str(name) in
             {column.name for column in subject.texts}]
    if not numbers or not texts:
        return
    codes = table.apply(lambda column: pd.factorize(
        column.astype(str) if column.dtype == object else column)[0])
    again = codes.duplicated(keep=False).to_numpy()
    distinct = pd.Series(shapely.to_wkb(subject.shapes)).duplicated()
    again = again & ~distinct.to_numpy() & table[numbers].notna().any(
        axis=1).to_numpy()
    at = np.flatnonzero(again)
    if len(at) > 1 and len(at) < subject.rows:
        name = numbers[-1]
        yield finding(
            "geometry-repeated-total", f"{plural(len(at), 'row')} have the "
            "attributes of another row and another shape: each repeats "
            f"the {name!r} of the whole", "every sum counts the unit once "
            "per part", f"layer = layer.dissolve({str(texts[0])!r}, "
            'aggfunc="first")', rows=numbered(at),
            example=", ".join(str(value) for value in
                              table.iloc[at[0]].head(3)))


def _metric(subject: Subject) -> gpd.GeoDataFrame | None:
    """The valid polygons in metres, `row` as a column; None without."""
    good = subject.polygons & shapely.is_valid(
        subject.shapes) & ~shapely.is_empty(subject.shapes)
    at = np.flatnonzero(good)[:MOST_POLYGONS]
    if len(at) < 2 or subject.crs is None:
        return None
    layer = gpd.GeoDataFrame({"row": at}, geometry=subject.shapes[at],
                             crs=subject.crs)
    if subject.crs.is_geographic:
        layer = layer.to_crs(32632)
        fine = np.isfinite(layer.total_bounds).all() and (
            layer.geometry.is_valid.to_numpy())
        layer = layer[fine] if np.any(fine) else None
    return None if layer is None else layer.reset_index(drop=True)


def geometry_sliver(metric: gpd.GeoDataFrame) -> Iterator[Finding]:
    """Polygons thinner than quality.SLIVER."""
    length = metric.length.to_numpy()
    thin = 4 * math.pi * metric.area.to_numpy() < (
        quality.SLIVER * length ** 2)
    if thin.any():
        at = metric["row"].to_numpy()[thin]
        area = metric.area[thin].min()
        yield finding(
            "geometry-sliver", f"{plural(int(thin.sum()), 'polygon')} so "
            f"thin that it is a leftover; the smallest has {area:,.0f} m²",
            "they come from borders drawn twice, and are no places",
            "layer = layer[4 * math.pi * layer.area / layer.length ** 2 > "
            f"{quality.SLIVER}]  # in metres", rows=numbered(at),
            example=f"{area:,.0f} m²")


def geometry_overlap(pairs: gpd.GeoDataFrame, metric: gpd.GeoDataFrame,
                     subject: Subject) -> Iterator[Finding]:
    """Pairs of polygons that share ground. Where most do, it may be meant:
    then it is a note."""
    if not len(pairs):
        return
    rows = metric["row"].to_numpy()
    at = np.unique(rows[pairs[["first", "second"]].to_numpy().ravel()])
    most = pairs.loc[pairs["area"].idxmax()]
    # One polygon that lies on all its neighbours is not a rule of a layer.
    often = pd.Series(pairs[["first", "second"]].to_numpy().ravel()
                      ).value_counts()
    one = len(pairs) > 2 and often.iloc[0] > len(pairs) / 2
    meant = len(at) > len(metric) / 2 and not one
    if meant and _nested(pairs, metric):
        return  # zones within zones, such as those of a flood
    meant = meant and len(metric) > 4
    sampled = "" if subject.rows <= MOST_POLYGONS else (
        f" (first {MOST_POLYGONS:,} rows)")
    if one:
        sampled += (f"; row {rows[int(often.index[0])] + 1} is in "
                    f"{often.iloc[0]:,} of them")
    first, second = rows[int(most["first"])], rows[int(most["second"])]
    yield finding(
        "geometry-overlap", f"{plural(len(pairs), 'pair')} of polygons "
        f"overlap{sampled}; the most: rows {first + 1} and {second + 1}, "
        f"{most['area']:,.0f} m²", "a place in both is counted twice",
        OVERLAPS % _measurable(subject), rows=numbered(at),
        count=len(pairs), example=f"{most['area']:,.0f} m²",
        severity="note" if meant else "warning")


def _measurable(subject: Subject) -> str:
    """The rows of `layer` that can be compared: valid polygons."""
    wanted = [] if shapely.is_valid(subject.shapes).all() else [
        "layer.is_valid"]
    if not subject.polygons.all():
        wanted.append('layer.geom_type.str.contains("Polygon", na=False)')
    return f"layer[{' & '.join(wanted)}]" if wanted else "layer"


def _nested(pairs: gpd.GeoDataFrame, metric: gpd.GeoDataFrame) -> bool:
    """Does each pair have one that lies in the other, which is larger?"""
    area = metric.area.to_numpy()
    both = area[pairs[["first", "second"]].to_numpy()]
    return bool(((pairs["area"] > 0.95 * both.min(axis=1))
                 & (both.max(axis=1) > 1.05 * both.min(axis=1))).all())


def _unsound(subject: Subject) -> gpd.GeoSeries:
    """Where the polygons lie that are not valid, in metres. What they cover
    is only known after the repair."""
    bad = subject.polygons & ~shapely.is_valid(subject.shapes)
    hulls = gpd.GeoSeries(shapely.convex_hull(subject.shapes[bad]),
                          crs=subject.crs)
    return hulls.to_crs(32632) if subject.crs.is_geographic else hulls


def geometry_gap(metric: gpd.GeoDataFrame, sound: bool,
                 subject: Subject) -> Iterator[Finding]:
    """Holes in a division of land: nobody's ground between polygons.

    sound: no two overlap, so that their union is quick. Where polygons are
    not valid, the ground may be theirs.
    """
    tree = metric.sindex.query(metric.geometry)  # boxes
    joined = np.unique(tree[0][tree[0] != tree[1]])
    if len(joined) < COVERAGE * len(metric):
        return
    whole = gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(
        metric.geometry.to_numpy())], crs=metric.crs) if sound else metric
    gaps = quality.gaps(whole)
    gaps = gaps[gaps["area"] > 1]
    unsound = _unsound(subject)
    if len(unsound) and len(gaps):
        theirs = unsound.union_all()
        gaps = gaps[gaps.intersection(theirs).area <= gaps["area"] / 2]
    if len(gaps) and gaps["area"].sum() < metric.area.sum() / 4:
        beside = metric.sindex.query(gaps.geometry, predicate="intersects")
        at = np.unique(metric["row"].to_numpy()[beside[1]])
        most = gaps["area"].max()
        yield finding(
            "geometry-gap", f"{plural(len(gaps), 'gap')} between polygons; "
            f"the largest has {most:,.0f} m²", "a place in a gap belongs to "
            "no unit", GAPS % _measurable(subject),
            rows=numbered(at), count=len(gaps), example=f"{most:,.0f} m²")
