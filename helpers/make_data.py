"""Make data/ again from data/make, or compare without writing."""

import importlib
import json
import sys
import tempfile
from pathlib import Path

from helpers.data import DATA, sha256
from helpers.errors import CourseError


def make(out: Path = DATA, seed: int | None = None) -> list[str]:
    """Make all layers in out; returns their paths, relative to it."""
    sys.path.insert(0, str(DATA / "make"))
    try:
        builder = importlib.import_module("build")
        builder.build(Path(out), seed)
    except (OSError, ValueError) as error:
        raise CourseError(f"data/ cannot be made: {error}") from None
    finally:
        sys.path.remove(str(DATA / "make"))
    return [*_listed(out), "datapackage.json", "README.md"]


def differences(data: Path = DATA) -> list[str]:
    """What `make` would change in data, one line a file."""
    told = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in make(Path(scratch)):
            there, fresh = data / name, Path(scratch, name)
            if not there.is_file():
                told.append(f"data/{name} is missing")
            elif sha256(there) != sha256(fresh):
                told.append(f"data/{name} is not what data/make makes")
    return told


def _listed(folder):
    package = json.loads((Path(folder) / "datapackage.json").read_text(
        encoding="utf-8"))
    return [resource["path"] for resource in package["resources"]]
