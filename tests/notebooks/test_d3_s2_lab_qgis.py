"""The lab of session 3.2 in a real QGIS: the record is typed into the metadata
page of the layer and saved, and the lesson reads it back. So it is with the
form that has the field names of CKAN. Pictures: test-output/qgis."""

import json
from types import SimpleNamespace

import pytest
import yaml

from tests.desktop import qgis
from tests.notebooks import turns
from tests.support import ROOT

pytestmark = pytest.mark.slow

LESSON = ROOT / "course/day3_publication/s2_metadata_and_licences.ipynb"
RECORD = LESSON.with_name("received_record.yaml")
CELLS = ["story-record", "story-verdict", "story-box", "form-rules",
         "record-right", "lab-file", "lab-made", "lab-read"]
STEPS = """
import json
from qgis.PyQt.QtWidgets import QComboBox, QInputDialog, QLineEdit, \\
    QListWidget, QPushButton, QTabWidget, QTextBrowser, QTextEdit
told, record = {}, json.loads(os.environ["RECORD"])

def named(window, kind, name):
    return next(one for one in window.findChildren(kind)
                if one.objectName() == name)

def licence(words):
    window = QApplication.activeModalWidget()
    told["licence"] = window.windowTitle()
    if isinstance(window, QInputDialog):
        window.setTextValue(words)
    window.accept()

def fill_in(window):
    window.resize(820, 560)
    pages = window.findChild(QListWidget, "mOptionsListWidget")
    pages.setCurrentItem(pages.findItems("Metadata", Qt.MatchExactly)[0])
    page = named(window, QWidget, "QgsMetadataWidgetBase")
    tabs = page.findChild(QTabWidget)
    told["tabs"] = [tabs.tabText(n) for n in range(tabs.count())]
    page.findChild(QLineEdit, "lineEditIdentifier").setText(
        record["identifier"])
    page.findChild(QLineEdit, "lineEditTitle").setText(record["title"])
    page.findChild(QTextEdit, "textEditAbstract").setPlainText(
        record["abstract"])
    language = page.findChild(QComboBox, "comboLanguage")
    language.setCurrentIndex(language.findText("FRA"))
    told["language"] = language.currentText()
    QTimer.singleShot(500, lambda: licence(record["licence"]))
    page.findChild(QPushButton, "btnAddLicence").click()
    for field, word in [("Name", "organization"), ("Email", "email"),
                        ("Organization", "organization")]:
        page.findChild(QLineEdit, f"lineEditContact{field}").setText(
            record[word])
    role = page.findChild(QComboBox, "comboContactRole")
    role.setCurrentIndex(role.findText("owner"))
    told["role"] = role.currentText()
    menu = page.findChild(QPushButton, "mButtonCalcFromLayer").menu()
    menu.aboutToShow.emit()
    told["layers"] = [one.text() for one in menu.actions()]
    menu.actions()[0].trigger()
    page.findChild(QPushButton, "btnSetCrsFromLayer").click()
    tabs.setCurrentIndex(told["tabs"].index("Validation"))
    told["validation"] = page.findChild(
        QTextBrowser, "resultsCheckMetadata").toPlainText()
    shoot("qgis_metadata_validation", window)
    tabs.setCurrentIndex(0)
    more = [one for one in window.findChildren(QPushButton) if one.menu()
            and "Metadata" in one.text()]
    told["menu"] = [one.text() for one in more[0].menu().actions()]

def work():
    layer = iface.addVectorLayer(
        f"{os.environ['LAB']}|layername=health_centres", "health_centres",
        "ogr")
    yield 1500
    iface.setActiveLayer(layer)
    accepted(lambda: iface.showLayerProperties(layer),
             ("qgis_metadata", fill_in))
    yield 3000
    told["saved"] = layer.saveNamedMetadata(os.environ["SAVED"])[1]
    spoilt = layer.metadata()
    spoilt.setLicenses(["CC-BY-NC-4.0"])
    extent = spoilt.extent()
    places = extent.spatialExtents()
    places[0].bounds = QgsBox3d(31.7, 7.6, 0, 37.3, 11.4, 0)
    extent.setSpatialExtents(places)
    spoilt.setExtent(extent)
    told["spoilt"] = [one.section for one in
                      QgsNativeMetadataValidator().validate(spoilt)[1]]
    print("TOLD" + json.dumps(told))
    done()

play(work())
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory, kernels):
    """The lab of the lesson: `output`, where its own cells have written its
    files, and `said`, what its check says about three answers."""
    folder = tmp_path_factory.mktemp("lesson")
    with turns.opened(LESSON, folder, kernels, CELLS) as said:
        def read_back(*answers):
            return said("lab", "\n".join(
                f"{name} = {answer}" for name, answer in zip(
                    ("from_qgis", "from_ckan", "titles_kept"), answers)))
        yield SimpleNamespace(output=folder / "output", said=read_back)


def test_the_steps_hold_in_a_real_qgis(lab, tmp_path_factory):
    record = yaml.safe_load(RECORD.read_text("utf-8"))
    words = {"title": record["title"]["fr"], "licence": "CC-BY-4.0",
             "abstract": record["abstract"]["fr"],
             "identifier": record["identifier"],
             "organization": record["publisher"]["name"]["fr"],
             "email": "open.data@health.example"}
    output = lab.output
    home = tmp_path_factory.mktemp("home")
    printed = qgis(STEPS, home, LAB=str(output / "lab_register.gpkg"),
                   RECORD=json.dumps(words), TMPDIR=str(home),
                   SAVED=str(output / "lab_qgis.qmd"))
    line = next(line for line in printed.splitlines() if "TOLD" in line)
    told = json.loads(line.removeprefix("TOLD"))
    assert told["tabs"][:6] == ["Identification", "Categories", "Keywords",
                                "Access", "Extent", "Contact"]
    assert told["language"] == "FRA" and told["role"] == "owner"
    assert told["licence"] == "New Licence" and told["saved"]
    assert told["layers"] == ["health_centres"]
    assert "Save Metadata…" in told["menu"]
    assert told["validation"].strip() == (
        "links: At least one link is required.")
    assert told["spoilt"] == ["links"]  # neither the licence nor the box
    said = lab.said(OWN_QGIS, "made_ckan", "1")
    assert "✓ Lab: one record in two programs" in said, said


OWN_QGIS = 'out.parent / "lab_qgis.qmd"'
OWN_CKAN = 'out.parent / "lab_ckan.json"'


@pytest.mark.parametrize("old, new, says", [
    ("<license>CC-BY-4.0", "<license>CC-BY-NC-4.0", "commercial use"),
    ('minx="', 'minx="3', "bbox"), ("<title>", "<title>My ", "the title in"),
    ("<email>open.data@", "<email>amel.fictive@", "name of a person"),
    ("<spatial", "<nothing", "no bounding box"),
    ("<qgis>", "", "cannot be read")])
def test_a_fault_of_the_file_from_qgis_is_named(lab, old, new, says):
    output = lab.output
    text = (output / "metadata" / "made.qmd").read_text("utf-8")
    assert old in text
    (output / "lab_qgis.qmd").write_text(text.replace(old, new), "utf-8")
    said = lab.said(OWN_QGIS, "made_ckan", "1")
    assert "✗" in said and says in said and "Traceback" not in said


@pytest.mark.parametrize("change, says", [
    ({"license_id": "cc-nc"}, "licence"), ({"extras": []}, "bounding box"),
    ({"extras": [{"key": "spatial", "value": "Kef"}]}, "bounding box"),
    ({"title": ""}, "the title in"), ({"maintainer_email": ""}, "email")])
def test_a_fault_of_the_file_from_the_form_is_named(lab, change, says):
    output = lab.output
    made = json.loads((output / "metadata/made.json").read_text("utf-8"))
    (output / "lab_ckan.json").write_text(json.dumps(made | change), "utf-8")
    said = lab.said("made_qgis", OWN_CKAN, "1")
    assert "✗" in said and says in said and "Traceback" not in said


def test_what_is_not_there_and_three_titles_are_named(lab):
    said = lab.said('out.parent / "no.qmd"', "made_ckan", "1")
    assert "there is no file no.qmd" in said
    said = lab.said("made_qgis", "made_ckan", "3")
    assert "one field for the title" in said


def test_what_is_typed_into_the_form_is_read_back(lab, chromium):
    """The form of session 1.1, filled in as step 5 says, without network."""
    record = yaml.safe_load(RECORD.read_text("utf-8"))
    made = json.loads((lab.output / "metadata/made.json").read_text("utf-8"))
    context = chromium.new_context()
    context.set_offline(True)
    tab = context.new_page()
    tab.goto((lab.output / "ckan_form.html").as_uri())
    for label, words in {
            "Title": record["title"]["fr"], "Name in the address":
            "centres-de-sante", "Description": record["abstract"]["fr"],
            "Maintainer (": record["publisher"]["name"]["fr"],
            "E-mail": made["maintainer_email"],
            "Address (url)": record["distributions"][0]["url"],
            "Rectangle": made["extras"][0]["value"]}.items():
        tab.get_by_label(label).fill(words)
    tab.get_by_label("License").select_option("cc-by")
    tab.get_by_role("button", name="Save").click()
    text = tab.locator("#json").inner_text()
    context.close()
    (lab.output / "lab_ckan.json").write_text(text, "utf-8")
    said = lab.said("made_qgis", OWN_CKAN, "1")
    assert said.startswith("✓"), said
