"""GeoParquet: CRS declared, absent, null, or no geo metadata at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.audit.model import Finding, Source, finding
from commands.audit.reading import driver, rings

if TYPE_CHECKING:
    import geopandas as gpd

_GEOMETRY = ("geometry", "geom", "wkb_geometry", "wkb", "the_geom", "shape")


def read(path: Path) -> list[Source]:
    """The one layer of a Parquet file."""
    import geopandas as gpd
    import pyarrow.parquet as pq
    import shapely
    with driver.asking(path.name, "Parquet"):
        schema = pq.read_schema(path)
    said: list[Finding] = []
    geo = _geo((schema.metadata or {}).get(b"geo"), said)
    if geo is None:
        layer, words = _plain(path, said)
    else:
        words = _crs(geo, said)
        with driver.asking(path.name, "GeoParquet"):
            try:
                layer = gpd.read_parquet(path)
            except shapely.errors.GEOSException:
                layer = _mended(path, geo)
        if layer.geometry.name != "geometry":
            layer = layer.rename_geometry("geometry")
    source = driver.source(path, None, "GeoParquet" if geo else "Parquet",
                           layer.reset_index(drop=True))
    source.evidence["crs"] = words or source.evidence["crs"]
    source.findings += said
    return [source]


def _mended(path: Path, geo: dict[str, Any]) -> gpd.GeoDataFrame:
    """A layer with shapes that shapely refuses: see `driver.table`."""
    import geopandas as gpd
    import pyarrow.parquet as pq
    table, name = pq.read_table(path).to_pandas(), geo["primary_column"]
    shapes, closed, unread = rings.of_wkb(table[name])
    layer = gpd.GeoDataFrame(
        table.drop(columns=name), geometry=shapes,
        crs=geo["columns"][name].get("crs", "OGC:CRS84"))
    layer.attrs["rings"] = closed, unread
    return layer


def _geo(metadata: bytes | None, said: list[Finding]
         ) -> dict[str, Any] | None:
    """The metadata `geo`, where it can be used."""
    if metadata is None:
        return None
    try:
        geo = json.loads(metadata)
        column = geo["columns"][geo["primary_column"]]
        if isinstance(column, dict) and "encoding" in column:
            return geo
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    said.append(finding(
        "file-damaged", "the geo metadata of the file cannot be understood",
        "No program finds the geometries.",
        "layer = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries.from_wkb("
        "table['geometry']))", severity="error"))
    return None


def _crs(geo: dict[str, Any], said: list[Finding]) -> str:
    column = geo["columns"][geo["primary_column"]]
    if "crs" not in column:
        said.append(finding(
            "crs-absent", "the file has no key crs: by the standard that "
            "means longitude and latitude (OGC:CRS84)",
            "The writer may have meant it, or may have forgotten the CRS. "
            "Other tools take it for unknown.",
            "layer = gpd.read_parquet(file)  # OGC:CRS84\n"
            "layer.to_crs(4326).to_parquet(new)", severity="note"))
        return "OGC:CRS84: no key crs, and the standard says so"
    if column["crs"] is None:
        said.append(finding(
            "crs-null", "crs is null: the writer says that the CRS is "
            "unknown", "Nobody can draw the layer on a map.",
            "layer = gpd.read_parquet(file).set_crs(…)  # ask who made it",
            severity="error"))
        return "not declared: crs is null"
    return ""


def _plain(path: Path, said: list[Finding]) -> tuple[Any, str]:
    """A table; a column of WKB in it is read as geometry."""
    import geopandas as gpd
    import pandas as pd
    with driver.asking(path.name, "Parquet"):
        table = pd.read_parquet(path)
    table.columns = [str(name) for name in table.columns]
    for name in table.columns:
        column = table[name]
        filled = column.dropna()
        if name.lower() not in _GEOMETRY or filled.empty or not isinstance(
                filled.iloc[0], bytes):
            continue
        shapes, *bad = rings.of_wkb(
            each if isinstance(each, bytes) else None for each in column)
        said.append(finding(
            "parquet-no-geo", f"there is no geo metadata; the column {name} "
            "holds geometries (WKB) and was read so",
            "Readers of GeoParquet refuse the file, and nobody knows its "
            "CRS. DuckDB without its extension writes so.",
            f"shapes = gpd.GeoSeries.from_wkb(table[{name!r}], crs=…)\n"
            "gpd.GeoDataFrame(table, geometry=shapes).to_parquet(new)",
            severity="error"))
        layer = gpd.GeoDataFrame(table.drop(columns=name), geometry=shapes)
        layer.attrs["rings"] = bad
        return layer, "not declared: there is no geo metadata"
    return table, "none: the file is a table"
