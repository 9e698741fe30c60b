"""What stands in a layer: findings, one module per group.

>>> from commands.audit.findings import findings
>>> findings(source, country("TN"))
"""

from __future__ import annotations

import re
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
    return without_persons(found)


def without_persons(found: list[Finding]) -> list[Finding]:
    """No finding shows a value of a column that is about persons: a report
    is passed on."""
    columns = [re.match(r"column ('.*?'|\".*?\") has", one.says)[1]
               for one in found if one.group == "personal"
               and one.says.startswith("column ") and " has " in one.says]
    for one in found:
        if not columns or one.group == "personal":
            continue
        of_rows = one.code in ("rows-duplicate", "totals-row", "notes-row",
                               "geometry-repeated-total")
        if of_rows or any(name in one.says for name in columns):
            if one.example:
                one.says = one.says.replace(one.example,
                                            personal.hidden(one.example))
            one.example = "" if of_rows else personal.hidden(one.example)
    return found
