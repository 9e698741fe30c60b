"""E01, E17: stops of a bus network that does not exist. FICTIONAL.

The course's example of share-alike: like much that derives from
OpenStreetMap, it is under the Open Database License.
"""

import geopandas as gpd
import pandas as pd

from ..shared.files import write_csv
from ..shared.names import epithets
from ..shared.resources import fictional
from ..shared.world import (
    GREATER_TUNIS,
    METRIC,
    chance,
    points_well_inside,
    sectors,
    share_out,
)

STOPS = 150
RESOURCES = [fictional(
    name="bus_stops",
    path="bus_stops.csv",
    title="bus stops of an invented network, Greater Tunis",
    description=(
        "150 stops in the columns of a GTFS stops.txt, placed by chance "
        "where people live: no bus stops there. The licence is ODbL-1.0, so "
        "that the course has an example of share-alike."),
    licence="ODbL-1.0",
    fields={
        "stop_id": "identifier, e.g. FIC-0042",
        "stop_name": "fictional name in French",
        "stop_name_ar": "fictional name in Arabic (not a field of GTFS)",
        "stop_lat": "latitude, degrees, WGS 84",
        "stop_lon": "longitude, degrees, WGS 84",
        "zone_id": "fare zone: the sector_id of 'sectors'",
        "location_type": "0: a stop, as GTFS numbers them",
        "wheelchair_boarding": "0: not known, 1: possible, 2: not possible",
    },
)]


def make(out, seed=None):
    """Write bus_stops.csv; needs sectors.geojson in out."""
    random = chance(seed, "bus_stops")
    areas = sectors(out)
    areas = areas[areas["iso_3166_2"].isin(GREATER_TUNIS)]
    rows = []
    for area, number in zip(areas.itertuples(),
                            share_out(STOPS, areas["population"])):
        if not number:
            continue
        names = epithets(number, random)
        points = points_well_inside(area.geometry, number, random)
        for point, (french, arabic) in zip(points, names):
            rows.append({
                "stop_name": f"Arrêt fictif {french}, {area.place}",
                "stop_name_ar": f"محطة وهمية {arabic}",
                "geometry": point, "zone_id": area.Index,
                "wheelchair_boarding": random.choice(3, p=[.5, .3, .2])})
    layer = gpd.GeoDataFrame(rows, crs=METRIC).to_crs("EPSG:4326")
    layer["stop_id"] = [f"FIC-{n:04d}" for n in range(1, len(layer) + 1)]
    layer["stop_lat"] = layer.geometry.y.round(6)
    layer["stop_lon"] = layer.geometry.x.round(6)
    layer["location_type"] = 0
    write_csv(pd.DataFrame(layer)[list(RESOURCES[0]["fields"])],
              out / "bus_stops.csv")
