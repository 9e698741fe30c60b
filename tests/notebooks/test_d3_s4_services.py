"""What lesson 3.4 states, asked of a real server and computed again, and
what its micro-tasks say to wrong answers."""

import re

import geopandas as gpd
import pandas as pd
import pytest
import requests

from commands.exercises import notebooks
from helpers import data
from helpers.publish import changes
from tests.notebooks import turns
from tests.support import ROOT

LESSON = ROOT / "course/day3_publication/s4_services_and_versions.ipynb"
CELLS = ["story-package", "story-record", "story-start", "pages-all",
         "misleads-run", "clients-read", "versions-wrong", "versions-by-key",
         "lab-file"]
FIXED = "fixed = second.copy()\n"
NAMED = 'fixed.loc[fixed["centre_id"] == reported, "name_ar"] = '
WRONG = [  # micro-task, answer, words of the feedback
    ("pages", "open_centres = all_features(items)", "these are all centres"),
    ("pages", 'open_centres = all_features(items, {"statut": "ouvert"})',
     "these are all centres"),
    ("pages", 'open_centres = requests.get(items, params={"status": '
     '"ouvert", "limit": 1000}).json()["features"]', "a page is not"),
    ("pages", 'open_centres = requests.get(items, params={"status": '
     '"ouvert"}).json()', "list"),
    ("pages", 'open_centres = layer[layer["status"] == "ouvert"]', "list"),
    ("pages", 'open_centres = all_features(items, {"status": "Ouvert"})',
     "the number of features is 0"),
    ("misleads", "return matched({name: 'HR'}) == 0", "is_filter('type')"),
    ("misleads", "return matched({name: 'x'}) != len(layer)",
     "is_filter('filter')"),
    ("misleads", "return True", "is_filter('kind')"),
    ("misleads", "return name in layer.columns and name != 'type'",
     "is_filter('type')"),
    ("versions", "renamed = int((before != after).sum())",
     "4 centres without a name"),
    ("versions", "renamed = (before == after)", "renamed"),
    ("versions", "renamed = len(before)", "renamed"),
    ("loop", FIXED + 'fixed.loc[fixed["centre_id"] == reported, "name_fr"]'
     " = sign", "the change"),
    ("loop", FIXED + NAMED + '"مركز"', "the change"),
    ("loop", FIXED + 'fixed["name_ar"] = fixed["name_ar"].fillna(sign)',
     "the number of changes is 4"),
    ("loop", FIXED + NAMED + "sign\nfixed = fixed.round(0)\n"
     'fixed["beds"] = fixed["beds"].fillna(0)', "the number of changes is"),
    ("lab", "product = lab\ntotal = shown = 434", "a number below 434"),
    ("lab", "product = lab\ntotal = shown = 10", "the whole is what"),
    ("lab", 'product = Path("none.gpkg")\ntotal = 434\nshown = 10',
     "there is no file none.gpkg"),
    ("lab", 'product = Path("output/ten.gpkg")\ntotal = 434\nshown = 10\n'
     "served.head(10).to_file(product)", "the layer of step 3"),
    ("lab", 'product = Path("output/degrees.gpkg")\ntotal = 434\n'
     "shown = 10\nserved.to_file(product)", "32632"),
]


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What some of the lesson's cells define; the server runs."""
    for known in turns.defined(LESSON, CELLS,
                               tmp_path_factory.mktemp("lesson")):
        yield known
        known["running"].stop()


@pytest.fixture(scope="module")
def text():
    return turns.prose(LESSON)


def page(names, **question):
    return requests.get(names["items"], params=question).json()


# --- the server -------------------------------------------------------------

def test_counting_pages_misses_or_repeats_as_many_as_the_text_says(
        names, text):
    trusting = []
    for offset in range(0, 3000, 1000):
        came = page(names, limit=1000, offset=offset)["features"]
        trusting += came
        if not came:
            break
    assert f"It gets {len(trusting)} centres, then 0" in text
    assert f"{len(names['layer']) - len(trusting)} are missing" in text
    ids = [one["id"] for offset in range(0, 540, 90) for one in
           page(names, limit=100, offset=offset)["features"]]
    assert f"gets {len(ids)}, {len(ids) - len(set(ids))} of them" in text
    assert len(set(ids)) == len(names["layer"])


def test_three_clients_get_each_feature_once_with_all_values(names):
    wanted = sorted(names["layer"]["centre_id"])
    assert sorted(names["ids"]) == wanted
    assert sorted(names["served"]["centre_id"]) == wanted
    assert names["log"].empty  # GDAL's layer against the file's
    came, offset = [], 0
    while len(came) < len(wanted):  # OWSLib gives pages
        part = names["client"].collection_items(
            "health_centres", limit=100, offset=offset)["features"]
        came += [one["id"] for one in part]
        offset += len(part)
    assert sorted(came) == wanted


def test_what_misleads_misleads_as_the_text_says(names, text):
    matched, total = names["matched"], len(names["layer"])
    tunis = int((names["layer"]["iso_3166_2"] == "TN-11").sum())
    assert f"{tunis} centres are in the governorate of Tunis" in text
    assert matched({"iso_3166_2": "TN-11"}) == tunis
    for ignored in [{"governorate": "TN-11"}, {"sortby": "-beds"},
                    {"filter": "iso_3166_2='TN-11'"},
                    {"datetime": "2021-01-01/2021-12-31"}]:
        assert matched(ignored) == total, ignored
    assert matched({"beds": "0"}) == 0 < matched({"beds": "0.0"})
    assert matched({"bbox": "8,36,10,37"}) == 58
    assert "`8,36,10,37` gives 58 centres" in text
    assert matched({"bbox": "36,8,37,10"}) == 0
    assert "miny" in matched({"bbox": "10,37,8,36"})


def test_each_crs_gives_one_place_and_4326_has_the_latitude_first(names):
    place = "http://www.opengis.net/def/crs/"
    degrees, turned, metres = (
        page(names, crs=place + code, limit=1)["features"][0]["geometry"][
            "coordinates"] for code in
        ("OGC/1.3/CRS84", "EPSG/0/4326", "EPSG/0/32632"))
    assert turned == degrees[::-1] and turned[0] > 30
    back = gpd.GeoSeries(gpd.points_from_xy(*zip(metres)), crs=32632).to_crs(
        4326)
    assert [back.x[0], back.y[0]] == pytest.approx(degrees, abs=1e-6)


def test_an_identifier_is_an_address_and_a_wrong_one_is_not_found(names):
    one = requests.get(f"{names['items']}/HC-0064")
    assert one.json()["properties"]["centre_id"] == "HC-0064"
    assert requests.get(f"{names['items']}/HC-9999").status_code == 404


# --- two releases -----------------------------------------------------------

def test_the_ways_to_compare_find_what_the_text_says(names, text):
    old, new, both = names["old"], names["new"], names["both"]
    metres = names["metres"]
    assert names["moved"].sum() == 405
    assert "about 15, about 40, or about 400" in text
    assert ((metres > 0) & (metres <= 10)).sum() == 10
    assert "Ten centres \"moved\" by less than 10 m" in text
    naive = (old.loc[both, "opened"] != new.loc[both, "opened"]).sum()
    assert f"finds {naive} new dates of opening" in text
    assert old.loc[both, "opened"].equals(new.loc[both, "opened"])
    shift = old.loc[both].geometry.to_wkt() != new.loc[both].geometry.to_wkt()
    degrees = [one.distance(other) for one, other in zip(
        old.loc[both][shift].geometry, new.loc[both][shift].geometry)]
    assert max(degrees) < 10


def test_the_log_says_the_same_as_plain_pandas(names):
    log = changes.compare(names["layer"], names["second"], "centre_id")
    found = log.groupby("change")["centre_id"].agg(set)
    assert found["added"] == set(names["added"])
    assert found["removed"] == set(names["removed"])
    far = names["metres"][names["metres"] > 10]
    assert found["moved"] == set(far.index)
    assert log.loc[log["change"] == "moved", "metres"].sort_values(
        ).tolist() == pytest.approx(sorted(far), rel=2e-3)
    assert changes.version("1.0.0", log) == "2.0.0"


def test_the_reader_and_the_notice_speak_of_these_releases(names, text):
    second = names["second"]
    assert second.loc[second["name_ar"].isna(), "centre_id"].iloc[0] == (
        "HC-0064")
    assert len(names["removed"]) == 9
    assert "Nine centres are closed" in text.replace("> ", "")
    assert list(names["layer"].columns) == list(second.columns)
    assert "same columns" in text


def test_a_correction_is_a_patch_and_each_release_has_an_address(
        names, capsys):
    known = dict(names)
    for cell in notebooks.read(LESSON).cells:
        if cell.id in ("loop-turn", "loop-release", "loop-serve"):
            exec(cell.source, known)
    assert known["version"] == "2.0.1" and len(known["log"]) == 1
    assert known["one"]["properties"]["name_ar"] == known["sign"]
    assert "health_centres None" in capsys.readouterr().out
    # The first server still serves the first release: answers given late,
    # after "Run All Cells", are right too.
    assert page(names)["numberMatched"] == len(names["layer"])


def test_the_rule_of_versions_is_that_of_the_module(text):
    for words in ["**major** (2.0.0) when a reuser's program may break: a "
                  "column removed or renamed or its type changed, an "
                  "identifier removed without notice, CRS changed",
                  "**minor** (1.3.0) when features or columns are added",
                  "**patch** (1.2.4) when values or positions of existing "
                  "features are corrected",
                  "Features removed: major. Nothing changed: same version"]:
        assert words in text
    layer = gpd.read_file(data.path("health_centres")).head(20)
    moved = layer.copy()
    moved.loc[3, "staff"] = 4711
    for new, number in [
            (layer.drop(columns="beds"), "2.0.0"),
            (layer.rename(columns={"beds": "lits"}), "2.0.0"),
            (layer.astype({"population_served": str}), "2.0.0"),
            (layer.to_crs(32632), "2.0.0"), (layer.head(19), "2.0.0"),
            (layer.assign(phone="none"), "1.3.0"), (moved, "1.2.4"),
            (layer, "1.2.3")]:
        assert changes.version("1.2.3", changes.compare(
            layer, new, "centre_id")) == number


def test_four_decimals_change_a_line_of_nearly_each_centre(names):
    known = {"fixed": names["second"], "second": names["second"],
             "changes": changes}
    (cell,) = [cell for cell in notebooks.read(LESSON).cells
               if cell.id == "loop-tidy"]
    exec(cell.source, known)
    assert len(known["log"]) > 0.95 * len(names["second"])
    assert known["log"]["metres"].max() < 10
    assert pd.isna(known["log"]["centre_id"]).sum() == 0


# --- micro-tasks ------------------------------------------------------------

@pytest.fixture(scope="module")
def lesson(kernels, tmp_path_factory):
    """A function: run a micro-task with an answer, give what it says."""
    folder = tmp_path_factory.mktemp("turns")
    with pytest.MonkeyPatch.context() as patch:
        # Some starters have another gap than one `name = ...`.
        patch.setattr(turns, "GAP", re.compile(
            r"^(product|fixed) = (?s:.*)|^\w+ = \.\.\..*$|return \.\.\.",
            re.MULTILINE))
        with turns.opened(LESSON, folder, kernels, CELLS) as said:
            yield said


@pytest.mark.parametrize("task, answer, words", WRONG)
def test_a_wrong_answer_is_named(lesson, task, answer, words):
    turns.is_named(lesson(task, answer), words)


def test_the_answer_renamed_holds_for_every_column(names):
    """And what the lesson says of fillna: texts yes, dates no."""
    for column in ("name_fr", "name_ar", "type", "beds", "opened", "updated"):
        before, after = names["was"][column], names["now"][column]
        same = (before == after) | (before.isna() & after.isna())
        log = changes.compare(names["layer"], names["second"], "centre_id")
        assert (~same).sum() == (log["column"] == column).sum(), column
        filled = (before.fillna("") != after.fillna("")).sum() if (
            column.startswith("name") or column == "opened") else None
        assert column != "opened" or filled > (~same).sum()
        assert not column.startswith("name") or filled == (~same).sum()
