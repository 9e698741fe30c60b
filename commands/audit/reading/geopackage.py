"""GeoPackage: all its layers, read from a copy where it is not at rest."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from commands.audit.model import Finding, Source, UnreadableFile, finding
from commands.audit.reading import driver


def read(path: Path, data: bytes, *, layer: str | None = None
         ) -> list[Source]:
    """All layers, or one."""
    logs = [path.with_name(path.name + end) for end in ("-wal", "-journal")]
    logs = [log for log in logs if log.is_file() and log.stat().st_size]
    open_ = data[18:20] == b"\2\2"
    kind = "GPKG" if data[68:70] == b"GP" or (
        path.suffix.lower() == ".gpkg") else "SQLite"
    said = [_was_open(logs)] if logs or open_ else []
    misnamed = kind == "GPKG" and path.suffix.lower() != ".gpkg"
    if not (logs or open_ or misnamed):
        return _layers(path, path, kind, layer, said)
    # SQLite writes beside a file that it finds open, and GDAL goes by the
    # end of its name: both get a copy.
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.gpkg"
        shutil.copyfile(path, copy)
        for log in logs:
            shutil.copyfile(log, copy.with_name(
                copy.name + log.name[len(path.name):]))
        return _layers(path, copy, kind, layer, said)


def _was_open(logs: list[Path]) -> Finding:
    found = ", ".join(log.name for log in logs)
    return finding(
        "gpkg-wal", "the GeoPackage is in write-ahead mode: it was copied, "
        "or is still, open in a program" + (
            f"; {found} beside it holds the last edits, and was read too"
            if found else "; the file -wal with the last edits, if there was "
            "one, is not here"),
        "The last edits are not in the file itself. In a folder without the "
        "right to write nobody can open it.",
        "Close the layer in QGIS, then copy the file again; or:\n"
        "gpd.read_file(file, layer=…).to_file(new, layer=…)",
        example=found)


def _layers(path: Path, file: Path, kind: str, layer: str | None,
            said: list[Finding]) -> list[Source]:
    import geopandas as gpd
    listed, others = _tables(file)
    names = driver.layer_names(file, path.name, kind) if (
        listed is None or listed or others) else []
    if not names:
        raise UnreadableFile(
            f"{path.name} has no layer: it is an empty GeoPackage. Save the "
            "layer into it again, and close it before you copy it.")
    if listed is not None and others:
        said.append(finding(
            "gpkg-unregistered", f"{len(others)} tables are not in "
            f"gpkg_contents: {', '.join(others)}", "Programs that follow the "
            "standard do not see them.",
            "Save the table again as a layer of a new GeoPackage.",
            count=len(others), example=others[0], severity="note"))
    sources = []
    for name in driver.chosen([name for name, _ in names], layer, path.name):
        table = driver.table(file, path.name, kind, name)
        source = driver.source(path, name, kind, table)
        source.evidence["encoding"] = (
            f"utf-8: {'GeoPackage' if kind == 'GPKG' else kind} has no other")
        if not isinstance(table, gpd.GeoDataFrame) and len(names) > 1:
            source.findings.append(finding(
                "layer-table", f"{name} is a table without geometry",
                "Map programs do not show it, and converters leave it out.",
                f"table = gpd.read_file(file, layer={name!r})",
                example=name, severity="note"))
        sources.append(source)
    driver.several(sources, [name for name, _ in names], layer)
    sources[0].findings += said
    return sources


def _tables(file: Path) -> tuple[list[str] | None, list[str]]:
    """Tables that gpkg_contents lists (None: it is not there), and others.
    """
    try:
        with closing(sqlite3.connect(
                f"{file.resolve().as_uri()}?mode=ro&immutable=1",
                uri=True)) as base:
            tables = {row[0] for row in base.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'")}
            listed = {row[0] for row in base.execute(
                "SELECT table_name FROM gpkg_contents")}
    except (sqlite3.Error, UnicodeError):
        return None, []
    known = ("gpkg_", "rtree_", "sqlite_", "layer_styles", "qgis_",
             "spatial_ref_sys")
    return sorted(map(str, listed)), sorted(
        name for name in tables - listed
        if isinstance(name, str) and not name.startswith(known))
