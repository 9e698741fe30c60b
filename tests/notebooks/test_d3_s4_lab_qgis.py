"""The lab of session 3.4 in a real QGIS, the client of one's own server: a
connection is made, the layer added and saved, each by its dialog, and every
feature comes. Pictures: test-output/qgis."""

import json
import re

import geopandas as gpd
import pytest

from helpers import data
from helpers.publish import server
from tests.desktop import qgis

pytestmark = pytest.mark.slow

STEPS = """
import json
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import (QAction, QCheckBox, QComboBox,
    QDialogButtonBox, QLineEdit, QPushButton, QTreeView)
told = {}

def window(name):
    found = [one for one in QApplication.topLevelWidgets()
             if one.isVisible() and one.metaObject().className() == name]
    return found[0] if found else None

def press(button):
    QTimer.singleShot(0, button)  # what it opens waits for an answer

def connect(name, paging):
    # a new connection, and the layer from it
    press(iface.mainWindow().findChild(QAction, "mActionAddWfsLayer").trigger)
    while not window("QgsDataSourceManagerDialog"):
        yield 300
    manager = window("QgsDataSourceManagerDialog")
    page, = [one for one in manager.findChildren(QWidget)
             if one.metaObject().className() == "QgsWFSSourceSelect"]
    press(page.findChild(QPushButton, "btnNew").click)
    while not window("QgsWFSNewConnection"):
        yield 300
    new = window("QgsWFSNewConnection")
    new.findChild(QLineEdit, "txtName").setText(name)
    new.findChild(QLineEdit, "txtUrl").setText(os.environ["ADDRESS"])
    versions = new.findChild(QComboBox, "cmbVersion")
    told["versions"] = [versions.itemText(n) for n in range(versions.count())]
    versions.setCurrentText("OGC API - Features")
    new.findChild(QCheckBox, "cbxWfsFeaturePaging").setChecked(paging)
    new.resize(560, 560)
    yield 800
    if paging:
        shoot("qgis_service", new)
    new.accept()
    yield 800
    press(page.findChild(QPushButton, "btnConnect").click)
    table = page.findChild(QTreeView, "treeView")
    while not table.model().rowCount():
        yield 300
    rows = [[table.model().index(row, column).data() for column in range(3)]
            for row in range(table.model().rowCount())]
    told["collections"] = {row[1]: row[0] for row in rows}
    number = [row[1] for row in rows].index("health_centres")
    table.setCurrentIndex(table.model().index(number, 0))
    for column, width in enumerate([190, 130, 250]):
        table.setColumnWidth(column, width)
    manager.resize(900, 480)
    yield 800
    if paging:
        shoot("qgis_service_layers", page)
    page.findChild(QDialogButtonBox, "buttonBox").button(
        QDialogButtonBox.Apply).click()
    yield 2500
    manager.close()
    iface.zoomToActiveLayer()
    yield 3000

def title_of_table():
    table = iface.showAttributeTable(iface.activeLayer())
    yield 3000
    told["titles"] = told.get("titles", []) + [table.windowTitle()]
    shoot(f"qgis_service_table_{len(told['titles'])}", table)
    table.close()

def work():
    yield from connect("my service", True)
    layer = iface.activeLayer()
    told["provider"] = layer.providerType()
    told["ids"] = [feature["centre_id"] for feature in layer.getFeatures()]
    shoot("qgis_service_map")
    yield from title_of_table()
    accepted(iface.mainWindow().findChild(
        QAction, "mActionLayerSaveAs").trigger, ("qgis_service_save", fill_in))
    yield 4000
    yield from connect("one page", False)
    yield from title_of_table()
    print("TOLD" + json.dumps(told))
    done()

def fill_in(window):
    window.findChild(QComboBox, "mFormatComboBox").setCurrentText("GeoPackage")
    window.findChild(QgsFileWidget, "mFilename").setFilePath(
        os.environ["SAVED"])
    sip.cast(window.findChild(QWidget, "mCrsSelector"),
             QgsProjectionSelectionWidget).setCrs(
                 QgsCoordinateReferenceSystem("EPSG:32632"))

QTimer.singleShot(150000, lambda: stop(*[TimeoutError, TimeoutError(), None]))
play(work())
"""


def test_qgis_reads_every_feature_from_the_server(tmp_path, tmp_path_factory):
    layer = gpd.read_file(data.path("health_centres"))
    package = tmp_path / "health_centres"
    package.mkdir()
    layer.to_file(package / "health_centres.geojson", RFC7946="YES")
    (package / "metadata.json").write_text(json.dumps({
        "title": {"en": "Health centres (fictional)"},
        "abstract": {"en": "An invented register"},
        "bbox": layer.total_bounds.tolist()}), "utf-8")
    saved = tmp_path / "lab_service.gpkg"
    with server.serve(server.configuration(package)) as address:
        printed = qgis(STEPS, tmp_path_factory.mktemp("home"),
                       ADDRESS=address, SAVED=str(saved))
    line = next(line for line in printed.splitlines() if "TOLD" in line)
    told = json.loads(line.removeprefix("TOLD"))
    assert "OGC API - Features" in told["versions"]
    assert told["collections"] == {
        "health_centres": "Health centres (fictional)",
        "catalogue": "Catalogue"}
    assert told["provider"] == "OAPIF"
    assert sorted(told["ids"]) == sorted(layer["centre_id"])
    # Without paging the table has few rows, 10 or 30; its title says 434.
    numbers = [list(map(int, re.findall(r"\d+", title)[:2]))
               for title in told["titles"]]
    assert numbers[0] == [434, 434]
    assert numbers[1][0] == 434 and 10 <= numbers[1][1] < 200
    back = gpd.read_file(saved).set_index("centre_id")
    wanted = layer.to_crs(32632).set_index("centre_id")
    assert back.index.is_unique and set(back.index) == set(wanted.index)
    assert back.crs == 32632
    assert back.distance(wanted.loc[back.index]).max() < 0.01
    assert (back["name_ar"].fillna("")
            == wanted["name_ar"].loc[back.index].fillna("")).all()
