"""Finding a layer: its path, its description, its checksum."""

import shutil

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import data


def test_the_path_of_a_layer_is_a_file():
    assert data.path("governorates").is_file()


def test_the_credit_of_a_layer_says_whether_it_is_fictional():
    for name in data.layers():
        assert data.credit(name).startswith("FICTIONAL data. ") is (
            data.info(name)["fictional"]), name


def test_an_unknown_layer_lists_near_matches():
    with pytest.raises(data.DataError, match="Did you mean: governorates"):
        data.path("governorate")
    with pytest.raises(data.DataError, match="The layers are: "):
        data.path("zzz")


def test_a_notebook_shows_a_sentence_for_an_unknown_layer(capsys):
    shell = InteractiveShell()
    shell.run_cell("from helpers import data; data.path('governorate')")
    shown = capsys.readouterr()
    text = (shown.out + shown.err).strip()
    assert text.startswith("There is no layer 'governorate'. Did you mean")
    assert "Traceback" not in text and len(text.splitlines()) == 1


@pytest.mark.parametrize("break_it, says", [
    (lambda file: file.unlink(), "is missing"),
    (lambda file: file.write_text("{}"), "has been changed"),
])
def test_a_missing_or_altered_file_says_how_to_repair_it(
        tmp_path, monkeypatch, break_it, says):
    shutil.copytree(data.DATA, tmp_path / "data")
    monkeypatch.setattr(data, "DATA", tmp_path / "data")
    break_it(tmp_path / "data" / "governorates.geojson")
    with pytest.raises(data.DataError, match=says) as error:
        data.path("governorates")
    assert "git checkout -- data" in str(error.value)
