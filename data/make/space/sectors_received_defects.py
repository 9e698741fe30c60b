"""Shapes of E08 with a defect of geometry.

Part of sectors_received.py. Shapes are in degrees. Every spoiled ring keeps
the corners that it shares with its neighbours, so that a repair can give
back exactly the original shape.
"""

import itertools

import numpy as np
import shapely

from ..shared.shapes import blob, to_degrees, to_metres

DECIMALS = 7  # of the file
LOOP, KEPT = 0.3, 0.8  # of the area: each loop of a bow-tie, both together
HALF = 0.35
SPIKE = 0.03  # degrees, about 3 km


def area(shape):
    """Square metres in EPSG:32632, rounded."""
    return round(to_metres([shape])[0].area)


def wkt(shape):
    """Well-known text, with the decimals of the file."""
    return shapely.to_wkt(shape, rounding_precision=DECIMALS)


def bow_tie(shape):
    """The ring with a part in reverse order, so that two edges cross; None
    if the loops would be too unequal or would lose too much.
    """
    if shape.geom_type != "Polygon":
        return None
    ring = list(shape.exterior.coords[:-1])
    best, kept = None, KEPT
    for i, j in itertools.combinations(range(1, len(ring)), 2):
        crossed = shapely.Polygon(
            ring[:i] + ring[i:j + 1][::-1] + ring[j + 1:])
        loops = shapely.get_parts(shapely.make_valid(crossed))
        inside = all(shape.covers(loop.buffer(-1e-7)) for loop in loops)
        sizes = [loop.area / shape.area for loop in loops]
        if (len(loops) == 2 and inside and min(sizes) >= LOOP
                and sum(sizes) > kept):
            best, kept = crossed, sum(sizes)
    return best


def spike(shape):
    """The polygon with a detour to a tip and back that encloses nothing,
    and the tip.
    """
    ring = list(shape.exterior.coords)
    corner, centre = np.array(ring[1]), shapely.get_coordinates(
        shape.centroid)[0]
    outwards = (corner - centre) / np.hypot(*(corner - centre))
    tip = np.round(corner + SPIKE * outwards, DECIMALS)
    return (shapely.Polygon([*ring[:2], tip, *ring[1:]]),
            shapely.Point(tip))


def inner_blob(shape, random):
    """A blob around the place that is farthest from the border."""
    metres = to_metres([shape])[0]
    way_out = shapely.maximum_inscribed_circle(metres)  # from the centre
    radius = random.uniform(0.1, 0.2) * way_out.length
    return to_degrees([blob(
        shapely.get_point(way_out, 0), radius, random)])[0]


def halves(shape):
    """Two parts on both sides of a diagonal, or None if none is inside."""
    ring = list(shape.exterior.coords[:-1])
    for i, j in itertools.combinations(range(len(ring)), 2):
        parts = [part for part in (ring[i:j + 1], ring[j:] + ring[:i + 1])
                 if len(part) > 2]
        parts = [shapely.Polygon(part) for part in parts]
        if (len(parts) == 2 and all(part.is_valid for part in parts)
                and min(part.area for part in parts) > HALF * shape.area
                and shape.covers(shapely.LineString([ring[i], ring[j]]))):
            return parts
    return None


def thin_kite(shapes, sector, width):
    """A thin polygon over the sector's longest straight border."""
    edges = []
    for other in shapes.index.drop(sector):
        shared = shapes[sector].intersection(shapes[other])
        if shared.length:
            for part in shapely.get_parts(shapely.line_merge(shared)):
                edges += list(itertools.pairwise(part.coords))
    longest = max((shapely.LineString(edge) for edge in edges),
                  key=lambda edge: edge.length)
    start, end = shapely.get_coordinates(to_metres([longest])[0])
    across = np.array([start[1] - end[1], end[0] - start[0]])
    across *= width / 2 / np.hypot(*across)
    middle = (start + end) / 2
    return to_degrees([shapely.Polygon(
        [start, middle - across, end, middle + across])])[0]
