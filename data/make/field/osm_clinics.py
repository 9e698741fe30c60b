"""E06, session 1.4: a small world like OpenStreetMap's. FICTIONAL.

Clinics as OSM would map them, in OSM's three file formats, and a ministry's
list of the same clinics under other names. Two places of the same type and
name are never in one governorate: type, name and governorate together
identify a place.
"""

import geopandas as gpd
import pandas as pd

from ..shared.files import write_csv
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import METRIC, chance, governorates, sectors
from .osm_clinics_files import write_change, write_overpass, write_pbf
from .osm_clinics_map import map_of
from .osm_clinics_names import listed_name
from .osm_clinics_places import besides, plan

WITHOUT_PLACE = 60  # rows of the list without coordinates
OSM = {"licence": "ODbL-1.0"}
NOTE = ("Fictional and NOT from OpenStreetMap, though under the same "
        "licence; ids begin at 900 000 000 001, far above real ones.")
RESOURCES = [fictional(
    name="osm_clinics",
    path="osm/clinics.osm.pbf",
    title="clinics as OpenStreetMap would map them, PBF",
    description=(
        "260 clinics, hospitals, doctors and pharmacies (nodes, building "
        f"ways, one multipolygon) and a town's streets. {NOTE}"),
    **OSM,
), fictional(
    name="osm_clinics_overpass",
    path="osm/clinics_overpass.json",
    title="clinics as an Overpass query answers, JSON",
    description=f"The places of 'osm_clinics', without streets. {NOTE}",
    **OSM,
), fictional(
    name="osm_change",
    path="osm/change.osc",
    title="edits of the clinics, osmChange",
    description=(
        "Three edits of 'osm_clinics': a node is created, one modified, one "
        f"deleted. {NOTE}"),
    **OSM,
), fictional(
    name="clinic_list",
    path="clinic_list.csv",
    title="list of clinics of a ministry, names as written",
    description=(
        "200 clinics. Most are in 'osm_clinics' too, with other spellings; "
        "some are only in this list. Coordinates are rounded to about 1 km, "
        "or missing."),
    fields={
        "list_id": "identifier, e.g. MS-0042",
        "name_fr": "fictional name in Latin letters, may be missing",
        "name_ar": "fictional name in Arabic, may be missing",
        "governorate": "name of the governorate in French",
        "latitude": "degrees, WGS 84, 2 decimals, may be missing",
        "longitude": "degrees, WGS 84, 2 decimals, may be missing",
    },
)]


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
        Defect(row.list_id, "name_fr" if row.name_fr else "name_ar",
               row.kind, row.name_fr or row.name_ar, row.osm)
        for row in table.itertuples())}


def listed(places, governorate_names, random):
    """The ministry's list: one row per place, in random order; and of each
    row the kind of variation and the OSM identifier.
    """
    points = gpd.GeoSeries([place["point"] for place in places],
                           crs=METRIC).to_crs("EPSG:4326")
    rows = []
    for number, i in enumerate(random.permutation(len(places)), start=1):
        place = places[i]
        french, arabic = listed_name(place, random)
        rows.append({
            "list_id": f"MS-{number:04d}", "name_fr": french,
            "name_ar": arabic,
            "governorate": governorate_names[place["code"]],
            "latitude": points[i].y, "longitude": points[i].x,
            "kind": place["kind"], "osm": place.get("osm", "")})
    table = pd.DataFrame(rows).round({"latitude": 2, "longitude": 2})
    without = random.choice(len(table), WITHOUT_PLACE, replace=False)
    table.loc[without, ["latitude", "longitude"]] = None
    return table


def changes(elements, random):
    """Three edits of pharmacies: (action, node as it is afterwards)."""
    pharmacies = [element for element in elements
                  if element["tags"].get("amenity") == "pharmacy"]
    moved, closed, neighbour = (pharmacies[i] for i in random.choice(
        len(pharmacies), 3, replace=False))
    later = {"timestamp": "2021-12-01T09:30:00Z"}
    last_id = max(element["id"] for element in elements
                  if element["type"] == "node")
    return [
        ("create", neighbour | later | {
            "id": last_id + 1, "version": 1,
            "lat": round(neighbour["lat"] + 0.002, 7),
            "tags": {"amenity": "pharmacy", "fictional": "yes",
                     "name": "Pharmacie Nouvelle"}}),
        ("modify", moved | later | {
            "version": moved["version"] + 1,
            "lat": round(moved["lat"] + 0.0003, 7),
            "tags": moved["tags"] | {"opening_hours": "Mo-Sa 08:00-19:00"}}),
        ("delete", closed | later | {
            "version": closed["version"] + 1, "tags": {}})]
