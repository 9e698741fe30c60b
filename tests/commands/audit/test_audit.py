"""The audit as a whole: the course's own layers, the score, the three
reports, the command."""

import io
import json
import re
from collections import Counter
from itertools import pairwise

import geopandas as gpd
import jsonschema
import pandas as pd
import pytest
import shapely
from axe_core_python.sync_playwright import Axe

from commands.audit import audit, command, machine, page, screen
from commands.audit.model import GROUPS, Source, UnreadableFile, finding
from commands.audit.report import POINTS, Report, layer
from commands.terminal import Console
from helpers import data
from helpers.errors import CourseError
from tests.support import PICTURES, ROOT

CLEAN = ["governorates", "chief_towns", "sectors", "health_centres",
         "health_centres_v2", "schools", "green_areas", "flood_zone",
         "parcels", "water_points", "heritage_sites", "bus_stops",
         "governorate_table", "type_reference", "candidate_datasets",
         "actors", "actor_links", "licences", "ministry_evidence",
         "osm_clinics"]


@pytest.fixture(scope="module")
def register() -> Report:
    """The register of health centres, as it was received."""
    return audit(data.path("health_centres_received"))


@pytest.fixture(scope="module")
def sectors() -> Report:
    return audit(data.path("sectors_received"))


def by_code(report) -> dict:
    found = {}
    for one in report.findings:
        found.setdefault(one.code, []).append(one)
    return found


# --- the course's own layers -----------------------------------------------

@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_layer_of_the_course_has_neither_error_nor_warning(name):
    report = audit(data.path(name))
    assert [one.says for one in report.findings
            if one.severity != "note"] == []
    assert report.clean and report.exit_code == 0


@pytest.mark.parametrize("code, kinds", [
    ("rows-duplicate", ["exact_duplicate", "pasted_block"]),
    ("axes-swapped-rows", ["swapped_coordinates"]),
    ("text-tatweel", ["tatweel"]), ("text-persian", ["persian_heh"]),
    ("text-destroyed", ["question_marks"]),
    ("zeros-lost", ["lost_leading_zero"]),
    ("names-misspelt", ["governorate_variant"]),
    ("totals-row", ["totals_row"]), ("rows-empty", ["empty_record"])])
def test_as_many_defects_are_counted_as_were_planted(register, code, kinds):
    truth = Counter(pd.read_csv(
        ROOT / "solutions/truth/health_centres_received.csv")["kind"])
    assert sum(one.count for one in by_code(register)[code]) == sum(
        truth[kind] for kind in kinds)


def test_the_defects_of_the_received_sectors_are_found(sectors):
    truth = pd.read_csv(ROOT / "solutions/truth/sectors_received.csv")
    planted, found = Counter(truth["kind"]), by_code(sectors)
    assert found["geometry-sliver"][0].count == planted["sliver"]
    assert found["geometry-invalid"][0].count == (
        planted["bow_tie"] + planted["spike"])
    assert found["rows-duplicate"][0].count == planted["exact_duplicate"]
    assert {"geometry-gap", "geometry-overlap",
            "geometry-repeated-total"} <= set(found)


@pytest.mark.parametrize("region, crs", [
    (1, "EPSG:22391"), (2, "EPSG:22392"), (3, "EPSG:32632"),
    (5, "EPSG:3857")])
def test_the_crs_of_each_region_of_e03_is_proposed(region, crs):
    report = audit(data.path(f"crs_detective_{region}"))
    (found,) = by_code(report)["crs-missing"]
    assert f'set_crs("{crs}")' in found.repair


def test_the_exchanged_region_of_e03_is_told():
    found = by_code(audit(data.path("crs_detective_4")))
    assert found["axes-swapped"][0].count == 12


# --- the score -------------------------------------------------------------

def report_of(*findings, table=None, name="fictional.csv"):
    if table is None:
        table = gpd.GeoDataFrame({"a": ["1"]}, geometry=[shapely.Point(9, 35)])
    source = Source(ROOT / name, None, "CSV", table)
    return Report(source.path, "TN", [layer(source, list(findings))])


def test_the_points_of_all_groups_are_100():
    assert sum(POINTS.values()) == 100 and tuple(POINTS) == GROUPS


def test_the_score_is_what_the_words_say():
    report = report_of(
        finding("rows-empty", "a", "b"),
        finding("text-spaces", "a", "b"), finding("text-spaces", "c", "d"),
        finding("crs-missing", "a", "b", severity="error"),
        finding("licence-missing", "a", "b", severity="note"))
    (one,) = report.layers
    losses = {loss.group: loss for loss in one.losses}
    assert losses["structure"].words == "rows-empty −4"
    assert losses["text"].costs == {"text-spaces": 4}  # once per code
    assert losses["coordinates"].left == 10
    assert report.score == 100 - 4 - 4 - 10 - 1
    assert report.exit_code == 1


def test_no_group_loses_more_than_it_has():
    report = report_of(*[finding(code, "a", "b", severity="error")
                         for code in ("codes-mixed", "codes-contradict")])
    assert report.score == 90


def test_notes_alone_are_clean():
    report = report_of(finding("licence-missing", "a", "b", severity="note"))
    assert report.clean and report.exit_code == 0 and report.score == 99


# --- JSON and the terminal -------------------------------------------------

def test_the_json_is_what_its_schema_says(register, sectors):
    schema = json.loads(machine.SCHEMA.read_text(encoding="utf-8"))
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    for report in (register, sectors, report_of()):
        check.validate(json.loads(machine.text(report)))
    wrong = json.loads(machine.text(register))
    wrong["layers"][0]["findings"][0]["severity"] = "bad"
    assert not check.is_valid(wrong)


def test_the_json_keeps_letters_and_no_half_ones():
    report = report_of(finding("text-control", "ع\ud800", "b"))
    said = json.loads(machine.text(report))["layers"][0]["findings"][0]
    assert said["says"] == "ع?"


def shown(report) -> str:
    console = Console(width=80, record=True, markup=False, emoji=False,
                      highlight=False, file=io.StringIO())
    screen.show(report, console)
    return console.export_text()


def test_one_screen_holds_the_worst_report(register):
    lines = shown(register).splitlines()
    assert len(lines) <= 40 and max(map(len, lines)) <= 80
    assert any(line.startswith("✗") and "axes-swapped-rows" in line
               and " 35 " in line for line in lines)
    assert f"Score {register.score} of 100" in shown(register)


def test_what_a_file_says_cannot_steer_the_terminal():
    report = report_of(finding("text-control", "[red]a\x1b[2Jb", "c"))
    said = shown(report)
    assert "\x1b" not in said and "[red]a�[2Jb" in said


# --- the page --------------------------------------------------------------

NASTY = ["</script><img src=x onerror=alert(1)>", "`${alert(1)}`",
         "C:\\path\\2019", "l'eau \"fraîche\"", "\u202eabc"]


def nasty(folder):
    """Points whose texts are an attack, and whose places are defects."""
    file = folder / "nasty <b>&.geojson"
    gpd.GeoDataFrame(
        {"name": NASTY, "kind": ["<b>a</b>"] * 5},
        geometry=[shapely.Point(*xy) for xy in (
            (10, 36), (9.5, 35), (36, 10), (0, 0), (2.3, 48.8))],
        crs=4326).to_file(file, driver="GeoJSON")
    return file


@pytest.fixture(scope="module")
def tab(chromium):
    """A page of the browser that notes what it asks the network for, and
    each dialog and error."""
    tab = chromium.new_page(viewport={"width": 1000, "height": 800})
    tab.asked, tab.trouble = [], []
    tab.on("request", lambda asked: tab.asked.append(asked.url))
    tab.on("dialog", lambda dialog: (tab.trouble.append(dialog.message),
                                     dialog.dismiss()))
    tab.on("pageerror", lambda error: tab.trouble.append(str(error)))
    tab.on("console", lambda said: tab.trouble.append(said.text))
    yield tab
    tab.close()


def open_page(tab, report, file):
    file.write_text(page.page(report), encoding="utf-8")
    tab.asked.clear(), tab.trouble.clear()
    tab.goto(file.as_uri())
    (PICTURES / "audit").mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=PICTURES / "audit" / f"{file.stem}.png",
                   full_page=True)
    return tab


@pytest.fixture(scope="module")
def reports(register, sectors, tmp_path_factory):
    return {"register": register, "sectors": sectors,
            "nasty": audit(nasty(tmp_path_factory.mktemp("nasty"))),
            "clean": audit(data.path("schools")),
            "table": audit(data.path("actors"))}


@pytest.mark.slow
@pytest.mark.parametrize("name", [
    "register", "sectors", "nasty", "clean", "table"])
def test_the_page_asks_for_nothing_and_is_accessible(
        tab, reports, name, tmp_path):
    open_page(tab, reports[name], tmp_path / f"{name}.html")
    assert tab.asked == [tab.url] and tab.trouble == []
    violations = Axe().run(tab)["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200])
            for one in violations] == []
    levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')]"
                          ".map(head => +head.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1000


def test_the_page_shows_texts_of_the_file_as_texts(tab, reports, tmp_path):
    open_page(tab, reports["nasty"], tmp_path / "nasty.html")
    assert tab.locator("main img, main script, main b").count() == 0
    assert "nasty <b>&.geojson" in tab.inner_text("h1")
    assert "\u202e" not in tab.content()


def test_places_that_are_wrong_are_drawn_beside_the_finding(
        tab, reports, tmp_path):
    open_page(tab, reports["register"], tmp_path / "register.html")
    swapped = tab.locator("article", has=tab.locator(
        "h4", has_text="axes-swapped-rows"))
    picture = swapped.locator("svg[role=img]")
    assert picture.get_attribute("aria-label")
    assert picture.locator("circle").count() == 35
    assert (tmp_path / "register.html").stat().st_size < 400_000


def test_the_map_of_many_rows_is_a_sample_and_says_so(tmp_path):
    count = 20_000
    many = gpd.GeoDataFrame(
        {"n": range(count)}, crs=4326, geometry=gpd.points_from_xy(
            [9 + n % 100 / 100 for n in range(count)],
            [34 + n / count for n in range(count)]))
    source = Source(tmp_path / "many.gpkg", "many", "GPKG", many)
    text = page.page(Report(source.path, "TN", [layer(source, [])]))
    drawn = text.count("<circle")
    assert 1000 < drawn <= 1500
    assert f"{drawn:,} rows are drawn, evenly chosen of all" in text


@pytest.mark.parametrize("crs", [None, 22391, "+proj=ortho"])
def test_a_layer_in_any_crs_has_a_page(crs, tmp_path):
    shapes = [shapely.Point(5e5, 4e5), None, shapely.Point(),
              shapely.Point(1e9, 1e9), shapely.LineString([(0, 0), (1, 1)])]
    layer_ = gpd.GeoDataFrame({"n": range(5)}, geometry=shapes, crs=crs)
    source = Source(tmp_path / "a.gpkg", None, "GPKG", layer_)
    found = [finding("geometry-empty", "a", "b", rows=[1, 2, 4])]
    text = page.page(Report(source.path, "", [layer(source, found)]))
    assert "NaN" not in text and "nan" not in re.findall(
        r'[cdr][xy]?="([^"]*)', text)


# --- the command -----------------------------------------------------------

def run(file, **options):
    console = Console(width=80, record=True, file=io.StringIO())
    code = command.audit(file, console, **{
        "html": None, "json": None, "force": False, **options})
    return code, console.export_text()


def test_both_reports_are_written_and_named(tmp_path):
    html, out = tmp_path / "a.html", tmp_path / "a.json"
    code, said = run(data.path("sectors_received"), html=html, json=out)
    assert code == 1
    assert html.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads(out.read_text("utf-8"))["clean"] is False
    assert said.count("Written: ") == 2


def test_a_clean_file_ends_with_0(tmp_path):
    code, said = run(data.path("schools"))
    assert code == 0 and "Clean: 0 errors, 0 warnings" in said


def test_nothing_is_overwritten_without_force(tmp_path):
    html = tmp_path / "a.html"
    html.write_text("mine")
    with pytest.raises(CourseError, match="--force"):
        run(data.path("schools"), html=html)
    assert html.read_text() == "mine"
    run(data.path("schools"), html=html, force=True)
    assert html.read_text() != "mine"


def test_the_file_itself_is_never_a_report(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(CourseError, match="is the file itself"):
        run(file, json=file, force=True)
    with pytest.raises(CourseError, match="no folder"):
        run(file, json=tmp_path / "none" / "a.json")


def test_a_file_that_is_not_there_is_unreadable(tmp_path):
    with pytest.raises(UnreadableFile) as error:
        run(tmp_path / "none.csv")
    assert error.value.exit_code == 2


# --- what is no layer ------------------------------------------------------

def test_a_table_without_places_gets_no_points_for_places(tmp_path):
    file = tmp_path / "wells.csv"
    file.write_text("name,depth_m\n" + "".join(
        f"Puits {at},{at * 7 % 31}\n" for at in range(12)), "utf-8")
    report = audit(file)
    losses = {one.group: one for one in report.layers[0].losses}
    assert losses["coordinates"].points == losses["geometry"].points == 0
    lost = sum(one.points - one.left for one in losses.values())
    assert report.score == round(100 * (65 - lost) / 65) < 100
    said = shown(report)
    assert "coordinates and geometry were not judged" in said
    assert "coordinates 20/20" not in said
    assert machine.document(report)["layers"][0]["groups"][2]["points"] == 0


def test_a_layer_that_a_format_without_layers_has_not_is_refused():
    for name in ("chief_towns", "governorate_table"):
        with pytest.raises(UnreadableFile, match=r"no layer 'nope'.*has no "
                       r"layers\. Leave out --layer"):
            audit(data.path(name), layer_name="nope")


def test_a_text_is_no_table():
    with pytest.raises(UnreadableFile, match=r"README\.md is a text"):
        audit(ROOT / "README.md")
