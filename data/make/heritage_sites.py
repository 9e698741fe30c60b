"""E01, E17: the register of a ministry of culture. FICTIONAL.

The register that a catalogue record of E01 and the licence desk of E17 talk
of. No site of it exists: the course has no source for the coordinates of
real heritage sites (see build.ABSENT).
"""

import geopandas as gpd
from common import SOURCES, write_geojson
from shapes import to_degrees
from world import EPITHETS, chance, points_in, sectors, share_out

SITES = 120
FROM_BORDER = 100  # metres, so that a point is in no doubt inside
# kind -> words in French and Arabic
KINDS = {
    "site": ("Site fictif", "موقع وهمي"),
    "monument": ("Monument fictif", "معلم وهمي"),
    "museum": ("Musée fictif", "متحف وهمي"),
}
PERIODS = ["antique", "médiévale", "moderne", "contemporaine"]
PROTECTION = ["classé", "inscrit", "non protégé"]
RESOURCES = [{
    "name": "heritage_sites",
    "path": "heritage_sites.geojson",
    "title": "FICTIONAL heritage sites",
    "description": (
        "The register of a ministry of culture that does not exist: sites, "
        "monuments and museums placed by chance where people live. Points "
        "inside the sector they state."),
    "date": "2021-12-02",
    "crs": "EPSG:4326",
    "fictional": True,
    "sources": [SOURCES["course"]],
    "licenses": [{"name": "CC-BY-4.0"}],
    "used_by": "E01, E17",
    "fields": {
        "site_id": "identifier, e.g. HS-0001",
        "name_fr": "fictional name in French",
        "name_ar": "fictional name in Arabic",
        "kind": "site, monument or museum",
        "period": "fictional: antique, médiévale, moderne or contemporaine",
        "protection": "fictional: classé, inscrit or non protégé",
        "sector_id": "fictional sector, see 'sectors'",
    },
}]


def make(out, seed=None):
    """Write heritage_sites.geojson; needs sectors.geojson in out."""
    random = chance(seed, "heritage_sites")
    areas = sectors(out)
    rows = []
    for area, number in zip(areas.itertuples(),
                            share_out(SITES, areas["population"])):
        names = random.permutation(len(EPITHETS))
        inside = area.geometry.buffer(-FROM_BORDER)
        for point, name in zip(
                points_in(inside, number, random) if number else (), names):
            kind = str(random.choice(list(KINDS), p=[.5, .35, .15]))
            french, arabic = KINDS[kind]
            place = area.name_fr.removeprefix("Secteur fictif de ")
            rows.append({
                "site_id": f"HS-{len(rows) + 1:04d}",
                "name_fr": f"{french} {EPITHETS[name][0]}, {place}",
                "name_ar": f"{arabic} {EPITHETS[name][1]}، {area.name_ar}",
                "kind": kind,
                "period": str(random.choice(PERIODS)),
                "protection": str(random.choice(PROTECTION, p=[.3, .3, .4])),
                "sector_id": area.Index, "geometry": point})
    layer = gpd.GeoDataFrame(rows)
    layer = gpd.GeoDataFrame(
        layer[list(RESOURCES[0]["fields"])],
        geometry=to_degrees(layer["geometry"]), crs="EPSG:4326")
    write_geojson(layer, out / "heritage_sites.geojson")
