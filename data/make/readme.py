"""Write README.md about the layers: a table, then each layer."""

import pandas as pd

# Layers that readers expect and do not find, and why.
ABSENT = """\
**Heritage sites and airports that exist.** The course found no source for
their coordinates. Natural Earth, as QGIS ships it, has no such layer.
GeoNames, as the course received it, has only populated places. The course
could not check the licence of any other source. So `heritage_sites`, the
register of a ministry of culture, is fictional like the registers of the other
ministries, and there are no airports.
"""
ABOUT = """\
# Data of the course

`python3 start.py data` makes this folder from the scripts in `data/make/`. Do
not edit it by hand; `data/received/` holds files as they were received. Layers
marked **fictional** are generated with a seed: they describe no real centre
and no real person. Another seed makes another world of the same kind:
`python3 start.py data --seed 7 --out FOLDER`.

The column "used by" is derived from what the notebooks load.

Truth tables record the planted defects, one row per defect: for the course in
`solutions/truth/`, for another world in its own folder `truth/`.
"""
COLUMNS = ["layer", "used by", "records", "CRS", "planted",
           "real or fictional", "licence", "script"]


def readme(resources: list[dict], planted: dict[str, pd.DataFrame],
           seed: int | None = None) -> str:
    """The page in Markdown; planted: truth tables by layer."""
    lines = [ABOUT]
    if seed is not None:
        lines += [f"**This is the world of seed {seed}, not the course's "
                  "own.**", ""]
    lines += [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines += [table_row(resource, planted.get(resource["name"]))
              for resource in resources]
    lines += ["", "## What is not here", "", ABSENT.rstrip()]
    lines += ["", "## The layers, one by one"]
    for resource in resources:
        lines += layer_section(resource, planted.get(resource["name"]))
    return "\n".join(lines)


def table_row(resource: dict, defects: pd.DataFrame | None) -> str:
    """A layer's row of the table."""
    cells = [
        f"`{resource['name']}`",
        users(resource),
        resource.get("records") or resource["contents"],
        resource["crs"] or "no geometry",
        "–" if defects is None else len(defects),
        "**fictional**" if resource["fictional"] else "real",
        resource["licenses"][0]["name"],
        f"`data/make/{resource['script']}`"]
    return f"| {' | '.join(map(str, cells))} |"


def users(resource: dict) -> str:
    """Who loads a layer today, as derived from the notebooks, and which
    exercises to come will load it."""
    today, planned = (resource.get(key) for key in ("used_by", "planned"))
    return "; ".join([*([today] if today else []),
                      *([f"later: {planned}"] if planned else [])]) or "–"


def layer_section(resource: dict, defects: pd.DataFrame | None) -> list[str]:
    """A layer's heading, description, source, fields and defects."""
    source = "; ".join(
        f"[{source['title']}]({source['path']})" if "path" in source
        else source["title"] for source in resource["sources"])
    lines = ["", f"### {resource['name']}", "",
             f"*{resource['title']}.* {resource['description']}", "",
             f"Source: {source}. Date: {resource['date']}. "
             f"File: `data/{resource['path']}`."]
    if "changes" in resource:
        lines += ["", f"Changed by the course: {resource['changes']}."]
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
