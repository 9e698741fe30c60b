"""The lab of session 2.2 in a real QGIS: the same count as in the notebook,
and the picture of the Topology Checker."""


import pytest

from commands.exercises import notebooks, own_check
from tests.desktop import qgis
from tests.notebooks.test_lessons import said
from tests.support import ROOT

pytestmark = pytest.mark.slow

LESSON = ROOT / "course/day2_processing/s2_geometry_and_quality.ipynb"
CELLS = ["story-read", "coverage-count", "lab-file", "lab-made", "lab-turn",
         "lab-turn-check"]
# The steps of the lab. The plugin is switched on by the settings of PLUGINS.
STEPS = """
import json, processing
from qgis.PyQt.QtWidgets import QAction, QComboBox, QPushButton, QTableView

layers = {}
for name in ["received", "sectors"]:
    layers[name] = QgsVectorLayer(
        os.environ["LAB"] + "|layername=" + name, name)
QgsProject.instance().setCrs(layers["sectors"].crs())
QgsProject.instance().addMapLayers([layers["received"], layers["sectors"]])
validity = processing.run("qgis:checkvalidity", {
    "INPUT_LAYER": layers["received"], "METHOD": 2,
    "ERROR_OUTPUT": 'ogr:dbname="' + os.environ["ERRORS"]
    + '" table="errors" (geom)'})
print("INVALID", validity["INVALID_COUNT"], validity["ERROR_COUNT"])

def action(text):
    return [one for one in iface.mainWindow().findChildren(QAction)
            if one.text() == text][-1]

def widget(name):
    return [one for one in QApplication.allWidgets()
            if one.objectName() == name][-1]

action("Topology Checker").trigger()
for layer in ["received", "sectors"]:
    action("Configure").trigger()
    QApplication.processEvents()
    rules = widget("mRulesTable")
    while rules.rowCount():
        rules.selectRow(0)
        widget("mDeleteTestButton").click()
    for rule in ["must not overlap", "must not have gaps"]:
        widget("mLayer1Box").setCurrentIndex(0)
        widget("mLayer1Box").setCurrentText(layer)
        widget("mRuleBox").setCurrentText(rule)
        widget("mAddTestButton").click()
    window = widget("mRulesTable").window()
    window.accept()
    action("Validate All").trigger()
    table = widget("mErrorTableView").model()
    kinds = [table.data(table.index(row, 0))
             for row in range(table.rowCount())]
    print("COUNTED", layer, kinds.count("overlaps"), kinds.count("gaps"))

QgsProject.instance().layerTreeRoot().findLayer(
    layers["received"]).setItemVisibilityChecked(False)
iface.mainWindow().addDockWidget(Qt.BottomDockWidgetArea,
                                 widget("mErrorTableView").parent().parent())
iface.zoomFull()
QTimer.singleShot(3000, lambda: (shoot("topology_checker"), done()))
"""
PLUGINS = "[Plugins]\nlibtopolplugin=true\n"


def lesson(**sources):
    """The lesson's cells of the lab, some with another source."""
    notebook = notebooks.read(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell.id in CELLS]
    for cell in notebook.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
    return notebook


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the lesson's own cells have written the GeoPackage."""
    folder = tmp_path_factory.mktemp("lab")
    own_check.execute(lesson(), folder)
    return folder


@pytest.fixture(scope="module")
def told(folder, tmp_path_factory):
    """First word of a line that QGIS printed → its other words."""
    home = tmp_path_factory.mktemp("home")
    settings = home / ".local/share/QGIS/QGIS3/profiles/default/QGIS"
    settings.mkdir(parents=True)
    (settings / "QGIS3.ini").write_text(PLUGINS, "utf-8")
    output = folder / "output"
    lines = qgis(STEPS, home, LAB=str(output / "lab_sectors.gpkg"),
                 ERRORS=str(output / "lab_errors.gpkg"))
    return {tuple(line.split()[:-2]): list(map(int, line.split()[-2:]))
            for line in lines.splitlines()
            if line.startswith(("INVALID", "COUNTED"))}


def test_the_counts_of_qgis_are_those_of_the_notebook(folder, told):
    overlaps, gaps = told["COUNTED", "sectors"]
    notebook = lesson(lab_turn=(
        f'errors_file = out / "lab_errors.gpkg"\n'
        f"overlaps_in_qgis, gaps_in_qgis = {overlaps}, {gaps}"))
    own_check.execute(notebook, folder)
    assert said(notebook.cells[-1]).startswith("✓"), said(notebook.cells[-1])
    assert told["INVALID",] == [3, 3]


def test_the_checker_counts_one_overlap_less_in_what_was_received(told):
    """The pitfall below the lab: features, not pairs."""
    assert told["COUNTED", "received"][0] == 8
