"""Columns that state a governorate, by name or by a code of some system."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commands.audit.findings.country import Country
from commands.audit.findings.subject import Column, Subject
from commands.spelling import folded

ISO = re.compile(r"TN-\d\d")
PCODE = re.compile(r"TN\d\d")  # INS's number, as OCHA writes it
PART = re.compile(r"TN-\d\d-\w+")  # of a unit of ISO: TN-11-01
MOST = 0.6  # share of the different values that must look so
NAMED_UNIT = re.compile(r"(?i)gouv|gov|admin_?1|adm1|wilaya|ولاية")
NAMED_CODE = re.compile(r"(?i)(^|_)(ins|gouv|gov)|code_?ins|adm1")


@dataclass
class UnitColumn:
    """kind: "iso", "pcode", "ins", "part", "name". iso: each different
    value → the ISO code that it states, "" where it states none."""
    column: Column
    kind: str
    iso: dict[str, str]

    def stated(self) -> np.ndarray:
        """The ISO code of each row, "" where none is stated."""
        codes = np.array([self.iso[text] for text in self.column.unique]
                         + [""], dtype=object)
        return codes[self.column.codes]  # -1 is the last


def unit_columns(subject: Subject) -> list[UnitColumn]:
    """The columns that state a unit of the country."""
    if subject.country is None:
        return []
    found = [_unit_column(column, subject.country)
             for column in subject.texts if column.unique]
    found += [_ins_numbers(str(name), values, subject.country)
              for name, values in subject.attributes.items()
              if pd.api.types.is_integer_dtype(values)
              and NAMED_CODE.search(str(name))]
    return [one for one in found if one]


def stated(columns: list[UnitColumn]) -> tuple[np.ndarray, str] | None:
    """The ISO code that each row states, and the column that says so: the
    name first, since codes of two systems look alike."""
    for kind in ("name", "iso", "part", "pcode", "ins"):
        for one in columns:
            if one.kind == kind:
                return one.stated(), one.column.name
    return None


def _unit_column(column: Column, country: Country) -> UnitColumn | None:
    isos, by_ins = set(country.units["iso_3166_2"]), country.by_ins
    if column.looks(ISO) + column.looks(PCODE) >= MOST:
        kind = "iso" if column.looks(ISO) >= column.looks(PCODE) else "pcode"
        return UnitColumn(column, kind, {
            text: text if text in isos else
            by_ins.get(text[2:], "") if PCODE.fullmatch(text) else ""
            for text in column.unique})
    if column.looks(PART) >= MOST:
        return UnitColumn(column, "part", {
            text: text[:5] if text[:5] in isos else ""
            for text in column.unique})
    if NAMED_CODE.search(column.name) and set(column.unique) <= set(by_ins):
        return UnitColumn(column, "ins",
                          {text: by_ins[text] for text in column.unique})
    return _names(column, country)


def _names(column: Column, country: Country) -> UnitColumn | None:
    """A column of names: its different values are few, and most are known
    when capitals, accents and articles do not count."""
    if len(column.unique) > 4 * len(country.units):
        return None
    known = {folded(name): iso for name, iso in country.spellings.items()}
    iso = {text: known.get(folded(text), "") for text in column.unique}
    share = sum(map(bool, iso.values())) / len(iso)
    least = MOST / 2 if NAMED_UNIT.search(column.name) else MOST
    return UnitColumn(column, "name", iso) if share >= least else None


def _ins_numbers(name: str, values: pd.Series,
                 country: Country) -> UnitColumn | None:
    """A column of whole numbers that are codes of INS."""
    texts = values.astype("Int64").astype("string")
    column = Column(name, texts)
    if not column.unique or not set(column.unique) <= set(country.by_ins):
        return None
    return UnitColumn(column, "ins", {
        text: country.by_ins[text] for text in column.unique})
