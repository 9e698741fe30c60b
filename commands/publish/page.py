"""What people read of a release: README.md, and a page with a map.

The page has no script and asks the network for nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from commands.audit import pictures
from commands.audit.model import Source
from commands.audit.report import Layer
from commands.publish.preparing import Prepared
from helpers import data

TEMPLATES = Path(__file__).parent / "templates"


def page(layer: Prepared, record: dict[str, Any], verdicts: pd.DataFrame,
         log: str) -> str:
    """The page of a release."""
    sketch = pictures.Sketch(Layer(Source(
        Path(layer.name), None, "", layer.table), []))
    drawn = len(sketch.sample())
    return _made("release.html.j2", layer, record, log=log, drawn=drawn,
                 map=pictures.map_of(
                     sketch, f"Map of {record['title']['en']}"),
                 credit=data.credit("governorates"),
                 verdicts=verdicts.to_dict("records"))


def readme(layer: Prepared, record: dict[str, Any]) -> str:
    """The README of a release, in Markdown."""
    return _made("readme.md.j2", layer, record)


def _made(template: str, layer: Prepared, record: dict[str, Any],
          **more: Any) -> str:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=template.endswith(".html.j2"),
        undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True).get_template(template).render(
            layer=layer, record=record, rows=len(layer.table), **more)
