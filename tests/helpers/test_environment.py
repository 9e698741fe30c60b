"""The environment check: ✓ or ✗ with a remedy, and never a traceback."""

import builtins
import sys
import tempfile
from importlib import metadata

import matplotlib.textpath
import pyproj
import pytest

from helpers import data, environment
from tests.support import ROOT

CHECKS = 7


@pytest.fixture
def report(capsys):
    """Run the report; its lines."""
    def run():
        environment.report()
        said = capsys.readouterr()
        assert said.err == ""
        assert "Traceback" not in said.out
        return said.out.splitlines()
    return run


def failures(lines):
    return [line for line in lines if line.startswith("✗")]


def the_failure(lines):
    """The only line with ✗: it names a remedy, the last line counts it."""
    (message,) = failures(lines)
    assert "What to do:" in message
    assert lines[-1].startswith(f"1 of {CHECKS} checks failed")
    return message


def lacks(monkeypatch, *names):
    """From now on, these packages cannot be imported."""
    real = builtins.__import__

    def refuse(name, *arguments, **keywords):
        if name.split(".")[0] in names:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return real(name, *arguments, **keywords)
    monkeypatch.setattr(builtins, "__import__", refuse)


def test_all_is_there(report, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = report()
    assert failures(lines) == []
    assert len([line for line in lines
                if line.startswith("✓") and "optional" not in line]) == CHECKS
    assert lines[-1] == "Everything is there: you can start."


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0)])
def test_another_python(report, monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    message = "\n".join(failures(report()))
    assert f"This is Python 3.{version[1]}; the course needs 3.11 to 3.13" \
        in message
    assert "python3 start.py" in message


def installed(monkeypatch, change):
    """importlib.metadata sees what change(name, version) answers."""
    class Package:
        def __init__(self, name, version):
            self.name, self.version = name, version

    packages = [Package(package.name, change(package.name, package.version))
                for package in metadata.distributions()]
    monkeypatch.setattr(metadata, "distributions", lambda: [
        package for package in packages if package.version])


def test_a_package_is_missing(report, monkeypatch):
    installed(monkeypatch,
              lambda name, version: version if name != "geopandas" else None)
    message = the_failure(report())
    assert "1 of " in message and "geopandas is missing" in message


def test_a_package_has_another_version(report, monkeypatch):
    installed(monkeypatch,
              lambda name, version: "0.14" if name == "geopandas" else version)
    assert "geopandas is 0.14" in the_failure(report())


def test_names_of_packages_are_compared_as_pip_does(report, monkeypatch):
    """Jinja2, jinja2 and python_docx, python-docx are the same package."""
    installed(monkeypatch, lambda name, version: version)
    assert failures(report()) == []


def test_a_second_copy_further_down_the_path_does_not_count(
        report, monkeypatch, tmp_path):
    """setuptools appends its own, older copies to sys.path when imported."""
    copy = tmp_path / "geopandas-0.14.dist-info"
    copy.mkdir()
    (copy / "METADATA").write_text("Name: geopandas\nVersion: 0.14\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    versions = [package.version for package in metadata.distributions()
                if package.name == "geopandas"]
    assert versions[1:] == ["0.14"]
    assert failures(report()) == []


def test_no_package_at_all(report, monkeypatch):
    """A Python without the course's packages still gets its sentences."""
    lacks(monkeypatch, "packaging", "pyogrio", "pyproj", "rasterio",
          "matplotlib", "jupyter_core")
    monkeypatch.setattr(metadata, "distributions", list)
    messages = failures(report())
    assert len(messages) == 4
    for line in messages:
        assert "No module named" in line and "python3 start.py" in line


@pytest.fixture
def copied_data(tmp_path, monkeypatch):
    """A small data/ of one layer, to be spoilt."""
    name = "chief_towns"
    file = tmp_path / data.info(name)["path"]
    file.write_bytes(data.path(name).read_bytes())
    monkeypatch.setattr(data, "DATA", tmp_path)
    monkeypatch.setattr(data, "layers", lambda: [name])
    return file


def test_data_was_altered(report, copied_data):
    copied_data.write_bytes(copied_data.read_bytes() + b" ")
    (message,) = failures(report())
    assert "'chief_towns'" in message and "changed" in message
    assert "git checkout -- data" in message


def test_data_is_missing(report, copied_data):
    copied_data.unlink()
    (message,) = failures(report())
    assert "missing" in message and "git checkout -- data" in message


def test_the_folder_cannot_be_written(report, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    message = the_failure(report())
    assert "Nothing can be written" in message
    assert "a folder of your own" in message


class OtherTransformer:
    """A PROJ whose tables are another program's."""

    def __init__(self, *place):
        self.place = place

    def from_crs(self, *_, **__):
        return self

    def transform(self, *_):
        if not self.place:
            raise pyproj.exceptions.ProjError("no database context")
        return self.place


def test_tunis_lands_elsewhere(report, monkeypatch):
    monkeypatch.setattr(pyproj, "Transformer",
                        OtherTransformer(605_000, 4_074_058))
    assert "Tunis lands at 605000, 4074058" in the_failure(report())


def test_proj_does_not_find_its_tables(report, monkeypatch):
    monkeypatch.setattr(pyproj, "Transformer", OtherTransformer())
    message = the_failure(report())
    assert "places" in message and "no database context" in message


def test_gdal_does_not_find_its_tables(report, monkeypatch):
    import pyogrio
    monkeypatch.setattr(pyogrio, "get_gdal_data_path", lambda: None)
    assert "GDAL lacks its own tables" in the_failure(report())


REAL_TEXT = matplotlib.textpath.TextPath


@pytest.mark.parametrize("drawn", [
    lambda text: "\u200c".join(text),  # the letters stay apart
    lambda text: "\u202d" + text,      # forced from left to right
], ids=["letters apart", "left to right"])
def test_arabic_is_not_shaped(report, monkeypatch, drawn):
    monkeypatch.setattr(matplotlib.textpath, "TextPath",
                        lambda where, text: REAL_TEXT(where, drawn(text)))
    assert "do not join Arabic letters" in the_failure(report())


def test_an_extension_of_jupyterlab_is_missing(report, monkeypatch, tmp_path):
    import jupyter_core.paths
    (tmp_path / "jupyterlab-myst").mkdir()
    monkeypatch.setattr(jupyter_core.paths, "jupyter_path",
                        lambda *_: [str(tmp_path)])
    assert "lacks @jupyter-widgets/jupyterlab-manager" in the_failure(report())


def test_alembic_is_not_beside_this_python(report, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert "alembic is not beside this Python" in the_failure(report())


def test_optional_applications_are_no_failure(report, monkeypatch):
    real = environment.shutil.which
    monkeypatch.setattr(
        environment.shutil, "which",
        lambda name, **where: real(name, **where) if where else None)
    lines = report()
    assert failures(lines) == []
    for name in ("QGIS", "Java", "Chromium"):
        assert any(line.startswith(f"○ {name} was not found: optional")
                   for line in lines)
    assert lines[-1] == "Everything is there: you can start."


def test_each_check_is_one_line(report, monkeypatch):
    monkeypatch.setattr(data, "DATA", ROOT / "no such folder")
    for line in report()[:CHECKS]:
        assert line[0] in "✓✗"
