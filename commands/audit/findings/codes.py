"""Findings about codes and names of units: two systems, other spellings.

ISO 3166-2 writes TN-31 for Béja; INS and OCHA write TN31 for Sousse. Of the
24 codes, 11 name another governorate once the hyphen is dropped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
from rapidfuzz import fuzz, process

from commands.audit.findings.country import Country
from commands.audit.findings.subject import (
    Column,
    Subject,
    numbered,
    plural,
)
from commands.audit.findings.units import ISO, PCODE, UnitColumn
from commands.audit.model import Finding, finding
from commands.spelling import folded

NEAR = 70  # of 100: below it, no name is proposed
MOST_VALUES = 60  # of a column that is a list
ALMOST_ALL = 0.8  # of the units: the list is meant to be complete


def findings(subject: Subject,
             units: list[UnitColumn]) -> Iterator[Finding]:
    """All findings of this group."""
    of_names = {one.column.name for one in units}
    for column in subject.texts:
        if column.name not in of_names:
            yield from codes_variants(column)
    country = subject.country
    if country is None:
        return
    for one in units:
        if one.kind in ("iso", "pcode"):
            yield from codes_mixed(one)
            yield from codes_unknown(one)
        elif one.kind == "name":
            yield from names_misspelt(one, country)
    yield from codes_contradict(units, country)
    yield from units_missing(subject, units, country)


def codes_mixed(unit: UnitColumn) -> Iterator[Finding]:
    """Codes of ISO and of INS in one column."""
    iso = [text for text in unit.column.unique if ISO.fullmatch(text)]
    ins = [text for text in unit.column.unique if PCODE.fullmatch(text)]
    if iso and ins:
        rare = min((iso, ins), key=len)
        at = unit.column.where(rare)
        yield finding(
            "codes-mixed", f"column {unit.column.name!r} has codes of ISO "
            f"3166-2, such as {iso[0]}, and of INS, such as {ins[0]}",
            "TN-31 is Béja, TN31 is Sousse: a join gives numbers to the "
            "wrong governorate", "# one column per system; ask who wrote "
            "them. Do not add or drop the hyphen", rows=numbered(at),
            example=rare[0], severity="error")


def codes_unknown(unit: UnitColumn) -> Iterator[Finding]:
    """Codes that no governorate has."""
    unknown = [text for text, iso in unit.iso.items()
               if not iso and text != unit.column.name]  # a head, repeated
    if unknown:
        at = unit.column.where(unknown)
        yield finding(
            "codes-unknown", f"column {unit.column.name!r} has "
            f"{plural(len(unknown), 'code')} that no governorate has: "
            f"{', '.join(unknown[:3])}", "a join loses these rows",
            f"layer[~layer[{unit.column.name!r}].isin(governorates["
            '"iso_3166_2"])]', rows=numbered(at), example=unknown[0])


def codes_variants(column: Column) -> Iterator[Finding]:
    """Actif, ACTIF and actif in a column of few values: a list."""
    if column.filled < 5 or len(column.unique) > MOST_VALUES:
        return
    alike: dict[str, dict[str, int]] = {}
    for text, count in zip(column.unique, column.counts):
        same = alike.setdefault(_bare(text), {})
        shown = " ".join(text.split())  # text-spaces speaks of spaces
        same[shown] = same.get(shown, 0) + int(count)
    several = [same for same in alike.values()
               if len(same) > 1 and max(same.values()) > 1]
    if not several or len(alike) > column.filled / 2:
        return
    right = {text: max(same, key=same.__getitem__) for same in several
             for text in same}
    pairs = {text: usual for text, usual in right.items() if text != usual}
    at = column.where(text for text in column.unique
                      if " ".join(text.split()) in pairs)
    shown = "; ".join(", ".join(map(repr, same)) for same in several[:3])
    yield finding(
        "codes-variants", f"column {column.name!r} writes "
        f"{plural(len(several), 'value')} in several ways: {shown}",
        "a program counts each way as a value of its own",
        f"layer[{column.name!r}] = layer[{column.name!r}].replace("
        f"{dict(list(pairs.items())[:8])}"
        f")  # {'and the others, ' if len(pairs) > 8 else ''}after a look",
        rows=numbered(at), example=shown)


def _bare(text: str) -> str:
    """Without capitals, accents, and spaces that are too many."""
    letters = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(one for one in letters if not unicodedata.combining(one))


def codes_contradict(units: list[UnitColumn],
                     country: Country) -> Iterator[Finding]:
    """A code of one system that was read as one of the other: the names
    beside it say so."""
    by_kind = {one.kind: one for one in reversed(units)}
    names = by_kind.get("name")
    for kind in ("iso", "pcode", "ins"):
        code = by_kind.get(kind)
        if names is None or code is None:
            continue
        one, other = names.stated(), code.stated()
        asked = (one != "") & (other != "")
        at = np.flatnonzero(asked & (one != other))
        if not len(at):
            continue
        turned = _other_system(code, country)[at] == one[at]
        reason = ("; read by the other system they agree"
                  if turned.mean() > 0.5 else "")
        value = code.column.unique[code.column.codes[at[0]]]
        name = names.column.unique[names.column.codes[at[0]]]
        yield finding(
            "codes-contradict", f"{plural(len(at), 'row')} where the code "
            f"({code.column.name!r}) and the name ({names.column.name!r}) "
            f"are of two governorates, such as {value} and {name}{reason}",
            "a join by the code and a join by the name give two results",
            "# which is right? ISO: TN-31 Béja; INS and OCHA: 31, TN31 "
            "Sousse", rows=numbered(at), example=f"{value}, {name}",
            severity="error")


def _other_system(unit: UnitColumn, country: Country) -> np.ndarray:
    """What the codes state if they are of the other system."""
    isos = set(country.units["iso_3166_2"])

    def turned(text: str) -> str:
        digits = text[-2:]
        if unit.kind == "iso":
            return country.by_ins.get(digits, "")
        return f"TN-{digits}" if f"TN-{digits}" in isos else ""
    codes = np.array([turned(text) for text in unit.column.unique] + [""],
                     dtype=object)
    return codes[unit.column.codes]


def names_misspelt(unit: UnitColumn, country: Country) -> Iterator[Finding]:
    """Names that are not exactly one of the list, with the nearest."""
    right = country.spellings
    proposed = {text: _nearest(text, right) for text in unit.column.unique
                if text not in right}
    if not proposed:
        return
    at = unit.column.where(proposed)
    shown = "; ".join(f"{text!r} → {near!r}" if near else
                      f"{text!r}: none is near"
                      for text, near in list(proposed.items())[:5])
    pairs = {text: near for text, near in list(proposed.items())[:3] if near}
    yield finding(
        "names-misspelt", f"column {unit.column.name!r} has "
        f"{plural(len(proposed), 'name')} in another spelling than the "
        f"list of governorates: {shown}", f"a join by name loses "
        f"{plural(len(at), 'row')}", f"layer[{unit.column.name!r}] = layer["
        f"{unit.column.name!r}].replace({pairs})  # after a look",
        rows=numbered(at), example=shown)


def _nearest(text: str, right: dict[str, str]) -> str:
    """The right name that is nearest once both are folded, or ""."""
    by_fold = {folded(name): name for name in reversed(right)}
    own = folded(text)
    if own in by_fold:
        return by_fold[own]
    near = process.extractOne(own, list(by_fold), scorer=fuzz.ratio,
                              score_cutoff=NEAR)
    return by_fold[near[0]] if near else ""


def units_missing(subject: Subject, units: list[UnitColumn],
                  country: Country) -> Iterator[Finding]:
    """A list of the governorates, one per row, that lacks some."""
    for one in units:
        if one.kind == "part" or one.column.filled > 1.2 * len(
                country.units):
            continue
        there = set(one.stated()) - {""}
        if one.kind == "name":
            there |= {country.spellings.get(_nearest(
                text, country.spellings), "") for text in one.iso} - {""}
        missing = country.units[~country.units["iso_3166_2"].isin(there)]
        if len(missing) and (
                len(there) >= ALMOST_ALL * len(country.units)):
            names = ", ".join(missing["name_fr"])
            yield finding(
                "units-missing", f"column {one.column.name!r} names "
                f"{len(there)} of {len(country.units)} governorates; not "
                f"there: {names}", "a map shows a hole, and a national sum "
                "is too small", f"set(governorates.name_fr) - set(layer["
                f"{one.column.name!r}])", count=len(missing), example=names)
            return
