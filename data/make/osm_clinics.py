"""E06, session 1.4: a small world like OpenStreetMap's. FICTIONAL.

Clinics as OSM would map them, in OSM's three file formats, and a ministry's
list of the same clinics under other names. Two places of one kind and name
are never in one governorate: kind, name and governorate together identify.
"""

import geopandas as gpd
import pandas as pd
from clinic_names import listed_name
from clinic_places import besides, plan
from common import SOURCES, write_csv
from osm_files import write_change, write_overpass, write_pbf
from osm_map import map_of
from world import METRIC, chance, governorates, sectors, truth_table

WITHOUT_PLACE = 60  # rows of the list without coordinates
OSM = {
    "date": "2021-12-02", "crs": "EPSG:4326", "fictional": True,
    "sources": [SOURCES["course"]], "licenses": [{"name": "ODbL-1.0"}],
    "used_by": "E06, session 1.4",
}
NOTE = ("Fictional and NOT from OpenStreetMap, though under the same "
        "licence; ids begin at 900 000 000 001, far above real ones.")
RESOURCES = [{
    "name": "osm_clinics", "path": "osm/clinics.osm.pbf",
    "title": "FICTIONAL clinics as OpenStreetMap would map them, PBF",
    "description": (
        "260 clinics, hospitals, doctors and pharmacies (nodes, building "
        f"ways, one multipolygon) and a town's streets. {NOTE}"), **OSM,
}, {
    "name": "osm_clinics_overpass", "path": "osm/clinics_overpass.json",
    "title": "FICTIONAL clinics as an Overpass query answers, JSON",
    "description": f"The places of 'osm_clinics', without streets. {NOTE}",
    **OSM,
}, {
    "name": "osm_change", "path": "osm/change.osc",
    "title": "FICTIONAL edits of the clinics, osmChange",
    "description": ("Three edits of 'osm_clinics': a node is created, one "
                    f"modified, one deleted. {NOTE}"), **OSM,
}, {
    "name": "clinic_list", "path": "clinic_list.csv",
    "title": "FICTIONAL list of clinics of a ministry, names as written",
    "description": (
        "200 clinics, most of them those of 'osm_clinics' under other "
        "spellings, some in this list alone. Coordinates are rounded to "
        "about 1 km, or missing."),
    **OSM, "licenses": [{"name": "CC-BY-4.0"}], "fields": {
        "list_id": "identifier, e.g. MS-0042",
        "name_fr": "fictional name in Latin letters, may be missing",
        "name_ar": "fictional name in Arabic, may be missing",
        "governorate": "name of the governorate in French",
        "latitude": "degrees, WGS 84, 2 decimals, may be missing",
        "longitude": "degrees, WGS 84, 2 decimals, may be missing",
    },
}]


def make(out, seed=None):
    """Write four files; needs governorates.geojson and sectors.geojson."""
    random = chance(seed, "osm_clinics")
    areas = sectors(out)
    areas = areas[areas.area > 5e6]  # where a street can be
    places, alone = plan(areas, random)
    elements = map_of(places, besides(places, areas, random), random)
    (out / "osm").mkdir(exist_ok=True)
    write_pbf(elements, out / "osm" / "clinics.osm.pbf")
    write_overpass(elements, out / "osm" / "clinics_overpass.json")
    write_change(changes(elements, random), out / "osm" / "change.osc")
    table = listed([place for place in places if "kind" in place] + alone,
                   governorates(out)["name_fr"], chance(seed, "clinic_list"))
    write_csv(table.drop(columns=["kind", "osm"]), out / "clinic_list.csv")
    return {"clinic_list": truth_table(
        {"record": row.list_id, "field": "name_fr" if row.name_fr else
         "name_ar", "kind": row.kind, "found": row.name_fr or row.name_ar,
         "true_value": row.osm} for row in table.itertuples())}


def listed(places, governorate_names, random):
    """The ministry's list: one row a place, in no order."""
    points = gpd.GeoSeries([one["point"] for one in places],
                           crs=METRIC).to_crs("EPSG:4326")
    rows = []
    for number, i in enumerate(random.permutation(len(places)), start=1):
        one = places[i]
        french, arabic = listed_name(one, one["kind"], random)
        rows.append({
            "list_id": f"MS-{number:04d}", "name_fr": french,
            "name_ar": arabic,
            "governorate": governorate_names[one["code"]],
            "latitude": points[i].y, "longitude": points[i].x,
            "kind": one["kind"], "osm": one.get("osm", "")})
    table = pd.DataFrame(rows).round({"latitude": 2, "longitude": 2})
    without = random.choice(len(table), WITHOUT_PLACE, replace=False)
    table.loc[without, ["latitude", "longitude"]] = None
    return table


def changes(elements, random):
    """Three edits of pharmacies: (action, node as it is afterwards)."""
    nodes = [one for one in elements
             if one["tags"].get("amenity") == "pharmacy"]
    old, gone, like = (nodes[i] for i in random.choice(
        len(nodes), 3, replace=False))
    later = {"timestamp": "2021-12-01T09:30:00Z"}
    new = like | later | {
        "id": max(one["id"] for one in elements
                  if one["type"] == "node") + 1, "version": 1,
        "lat": round(like["lat"] + 0.002, 7),
        "tags": {"amenity": "pharmacy", "fictional": "yes",
                 "name": "Pharmacie Nouvelle"}}
    moved = old | later | {
        "version": old["version"] + 1,
        "lat": round(old["lat"] + 0.0003, 7),
        "tags": old["tags"] | {"opening_hours": "Mo-Sa 08:00-19:00"}}
    return [("create", new), ("modify", moved), ("delete", gone | later | {
        "version": gone["version"] + 1, "tags": {}})]
