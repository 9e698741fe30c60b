"""What each format would lose of a layer, before anything is written."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import shapely
from pandas.api import types as kinds

from commands.publish.preparing import Prepared

SAFE = 2 ** 53  # above, programs that read JSON round whole numbers
DBF_NAME, DBF_TEXT = 10, 254  # letters of a name, bytes of a text


def losses(layer: Prepared) -> dict[str, list[str]]:
    """Format → sentences. A Shapefile is not written; it is named because
    partners ask for it."""
    return {"GeoJSON": _geojson(layer), "GeoPackage": [], "GeoParquet": [],
            "CSV": _csv(layer), "Shapefile (not written)": _shapefile(layer)}


def is_points(table: gpd.GeoDataFrame) -> bool:
    """Does a pair of numbers say where each row is?"""
    return set(table.geom_type.dropna()) <= {"Point"}


def _times(layer: Prepared) -> list[str]:
    return [name for name in layer.columns
            if kinds.is_datetime64_any_dtype(layer.table[name])]


def _geojson(layer: Prepared) -> list[str]:
    said = []
    if layer.table.crs.to_epsg() != 4326:
        said.append(f"the CRS {layer.table.crs.to_string()}: it only knows "
                    "degrees of WGS 84")
    places = shapely.get_coordinates(layer.table.geometry)
    if layer.table.crs.is_geographic and (
            np.abs(places - places.round(7)) > 1e-9).any():
        said.append("decimals after the seventh (1 cm)")
    said += [f"the type of {name}: a time becomes text"
             for name in _times(layer)]
    return said + [
        f"digits of {name}, in some programs: numbers above 2^53"
        for name in layer.columns
        if kinds.is_integer_dtype(layer.table[name])
        and (layer.table[name].abs() > SAFE).any()]


def _csv(layer: Prepared) -> list[str]:
    said = []
    if not is_points(layer.table):
        said.append("the geometry: a table has no place for lines and areas")
    elif layer.table.crs.to_epsg() != 4326:
        said.append("the CRS: positions become degrees of WGS 84")
    if layer.table.has_z.any():
        said.append("heights")
    for name in layer.columns:
        column = layer.table[name]
        if kinds.is_string_dtype(column) and column.isna().any() and (
                column == "").any():
            said.append(f"the difference between empty and missing in {name}")
    return [*said, "types: the Table Schema beside it keeps them"]


def _shapefile(layer: Prepared) -> list[str]:
    short = short_names(layer.columns)
    said = [f"the name {name}: write {new}"
            for name, new in short.items() if name != new]
    for name in layer.columns:
        column = layer.table[name]
        if kinds.is_string_dtype(column):
            longest = column.dropna().astype("str").map(
                lambda text: len(text.encode())).max()
            if longest > DBF_TEXT:
                said.append(f"the end of texts of {name}: {longest} bytes, "
                            f"{DBF_TEXT} fit")
    said += [f"the time of day in {name}" for name in _times(layer)]
    shapes = {one.removeprefix("Multi")
              for one in layer.table.geom_type.dropna()}
    if len(shapes) > 1:
        said.append("all but one of the kinds " + ", ".join(sorted(shapes)))
    return said


def short_names(names: list[str]) -> dict[str, str]:
    """Name → a name of ten letters at most that no other has."""
    short: dict[str, str] = {}
    for name in names:
        new, more = name[:DBF_NAME], 1
        if len(name) > DBF_NAME:  # the ends differ more than the beginnings
            head, tail = name[:5], re.sub(r"\W", "", name)[-4:]
            new = f"{head}_{tail}"
        while new.lower() in {one.lower() for one in short.values()}:
            new, more = f"{new[:DBF_NAME - len(str(more))]}{more}", more + 1
        short[name] = new
    return short
