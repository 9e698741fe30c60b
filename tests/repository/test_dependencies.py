"""One list of dependencies: requirements.txt and environment.yml derive from pyproject.toml.

Nothing here asks the network but the slow test. Registries move, so requirements.txt is not
compiled again: it is checked for what a compilation would have made true.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

from tests.support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = ROOT / "requirements.txt"
CONDA = ROOT / "environment.yml"
HEADLINE = ["jupyterlab", "geopandas", "folium", "ipywidgets", "matplotlib", "nbgrader", "jupyter-book"]
PLATFORMS = [("linux", "posix", "Linux"), ("darwin", "posix", "Darwin"), ("win32", "nt", "Windows")]


def wanted() -> list[Requirement]:
    """The dependencies of pyproject.toml."""
    return [Requirement(line) for line in PROJECT["dependencies"]]


def pins(environment: dict[str, str]) -> dict[str, str]:
    """Name to version: the lines of requirements.txt that hold in an environment."""
    found: dict[str, str] = {}
    for line in LOCK.read_text("utf-8").splitlines():
        pin = Requirement(line)
        if pin.marker and not pin.marker.evaluate(environment):
            continue
        name = canonicalize_name(pin.name)
        (exact,) = pin.specifier
        assert exact.operator == "==", f"{line}: not an exact version"
        assert name not in found, f"{line}: a second version of {name} for the same environment"
        found[name] = exact.version
    return found


def environments() -> list[dict[str, str]]:
    """The Pythons of requires-python on the three systems, as markers see them."""
    supported = SpecifierSet(PROJECT["requires-python"])
    minors = [minor for minor in range(50) if f"3.{minor}" in supported]
    return [
        default_environment()
        | {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.9",
           "sys_platform": platform, "os_name": os_name, "platform_system": system,
           "implementation_name": "cpython", "platform_python_implementation": "CPython"}
        for minor in minors for platform, os_name, system in PLATFORMS
    ]


def conda() -> dict:
    return yaml.safe_load(CONDA.read_text("utf-8"))


def test_three_pythons_on_three_systems():
    assert len(environments()) == 9


@pytest.mark.parametrize(
    "environment", environments(), ids=lambda e: f"{e['python_version']}-{e['sys_platform']}")
def test_every_dependency_is_pinned_within_its_range(environment):
    pinned = pins(environment)
    for requirement in wanted():
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} of pyproject.toml is not in requirements.txt"
        assert requirement.specifier.contains(version, prereleases=True), (
            f"requirements.txt has {requirement.name} {version}, pyproject.toml wants {requirement}")


def test_pins_are_complete_and_none_is_left_over():
    """Follow the dependencies of what is installed: every name met is pinned, and no other."""
    here = default_environment() | {"extra": ""}
    pinned, met, to_follow = pins(here), set(), [(r, "pyproject.toml") for r in wanted()]
    while to_follow:
        requirement, because = to_follow.pop()
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{because} needs {requirement}, which requirements.txt lacks"
        assert requirement.specifier.contains(pinned[name], prereleases=True), (
            f"{because} needs {requirement}, requirements.txt has {pinned[name]}")
        for extra in {"", *requirement.extras}:
            if (name, extra) in met:
                continue
            met.add((name, extra))
            for line in metadata.requires(name) or []:
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate(here | {"extra": extra}):
                    to_follow.append((needed, name))
    assert set(pinned) == {name for name, extra in met}, "requirements.txt has lines nothing needs"


def test_what_is_installed_is_what_is_pinned():
    pinned = pins(default_environment())
    assert {name: metadata.version(name) for name in pinned} == pinned


def test_lines_are_sorted_and_bare():
    """As compiled with --no-header --no-annotate: start.py counts the lines to show progress."""
    lines = LOCK.read_text("utf-8").splitlines()
    assert all(line[0].isalnum() for line in lines)
    assert [line.split("==")[0] for line in lines] == sorted(line.split("==")[0] for line in lines)


def test_no_address_in_a_list_or_lock():
    """An address would tie the course to one server. uv.lock is ignored by git, so it may have them."""
    files = [LOCK, CONDA, *(path for path in ROOT.glob("*lock*") if path.name != "uv.lock")]
    files += (path for path in ROOT.glob("*requirements*") if path != LOCK)
    for path in files:
        assert path.is_file() and "://" not in path.read_text("utf-8"), path.name


def test_conda_reads_every_line():
    conda_lines = [line for line in conda()["dependencies"] if isinstance(line, str)]
    specs = {spec.name.normalized: spec for spec in (MatchSpec(l, strict=True) for l in conda_lines)}
    assert set(specs) == {"python", "pip"}
    assert SpecifierSet(str(specs["python"].version)) == SpecifierSet(PROJECT["requires-python"])
    assert conda()["channels"] == ["conda-forge"]
    with pytest.raises(InvalidMatchSpecError):  # that strict reading does refuse a slip of the pen
        MatchSpec("python =>3.11<3.14", strict=True)


def test_conda_installs_the_same_lists():
    """The headline packages in the words of pyproject.toml, then the lock and the course."""
    (section,) = (entry for entry in conda()["dependencies"] if isinstance(entry, dict))
    assert list(section) == ["pip"]
    words = {Requirement(line).name: line for line in PROJECT["dependencies"]}
    assert section["pip"] == [*(words[name] for name in HEADLINE), "-r requirements.txt", "-e ."]


@pytest.mark.slow
def test_pip_section_installs_and_runs(tmp_path):
    """As conda does it: the pip section in a file beside environment.yml, installed from there."""
    course, fresh, elsewhere = (tmp_path / name for name in ("course", "fresh", "elsewhere"))
    for folder in (course, elsewhere):
        folder.mkdir()
    for path in [ROOT / "pyproject.toml", LOCK, *ROOT.glob("README.md"), *ROOT.glob("LICENSE*")]:
        shutil.copy(path, course)
    shutil.copytree(ROOT / "helpers", course / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    (section,) = (entry for entry in conda()["dependencies"] if isinstance(entry, dict))
    (course / "pip-section.txt").write_text("\n".join(section["pip"]) + "\n", "utf-8")
    python = fresh / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command, cwd):
        done = subprocess.run(
            command, cwd=cwd, env=environment, text=True, encoding="utf-8", errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout[-3000:]
        return done.stdout

    try:
        run(sys.executable, "-m", "venv", fresh, cwd=tmp_path)
        run(python, "-m", "pip", "install", "-r", "pip-section.txt", cwd=course)
        run(python, "-m", "pip", "check", cwd=course)
        assert "Usage" in run(python, "-m", "commands", "--help", cwd=elsewhere)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)  # 1.7 GB, which pytest would keep for three runs
