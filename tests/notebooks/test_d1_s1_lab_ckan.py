"""The lab of 1.1: a dataset described in the form, read back and judged."""

import inspect
import json

import pytest
from PIL import Image
from playwright.sync_api import expect

from commands.exercises import notebooks
from helpers import check, forms
from tests.support import PICTURES, ROOT

LESSON = ROOT / "course" / "day1_production" / "s1_open_data.ipynb"
LAB = ("lab-record", "lab-made", "lab-rules", "lab-rules-fields",
       "lab-rules-file")
FIELDS = {"Title": "title", "Name in the address": "name",
          "Description": "notes", "Author": "author",
          "Maintainer (": "maintainer", "E-mail": "maintainer_email"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """What the lesson's cells up to the lab's own have made."""
    space, folder = {"check": check}, tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for cell in notebooks.read(LESSON).cells:
            if cell.id == "story-records" or cell.id in LAB:
                exec(cell.source, space)
    return space | {"folder": folder / "output",
                    "made": folder / space["made"]}


@pytest.fixture
def form(chromium, lab):
    """The page, open from its file with the network cut."""
    context = chromium.new_context(viewport={"width": 760, "height": 980})
    context.set_offline(True)
    tab = context.new_page()
    tab.goto((lab["folder"] / "ckan_form.html").as_uri())
    yield tab
    context.close()


def fill_in(tab, dataset):
    for label, key in FIELDS.items():
        tab.get_by_label(label).fill(dataset[key])
    tab.get_by_label("Tags").fill(
        ", ".join(tag["name"] for tag in dataset["tags"]))
    tab.get_by_label("License").select_option(dataset["license_id"])
    for label, value in (("Address (url)", "url"), ("Format", "format")):
        tab.get_by_label(label).fill(dataset["resources"][0][value])
    tab.get_by_label("Rectangle").fill(dataset["extras"][0]["value"])


def judged(lab, capsys, file):
    """What the lesson's check says of this file."""
    check, = (cell.source for cell in notebooks.read(LESSON).cells
              if cell.id == "lab-turn-check")
    exec(check, lab | {"file": file})
    return " ".join(capsys.readouterr().out.split())


# --- the form --------------------------------------------------------------

def test_the_form_offers_what_ckan_s_package_create_takes(
        form, lab, tmp_path, capsys):
    made = json.loads(lab["made"].read_text(encoding="utf-8"))
    fill_in(form, made)
    form.get_by_role("button", name="Save").click()
    (PICTURES / "lab").mkdir(parents=True, exist_ok=True)
    picture = PICTURES / "lab" / "ckan_form.png"
    form.evaluate("scrollTo(0, 0)")
    form.screenshot(path=picture, clip={"x": 0, "y": 0, "width": 760,
                                        "height": 840})
    Image.open(picture).convert("RGB").quantize(64).save(
        picture, optimize=True)

    with form.expect_download() as waiting:
        form.get_by_role("link", name="Download ckan_dataset.json").click()
    waiting.value.save_as(tmp_path / "ckan_dataset.json")

    assert waiting.value.suggested_filename == "ckan_dataset.json"
    saved = json.loads((tmp_path / "ckan_dataset.json").read_text("utf-8"))
    assert saved == made
    assert judged(lab, capsys, tmp_path / "ckan_dataset.json").startswith(
        "✓")


def test_the_form_is_used_by_keyboard_alone(form):
    form.get_by_label("Title").focus()
    form.keyboard.type("Wells")
    for _ in range(10):
        form.keyboard.press("Tab")
    assert form.evaluate("document.activeElement.id") == "spatial"
    form.keyboard.press("Tab")
    form.keyboard.press("Enter")
    assert '"title": "Wells"' in form.locator("#json").inner_text()


def test_the_form_meets_wcag_a_and_aa(form):
    from axe_core_python.sync_playwright import Axe
    form.get_by_role("button", name="Save").click()
    found = Axe().run(form, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert not [(rule["id"], [node["html"] for node in rule["nodes"]])
                for rule in found["violations"]]


def test_the_text_is_copied_where_jupyter_lets_no_page_save(chromium, lab):
    from jupyter_server.files.handlers import FilesHandler
    assert "sandbox allow-scripts" in inspect.getsource(FilesHandler)
    context = chromium.new_context()
    context.route("http://localhost/*", lambda route: route.fulfill(
        path=lab["folder"] / "ckan_form.html", content_type="text/html",
        headers={"Content-Security-Policy": "sandbox allow-scripts"}))
    tab = context.new_page()
    tab.goto("http://localhost/form.html")
    tab.get_by_label("Title").fill("Wells")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("JupyterLab lets no page save")).to_be_visible()
    assert tab.get_by_text("Download").is_hidden()
    tab.get_by_role("button", name="Copy the text").click()
    tab.get_by_label("Description").press("Control+v")
    pasted = tab.get_by_label("Description").input_value()
    context.close()
    assert json.loads(pasted)["title"] == "Wells"


def test_the_form_is_written_where_it_is_asked_for(tmp_path):
    out = forms.dataset_page(tmp_path / "new" / "form.html")
    assert "://" not in out.read_text(encoding="utf-8")


# --- what the lesson says of it --------------------------------------------

@pytest.mark.parametrize("change, says", [
    ({"title": ""}, "title is empty"), ({"notes": ""}, "notes is empty"),
    ({"maintainer_email": ""}, "maintainer_email is empty"),
    ({"name": "Centres de santé"}, "no capitals, accents, spaces"),
    ({"name": "a"}, "the name is 'a'"),
    ({"license_id": "notspecified"}, "'notspecified'"),
    ({"license_id": "cc-nc"}, "commercial"),
    ({"resources": [{"url": "", "format": "CSV"}]}, "address"),
    ({"resources": [{"url": "https://example.org/a.pdf", "format": "PDF"}]},
     "'PDF'"),
    ({"notes": "Ask Ms Amel, 00 000 000."}, "telephone"),
    ({"notes": "Ask amel@example.org."}, "e-mail"),
    ({"extras": []}, "spatial"),
    ({"extras": [{"key": "spatial", "value": "Kef"}]}, "spatial"),
    ({"extras": [{"key": "spatial", "value":
                  '{"type": "Point", "coordinates": [36.8, 10.2]}'}]},
     "longitude")])
def test_a_fault_of_a_dataset_is_named(lab, capsys, tmp_path, change, says):
    made = json.loads(lab["made"].read_text(encoding="utf-8"))
    file = tmp_path / "ckan_dataset.json"
    file.write_text(json.dumps(made | change), encoding="utf-8")
    said = judged(lab, capsys, file)
    assert said.startswith("✗") and says in said


def test_a_date_and_a_count_are_nothing_personal(lab, capsys, tmp_path):
    made = json.loads(lab["made"].read_text(encoding="utf-8"))
    made["notes"] = "231 centres, of 2021-07-13; people: 2014-2024."
    file = tmp_path / "ckan_dataset.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    assert judged(lab, capsys, file).startswith("✓")


def test_a_file_that_is_not_there_is_named(lab, capsys, tmp_path):
    said = judged(lab, capsys, tmp_path / "ckan_dataset.json")
    assert "there is no file" in said and "file = made" in said


def test_a_text_is_taken_for_a_path(lab, capsys, tmp_path, monkeypatch):
    assert judged(lab, capsys, str(lab["made"])).startswith("✓")
    monkeypatch.chdir(tmp_path)
    assert "no file ckan_mine.json in output" in judged(
        lab, capsys, "output/ckan_mine.json")


@pytest.mark.parametrize("content, says", [
    ('Copied: {"title": "Centres"}', "no JSON text"), ("", "no JSON text"),
    ("[1]", "has no extras, name, resources, title"),
    ('{"title": "Centres"}', "has no extras, name, resources")])
def test_a_badly_pasted_file_is_named(lab, capsys, tmp_path, content, says):
    file = tmp_path / "ckan_dataset.json"
    file.write_text(content, encoding="utf-8")
    said = judged(lab, capsys, file)
    assert said.startswith("✗") and f"ckan_dataset.json {says}" in (
        said.replace("is no JSON", "no JSON"))
    assert "call it yourself" not in said
