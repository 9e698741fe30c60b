"""Elements as OpenStreetMap has them: nodes, ways, relations with tags.

Part of osm_clinics.py. Positions are rounded to OSM's 7 decimals.
"""

import itertools

import geopandas as gpd
import pandas as pd
import shapely

from ..shared.names import epithets
from ..shared.world import METRIC
from .osm_clinics_names import ARABIC, TYPES, name

FIRST_ID = 900_000_000_000  # far above the identifiers of OpenStreetMap
BUILDINGS = 12  # clinics and hospitals drawn as an outline
GRID, BLOCK = 5, 90  # streets each way, metres between them


def map_of(places, besides, random):
    """All elements. Each place gets its OSM identifier (key "osm")."""
    everything = [*places, *besides]
    large = [i for i, place in enumerate(everything)
             if place["type"] in ("clinic", "hospital")]
    drawn = random.choice(large, BUILDINGS, replace=False)
    hospitals = [i for i in large if everything[i]["type"] == "hospital"
                 and i not in drawn]
    with_court = hospitals[random.integers(len(hospitals))]
    draft = Draft(random)
    order = random.permutation(len(everything))
    for number, i in enumerate(order):
        place = everything[i]
        tags = tags_of(place, number)
        x, y = place["point"].x + place.get("shift", 0), place["point"].y
        if i == with_court:
            outer = draft.way({"building": "hospital"},
                              rectangle(x, y, 60, 40))
            inner = draft.way({}, rectangle(x, y, 24, 14)[::-1])
            place["osm"] = draft.add("relation", tags | {
                "type": "multipolygon", "building": "hospital"}, members=[
                {"type": "way", "ref": way, "role": role}
                for way, role in ((outer, "outer"), (inner, "inner"))])
            streets(draft, x + 60, y + 60, random)
        elif i in drawn:
            way = draft.way(tags | {"building": "yes"},
                            rectangle(x, y, 36, 22))
            place["osm"] = f"way/{way}"
        else:
            place["osm"] = draft.add("node", tags, x=x, y=y)
    return draft.elements()


class Draft:
    """Elements under construction: they get identifiers and versions."""

    def __init__(self, random):
        self.random, self.made = random, []
        self.ids = {kind: itertools.count(FIRST_ID + 1)
                    for kind in ("node", "way", "relation")}

    def add(self, kind, tags, **parts):
        """Add an element; returns its identifier, e.g. node/900000000001."""
        if tags:  # an element without tags is part of one with tags
            tags = dict(sorted({**tags, "fictional": "yes"}.items()))
        number = next(self.ids[kind])
        day = pd.Timestamp("2016-01-01T00:00:00Z") + pd.Timedelta(
            seconds=int(self.random.integers(180_000_000)))
        self.made.append({
            "type": kind, "id": number,
            "version": int(self.random.integers(1, 5)),
            "timestamp": day.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tags": tags, **parts})
        return f"{kind}/{number}"

    def way(self, tags, corners):
        """Add nodes and the way through them, closed if the ends meet;
        returns the number of the way.
        """
        ids = dict.fromkeys(corners)
        for x, y in ids:
            ids[x, y] = number_of(self.add("node", {}, x=x, y=y))
        return number_of(self.add("way", tags, nodes=[
            ids[corner] for corner in corners]))

    def elements(self):
        """All elements; nodes with lat and lon instead of metres."""
        nodes = [element for element in self.made
                 if element["type"] == "node"]
        points = gpd.GeoSeries(
            shapely.points([(node.pop("x"), node.pop("y"))
                            for node in nodes]),
            crs=METRIC).to_crs("EPSG:4326")
        for node, lat, lon in zip(nodes, points.y.round(7),
                                  points.x.round(7)):
            node |= {"lat": float(lat), "lon": float(lon)}
        return self.made


def number_of(identifier):
    """node/900000000001 -> 900000000001"""
    return int(identifier.split("/")[1])


def tags_of(place, number):
    """Mappers differ: name is French or Arabic, a language may be missing.

    The language in which the ministry's list has the name is always there.
    """
    french, arabic = name(place)
    needs_arabic = place.get("kind") in ARABIC
    first = arabic if needs_arabic or number % 3 == 0 else french
    tags = TYPES[place["type"]][4] | {
        "name": first, "name:fr": french, "name:ar": arabic,
        "addr:city": place["city"]}
    if number % 4 == 0:
        del tags["name:fr" if needs_arabic else "name:ar"]
        tags["name"] = arabic if needs_arabic else french
    return tags


def rectangle(x, y, width, height):
    """The corners of a building around a point, counterclockwise, closed."""
    box = shapely.box(x - width / 2, y - height / 2,
                      x + width / 2, y + height / 2, ccw=True)
    return list(box.exterior.coords)


def streets(draft, west, south, random):
    """A town's square grid: streets share the nodes where they cross."""
    names = epithets(2 * GRID, random)
    corners = {(i, j): number_of(draft.add(
        "node", {"highway": "crossing"} if i == j == GRID // 2 else {},
        x=west + i * BLOCK, y=south + j * BLOCK))
        for i in range(GRID) for j in range(GRID)}
    for i in range(GRID):
        main = i == GRID // 2
        for axis in (0, 1):
            french, arabic = names[2 * i + axis]
            draft.add("way", {
                "highway": "secondary" if main else "residential",
                "name": f"Rue {french}", "name:ar": f"نهج {arabic}",
                "name:fr": f"Rue {french}",
            }, nodes=[corners[(i, j) if axis else (j, i)]
                      for j in range(GRID)])
