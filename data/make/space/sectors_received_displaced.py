"""Which sectors of E08 are displaced, and by what strip.

Part of sectors_received.py. Shapes are in degrees. No two displaced sectors
touch. A strip begins and ends at corners that the sector shares with its
neighbour: when it is cut or filled, the original border is there again.
"""

import itertools

import numpy as np
import shapely

from ..shared.shapes import to_degrees, to_metres
from .sectors_received_defects import bow_tie

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
            place = displace(shapes, borders, taken, kind, width, random)
            if place:
                moved.append((kind, *place))
                # The neighbour, too, must have no other displaced border.
                taken |= touching[place[0]] | touching[place[1]]
        if len(crossed) == bow_ties and len(moved) == len(tasks):
            return crossed, moved
    raise ValueError(f"no place for {tasks} and {bow_ties} bow-ties: "
                     "take more governorates or fewer defects")


def can_be_crossed(shape, outline):
    """Whether neighbours enclose what a bow-tie of the shape loses."""
    crossed = bow_tie(shape)
    if crossed is None:
        return False
    lost = shape.difference(shapely.make_valid(crossed))
    return lost.intersection(outline).length == 0


def inner_borders(shapes, outline):
    """{(sector, neighbour): their border}: only long borders that are one
    line and do not touch the outline.
    """
    lines = {}
    for sector, other in itertools.permutations(shapes.index, 2):
        shared = shapes[sector].intersection(shapes[other])
        if shared.length == 0:
            continue
        line = shapely.line_merge(shared)
        if (line.geom_type == "LineString" and not line.intersects(outline)
                and to_metres([line])[0].length >= SHORTEST):
            lines[sector, other] = line
    return lines


def displace(shapes, borders, taken, kind, width, random):
    """A sector that is not taken, its neighbour, and the strip between
    their border and the displaced one; None if there is no place.
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
    """The strip between a line and its copy that bulges to width (metres).
    """
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
