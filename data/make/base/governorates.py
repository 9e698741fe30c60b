"""The training layer: 24 governorates that share their borders exactly.

Natural Earth's layer, as received, has 23 polygons: "Manubah" covers
Ariana and Manouba. Its generalised borders also leave the towns of Manouba
and Ben Arous inside Tunis. For training we

1. split "Manubah" between the two governorates by the Voronoi cells of
   their GeoNames places, and
2. give to Manouba the cell of its town, and to Ben Arous the cells of its
   places, where they lie in Tunis.

The outline of the country does not change. The inner borders of Greater
Tunis are APPROXIMATE: for training only.
"""

import geopandas as gpd
import pandas as pd
import shapely

from ..shared.files import RECEIVED, write_geojson
from ..shared.resources import real
from ..shared.shapes import share_borders
from ..shared.world import GREATER_TUNIS, METRIC

# GeoNames identifies governorates by their FIPS number.
FIPS = dict(zip(GREATER_TUNIS, ("36", "38", "27", "39")))
# How Natural Earth writes the names that differ from the table's French.
NATURAL_EARTH_NAMES = {
    "Tunis": "TN-11", "Manubah": "TN-12/14", "Ben Arous (Tunis Sud)": "TN-13",
    "Kassérine": "TN-42", "Sidi Bou Zid": "TN-43", "Kebili": "TN-73",
}
RESOURCES = [real(
    name="governorates",
    path="governorates.geojson",
    title="Governorates of Tunisia, training layer (24 polygons)",
    description=(
        "24 polygons without gap or overlap, from Natural Earth 1:10m. "
        "Voronoi cells of GeoNames places split its merged Ariana-Manouba "
        "polygon and reassign the surroundings of the towns of Manouba and "
        "Ben Arous. Approximate, for training only: not an official "
        "boundary."),
    date="2021-05 (Natural Earth 4.1.0)",
    crs="EPSG:4326",
    sources=("natural_earth", "geonames"),
    licence="CC-BY-4.0",
    changes="the inner borders of Greater Tunis were drawn between places of "
            "GeoNames; they are approximate, for training only",
    fields={
        "iso_3166_2": "code of ISO 3166-2, e.g. TN-31 (identifier)",
        "name_en": "name in English",
        "name_fr": "name in French",
        "name_ar": "name in Arabic",
    },
)]


def make(out, seed=None):
    """Write governorates.geojson. Nothing is random: it ignores seed."""
    received = read_received()
    points = greater_tunis_places()
    names = pd.read_csv(RECEIVED / "governorates.csv")
    parts = share_borders(list(divide(received, points)))
    layer = names[list(RESOURCES[0]["fields"])].copy()
    layer = gpd.GeoDataFrame(
        layer, geometry=layer["iso_3166_2"].map(parts).to_list(),
        crs="EPSG:4326")
    write_geojson(layer, out / "governorates.geojson")


def read_received():
    """Natural Earth's 23 polygons with ISO codes, EPSG:4326."""
    layer = gpd.read_file(RECEIVED / "natural_earth_governorates.geojson")
    table = pd.read_csv(RECEIVED / "governorates.csv")
    codes = dict(zip(table["name_fr"], table["iso_3166_2"]))
    layer["code"] = layer["name"].map(codes | NATURAL_EARTH_NAMES)
    if layer["code"].isna().any():
        raise ValueError("no code for: "
                         f"{layer.loc[layer['code'].isna(), 'name'].tolist()}")
    return layer[["code", "geometry"]]


def greater_tunis_places():
    """Its GeoNames places, EPSG:32632: columns name, code (ISO 3166-2)."""
    places = pd.read_csv(RECEIVED / "geonames_places.csv",
                         dtype={"admin1_fips": str})
    places["code"] = places["admin1_fips"].map(
        {fips: code for code, fips in FIPS.items()})
    places = places.dropna(subset="code")
    return gpd.GeoDataFrame(
        places[["name", "code"]],
        geometry=gpd.points_from_xy(places["longitude"], places["latitude"]),
        crs="EPSG:4326").to_crs(METRIC)


def voronoi(points):
    """The Voronoi cells of points, EPSG:4326, with their attributes."""
    around = points.union_all().envelope.buffer(100_000)
    cells = shapely.voronoi_polygons(points.union_all(), extend_to=around)
    cells = gpd.GeoDataFrame(geometry=list(cells.geoms), crs=points.crs)
    cells = cells.sjoin(points).drop(columns="index_right")
    return cells.to_crs("EPSG:4326")


def divide(received, points):
    """Yield (code, polygon): each received polygon or its parts.

    All cuts are made in degrees, in which the received borders are straight.
    """
    shapes = received.set_index("code")["geometry"]
    # 1. Ariana or Manouba, by the places of these two alone.
    pair = voronoi(points[points["code"].isin(["TN-12", "TN-14"])])
    for code, cells in pair.dissolve("code")["geometry"].items():
        yield code, shapes["TN-12/14"] & cells
    # 2. The towns that the generalised border leaves in Tunis.
    tunis = shapes["TN-11"]
    cells = voronoi(points)
    moved = cells[(cells["name"] == "Manouba") | (cells["code"] == "TN-13")]
    for code, cell in moved.dissolve("code")["geometry"].items():
        yield code, tunis & cell
        tunis = tunis - cell
    yield "TN-11", tunis
    for code, shape in shapes.drop(["TN-11", "TN-12/14"]).items():
        yield code, shape
