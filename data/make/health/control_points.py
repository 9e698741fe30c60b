"""E09: accuracy of the positions and types in the register. FICTIONAL.

Twenty centres are surveyed with a good receiver (positional accuracy),
eighty are visited to see their type (thematic accuracy). Planted: a shift
that all positions share, random error, one gross error; types that differ.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from ..shared.files import write_csv
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import METRIC, chance

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
RESOURCES = [fictional(
    name="control_points",
    path="control_points.csv",
    title="control points of the health-centre register",
    description=(
        "Twenty centres, each in another governorate: position in the "
        "register and surveyed position. The survey is taken as true."),
    crs=METRIC,
    fields={
        "point_id": "identifier",
        "centre_id": "centre, see 'health_centres'",
        "name": "fictional name of the centre in French",
        "x_register": "easting in the register, metres",
        "y_register": "northing in the register, metres",
        "x_control": "surveyed easting, metres",
        "y_control": "surveyed northing, metres",
    },
), fictional(
    name="type_reference",
    path="type_reference.csv",
    title="reference sample of types of health centres",
    description=(
        "Eighty centres visited: type in the register and type found on "
        "site, which is taken as true."),
    crs=None,
    fields={
        "visit_id": "identifier",
        "centre_id": "centre, see 'health_centres'",
        "type_register": "type in the register, see 'health_centres'",
        "type_found": "type found on site",
    },
)]


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
    shifts = [Defect("all points", f"{axis}_register", "systematic_shift",
                     f"mean of {axis}_register - {axis}_control, "
                     f"without {bad['point_id']}", f"{metres:.2f}")
              for axis, metres in zip("xy", shift)]
    return table, truth_table([*shifts, Defect(
        bad["point_id"], "x_register,y_register", "gross_error",
        f"{bad['x_register']},{bad['y_register']}",
        f"{bad['x_control']},{bad['y_control']}")])


def visit(centres, random):
    """The sample, in the order of centre_id, and its wrong types."""
    rows = []
    for stated, times_by_type in CONFUSION.items():
        of_type = centres.loc[centres["type"] == stated, "centre_id"]
        seen = [code for code, times in times_by_type.items()
                for _ in range(times)]
        for centre, code in zip(random.choice(
                of_type, len(seen), replace=False), seen):
            rows.append((centre, stated, code))
    visits = pd.DataFrame(sorted(rows), columns=[
        "centre_id", "type_register", "type_found"])
    visits.insert(0, "visit_id", [
        f"V-{n:02d}" for n in range(1, len(visits) + 1)])
    wrong = visits[visits["type_register"] != visits["type_found"]]
    return visits, truth_table([
        Defect(row.visit_id, "type_register",
               f"{row.type_register} is {row.type_found}",
               row.type_register, row.type_found)
        for row in wrong.itertuples()])
