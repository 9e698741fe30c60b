"""E09: how right are the places and the types of the register? FICTIONAL.

Twenty centres surveyed with a good receiver (positional accuracy), and
eighty visited to see what they are (thematic accuracy). Planted: a shift
that all positions share, random error, one gross error; types that differ.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
from common import SOURCES, write_csv
from world import METRIC, chance, truth_table

POINTS = 20
SIGMA = 2.5  # metres in x and in y, of the random error
SHIFT = (6, 12)  # metres in x and in y, either sign
GROSS = (150, 250)  # metres
# Visited centres: type of the register -> type found on site -> how many
CONFUSION = {
    "CSB": {"CSB": 38, "CI": 3, "HC": 1, "HR": 0},
    "CI": {"CSB": 2, "CI": 11, "HC": 1, "HR": 0},
    "HC": {"CSB": 1, "CI": 1, "HC": 14, "HR": 1},
    "HR": {"CSB": 0, "CI": 0, "HC": 1, "HR": 6},
}
COMMON = {
    "date": "2021-12-02",
    "fictional": True,
    "sources": [SOURCES["course"]],
    "licenses": [{"name": "CC-BY-4.0"}],
    "used_by": "E09",
}
RESOURCES = [{
    **COMMON,
    "name": "control_points",
    "path": "control_points.csv",
    "title": "FICTIONAL control points of the health-centre register",
    "description": (
        "Twenty centres, each in another governorate: position in the "
        "register and surveyed position. The survey is taken as true."),
    "crs": "EPSG:32632",
    "fields": {
        "point_id": "identifier",
        "centre_id": "centre, see 'health_centres'",
        "name": "fictional name of the centre in French",
        "x_register": "easting in the register, metres",
        "y_register": "northing in the register, metres",
        "x_control": "surveyed easting, metres",
        "y_control": "surveyed northing, metres",
    },
}, {
    **COMMON,
    "name": "type_reference",
    "path": "type_reference.csv",
    "title": "FICTIONAL reference sample of types of health centres",
    "description": (
        "Eighty centres visited: type in the register and type found on "
        "site, which is taken as true."),
    "crs": None,
    "fields": {
        "visit_id": "identifier",
        "centre_id": "centre, see 'health_centres'",
        "type_register": "type in the register, see 'health_centres'",
        "type_found": "type found on site",
    },
}]


def make(out, seed=None):
    """Write two CSV files; needs the layer health_centres in out."""
    centres = gpd.read_file(
        out / "health_centres" / "health_centres.geojson")
    points, planted = control_points(centres, chance(seed, "control_points"))
    write_csv(points, out / "control_points.csv")
    visits, confused = visit(centres, chance(seed, "type_reference"))
    write_csv(visits, out / "type_reference.csv")
    return {"control_points": planted, "type_reference": confused}


def control_points(centres, random):
    """The table, numbers as text with 2 decimals, and its truth table."""
    regions = random.choice(
        centres["iso_3166_2"].unique(), POINTS, replace=False)
    chosen = pd.concat([
        centres[centres["iso_3166_2"] == region].sample(
            1, random_state=random) for region in sorted(regions)])
    places = chosen.to_crs(METRIC).geometry
    register = np.column_stack([places.x, places.y])
    shift = (random.uniform(*SHIFT, 2)
             * random.choice([-1, 1], 2)).round(2)
    error = random.normal(0, SIGMA, (POINTS, 2))
    gross = random.integers(POINTS)
    # The good points' mean error is the planted shift itself.
    error -= np.delete(error, gross, axis=0).mean(axis=0)
    angle = random.uniform(0, 2 * np.pi)
    error[gross] += random.uniform(*GROSS) * np.array(
        [np.cos(angle), np.sin(angle)])
    control = register - shift - error
    table = pd.DataFrame({
        "point_id": [f"CP-{n:02d}" for n in range(1, POINTS + 1)],
        "centre_id": chosen["centre_id"].to_list(),
        "name": chosen["name_fr"].to_list()})
    for name, values in (("x_register", register[:, 0]),
                         ("y_register", register[:, 1]),
                         ("x_control", control[:, 0]),
                         ("y_control", control[:, 1])):
        table[name] = [f"{value:.2f}" for value in values]
    bad = table.loc[gross]
    return table, truth_table([{
        "record": "all points", "field": f"{axis}_register",
        "kind": "systematic_shift", "true_value": f"{metres:.2f}",
        "found": f"mean of {axis}_register - {axis}_control, "
                 f"without {bad['point_id']}",
    } for axis, metres in zip("xy", shift)] + [{
        "record": bad["point_id"], "field": "x_register,y_register",
        "kind": "gross_error",
        "found": f"{bad['x_register']},{bad['y_register']}",
        "true_value": f"{bad['x_control']},{bad['y_control']}"}])


def visit(centres, random):
    """The sample, in the order of centre_id, and what is not as stated."""
    rows = []
    for stated, found in CONFUSION.items():
        of_type = centres.loc[centres["type"] == stated, "centre_id"]
        seen = [kind for kind, times in found.items() for _ in range(times)]
        for centre, kind in zip(random.choice(
                of_type, len(seen), replace=False), seen):
            rows.append((centre, stated, kind))
    visits = pd.DataFrame(sorted(rows), columns=[
        "centre_id", "type_register", "type_found"])
    visits.insert(0, "visit_id", [
        f"V-{n:02d}" for n in range(1, len(visits) + 1)])
    wrong = visits[visits["type_register"] != visits["type_found"]]
    return visits, truth_table([{
        "record": row.visit_id, "field": "type_register",
        "kind": f"{row.type_register} is {row.type_found}",
        "found": row.type_register, "true_value": row.type_found,
    } for row in wrong.itertuples()])
