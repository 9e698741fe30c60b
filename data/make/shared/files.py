"""Where received files are, and how files are written.

Each function writes the same bytes on every system: UTF-8, and line feeds
as line endings.
"""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import shapely

RECEIVED = Path(__file__).resolve().parents[2] / "received"


def write_geojson(layer, file):
    """Write RFC 7946 GeoJSON: degrees, longitude first, 7 decimals."""
    layer.to_file(file, driver="GeoJSON", engine="pyogrio", RFC7946="YES",
                  WRITE_NAME="NO")


def write_unrepaired_geojson(table, file):
    """Write GeoJSON, one feature per line, and keep invalid geometry.

    GDAL's writer for RFC 7946 reverses rings and may repair them.
    """
    lines = [json.dumps({
        "type": "Feature",
        "properties": {name: value for name, value in row.items()
                       if name != "geometry"},
        "geometry": json.loads(shapely.to_geojson(row["geometry"])),
    }, ensure_ascii=False) for row in table.to_dict("records")]
    write_text('{"type": "FeatureCollection", "features": [\n'
               + ",\n".join(lines) + "\n]}", file)


def write_csv(table, file):
    """Write comma-separated values, without the index."""
    table.to_csv(file, index=False, encoding="utf-8", lineterminator="\n")


def write_json(content, file):
    """Write JSON with an indent of one space."""
    write_text(json.dumps(content, ensure_ascii=False, indent=1), file)


def write_xml(root, file, indent=" "):
    """Write an element and all that it contains, with its declaration."""
    ET.indent(root, indent)
    text = ET.tostring(root, encoding="unicode")
    write_text(f"<?xml version='1.0' encoding='UTF-8'?>\n{text}", file)


def write_text(text, file):
    """Write text and a line feed."""
    file.write_text(text + "\n", encoding="utf-8", newline="\n")
