"""Findings about single values that look sound: -999, 31/02/2021."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import numpy as np

from commands.audit.findings.subject import (
    Column,
    Subject,
    numbered,
    plural,
)
from commands.audit.model import Finding, finding

MISSING = (-999, -9999, -99999)
DATES = (re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
         re.compile(r"(?P<y>\d{4})[/.-](?P<m>\d{1,2})[/.-](?P<d>\d{1,2})"))


def findings(subject: Subject) -> Iterator[Finding]:
    """Codes for a missing value; days that no calendar has."""
    for name, numbers in subject.numbers.items():
        yield from missing_coded(str(name), np.asarray(numbers, float))
    for column in subject.texts:
        if column.unique:
            yield from dates_impossible(column)


def missing_coded(name: str, numbers: np.ndarray) -> Iterator[Finding]:
    """A number such as -999, twice or more, where no other is negative."""
    coded = np.isin(numbers, MISSING)
    if coded.sum() < 2 or (numbers[~coded] < 0).any() or not (
            numbers[~coded] >= 0).any():
        return
    example = int(numbers[coded][0])
    yield finding(
        "missing-coded", f"column {name!r} has {example} in "
        f"{plural(int(coded.sum()), 'row')}, and no other negative number",
        "it seems to stand for a missing value; each sum and each mean "
        "takes it for a number",
        f"layer[{name!r}] = pd.to_numeric(layer[{name!r}]).replace("
        f"{list(MISSING)}, None)", rows=numbered(np.flatnonzero(coded)),
        example=example)


def dates_impossible(column: Column) -> Iterator[Finding]:
    """31/02/2021, where most values are dates of the same form."""
    if not column.signs & set("/.-"):
        return
    for form in DATES:
        if column.looks(form) < 0.8:
            continue
        wrong = [text for text in column.unique
                 if (found := form.fullmatch(text.strip()))
                 and not _is_day(found)]
        if wrong and len(wrong) < len(column.unique) / 2:
            at = column.where(wrong)
            yield finding(
                "dates-impossible", f"column {column.name!r} has dates that "
                f"do not exist in {plural(len(at), 'row')}, such as "
                f"{wrong[0]!r}", "programs stop there, or take another day",
                "# look up the day in the source; else set it to missing",
                rows=numbered(at), example=wrong[0])


def _is_day(found: re.Match[str]) -> bool:
    """Is it a day, whichever of the two numbers is the month?"""
    day, month, year = (int(found[part]) for part in "dmy")
    for one, other in ((day, month), (month, day)):
        try:
            dt.date(year, other, one)
        except ValueError:
            continue
        return True
    return False
