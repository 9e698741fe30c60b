"""An audit for machines: JSON, by the schema report.schema.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commands.audit.model import Finding
from commands.audit.report import Layer, Report

SCHEMA = Path(__file__).with_name("report.schema.json")
VERSION = 1  # of the schema: a program may look at it


def document(report: Report) -> dict[str, Any]:
    """The report as what JSON knows."""
    return {"version": VERSION, "file": report.path.name,
            "country": report.country or None, "clean": report.clean,
            "score": report.score,
            "layers": [_layer(layer) for layer in report.layers]}


def text(report: Report) -> str:
    """The document as JSON, letters as they are."""
    # A lone half of a pair, as JSON allows in a value, is no UTF-8.
    return json.dumps(document(report), ensure_ascii=False, indent=1,
                      allow_nan=False).encode(
        "utf-8", "replace").decode() + "\n"


def _layer(layer: Layer) -> dict[str, Any]:
    source = layer.source
    crs = getattr(source.table, "crs", None)
    return {
        "layer": source.layer, "format": source.format,
        "rows": len(source.table),
        "columns": layer.columns,
        "crs": crs.to_string() if crs else None,
        "evidence": {key: str(value)
                     for key, value in source.evidence.items()},
        "score": layer.score,
        "groups": [{"group": loss.group, "points": loss.points,
                    "left": loss.left, "costs": loss.costs}
                   for loss in layer.losses],
        "findings": [_finding(one) for one in layer.findings]}


def _finding(one: Finding) -> dict[str, Any]:
    return {"code": one.code, "group": one.group, "severity": one.severity,
            "says": one.says, "why": one.why, "repair": one.repair,
            "count": one.count, "rows": one.rows, "example": one.example}
