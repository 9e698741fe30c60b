"""What the page of an exercise offers to take away."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from commands.book import downloads
from helpers import data
from tests.support import ROOT

E03 = ROOT / "exercises/day1_production/e03_crs_detective.ipynb"
PAGE = "exercises/day1_production/e03_crs_detective"
SOLUTION = ROOT / "solutions/day1_production/e03_crs_detective.ipynb"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder of E03, as somebody has it who downloaded its zip."""
    folder = tmp_path_factory.mktemp("zip")
    layers = downloads.needed(E03, SOLUTION)
    content = downloads.packed(E03, PAGE, layers)
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    return folder / "e03_crs_detective"


def test_the_zip_has_the_notebook_and_no_solution(unpacked):
    assert (unpacked / E03.name).read_bytes() == E03.read_bytes()
    assert len(list(unpacked.rglob("*.ipynb"))) == 1


def test_the_folder_works_by_itself(unpacked):
    """The code of the first cell loads its layers from the zip."""
    first = next("".join(cell["source"]) for cell in json.loads(
        E03.read_text("utf-8"))["cells"] if cell["cell_type"] == "code")
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, '.')\n"
         + first + "\nprint(data.DATA, len(regions), len(areas))"],
        cwd=unpacked, capture_output=True, text=True)
    assert done.stdout.split() == [str(unpacked / "data"), "5", "24"], (
        done.stderr)


def test_the_zip_has_the_data_that_are_loaded_and_no_other(unpacked):
    listed = json.loads((unpacked / "data/datapackage.json").read_text(
        "utf-8"))["resources"]
    # Read off the notebook: two layers in its code, one of them a series,
    # the towns of a check, and the neighbours that maps.base() draws.
    wanted = {"governorates", "chief_towns", "neighbours",
              *(f"crs_detective_{number}" for number in range(1, 6))}
    assert {one["name"] for one in listed} == wanted
    files = {file.relative_to(unpacked / "data").as_posix()
             for file in (unpacked / "data").rglob("*") if file.is_file()}
    assert files == {one["path"] for one in listed} | {"datapackage.json"}


def test_what_programs_have_built_is_not_in_it(tmp_path, monkeypatch):
    for name in ("requirements.txt", "LICENSE", "LICENSE-content",
                 "helpers/a.py", "helpers/web/_build/page.html",
                 "helpers/web/node_modules/b/b.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    monkeypatch.setattr(downloads, "ROOT", tmp_path)
    names = zipfile.ZipFile(io.BytesIO(
        downloads.packed(E03, PAGE, []))).namelist()
    assert [name for name in names if "/helpers/" in name] == [
        "e03_crs_detective/helpers/a.py"]


def test_the_read_me_says_what_is_fictional_and_whose_it_is(unpacked):
    text = (unpacked / "README.txt").read_text("utf-8")
    assert data.credit("crs_detective_1") in text
    assert "FICTIONAL data." in text
    assert "CRS detective" in text
    for line in text.splitlines():  # each file that it names is there
        if line.startswith("data/") and " " not in line:
            assert (unpacked / line).is_file(), line


def test_the_same_files_give_the_same_zip():
    layers = ["governorates"]
    assert downloads.packed(E03, PAGE, layers) == downloads.packed(
        E03, PAGE, layers)


def test_no_zip_is_heavy():
    for file in sorted(ROOT.glob("exercises/day*/*.ipynb")):
        page = file.relative_to(ROOT).with_suffix("").as_posix()
        solution = ROOT / f"{page.replace('exercises', 'solutions')}.ipynb"
        content = downloads.packed(
            file, page, downloads.needed(file, solution))
        assert len(content) < 1_500_000, page
