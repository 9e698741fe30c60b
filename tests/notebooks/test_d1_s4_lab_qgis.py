"""The lab of session 1.4 in a real QGIS: its steps are done by the program's
own classes and clicks, and the notebook accepts what they leave.

Pictures: test-output/qgis/digitise_*.png. Two of them are copied to
course/day1_production/pictures/.
"""

import contextlib
import io

import geopandas as gpd
import pytest

from commands.exercises import notebooks
from tests import desktop
from tests.support import ROOT

pytestmark = pytest.mark.slow

LESSON = ROOT / "course/day1_production/s4_digitising_and_osm.ipynb"
NEEDED = {"story-join", "feature", "image", "lab-image", "lab-limits-code",
          "lab-made", "lab-rule", "lab-turn", "lab-turn-check"}
# Steps 1 to 5 of the lab. CLICKS: metres in EPSG:32632.
STEPS = """
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (QDialogButtonBox, QLineEdit,
                                 QToolButton, QComboBox, QDialog)
def stop(*error):  # QGIS would show the error in a dialog, and wait
    traceback.print_exception(*error)
    sys.stderr.flush()
    os._exit(1)

sys.excepthook = stop
out = os.environ["COURSE_OUT"]
clicks = [tuple(map(float, corner.split())) for corner in
          os.environ["COURSE_CLICKS"].split(",")]
iface.addRasterLayer(out + "/image.tif", "image")

def fill(window):
    def named(kind, name):
        return window.findChild(kind, name)
    window.setDatabasePath(out + "/digitised.gpkg")
    window.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    box = named(QComboBox, "mGeometryTypeBox")
    box.setCurrentIndex(box.findText("Polygon"))
    for field in ["source", "licence"]:
        named(QLineEdit, "mFieldNameEdit").setText(field)
        named(QToolButton, "mAddAttributeButton").click()
    window.resize(620, 700)

def create():
    window = QgsNewGeoPackageLayerDialog(iface.mainWindow())
    window.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    fill(window)
    window.show()
    QApplication.processEvents()
    shoot("digitise_layer", window)
    window.findChild(QDialogButtonBox).button(QDialogButtonBox.Ok).click()

create()
(layer,) = QgsProject.instance().mapLayersByName("digitised")
print("LAYER", layer.crs().authid(), [f.name() for f in layer.fields()])
canvas = iface.mapCanvas()
canvas.setCenter(QgsPointXY(sum(x for x, y in clicks) / len(clicks),
                            sum(y for x, y in clicks) / len(clicks)))
canvas.zoomScale(5000)
iface.setActiveLayer(layer)
layer.startEditing()
iface.actionAddFeature().trigger()

def click(x, y, button=Qt.LeftButton):
    spot = canvas.getCoordinateTransform().transform(QgsPointXY(x, y))
    QTest.mouseMove(canvas.viewport(), spot.toQPointF().toPoint())
    QTest.mouseClick(canvas.viewport(), button, Qt.NoModifier,
                     spot.toQPointF().toPoint())
    QApplication.processEvents()

def form():
    windows = [window for window in QApplication.topLevelWidgets()
               if isinstance(window, QDialog) and window.isVisible()
               and window.findChild(QLineEdit, "licence")]
    if not windows:
        return QTimer.singleShot(300, form)
    (window,) = windows
    window.findChild(QLineEdit, "source").setText(
        "fictional image of 2021-04-15, cells of 20 m")
    window.findChild(QLineEdit, "licence").setText("CC-BY-4.0")
    QApplication.processEvents()
    shoot("digitise_form", window)
    QTimer.singleShot(500, keep)
    window.findChild(QDialogButtonBox).button(QDialogButtonBox.Ok).click()

def keep():
    print("COMMITTED", layer.commitChanges(), layer.featureCount())
    QTimer.singleShot(3000, lambda: (shoot("digitise_polygon"), done()))

def draw():
    print("CRS", QgsProject.instance().crs().authid())
    for corner in clicks:
        click(*corner)
    QTimer.singleShot(500, form)
    click(*clicks[-1], Qt.RightButton)

QTimer.singleShot(4000, draw)
"""


@pytest.fixture
def files(tmp_path):
    """The folder output: the cells that write the lab's files have run."""
    folder = tmp_path / "course" / "day1_production"
    folder.mkdir(parents=True)
    run_the_lab(folder, "...")
    return folder / "output"


def run_the_lab(folder, answer):
    """What the lab's check says when `file = answer` names the product."""
    said = io.StringIO()
    known = {"__name__": "lab"}
    with contextlib.chdir(folder), contextlib.redirect_stdout(said):
        for cell in notebooks.read(LESSON).cells:
            if cell.id == "lab-turn":
                cell.source = f"file = {answer}"
            if cell.id in NEEDED:
                said.seek(0), said.truncate()
                exec(cell.source.replace("pen.data", "[]"), known)
    return said.getvalue()


def verdict(files):
    """What the lab's check says of output/digitised.gpkg."""
    return run_the_lab(files.parent, 'out / "digitised.gpkg"')


def in_qgis(files, home, clicks):
    home.mkdir()
    return desktop.qgis(
        STEPS, home, here=files.parent, COURSE_OUT=files.name,
        COURSE_CLICKS=",".join(f"{x} {y}" for x, y in clicks))


def corners(beside=0):
    """The field's corners as a careful hand clicks them, each some metres
    off; beside: metres to the east."""
    field = gpd.read_file(ROOT / "data/parcels.geojson").to_crs(
        32632).geometry[53]
    hand = [(3, -2), (-4, 3), (2, 4), (-3, -3)]
    return [(x + right + beside, y + up) for (x, y), (right, up) in
            zip(field.exterior.coords, hand)]


def test_what_is_drawn_in_qgis_passes_the_check(files, tmp_path):
    told = in_qgis(files, tmp_path / "home", corners())
    assert "CRS EPSG:32632" in told
    assert "LAYER EPSG:32632 ['fid', 'source', 'licence']" in told
    assert "COMMITTED True 1" in told
    assert verdict(files).startswith("✓ Lab"), verdict(files)


@pytest.mark.parametrize("spoil, says", [
    (lambda layer: layer.to_crs(4326), "CRS"),
    (lambda layer: layer.set_geometry(layer.centroid), "Polygon"),
    (lambda layer: layer.drop(columns="licence"), "licence"),
    (lambda layer: layer.assign(source=None), "source is empty"),
    (lambda layer: layer.set_geometry(layer.buffer(25)), "the area is"),
    (lambda layer: layer.set_geometry(layer.translate(500)), "covers"),
    (lambda layer: layer.iloc[:0], "has no outline"),
], ids=["degrees", "a point", "no licence", "source left empty", "too large",
        "another field", "nothing saved"])
def test_a_product_that_is_not_right_is_named(files, spoil, says):
    made = gpd.read_file(files / "made.gpkg")
    spoil(made).to_file(files / "digitised.gpkg")
    said = verdict(files)
    assert said.startswith("✗")
    assert says in said
