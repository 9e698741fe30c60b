"""The lab of session 2.1 in a real QGIS: the dialog, and what it reads."""

import json
import shutil

import geopandas as gpd
import pytest

from commands.exercises import notebooks, own_check
from helpers import check, data
from tests import desktop
from tests.support import PICTURES, ROOT

pytestmark = pytest.mark.slow

LESSON = ROOT / "course/day2_processing/s1_cleaning.ipynb"
PICTURE = ROOT / "course/day2_processing/pictures/qgis_delimited_text.png"
# The steps of the lab, by the widgets of the dialog; then the layer is saved.
STEPS = """
import json
from qgis.PyQt.QtWidgets import QAction, QPushButton
FILE = os.environ["COURSE_FILE"]
QgsApplication.messageLog().messageReceived.connect(
    lambda text, page, level: print("LOG", page, text))

def fill(window):
    page = window.findChild(QWidget, "QgsDelimitedTextSourceSelectBase")
    def part(name):
        return page.findChild(QWidget, name)
    part("mFileWidget").setFilePath(FILE)
    part("cmbEncoding").setCurrentText("windows-1256")
    for group in ("fileFormat", "recordOptions", "geometryDefinition"):
        part(group + "GroupBox").setProperty("collapsed", False)
    part("layerSettingsGroupBox").setProperty("collapsed", True)
    part("delimiterChars").click()
    for name in ("Comma", "Tab", "Space", "Colon", "Semicolon"):
        part("cbxDelim" + name).setChecked(name == "Semicolon")
    part("cbxPointIsComma").setChecked(True)
    part("cbxDetectTypes").setChecked(os.environ["COURSE_TYPES"] == "yes")
    part("geomTypeXY").setChecked(True)
    part("cmbXField").setCurrentText("longitude")
    part("cmbYField").setCurrentText("latitude")
    part("cbxXyDms").setChecked(os.environ["COURSE_DMS"] == "yes")
    part("crsGeometry").setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    window.resize(1000, 880)
    QTimer.singleShot(600, lambda: add(window))

def add(window):
    shoot(os.environ["COURSE_NAME"], window)
    (button,) = [button for button in window.findChildren(QPushButton)
                 if button.isVisible()
                 and button.text().replace("&", "") == "Add"]
    button.click()  # the layer comes, and the dialog is empty again

def save():
    (layer,) = QgsProject.instance().mapLayers().values()
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, os.environ["COURSE_SAVED"],
        QgsCoordinateTransformContext(), options)
    print("TOLD" + json.dumps(layer.source()))
    done()

QTimer.singleShot(6000, save)
dialog(iface.mainWindow().findChild(
    QAction, "mActionAddDelimitedText").trigger, "qgis_after_add", fill)
"""


def in_qgis(folder, name, types="no", dms="no"):
    """The layer that QGIS saves after the steps; a picture of the dialog."""
    file, saved = folder / "lab_received.csv", folder / "saved.gpkg"
    shutil.copy(data.path("health_centres_received"), file)
    folder.chmod(0o700)
    said = desktop.qgis(
        STEPS, folder, COURSE_FILE=str(file), COURSE_SAVED=str(saved),
        COURSE_NAME=name, COURSE_TYPES=types, COURSE_DMS=dms)
    (source,) = [json.loads(line.removeprefix("TOLD"))
                 for line in said.splitlines() if line.startswith("TOLD")]
    assert "encoding=windows-1256" in source
    # What the panel Log Messages says, page DelimitedText.
    assert "LOG DelimitedText Invalid X or Y fields at line " in said
    return gpd.read_file(saved)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The layer that the lesson makes where QGIS is missing, and the rules
    of its check."""
    folder = tmp_path_factory.mktemp("lesson")
    notebook = notebooks.read(LESSON)
    wanted = {"story-read", "arabic-turn", "read", "lab-file", "lab-made"}
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    assert len(notebook.cells) == len(wanted)
    own_check.execute(notebook, folder)
    # The trainee's own count is not what the check relies on.
    names = {"check": check, "arabic_letters": len}
    for cell in notebooks.read(LESSON).cells:
        if cell.id.startswith("lab-rules") and cell.cell_type == "code":
            exec(cell.source, names)
    return gpd.read_file(folder / "output" / "lab_register_made.gpkg"), (
        names["looks_right"])


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    """What a trainee has after the steps of the lab."""
    return in_qgis(tmp_path_factory.mktemp("qgis"), "qgis_delimited_text")


def test_the_check_accepts_what_qgis_saves_and_what_the_course_made(
        by_hand, lesson):
    made, looks_right = lesson
    looks_right(made)
    looks_right(by_hand)


def test_the_course_makes_what_qgis_makes(by_hand, lesson):
    made = lesson[0]
    for layer in (by_hand, made):
        assert len(layer) == 467
        x = layer.geometry.x.dropna()
        assert len(x) == 464
        assert (~x.between(7, 12)).sum() == 35
    for column in ("nom", "code_centre", "الاسم"):
        assert list(by_hand[column].fillna("")) == list(
            made[column].fillna(""))
    for axis in ("x", "y"):
        assert list(getattr(by_hand.geometry, axis).dropna()) == (
            pytest.approx(list(getattr(made.geometry, axis).dropna())))


def test_a_picture_of_the_dialog_is_made_and_committed(by_hand):
    made = PICTURES / "qgis" / "qgis_delimited_text.png"
    assert made.stat().st_size > 20_000
    assert 20_000 < PICTURE.stat().st_size < 300_000


def test_detected_types_lose_the_zeros_and_the_check_says_so(
        tmp_path, lesson):
    layer = in_qgis(tmp_path, "qgis_types", types="yes")
    assert layer["code_centre"].dtype.kind in "if"
    with pytest.raises(check.Feedback, match="0086 became 86"):
        lesson[1](layer)


def test_the_dms_box_reads_those_positions_and_loses_all_others(
        tmp_path, lesson):
    layer = in_qgis(tmp_path, "qgis_dms", dms="yes")
    assert layer.geometry.x.notna().sum() == 30
    with pytest.raises(check.Feedback, match="30 points"):
        lesson[1](layer)


def test_french_names_in_the_arabic_column_are_refused(lesson):
    made, looks_right = lesson
    french = made.copy()
    french["الاسم"] = made["nom"]
    with pytest.raises(check.Feedback, match="no Arabic names"):
        looks_right(french)
