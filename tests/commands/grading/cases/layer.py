"""A second exercise of the course that can be thrown away: it has a layer.

Its checks compute what they expect, with pyproj, geopandas and pandas, as an
honest check of an area does. Who patches these libraries in the Python where
the checks run decides what is expected.
"""

import functools
import json
import tempfile
from pathlib import Path

from commands.exercises import release

from . import course
from .course import DAY

NAME = "e01_layer"
FILE = f"{NAME}.ipynb"
POINTS = {"area": 3, "distance": 2, "mean": 2}
AUTOMATIC = sum(POINTS.values())

SETUP = """\
import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from helpers import check

regions = gpd.GeoDataFrame(  # fictional
    {"people": [300, 100]}, crs=4326, geometry=[
        shapely.box(9, 36, 9.1, 36.1), shapely.box(9, 33, 9.2, 33.1)])"""
ANSWERS = {
    "area": """\
def area(layer):
    \"\"\"The area of all regions together, in km² (UTM zone 32).\"\"\"
    ### BEGIN SOLUTION
    return float(layer.to_crs(32632).area.sum()) / 1e6
    ### END SOLUTION""",
    "distance": """\
def distance(start, end):
    \"\"\"Kilometres between two points (longitude, latitude).\"\"\"
    ### BEGIN SOLUTION
    return pyproj.Geod(ellps="WGS84").inv(*start, *end)[2] / 1000
    ### END SOLUTION""",
    "mean": """\
def mean(table):
    \"\"\"The mean of the column people.\"\"\"
    ### BEGIN SOLUTION
    return float(table["people"].mean())
    ### END SOLUTION""",
}
TITLES = {"area": "Task 1 · An area", "distance": "Task 2 · A distance",
          "mean": "Task 3 · A mean"}
CHECKS = {
    "area": """\
with check.task("Task 1 · An area"):
    check.close(area(regions), regions.to_crs(32632).area.sum() / 1e6,
                name="area(regions)", unit="km²")
    ### BEGIN HIDDEN TESTS
    unseen = regions.set_geometry(regions.translate(0.5, -1))
    check.close(area(unseen), unseen.to_crs(32632).area.sum() / 1e6,
                name="the area of unseen regions", unit="km²")
    ### END HIDDEN TESTS""",
    "distance": """\
with check.task("Task 2 · A distance"):
    for start, end in [((9, 36), (10, 33)), ((8, 34), (8.5, 37))]:
        _, _, metres = pyproj.Geod(ellps="WGS84").inv(*start, *end)
        check.close(distance(start, end), metres / 1000,
                    name=f"distance({start}, {end})", unit="km")""",
    "mean": """\
with check.task("Task 3 · A mean"):
    for table in (regions, pd.DataFrame({"people": [7, 8, 12]})):
        check.close(mean(table), table["people"].mean(), name="mean(table)")
        check.close(mean(table), table[["people"]].mean().iloc[0],
                    name="mean(table)")""",
}


def add(root: Path) -> None:
    """Write this exercise's solution beside the course's other one."""
    (root / "solutions" / DAY / FILE).write_text(json.dumps(course.notebook(
        "E01", "A layer", [course.new_cell("setup", SETUP), *course.tasks(
            POINTS, ANSWERS, CHECKS, TITLES)])), encoding="utf-8")


@functools.cache
def _derived() -> str:
    with tempfile.TemporaryDirectory() as folder:
        root = course.make(Path(folder))
        add(root)
        release.derive(root / "exercises", root)
        return (root / "exercises" / DAY / FILE).read_text("utf-8")


RIGHT = {name: course.without_marks(answer)
         for name, answer in ANSWERS.items()}


def submission(code: str, **answers: str):
    """Hand in this exercise alone: the answers that are given, and code of
    the trainee's own before the first one."""
    def submit(_, world):
        notebook = json.loads(_derived())
        for name in POINTS:
            course.cell(notebook, f"{name}-answer")["source"] = answers.get(
                name, "# There is no answer.")
        if code:
            course.insert(notebook, "area-answer", code)
        course.hand_in(world.root, world.student, notebook, FILE)
    return submit
