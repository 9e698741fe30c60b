"""Submissions of a form, read as answers."""

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


@pytest.mark.parametrize("xml, words", [
    ("<data><a>1</a>", "is no complete XML text: line 1 cannot"),
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


def test_a_folder_is_no_submission(tmp_path):
    with pytest.raises(forms.FormError, match="There is no file"):
        forms.submission(tmp_path)


def test_a_submission_is_read_without_pandas():
    """A check of a rule imports the forms, too: it must be quick."""
    code = ("import sys; from helpers import forms; "
            "print('geopandas' in sys.modules, 'pandas' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], text=True,
                          capture_output=True, check=True)
    assert done.stdout.split() == ["False", "False"]
