"""Chief towns as points, on the land of the training layer.

The coast of Natural Earth is generalised: two chief towns of the table
stand in its sea. They are moved to the nearest land of their governorate,
and the layer says by how many metres.
"""

import geopandas as gpd
import pandas as pd
from shapely.ops import nearest_points

from ..shared.files import RECEIVED, write_geojson
from ..shared.resources import real
from ..shared.world import METRIC, governorates

INLAND = 50  # metres behind the coast, so that a point is inside, not on it
RESOURCES = [real(
    name="chief_towns",
    path="chief_towns.geojson",
    title="Chief towns of the 24 governorates",
    description=(
        "One point per governorate. 'moved_m' says how far a point was moved "
        "onto the generalised land of the layer 'governorates' (0 for most). "
        "The coordinates before the move are in 'governorate_table'."),
    date="2024-11-06",
    crs="EPSG:4326",
    sources=("statistics", "natural_earth"),
    licence="CC-BY-4.0",
    changes="towns that fell into the sea of the generalised layer "
            "'governorates' were moved onto its land",
    fields={
        "iso_3166_2": "code of the governorate (identifier)",
        "name_en": "name in English",
        "name_fr": "name in French",
        "name_ar": "name in Arabic",
        "moved_m": "metres moved to the nearest land of the layer",
    },
)]


def make(out, seed=None):
    """Write chief_towns.geojson; needs governorates.geojson in out."""
    table = pd.read_csv(RECEIVED / "governorates.csv")
    land = governorates(out)["geometry"]
    towns = gpd.GeoDataFrame(
        {
            "iso_3166_2": table["iso_3166_2"],
            "name_en": table["chief_town_en"],
            "name_fr": table["chief_town_fr"],
            "name_ar": table["chief_town_ar"],
        },
        geometry=gpd.points_from_xy(table["chief_lon"], table["chief_lat"]),
        crs="EPSG:4326").to_crs(METRIC)
    on_land = [
        point if land[code].contains(point)
        else nearest_points(land[code].buffer(-INLAND), point)[0]
        for code, point in zip(towns["iso_3166_2"], towns.geometry)]
    moved = towns.geometry.distance(gpd.GeoSeries(on_land, crs=METRIC))
    towns["moved_m"] = moved.round().astype(int)
    write_geojson(towns.set_geometry(on_land, crs=METRIC).to_crs(4326),
                  out / "chief_towns.geojson")
