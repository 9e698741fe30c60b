"""Validators of a release package, and their verdicts as one table.

A validator here is a function of a file. It gives a list of objections, each
a sentence; an empty list means that it has none. It changes no file and asks
nothing of the network.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.data import sha256
from helpers.publish import record

if TYPE_CHECKING:
    import pandas as pd

DECIMALS = 7  # of a degree: 1 cm; RFC 7946, 11.2, finds 6 enough
GPKG = 0x47504B47  # "GPKG", the application id of a GeoPackage
OLDEST_GPKG = 10200  # version 1.2, which QGIS 3.22 reads and writes
MOST = 3  # objections of one kind that are named
SUMS = "SHA256SUMS"


def verdicts(folder: Path) -> pd.DataFrame:
    """What each validator says about each file of a release package.

    Columns: file, validator, verdict ("yes", "no", "not asked"), says. A
    CSV file `name.csv` goes with the Table Schema `name.schema.json`; a
    file metadata.json is a core record.
    """
    import pandas as pd
    rows = []
    for file in sorted(path for path in Path(folder).iterdir()
                       if path.is_file()):
        for validator, ask in [("file name", file_name),
                               *_VALIDATORS.get(file.name, _VALIDATORS.get(
                           file.suffix, []))]:
            found = ask(file)
            rows.append((file.name, validator, "not asked" if found is None
                         else "no" if found else "yes",
                         "; ".join(found or [])))
    found = checksums(folder)
    rows.append((SUMS, "checksums", "no" if found else "yes",
                 "; ".join(found)))
    return pd.DataFrame(rows, columns=["file", "validator", "verdict", "says"])


def file_name(file: Path) -> list[str]:
    """A name that every system and every address takes as it is: small
    letters a-z, digits, `.`, `_`, `-`; README and SHA256SUMS as well."""
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]*|README(\.md|\.txt)?|SHA256SUMS",
                    file.name):
        return []
    return [f"the name {file.name!r} holds other signs than a-z, 0-9, "
            "'.', '_' and '-'"]


# --- GeoJSON ---------------------------------------------------------------

def geojson(file: Path) -> list[str]:
    """GeoJSON, RFC 7946: geojson-validator, and what it does not ask."""
    import geojson_validator
    geojson_validator.configure_logging(False)
    content = file.read_bytes()
    if content.startswith(b"\xef\xbb\xbf"):
        return ["it begins with a byte order mark (RFC 8259, 8.1)"]
    try:
        found = json.loads(content.decode(), parse_constant=_no_number)
    except ValueError as error:
        return [f"it is no JSON in UTF-8: {error}"]
    if not isinstance(found, dict) or (
            found.get("type") != "FeatureCollection"):
        return ["it is no FeatureCollection (RFC 7946, 3.3)"]
    said = [f"{words} at {', '.join(where['path'][:MOST])}" for words, where
            in geojson_validator.validate_structure(found).items()]
    if said:
        return said
    if "crs" in found:
        said.append("it has a member crs (RFC 7946, 4)")
    said += _positions(found["features"])
    rings = geojson_validator.validate_geometries(
        found, criteria_problematic=())["invalid"]
    return said + [f"{words}: features {', '.join(map(str, rows[:MOST]))}"
                   for words, rows in rings.items()]


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON (RFC 8259, 6)")


def _positions(features: list[Any]) -> list[str]:
    """Are they degrees, and no finer than one can measure?"""
    import shapely
    positions = shapely.get_coordinates([
        shapely.from_geojson(json.dumps(one), on_invalid="ignore")
        for one in features])
    far = positions[(abs(positions) > (180, 90)).any(axis=1)]
    most = max((len(format(Decimal(repr(number)), "f").partition(".")[2])
                for number in positions.ravel().tolist()), default=0)
    said = []
    if len(far):
        said.append(f"{len(far)} positions are no degrees of WGS 84, such as "
                    f"{far[0].tolist()} (RFC 7946, 4)")
    if most > DECIMALS:
        said.append(f"a position has {most} decimals, more than {DECIMALS} "
                    "(RFC 7946, 11.2)")
    return said


# --- GeoPackage ------------------------------------------------------------

def geopackage(file: Path) -> list[str]:
    """GeoPackage 1.2 or later (OGC 12-128r15), by SQL alone: header,
    integrity, tables that must be there, layers that are described."""
    if file.read_bytes()[:15] != b"SQLite format 3":
        return ["it is no SQLite file (requirement 1)"]
    address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as base:
            return _header(base) or _layers(base)
    except sqlite3.Error as error:
        return [f"SQLite cannot read it: {error} (requirement 6)"]


def _header(base: sqlite3.Connection) -> list[str]:
    said = []
    if _one(base, "PRAGMA application_id") != GPKG:
        said.append("its application id is not GPKG (requirement 2)")
    if _one(base, "PRAGMA user_version") < OLDEST_GPKG:
        said.append("its version is older than 1.2 (requirement 2)")
    if _one(base, "PRAGMA integrity_check") != "ok":
        said.append("its pages are damaged (requirement 6)")
    if base.execute("PRAGMA foreign_key_check").fetchall():
        said.append("a key points to nothing (requirement 7)")
    tables = {name for name, in base.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    missing = {"gpkg_spatial_ref_sys", "gpkg_contents",
               "gpkg_geometry_columns"} - tables
    if missing:
        return [*said, f"tables are missing: {', '.join(sorted(missing))}"]
    known = {number for number, in base.execute(
        "SELECT srs_id FROM gpkg_spatial_ref_sys")}
    if not {-1, 0, 4326} <= known:
        said.append("a reference system -1, 0 or 4326 is missing "
                    "(requirement 11)")
    return said


def _layers(base: sqlite3.Connection) -> list[str]:
    """What is wrong with the layers that the file lists."""
    said = []
    layers = base.execute(
        "SELECT table_name, last_change, column_name, g.srs_id "
        "FROM gpkg_contents LEFT JOIN gpkg_geometry_columns AS g "
        "USING (table_name) WHERE data_type = 'features'").fetchall()
    for layer, changed, column, _ in layers:
        if column is None:
            said.append(f"{layer} has no geometry column (requirement 22)")
            continue
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z",
                            str(changed)):
            said.append(f"last_change of {layer} is {changed!r} "
                        "(requirement 15)")
        other = _one(base, f'SELECT count(*) FROM "{layer}" WHERE '
                     f'substr("{column}", 1, 2) <> x\'4750\'')
        if other:
            said.append(f"{other} geometries of {layer} do not begin with "
                        "GP (requirement 19)")
    return said or ([] if layers else ["it lists no layer of features"])


def _one(base: sqlite3.Connection, question: str) -> Any:
    return base.execute(question).fetchone()[0]


def gdal_geopackage(file: Path) -> list[str] | None:
    """GDAL's own validator of GeoPackages, validate_gpkg; None where no
    Python of this machine has it."""
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-m", "osgeo_utils.samples.validate_gpkg"]
        with contextlib.suppress(OSError):
            done = subprocess.run([*command, str(file)], text=True, timeout=60,
                                  capture_output=True, encoding="utf-8")
            if "No module named" not in done.stderr:
                return [done.stderr.strip().splitlines()[-1]
                        ] if done.returncode else []
    return None


# --- GeoParquet, CSV, checksums --------------------------------------------

def geoparquet(file: Path) -> list[str]:
    """GeoParquet 1.1: geoparquet-validator, its tests of the core and of
    the covering; the version; no index of pandas as a column."""
    import geoparquet_validator
    import pyarrow.parquet as pq
    try:
        report = geoparquet_validator.check(str(file))
        names = pq.read_schema(file).names
    except Exception as error:
        return [f"it cannot be read: {error}"]
    said = [f"{one['id'].removeprefix('/conf/')}: {one['message']}"
            for one in report["outcomes"] if one["status"] == "fail"
            and not one["id"].startswith("/conf/distribution")]
    if not str(report["version"]).startswith("1.1"):
        said.append(f"its version is {report['version']}, not 1.1")
    return said + [f"a column {name} is an index of pandas"
                   for name in names if name.startswith("__index")]


def table(file: Path, schema: dict[str, Any] | None = None) -> list[str]:
    """A CSV file against its Table Schema, by frictionless. Without a
    schema, that in the file `name.schema.json` beside it."""
    from frictionless import FrictionlessException, Resource, Schema
    if schema is None:
        beside = file.with_suffix(".schema.json")
        if not beside.is_file():
            return [f"there is no {beside.name} beside it"]
        try:
            schema = json.loads(beside.read_text("utf-8"))
        except ValueError as error:
            return [f"{beside.name} is no JSON: {error}"]
    try:
        report = Resource(
            path=file.name, basepath=str(file.parent), encoding="utf-8",
            schema=Schema.from_descriptor(schema)).validate()
    except FrictionlessException as error:
        return [f"the schema itself is not valid: {error}"[:250]]
    return [f"row {row}, {field}: {kind}, {note}" if row else
            f"{kind}, {note or field}" for row, field, kind, note in
            report.flatten(["rowNumber", "fieldName", "type", "note"])[:MOST]]


def checksums(folder: Path) -> list[str]:
    """SHA256SUMS names each file of the folder once, with its sum."""
    file = Path(folder) / SUMS
    if not file.is_file():
        return [f"there is no {SUMS}"]
    here = {path.name for path in Path(folder).iterdir()
            if path.is_file()} - {SUMS}
    said, listed = [], []
    for line in file.read_text("utf-8").splitlines():
        found = re.fullmatch(r"([0-9a-fA-F]{64})  ([^/\\]+)", line)
        if not found:
            said.append(f"a line is not 'sum  name': {line[:40]!r}")
            continue
        sum_, name = found.groups()
        listed.append(name)
        if name in here and sum_.lower() != sha256(file.with_name(name)):
            said.append(f"{name} has been changed")
    said += [f"{name} is not there" for name in set(listed) - here]
    return said + [f"{name} is not listed" for name in sorted(
        here - set(listed))]


_VALIDATORS: dict[str, list[tuple[str, Any]]] = {
    ".geojson": [("geojson-validator, RFC 7946", geojson)],
    ".gpkg": [("GeoPackage by SQL", geopackage),
              ("GDAL validate_gpkg", gdal_geopackage)],
    ".parquet": [("geoparquet-validator", geoparquet)],
    ".csv": [("frictionless, Table Schema", table)],
    "metadata.json": [("what no validator sees", record.core)],
    ".ttl": [("DCAT-AP 2.1.1, own shapes", record.dcat_ap)],
    ".xml": [("ISO 19139, mandatory elements", record.iso_19139),
             ("ISO 19139, schemas of OGC", record.iso_xsd)],
}
