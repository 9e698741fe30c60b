"""What field teams send about water points: visits, export, defects.

Part of water_points.py. FICTIONAL.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from ..shared.names import person, phone
from ..shared.truth import Defect
from ..shared.world import METRIC

VISITS, TABLETS = 56, 5
POOR, ZERO, OUTSIDE, TWICE, GUARDS, COMMENTS = 5, 3, 2, 4, 12, 3
VERSION = "2021110100"  # of the form


def visited(layer, random):
    """One row per visit: where the tablet stood, when, and its defect."""
    rows = np.sort(random.choice(len(layer), VISITS, replace=False))
    defects = (["poor"] * POOR + ["zero"] * ZERO + ["outside"] * OUTSIDE)
    defects += [""] * (VISITS - len(defects))
    accuracy = random.uniform(3, 12, VISITS).round(1)
    visits = pd.DataFrame({"row": rows, "defect": random.permutation(defects),
                           "location-Accuracy": accuracy})
    poor = visits["defect"] == "poor"
    visits.loc[poor, "location-Accuracy"] = random.uniform(
        55, 180, POOR).round(1)
    # A fix is about as far away as its accuracy says.
    angle = random.uniform(0, 2 * np.pi, VISITS)
    away = visits["location-Accuracy"] * random.uniform(0.5, 1, VISITS)
    place = layer.geometry.iloc[rows]
    fixes = gpd.GeoSeries(gpd.points_from_xy(
        place.x.to_numpy() + away * np.cos(angle),
        place.y.to_numpy() + away * np.sin(angle)), crs=METRIC)
    fixes = fixes.to_crs("EPSG:4326")
    visits["location-Latitude"] = fixes.y.round(7)
    visits["location-Longitude"] = fixes.x.round(7)
    visits["location-Altitude"] = random.uniform(20, 600, VISITS).round(1)
    visits.loc[visits["defect"] == "zero",
               ["location-Latitude", "location-Longitude",
                "location-Altitude", "location-Accuracy"]] = 0.0
    # West of 7° E there is no point of the country.
    visits.loc[visits["defect"] == "outside", "location-Longitude"] = \
        random.uniform(5.5, 6.9, OUTSIDE).round(7)
    # A team has one tablet and one region, and visits three points a day.
    visits["tablet"] = np.arange(VISITS) * TABLETS // VISITS
    order = visits.groupby("tablet").cumcount()
    visits["start"] = (pd.Timestamp("2021-11-08T08:00")
                       + pd.to_timedelta(order // 3, "D")
                       + pd.to_timedelta(order % 3 * 3, "h")
                       + pd.to_timedelta(random.integers(
                           3600, size=VISITS), "s"))
    visits["day"] = visits["start"].dt.strftime("%Y-%m-%d")
    answers = layer.drop(columns=["geometry", "sector_id", "inspected"]).iloc[
        rows].reset_index(drop=True)
    return visits.join(answers.add_prefix("point-"))


def send(visits, random):
    """The rows of the export, four of them sent twice."""
    size = len(visits)
    good = random.permutation(visits.index[visits["defect"] == ""])
    devices = np.array(["collect:" + random.bytes(8).hex()
                        for _ in range(TABLETS)])[visits["tablet"]]
    keys = [identifier(random) for _ in range(size)]
    end = visits["start"] + pd.to_timedelta(
        random.integers(180, 900, size), "s")
    sent = visits["start"].dt.normalize() + pd.to_timedelta(
        random.integers(17 * 3600, 19 * 3600, size), "s")
    table = pd.DataFrame({
        "SubmissionDate": sent.dt.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "start": visits["start"].dt.strftime("%Y-%m-%dT%H:%M:%S.000+01:00"),
        "end": end.dt.strftime("%Y-%m-%dT%H:%M:%S.000+01:00"),
        "deviceid": devices,
        **{f"location-{part}": visits[f"location-{part}"] for part in (
            "Latitude", "Longitude", "Altitude", "Accuracy")},
        **visits.filter(like="point-"),
        "guard-guard_name": "", "guard-guard_phone": "", "comment": "",
        "meta-instanceID": keys, "KEY": keys,
        "SubmitterID": 101 + visits["tablet"],
        "SubmitterName": "Tablette " + (visits["tablet"] + 1).astype(str),
        "ReviewState": "", "DeviceID": devices, "Edits": 0,
        "FormVersion": VERSION,
        **visits[["row", "day", "defect"]]})
    for row in good[:GUARDS]:
        table.loc[row, "guard-guard_name"], _ = person(random)
        table.loc[row, "guard-guard_phone"] = phone(random)
    for row in good[GUARDS:GUARDS + COMMENTS]:
        table.loc[row, "comment"] = f"Appeler le gardien au {phone(random)}"
    again = table.loc[np.sort(good[-TWICE:])].assign(
        defect="twice", SubmissionDate=lambda rows: pd.to_datetime(
            rows["SubmissionDate"]).add(pd.Timedelta(days=1)).dt.strftime(
            "%Y-%m-%dT%H:%M:%S.000Z"))
    return pd.concat([table, again]).sort_values(
        "SubmissionDate", kind="stable", ignore_index=True)


def identifier(random):
    """A UUID of version 4, from the layer's own random numbers."""
    text = bytearray(random.bytes(16))
    text[6], text[8] = text[6] & 0x0f | 0x40, text[8] & 0x3f | 0x80
    text = text.hex()
    return "uuid:" + "-".join((text[:8], text[8:12], text[12:16],
                               text[16:20], text[20:]))


def planted(table):
    """Yield the defects: rows to reject and values to remove."""
    place = ["location-Latitude", "location-Longitude"]
    for line, row in enumerate(table.to_dict("records"), start=2):
        key, where = row["KEY"], ",".join(str(row[part]) for part in place)
        if row["defect"] == "twice":
            yield Defect(f"line {line}", "meta-instanceID", "sent twice", key)
            continue  # the first copy has the defects of the values
        if row["defect"] == "poor":
            yield Defect(key, "location-Accuracy", "accuracy worse than 50 m",
                         row["location-Accuracy"])
        elif row["defect"] in ("zero", "outside"):
            kind = {"zero": "zero coordinates",
                    "outside": "outside the country"}[row["defect"]]
            yield Defect(key, "location", kind, where)
        elif row["guard-guard_name"]:
            for field, kind in (("guard-guard_name", "name of a person"),
                                ("guard-guard_phone", "phone number")):
                yield Defect(key, field, kind, row[field])
        elif row["comment"]:
            yield Defect(key, "comment", "phone number in a comment",
                         row["comment"])
        yield Defect(key, "deviceid", "device id", row["deviceid"])
