"""An audit as one page of HTML: no script, nothing of the network.

This module makes its content; its look is in templates/report.html.j2.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2

from commands.audit import opening, pictures
from commands.audit.model import Finding
from commands.audit.report import COST, Layer, Report
from commands.terminal import printable, printable_name
from helpers import data

TEMPLATES = Path(__file__).parent / "templates"
MOST_ROWS = 30  # row numbers of one finding
MOST_PICTURES = 12  # of one layer
MOST_LAYERS = 20  # with a map


def page(report: Report) -> str:
    """The whole page."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True).get_template("report.html.j2").render(
            name=printable_name(report.path.name), report=report, costs=COST,
            credit=data.credit("governorates"),
            layers=[_layer(layer, report.path, at < MOST_LAYERS)
                    for at, layer in enumerate(report.layers)])


def _layer(layer: Layer, file: Path, with_map: bool) -> dict[str, Any]:
    source = layer.source
    title = printable_name(layer.title)
    sketch = pictures.Sketch(layer)
    crs = getattr(source.table, "crs", None)
    sample = sketch.sample()
    drawn = len(sketch.drawable(sample))
    picture = pictures.map_of(
        sketch, f"Map of {title}: {drawn:,} of {len(source.table):,} rows"
    ) if with_map else ""
    return {
        "title": title, "score": layer.score, "losses": layer.losses,
        "facts": {"format": source.format,
                  "rows": f"{len(source.table):,}",
                  "columns": ", ".join(map(printable_name,
                                           layer.columns)),
                  "CRS": crs.to_string()[:60] if crs else "not declared",
                  **{key: printable_name(value) for key, value
                     in source.evidence.items() if key != "crs"}},
        "map": picture, "drawn": drawn,
        "sampled": len(sample) < len(sketch.shapes),
        "opening": printable(opening.opening(source, file, layer.findings)),
        "groups": _groups(layer, sketch if with_map else None)}


def _groups(layer: Layer, sketch: pictures.Sketch | None
            ) -> list[tuple[str, list[dict[str, Any]]]]:
    """The findings, as the page shows them, by group."""
    shown, groups = 0, []
    for group, findings in groupby(layer.findings, lambda one: one.group):
        items = []
        for one in findings:
            picture = ""
            if sketch and shown < MOST_PICTURES and (
                    group in ("coordinates", "geometry")):
                picture = pictures.picture_of(
                    sketch, one.rows, f"Where the rows of {one.code} lie")
                shown += bool(picture)
            items.append(_item(one, picture))
        groups.append((group, items))
    return groups


def _item(one: Finding, picture: str) -> dict[str, Any]:
    rows = ", ".join(map(str, one.rows[:MOST_ROWS]))
    if one.count > len(one.rows[:MOST_ROWS]) and rows:
        rows += " …"
    return {"code": one.code, "severity": one.severity,
            "says": _sentence(one.says), "why": _sentence(one.why),
            "repair": printable(one.repair),
            "rows": rows, "example": printable_name(one.example),
            "picture": picture}


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = printable_name(text)
    return f"{text[:1].upper()}{text[1:].rstrip('. ')}."
