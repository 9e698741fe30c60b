"""E11: the zone that a river floods. FICTIONAL: no river runs there.

A smooth random course from Jendouba over Béja to Manouba, and the land on
both sides that is flooded once in 20 and once in 100 years.
"""

import itertools

import geopandas as gpd
import numpy as np
import shapely

from ..shared.files import write_geojson
from ..shared.resources import fictional
from ..shared.shapes import to_degrees
from ..shared.world import METRIC, chance, governorates, points_in

# governorate -> points of the course in it
COURSE = {"TN-32": 2, "TN-31": 2, "TN-14": 2}
FROM_BORDER = 6_000  # metres
NORTH_TO_SOUTH = 24_000  # metres in which the course stays
ROUNDS = 4  # of cutting corners
HALF_WIDTH = 200, 700  # metres, once in 20 years
WIDER = 1.5, 2.4  # times, once in 100 years
KNOTS = 12  # places where the width is drawn; between, it changes slowly
TOLERANCE = 15  # metres, of the outline
RESOURCES = [fictional(
    name="flood_zone",
    path="flood_zone.geojson",
    title="flood zone of a river that does not exist",
    description=(
        "Two polygons: flooded once in 20 years and once in 100 years. The "
        "second contains the first: if you add them, you count people twice."),
    fields={
        "zone_id": "identifier, e.g. FZ-100",
        "name_fr": "fictional name in French",
        "name_ar": "fictional name in Arabic",
        "return_period_years": "flooded once in so many years",
    },
)]


def make(out, seed=None):
    """Write flood_zone.geojson; needs governorates.geojson in out."""
    random = chance(seed, "flood_zone")
    regions = governorates(out)
    points = course(regions, random)
    often = widths(len(points), HALF_WIDTH, random)
    rarely = often * widths(len(points), WIDER, random)
    land = regions.union_all()
    zones = [flooded(points, reach).intersection(land)
             for reach in (often, rarely)]
    # Simplified and rounded outlines could cross by metres.
    zones[1] = zones[1].union(zones[0].buffer(TOLERANCE))
    layer = gpd.GeoDataFrame([{
        "zone_id": f"FZ-{years:03d}",
        "name_fr": f"Zone inondable de l'oued fictif El Wahm, {years} ans",
        "name_ar": f"منطقة وهمية لفيضان وادي الوهم، {years} سنة",
        "return_period_years": years,
    } for years in (20, 100)], geometry=to_degrees(zones), crs="EPSG:4326")
    write_geojson(layer, out / "flood_zone.geojson")


def course(regions, random):
    """Points along the river from west to east, EPSG:32632."""
    middle = regions.loc["TN-31", "geometry"].centroid.y
    belt = shapely.box(-1e7, middle - NORTH_TO_SOUTH / 2,
                       1e7, middle + NORTH_TO_SOUTH / 2)
    corners = []
    for code, number in COURSE.items():
        shape = regions.loc[code, "geometry"].buffer(-FROM_BORDER)
        corners += points_in(shape.intersection(belt), number, random)
    # From west to east, a river cannot cross itself.
    line = np.array(sorted((point.x, point.y) for point in corners))
    for _ in range(ROUNDS):
        line = cut_corners(line)
    return gpd.GeoSeries(shapely.points(line), crs=METRIC)


def cut_corners(line):
    """Chaikin's smoothing: two points for each inner corner."""
    first = 0.75 * line[:-1] + 0.25 * line[1:]
    second = 0.25 * line[:-1] + 0.75 * line[1:]
    between = np.stack([first, second], axis=1).reshape(-1, 2)
    return np.vstack([line[:1], between, line[-1:]])


def widths(number, limits, random):
    """Numbers between limits that change slowly."""
    return np.interp(np.linspace(0, KNOTS - 1, number), np.arange(KNOTS),
                     random.uniform(*limits, KNOTS))


def flooded(points, reach):
    """The course with its own width at each point."""
    circles = points.buffer(reach)
    steps = [shapely.union(circle, following).convex_hull
             for circle, following in itertools.pairwise(circles)]
    return shapely.union_all(steps).simplify(TOLERANCE)
