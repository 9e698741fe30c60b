"""Reads any file of geodata, and says what is wrong with it as a file.

>>> from commands.audit.reading import read
>>> for source in read("health_centres.csv"):
...     print(source.format, len(source.table), source.evidence)

The content of a file decides how it is read, not the end of its name.
Nothing is written beside the file.
"""

from __future__ import annotations

import re
from pathlib import Path

from commands.audit.model import Source, UnreadableFile
from commands.audit.reading import (
    archive,
    delimited,
    driver,
    geojson,
    geopackage,
    parquet,
    shapefile,
    sheets,
    text,
    xml,
)

SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
OTHERS = (".fgb", ".tab", ".mif", ".gdb", ".dxf", ".topojson")
OFFICE = {"DOCX": "a text of Word", "ODT": "a text of LibreOffice",
          "PPTX": "slides of PowerPoint", "ODP": "slides of LibreOffice"}
# What a file begins with that no reader here takes -> what to do.
REFUSED = {
    b"\xd0\xcf\x11\xe0": "is a workbook of Excel 97-2003 (.xls). Open it "
    "in Excel or LibreOffice, and save it as .xlsx",
    b"%PDF": "is a PDF. A PDF has no table: ask for the data behind it",
    b"\xff\xd8\xff": "is a photo, not a layer",
    b"\x89PNG": "is a picture, not a layer",
    b"II*\0": "is a raster (TIFF). This audit reads vector layers and "
    "tables", b"MM\0*": "is a raster (TIFF). This audit reads vector "
    "layers and tables",
    b"\x1f\x8b": "is packed with gzip. Unpack it first",
    b"Rar!": "is packed with RAR. Unpack it first",
    b"7z\xbc\xaf": "is packed with 7-Zip. Unpack it first"}


def read(path: Path | str, *, layer: str | None = None,
         csv_x: str | None = None, csv_y: str | None = None,
         encoding: str | None = None) -> list[Source]:
    """The layers of a file. Raises UnreadableFile where there is none.

    layer: only this one. csv_x, csv_y: the columns of a table that hold the
    coordinates. encoding: of a text or a shapefile; without it, it is found.
    """
    path = Path(path)
    if not path.exists():
        raise UnreadableFile(f"There is no file {path}. Give its whole path.")
    if not (path.is_file() or path.is_dir()):
        raise UnreadableFile(f"{path} is no file on a disk, but a pipe or a "
                             "device. Save it as a file first.")
    if path.is_dir() and path.suffix.lower() != ".gdb":
        raise UnreadableFile(f"{path} is a folder. Give one file in it.")
    sources = _read(path, None, layer=layer, csv_x=csv_x, csv_y=csv_y,
                    encoding=encoding)
    if layer is not None and layer != path.stem and all(
            one.layer is None for one in sources):
        raise UnreadableFile(
            f"{path.name} has no layer {layer!r}: a file of the format "
            f"{sources[0].format} has no layers. Leave out --layer.")
    return sources


def _read(path: Path, shown: str | None, *, layer: str | None,
          csv_x: str | None, csv_y: str | None,
          encoding: str | None) -> list[Source]:
    """shown: the name of the file in its archive."""
    name, end = shown or path.name, path.suffix.lower()
    start = _start(path, name)
    for sign, words in REFUSED.items():
        if start.startswith(sign):
            raise UnreadableFile(f"{name} {words}.")
    if end in SHAPEFILE or start.startswith(b"\0\0\x27\x0a"):
        return shapefile.read(path, shown=shown, encoding=encoding)
    if start.startswith(b"PK\3\4") or end in (".zip", ".xlsx", ".ods",
                                              ".kmz"):
        return _archive(path, shown, layer, csv_x, csv_y, encoding)
    if start.startswith(b"SQLite format 3\0") or (
            end == ".gpkg" and _binary(start)):
        return geopackage.read(path, start, layer=layer)
    if start.startswith(b"PAR1") or end == ".parquet":
        return parquet.read(path)
    if b"OSMHeader" in start[:64] or end == ".pbf":
        return xml.layers(path, path, "OSM", name, layer)
    if end in OTHERS:
        return _by_gdal(path, name, layer)
    return _text(path, shown, layer, csv_x, csv_y, encoding)


def _text(path: Path, shown: str | None, layer: str | None,
          csv_x: str | None, csv_y: str | None,
          encoding: str | None) -> list[Source]:
    """XML, JSON, or a table."""
    name, end = shown or path.name, path.suffix.lower()
    data = path.read_bytes()
    body = data[:4000].removeprefix(b"\xef\xbb\xbf").replace(
        b"\0", b"").lstrip(b"\xff\xfe \r\n\t")
    if body.startswith(b"<"):
        return xml.read(path, data, layer=layer, shown=shown)
    if end in (".json", ".geojson", ".geojsonl", ".ndjson", ".topojson") or (
            body.lstrip(b"\x1e").startswith((b"{", b"[{")) or re.match(
                rb"(var|let|const)\s+\w+\s*=\s*[\[{]", body)):
        return geojson.read(path, data, x=csv_x, y=csv_y, encoding=encoding)
    if _binary(data) and not encoding:
        return _by_gdal(path, name, layer)
    return delimited.read(path, data, x=csv_x, y=csv_y, encoding=encoding)


def _start(path: Path, name: str) -> bytes:
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise UnreadableFile(f"{name} cannot be opened: {error}.") from None
    if not start:
        raise UnreadableFile(f"{name} is empty: it has 0 bytes. Ask for the "
                             "file again.")
    return start


def _archive(path: Path, shown: str | None, layer: str | None,
             csv_x: str | None, csv_y: str | None,
             encoding: str | None) -> list[Source]:
    kind = sheets.kind(path)
    if kind in ("XLSX", "ODS"):
        return sheets.read(path, kind, layer=layer, x=csv_x, y=csv_y)
    if kind == "KMZ":
        return _kmz(path, shown, layer)
    if kind in OFFICE:
        raise UnreadableFile(f"{shown or path.name} is {OFFICE[kind]}, not a "
                             "layer: ask for the table or the layer in it.")
    if shown and shown.lower().endswith(".zip") and shown.count(
            "!") >= 1:
        raise UnreadableFile(f"{shown}: archives in archives in archives "
                             "are not opened. Unpack it yourself.")

    def inner(file: Path, name: str) -> list[Source]:
        inside = f"{shown}!{name}" if shown else name
        return _read(file, inside if file.suffix.lower() == ".zip" else name,
                     layer=None, csv_x=csv_x, csv_y=csv_y, encoding=encoding)
    return archive.read(path, inner, layer)


def _kmz(path: Path, shown: str | None, layer: str | None) -> list[Source]:
    """Every KML of the archive: its doc.kml may only link to the others, as
    GDAL and some web portals write it."""
    inside = sorted((each.filename for each in archive.members(path)
                     if each.filename.lower().endswith(".kml")),
                    key=lambda each: (each != "doc.kml", each))
    sources: list[Source] = []
    for each in inside:
        try:
            sources += xml.read(path, archive.content(path, each),
                                shown=shown)
        except xml.NoPlace:
            if len(inside) == 1:
                raise
    if not sources:
        raise xml.NoPlace(f"{shown or path.name} has no place in it: none of "
                          f"its {len(inside)} KML files has a point, a line "
                          "or an area.")
    names = [str(one.layer) for one in sources]
    wanted = driver.chosen(names, layer, shown or path.name)
    if len(inside) > 1:
        driver.several(sources, names, layer)
    return [one for one in sources if str(one.layer) in wanted]


def _by_gdal(path: Path, name: str, layer: str | None) -> list[Source]:
    kind = path.suffix.lstrip(".").upper() or "a layer"
    names = [each for each, _ in driver.layer_names(path, name, kind)]
    if not names:
        raise UnreadableFile(f"{name} has no layer.")
    sources = [driver.source(path, each, kind,
                             driver.table(path, name, kind, each))
               for each in driver.chosen(names, layer, name)]
    driver.several(sources, names, layer)
    return sources


def _binary(data: bytes) -> bool:
    """Control signs, as no text has but UTF-16."""
    start = data[:4000]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or text.utf16(start):
        return False
    return sum(byte < 9 or 13 < byte < 32 for byte in start) > (
        len(start) * 0.05)
