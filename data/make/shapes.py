"""Shapes that several fictional layers draw: blobs, and rounded degrees."""

import json

import geopandas as gpd
import numpy as np
import shapely
from world import METRIC

GRID = 1e-7  # degrees: the 7 decimals of RFC 7946, about 1 cm
CORNERS = 14


def blob(centre, radius, random):
    """An irregular polygon around a point; its corners are at 0.65 to 1
    times the radius. The units are those of the point.
    """
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    reach = radius * random.uniform(0.65, 1, CORNERS)
    return shapely.Polygon(np.column_stack([
        centre.x + reach * np.cos(angles),
        centre.y + reach * np.sin(angles)]))


def to_degrees(shapes):
    """Shapes in metres as degrees with 7 decimals, still valid."""
    degrees = gpd.GeoSeries(list(shapes), crs=METRIC).to_crs("EPSG:4326")
    return degrees.set_precision(GRID)


def to_metres(shapes):
    """Shapes in degrees as EPSG:32632."""
    return gpd.GeoSeries(list(shapes), crs="EPSG:4326").to_crs(METRIC)


def write_as_it_is(table, file):
    """GeoJSON, one feature a line; broken geometry stays broken. (GDAL's
    writer for RFC 7946 turns rings and may mend.)
    """
    lines = [json.dumps({
        "type": "Feature",
        "properties": {name: value for name, value in row.items()
                       if name != "geometry"},
        "geometry": json.loads(shapely.to_geojson(row["geometry"])),
    }, ensure_ascii=False) for row in table.to_dict("records")]
    file.write_text(
        '{"type": "FeatureCollection", "features": [\n'
        + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")
