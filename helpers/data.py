"""Where a layer of the course is, what it is, and whether it is unchanged.

>>> import geopandas as gpd
>>> from helpers import data
>>> governorates = gpd.read_file(data.path("governorates"))

The list of layers is data/datapackage.json (a Frictionless Data Package).
"""

import difflib
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from helpers.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
REMEDY = ("Your results would differ from those in the course. Keep your own "
          "version under\nanother name, outside data/. Then restore the "
          "course's file with\n`git checkout -- data`, or from a fresh copy "
          "of the course.")


class DataError(CourseError, LookupError):
    """A layer is unknown, missing or changed."""


def layers() -> list[str]:
    """Names of all layers, in the order of datapackage.json."""
    return list(_resources())


def path(name: str) -> Path:
    """Absolute path of a layer's file, after comparing its SHA-256.

    Raises DataError when the name is unknown (it lists near matches), or
    when the file is missing or is not the one that datapackage.json
    describes.
    """
    if words := defect(name):
        raise DataError(f"Layer '{name}': {words}.\n{REMEDY}")
    return DATA / info(name)["path"]


def info(name: str) -> dict[str, Any]:
    """What datapackage.json says about a layer (Data Package, "resource").

    A dict with at least: title, description, path, crs ("EPSG:4326" or
    None), fictional (bool), sources and licenses (lists of dicts), date.
    Raises DataError when the name is unknown.
    """
    resources = _resources()
    if name not in resources:
        near = difflib.get_close_matches(str(name), resources, cutoff=0.5)
        remedy = f"Did you mean: {', '.join(near)}?" if near else (
            f"The layers are: {', '.join(resources)}")
        raise DataError(f"There is no layer '{name}'. {remedy}")
    return resources[name]


def credit(name: str) -> str:
    """One line for the foot of a map: source, date, licence.

    A fictional layer is named as fictional, first. Raises DataError when
    the name is unknown.
    """
    layer = info(name)
    source = "; ".join(item["title"] for item in layer["sources"])
    licence = ", ".join(item["name"] for item in layer["licenses"])
    label = "FICTIONAL data. " if layer["fictional"] else ""
    return f"{label}Source: {source}, {layer['date']}. Licence: {licence}."


def sha256(file: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def defect(name: str) -> str:
    """Why a layer's file cannot be used, or "" when it is unchanged."""
    resource = info(name)
    file = DATA / resource["path"]
    if not file.is_file():
        return f"data/{resource['path']} is missing"
    if sha256(file) != resource["hash"].removeprefix("sha256:"):
        return f"data/{resource['path']} has been changed"
    return ""


@cache
def _resources() -> dict[str, dict[str, Any]]:
    package = DATA / "datapackage.json"
    try:
        listed = json.loads(package.read_text(encoding="utf-8"))["resources"]
    except FileNotFoundError:
        raise DataError(
            "data/datapackage.json, the list of layers, is missing.\n"
            "Restore it with `git checkout -- data`, or from a fresh copy "
            "of the course."
        ) from None
    return {resource["name"]: resource for resource in listed}
