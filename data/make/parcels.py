"""E12: agricultural parcels and a satellite image of them. FICTIONAL.

The parcels are in degrees, the image (see scene.py) in metres: without a
transformation they do not meet. The truth table says which cells have no
data: found is how many.
"""

import geopandas as gpd
import numpy as np
import scene
import shapely
from common import SOURCES, write_geojson
from shapes import to_degrees, to_metres
from world import METRIC, chance, points_in, sectors, truth_table

COLUMNS, ROWS = 12, 10  # of parcels
WIDE, HIGH = 400, 480  # metres
BEND, TRACK = 45, 8  # metres: corners are moved, and stay off the tracks
TURN = 4, 12  # degrees: the block is not parallel to the cells
COMMON = {
    "date": "2021-04-15",
    "fictional": True,
    "sources": [SOURCES["course"]],
    "licenses": [{"name": "CC-BY-4.0"}],
    "used_by": "E12, session 1.4",
}
RESOURCES = [{
    **COMMON,
    "name": "parcels",
    "path": "parcels.geojson",
    "title": "FICTIONAL agricultural parcels",
    "description": (
        "A block of parcels in one sector of Béja or Jendouba, inside the "
        "image 'ndvi', which has another CRS."),
    "crs": "EPSG:4326",
    "fields": {
        "parcel_id": "identifier, e.g. PA-001",
        "crop_fr": "crop, in French",
        "crop_ar": "crop, in Arabic",
        "sector_id": "fictional sector, see 'sectors'",
    },
}, {
    **COMMON,
    "name": "ndvi",
    "path": "raster/scene.tif",
    "title": "FICTIONAL satellite image of the parcels",
    "description": (
        "Band 1 red, band 2 near infrared: reflectance times 10,000 in "
        "cells of 20 m, unsigned 16 bits (a difference below 0 wraps "
        "around). 65535 in both bands means no data: a corner, a stripe, "
        "clouds; two parcels have no cell with data. The NDVI is to be "
        "computed. No satellite took this image."),
    "crs": METRIC,
}]


def make(out, seed=None):
    """Write parcels.geojson and raster/scene.tif; needs sectors.geojson."""
    random = chance(seed, "parcels")
    sector, west, north = place(sectors(out), random)
    shapes = block(west + scene.SIDE / 2, north - scene.SIDE / 2, random)
    crops = random.permutation([
        crop for crop, (*_, times) in scene.CROPS.items()
        for _ in range(times * len(shapes) // 10)])
    layer = gpd.GeoDataFrame({
        "parcel_id": [f"PA-{i + 1:03d}" for i in range(len(shapes))],
        "crop_fr": crops,
        "crop_ar": [scene.CROPS[crop][0] for crop in crops],
        "sector_id": sector,
    }, geometry=to_degrees(shapes), crs="EPSG:4326")
    write_geojson(layer, out / "parcels.geojson")

    # As they were written, to 1 cm: that decides which cell is whose.
    shapes = list(to_metres(layer.geometry))
    x, y = scene.centres(west, north)
    bands = scene.reflectance(shapes, crops, x, y, random)
    holes = scene.no_data(shapes, layer["parcel_id"], x, y, random)
    for band in bands:
        band[np.any([cells for *_, cells in holes], axis=0)] = scene.NODATA
    (out / "raster").mkdir(exist_ok=True)
    scene.write(out / "raster" / "scene.tif", bands, west, north)
    return {"ndvi": truth_table([
        {"record": where, "field": "", "kind": kind,
         "found": f"{cells.sum()} cells", "true_value": ""}
        for kind, where, cells in holes])}


def place(areas, random):
    """A sector, and the upper left corner of an image inside it."""
    inner = areas[areas["iso_3166_2"].isin(["TN-31", "TN-32"])
                  ].buffer(-0.75 * scene.SIDE)
    inner = inner[~inner.is_empty]
    sector = inner.index[random.integers(len(inner))]
    centre, = points_in(inner[sector], 1, random)
    west, north = (
        round(value / scene.CELL) * scene.CELL for value in (
            centre.x - scene.SIDE / 2, centre.y + scene.SIDE / 2))
    return sector, west, north


def block(x_centre, y_centre, random):
    """Parcels in rows and columns, turned, with bent corners, EPSG:32632.
    """
    turn = np.radians(random.uniform(*TURN))
    x, y = np.meshgrid((np.arange(COLUMNS + 1) - COLUMNS / 2) * WIDE,
                       (ROWS / 2 - np.arange(ROWS + 1)) * HIGH)
    x = x + random.uniform(-BEND, BEND, x.shape)
    y = y + random.uniform(-BEND, BEND, y.shape)
    corners = np.stack([
        x_centre + x * np.cos(turn) - y * np.sin(turn),
        y_centre + x * np.sin(turn) + y * np.cos(turn)], axis=-1)
    return [
        shapely.Polygon([
            corners[i, j], corners[i + 1, j],
            corners[i + 1, j + 1], corners[i, j + 1],
        ]).buffer(-TRACK, join_style="mitre")
        for i in range(ROWS) for j in range(COLUMNS)]
