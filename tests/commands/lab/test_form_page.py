"""The form page: filled in without any network, and read back as a layer."""

import inspect
import shutil
import subprocess
import sys
import uuid

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from commands.lab import form_page as building
from helpers import forms
from helpers.errors import CourseError
from tests.support import PICTURES, ROOT, in_course, needs, no_network

pytestmark = pytest.mark.slow

FRENCH, ARABIC = "Français (fr)", "العربية (ar)"
TOO_COARSE = {FRENCH: "Attendez : il faut 20 m ou mieux.",
              ARABIC: "انتظر: يجب 20 م أو أدق."}


def said(column, french, arabic):
    return {f"{column}::{FRENCH}": french, f"{column}::{ARABIC}": arabic}


SURVEY = [
    {"type": "geopoint", "name": "location", "required": "yes",
     "constraint": "selected-at(., 3) <= 20",
     **said("label", "Position", "الموقع"),
     **said("constraint_message", *TOO_COARSE.values())},
    {"type": "begin_group", "name": "point",
     **said("label", "Point d'eau", "نقطة الماء")},
    {"type": "select_one kinds", "name": "kind", "required": "yes",
     **said("label", "Nature", "النوع")},
    {"type": "decimal", "name": "depth_m", "relevant": "${kind} = 'well'",
     "constraint": ". > 0 and . <= 500",
     **said("label", "Profondeur", "العمق"),
     **said("constraint_message", "De 0 à 500 m.", "من 0 إلى 500 م.")},
    {"type": "end_group"}]
CHOICES = [
    {"list_name": "kinds", "name": "well", **said("label", "Puits", "بئر")},
    {"list_name": "kinds", "name": "spring",
     **said("label", "Source", "عين")}]
SETTINGS = [{"form_title": "FICTIF : points d'eau", "form_id": "points",
             "version": "1", "default_language": FRENCH}]


@pytest.fixture(scope="module")
def xform(tmp_path_factory) -> str:
    """A small form in two languages, through a spreadsheet and pyxform."""
    from pyxform.xls2xform import convert
    sheet = tmp_path_factory.mktemp("form") / "points.xlsx"
    with pd.ExcelWriter(sheet) as book:
        for name, rows in (("survey", SURVEY), ("choices", CHOICES),
                           ("settings", SETTINGS)):
            pd.DataFrame(rows).to_excel(book, sheet_name=name, index=False)
    return convert(sheet).xform


@pytest.fixture(scope="module")
def page(xform, form_page, tmp_path_factory):
    """The page's file. Its first building fetches packages from npm."""
    return forms.page(xform, tmp_path_factory.mktemp("page") / "form.html")


@pytest.fixture
def visit(chromium, page):
    """The page, open from its file with the network cut; what it asked."""
    (PICTURES / "forms").mkdir(parents=True, exist_ok=True)
    context = chromium.new_context(
        viewport={"width": 560, "height": 760}, permissions=["geolocation"],
        geolocation={"latitude": 34.5, "longitude": 9.25, "accuracy": 35})
    context.set_offline(True)
    tab = context.new_page()
    asked, complaints = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(page.as_uri())
    tab.get_by_role("button", name="Send").wait_for()
    yield tab
    context.close()
    assert not complaints
    outside = [url for url in asked
               if not url.startswith((page.as_uri(), "data:", "blob:"))]
    assert not outside, "the form page asked for something"


def in_arabic(tab):
    tab.get_by_role("combobox", name="change language").first.click()
    tab.get_by_role("option", name=ARABIC).click()


def take_position(tab, button="Get location"):
    tab.get_by_role("button", name=button).click()
    tab.get_by_role("button", name="Save location").click()


def type_position(tab, latitude, longitude, accuracy):
    tab.get_by_text("Type a position").click()
    for label, value in (("Latitude", latitude), ("Longitude", longitude),
                         ("Accuracy, metres", accuracy)):
        tab.get_by_label(label).fill(value)


def type_number(tab, label, value):
    field = tab.get_by_label(label)
    field.press("Control+a")
    field.press_sequentially(value)
    field.press("Tab")


def send(tab, folder):
    """Press Send; the file that the page offers."""
    tab.get_by_role("button", name="Send").click()
    with tab.expect_download() as waiting:
        tab.get_by_role("link", name="Download submission.xml").click()
    assert waiting.value.suggested_filename == "submission.xml"
    waiting.value.save_as(folder / "submission.xml")
    return folder / "submission.xml"


def picture(tab, name):
    tab.screenshot(path=PICTURES / "forms" / f"{name}.png", full_page=True,
                   animations="disabled")


def side_by_side(*names):
    """form.png: the book shows a copy, course/reference/pictures/form.png."""
    parts = [Image.open(PICTURES / "forms" / f"{name}.png").convert("RGB")
             for name in names]
    width, gap = parts[0].width, 24
    whole = Image.new("RGB", (len(parts) * (width + gap) - gap,
                              max(part.height for part in parts)), "#d9d9d9")
    for number, part in enumerate(parts):
        whole.paste("white", (number * (width + gap), 0,
                              number * (width + gap) + width, whole.height))
        whole.paste(part, (number * (width + gap), 0))
    whole.quantize(64).save(PICTURES / "forms" / "form.png", optimize=True)


# --- in the browser --------------------------------------------------------

def test_a_form_is_filled_in_refused_corrected_sent_and_read_back(
        visit, tmp_path):
    picture(visit, "french")
    in_arabic(visit)
    take_position(visit)
    visit.get_by_text("بئر", exact=True).click()
    type_number(visit, "العمق", "900")
    visit.get_by_role("button", name="Send").click()
    for message in (TOO_COARSE[ARABIC], "من 0 إلى 500 م."):
        expect(visit.get_by_text(message)).to_be_visible()
    assert visit.locator("#sent").is_hidden()
    picture(visit, "refused")

    type_position(visit, "36,5", "10.25", "4")
    take_position(visit, "Try again")
    type_number(visit, "العمق", "12.5")
    file = send(visit, tmp_path)
    assert "<depth_m>12.5</depth_m>" in visit.locator("#xml").inner_text()
    picture(visit, "sent")
    side_by_side("french", "refused", "sent")

    sent = forms.submission(file)
    latitude, longitude, _, accuracy = map(float, sent["location"].split())
    assert (latitude, longitude, accuracy) == (36.5, 10.25, 4)
    assert (sent["point-kind"], sent["point-depth_m"]) == ("well", "12.5")


def test_arabic_is_read_from_right_to_left(visit):
    def side(choice):
        """Where does its button stand, beside its words?"""
        words = visit.get_by_text(choice, exact=True).bounding_box()
        button = visit.get_by_role("radio", name=choice).bounding_box()
        return "left" if button["x"] < words["x"] else "right"

    assert side("Puits") == "left"
    in_arabic(visit)
    visit.get_by_text("بئر", exact=True).wait_for()
    assert side("بئر") == "right"
    assert visit.locator("#form").get_attribute("lang") == "ar"
    picture(visit, "arabic")


def test_the_device_s_own_receiver_is_asked_unless_a_position_is_typed(
        visit):
    visit.get_by_role("button", name="Get location").click()
    expect(visit.get_by_text("35 m")).to_be_visible()
    visit.get_by_role("button", name="Cancel").click()
    type_position(visit, "36.5", "10.25", "7")
    visit.get_by_role("button", name="Get location").click()
    expect(visit.get_by_text("7 m").first).to_be_visible()


def test_a_question_that_does_not_apply_is_neither_asked_nor_sent(
        visit, tmp_path):
    type_position(visit, "36.5", "10.25", "4")
    take_position(visit)
    visit.get_by_text("Source", exact=True).click()
    assert visit.get_by_text("Profondeur").is_hidden()
    sent = forms.submission(send(visit, tmp_path))
    assert sent["point-kind"] == "spring"
    assert "point-depth_m" not in sent


@pytest.mark.parametrize("arabic", [False, True], ids=["french", "arabic"])
def test_the_page_meets_wcag_a_and_aa(visit, arabic):
    from axe_core_python.sync_playwright import Axe
    if arabic:
        in_arabic(visit)
    take_position(visit)
    visit.get_by_role("button", name="Send").click()
    visit.get_by_text("Nature" if not arabic else "النوع").wait_for()
    found = Axe().run(visit, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert not [(rule["id"], [node["html"] for node in rule["nodes"]])
                for rule in found["violations"]]


@pytest.mark.parametrize("server", ["http://localhost", "http://hub.test"])
def test_the_text_is_copied_in_jupyter_which_lets_no_page_save_a_file(
        server, page, chromium, tmp_path):
    """A page that Jupyter serves is in a sandbox: a download would end
    without a word."""
    from jupyter_server.files.handlers import FilesHandler
    assert "sandbox allow-scripts" in inspect.getsource(FilesHandler)
    context = chromium.new_context()
    context.route(f"{server}/*", lambda route: route.fulfill(
        path=page, content_type="text/html",
        headers={"Content-Security-Policy": "sandbox allow-scripts"}))
    tab = context.new_page()
    tab.goto(f"{server}/form.html")
    type_position(tab, "36.5", "10.25", "4")
    take_position(tab)
    tab.get_by_text("Source", exact=True).click()
    tab.get_by_role("button", name="Send").click()
    tab.get_by_text("Jupyter lets no page save a file").wait_for()
    assert tab.get_by_text("Download submission.xml").is_hidden()
    tab.get_by_role("button", name="Copy the text").click()
    # Pasted where it can be read: the position's first field.
    tab.get_by_label("Latitude").fill("")
    tab.get_by_label("Latitude").press("Control+v")
    file = tmp_path / "submission.xml"
    file.write_text(tab.get_by_label("Latitude").input_value(), "utf-8")
    context.close()
    sent = forms.submission(file)
    assert sent["location"] == "36.5 10.25 0.0 4.0"
    assert uuid.UUID(sent["meta-instanceID"]).version == 4


def test_the_browser_itself_forbids_the_page_to_ask(page, chromium):
    tab = chromium.new_page()
    tab.goto(page.as_uri())
    forbidden = tab.evaluate("""async () => {
        const forbidden = [];
        document.addEventListener("securitypolicyviolation",
            event => forbidden.push(event.effectiveDirective));
        const url = "http://127.0.0.1:9/";
        await fetch(url).catch(() => {});
        new Image().src = url;
        document.head.append(Object.assign(
            document.createElement("script"), {src: url}));
        await new Promise(done => setTimeout(done, 1000));
        return forbidden;}""")
    tab.close()
    assert sorted(forbidden) == ["connect-src", "img-src", "script-src-elem"]


# --- where the page cannot be made -----------------------------------------

GO_ON = "Ask your trainer for the page, or go on without it."


def test_without_the_page_the_session_goes_on(
        xform, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(forms.pages, "BUILT", tmp_path / "none")
    assert forms.page(xform, tmp_path / "form.html") is None
    said = capsys.readouterr().out
    assert "python -m commands.lab.form_page" in said
    assert GO_ON in said


def test_without_node_the_command_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(building.shutil, "which", lambda _: None)
    with pytest.raises(CourseError, match="Node is not installed") as stopped:
        building.build(tmp_path)
    assert GO_ON in str(stopped.value)


def test_with_node_but_no_network_it_stops_with_a_sentence(course, tmp_path):
    needs("node"), needs("npm"), needs("bwrap")
    # Another test may have built the page in this copy of the course.
    shutil.rmtree(course / "helpers/forms/_build", ignore_errors=True)
    done = subprocess.run(
        [*no_network(), sys.executable, "-m", "commands.lab.form_page"],
        cwd=course, env=in_course(course) | {
            "npm_config_cache": str(tmp_path)},
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("'npm install' stopped")
    assert "with the internet" in done.stderr
    assert GO_ON in done.stderr


def test_a_built_page_needs_no_node(page, xform, tmp_path, monkeypatch):
    monkeypatch.setattr(building.shutil, "which", lambda _: None)
    assert building.build().is_file()
    assert forms.page(xform, tmp_path / "new" / "form.html").is_file()


def test_the_command_says_where_the_built_page_is(page):
    done = subprocess.run([sys.executable, "-m", "commands.lab.form_page"],
                          cwd=ROOT, capture_output=True, text=True,
                          check=True)
    assert done.stdout.startswith("The form page is built: helpers")


def test_a_form_may_hold_anything(page, tmp_path):
    form = "<a><title>A &lt;b&gt; </title><b>&lt;/script>@FORM@</b></a>"
    text = forms.page(form, tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>A &lt;b&gt; </title>" in text
    assert '"\\u003ca>\\u003ctitle>' in text


def test_nothing_of_the_page_s_packages_is_committed():
    tracked = subprocess.run(
        ["git", "ls-files", "commands/lab/web", "helpers/forms/_build"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert sorted(name.rsplit("/", 1)[1] for name in tracked) == sorted(
        building.PARTS)
