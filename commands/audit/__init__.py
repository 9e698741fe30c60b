"""`start.py audit FILE`: what any file of geodata is worth to a reader.

>>> from commands.audit import audit
>>> report = audit("wells.csv")
>>> report.score, [finding.says for finding in report.findings]
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from commands.audit.findings import country as known_country
from commands.audit.findings import findings
from commands.audit.reading import read
from commands.audit.report import Report, layer


def audit(path: str | Path, *, layer_name: str | None = None,
          csv_x: str | None = None, csv_y: str | None = None,
          encoding: str | None = None, country: str | None = "TN",
          tell: Callable[[str], None] = lambda step: None) -> Report:
    """Read a file, and say what is wrong with each of its layers.

    layer_name: only this layer. csv_x, csv_y, encoding: overrule what is
    detected. country: "TN", or "none": then places, units and codes are not
    compared. tell: is told each step. Raises UnreadableFile where no layer
    can be read, CourseError for a country that the course does not know.
    """
    place = known_country(country)
    tell("reading")
    sources = read(Path(path), layer=layer_name, csv_x=csv_x, csv_y=csv_y,
                   encoding=encoding)
    return Report(Path(path), place.code if place else "", [
        layer(source, findings(source, place, tell)) for source in sources])
