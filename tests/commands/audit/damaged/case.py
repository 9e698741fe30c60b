"""A damaged file, what an audit must find in it, and its sound twin."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd

from helpers import data

CASES: dict[str, "Case"] = {}
TWINS: dict[str, Callable[[Path], Path]] = {}


@dataclass
class Case:
    """codes: all that the reading and the findings must say (openness apart,
    unless named); None: the file cannot be read. kind: of own-files.md.
    rows: code -> the rows that it must name. says: words of the refusal.
    """
    name: str
    make: Callable[[Path], Path]
    codes: frozenset[str] | None
    twin: str
    kind: str
    rows: dict[str, list[int]] = field(default_factory=dict)
    says: str = ""
    options: dict[str, str] = field(default_factory=dict)


def case(name, *codes, twin, kind="", rows=None, unreadable="", options=None):
    """Registers a function: folder -> the damaged file in it."""
    def keep(make):
        assert name not in CASES, name
        CASES[name] = Case(
            name, make, None if unreadable else frozenset(codes), twin, kind,
            rows or {}, unreadable, options or {})
        return make
    return keep


def twin(name):
    """Registers a function: folder -> a sound file in it."""
    def keep(make):
        TWINS[name] = make
        return make
    return keep


# --- the sound layers that all begin with ----------------------------------

def centres(count=30) -> gpd.GeoDataFrame:
    """Some FICTIONAL health centres, without what a defect needs."""
    layer = gpd.read_file(data.path("health_centres")).head(count)
    return layer[["centre_id", "name_fr", "name_ar", "type", "iso_3166_2",
                  "population_served", "geometry"]]


def towns() -> gpd.GeoDataFrame:
    """The chief towns of the 24 governorates."""
    return gpd.read_file(data.path("chief_towns")).drop(columns="moved_m")


def areas() -> gpd.GeoDataFrame:
    """The 24 governorates."""
    return gpd.read_file(data.path("governorates"))
