"""The files of a release: four formats, their schema, metadata, sums."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from pandas.api import types as kinds

from commands.publish.losses import is_points
from commands.publish.preparing import Prepared
from helpers import publish
from helpers.publish.verdicts import SUMS

MEDIA = {"geojson": "application/geo+json", "gpkg":
         "application/geopackage+sqlite3", "parquet":
         "application/vnd.apache.parquet", "csv": "text/csv"}


def data(layer: Prepared, folder: Path, day: str) -> list[Path]:
    """The layer in four formats; the table with its schema."""
    files = [folder / f"{layer.name}.{ending}" for ending in MEDIA]
    _geojson(layer, files[0])
    _geopackage(layer, files[1], day)
    layer.table.to_parquet(  # geopandas writes a box of NaN for no place
        files[2], index=False, schema_version="1.1.0",
        write_covering_bbox=bool(layer.table.geometry.notna().all()))
    table, schema = as_table(layer)
    table.to_csv(files[3], index=False, encoding="utf-8",
                 lineterminator="\n")
    files[3].with_suffix(".schema.json").write_text(
        text_of(schema), encoding="utf-8")
    return files


def text_of(found: Any) -> str:
    """As JSON that people can read."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _geojson(layer: Prepared, file: Path) -> None:
    layer.table.to_crs(4326).to_file(
        file, driver="GeoJSON", layer=layer.name, RFC7946="YES",
        COORDINATE_PRECISION=7)


def _geopackage(layer: Prepared, file: Path, day: str) -> None:
    """The same data and the same day give the same bytes (session 3.1)."""
    pyogrio.set_gdal_config_options(
        {"OGR_CURRENT_DATE": f"{day}T00:00:00.000Z"})
    try:
        layer.table.to_file(file, driver="GPKG", layer=layer.name,
                            VERSION="1.2")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def as_table(layer: Prepared) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The CSV, and its Table Schema. Points get two columns of degrees."""
    table = pd.DataFrame(layer.table.drop(columns="geometry"))
    fields = []
    for name in layer.columns:
        table[name], kind = _written(layer.table[name])
        rules = {"required": True, "unique": True} if (
            name == layer.key) else {}
        fields.append({"name": name, "type": kind, "title":
                       layer.labels.get(name, name), "constraints": rules})
    if is_points(layer.table):
        degrees = gpd.GeoSeries(layer.table.geometry).to_crs(4326)
        for name, values, limit in (("longitude", degrees.x, 180),
                                    ("latitude", degrees.y, 90)):
            free = name if name not in {
                one.lower() for one in layer.columns} else f"{name}_wgs84"
            table[free] = values.round(7)
            fields.append({"name": free, "type": "number", "constraints": {
                "minimum": -limit, "maximum": limit}})
    return table, {"fields": fields, "primaryKey": [layer.key],
                   "missingValues": [""]}


def _written(column: pd.Series) -> tuple[pd.Series, str]:
    """A column as the CSV has it, and its type of Table Schema."""
    if kinds.is_datetime64_any_dtype(column):
        if column.dt.tz is None and (
                column.dropna() == column.dropna().dt.normalize()).all():
            return column.dt.strftime("%Y-%m-%d"), "date"
        zone = "Z" if column.dt.tz is not None else ""
        return column.dt.strftime(f"%Y-%m-%dT%H:%M:%S{zone}"), "datetime"
    if kinds.is_bool_dtype(column):
        return column.map({True: "true", False: "false"}), "boolean"
    if kinds.is_integer_dtype(column):
        return column, "integer"
    if kinds.is_float_dtype(column):
        whole = column.dropna()
        if len(whole) and (whole == whole.round()).all() and (
                whole.abs() < 2 ** 53).all():
            return column.astype("Int64"), "integer"
        return column, "number"
    return column, "string"


def metadata(record: dict[str, Any], files: list[Path],
             folder: Path) -> None:
    """The record as JSON, ISO 19139 and DCAT-AP; it names the files."""
    base = str(record.pop("download_url", None) or record["identifier"])
    record["distributions"] = [
        {"file": file.name, "media_type": MEDIA[file.suffix[1:]],
         "url": f"{base.rstrip('/')}/{record['version']}/{file.name}",
         "bytes": file.stat().st_size, "sha256": sha256(file)}
        for file in files]
    (folder / "metadata.json").write_text(text_of(record), "utf-8")
    (folder / "metadata.xml").write_bytes(publish.record.iso(record))
    publish.record.dcat(record).serialize(folder / "metadata.ttl",
                                          format="turtle")


def sums(folder: Path) -> None:
    """SHA256SUMS of all files, as `sha256sum -c` reads it."""
    (folder / SUMS).write_text("".join(
        f"{sha256(file)}  {file.name}\n" for file in sorted(folder.iterdir())
        if file.name != SUMS), "utf-8", newline="\n")


def sha256(file: Path) -> str:
    """The sum of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
