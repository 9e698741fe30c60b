"""Make data/ again from data/make, or compare without writing."""

import importlib
import json
import sys
import tempfile
from pathlib import Path

from helpers.data import DATA, ROOT, sha256
from helpers.errors import CourseError

TRUTH = ROOT / "solutions" / "truth"


def make(out: Path = DATA, seed: int | None = None,
         force: bool = False) -> list[str]:
    """Make all layers in out; returns their paths, relative to it.

    Another folder than data/ must be empty, or force must be given; truth
    tables go to out/truth there. Another seed makes another, equally valid
    world; the course's own folder takes only its own seed, and a layer that
    somebody has changed there is not overwritten without force.
    """
    out = Path(out)
    if out.resolve() == DATA.resolve():
        if seed is not None:
            raise CourseError(
                "Another seed would change the course's own data. Name a "
                f"folder: python start.py data --seed {seed} --out FOLDER")
        changed = [] if force else _changed(out)
        if changed:
            raise CourseError("\n".join([
                "These files hold changes of yours, so nothing was written:",
                *(f"  data/{name}" for name in changed),
                "Keep a copy of them outside data/, then use --force."]))
    elif out.is_file():
        raise CourseError(f"{out} is a file, not a folder")
    elif out.is_dir() and any(out.iterdir()) and not force:
        raise CourseError(f"{out} is not empty, so nothing was written. "
                          "Choose another folder, or use --force.")
    sys.path.insert(0, str(DATA / "make"))
    try:
        builder = importlib.import_module("build")
        builder.build(out, seed)
    except (OSError, ValueError) as error:
        raise CourseError(f"data/ cannot be made: {error}") from None
    finally:
        sys.path.remove(str(DATA / "make"))
    return [*_listed(out), "datapackage.json", "README.md"]


def differences(data: Path = DATA, truth: Path = TRUTH) -> list[str]:
    """What `make` would change in data and in the truth tables, one line
    a file."""
    told = []
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        pairs = [(f"data/{name}", data / name, fresh / name)
                 for name in make(fresh)]
        pairs += [(f"solutions/truth/{file.name}", truth / file.name, file)
                  for file in sorted((fresh / "truth").glob("*.csv"))]
        for name, there, made in pairs:
            if not there.is_file():
                told.append(f"{name} is missing")
            elif sha256(there) != sha256(made):
                told.append(f"{name} is not what data/make makes")
    return told


def _listed(folder):
    return [resource["path"] for resource in _resources(folder)]


def _changed(folder):
    """Files that are not what datapackage.json was written for, except
    those received, which are only read.
    """
    return [resource["path"] for resource in _resources(folder)
            if not resource["path"].startswith("received/")
            and (folder / resource["path"]).is_file()
            and f"sha256:{sha256(folder / resource['path'])}"
            != resource["hash"]]


def _resources(folder):
    package = folder / "datapackage.json"
    if not package.is_file():  # it is made too
        return []
    return json.loads(package.read_text(encoding="utf-8"))["resources"]
