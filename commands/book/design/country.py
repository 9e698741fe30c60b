"""Maps of the title page, drawn from data/ as SVG when the book is built.

An SVG in the page takes its colours from the page, so a map has the right
ground in light and in dark. Positions are in EPSG:32632 (UTM zone 32N),
rounded to the kilometre: these maps illustrate, nobody measures on them.
"""

import csv
import json
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

# The frame: metres in EPSG:32632, and how many of them are one unit.
WEST, EAST, SOUTH, NORTH = 340_000, 815_000, 3_330_000, 4_160_000
UNIT = 1000
CLASSES = 5


@dataclass
class Shapes:
    """What the maps are drawn of, in units of the picture."""
    governorates: dict[str, str]  # ISO code -> path
    neighbours: list[str]
    density: dict[str, int]  # ISO code -> class, 0 is the lowest
    people_per_centre: dict[str, int]
    centres: list[tuple[float, float]]
    received: list[tuple[float, float]]


@cache  # for the large map and for those of the days
def shapes(root: Path) -> Shapes:
    """Reads the layers of the folder root / "data"."""
    from pyproj import Transformer
    move = Transformer.from_crs(4326, 32632, always_xy=True).transform
    data = root / "data"
    governorates = _features(data / "governorates.geojson")
    table = {row["iso_3166_2"]: row for row in _rows(
        data / "received" / "governorates.csv", "utf-8")}
    centres = _features(data / "health_centres" / "health_centres.geojson")
    open_centres = dict.fromkeys(table, 0)
    for centre in centres:
        if centre["properties"]["status"] == "ouvert":
            open_centres[centre["properties"]["iso_3166_2"]] += 1
    people = {code: int(row["pop_2024"]) for code, row in table.items()}
    return Shapes(
        {shape["properties"]["iso_3166_2"]: _path(shape["geometry"], move)
         for shape in governorates},
        [path for shape in _features(
            data / "received" / "natural_earth_neighbours.geojson")
         if (path := _path(shape["geometry"], move, 4))],
        _ranked({code: people[code] / int(row["area_km2"])
                 for code, row in table.items()}),
        _ranked({code: people[code] / max(open_centres[code], 1)
                 for code in table}),
        [_point(*centre["geometry"]["coordinates"], move)
         for centre in centres],
        _received(data / "health_centres" / "received.csv", move))


# --- pictures --------------------------------------------------------------

def hero(seen: Shapes) -> str:
    """The large map: inhabitants per km², and the register's centres."""
    inner = [_land(seen), _classes(seen, seen.density, "density"),
             _dots(seen.centres, "centre", 2.6), _graticule()]
    return _picture(inner, "Map of Tunisia: inhabitants per km² in 2024 by "
                    "governorate, dense along the coast; dots are fictional "
                    "health centres.", "hero-picture")


def of_a_day(seen: Shapes, day: int) -> str:
    """What the same country looks like on a day. It decorates a card."""
    drawn = {
        0: lambda: [_graticule(), _outline(seen)],
        1: lambda: [_outline(seen), _dots(seen.received, "raw", 7)],
        2: lambda: [_classes(seen, {}, "plain"),
                    _dots(seen.centres, "centre", 6)],
        3: lambda: [_classes(seen, seen.density, "density")],
        4: lambda: [_classes(seen, {
            code: 1 for code, rank in seen.people_per_centre.items()
            if rank == CLASSES - 1}, "chosen")],
    }.get(day, lambda: [_outline(seen)])()
    return _picture(drawn, "", "day-picture")


def legend(seen: Shapes) -> str:
    """The line under the large map."""
    swatches = "".join(f'<span class="swatch class-{rank}"></span>'
                       for rank in range(CLASSES))
    # In the dark theme the scale is turned round, so no word says "darker".
    return (f'fewest <span class="swatches" aria-hidden="true">{swatches}'
            "</span> most inhabitants per km², 2024: a fifth of the "
            "governorates in each class. Sources: INS, Natural Earth. "
            f"Dots: {len(seen.centres)} <strong>fictional</strong> health "
            "centres.")


# --- parts of a picture ----------------------------------------------------

def _picture(inner, words, name):
    box = f"0 0 {(EAST - WEST) / UNIT:.0f} {(NORTH - SOUTH) / UNIT:.0f}"
    role = (f'role="img" aria-label="{escape(words)}"' if words
            else 'aria-hidden="true"')
    return (f'<svg class="map {name}" viewBox="{box}" {role} '
            f'xmlns="http://www.w3.org/2000/svg">{"".join(inner)}</svg>')


def _land(seen):
    return "".join(f'<path class="abroad" d="{path}"/>'
                   for path in seen.neighbours)


def _outline(seen):
    return (f'<path class="home" d="{"".join(seen.governorates.values())}"/>')


def _classes(seen, ranks, name):
    return f'<g class="{name}">' + "".join(
        f'<path class="class-{ranks.get(code, 0)}" d="{path}"/>'
        for code, path in seen.governorates.items()) + "</g>"


def _dots(points, name, radius):
    drawn = "".join(f"M{x} {y}h0" for x, y in points
                    if _inside(x, y))
    return (f'<path class="dots {name}" style="stroke-width:{radius * 2}" '
            f'd="{drawn}"/>')


def _graticule():
    wide, high = (EAST - WEST) / UNIT, (NORTH - SOUTH) / UNIT
    lines = [f"M0 {y:.0f}H{wide:.0f}" for y in range(0, int(high) + 1, 100)]
    lines += [f"M{x:.0f} 0V{high:.0f}" for x in range(0, int(wide) + 1, 100)]
    return f'<path class="graticule" d="{"".join(lines)}"/>'


# --- data ------------------------------------------------------------------

def _features(file):
    return json.loads(file.read_text(encoding="utf-8"))["features"]


def _rows(file, encoding, **how):
    with file.open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines, **how))


def _received(file, move):
    """The register as it was received: what can be read as two numbers."""
    points = []
    for row in _rows(file, "cp1256", delimiter=";"):
        try:
            latitude, longitude = (float(row[name].replace(",", "."))
                                   for name in ("latitude", "longitude"))
        except (ValueError, AttributeError):
            continue
        if abs(latitude) < 80 and abs(longitude) < 80:
            points.append(_point(longitude, latitude, move))
    return points


def _ranked(values):
    """Classes with equally many members."""
    ordered = sorted(values, key=values.get)
    return {code: place * CLASSES // len(ordered)
            for place, code in enumerate(ordered)}


def _point(longitude, latitude, move):
    x, y = move(longitude, latitude)
    if max(abs(x), abs(y)) > 1e8:
        return (-1, -1)
    return round((x - WEST) / UNIT), round((NORTH - y) / UNIT)


def _inside(x, y):
    return (0 < x < (EAST - WEST) / UNIT) and (0 < y < (NORTH - SOUTH) / UNIT)


def _path(geometry, move, step=1):
    """An SVG path: whole units, without the points that repeat one."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    drawn = []
    for ring in (ring for polygon in polygons for ring in polygon):
        points = []
        for longitude, latitude, *_ in ring:
            x, y = _point(longitude, latitude, move)
            x, y = step * round(x / step), step * round(y / step)
            if not points or points[-1] != (x, y):
                points.append((x, y))
        if len(points) > 3 and any(_inside(*point) for point in points):
            drawn.append("M" + "L".join(f"{x} {y}" for x, y in points) + "z")
    return "".join(drawn)
