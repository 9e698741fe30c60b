"""Make every layer, then datapackage.json and README.md that describe them.

Each script has RESOURCES (what it makes) and make(out, seed), which writes
the files into out and may return truth tables: layer name -> DataFrame, one
row a planted defect (see world.truth_table). They run in the order of
SCRIPTS, because some read what others have written.
"""

import hashlib
import importlib
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import osmium
import pandas as pd
import pyogrio
import rasterio

SCRIPTS = [
    "received_layers", "governorates", "chief_towns", "crs_detective",
    # the ministry's world: sectors first, most others stand on them
    "sectors", "sectors_received", "health_centres", "control_points",
    "schools", "green_areas", "flood_zone", "parcels",
    "water_points", "bus_stops", "heritage_sites", "gnss_track",
    "osm_clinics", "beneficiaries", "catalogue_records", "reuse_situations",
    "ministry", "actors",
]
# What readers look for in vain, and why.
ABSENT = """\
**Heritage sites and airports that exist.** Their coordinates could not be
sourced: Natural Earth, as QGIS ships it, holds no such layer, GeoNames, as the
course received it, holds populated places only, and the course found no other
source whose licence it could check. So `heritage_sites`, the register of a
ministry of culture, is fictional like the other ministries' registers, and there
are no airports.
"""
DATA = Path(__file__).resolve().parents[1]
# Where the exercises do not ship them.
TRUTH = DATA.parent / "solutions" / "truth"
MEDIA = {
    "csv": "text/csv", "geojson": "application/geo+json",
    "json": "application/json", "gpx": "application/gpx+xml",
    "gpkg": "application/geopackage+sqlite3", "tif": "image/tiff",
    "pbf": "application/vnd.openstreetmap.data+pbf", "xml": "text/xml",
    "osc": "application/vnd.openstreetmap.data+xml", "osm": "text/xml",
}
TABLE_SCHEMA_TYPES = {"int64": "integer", "int32": "integer",
                      "float64": "number", "bool": "boolean"}


def build(out: Path, seed: int | None = None,
          truth: Path | None = None) -> None:
    """Write all layers and their description into out, truth tables into
    truth (by default out/truth, and solutions/truth for the course itself).
    """
    out.mkdir(parents=True, exist_ok=True)
    if out.resolve() != DATA:
        shutil.copytree(DATA / "received", out / "received",
                        dirs_exist_ok=True)
    if truth is None:
        truth = TRUTH if out.resolve() == DATA else out / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    resources, planted = [], {}
    for name in SCRIPTS:
        script = importlib.import_module(name)
        tables = script.make(out, seed) or {}
        for layer, table in tables.items():
            table.to_csv(truth / f"{layer}.csv", index=False,
                         encoding="utf-8", lineterminator="\n")
            planted[layer] = table
        resources += [describe(out, resource, f"{name}.py")
                      for resource in script.RESOURCES]
    package = {
        "name": "open-geodata-course",
        "title": "Data of the course on open geographic data",
        "description": "Real layers say their source; what a ministry would "
                       "send is fictional, generated, and says so.",
        "licenses": [{"name": "CC-BY-4.0"}],
        "resources": resources,
    }
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    for name, content in (("datapackage.json", text),
                          ("README.md",
                           readme(resources, planted, seed))):
        (out / name).write_text(content, encoding="utf-8", newline="\n")


def describe(out: Path, resource: dict, script: str) -> dict:
    """A Data Resource: what the script says and what the file says.

    A resource without "fields" (a raster, a track, a file as received that
    no reader accepts) is described by its script alone.
    """
    file = out / resource["path"]
    content = file.read_bytes()
    described = {
        "encoding": "utf-8",
        **{key: value for key, value in resource.items() if key != "fields"},
        "script": script,
        "format": file.suffix[1:],
        "mediatype": MEDIA[file.suffix[1:]],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if "fields" not in resource:
        return described | {"type": "file"} | contents(file)
    fields, table = resource["fields"], read_table(file)
    types = {name: TABLE_SCHEMA_TYPES.get(str(kind), "string")
             for name, kind in table.dtypes.items()}
    if list(types) != list(fields):
        raise ValueError(f"{resource['path']}: its columns are "
                         f"{list(types)}, described are {list(fields)}")
    return described | {
        "records": len(table),
        "schema": {"fields": [
            {"name": name, "type": types[name], "description": text}
            for name, text in fields.items()]}}


def contents(file: Path) -> dict:
    """What is in a file that is described without fields: how much, and a
    table's columns (as they stand there).
    """
    content = file.read_bytes()
    match file.suffix:
        case ".csv":
            try:
                header = content.splitlines()[0].decode("utf-8")
            except UnicodeDecodeError:  # the one that is not what it says
                header = content.splitlines()[0].decode("cp1256")
            return {"contents": f"{len(content.splitlines()) - 1} lines",
                    "columns": re.split("[;,]", header.strip("\ufeff"))}
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
            kinds = Counter(one.type_str() for one
                            in osmium.FileProcessor(str(file)))
            return {"contents": f"nodes: {kinds['n']}, ways: {kinds['w']}, "
                                f"relations: {kinds['r']}"}
    raise ValueError(f"{file.name}: nobody has said what is in such a file")


def read_table(file: Path) -> pd.DataFrame:
    """The attributes of a layer, or the rows of a table."""
    if file.suffix == ".csv":
        return pd.read_csv(file)
    if file.suffix == ".json":
        return pd.DataFrame(json.loads(file.read_text("utf-8")))
    return pyogrio.read_dataframe(file, read_geometry=False)


def readme(resources: list[dict], planted: dict[str, pd.DataFrame],
           seed: int | None = None) -> str:
    """The page about the data, in Markdown: a table, then each layer."""
    lines = [
        "# Data of the course", "",
        "Made by `python start.py data` from the scripts in `data/make/`; "
        "never edited by", "hand, except what was received "
        "(`data/received/`). Layers marked **fictional** are",
        "generated with a seed: they describe no real centre and no real "
        "person. Another seed", "makes another world of the same kind: "
        "`python start.py data --seed 7 --out FOLDER`.", "",
        "What was planted is recorded in truth tables, one row a defect: "
        "for the course", "in `solutions/truth/`, for another world in its "
        "own folder `truth/`.",
        *([] if seed is None else ["", f"**This is the world of seed {seed},"
           " not the course's own.**"]), "",
        "| layer | used by | records | CRS | planted | "
        "real or fictional | licence | script |",
        "|---|---|---|---|---|---|---|---|"]
    for resource in resources:
        name = resource["name"]
        lines.append(
            f"| `{name}` | "
            f"{resource.get('used_by', '–')} | "
            f"{resource.get('records') or resource['contents']} | "
            f"{resource['crs'] or 'no geometry'} | "
            f"{len(planted[name]) if name in planted else '–'} | "
            f"{'**fictional**' if resource['fictional'] else 'real'} | "
            f"{resource['licenses'][0]['name']} | "
            f"`data/make/{resource['script']}` |")
    lines += ["", "## What is not here", "", ABSENT.rstrip()]
    lines += ["", "## The layers, one by one"]
    for resource in resources:
        lines += layer_section(resource, planted.get(resource["name"]))
    return "\n".join([*lines, ""])


def layer_section(resource: dict, defects: pd.DataFrame | None) -> list[str]:
    """A layer's heading, description, source, fields and defects."""
    source = "; ".join(
        f"[{source['title']}]({source['path']})" if "path" in source
        else source["title"] for source in resource["sources"])
    lines = ["", f"### {resource['name']}", "",
             f"*{resource['title']}.* {resource['description']}", "",
             f"Source: {source}. Date: {resource['date']}. "
             f"File: `data/{resource['path']}`."]
    if "schema" in resource:
        lines += ["", "| field | type | meaning |", "|---|---|---|"]
        lines += [f"| `{field['name']}` | {field['type']} | "
                  f"{field['description']} |"
                  for field in resource["schema"]["fields"]]
    if "columns" in resource:
        lines += ["", "Columns, as they stand in the file: " + ", ".join(
            f"`{name}`" for name in resource["columns"]) + "."]
    if defects is not None:
        lines += ["", "| planted (in the truth table) | times |",
                  "|---|---|"]
        lines += [f"| {kind} | {times} |" for kind, times
                  in defects["kind"].value_counts().sort_index().items()]
    return lines
