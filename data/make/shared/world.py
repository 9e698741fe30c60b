"""The small fictional world that the layers share: random numbers, places.

Draw every random number from `chance(seed, layer)`: each layer has its own
stream, so that a change in one layer leaves the others as they are.
"""

import zlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .files import RECEIVED
from .names import place_of

METRIC = "EPSG:32632"
FIRST_DAY = "2021-12-02"  # of the training that the course re-creates
SEED = 20211202
GREATER_TUNIS = ["TN-11", "TN-12", "TN-13", "TN-14"]
FROM_BORDER = 100  # metres: at this distance a point is clearly inside


def chance(seed: int | None, layer: str) -> np.random.Generator:
    """The random numbers of one layer; seed None is the course's own."""
    return np.random.default_rng(
        [SEED if seed is None else seed, zlib.crc32(layer.encode())])


def governorates(out: Path) -> gpd.GeoDataFrame:
    """The training layer with populations, EPSG:32632, by ISO code."""
    layer = gpd.read_file(out / "governorates.geojson").to_crs(METRIC)
    table = pd.read_csv(RECEIVED / "governorates.csv")
    return layer.merge(table[["iso_3166_2", "pop_2014", "pop_2024"]]
                       ).set_index("iso_3166_2")


def sectors(out: Path) -> gpd.GeoDataFrame:
    """The fictional sectors with populations, EPSG:32632, by sector_id.

    Column place: the real place around which a sector was drawn.
    """
    layer = gpd.read_file(out / "sectors.geojson").to_crs(METRIC).set_index(
        "sector_id")
    return layer.assign(place=layer["name_fr"].map(place_of))


def points_in(shape: shapely.Geometry, number: int,
              random: np.random.Generator) -> list:
    """Points inside a shape, which is in metres."""
    if not number:
        return []
    points = gpd.GeoSeries([shape]).sample_points(number, rng=random)
    return list(shapely.get_parts(points.values))


def points_well_inside(shape: shapely.Geometry, number: int,
                       random: np.random.Generator,
                       from_border: float = FROM_BORDER) -> list:
    """Points inside a shape and away from its border, all in metres."""
    return points_in(shape.buffer(-from_border), number, random)


def share_out(total: int, weights) -> np.ndarray:
    """Whole numbers in proportion to weights that add up to total."""
    weights = np.asarray(weights, dtype=float)
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    rest = total - whole.sum()
    largest_remainders = np.argsort(-(exact - whole), kind="stable")[:rest]
    whole[largest_remainders] += 1
    return whole
