"""The lab of session 2.3: its model runs in the real QGIS, and QGIS's results
are those of geopandas and rasterio. Pictures: test-output/qgis."""

import os
import subprocess

import geopandas as gpd
import pytest

from commands.exercises import notebooks, own_check
from tests.desktop import qgis
from tests.support import ROOT, needs

pytestmark = pytest.mark.slow

FOLDER = ROOT / "course/day2_processing"
LESSON = FOLDER / "s3_joining_and_measuring.ipynb"
MODEL = FOLDER / "near_and_mean.model3"
CELLS = {"story-tables", "near-join", "raster-mean", "lab-layers",
         "lab-raster", "lab-made"}
OUTPUTS = {"schools_near": "schools_inside:schools_near",
           "parcels_ndvi": "mean_of_each_parcel:parcels_ndvi"}
STEPS = """
import json, processing, shutil
from processing.modeler.ModelerDialog import ModelerDialog
from processing.modeler.ModelerUtils import ModelerUtils
out, model = os.environ["LAB"], os.environ["MODEL"]
for name in ("centres", "schools", "parcels"):
    QgsProject.instance().addMapLayer(QgsVectorLayer(
        f"{out}/lab_processing.gpkg|layername={name}", name))
QgsProject.instance().addMapLayer(
    QgsRasterLayer(f"{out}/lab_ndvi.tif", "lab_ndvi"))
designer = ModelerDialog.create()
designer.loadModel(model)
designer.resize(1280, 640)
designer.show()

def designed():
    shoot("qgis_model_designer", designer)
    shutil.copy(model, ModelerUtils.modelsFolders()[0])
    QgsApplication.processingRegistry().providerById(
        "model").refreshAlgorithms()
    layers = {name: QgsProject.instance().mapLayersByName(layer)[0].id()
              for name, layer in (("centres", "centres"), ("schools",
                                  "schools"), ("parcels", "parcels"),
                                  ("raster", "lab_ndvi"))}
    global window
    window = processing.createAlgorithmDialog(
        "model:Near and mean", layers)
    window.resize(820, 640)
    window.show()
    QTimer.singleShot(1500, ran)

def ran():
    shoot("qgis_model", window)
    done()

QTimer.singleShot(1500, designed)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The folder in which the lesson's own cells write the lab's files."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = notebooks.read(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell.id in CELLS]
    assert len(notebook.cells) == len(CELLS)
    assert own_check.execute(notebook, folder) == []
    return folder / "output"


@pytest.fixture(scope="module")
def results(lab, tmp_path_factory):
    """What QGIS makes of the lab's files by the model: name → layer."""
    program = needs("qgis_process.bin")
    home = tmp_path_factory.mktemp("home")
    wanted = {name: lab / f"{name}.gpkg" for name in OUTPUTS}
    inputs = [f"{name}={lab}/lab_processing.gpkg|layername={name}"
              for name in ("centres", "schools", "parcels")]
    done = subprocess.run(
        [program, "run", MODEL, "--", *inputs, "distance=3000",
         f"raster={lab}/lab_ndvi.tif",
         *(f"{OUTPUTS[name]}={file}" for name, file in wanted.items())],
        capture_output=True, text=True, timeout=240,
        env=os.environ | {"PATH": f"/usr/bin:/bin:{os.environ['PATH']}",
                          "QT_QPA_PLATFORM": "offscreen", "HOME": str(home),
                          "XDG_RUNTIME_DIR": str(home)})
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: gpd.read_file(file) for name, file in wanted.items()}


def test_qgis_finds_the_schools_that_geopandas_finds(lab, results):
    made = gpd.read_file(lab / "lab_made.gpkg", layer="schools_near")
    found = results["schools_near"]
    assert found["school_id"].is_unique
    assert set(found["school_id"]) == set(made["school_id"])
    assert 0 < len(made) < 600


def test_qgis_has_the_means_of_rasterio_within_a_millionth(lab, results):
    made = gpd.read_file(lab / "lab_made.gpkg", layer="parcels_ndvi")
    both = made.merge(results["parcels_ndvi"].drop(columns="geometry"),
                      on="parcel_id", suffixes=("", "_qgis"))
    assert len(both) == len(made) == 120
    empty = both["ndvi_mean"].isna()
    assert (both["ndvi_mean_qgis"].isna() == empty).all()
    gap = (both["ndvi_mean"] - both["ndvi_mean_qgis"])[~empty].abs()
    assert gap.max() < 1e-6


def test_the_notebook_accepts_what_qgis_made(lab, results):
    """As a trainee goes on: results = out."""
    assert read_back(lab, "results = out").startswith("✓")
    assert read_back(lab, "results = made").startswith("✓")


def test_the_notebook_names_another_distance(lab, results):
    file = lab / "schools_near.gpkg"
    kept = file.read_bytes()
    results["schools_near"].iloc[:350].to_file(file)
    said = read_back(lab, "results = out")
    file.write_bytes(kept)
    assert "350 schools" in said and "lab_processing.gpkg" in said


def read_back(lab, answer: str) -> str:
    """What the check of the lab says after this answer."""
    notebook = notebooks.read(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell.id in
                      CELLS | {"lab-rules", "lab-rules-means",
                               "lab-turn", "lab-turn-check"}]
    for cell in notebook.cells:
        if cell.id == "lab-turn":
            cell.source = f"from helpers import check\n{answer}"
    assert own_check.execute(notebook, lab.parent) == []
    (check,) = [cell for cell in notebook.cells
                if cell.id == "lab-turn-check"]
    return "".join(output.get("text", "") for output in check.outputs)


def test_the_model_has_a_window_with_the_inputs_that_the_lab_names(
        lab, tmp_path):
    qgis(STEPS, tmp_path, LAB=str(lab), MODEL=str(MODEL))
