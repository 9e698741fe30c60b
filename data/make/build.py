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
        resources += [describe(out, resource)
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
    (out / "datapackage.json").write_text(text + "\n", encoding="utf-8",
                                          newline="\n")


def describe(out: Path, resource: dict) -> dict:
    """A Data Resource: what the script says and what the file says."""
    file = out / resource["path"]
    content = file.read_bytes()
    fields = resource["fields"]
    described = {key: value for key, value in resource.items()
                 if key != "fields"}
    described |= {
        "format": file.suffix[1:],
        "mediatype": MEDIA[file.suffix],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    types = column_types(file)
    if list(types) != list(fields):
        raise ValueError(f"{resource['path']}: its columns are "
                         f"{list(types)}, described are {list(fields)}")
    described["schema"] = {"fields": [
        {"name": name, "type": types[name], "description": text}
        for name, text in fields.items()]}
    return described


def column_types(file: Path) -> dict[str, str]:
    """Names of the columns and their Table Schema types."""
    if file.suffix == ".csv":
        table = pd.read_csv(file)
    else:
        table = pyogrio.read_dataframe(file, read_geometry=False)
    return {name: TABLE_SCHEMA_TYPES.get(str(kind), "string")
            for name, kind in table.dtypes.items()}
