"""E11: parks and gardens of the large towns. FICTIONAL.

Most lie in one sector. Some cross the border of two, so that their area
has to be cut before it is added up by sector. Some have two parts.
"""

import itertools

import geopandas as gpd
import shapely

from ..base.sectors import seats_of_sectors
from ..shared.files import write_geojson
from ..shared.names import EPITHETS
from ..shared.resources import fictional
from ..shared.shapes import blob, to_degrees
from ..shared.world import (
    GREATER_TUNIS,
    chance,
    governorates,
    points_in,
    sectors,
)

SOUSSE, SFAX = "TN-51", "TN-61"
TOWNS = [*GREATER_TUNIS, SOUSSE, SFAX]
AREAS, CROSSING, IN_TWO_PARTS = 90, 12, 8
RADIUS = 60, 260  # metres
AROUND = 3_000  # metres from the seat of a sector
APART = 20  # metres between two green areas
LEAST = 0.2  # of its area on each side of a border that it crosses
TRIES = 500
KINDS = [("parc", "Parc fictif", "منتزه وهمي"),
         ("jardin", "Jardin fictif", "حديقة وهمية"),
         ("forêt urbaine", "Forêt urbaine fictive", "غابة حضرية وهمية"),
         ("promenade", "Promenade fictive", "ممشى وهمي")]
RESOURCES = [fictional(
    name="green_areas",
    path="green_areas.geojson",
    title="green areas of Greater Tunis, Sousse and Sfax",
    description=(
        "Parks and gardens; they do not overlap. Some cross the border of "
        "two sectors, some have two parts. The file does not state their "
        "sector: cut them with 'sectors'."),
    fields={
        "area_id": "identifier, e.g. GA-001",
        "name_fr": "fictional name in French",
        "name_ar": "fictional name in Arabic",
        "kind": "parc, jardin, forêt urbaine or promenade",
    },
)]


def make(out, seed=None):
    """Write green_areas.geojson; needs governorates, sectors in out."""
    random = chance(seed, "green_areas")
    regions, places = governorates(out), sectors(out)
    seats = seats_of_sectors(regions)
    places = places[places["iso_3166_2"].isin(TOWNS)]
    borders = borders_between(places.geometry)
    # One in each sector, the others where most people live.
    homes = list(places.index) + list(
        places["population"].nlargest(AREAS - CROSSING - len(places)).index)
    drawn = []
    for order in random.choice(len(borders), CROSSING, replace=False):
        drawn.append(across(*borders[order], drawn, random))
    for order, home in enumerate(random.permutation(homes)):
        parts = 2 if order < IN_TWO_PARTS else 1
        drawn.append(inside(places.geometry[home], seats[home], parts,
                            drawn, random))
    shapes = [drawn[i] for i in random.permutation(AREAS)]
    layer = gpd.GeoDataFrame(
        named(shapes, random), geometry=to_degrees(shapes), crs="EPSG:4326")
    write_geojson(layer, out / "green_areas.geojson")


def borders_between(shapes):
    """[(shape, shape, their border)] where it is long enough."""
    borders = []
    for shape, other in itertools.combinations(shapes, 2):
        border = shape.intersection(other)
        if border.length > 4 * RADIUS[1]:
            borders.append((shape, other, border))
    return borders


def across(sector, other, border, drawn, random):
    """A green area on both sides of the border of two sectors."""
    for _ in range(TRIES):
        centre = border.interpolate(
            random.uniform(0.2, 0.8), normalized=True)
        shape = blob(centre, random.uniform(*RADIUS), random)
        sizes = [shape.intersection(side).area / shape.area
                 for side in (sector, other)]
        if (min(sizes) > LEAST and sum(sizes) > 0.9999
                and is_apart(shape, drawn)):
            return shape
    raise ValueError(f"no place for a green area across {border}")


def inside(sector, seat, parts, drawn, random):
    """A green area of one or two parts that stays in a sector."""
    around = seat.buffer(AROUND).intersection(sector)
    for _ in range(TRIES):
        centre, = points_in(around, 1, random)
        shape = blob(centre, random.uniform(*RADIUS), random)
        if parts == 2:
            west, _, east, _ = shape.bounds
            second = blob(shapely.Point(
                centre.x + (east - west) * random.uniform(1.1, 1.4),
                centre.y), (east - west) / 2, random)
            shape = shapely.MultiPolygon([shape, second])
        if (shape.is_valid and is_apart(shape, drawn)
                and sector.buffer(-APART).contains(shape)):
            return shape
    raise ValueError(f"no place for a green area near {seat}")


def is_apart(shape, drawn):
    """Whether a shape is far enough from all that are drawn already."""
    return all(shape.distance(other) > APART for other in drawn)


def named(shapes, random):
    """Identifier, names and kind: each pair of kind and epithet once."""
    pairs = list(itertools.product(KINDS, EPITHETS))
    rows = []
    for order, i in enumerate(random.permutation(len(pairs))[:len(shapes)]):
        (kind, french, arabic), (epithet, epithet_ar) = pairs[i]
        rows.append({
            "area_id": f"GA-{order + 1:03d}",
            "name_fr": f"{french} {epithet}",
            "name_ar": f"{arabic} {epithet_ar}",
            "kind": kind})
    return rows
