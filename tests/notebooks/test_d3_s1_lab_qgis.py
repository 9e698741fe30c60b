"""The lab of session 3.1 in a real QGIS: the package is opened and exported
as GeoJSON by the dialog, and the lesson accepts what QGIS wrote. ogrinfo and
ogr2ogr say and write the same. Pictures: test-output/qgis."""

import json
import shutil
import subprocess

import geopandas as gpd
import pytest

from commands.exercises import notebooks, own_check
from helpers import publish
from tests.desktop import qgis
from tests.support import ROOT, needs

pytestmark = pytest.mark.slow

LESSON = ROOT / "course/day3_publication/s1_packaging.ipynb"
CELLS = {"story-write", "story-read", "back-one", "lab-file"}
STEPS = """
import json
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QAction, QComboBox, QScrollArea, QSpinBox
told, lab = {}, os.environ["LAB"]

def fill_in(window):
    window.resize(640, 560)
    window.findChild(QComboBox, "mFormatComboBox").setCurrentText("GeoJSON")
    window.findChild(QgsFileWidget, "mFilename").setFilePath(
        os.environ["EXPORTED"])
    sip.cast(window.findChild(QWidget, "mCrsSelector"),
             QgsProjectionSelectionWidget).setCrs(
                 QgsCoordinateReferenceSystem("EPSG:4326"))
    option = window.findChild(QComboBox, "RFC7946")
    told["options"] = [option.itemText(n) for n in range(option.count())]
    option.setCurrentText("YES")
    decimals = window.findChild(QSpinBox, "COORDINATE_PRECISION")
    told["decimals"] = decimals.value()
    decimals.setValue(7)
    QTimer.singleShot(600, lambda: window.findChild(
        QScrollArea).ensureWidgetVisible(option))

def work():
    package = iface.addVectorLayer(
        f"{lab}/lab_package.gpkg|layername=health_centres",
        "health_centres", "ogr")
    shapefile = iface.addVectorLayer(
        f"{lab}/lab_shapefile.shp", "lab_shapefile", "ogr")
    told["count"] = package.featureCount()
    told["cut"] = sorted({field.name() for field in shapefile.fields()}
                         - {field.name() for field in package.fields()})
    yield 1500
    iface.setActiveLayer(package)
    accepted(iface.mainWindow().findChild(
        QAction, "mActionLayerSaveAs").trigger,
        ("qgis_save_geojson", fill_in))
    yield 4000
    print("TOLD" + json.dumps(told))
    done()

play(work())
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The folder in which the lesson's own cells write the lab's files."""
    folder = tmp_path_factory.mktemp("lesson")
    read_back(folder, "...", "...", "...")
    return folder / "output"


def read_back(folder, *answers: str) -> str:
    """What the check of the lab says about three answers."""
    notebook = notebooks.read(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell.id in
                      CELLS | {"lab-turn", "lab-turn-check"}]
    assert len(notebook.cells) == len(CELLS) + 2
    notebook.cells[-2].source = "\n".join(
        f"{name} = {answer}" for name, answer in zip(
            ("product", "cut_name", "count"), answers))
    assert own_check.execute(notebook, folder) == []
    return "".join(one.get("text", "") for one in notebook.cells[-1].outputs)


def test_the_steps_hold_in_a_real_qgis(lab, tmp_path_factory):
    room = tmp_path_factory.mktemp("a") / "course/day3_publication"
    shutil.copytree(lab, room / "output")
    home = tmp_path_factory.mktemp("home")
    printed = qgis(STEPS, home, here=room, LAB=str(room / "output"),
                   EXPORTED="output/lab_qgis.geojson", TMPDIR=str(home))
    line = next(line for line in printed.splitlines() if "TOLD" in line)
    told = json.loads(line.removeprefix("TOLD"))
    assert "YES" in told["options"]
    assert told["decimals"] == 15  # what step 3 of the lab changes
    assert "population" in told["cut"]
    shutil.copy(room / "output" / "lab_qgis.geojson", lab)
    assert read_back(lab.parent, 'out.parent / "lab_qgis.geojson"',
                     '"population"', str(told["count"])).startswith("✓")


def test_the_notebook_names_a_file_in_the_old_form(lab):
    degrees = gpd.read_file(lab / "lab_package.gpkg").to_crs(4326)
    degrees.to_file(lab / "old.geojson")
    said = read_back(lab.parent, 'out.parent / "old.geojson"',
                     '"population"', "len(layer)")
    assert "a member crs" in said and "RFC7946" in said
    assert "population" in read_back(
        lab.parent, "made", '"population_"', "len(layer)")
    degrees.to_file(lab / "long.geojson", RFC7946="YES",
                    COORDINATE_PRECISION=15)
    said = read_back(lab.parent, 'out.parent / "long.geojson"',
                     '"population"', "len(layer)")
    assert "15 decimals" in said
    assert read_back(lab.parent, "made", '"population"',
                     "len(layer)").startswith("✓")


def test_ogrinfo_and_ogr2ogr_say_and_write_the_same(lab):
    package = lab / "lab_package.gpkg"
    count = len(gpd.read_file(package))
    said = subprocess.run(
        [needs("ogrinfo"), "-so", package, "health_centres"], check=True,
        capture_output=True, encoding="utf-8").stdout
    assert f"Feature Count: {count}" in said
    assert "population_served" in said
    made = lab / "lab_ogr2ogr.geojson"
    subprocess.run([needs("ogr2ogr"), "-lco", "RFC7946=YES", made, package],
                   check=True, capture_output=True)
    assert publish.geojson(made) == []
    assert len(gpd.read_file(made)) == count
