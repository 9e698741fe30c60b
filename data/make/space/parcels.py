"""E12: agricultural parcels and a satellite image of them. FICTIONAL.

The parcels are in degrees, the image (see parcels_image.py) is in metres:
without a transformation they do not meet. The truth table states which cells
have no data; found is their number.
"""

import geopandas as gpd
import numpy as np
import shapely

from ..shared.files import write_geojson
from ..shared.resources import fictional
from ..shared.shapes import to_degrees, to_metres
from ..shared.truth import Defect, truth_table
from ..shared.world import METRIC, chance, points_in, sectors
from . import parcels_image as image

COLUMNS, ROWS = 12, 10  # of parcels
WIDE, HIGH = 400, 480  # metres
BEND, TRACK = 45, 8  # metres: corners are moved; parcels leave out tracks
TURN = 4, 12  # degrees: the block is not parallel to the cells
DATE = "2021-04-15"
RESOURCES = [fictional(
    name="parcels",
    path="parcels.geojson",
    title="agricultural parcels",
    description=(
        "A block of parcels in one sector of Béja or Jendouba, inside the "
        "image 'ndvi', which has another CRS."),
    date=DATE,
    fields={
        "parcel_id": "identifier, e.g. PA-001",
        "crop_fr": "crop, in French",
        "crop_ar": "crop, in Arabic",
        "sector_id": "fictional sector, see 'sectors'",
    },
), fictional(
    name="ndvi",
    path="raster/scene.tif",
    title="satellite image of the parcels",
    description=(
        "Band 1 red, band 2 near infrared: reflectance times 10,000 in "
        "cells of 20 m, unsigned 16 bits (a difference below 0 wraps "
        "around). 65535 in both bands means no data: a corner, a stripe, "
        "clouds; two parcels have no cell with data. The exercise computes "
        "the NDVI. No satellite took this image."),
    date=DATE,
    crs=METRIC,
)]


def make(out, seed=None):
    """Write parcels.geojson and raster/scene.tif; needs sectors.geojson."""
    random = chance(seed, "parcels")
    sector, west, north = place(sectors(out), random)
    shapes = block(west + image.SIDE / 2, north - image.SIDE / 2, random)
    crops = random.permutation([
        crop for crop, (*_, times) in image.CROPS.items()
        for _ in range(times * len(shapes) // 10)])
    layer = gpd.GeoDataFrame({
        "parcel_id": [f"PA-{i + 1:03d}" for i in range(len(shapes))],
        "crop_fr": crops,
        "crop_ar": [image.CROPS[crop][0] for crop in crops],
        "sector_id": sector,
    }, geometry=to_degrees(shapes), crs="EPSG:4326")
    write_geojson(layer, out / "parcels.geojson")

    # The shapes as they are written, to 1 cm, decide which parcel a cell
    # belongs to.
    shapes = list(to_metres(layer.geometry))
    x, y = image.centres(west, north)
    bands = image.reflectance(shapes, crops, x, y, random)
    holes = image.no_data(shapes, layer["parcel_id"], x, y, random)
    for band in bands:
        band[np.any([cells for *_, cells in holes], axis=0)] = image.NODATA
    (out / "raster").mkdir(exist_ok=True)
    image.write(out / "raster" / "scene.tif", bands, west, north)
    return {"ndvi": truth_table([
        Defect(where, "", kind, f"{cells.sum()} cells")
        for kind, where, cells in holes])}


def place(areas, random):
    """A sector, and the upper left corner of an image inside it."""
    inner = areas[areas["iso_3166_2"].isin(["TN-31", "TN-32"])
                  ].buffer(-0.75 * image.SIDE)
    inner = inner[~inner.is_empty]
    sector = inner.index[random.integers(len(inner))]
    centre, = points_in(inner[sector], 1, random)
    west, north = (
        round(value / image.CELL) * image.CELL for value in (
            centre.x - image.SIDE / 2, centre.y + image.SIDE / 2))
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
