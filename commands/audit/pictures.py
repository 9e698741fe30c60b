"""Small maps as SVG: nothing of a network, nothing of a program.

A map draws in degrees (WGS 84) where the place of the numbers is known, else
in the file's own numbers without the country below.
"""

from __future__ import annotations

import html
import math
from functools import cache

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from commands.audit.report import Layer
from helpers import data, maps

MOST_SHAPES = 1500  # of a layer on its map; the page says so
MOST_MARKED = 60  # of one finding on its picture
WIDTH = 560
COLOUR, MARKED = "#08519c", "#b30000"


class Sketch:
    """One layer, as shapes that can be drawn; made once for all pictures."""

    def __init__(self, layer: Layer):
        table = layer.source.table
        name = getattr(table, "active_geometry_name", None)
        shapes = np.array([], object) if name is None else np.asarray(
            table[name].array)
        self.known, self.shapes = False, shapes
        if len(shapes) and table.crs is not None:
            self.transform = pyproj.Transformer.from_crs(
                table.crs, "EPSG:4326", always_xy=True).transform
            self.known = True
        elif layer.source.evidence.get("crs", "").startswith("EPSG:4326"):
            self.known, self.transform = True, None
        else:
            self.transform = None

    def drawable(self, at: np.ndarray) -> list[shapely.Geometry]:
        """The shapes at these positions, in degrees where that is known;
        those without a finite place are left out."""
        shapes = self.shapes[at]
        shapes = shapes[~shapely.is_missing(shapes)
                        & ~shapely.is_empty(shapes)]
        if self.known and self.transform is not None:
            shapes = np.array([shapely.transform(
                shape, lambda xy: np.column_stack(self.transform(
                    xy[:, 0], xy[:, 1]))) for shape in shapes], object)
        return [shape for shape in shapes
                if np.isfinite(shapely.bounds(shape)).all()]

    def sample(self) -> np.ndarray:
        """Positions of at most MOST_SHAPES rows, evenly spaced."""
        step = math.ceil(len(self.shapes) / MOST_SHAPES) or 1
        return np.arange(0, len(self.shapes), step)


def map_of(sketch: Sketch, title: str) -> str:
    """The whole layer over the country; "" where there is no place."""
    return _svg(sketch, sketch.drawable(sketch.sample()), [], title)


def picture_of(sketch: Sketch, rows: list[int], title: str) -> str:
    """The rows of a finding (1 = first) in red; "" where none has a
    place."""
    at = np.array([row - 1 for row in rows[:MOST_MARKED]
                   if row <= len(sketch.shapes)], int)
    marked = sketch.drawable(at) if len(at) else []
    return _svg(sketch, [], marked, title, 300) if marked else ""


def _svg(sketch: Sketch, shapes: list[shapely.Geometry],
         marked: list[shapely.Geometry], title: str,
         width: int = WIDTH) -> str:
    if not shapes and not marked:
        return ""
    box = np.array([shapely.bounds(shape) for shape in shapes + marked])
    low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
    base = _base() if sketch.known else []
    middle, size = (low + high) / 2, max((high - low).max(), 1e-9)
    if sketch.known:
        size = max(size, 0.02)
    size *= 1.2
    stretch = math.cos(math.radians(min(abs(middle[1]), 80))) if (
        sketch.known) else 1.0
    wide = max((high - low)[0] * stretch * 1.2, size * 0.8)
    tall = max((high - low)[1] * 1.2, wide * 0.6)
    scale = width / wide
    height = min(tall * scale, 1.4 * width)
    scale = min(scale, height / tall)

    def place(xy: np.ndarray) -> np.ndarray:
        x = (xy[:, 0] - middle[0]) * stretch * scale + width / 2
        y = height / 2 - (xy[:, 1] - middle[1]) * scale
        return np.column_stack([x, y])
    frame = shapely.box(-50, -50, width + 50, height + 50)
    parts = [_path(_cut(shapely.transform(unit, place), frame),
                   f'fill="{fill}" stroke="{border}"')
             for unit, fill, border in base]
    parts += [_drawn(shapely.transform(shape, place), COLOUR, frame)
              for shape in shapes]
    parts += [_drawn(shapely.transform(shape, place), MARKED, frame)
              for shape in marked]
    sea = maps.SEA if sketch.known else "#fff"
    return (f'<svg role="img" viewBox="0 0 {width} {height:.0f}" '
            f'width="{width}" height="{height:.0f}" '
            f'aria-label="{html.escape(title)}"><rect width="100%" '
            f'height="100%" fill="{sea}"/>{"".join(parts)}</svg>')


@cache
def _base() -> list[tuple[shapely.Geometry, str, str]]:
    """The base map, simplified to what a small picture shows: shape, fill,
    border."""
    found = []
    for name, fill, border in zip(maps.BASE, (maps.LAND, maps.HOME),
                                  (maps.LAND, maps.BORDER)):
        shapes = gpd.read_file(data.path(name)).geometry.array
        found += [(shape, fill, border) for shape in
                  shapely.coverage_simplify(np.asarray(shapes), 0.02)]
    return found


def _cut(shape: shapely.Geometry,
         frame: shapely.Geometry) -> shapely.Geometry:
    return shapely.intersection(shape, frame) if shape.is_valid else shape


def _drawn(shape: shapely.Geometry, colour: str,
           frame: shapely.Geometry) -> str:
    """A point as a circle (a marked one with a cross: not colour alone),
    lines and polygons as paths."""
    if shape.geom_type in ("Point", "MultiPoint"):
        circles = []
        for x, y in shapely.get_coordinates(shape):
            circles.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" '
                           f'fill="{colour}" fill-opacity=".7"/>')
            if colour == MARKED:
                circles.append(
                    f'<path d="M{x - 6:.1f} {y - 6:.1f}l12 12m0-12l-12 12" '
                    f'stroke="{colour}" stroke-width="1.5"/>')
        return "".join(circles)
    filled = "none" if "Line" in shape.geom_type else colour
    return _path(_cut(shape, frame).simplify(0.3),
                 f'fill="{filled}" fill-opacity=".25" stroke="{colour}" '
                 f'stroke-width="{2 if colour == MARKED else 1}"')


def _path(shape: shapely.Geometry, look: str) -> str:
    lines = []
    for part in shapely.get_parts(shape):
        if part.is_empty:
            continue
        rings = [part.exterior, *part.interiors] if (
            part.geom_type == "Polygon") else [part] if (
            part.geom_type in ("LineString", "LinearRing")) else []
        for ring in rings:
            points = " ".join(f"{x:.1f},{y:.1f}"
                              for x, y in shapely.get_coordinates(ring))
            lines.append(f"M{points}")
    return f'<path {look} d="{"".join(lines)}"/>' if lines else ""
