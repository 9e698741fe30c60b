"""What stands in a layer: findings, one module per group.

>>> from commands.audit.findings import findings
>>> findings(source, country("TN"))
"""

from __future__ import annotations

from collections.abc import Callable

from commands.audit.findings import (
    codes,
    coordinates,
    geometry,
    openness,
    personal,
    structure,
    text,
)
from commands.audit.findings.country import Country, country
from commands.audit.findings.subject import Subject
from commands.audit.findings.units import unit_columns
from commands.audit.model import GROUPS, Finding, Source

MODULES = {"structure": structure, "text": text, "coordinates": coordinates,
           "geometry": geometry, "codes": codes, "personal": personal,
           "openness": openness}
__all__ = ["Country", "country", "findings"]


def findings(source: Source, country: Country | None,
             tell: Callable[[str], None] = lambda group: None
             ) -> list[Finding]:
    """All findings about the content of one layer. Without a country,
    places and units are not compared. tell: is told each group."""
    subject = Subject(source, country)
    units = unit_columns(subject)
    found: list[Finding] = []
    for group in GROUPS:
        tell(group)
        module = MODULES[group]
        found += module.findings(subject, units) if (
            module in (coordinates, codes)) else module.findings(subject)
    return found
