"""Session 1.3: what its text states is what the data hold."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from pyproj import Geod

from commands.exercises import notebooks
from helpers import data, forms
from tests.notebooks import turns
from tests.support import ROOT

LESSON = ROOT / "course" / "day1_production" / "s3_collecting.ipynb"
NOTES = ROOT / "course" / "instructors" / "s1_3.md"


@pytest.fixture(scope="module")
def text():
    return " ".join("\n".join(
        cell.source for cell in notebooks.read(LESSON).cells).split())


@pytest.fixture(scope="module")
def notes():
    return " ".join(NOTES.read_text(encoding="utf-8").split())


def truth(layer):
    return pd.read_csv(ROOT / "solutions" / "truth" / f"{layer}.csv")


def test_the_defects_of_the_story_are_those_that_were_planted(text, notes):
    kinds = truth("water_point_submissions")["kind"].value_counts()
    sent = pd.read_csv(data.path("water_point_submissions"))
    assert len(sent) == 60 and "Sixty visits" in text
    assert kinds["phone number"] == 12
    assert "twelve telephone numbers" in text
    assert (f"Twice {kinds['sent twice']}, no fix "
            f"{kinds['zero coordinates']}, vaguer than 50 m "
            f"{kinds['accuracy worse than 50 m']}, guards "
            f"{kinds['phone number']}, remarks "
            f"{kinds['phone number in a comment']}") in notes


def test_what_each_rule_costs_is_what_the_rows_say(text, notes):
    """The lesson supposes that team 5 has an external receiver."""
    sent = pd.read_csv(data.path("water_point_submissions"))
    team = sent["SubmitterName"] == "Tablette 5"
    accuracy = sent["location-Accuracy"].where(~team, 0)
    fix = (sent["location-Latitude"] != 0) | (sent["location-Longitude"] != 0)
    good = fix & (accuracy <= 20)
    more_than_0 = good & (accuracy > 0)
    assert (good & (accuracy > 5)).sum() == 31
    assert f"All {team.sum()} visits of team 5 are refused" in text
    assert f"among them {(good & team).sum()} that the rule below" in text
    assert "A limit of 5 m costs 31 visits more" in text
    assert (f"60, 55, {more_than_0.sum()}, {good.sum()} and "
            f"{(good & (accuracy <= 5)).sum()} pass") in notes


def test_what_the_server_adds_stands_in_the_export(text):
    assert {"SubmitterID", "SubmitterName", "DeviceID"} <= set(
        pd.read_csv(data.path("water_point_submissions")))
    assert "server adds columns of its own" in text.replace("*", "")


def test_the_limit_of_hdop_takes_the_spikes_and_nothing_else(text, notes):
    track = gpd.read_file(data.path("gnss_track"), layer="track_points")
    planted = truth("gnss_track").set_index("kind")
    spikes = set(planted.loc["spike", "record"])
    assert f"{len(track):,} fixes" in text
    assert f"{len(spikes)} of them are spikes" in text
    times = track.loc[track["hdop"] > 4, "time"]
    assert set(times.dt.strftime("%Y-%m-%dT%H:%M:%SZ")) == spikes
    clean = track[track["hdop"] <= 4].geometry
    ratio = Geod(ellps="WGS84").line_length(
        track.geometry.x, track.geometry.y) / Geod(
        ellps="WGS84").line_length(clean.x, clean.y)
    assert ratio == pytest.approx(2, abs=0.02)
    assert f"+{ratio - 1:.0%}" in notes.replace(" %", "%")


def test_without_the_stops_the_length_is_that_of_the_true_drive(notes):
    length = truth("gnss_track").set_index("kind").loc[
        "length with spikes and jitter", "true_value"]
    told = 29.7  # km, of the notes
    assert f"without them {told} km remain" in notes
    assert told == pytest.approx(float(length) / 1000, rel=0.01)


def test_each_part_has_its_minutes_and_they_are_those_of_the_lesson(notes):
    minutes = notebooks.read(LESSON).metadata.course.minutes
    assert sum(minutes.values()) == 90
    lab = minutes["story"] + minutes["concept"]
    start = lab + minutes["lab"]
    assert f"| {lab}-{start} | Lab" in notes
    assert f"| {start}-{start + minutes['exercise']} | E04" in notes
    assert f"| {90 - minutes['debrief']}-90 | Debrief" in notes


# --- the lab ---------------------------------------------------------------

FORM = ["form-survey", "form-convert", "form-silence", "rules-form",
        "rules-try", "rules-better", "lab-page", "lab-made"]
SENT = {"location": "36.8 10.18 0.0 4.5", "centre_id": "C-007",
        "open": "yes", "beds": "12", "meta/instanceID": "uuid:one"}


def submission(**answers):
    """The text that the form sends; None leaves a question out."""
    parts = "".join(f"<{name}>{answer}</{name}>" for name, answer in (
        {**SENT, **answers}).items() if answer is not None)
    return "<data>" + parts.replace("<meta/instanceID>", (
        "<meta><instanceID>")).replace("</meta/instanceID>", (
            "</instanceID></meta>")) + "</data>"


@pytest.fixture(scope="module")
def sent(kernels, tmp_path_factory):
    """A function: what the lab's check says of a file with this text, or of
    another answer than this file."""
    folder = tmp_path_factory.mktemp("lab")
    cells = ["story-read", "name-turn", "name-turn-check", *FORM]

    with turns.opened(LESSON, folder, kernels, cells) as said:
        def of(text, answer='out / "submission.xml"'):
            (folder / "output" / "submission.xml").write_text(text, "utf-8")
            return said("lab", f"product = {answer}")
        yield of


@pytest.mark.parametrize("text", [
    submission(), submission(open="no", beds=None),
    submission(location="36.8 10.18 0 0")],
    ids=["open", "closed", "accuracy 0"])
def test_what_the_form_sends_is_right(sent, text):
    assert sent(text).startswith("✓")


@pytest.mark.parametrize("text, found, expected, hint", [
    (submission(location="36.8 10.18 0 300"),
     "in submission.xml, location is 36.8 10.18 0 300",
     "Attendez : 20 m au plus", "send again"),
    (submission(location="0 0 0 0"),
     "in submission.xml, location is 0 0 0 0",
     "(selected-at(., 0) != 0 or selected-at(., 1) != 0)", "send again"),
    (submission(centre_id="C-12"), "centre_id is C-12",
     "C- et trois chiffres", "send again"),
    (submission(open=""), "in submission.xml, open is empty",
     "an answer: it is required", "send again"),
    (submission(centre_id=None),
     "submission.xml has no question centre_id; it has location, open",
     "centre_id, open", "send the form of visit.html"),
    (submission(**{"meta/instanceID": None}),
     "no question meta-instanceID", "the key of the visit", "visit.html"),
    ("<data><location>36.8", "submission.xml is no complete XML text: line 1",
     "from <data to </data>", "download the file again"),
    ("", "submission.xml is no complete XML text", "</data>", "save it"),
    ("<data><a>1</a><a>2</a></data>", "question 'a' is answered twice",
     "each question once", "copy the whole text again")])
def test_a_submission_that_is_not_right_is_named_in_words(
        sent, text, found, expected, hint):
    says_all(sent(text), found, expected, hint)


@pytest.mark.parametrize("answer, found, expected, hint", [
    ("out", "output is a folder, not a file", "output/submission.xml",
     "this folder has made_submission.xml, submission.xml"),
    ('"submission.xml"', "there is no file submission.xml",
     "output/submission.xml", 'write out / "submission.xml"'),
    ("12", "product is 12", 'a path: out / "submission.xml"',
     'write product = out / "submission.xml"')])
def test_an_answer_that_is_no_file_is_named_in_words(
        sent, answer, found, expected, hint):
    says_all(sent(submission(), answer), found, expected, hint)


def says_all(said, found, expected, hint):
    """What was found, expected, why, and what to do: nothing of a program."""
    said = " ".join(said.split())
    turns.is_named(said, found)
    parts = [said.index(f"{label}:") for label in (
        "Found", "Expected", "Why it matters", "Hint")]
    assert parts == sorted(parts)
    assert expected in said[parts[1]:parts[2]]
    assert hint in said[parts[3]:]
    for word in ("'constraint'", "well-formed", "Error", "None"):
        assert word not in said


def test_where_there_is_no_page_one_message_says_it(
        tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(forms.pages, "BUILT", tmp_path / "none")
    (cell,) = [cell for cell in notebooks.read(LESSON).cells
               if cell.id == "lab-page"]
    exec(cell.source, {"out": tmp_path, "xform": "<h/>"})
    assert capsys.readouterr().out.strip() == forms.pages.NOT_BUILT


def test_the_steps_say_what_one_sees(text):
    """The page itself: tests/jupyterlab/test_d1_s3_collecting.py."""
    assert 'Answer "Oui" first' in text and 'Then answer "Non"' in text
    assert "*Condition not satisfied: required*" in text
    assert "Repair the visit. Type 36.8, 10.18 and 4.5" in text


@pytest.fixture
def layer_of(tmp_path, monkeypatch, capsys):
    """A function: the lab's last layer of these files, and what it prints.
    product: None for the made submission."""
    monkeypatch.chdir(tmp_path)
    cells = {cell.id: cell.source for cell in notebooks.read(LESSON).cells}

    def made(product, files=None):
        shell = InteractiveShell()
        shell.user_ns |= {
            "forms": forms, "gpd": gpd, "pd": pd, "out": tmp_path,
            "Path": Path, "product": product or ...,
            "areas": gpd.read_file(data.path("governorates"))}
        exec(cells["lab-made"], shell.user_ns)
        reading = cells["lab-read"]
        if files:
            shell.user_ns["several"] = files
            reading = reading.replace("files = [file]", "files = several")
            assert "several" in reading
        shell.run_cell(reading).raise_error()
        capsys.readouterr()
        layer = shell.run_cell(cells["lab-layer"]).result
        return layer, capsys.readouterr().out.partition("Out[")[0]
    return made


def written(folder, **texts):
    files = []
    for name, text in texts.items():
        files.append(folder / f"{name}.xml")
        files[-1].write_text(text, "utf-8")
    return files


def test_the_layer_is_made_of_the_file_that_was_named(layer_of, tmp_path):
    other, mine = written(tmp_path, submission=submission(),
                          mine=submission(centre_id="C-123"))
    assert layer_of(mine)[0]["centre_id"].tolist() == ["C-123"]
    assert layer_of(other)[0]["centre_id"].tolist() == ["C-007"]
    assert layer_of(None)[0]["centre_id"].tolist() == ["C-007"]


def test_the_layer_follows_the_six_rules_and_says_what_it_leaves_out(
        layer_of, tmp_path):
    def visit(key, location, **more):
        return submission(location=location, **more,
                          **{"meta/instanceID": key})
    files = written(
        tmp_path, good=visit("1", "36.8 10.18 5 4.5"),
        again=visit("1", "36.8 10.18 5 4.5"), no_fix=visit("2", "0 0 0 0"),
        coarse=visit("3", "36.9 10.2 5 300", open="no", beds=None),
        swapped=visit("4", "10.18 36.8 5 4.5"))
    layer, said = layer_of(files[0], files)
    assert list(layer) == ["centre_id", "open", "beds", "accuracy_m",
                           "geometry", "precise", "in_country"]
    assert layer.crs == "EPSG:4326"
    assert layer.geometry.x.tolist() == [10.18, 10.2, 36.8]
    assert layer.geometry.y.tolist() == [36.8, 36.9, 10.18]
    assert layer["accuracy_m"].tolist() == [4.5, 300, 4.5]
    assert layer["precise"].tolist() == [True, False, True]
    assert layer["in_country"].tolist() == [True, True, False]
    assert " ".join(said.split()) == (
        "Left out: 1 sent twice, 1 without a fix; the columns location, "
        "meta-instanceID")


def test_a_centre_that_is_not_open_has_no_beds_and_a_layer(
        layer_of, tmp_path):
    (file,) = written(tmp_path, mine=submission(open="no", beds=None))
    layer, _ = layer_of(file)
    assert layer["beds"].isna().tolist() == [True]


def test_the_layer_has_the_positions_of_the_export(layer_of, tmp_path):
    """With the submissions that are shipped."""
    files = [data.path(f"water_point_submission_{number}")
             for number in (1, 2, 3)]
    layer, said = layer_of(files[0], files)
    export = pd.read_csv(data.path("water_point_submissions"))
    keys = [forms.submission(file)["meta-instanceID"] for file in files[:2]]
    row = export.set_index("KEY").loc[keys]
    assert layer.geometry.y.tolist() == row["location-Latitude"].tolist()
    assert layer.geometry.x.tolist() == row["location-Longitude"].tolist()
    assert layer["accuracy_m"].tolist() == row["location-Accuracy"].tolist()
    assert "1 without a fix" in said and "guard-guard_phone" in said
