"""Describe layers in datapackage.json: their headers, and their files."""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import osmium
import pandas as pd
import pyogrio
import rasterio

MEDIA = {
    "csv": "text/csv", "geojson": "application/geo+json",
    "json": "application/json", "gpx": "application/gpx+xml",
    "gpkg": "application/geopackage+sqlite3", "tif": "image/tiff",
    "pbf": "application/vnd.openstreetmap.data+pbf", "xml": "text/xml",
    "osc": "application/vnd.openstreetmap.data+xml", "osm": "text/xml",
}
TABLE_SCHEMA_TYPES = {"int64": "integer", "int32": "integer",
                      "float64": "number", "bool": "boolean"}


def package(resources: list[dict]) -> dict:
    """The Data Package of all layers."""
    return {
        "name": "open-geodata-course",
        "title": "Data of the course on open geographic data",
        "description": "Real layers say their source; what a ministry would "
                       "send is fictional, generated, and says so.",
        "licenses": [{"name": "CC-BY-4.0"}],
        "resources": resources,
    }


def resource(out: Path, header: dict, script: str,
             used_by: str = "") -> dict:
    """The Data Resource of a layer: its header and what its file states.

    A header without "fields" (a raster, a track, a table as received that
    no reader accepts) is completed by the file's contents instead of its
    fields.
    """
    file = out / header["path"]
    content = file.read_bytes()
    described = {
        **{key: value for key, value in header.items() if key != "fields"},
        **({"used_by": used_by} if used_by else {}),
        "script": script,
        "format": file.suffix[1:],
        "mediatype": MEDIA[file.suffix[1:]],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if "fields" not in header:
        return described | {"type": "file"} | contents(file)
    fields, table = header["fields"], read_table(file)
    types = {name: TABLE_SCHEMA_TYPES.get(str(dtype), "string")
             for name, dtype in table.dtypes.items()}
    if list(types) != list(fields):
        raise ValueError(f"{header['path']}: its columns are {list(types)}, "
                         f"but {script} describes {list(fields)}")
    return described | {
        "records": len(table),
        "schema": {"fields": [
            {"name": name, "type": types[name], "description": meaning}
            for name, meaning in fields.items()]}}


def contents(file: Path) -> dict:
    """What is in a file that is described without fields: how much, and a
    table's columns as they stand there.
    """
    content = file.read_bytes()
    match file.suffix:
        case ".csv":
            lines = content.splitlines()
            return {"contents": f"{len(lines) - 1} lines",
                    "columns": re.split("[;,]", as_text(lines[0]))}
        case ".tif":
            with rasterio.open(file) as image:
                return {"contents": f"{image.width} × {image.height} cells, "
                                    f"{image.count} bands"}
        case ".gpx":
            return {"contents": f"{content.count(b'<trkpt')} fixes"}
        case ".json":
            places = json.loads(content)["elements"]
            return {"contents": f"{len(places)} places"}
        case ".xml":
            return {"contents": "1 submission"}
        case ".osc":
            edits = sum(len(action) for action in ET.fromstring(content))
            return {"contents": f"{edits} edits"}
        case ".pbf":
            times = Counter(element.type_str() for element
                            in osmium.FileProcessor(str(file)))
            return {"contents": f"nodes: {times['n']}, ways: {times['w']}, "
                                f"relations: {times['r']}"}
    raise ValueError(f"{file.name}: state in `contents` of "
                     "data/make/describe.py what such a file holds")


def as_text(line: bytes) -> str:
    """A line of a table; one table is in cp1256, though labelled UTF-8."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1256")


def read_table(file: Path) -> pd.DataFrame:
    """The attributes of a layer, or the rows of a table."""
    if file.suffix == ".csv":
        return pd.read_csv(file)
    if file.suffix == ".json":
        return pd.DataFrame(json.loads(file.read_text("utf-8")))
    return pyogrio.read_dataframe(file, read_geometry=False)
