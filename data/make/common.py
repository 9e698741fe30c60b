"""What the scripts of data/make share: places, sources, writing."""

from pathlib import Path

RECEIVED = Path(__file__).resolve().parents[1] / "received"

SOURCES = {
    "natural_earth": {
        "title": "Natural Earth 1:10m v4.1.0, generalised by QGIS",
        "path": "https://www.naturalearthdata.com",
    },
    "geonames": {
        "title": "GeoNames",
        "path": "https://www.geonames.org",
    },
    "statistics": {
        "title": "INS, censuses of 2014 and 2024, estimates of 2023; "
                 "ISO 3166-2; OCHA COD-AB",
        "path": "https://www.ins.tn",
    },
    "course": {"title": "this course (generated with a seed)"},
}


def write_geojson(layer, file):
    """Write RFC 7946 GeoJSON: degrees, longitude first, 7 decimals."""
    layer.to_file(file, driver="GeoJSON", engine="pyogrio", RFC7946="YES",
                  WRITE_NAME="NO")


def write_csv(table, file):
    """Write UTF-8 CSV with the same line endings on every system."""
    table.to_csv(file, index=False, encoding="utf-8", lineterminator="\n")
