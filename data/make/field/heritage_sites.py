"""E01, E17: the register of a ministry of culture. FICTIONAL.

A catalogue record of E01 and the licence desk of E17 are about this register.
No site of it exists: the course has no source for the coordinates of real
heritage sites (see ABSENT in readme.py).
"""

import geopandas as gpd

from ..shared.files import write_geojson
from ..shared.names import epithets
from ..shared.resources import fictional
from ..shared.shapes import to_degrees
from ..shared.world import chance, points_well_inside, sectors, share_out

SITES = 120
# kind -> words in French and Arabic
KINDS = {
    "site": ("Site fictif", "موقع وهمي"),
    "monument": ("Monument fictif", "معلم وهمي"),
    "museum": ("Musée fictif", "متحف وهمي"),
}
PERIODS = ["antique", "médiévale", "moderne", "contemporaine"]
PROTECTION = ["classé", "inscrit", "non protégé"]
RESOURCES = [fictional(
    name="heritage_sites",
    path="heritage_sites.geojson",
    title="heritage sites",
    description=(
        "The register of a ministry of culture that does not exist: sites, "
        "monuments and museums placed by chance where people live. Each "
        "point is inside the sector that it states."),
    fields={
        "site_id": "identifier, e.g. HS-0001",
        "name_fr": "fictional name in French",
        "name_ar": "fictional name in Arabic",
        "kind": "site, monument or museum",
        "period": "fictional: antique, médiévale, moderne or contemporaine",
        "protection": "fictional: classé, inscrit or non protégé",
        "sector_id": "fictional sector, see 'sectors'",
    },
)]


def make(out, seed=None):
    """Write heritage_sites.geojson; needs sectors.geojson in out."""
    random = chance(seed, "heritage_sites")
    areas = sectors(out)
    rows = []
    for area, number in zip(areas.itertuples(),
                            share_out(SITES, areas["population"])):
        names = epithets(number, random)
        points = points_well_inside(area.geometry, number, random)
        for point, (epithet, epithet_ar) in zip(points, names):
            kind = str(random.choice(list(KINDS), p=[.5, .35, .15]))
            french, arabic = KINDS[kind]
            rows.append({
                "site_id": f"HS-{len(rows) + 1:04d}",
                "name_fr": f"{french} {epithet}, {area.place}",
                "name_ar": f"{arabic} {epithet_ar}، {area.name_ar}",
                "kind": kind,
                "period": str(random.choice(PERIODS)),
                "protection": str(random.choice(PROTECTION, p=[.3, .3, .4])),
                "sector_id": area.Index, "geometry": point})
    layer = gpd.GeoDataFrame(rows)
    layer = gpd.GeoDataFrame(
        layer[list(RESOURCES[0]["fields"])],
        geometry=to_degrees(layer["geometry"]), crs="EPSG:4326")
    write_geojson(layer, out / "heritage_sites.geojson")
