"""E01, E04: public water points and forms that report them. FICTIONAL.

`water_points` is the clean register. `water_point_submissions` is what the
field teams sent with their tablets, in the columns of an ODK Central
export; three of the submissions also come as the XML that a tablet sends.
"""

import xml.etree.ElementTree as ET

import geopandas as gpd
import pandas as pd

from ..shared.files import write_csv, write_geojson, write_xml
from ..shared.names import epithets
from ..shared.resources import fictional
from ..shared.truth import truth_table
from ..shared.world import (
    METRIC,
    chance,
    points_well_inside,
    sectors,
    share_out,
)
from .water_points_forms import planted, send, visited

POINTS = 180
FROM_BORDER = 500  # metres, so that a point is clearly inside
# code -> (French, Arabic, what is measured, from, to)
TYPES = {
    "forage": ("Forage", "بئر عميقة", "depth_m", 60, 450),
    "puits": ("Puits", "بئر", "depth_m", 6, 40),
    "source": ("Source", "عين", "flow_l_s", 0.2, 8),
    "borne_fontaine": ("Borne-fontaine", "حنفية عمومية", "flow_l_s", 0.2, 2),
}
RESOURCES = [fictional(
    name="water_points",
    path="water_points.geojson",
    title="register of public water points",
    description=(
        "Boreholes, wells, springs and public taps of rural sectors, the "
        "least populated half by inhabitants per km². Clean: nobody's "
        "name, phone or device."),
    fields={
        "water_point_id": "identifier, e.g. WP-0042",
        "name_fr": "fictional name in French",
        "name_ar": "fictional name in Arabic",
        "type": "forage (borehole), puits (well), source (spring) or "
                "borne_fontaine (public tap)",
        "working": "does it give water: yes or no",
        "depth_m": "depth of a borehole or well, metres",
        "flow_l_s": "flow of a spring or tap, litres per second",
        "sector_id": "sector in which it lies",
        "inspected": "date of the last accepted inspection",
    },
), fictional(
    name="water_point_submissions",
    path="water_points/submissions.csv",
    title="submissions of the water point form, as exported",
    description=(
        "60 submissions in the columns of an ODK Central export: groups and "
        "parts of a position are joined by '-', times have a zone. The file "
        "has planted defects and personal data: do not publish it as it is. "
        "UTF-8."),
)] + [fictional(
    name=f"water_point_submission_{number}",
    path=f"water_points/submission_{number}.xml",
    title=f"submission {number} of the water point form, XML",
    description=(
        f"What the tablet sent: the row of 'water_point_submissions' with "
        f"{content}. The file holds a device id."),
) for number, content in enumerate(
    ("a guard's name and phone", "a poor accuracy", "zero coordinates"), 1)]


def make(out, seed=None):
    """Write five files; needs sectors.geojson in out."""
    layer = register(sectors(out), chance(seed, "water_points"))
    random = chance(seed, "water_point_submissions")
    visits = visited(layer, random)
    good = visits[visits["defect"] == ""]
    layer.loc[good["row"], "inspected"] = good["day"].to_numpy()
    write_geojson(layer.to_crs("EPSG:4326"), out / "water_points.geojson")
    table = send(visits, random)
    (out / "water_points").mkdir(exist_ok=True)
    export = table.drop(columns=["row", "day", "defect"])
    write_csv(export, out / "water_points" / "submissions.csv")
    for number, rows in enumerate((
            table["guard-guard_name"] != "", table["defect"].eq("poor"),
            table["defect"].eq("zero")), 1):
        write_submission(export[rows].iloc[0],
                         out / "water_points" / f"submission_{number}.xml")
    return {"water_point_submissions": truth_table(planted(table))}


def register(areas, random):
    """The clean layer, EPSG:32632: points of rural sectors, as many as
    their population asks for.
    """
    density = areas["population"] / areas.area
    rural = areas[density < density.median()]
    rows = []
    for area, number in zip(rural.itertuples(),
                            share_out(POINTS, rural["population"])):
        names = epithets(number, random)
        points = points_well_inside(
            area.geometry, number, random, FROM_BORDER)
        for point, (epithet, epithet_ar) in zip(points, names):
            code = str(random.choice(list(TYPES), p=[.35, .3, .1, .25]))
            french, arabic, measure, low, high = TYPES[code]
            rows.append({
                "water_point_id": f"WP-{len(rows) + 1:04d}",
                "name_fr": f"{french} {epithet}, {area.name_fr}",
                "name_ar": f"{arabic} {epithet_ar}، {area.name_ar}",
                "type": code,
                "working": str(random.choice(["yes", "no"], p=[.85, .15])),
                "depth_m": None, "flow_l_s": None,
                measure: round(random.uniform(low, high), 1),
                "sector_id": area.Index,
                "inspected": str(pd.Timestamp("2020-11-02") + pd.Timedelta(
                    days=int(random.integers(330))))[:10],
                "geometry": point})
    layer = gpd.GeoDataFrame(rows, crs=METRIC)
    return layer.astype({"depth_m": float, "flow_l_s": float})


def write_submission(row, file):
    """Write a submission: groups are elements, a position is one text."""
    root = ET.Element("data", {
        "id": "water_points", "version": row["FormVersion"],
        "xmlns:orx": "http://openrosa.org/xforms"})
    for name in ("start", "end", "deviceid"):
        ET.SubElement(root, name).text = row[name]
    ET.SubElement(root, "location").text = " ".join(
        str(row[f"location-{part}"]) for part in (
            "Latitude", "Longitude", "Altitude", "Accuracy"))
    for group in ("point", "guard"):
        parent = ET.SubElement(root, group)
        for name, value in row.filter(like=f"{group}-").items():
            ET.SubElement(parent, name.split("-", 1)[1]).text = (
                "" if pd.isna(value) else str(value))
    ET.SubElement(root, "comment").text = row["comment"]
    meta = ET.SubElement(root, "orx:meta")
    ET.SubElement(meta, "orx:instanceID").text = row["meta-instanceID"]
    write_xml(root, file)
