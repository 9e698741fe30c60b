"""Make every layer, then data/datapackage.json that describes them all.

Each script has RESOURCES (what it makes) and make(out, seed). They run in
the order of SCRIPTS, because some read what others have written.
"""

import hashlib
import json
import shutil
from pathlib import Path

import chief_towns
import crs_detective
import governorates
import pandas as pd
import pyogrio
import received_layers

SCRIPTS = [received_layers, governorates, chief_towns, crs_detective]
DATA = Path(__file__).resolve().parents[1]
MEDIA = {".csv": "text/csv", ".geojson": "application/geo+json"}
TABLE_SCHEMA_TYPES = {"int64": "integer", "int32": "integer",
                      "float64": "number"}


def build(out: Path, seed: int | None = None) -> None:
    """Write all layers and datapackage.json into the folder out."""
    out.mkdir(parents=True, exist_ok=True)
    if out.resolve() != DATA:
        shutil.copytree(DATA / "received", out / "received",
                        dirs_exist_ok=True)
    resources = []
    for script in SCRIPTS:
        script.make(out, seed)
        resources += [describe(out, resource, Path(script.__file__).name)
                      for resource in script.RESOURCES]
    package = {
        "name": "open-geodata-course",
        "title": "Data of the course on open geographic data",
        "description": "Real layers say their source; what a ministry would "
                       "send is fictional, generated, and says so.",
        "licenses": [{"name": "CC-BY-4.0"}],
        "resources": resources,
    }
    text = json.dumps(package, ensure_ascii=False, indent=1)
    for name, content in (("datapackage.json", text + "\n"),
                          ("README.md", readme(resources))):
        (out / name).write_text(content, encoding="utf-8", newline="\n")


def readme(resources: list[dict]) -> str:
    """The page about the data, in Markdown: a table, then each layer."""
    lines = [
        "# Data of the course", "",
        "Made by `python start.py data` from the scripts in `data/make/`; "
        "never edited by", "hand, except what was received "
        "(`data/received/`). Layers marked **fictional** are",
        "generated with a seed: they describe no real centre and no real "
        "person.", "",
        "| layer | records | CRS | real or fictional | licence | script |",
        "|---|---|---|---|---|---|"]
    for resource in resources:
        lines.append(
            f"| `{resource['name']}` | {resource['records']:,} | "
            f"{resource['crs'] or 'no geometry'} | "
            f"{'**fictional**' if resource['fictional'] else 'real'} | "
            f"{resource['licenses'][0]['name']} | "
            f"`data/make/{resource['script']}` |")
    for resource in resources:
        lines += ["", f"## {resource['name']}", "",
                  f"*{resource['title']}.* {resource['description']}", "",
                  "Source: " + "; ".join(
                      f"[{source['title']}]({source['path']})"
                      if "path" in source else source["title"]
                      for source in resource["sources"])
                  + f". Date: {resource['date']}. "
                    f"File: `data/{resource['path']}`.", "",
                  "| field | type | meaning |", "|---|---|---|"]
        lines += [f"| `{field['name']}` | {field['type']} | "
                  f"{field['description']} |"
                  for field in resource["schema"]["fields"]]
    return "\n".join([*lines, ""])


def describe(out: Path, resource: dict, script: str) -> dict:
    """A Data Resource: what the script says and what the file says."""
    file = out / resource["path"]
    content = file.read_bytes()
    fields = resource["fields"]
    table = read_table(file)
    types = {name: TABLE_SCHEMA_TYPES.get(str(kind), "string")
             for name, kind in table.dtypes.items()}
    described = {key: value for key, value in resource.items()
                 if key != "fields"}
    described |= {
        "script": script,
        "records": len(table),
        "format": file.suffix[1:],
        "mediatype": MEDIA[file.suffix],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if list(types) != list(fields):
        raise ValueError(f"{resource['path']}: its columns are "
                         f"{list(types)}, described are {list(fields)}")
    described["schema"] = {"fields": [
        {"name": name, "type": types[name], "description": text}
        for name, text in fields.items()]}
    return described


def read_table(file: Path) -> pd.DataFrame:
    """The attributes of a layer, or the rows of a table."""
    if file.suffix == ".csv":
        return pd.read_csv(file)
    return pyogrio.read_dataframe(file, read_geometry=False)
