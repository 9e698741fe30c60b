"""E03: five files of coordinates that came without their CRS. FICTIONAL.

Five regional health directorates send the positions of their health
centres as CSV, straight from the surveyors' software. Each uses its own
CRS and does not state it. The answers are in TRUTH, for the tests alone.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Transformer

from ..shared.files import write_csv
from ..shared.resources import fictional
from ..shared.world import METRIC, chance, governorates, points_well_inside

PER_FILE = 12
FROM_BORDER = 2_000  # metres, so that a point is clearly inside
# file number -> (CRS of the file, governorates)
TRUTH = {
    1: ("EPSG:22391", ["Bizerte", "Béja", "Jendouba", "Le Kef"]),
    2: ("EPSG:22392", ["Gabès", "Médenine", "Tataouine", "Kébili"]),
    3: ("EPSG:32632", ["Kairouan", "Kasserine", "Sidi Bouzid", "Siliana"]),
    4: ("EPSG:4326 swapped", ["Sousse", "Monastir", "Mahdia", "Sfax"]),
    5: ("EPSG:3857", ["Tunis", "L'Ariana", "Ben Arous", "La Manouba"]),
}
RESOURCES = [fictional(
    name=f"crs_detective_{number}",
    path=f"crs_detective/region_{number}.csv",
    title=f"health centres of region {number}, CRS not stated",
    description=(
        "Fictional positions of health centres as a surveyor's software "
        "exports them: two columns of numbers, no coordinate reference "
        "system. Exercise E03 finds it."),
    crs="not stated",
    fields={
        "centre_id": "identifier of the centre, unique in all five files",
        "centre_fr": "fictional name in French",
        "centre_ar": "fictional name in Arabic",
        "governorate": "name of the governorate in French, as stated",
        "x": "first coordinate, CRS unknown",
        "y": "second coordinate, CRS unknown",
    },
) for number in TRUTH]


def make(out, seed=None):
    """Write five CSV files; needs governorates.geojson in out."""
    random = chance(seed, "")  # the oldest layer: its stream has no name
    areas = governorates(out).set_index("name_fr")
    (out / "crs_detective").mkdir(exist_ok=True)
    for number, (crs, names) in TRUTH.items():
        centres = health_centres(number, areas.loc[names], random)
        write_csv(as_received(centres, crs),
                  out / "crs_detective" / f"region_{number}.csv")


def health_centres(number, areas, random):
    """Points well inside each area, EPSG:32632, with fictional names."""
    each = PER_FILE // len(areas)
    rows = []
    for area in areas.itertuples():
        for point in points_well_inside(
                area.geometry, each, random, FROM_BORDER):
            order = len(rows) + 1
            rows.append({
                "centre_id": f"R{number}-{order:03d}",
                "centre_fr": f"Centre fictif {area.Index} {order}",
                "centre_ar": f"مركز وهمي {area.name_ar} {order}",
                "governorate": area.Index,
                "geometry": point,
            })
    return gpd.GeoDataFrame(rows, crs=METRIC)


def as_received(centres, crs):
    """The table with x and y in the file's CRS, and nothing that says so."""
    to_file = Transformer.from_crs(METRIC, crs.split()[0], always_xy=True)
    x, y = to_file.transform(centres.geometry.x, centres.geometry.y)
    if crs.endswith("swapped"):
        x, y = y, x
    decimals = 6 if "4326" in crs else 2  # about 0.1 m and 1 cm
    table = pd.DataFrame(centres.drop(columns="geometry"))
    return table.assign(x=np.round(x, decimals), y=np.round(y, decimals))
