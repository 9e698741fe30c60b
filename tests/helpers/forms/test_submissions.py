"""Submissions of a form: read as answers, and as a layer of points."""

import subprocess
import sys

import pandas as pd
import pytest

from helpers import data, forms

SHIPPED = [f"water_point_submission_{number}" for number in (1, 2, 3)]


def test_a_shipped_submission_has_the_columns_of_the_export():
    export = pd.read_csv(data.path("water_point_submissions"), dtype=str)
    for name in SHIPPED:
        sent = forms.submission(data.path(name))
        row = export.set_index("KEY").loc[sent["meta-instanceID"]].fillna("")
        same = sent.keys() & set(row.index)
        assert sent.keys() - same == {"location"}
        assert {key: sent[key] for key in same} == row[list(same)].to_dict()


def test_shipped_submissions_become_a_layer_with_its_accuracy():
    export = pd.read_csv(data.path("water_point_submissions"))
    layer = forms.layer(
        [forms.submission(data.path(name)) for name in SHIPPED], "location")
    row = export.set_index("KEY").loc[layer["meta-instanceID"]]
    assert layer.geometry.y.tolist() == row["location-Latitude"].tolist()
    assert layer.geometry.x.tolist() == row["location-Longitude"].tolist()
    assert layer["accuracy_m"].tolist() == row["location-Accuracy"].tolist()
    assert layer["altitude_m"].tolist() == row["location-Altitude"].tolist()


def test_an_unanswered_position_gives_no_geometry():
    layer = forms.layer([{"where": ""}, {"where": "36.5 10.25 0 4"}],
                        "where")
    assert layer.geometry.isna().tolist() == [True, False]
    assert layer["accuracy_m"].isna().tolist() == [True, False]


@pytest.mark.parametrize("wrong, words", [
    ("36.5 10.25", "'36.5 10.25' is not a position"),
    ("36,5 10,25 0 4", "Submission 2, question 'where'"),
    ("365 10.25 0 4", "latitude, longitude, altitude, accuracy"),
])
def test_a_position_that_is_none_is_named(wrong, words):
    with pytest.raises(forms.FormError, match=words):
        forms.layer([{"where": "36.5 10.25 0 4"}, {"where": wrong}], "where")


def test_a_question_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(forms.FormError, match="are: location, comment"):
        forms.layer([{"location": "", "comment": ""}], "position")


@pytest.mark.parametrize("xml, words", [
    ("<data><a>1</a>", "is not well-formed XML"),
    ("<data><r><a>1</a></r><r><a>2</a></r></data>", "'r-a' is answered twice"),
])
def test_a_submission_that_cannot_be_read_names_file_and_field(
        xml, words, tmp_path):
    file = tmp_path / "sent.xml"
    file.write_text(xml, encoding="utf-8")
    with pytest.raises(forms.FormError, match=f"sent.xml.*{words}"):
        forms.submission(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(forms.FormError, match=r"no file .*gone\.xml"):
        forms.submission(tmp_path / "gone.xml")


def test_geopandas_is_imported_only_for_a_layer():
    code = ("import sys; from helpers import forms; "
            "forms.submission('<a><b>1</b></a>'); "
            "print('geopandas' in sys.modules, 'pandas' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], text=True,
                          capture_output=True, check=True)
    assert done.stdout.split() == ["False", "False"]
