"""data/ can be made again, in other worlds too, and nothing is lost by it."""

import os
import shutil
import subprocess
import sys

import frictionless
import numpy as np
import pandas as pd
import pytest

from commands import make_data
from helpers import data
from helpers.errors import CourseError
from tests.support import ROOT, in_course

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The course's own world, made again in a folder of its own."""
    folder = tmp_path_factory.mktemp("fresh")
    make_data.make(folder)
    return folder


# --- what is made ----------------------------------------------------------

def test_data_can_be_made_again_byte_by_byte(fresh):
    assert make_data.compare(fresh) == []


def test_a_changed_layer_is_seen(fresh, tmp_path):
    shutil.copytree(fresh, tmp_path / "data")
    file = tmp_path / "data" / "chief_towns.geojson"
    file.write_bytes(file.read_bytes().replace(b"Tunis", b"Tunes", 1))
    (tmp_path / "data" / "governorates.geojson").unlink()
    assert make_data.compare(fresh, tmp_path / "data") == [
        "data/governorates.geojson is missing",
        "data/chief_towns.geojson is not what data/make makes"]


def test_a_changed_truth_table_is_seen(fresh, tmp_path):
    shutil.copytree(fresh / "truth", tmp_path / "truth")
    (tmp_path / "truth" / "ndvi.csv").write_text("record\n", "utf-8")
    assert make_data.compare(fresh, truth=tmp_path / "truth") == [
        "solutions/truth/ndvi.csv is not what data/make makes"]


def test_another_seed_gives_another_world_of_the_same_kind(tmp_path):
    make_data.make(tmp_path, seed=7)
    for number in range(1, 6):
        ours = pd.read_csv(data.path(f"crs_detective_{number}"))
        other = pd.read_csv(
            tmp_path / "crs_detective" / f"region_{number}.csv")
        assert list(ours.columns) == list(other.columns)
        assert list(ours["governorate"]) == list(other["governorate"])
        assert not np.isclose(ours["x"], other["x"]).any()
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.flatten(["title", "message"]) == []
    text = (tmp_path / "README.md").read_text("utf-8")
    assert "This is the world of seed 7" in text
    assert "the world of seed" not in (data.DATA / "README.md").read_text(
        "utf-8")


# --- what is refused -------------------------------------------------------

def test_the_course_s_own_folder_takes_no_other_seed():
    with pytest.raises(CourseError, match="data --seed 7 --out FOLDER"):
        make_data.make(seed=7)


def test_a_folder_with_files_is_not_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="is not empty, so nothing was"):
        make_data.make(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="is a file, not a folder"):
        make_data.make(tmp_path / "mine.txt")


def test_layers_with_changes_are_named_and_not_overwritten(
        tmp_path, monkeypatch):
    shutil.copytree(data.DATA, tmp_path / "data",
                    ignore=shutil.ignore_patterns("make"))
    monkeypatch.setattr(make_data, "DATA", tmp_path / "data")
    monkeypatch.setattr(make_data, "TRUTH", tmp_path / "truth")
    (tmp_path / "data" / "schools.geojson").write_text("{}")
    with pytest.raises(CourseError, match=r"  data/schools\.geojson\nKeep a"):
        make_data.make(tmp_path / "data")
    assert (tmp_path / "data" / "schools.geojson").read_text() == "{}"


# --- which data/make is loaded ---------------------------------------------

@pytest.fixture
def copy(tmp_path):
    """A copy of the course, as far as it takes to load data/make."""
    folder = tmp_path / "course"
    for package in ("commands", "helpers"):
        shutil.copytree(ROOT / package, folder / package,
                        ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "data" / "make").mkdir(parents=True)
    (folder / "data" / "make" / "__init__.py").touch()
    (folder / "data" / "make" / "build.py").write_text("from . import part")
    (folder / "data" / "make" / "part.py").touch()
    return folder


def loaded(folder, *path):
    """Run a command in a folder: where data.make.build comes from."""
    places = os.pathsep.join(map(str, path))
    done = subprocess.run(
        [sys.executable, "-c", "from commands import make_data\n"
         "print(make_data.builder().__file__)"],
        cwd=folder, env=in_course(places), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_copy_of_the_course_uses_its_own_modules(copy):
    assert loaded(copy, copy) == str(copy / "data" / "make" / "build.py")


def test_an_installed_package_called_data_does_not_win(copy, tmp_path):
    installed = tmp_path / "site-packages"
    (installed / "data" / "make").mkdir(parents=True)
    for file in ("__init__.py", "make/__init__.py", "make/build.py"):
        (installed / "data" / file).touch()
    assert loaded(installed, installed, copy) == str(
        copy / "data" / "make" / "build.py")
