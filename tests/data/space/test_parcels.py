"""E12: the parcels, the image of them, and its cells without data."""

import itertools
import json
import re
import subprocess
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import rasterio.features
import scipy.ndimage
import shapely

from tests.data.worlds import METRIC, of_kind
from tests.support import needs

HOLES = {"nodata_corner": 1, "nodata_stripe": 1, "parcel_without_data": 2,
         "nodata_cloud": 4}


@pytest.fixture(scope="module")
def scene(world):
    """The image with its NDVI, not a number where there is no data; and the
    parcels, in metres like the image.
    """
    parcels = world.layer("parcels").to_crs(METRIC)
    with rasterio.open(world.path("ndvi")) as image:
        red, infrared = image.read(masked=True).astype(float)
        ndvi = (infrared - red) / (infrared + red)
        return SimpleNamespace(
            image=image.profile, bounds=image.bounds,
            naive=image.read().astype(float), no_data=red.mask,
            nir_mask=infrared.mask, ndvi=ndvi.filled(np.nan),
            parcels=parcels, holes=world.truth("ndvi"),
            means=brute_force(parcels, ndvi, image.transform))


def brute_force(parcels, ndvi, transform):
    """Mean of the cells whose centre lies in a parcel, point by point."""
    rows, columns = np.indices(ndvi.shape)
    points = shapely.points(*(transform @ (
        columns.ravel() + 0.5, rows.ravel() + 0.5)))
    cells = gpd.GeoDataFrame(
        {"ndvi": ndvi.filled(np.nan).ravel()}, geometry=points, crs=METRIC)
    joined = parcels.sjoin(cells, predicate="contains")
    return joined.groupby("parcel_id")["ndvi"].mean()


def test_each_world_has_the_same_holes(scene):
    assert scene.holes["kind"].value_counts().to_dict() == HOLES


def test_the_image_is_a_small_tiled_geotiff_in_another_crs(world, scene):
    assert scene.image["crs"] == METRIC
    assert scene.image["dtype"] == "uint16"
    assert scene.image["nodata"] == 65535
    assert scene.image["compress"] == "deflate" and scene.image["tiled"]
    assert (scene.image["count"], scene.image["width"],
            scene.image["height"]) == (2, 300, 300)
    file = world.path("ndvi")
    assert list(file.parent.iterdir()) == [file], "no file beside it"
    assert file.stat().st_size < 600_000
    west, south, east, north = scene.bounds
    parcels = world.layer("parcels")
    assert parcels.crs == 4326
    assert not parcels.intersects(
        shapely.box(west, south, east, north)).any()


def test_gdal_reads_the_image(world):
    program = needs("gdalinfo")
    done = subprocess.run([program, "-json", world.path("ndvi")],
                          capture_output=True, text=True, check=True)
    bands = json.loads(done.stdout)["bands"]
    assert [band["description"] for band in bands] == [
        "red", "near infrared"]
    assert [band["noDataValue"] for band in bands] == [65535, 65535]


def test_a_tenth_of_the_image_has_no_data_where_it_is_stated(scene):
    assert 0.08 < scene.no_data.mean() < 0.13
    assert (scene.no_data == scene.nir_mask).all()
    stripe, = of_kind(scene.holes, "nodata_stripe")["record"]
    first, last = map(int, re.findall(r"\d+", stripe))
    assert scene.no_data[first:last + 1].all()
    corner, = of_kind(scene.holes, "nodata_corner")["record"]
    assert scene.no_data[0, -1 if corner == "north-east" else 0]
    counts = scene.holes["found"].str.removesuffix(" cells").astype(int)
    # Holes may lie over one another.
    assert counts.max() < scene.no_data.sum() <= counts.sum()


def test_each_stated_hole_has_its_cells(scene):
    """Holes that touch make one region: no larger than all, no smaller than
    the largest. A hole apart has exactly the cells that are stated.
    """
    regions, _ = scipy.ndimage.label(scene.no_data, np.ones((3, 3)))
    centres = scene.parcels.set_index("parcel_id").centroid
    stated = {}
    for hole in scene.holes.itertuples():
        if hole.kind == "nodata_corner":
            row, column = 0, -1 if hole.record == "north-east" else 0
        elif hole.kind == "nodata_stripe":
            row, column = int(re.search(r"\d+", hole.record)[0]), 0
        else:
            at = centres[hole.record]
            column, row = map(int, ~scene.image["transform"] @ (at.x, at.y))
        cells = int(hole.found.removesuffix(" cells"))
        stated.setdefault(regions[row, column], []).append(cells)
        assert hole.true_value == "", "nobody knows what lies under it"
    assert sorted(stated) == list(range(1, regions.max() + 1))
    for region, cells in stated.items():
        assert max(cells) <= (regions == region).sum() <= sum(cells)


def test_parcels_lie_apart_inside_the_image_and_their_sector(scene, sectors):
    assert len(scene.parcels) == 120
    assert scene.parcels.within(shapely.box(*scene.bounds)).all()
    for one, other in itertools.combinations(scene.parcels.geometry, 2):
        assert not one.intersects(other)
    sector, = set(scene.parcels["sector_id"])
    assert scene.parcels.within(sectors.geometry[sector]).all()
    assert scene.parcels.area.between(5e4, 40e4).all()


def test_only_the_stated_parcels_have_no_mean(scene):
    hidden = of_kind(scene.holes, "parcel_without_data")
    none = scene.means.index[scene.means.isna()]
    assert sorted(none) == sorted(hidden["record"])


def test_the_stripe_crosses_parcels(scene):
    stripe, = of_kind(scene.holes, "nodata_stripe")["record"]
    first, last = map(int, re.findall(r"\d+", stripe))
    north = scene.bounds.top
    band = shapely.box(scene.bounds.left, north - 20 * (last + 1),
                       scene.bounds.right, north - 20 * first)
    assert scene.parcels.intersects(band).sum() >= 10


def test_rasterio_finds_the_means_that_points_in_polygons_find(scene):
    for parcel in scene.parcels.itertuples():
        inside = rasterio.features.geometry_mask(
            [parcel.geometry], scene.ndvi.shape, scene.image["transform"],
            invert=True)
        cells = scene.ndvi[inside & ~scene.no_data]
        mean = cells.mean() if len(cells) else np.nan
        assert mean == pytest.approx(
            scene.means[parcel.parcel_id], abs=1e-3, nan_ok=True)


def test_crops_differ_and_are_plausible(scene):
    crops = scene.parcels.set_index("parcel_id")["crop_fr"]
    assert crops.value_counts().to_dict() == {
        "céréales": 48, "oliviers": 24, "maraîchage": 24, "agrumes": 12,
        "jachère": 12}
    means = scene.means.groupby(crops).mean().sort_values()
    assert list(means.index) == [
        "jachère", "oliviers", "agrumes", "céréales", "maraîchage"]
    assert means.diff().min() > 0.05
    assert scene.means.dropna().between(0.05, 0.85).all()


def test_means_are_wrong_without_a_mask(scene):
    red, infrared = scene.naive
    naive = np.ma.masked_array((infrared - red) / (infrared + red))
    wrong = brute_force(scene.parcels, naive, scene.image["transform"])
    assert ((wrong - scene.means).abs() > 1e-3).sum() >= 15
    assert wrong.notna().all()
