"""The lines that open a layer, so that the repairs of a report can be run.

A repair speaks of `table` (as the file has it, all text), of `layer` (with
its geometries), of `governorates` and `country`. These lines make them, for
this file: its delimiter, its code page, the row of its head. They need the
usual libraries, not the course: a reader keeps them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from commands.audit.model import Finding, Source

TABLES = ("CSV", "TSV", "XLSX", "ODS", "XLS")
SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
# What stops the usual reader: its repair comes first.
BROKEN = {"json-prefix", "json-lines", "file-truncated", "file-damaged",
          "parquet-no-geo", "rows-malformed", "quote-open"}
# Format → the end of the name of a repaired file.
ENDS = {"GeoJSON": "geojson", "GeoParquet": "parquet", "CSV": "csv",
        "TSV": "csv", "Shapefile": "gpkg", "GPKG": "gpkg"}
NAMES = {"Path": "from pathlib import Path",
         "gpd": "import geopandas as gpd", "math": "import math",
         "np": "import numpy as np", "pd": "import pandas as pd",
         "shapely": "import shapely"}
PLACES = ('governorates = gpd.read_file("data/governorates.geojson")',
          "country = governorates")


def opening(source: Source, file: Path, found: list[Finding]) -> str:
    """The lines for one layer and the repairs of what was found in it."""
    repairs = "\n".join(one.repair for one in found)
    codes = {one.code for one in found}
    lines = [f"file = Path({file.name!r})"]
    if re.search(r"\bnew\b", repairs):
        end = ENDS.get(source.format, "gpkg")
        lines.append(f"new = {f'{file.stem}_repaired.{end}'!r}")
    broken = sorted(BROKEN & codes)
    if broken:
        lines.append(f"# {', '.join(broken)}: repair this first; the next "
                     "line may stop")
    lines += (_table(source, codes) if source.format in TABLES
              else _layer(source, codes))
    if re.search(r"\b(governorates|country)\b", repairs):
        lines += PLACES
    wanted = "\n".join([repairs, *lines])
    return "\n".join([*(line for name, line in NAMES.items()
                        if re.search(rf"\b{name}\b", wanted)), *lines])


def reader(kind: str, **options: Any) -> str:
    """A call of pandas that reads a table of this format as text."""
    return f"{begun(kind, **options)}, dtype=str)"


def begun(kind: str, **options: Any) -> str:
    """The same call, open: more options can follow."""
    name = "read_csv" if kind in ("CSV", "TSV") else "read_excel"
    said = "".join(f", {key}={value!r}" for key, value in options.items()
                   if value is not None)
    return f"pd.{name}(file{said}"


def of_csv(delimiter: str | None, encoding: str | None) -> dict[str, Any]:
    """Options of read_csv, without those that are its own."""
    return {"sep": None if delimiter in (None, ",") else delimiter,
            "encoding": None if encoding in (None, "utf-8", "ascii")
            else encoding}


def _table(source: Source, codes: set[str]) -> list[str]:
    """A table of text, and the layer of its points."""
    evidence = source.evidence
    if source.format in ("CSV", "TSV"):
        sign = evidence.get("delimiter", "comma").split(":")[0]
        options = of_csv(SIGNS.get(sign, sign),
                         evidence.get("encoding", "").split(":")[0])
    else:
        options = {"sheet_name": source.layer}
    names = [str(name) for name in source.table.columns
             if name != getattr(source.table, "active_geometry_name", None)]
    at = re.fullmatch(r"row (\d+)", evidence.get("header", "row 1"))
    second = any(one.code == "head-second" and "skiprows" in one.repair
                 for one in source.findings)
    if at:
        skip = [*range(int(at[1]) - 1), *([int(at[1])] if second else [])]
        options["skiprows"] = skip or None
    else:  # a head of several rows, or none
        last = re.search(r"to (\d+)$", evidence["header"])
        options |= {"header": None, "names": names,
                    "skiprows": int(last[1]) if last else None}
    if "na-as-null" in codes:  # pandas would take the words away
        options |= {"keep_default_na": False, "na_values": [""]}
    lines = [f"table = {reader(source.format, **options)}"]
    if source.format == "ODS":
        lines.insert(0, "# pandas reads ODS with the package odfpy; without "
                     "it, save the file as XLSX first")
    if source.x is None or source.y is None:
        return [*lines, "layer = table"]
    crs = getattr(source.table, "crs", None)
    told = f", crs={crs.to_string()!r}" if crs is not None else ""
    return [*lines, "x, y = (pd.to_numeric(table[name].str.replace("
            '",", "."), errors="coerce")',
            f"        for name in ({source.x!r}, {source.y!r}))",
            "layer = gpd.GeoDataFrame(table, geometry="
            f"gpd.points_from_xy(x, y){told})"]


def _layer(source: Source, codes: set[str]) -> list[str]:
    """A layer with its geometries, by the reader of its format."""
    if "parquet" in source.format.lower():
        place = hasattr(source.table, "active_geometry_name") and not any(
            one.code == "parquet-no-geo" for one in source.findings)
        return ["layer = gpd.read_parquet(file)"] if place else [
            "table = pd.read_parquet(file)", "layer = table"]
    fix = ', on_invalid="fix"' if "ring-open" in codes else ""
    page = source.evidence.get("encoding", "utf-8").split(":")[0]
    if source.format == "GeoJSON" and page not in ("utf-8", "ascii",
                                                   "utf-8-sig"):
        return [f"layer = gpd.read_file(file, encoding={page!r}{fix})"]
    named = f", layer={source.layer!r}" if source.layer and (
        source.format not in ("Shapefile", "GeoJSON")) else ""
    return [f"layer = gpd.read_file(file{named}{fix})"]
