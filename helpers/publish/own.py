"""A layer of the reader's own, read with sentences in place of errors."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import CourseError

if TYPE_CHECKING:
    import geopandas as gpd

TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods")
EAST = r"(?i)^(lon\w*|lng|x|east\w*)$"
NORTH = r"(?i)^(lat\w*|y|north\w*)$"


def own_layer(file: str | Path, key: str | None = None,
              count: str | None = None) -> gpd.GeoDataFrame:
    """The layer in a file that the course does not know.

    key: a column in which no value comes twice. count: a column of numbers;
    the layer is then one of areas. Prints what the reader should know; raises
    CourseError, with a remedy, for what cannot be used.
    """
    import geopandas as gpd
    file = Path(file)
    if not file.is_file():
        raise CourseError(f"There is no file {file}. Give its whole path.")
    if file.suffix.lower() in TABLES:
        raise CourseError(_table(file))
    read = gpd.read_parquet if file.suffix == ".parquet" else gpd.read_file
    try:
        layer = read(file)
    except Exception as error:  # each driver has errors of its own
        raise CourseError(f"{file.name} cannot be read as a layer: "
                          f"{str(error)[:200]}") from None
    if not isinstance(layer, gpd.GeoDataFrame) or layer.geometry.isna().all():
        raise CourseError(f"{file.name} has no geometries.")
    if layer.geometry.name != "geometry":
        layer = layer.rename_geometry("geometry")
    if layer.crs is None:
        raise CourseError(
            f"{file.name} does not say its CRS. Ask who made it; then read "
            "it, and write it again with layer.set_crs(…) (session 1.2).")
    _columns(layer, key, count)
    print(f"{file.name}: {len(layer)} rows, {layer.crs.name}")
    missing = layer.geometry.isna() | layer.geometry.is_empty
    if missing.any():
        print(f"{missing.sum()} rows have no geometry.")
    wrong = layer.geometry[~missing & ~layer.geometry.is_valid]
    if len(wrong):
        print(f"{len(wrong)} geometries are not valid, the first in row "
              f"{wrong.index[0]}: {wrong.is_valid_reason().iloc[0]}. Repair "
              "them first: make_valid (session 2.2).")
    return layer


def _table(file: Path) -> str:
    """What to do with a table: it has no geometry yet."""
    import pandas as pd
    said = (f"{file.name} is a table, without geometry and CRS. Read it with "
            "pandas, make points of two columns, and write them as a "
            "GeoPackage: gpd.GeoDataFrame(table, geometry="
            "gpd.points_from_xy(table[…], table[…]), crs=…)"
            ".to_file(\"own.gpkg\").")
    try:
        names = list(pd.read_csv(file, sep=None, engine="python", nrows=5)
                     ) if file.suffix.lower() == ".csv" else []
    except Exception:  # another encoding, or no table at all
        names = []
    found = [next((str(name) for name in names
                   if re.match(pattern, str(name))), None)
             for pattern in (EAST, NORTH)]
    return said + (f" First {found[0]!r}, then {found[1]!r}." if all(found)
                   else "")


def _columns(layer: gpd.GeoDataFrame, key: str | None,
             count: str | None) -> None:
    """Are the two columns there, and what they must be?"""
    from pandas.api.types import is_numeric_dtype
    for name in filter(None, (key, count)):
        if name not in layer.columns.drop("geometry"):
            raise CourseError(
                f"There is no column {name!r}. There are: "
                f"{', '.join(layer.columns.drop('geometry'))}.")
    if key and (layer[key].isna().any() or layer[key].duplicated().any()):
        raise CourseError(f"{key!r} is no identifier: a value is missing, or "
                          "comes twice. Choose another column.")
    if count and not is_numeric_dtype(layer[count]):
        raise CourseError(f"{count!r} holds texts, no numbers: "
                          f"{layer[count].iloc[0]!r}.")
    if count and not layer.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise CourseError("The layer has other geometries than areas: there "
                          "is no density without an area.")
