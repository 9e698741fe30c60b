"""Which sectors of E08 are displaced, and by what strip. Shapes in degrees.

No two displaced sectors touch. A strip begins and ends at corners that the
sector shares with its neighbour: cut or filled, it gives back exactly the
border that was.
"""

import itertools

import numpy as np
import shapely
from shapes import to_degrees, to_metres
from topology_defects import bow_tie

SHORTEST = 8_000  # metres of border that can be displaced
TRIES = 200


def choose_displaced(shapes, bow_ties, overlaps, gaps, random):
    """The sectors to cross, and those to move: [(kind, sector, neighbour,
    strip between the old and the new border)].
    """
    touching = {sector: set(shapes.index[shapes.intersects(shape)])
                for sector, shape in shapes.items()}
    outline = shapes.union_all().boundary
    crossable = [sector for sector, shape in shapes.items()
                 if can_be_crossed(shape, outline)]
    borders = inner_borders(shapes, outline)
    tasks = [*(("overlap", width) for width in overlaps),
             *(("gap", width) for width in gaps)]
    for _ in range(TRIES):
        crossed, moved, taken = [], [], set()
        for sector in random.permutation(crossable):
            if len(crossed) < bow_ties and sector not in taken:
                crossed.append(str(sector))
                taken |= touching[sector]
        for kind, width in tasks:
            found = displace(shapes, borders, taken, kind, width, random)
            if found:
                moved.append((kind, *found))
                # nor shall its neighbour have another quarrel
                taken |= touching[found[0]] | touching[found[1]]
        if len(crossed) == bow_ties and len(moved) == len(tasks):
            return crossed, moved
    raise ValueError(f"no place for {tasks} and {bow_ties} bow-ties: "
                     "take more governorates or fewer defects")


def can_be_crossed(shape, outline):
    """Is what a bow-tie loses enclosed by neighbours?"""
    crossed = bow_tie(shape)
    if crossed is None:
        return False
    lost = shape.difference(shapely.make_valid(crossed))
    return lost.intersection(outline).length == 0


def inner_borders(shapes, outline):
    """{(sector, neighbour): their border}, one line away from the outline.
    """
    lines = {}
    for one, other in itertools.permutations(shapes.index, 2):
        shared = shapes[one].intersection(shapes[other])
        if shared.length == 0:
            continue
        line = shapely.line_merge(shared)
        if (line.geom_type == "LineString" and not line.intersects(outline)
                and to_metres([line])[0].length >= SHORTEST):
            lines[one, other] = line
    return lines


def displace(shapes, borders, taken, kind, width, random):
    """A free sector, its neighbour, and the strip between their border and
    what the sector drew instead; None if there is no place.
    """
    for sector, other in random.permutation(list(borders)):
        sector, other = str(sector), str(other)
        if sector in taken:
            continue
        inside = shapes[other if kind == "overlap" else sector]
        for side in (1, -1):
            strip = strip_along(borders[sector, other], side * width)
            if strip.is_valid and strip.difference(inside).area < 1e-12:
                return sector, other, strip
    return None


def strip_along(line, width):
    """Between a line and its copy that bulges to width (metres)."""
    metres = to_metres([line])[0]
    where = np.linspace(0, 1, 9)
    points = shapely.get_coordinates(
        metres.interpolate(where, normalized=True))
    along = points[-1] - points[0]
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    bulge = points + np.outer(width * np.sin(np.pi * where), across)
    copy = to_degrees([shapely.LineString(bulge)])[0]
    return shapely.Polygon(
        [*line.coords, *reversed(copy.coords[1:-1])])
