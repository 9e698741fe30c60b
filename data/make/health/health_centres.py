"""The health-centre register, the layer of all four days. FICTIONAL.

Three files from one world: as received by the ministry (E07), the checkpoint
that can be known from it (Days 2 to 4), and version 2 a year later (E19).
Of the parts of this module, `_register` makes the true register,
`_received_file` and `_defects` spoil it, `_changes` changes it.
"""

import geopandas as gpd
import pandas as pd

from ..shared.files import write_geojson
from ..shared.resources import fictional
from ..shared.world import chance, governorates, sectors
from .health_centres_changes import second_version
from .health_centres_received_file import received_file
from .health_centres_register import register

FIELDS = {
    "centre_id": "identifier, HC- and the register's code of four digits: "
                 "with letters, no spreadsheet drops a leading zero",
    "name_fr": "fictional name in French",
    "name_ar": "fictional name in Arabic; empty where it was lost",
    "type": "CSB centre de santé de base, CI centre intermédiaire, "
            "HC hôpital de circonscription, HR hôpital régional",
    "iso_3166_2": "governorate, code of ISO 3166-2, e.g. TN-31",
    "sector_id": "fictional sector, see 'sectors'",
    "opened": "date of opening; empty where it is missing",
    "beds": "number of beds; empty if not known, 0 if there are none",
    "staff": "number of people who work there; empty if not known",
    "population_served": "inhabitants of its part of the sector",
    "status": "ouvert, or en travaux (closed for works)",
    "updated": "date of the last check of this record",
}
RESOURCES = [fictional(
    name="health_centres_received",
    path="health_centres/received.csv",
    title="register of health centres, as received",
    description=(
        "The register as a ministry received it: labelled UTF-8 (it is "
        "not), 500 rows and a total. Codes have four digits. Types: CSB مركز "
        "صحة أساسية, CI مركز وسيط, HC مستشفى محلي, HR مستشفى جهوي. Each "
        "centre has its own telephone number (nobody can call these numbers), "
        "and no centre opened before 1950. The centres of a sector serve "
        "all its inhabitants. Exercise E07 cleans it. For each defect, the "
        "truth table names the rule, or says that the row is rejected."),
    crs="EPSG:4326, as text",
), fictional(
    name="health_centres",
    path="health_centres/health_centres.geojson",
    title="register of health centres, cleaned",
    description=(
        "The checkpoint: what can be known from 'health_centres_received'. "
        "Centres without a position are left out, missing values stay "
        "missing, and telephone numbers are not published."),
    planned="E19",
    fields=FIELDS,
), fictional(
    name="health_centres_v2",
    path="health_centres/health_centres_v2.geojson",
    title="register of health centres, version 2",
    description=(
        "The register one year later: centres were added (some because their "
        "position is known now), removed, moved, renamed, or measured again "
        "within 10 m."),
    date="2022-12-02",
    planned="E19",
    fields=FIELDS,
)]


def make(out, seed=None):
    """Write three files; needs governorates.geojson, sectors.geojson."""
    places, regions = sectors(out), governorates(out)
    centres = register(places, regions, chance(seed, "health_centres"))
    lines, truth, lost = received_file(
        centres, chance(seed, "health_centres_received"))
    folder = out / "health_centres"
    folder.mkdir(exist_ok=True)
    # CR LF and cp1256: a spreadsheet on an office PC wrote it.
    text = "".join(f"{line}\r\n" for line in lines)
    (folder / "received.csv").write_bytes(text.encode("cp1256"))
    known = what_is_known(centres, lost)
    nowhere = known["centre_id"].isin(
        centres["centre_id"][[i for i in lost if lost[i] is None]])
    first = known[~nowhere]
    second, changes = second_version(
        first, known[nowhere], places, regions,
        chance(seed, "health_centres_v2"))
    for layer, name in ((first, "health_centres"),
                        (second, "health_centres_v2")):
        layer = layer.sort_values("centre_id")[[*FIELDS, "geometry"]]
        write_geojson(layer, folder / f"{name}.geojson")
    return {"health_centres_received": truth, "health_centres_v2": changes}


def what_is_known(centres, lost):
    """The centres without the values that the received file lost."""
    known = centres.copy()
    for name in ("beds", "staff", "population_served"):
        known[name] = known[name].astype("Int64")
    for i, columns in lost.items():
        for name in columns or []:
            known.at[i, name] = pd.NA if name in ("beds", "staff") else None
    return gpd.GeoDataFrame(known)[[*FIELDS, "geometry"]]
