"""The true drive, and what a receiver records of it.

Part of gnss_track.py. FICTIONAL.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..shared.world import METRIC, points_in

STEP = 3  # seconds between two fixes
MOVING, GAP = 1060, 140  # steps: 53 and 7 minutes
STOPS = [70, 100, 130, 180]  # steps: 3.5 to 9 minutes, 24 together
SPIKES, SPIKES_IN_STOPS = 9, 3


def drive(shape, random):
    """The true places, EPSG:32632, one every STEP seconds.

    Columns x, y, time, stop (number of the stop, or -1), gap (True where
    the receiver is off).
    """
    speed = 9 + 2 * wander(MOVING + GAP, 0.97, random).clip(-2, 2)
    travelled = np.concatenate([[0], np.cumsum(speed * STEP)])
    # The five parts of the drive are of about equal length; the gap is in
    # the middle of the third.
    parts = np.linspace(0, len(travelled) - 1, 6).astype(int)[1:-1]
    first = (parts[1] + parts[2] - GAP) // 2
    line = route(shape, travelled, first, random)
    places = shapely.get_coordinates(line.interpolate(travelled))
    fixes = pd.DataFrame(places, columns=["x", "y"]).assign(
        stop=-1, gap=False)
    fixes.loc[first + 1:first + GAP - 1, "gap"] = True
    # To stop is to stay at one place: its row is repeated.
    times = np.ones(len(fixes), dtype=int)
    times[parts] += random.permutation(STOPS)
    fixes.loc[parts, "stop"] = np.arange(len(parts))
    fixes = fixes.loc[fixes.index.repeat(times)].reset_index(drop=True)
    start = pd.Timestamp("2021-11-16T07:00:00Z") + pd.Timedelta(
        seconds=int(random.integers(3600)))
    fixes["time"] = (start + pd.to_timedelta(fixes.index * STEP, "s")
                     ).strftime("%Y-%m-%dT%H:%M:%SZ")
    return fixes


def wander(size, memory, random):
    """Correlated numbers around 0, of standard deviation 1.

    memory: the correlation of neighbours.
    """
    values = random.normal(size=size)
    for i in range(1, size):
        values[i] = (memory * values[i - 1]
                     + np.sqrt(1 - memory ** 2) * values[i])
    return values


def route(shape, travelled, first, random):
    """A line from place to place, straight where the gap will be."""
    inner = shape.buffer(-2_500)
    inner = max(shapely.get_parts(inner), key=lambda part: part.area)
    gap = travelled[first + GAP] - travelled[first]
    before, after = travelled[first], travelled[-1] - travelled[first + GAP]
    while True:  # until a straight line of the gap's length fits in
        here = points_in(inner, 1, random)[0]
        angle = random.uniform(0, 2 * np.pi)
        there = shapely.Point(here.x + gap * np.cos(angle),
                              here.y + gap * np.sin(angle))
        if inner.contains(shapely.LineString([here, there])):
            break
    back = legs(here, angle + np.pi, before, inner, random)
    return shapely.LineString([
        *back[::-1], *legs(there, angle, after, inner, random)])


def legs(start, heading, length, inner, random):
    """Corners of a line of a given length that begins at a place.

    It never turns back sharply: that would look like a stop.
    """
    corners, left, turned, tries = [start], length, heading, 0
    while left > 0:
        tries += 1
        if tries % 500 == 0:  # stuck in a corner of the sector
            corners, left, turned = [start], length, heading
        angle = turned + random.uniform(-2.3, 2.3)
        leg = random.uniform(1500, 4000)
        leg = left if left - leg < 1500 else leg
        corner = shapely.Point(corners[-1].x + leg * np.cos(angle),
                               corners[-1].y + leg * np.sin(angle))
        if inner.contains(shapely.LineString([corners[-1], corner])):
            corners.append(corner)
            left, turned = left - leg, angle
    return corners


def observe(fixes, random):
    """Change true places to recorded ones; add hdop, sat, ele, spike."""
    size = len(fixes)
    still = fixes["stop"] >= 0
    for axis in ("x", "y"):
        # The fixes of a receiver at rest stray by a few metres.
        fixes[axis] += np.where(
            still, (2.5 * wander(size, 0.9, random)).clip(-7, 7),
            (0.8 * wander(size, 0.8, random)).clip(-2.5, 2.5))
    fixes["hdop"] = random.gamma(6, 0.2, size).clip(0.7, 3.5).round(1)
    fixes["sat"] = random.integers(7, 15, size)
    fixes["ele"] = (250 + 6 * wander(size, 0.995, random)).round(1)
    # Spikes stay away from each other and from where something begins.
    edge = (still != still.shift()) | (fixes["gap"] != fixes["gap"].shift())
    near = edge.rolling(9, center=True, min_periods=1).max() > 0
    near.iloc[[*range(4), *range(-4, 0)]] = True
    rows = []
    for number, where in ((SPIKES, ~still), (SPIKES_IN_STOPS, still)):
        free = np.flatnonzero(where & ~near & ~fixes["gap"])
        free = free[free % 7 == 0]
        rows += list(random.choice(free, number, replace=False))
    angle = random.uniform(0, 2 * np.pi, len(rows))
    away = random.uniform(400, 1900, len(rows))
    fixes.loc[rows, "x"] += away * np.cos(angle)
    fixes.loc[rows, "y"] += away * np.sin(angle)
    fixes.loc[rows, "hdop"] = random.uniform(8, 25, len(rows)).round(1)
    fixes.loc[rows, "sat"] = random.integers(3, 5, len(rows))
    fixes["spike"] = fixes.index.isin(rows)


def in_degrees(fixes):
    """Columns lat and lon, 7 decimals."""
    points = gpd.GeoSeries(gpd.points_from_xy(fixes["x"], fixes["y"]),
                           crs=METRIC).to_crs("EPSG:4326")
    return pd.DataFrame({"lat": points.y.round(7), "lon": points.x.round(7)})
