"""The classic mistakes, recognised by their measured effect.

The figures hold in Tunisia, 30-38° N. They were measured with pyproj 3.7 and
the EPSG database; the tests measure them again at the 24 chief towns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

# Displacements, metres, that a known mistake causes anywhere in Tunisia:
# (from, to, what happened, what to do).
KNOWN_SHIFTS = [
    (165, 195, "the datum was forgotten: Carthage degrees were read as "
     "WGS 84 (171-191 m in Tunisia, ± 14 m)",
     "declare the CRS the numbers were measured in, then to_crs()"),
    (450, 470, "Carthage / UTM 32N (EPSG:22332) was read as WGS 84 / UTM "
     "32N (EPSG:32632), or the reverse (458-461 m, ± 14 m)",
     "two CRS with the same projection differ by their datum: compare a "
     "control point"),
    (298_000, 301_000, "Nord Tunisie (EPSG:22391) and Sud Tunisie "
     "(EPSG:22392) were exchanged (299 km)",
     "try the other of the two zones; 34°39' N separates them"),
    (3_600_000, 3_780_000, "Nord Tunisie (EPSG:22391) was read as UTM 32N "
     "(EPSG:32632), some 3,700 km away",
     "compare the size of the northings: UTM counts from the equator"),
]
# Web Mercator stretches lengths by 1 / cos(latitude), areas by its square.
WEB_MERCATOR_LENGTHS, WEB_MERCATOR_AREAS = (1.15, 1.27), (1.33, 1.62)
ONE_DEGREE = 111_195  # metres: a degree of a great circle, radius 6,371 km
SWAPPED = ("longitude and latitude look swapped (x is the longitude, y the "
           "latitude)")


def unit_mistake(number: float, expected: float, unit: str) -> str:
    """Words for a number in a known wrong unit, or "".

    unit is that of expected. Lengths and areas ("m", "km", "m²", "km²"):
    degrees, a factor of thousand, Web Mercator, a minus sign. A share
    (unit ""): a percentage.
    """
    if not unit and 0 < expected <= 1 and (
            0.95 < number / expected / 100 < 1.05):
        return "this is a percentage; a share goes from 0 to 1"
    if unit not in ("m", "km", "m²", "km²") or not expected:
        return ""
    ratio = number / expected
    power = 2 if unit.endswith("²") else 1
    metres = expected * (1000 ** power if unit.startswith("k") else 1)
    if ratio < 0:
        return "it is negative; a length or an area has no sign"
    if 0.7 < number / (metres / ONE_DEGREE ** power) < 1.45:
        return ("this is in degrees, not on the ground: measure in a "
                "metric CRS such as EPSG:32632, or with pyproj.Geod"
                if power == 1 else
                "these areas are in square degrees: measure in a metric "
                "CRS such as EPSG:32632")
    for factor, words in ((1000 ** power, "too big"),
                          (1000 ** -power, "too small")):
        if 0.95 < ratio / factor < 1.05:
            return (f"{1000 ** power:,} times {words}: metres and "
                    "kilometres were exchanged")
    low, high = WEB_MERCATOR_LENGTHS if power == 1 else WEB_MERCATOR_AREAS
    if low <= ratio <= high:
        return (f"{ratio - 1:.0%} too big, which is what Web Mercator "
                "(EPSG:3857) does at this latitude; it is for web tiles, "
                "not for measuring")
    return ""


def known_shift(metres: float) -> tuple[str, str] | None:
    """(what happened, what to do) for a displacement of KNOWN_SHIFTS."""
    for low, high, words, hint in KNOWN_SHIFTS:
        if low <= metres <= high:
            return words, hint
    return None


def looks_swapped(degrees: gpd.GeoSeries, area: gpd.GeoDataFrame) -> bool:
    """Would exchanging x and y bring most of these geometries to the area?

    degrees are in EPSG:4326. More than 80 % of their representative points
    must fall within 0.2° of the area's bounding box.
    """
    import shapely
    west, south, east, north = area.to_crs(4326).total_bounds
    points = degrees.map(lambda shape: shapely.transform(
        shape, lambda xy: xy[:, ::-1])).representative_point()
    near = (points.x.between(west - 0.2, east + 0.2)
            & points.y.between(south - 0.2, north + 0.2))
    return bool(near.mean() > 0.8)
