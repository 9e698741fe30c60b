"""requirements.txt and environment.yml derive from pyproject.toml.

Only the slow test asks the network. Registries change, so requirements.txt
is not compiled again: the tests check what a compilation makes true.
"""

import importlib.util
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

from tests.support import ROOT, start_module

PROJECT = tomllib.loads(
    (ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = ROOT / "requirements.txt"
CONDA = ROOT / "environment.yml"
HEADLINE = ["jupyterlab", "geopandas", "folium", "ipywidgets", "matplotlib",
            "nbgrader", "jupyter-book"]
PLATFORMS = [("linux", "posix", "Linux"), ("darwin", "posix", "Darwin"),
             ("win32", "nt", "Windows")]


def declared() -> list[Requirement]:
    """The dependencies of pyproject.toml."""
    return [Requirement(line) for line in PROJECT["dependencies"]]


def pins(environment: dict[str, str]) -> dict[str, str]:
    """Name -> version: the lines of requirements.txt that hold in an
    environment."""
    versions: dict[str, str] = {}
    for line in LOCK.read_text("utf-8").splitlines():
        pin = Requirement(line)
        if pin.marker and not pin.marker.evaluate(environment):
            continue
        name = canonicalize_name(pin.name)
        (exact,) = pin.specifier
        assert exact.operator == "==", f"{line}: not an exact version"
        assert name not in versions, (
            f"{line}: a second version of {name} for the same environment")
        versions[name] = exact.version
    return versions


def environments() -> list[dict[str, str]]:
    """The Pythons of requires-python on the three systems, as markers see
    them."""
    supported = SpecifierSet(PROJECT["requires-python"])
    minors = [minor for minor in range(50) if f"3.{minor}" in supported]
    return [
        default_environment()
        | {"python_version": f"3.{minor}",
           "python_full_version": f"3.{minor}.9",
           "sys_platform": platform, "os_name": os_name,
           "platform_system": system, "implementation_name": "cpython",
           "platform_python_implementation": "CPython"}
        for minor in minors for platform, os_name, system in PLATFORMS
    ]


def conda() -> dict:
    return yaml.safe_load(CONDA.read_text("utf-8"))


def pip_section() -> list[str]:
    """What conda's file gives to pip."""
    (section,) = (entry for entry in conda()["dependencies"]
                  if isinstance(entry, dict))
    assert list(section) == ["pip"]
    return section["pip"]


def test_three_pythons_on_three_systems():
    assert len(environments()) == 9


@pytest.mark.parametrize(
    "environment", environments(),
    ids=lambda e: f"{e['python_version']}-{e['sys_platform']}")
def test_every_dependency_is_pinned_within_its_range(environment):
    pinned = pins(environment)
    for requirement in declared():
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, (
            f"{requirement.name} of pyproject.toml is not in requirements.txt")
        assert requirement.specifier.contains(version, prereleases=True), (
            f"requirements.txt has {requirement.name} {version}, "
            f"pyproject.toml wants {requirement}")


def test_pins_are_complete_and_none_is_left_over():
    """Follow the dependencies of what is installed: every name met is
    pinned, and no other."""
    here = default_environment() | {"extra": ""}
    pinned, met = pins(here), set()
    to_follow = [(line, "pyproject.toml") for line in declared()]
    while to_follow:
        requirement, because = to_follow.pop()
        name = canonicalize_name(requirement.name)
        assert name in pinned, (
            f"{because} needs {requirement}, which requirements.txt lacks")
        version = pinned[name]
        assert requirement.specifier.contains(version, prereleases=True), (
            f"{because} needs {requirement}, "
            f"requirements.txt has {version}")
        for extra in {"", *requirement.extras}:
            if (name, extra) in met:
                continue
            met.add((name, extra))
            for line in metadata.requires(name) or []:
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate(
                        here | {"extra": extra}):
                    to_follow.append((needed, name))
    assert set(pinned) == {name for name, extra in met}, (
        "requirements.txt has lines nothing needs")


def test_what_is_installed_is_what_is_pinned():
    pinned = pins(default_environment())
    assert {name: metadata.version(name) for name in pinned} == pinned


def test_lines_are_sorted_and_bare():
    """As compiled with --no-header --no-annotate: start.py counts the lines
    to show progress."""
    lines = LOCK.read_text("utf-8").splitlines()
    assert all(line[0].isalnum() for line in lines)
    names = [line.split("==")[0] for line in lines]
    assert names == sorted(names)


def test_no_address_in_a_list_or_lock():
    """An address would tie the course to one server. uv.lock may have them:
    git ignores it."""
    files = [LOCK, CONDA, *(path for path in ROOT.glob("*lock*")
                            if path.name != "uv.lock")]
    files += (path for path in ROOT.glob("*requirements*") if path != LOCK)
    for path in files:
        assert path.is_file()
        assert "://" not in path.read_text("utf-8"), path.name


def test_conda_reads_every_line():
    specs = [MatchSpec(line, strict=True) for line
             in conda()["dependencies"] if isinstance(line, str)]
    python, pip = specs
    assert (python.name.normalized, pip.name.normalized) == ("python", "pip")
    assert SpecifierSet(str(python.version)) == SpecifierSet(
        PROJECT["requires-python"])
    assert conda()["channels"] == ["conda-forge"]
    with pytest.raises(InvalidMatchSpecError):  # strict: a typing error
        MatchSpec("python =>3.11<3.14", strict=True)


def test_conda_installs_the_same_lists():
    """The headline packages in the words of pyproject.toml, then the lock
    and the course."""
    words = {Requirement(line).name: line for line in PROJECT["dependencies"]}
    assert pip_section() == [*(words[name] for name in HEADLINE),
                             "-r requirements.txt", "-e ."]


@pytest.mark.slow
def test_pip_section_installs_and_runs(tmp_path):
    """As conda does it: the pip section in a file beside environment.yml,
    read by pip from there; uv installs it, in a fifth of pip's time."""
    course, fresh, elsewhere = (
        tmp_path / name for name in ("course", "fresh", "elsewhere"))
    for folder in (course, elsewhere):
        folder.mkdir()
    for path in [ROOT / "pyproject.toml", LOCK, *ROOT.glob("README.md"),
                 *ROOT.glob("LICENSE*")]:
        shutil.copy(path, course)
    for package in ("helpers", "commands"):
        shutil.copytree(ROOT / package, course / package,
                        ignore=shutil.ignore_patterns("__pycache__"))
    (course / "pip-section.txt").write_text(
        "\n".join(pip_section()) + "\n", "utf-8")
    python = fresh / (
        "Scripts/python.exe" if os.name == "nt" else "bin/python")
    environment = {name: value for name, value in os.environ.items()
                   if name != "PYTHONPATH"}

    if importlib.util.find_spec("uv"):
        start = start_module()
        start.PYTHON = sys.executable
        environment |= start.uv_settings()
        pip = sys.executable, "-m", "uv", "pip"
        into = "--python", python
    else:  # conda's environment does not have it
        pip, into = (python, "-m", "pip"), ()

    def run(*command, cwd):
        done = subprocess.run(
            command, cwd=cwd, env=environment, text=True, encoding="utf-8",
            errors="replace", stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout[-3000:]
        return done.stdout

    try:
        run(sys.executable, "-m", "venv", fresh, cwd=tmp_path)
        run(python, "-m", "pip", "install", "--dry-run", "--no-deps",
            "-r", "pip-section.txt", cwd=course)
        run(*pip, "install", *into, "-r", "pip-section.txt", cwd=course)
        run(*pip, "check", *into, cwd=course)
        assert "Usage" in run(python, "-m", "commands", "--help",
                              cwd=elsewhere)
    finally:  # 1.7 GB, which pytest would keep for three runs
        shutil.rmtree(fresh, ignore_errors=True)
