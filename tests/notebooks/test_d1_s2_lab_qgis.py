"""The lab of session 1.2 in a real QGIS: its steps are done as a trainee does
them, pictures are taken, and the lesson accepts what QGIS exported."""

import json
import shutil

import pytest

from commands.exercises import notebooks, own_check
from tests.desktop import qgis
from tests.support import PICTURES, ROOT

pytestmark = pytest.mark.slow

LESSON = ROOT / "course/day1_production/s2_reference_systems.ipynb"
IN_LESSON = ROOT / "course/day1_production/pictures"
NAMES = ["s2_two_points", "s2_layer_crs", "s2_transformation",
         "s2_one_point", "s2_export"]
STEPS = """
import json
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QAction, QComboBox, QDockWidget, QLineEdit
from qgis.PyQt.QtWidgets import QTableWidget
main, canvas = iface.mainWindow(), iface.mapCanvas()
project = QgsProject.instance()
wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
layers, told = {}, {}

def add(layer_name, **look):
    layers[layer_name] = layer = iface.addVectorLayer(
        os.environ["LAB"] + "|layername=" + layer_name, layer_name, "ogr")
    told[layer_name] = [layer.featureCount(), layer.crs().authid()]
    layer.renderer().setSymbol(QgsMarkerSymbol.createSimple(look))
    layer.triggerRepaint()
    iface.layerTreeView().refreshLayerSymbology(layer.id())

def tunis(layer):
    point = next(one for one in layer.getFeatures()
                 if one["iso_3166_2"] == "TN-11").geometry().asPoint()
    return QgsCoordinateTransform(
        layer.crs(), wgs84, project).transform(point)

def apart():
    ruler = QgsDistanceArea()
    ruler.setEllipsoid("WGS84")
    return ruler.measureLine([tunis(layer) for layer in layers.values()])

def choose_carthage(window):
    window.findChildren(QLineEdit)[0].setText("4223")
    window.setCrs(QgsCoordinateReferenceSystem("EPSG:4223"))

def look_at_operations(window):
    window.resize(760, 460)
    table = window.findChild(QTableWidget)
    told["operations"] = [
        [table.item(row, column).text() for column in range(3)]
        for row in range(table.rowCount())]
    told["chosen"] = table.currentRow()

def fill_in_export(window):
    window.resize(640, 360)
    window.findChild(QComboBox, "mFormatComboBox").setCurrentText(
        "GeoPackage")
    window.findChild(QgsFileWidget, "mFilename").setFilePath(
        os.environ["EXPORTED"])
    sip.cast(window.findChild(QWidget, "mCrsSelector"),
             QgsProjectionSelectionWidget).setCrs(wgs84)

def menu(name):
    return main.findChild(QAction, name).trigger

def lab():
    main.resize(900, 600)
    for dock in main.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() == "Layers")
    add("control_points", name="cross2", color="#08519c", size="5",
        outline_color="#08519c", outline_width="0.8")
    add("received", name="circle", color="#b30000", size="3.5")
    yield 3000
    canvas.setCenter(tunis(layers["control_points"]))
    canvas.zoomScale(5000)
    yield 3000
    shoot("s2_two_points")
    told["before"] = apart()
    iface.setActiveLayer(layers["received"])
    accepted(menu("mActionSetLayerCRS"), ("s2_layer_crs", choose_carthage),
             ("s2_transformation", look_at_operations))
    yield 3000
    shoot("s2_one_point")
    told["declared"] = layers["received"].crs().authid()
    told["after"] = apart()
    accepted(menu("mActionLayerSaveAs"), ("s2_export", fill_in_export))
    yield 3000
    print("TOLD" + json.dumps(told))
    done()

play(lab())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the lesson's own cells have written the file of the lab."""
    folder = tmp_path_factory.mktemp("lesson")
    run(folder)
    return folder


@pytest.fixture(scope="module")
def told(folder, tmp_path_factory):
    """What a real QGIS said while the steps were done in it. TMPDIR: QGIS
    would mark layers that lie in the folder for temporary files."""
    room = tmp_path_factory.mktemp("a") / "course/day1_production/output"
    room.mkdir(parents=True)
    lab = shutil.copy(folder / "output" / "lab_datum.gpkg", room)
    exported = room / "lab_repaired.gpkg"
    home = tmp_path_factory.mktemp("home")
    printed = qgis(STEPS, home, here=room.parent, LAB=str(lab),
                   EXPORTED="output/lab_repaired.gpkg", TMPDIR=str(home))
    shutil.copy(exported, folder / "output")
    line = next(line for line in printed.splitlines() if "TOLD" in line)
    return json.loads(line.removeprefix("TOLD"))


def run(folder, product: str = "...", also: str = "") -> str:
    """What the lesson's check of the lab says about a product."""
    notebook = notebooks.read(LESSON)
    wanted = {"story-read", "no-prj", "lab-file", "s2-lab-turn",
              "s2-lab-turn-check"}
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    notebook.cells[-2].source = f"{also}\nproduct = {product}"
    own_check.execute(notebook, folder)
    return "".join(one.get("text", "") for one in notebook.cells[-1].outputs)


def test_the_steps_hold_in_a_real_qgis(told):
    assert told["control_points"] == [24, "EPSG:4326"]
    assert told["received"] == [24, "EPSG:4326"]
    assert 171 <= told["before"] <= 191  # the datum is forgotten
    assert told["declared"] == "EPSG:4223"
    assert told["after"] < 1             # the label is right now


def test_qgis_offers_the_operation_on_land_first_with_its_accuracy(told):
    names, accuracies, areas = zip(*told["operations"])
    assert "Carthage to WGS 84 (1)" in names[told["chosen"]]
    assert accuracies == ("14", "1")
    assert "onshore" in areas[0] and "onshore" not in areas[1]


def test_the_lesson_accepts_what_qgis_exported(told, folder):
    said = run(folder, 'out / "lab_repaired.gpkg"')
    assert said.startswith("✓"), said


def test_a_made_product_stands_in_where_qgis_is_missing(folder):
    assert "not answered yet" in run(folder)
    assert run(folder, 'out / "lab_made.gpkg"').startswith("✓")


@pytest.mark.parametrize("also, says", [
    ("wrong.to_file(out / 'x.gpkg')", "the datum was forgotten"),
    ("repaired.to_file(out / 'x.gpkg')", "EPSG:4223"),
    ("towns.to_file(out / 'x.gpkg')", "sent_by"),
    ("(out / 'x.gpkg').unlink(missing_ok=True)", "there is no file")])
def test_a_product_that_is_not_right_is_named(folder, also, says):
    (folder / "output" / "x.gpkg").unlink(missing_ok=True)
    said = run(folder, 'out / "x.gpkg"', also)
    assert said.startswith("✗") and says in said, said


def test_the_pictures_of_the_lesson_are_those_of_this_script(told):
    text = LESSON.read_text(encoding="utf-8")
    for name in NAMES:
        assert f"pictures/{name}.png" in text
        assert (PICTURES / "qgis" / f"{name}.png").exists()
        assert (IN_LESSON / f"{name}.png").stat().st_size <= 300_000
