"""The lab of session 1.2 in a real QGIS: the file opens, the steps hold."""

import json
import os
import subprocess

import pytest

from commands.exercises import notebooks, own_check
from tests.support import ROOT, needs

LESSON = ROOT / "course/day1_production/s2_reference_systems.ipynb"
# What the five steps do, by QGIS's own classes.
STEPS = """
import json, sys
from qgis.core import (QgsApplication, QgsCoordinateReferenceSystem as Crs,
                       QgsCoordinateTransform, QgsDistanceArea, QgsProject,
                       QgsVectorLayer)
app = QgsApplication([], False)
app.initQgis()
layers = {name: QgsVectorLayer(sys.argv[1] + "|layername=" + name, name)
          for name in ("true", "forgotten_datum")}
wgs84 = Crs("EPSG:4326")

def tunis(layer):
    point = next(f for f in layer.getFeatures()
                 if f["name_en"] == "Tunis").geometry().asPoint()
    return QgsCoordinateTransform(
        layer.crs(), wgs84, QgsProject.instance()).transform(point)

def apart():
    ruler = QgsDistanceArea()
    ruler.setEllipsoid("WGS84")
    return ruler.measureLine(*[tunis(layer) for layer in layers.values()])

told = {name: [layer.isValid(), layer.featureCount(), layer.crs().authid()]
        for name, layer in layers.items()}
told["before"] = apart()
layers["forgotten_datum"].setCrs(Crs("EPSG:4223"))
told["after"] = apart()
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def lab_file(tmp_path_factory):
    """The GeoPackage that the lesson's own cells write."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = notebooks.read(LESSON)
    wanted = {"story-read", "no-prj", "lab-file"}
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    own_check.execute(notebook, folder)
    return folder / "output" / "lab_datum.gpkg"


def test_qgis_opens_the_file_and_the_point_jumps_onto_the_other(lab_file):
    needs("qgis")
    done = subprocess.run(
        ["/usr/bin/python3", "-c", STEPS, lab_file], capture_output=True,
        text=True, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    said = [line for line in done.stdout.splitlines() if "TOLD" in line]
    assert said, done.stderr
    told = json.loads(said[0].removeprefix("TOLD"))
    assert told["true"] == [True, 24, "EPSG:4326"]
    assert told["forgotten_datum"] == [True, 24, "EPSG:4326"]
    assert 171 <= told["before"] <= 191  # the datum is forgotten
    assert told["after"] < 1             # Set Layer CRS mends it
