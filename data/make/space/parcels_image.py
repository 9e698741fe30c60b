"""E12: the satellite image over the parcels, cell by cell. FICTIONAL.

Part of parcels.py. Some cells have no data: a corner outside the pass, a
stripe that the sensor lost, clouds. The nodata value is a number like
others: a mean without a mask is wrong.
"""

import numpy as np
import rasterio
import shapely

from ..shared.world import METRIC

CELL, CELLS = 20, 300  # metres; cells per side
SIDE = CELL * CELLS
NODATA = 65535
SCALE = 10_000  # of the reflectance
CORNER, STRIPE = 90, 7  # cells: legs of the corner, height of the stripe
CLOUDS, RADIUS = 4, (180, 260)  # metres, of clouds over a part of a parcel
HIDDEN = 2  # parcels without a single cell
# crop -> Arabic, NDVI, near infrared, times among ten parcels
CROPS = {
    "céréales": ("حبوب", 0.58, 0.36, 4),
    "oliviers": ("زيتون", 0.33, 0.27, 2),
    "maraîchage": ("خضروات", 0.72, 0.42, 2),
    "agrumes": ("قوارص", 0.50, 0.33, 1),
    "jachère": ("أرض بور", 0.16, 0.25, 1),
}
SOIL = 0.12, 0.24  # NDVI and near infrared between the parcels


def centres(west, north):
    """x and y of the centre of each cell, two arrays of rows x columns."""
    along = (np.arange(CELLS) + 0.5) * CELL
    return np.meshgrid(west + along, north - along)


def reflectance(shapes, crops, x, y, random):
    """Red and near infrared of each cell, as whole numbers."""
    ndvi, infrared = np.full(x.shape, SOIL[0]), np.full(x.shape, SOIL[1])
    for shape, crop in zip(shapes, crops):
        inside = shapely.contains_xy(shape, x, y)
        _, greenness, brightness, _ = CROPS[crop]
        ndvi[inside] = greenness + random.uniform(-0.07, 0.07)
        infrared[inside] = brightness + random.uniform(-0.03, 0.03)
    ndvi += random.normal(0, 0.02, x.shape)
    infrared += random.normal(0, 0.01, x.shape)
    # because NDVI = (infrared - red) / (infrared + red)
    red = infrared * (1 - ndvi) / (1 + ndvi)
    return [np.round(band * SCALE).astype("uint16")
            for band in (red, infrared)]


def no_data(shapes, names, x, y, random):
    """[(kind, where, the cells without data)]."""
    row, column = np.indices(x.shape)
    side = random.integers(2)
    legs = row + (CELLS - 1 - column if side else column)
    top = int(random.integers(CELLS // 4, 3 * CELLS // 4))
    holes = [
        ("nodata_corner", "north-east" if side else "north-west",
         legs < CORNER),
        ("nodata_stripe", f"rows {top} to {top + STRIPE - 1}",
         (row >= top) & (row < top + STRIPE))]
    under = random.choice(len(shapes), HIDDEN + CLOUDS, replace=False)
    for order, i in enumerate(under):
        if order < HIDDEN:
            circle = shapely.minimum_bounding_circle(shapes[i]).buffer(CELL)
            kind = "parcel_without_data"
        else:
            circle = shapes[i].centroid.buffer(random.uniform(*RADIUS))
            kind = "nodata_cloud"
        holes.append((kind, names[i], shapely.contains_xy(circle, x, y)))
    return holes


def write(file, bands, west, north):
    """A tiled, compressed GeoTIFF, the same bytes each time."""
    red, infrared = bands
    with rasterio.open(
            file, "w", driver="GTiff", width=CELLS, height=CELLS, count=2,
            dtype="uint16", crs=METRIC, nodata=NODATA, tiled=True,
            blockxsize=128, blockysize=128, compress="deflate", predictor=2,
            transform=rasterio.Affine(CELL, 0, west, 0, -CELL, north),
    ) as scene:
        scene.write(np.stack([red, infrared]))
        scene.descriptions = "red", "near infrared"
        scene.scales = [1 / SCALE] * 2
        scene.update_tags(TITLE="FICTIONAL: no satellite took this image")
