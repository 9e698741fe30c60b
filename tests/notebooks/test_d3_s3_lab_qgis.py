"""The lab of session 3.3: its pages open with the network cut, its template
opens in the real QGIS, and the exported sheet is read back. Pictures:
test-output/qgis and test-output/maps."""

import io
import re
import unicodedata

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from tests.desktop import qgis
from tests.notebooks import turns
from tests.support import PICTURES, ROOT

pytestmark = pytest.mark.slow
LESSON = ROOT / "course/day3_publication/s3_honest_maps.ipynb"
CELLS = ["story-map", "story-density", "limits-functions", "limits-ways",
         "colour-lightness", "legend-words", "legend-map", "lab-page",
         "lab-page-words", "lab-squares", "lab-tiles", "lab-tile-page",
         "lab-style", "lab-template", "lab-made", "lab-rules"]
LEGEND = ".key i"
# The page of each way to draw, and what stands there when it has drawn.
DRAWN = {"density": ".leaflet-interactive", "distance": "[data-drawn]"}
STEPS = """
from qgis.PyQt.QtXml import QDomDocument
out = os.environ["LAB"]
iface.addVectorLayer(f"{out}/lab_density.gpkg", "lab_density", "ogr")
template = QDomDocument()
with open(f"{out}/lab_map.qpt", encoding="utf-8") as file:
    template.setContent(file.read())
sheet = QgsPrintLayout(QgsProject.instance())
items, whole = sheet.loadFromTemplate(template, QgsReadWriteContext())
assert whole, "the template was not read"
sheet.setName("density")
QgsProject.instance().layoutManager().addLayout(sheet)
exporter = QgsLayoutExporter(sheet)
settings = exporter.ImageExportSettings()
assert settings.dpi in (-1, 150) and sheet.renderContext().dpi() == 150
assert exporter.exportToImage(f"{out}/lab_map.png", settings) == 0
assert exporter.exportToPdf(f"{out}/lab_map.pdf",
                            exporter.PdfExportSettings()) == 0
print(sheet.itemById("title_ar").text())
designer = iface.openLayoutDesigner(sheet)
window = designer.window()
window.resize(1200, 850)

def seen():
    shoot("qgis_layout", window)
    done()

def fitted():
    designer.view().zoomFull()
    QTimer.singleShot(2500, seen)

QTimer.singleShot(1500, fitted)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The folder in which the lesson's own cells write the lab's files."""
    folder = tmp_path_factory.mktemp("lab")
    run(folder)
    return folder / "output"


def run(folder, answer=""):
    return turns.lab(LESSON, CELLS, folder,
                     answer and f"from helpers import check\n{answer}")


# --- the pages --------------------------------------------------------------

@pytest.fixture(params=DRAWN)
def page(request, lab, chromium):
    """A page in a browser that may ask nobody; requests are kept."""
    context = chromium.new_context(viewport={"width": 900, "height": 900},
                                   offline=True)
    visit = context.new_page()
    visit.asked = []
    visit.on("request", lambda request: visit.asked.append(request.url))
    visit.name = request.param
    visit.goto((lab / f"{visit.name}.html").as_uri())
    visit.wait_for_selector(DRAWN[visit.name], state="attached")
    yield visit
    context.close()


def rgb(words: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", words)[:3]))


def test_the_page_asks_nobody_and_shows_the_colours_of_its_legend(page):
    colours = [rgb(one) for one in page.eval_on_selector_all(
        LEGEND, "boxes => boxes.map(box => "
        "getComputedStyle(box).backgroundColor)")]
    content = page.screenshot()
    (PICTURES / "maps").mkdir(parents=True, exist_ok=True)
    (PICTURES / "maps" / f"{page.name}_page.png").write_bytes(content)
    picture = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    left, top, right, bottom = page.eval_on_selector(
        ".key", "key => {const at = key.getBoundingClientRect(); return "
        "[at.left, at.top, at.right, at.bottom].map(Math.round)}")
    outside = picture.copy()
    outside[top:bottom, left:right] = 255

    assert [url for url in page.asked if not url.startswith(
        ("file:", "data:", "blob:"))] == []
    assert len(set(colours)) == 5
    for colour in colours:
        for where in (picture[top:bottom, left:right], outside):
            near = (abs(where.astype(int) - colour) <= 3).all(axis=2)
            assert near.sum() > 50, colour


def test_the_arabic_names_are_joined_and_run_from_right_to_left(page):
    """Joined letters are narrower than the same letters kept apart; the
    first letter stands at the right."""
    names = page.eval_on_selector_all(".name", """all => all.map(name => {
        const text = name.firstChild, last = text.length - 1;
        const at = index => {const range = document.createRange();
          range.setStart(text, index); range.setEnd(text, index + 1);
          return range.getBoundingClientRect().left;};
        const apart = name.cloneNode();
        apart.textContent = [...text.data].join("\\u200c");
        name.parentNode.appendChild(apart);
        return {text: text.data, first: at(0), last: at(last),
                joined: name.getBoundingClientRect().width,
                apart: apart.getBoundingClientRect().width};})""")
    assert len(names) > 8
    for name in names:
        assert name["first"] > name["last"], name
        assert name["text"] == unicodedata.normalize("NFKC", name["text"])
    widths = np.array([[name["joined"], name["apart"]] for name in names])
    assert (widths[:, 0] < widths[:, 1]).all(), widths


# --- QGIS -------------------------------------------------------------------

@pytest.mark.slow
def test_qgis_opens_the_template_and_the_notebook_reads_its_sheet(
        lab, tmp_path):
    said = qgis(STEPS, tmp_path, LAB=str(lab))
    assert "الكثافة السكانية" in said
    assert (lab / "lab_map.pdf").read_bytes().startswith(b"%PDF")
    answer = 'sheet_file = out / "lab_map.png"'
    assert run(lab.parent, answer).startswith("✓")


@pytest.mark.slow
def test_a_sheet_without_its_colours_is_named(lab):
    white = np.ones((1754, 1240, 3))
    plt.imsave(lab / "white.png", white)
    said = run(lab.parent, 'sheet_file = out / "white.png"')
    assert "is missing" in said and "lab_density" in said
    plt.imsave(lab / "wide.png", white[:1240])
    said = run(lab.parent, 'sheet_file = out / "wide.png"')
    assert "height by width" in said
    said = run(lab.parent, 'sheet_file = out / "gone.png"')
    assert "there is no" in said
