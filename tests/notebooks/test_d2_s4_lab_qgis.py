"""The lab of session 2.4: the real QGIS sends the lesson's statement to
PostGIS from its window, and to the GeoPackage by its toolbox, and the
notebook accepts what it saves. Pictures: test-output/qgis."""

import json
import os
import subprocess

import geopandas as gpd
import pytest

from commands.exercises import notebooks, own_check
from helpers import postgis
from tests.desktop import qgis
from tests.support import ROOT, needs

pytestmark = pytest.mark.slow

LESSON = ROOT / "course/day2_processing/s4_sql_and_protection.ipynb"
CELLS = {"story-read", "sql-box", "sql-ask", "sql-count", "lab-statement",
         "lab-made", "lab-rules", "lab-rules-counts", "lab-turn",
         "lab-turn-check"}
NO_SERVER = "server = None\n"  # QGIS asks the server of this test
STEPS = """
import json
from qgis.PyQt.QtWidgets import (
    QCheckBox, QComboBox, QGroupBox, QLabel, QLineEdit, QMenu, QPushButton,
    QToolButton)
from qgis.PyQt.Qsci import QsciScintilla
settings = QgsSettings()
for name, value in json.loads(os.environ["CONNECTION"]).items():
    settings.setValue(name, value)
model = iface.browserModel()
model.refresh()
menu = QMenu()  # of the connection, as a right click opens it

def open_window():
    indexes = [model.index(row, 0) for row in range(model.rowCount())]
    (root,) = [model.dataItem(index) for index in indexes
               if model.data(index) == "PostGIS"]
    global connections  # or Python forgets it while its menu is open
    connections = root.createChildren()
    (connection,) = connections
    for provider in QgsGui.dataItemGuiProviderRegistry().providers():
        provider.populateContextMenu(connection, menu, [connection],
                                     QgsDataItemGuiContext())
    (action,) = [action for action in menu.actions()
                 if action.text() == "Execute SQL…"]
    QTimer.singleShot(0, action.trigger)

def scenes():
    yield 1500
    open_window()
    yield 2500
    window = QApplication.activeModalWidget() or next(
        one for one in QApplication.topLevelWidgets()
        if one.isVisible() and "Execute SQL" in one.windowTitle())
    def part(kind, name):
        return window.findChild(kind, name)
    window.resize(860, 660)
    part(QsciScintilla, "mSqlEditor").setText(os.environ["STATEMENT"].strip())
    part(QPushButton, "mExecuteButton").click()
    yield 4000
    assert "231" in part(QLabel, "mStatusLabel").text()
    group = part(QGroupBox, "mLoadAsNewLayerGroupBox")
    group.setChecked(True)
    part(QToolButton, "collapseButton").click()  # it opens
    keys = part(QComboBox, "mPkColumnsComboBox")
    part(QCheckBox, "mPkColumnsCheckBox").setChecked(True)
    number = keys.findText("sector_id")
    keys.model().setData(keys.model().index(number, 0), Qt.Checked,
                         Qt.CheckStateRole)
    part(QCheckBox, "mGeometryColumnCheckBox").setChecked(True)
    part(QComboBox, "mGeometryColumnComboBox").setCurrentText("geom")
    part(QLineEdit, "mLayerNameLineEdit").setText("open_centres")
    yield 1500
    shoot("execute_sql", window)
    part(QPushButton, "mLoadLayerPushButton").click()
    yield 2500
    (layer,) = QgsProject.instance().mapLayers().values()
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = "open_centres"
    error = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, os.environ["RESULT"], QgsCoordinateTransformContext(), options)
    assert error[0] == QgsVectorFileWriter.NoError, error
    done()
    yield 0

play(scenes())
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The folder in which the lesson's own cells write the lab's files."""
    folder = tmp_path_factory.mktemp("lab")
    read_back(folder, "answer = made")
    return folder


def read_back(folder, answer: str) -> str:
    """What the check of the lab says after this answer."""
    notebook = notebooks.read(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell.id in CELLS]
    for cell in notebook.cells:
        if cell.id == "lab-turn":
            cell.source = answer
        if cell.id == "lab-statement":
            cell.source = NO_SERVER + cell.source
    assert own_check.execute(notebook, folder) == []
    return "".join(output.get("text", "") for output in
                   notebook.cells[-1].outputs)


def statement() -> str:
    names = {"server": None}
    (cell,) = [cell for cell in notebooks.read(LESSON).cells
               if cell.id == "lab-statement"]
    exec(cell.source, names)
    return names["statement"]


def in_qgis(lab, home, connection) -> str:
    """Send the statement by "Execute SQL…", save what comes; what the
    notebook says to it. connection: the settings of QGIS for it."""
    result = lab / "output" / "open_centres.gpkg"
    result.unlink(missing_ok=True)
    qgis(STEPS, home, CONNECTION=json.dumps(connection),
         STATEMENT=statement(), RESULT=str(result))
    return read_back(lab, "answer = out")


def test_the_made_product_stands_in(lab):
    assert read_back(lab, "answer = made").startswith("✓")


def test_the_answer_of_postgis_comes_back_from_qgis(lab, tmp_path):
    needs("qgis")
    if not postgis.installed():
        needs("postgres")
    with postgis.start() as server:
        for name in ("sectors", "centres", "schools"):
            server.write(gpd.read_file(lab / "output" / "lab_sql.gpkg",
                                       layer=name), name)
        values = {"host": server.folder, "port": "5432",
                  "database": "postgres", "username": "geodata",
                  "saveUsername": "true"}
        said = in_qgis(lab, tmp_path, {
            f"PostgreSQL/connections/course/{name}": value
            for name, value in values.items()})
    assert said.startswith("✓"), said


def test_the_answer_of_the_geopackage_comes_back_from_qgis(lab, tmp_path):
    """By the toolbox's GDAL, Execute SQL, where PostGIS is missing."""
    program = needs("qgis_process.bin")
    result = lab / "output" / "open_centres.gpkg"
    result.unlink(missing_ok=True)
    box = lab / "output" / "lab_sql.gpkg"
    done = subprocess.run(
        [program, "run", "gdal:executesql", "--",
         f"INPUT={box}|layername=sectors", f"SQL={statement()}", "DIALECT=2",
         f"OUTPUT={result}"], capture_output=True, text=True, timeout=240,
        env=os.environ | {"PATH": f"/usr/bin:/bin:{os.environ['PATH']}",
                          "QT_QPA_PLATFORM": "offscreen",
                          "HOME": str(tmp_path),
                          "XDG_RUNTIME_DIR": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    said = read_back(lab, "answer = out")
    assert said.startswith("✓"), said + done.stdout


def test_a_where_after_the_join_is_named(lab):
    file = lab / "output" / "open_centres.gpkg"
    file.unlink(missing_ok=True)
    rows = gpd.read_file(lab / "output" / "lab_sql_made.gpkg")
    rows[rows["centres"] > 0].to_file(file, layer="open_centres")
    said = read_back(lab, "answer = out")
    assert "227" in said and "LEFT JOIN" in said
