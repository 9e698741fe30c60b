"""Findings about rows and columns: empty, repeated, totals, wrong types."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from commands.audit.findings import values as single_values
from commands.audit.findings.subject import (
    Column,
    Subject,
    numbered,
    plural,
    unhashable,
)
from commands.audit.model import Finding, finding

OF_DRIVER = ("GPX", "KML", "KMZ", "OSM", "PBF")  # columns by the format
NO_VALUE = re.compile(r"(?m)^(#?N/?A|n/a|<NA>|NULL|null|NaN|nan|None)$")
CODE_NAME = re.compile(r"(?i)code|(^|_)cod(_|$)|postal|^cp$|zip|matric|رمز")
KEY_NAME = re.compile(r"(?i)^(id|fid|key|uuid|code)$|_(id|code)$|^(id|code)_")
EXPONENT = re.compile(r"(?m)^\d([.,]\d+)?E\+\d+$")
TOTAL = re.compile(r"(?im)^\W*(grand )?(total|totaux|ensemble|المجموع|الجملة)"
                   r"( g[eé]n[eé]ral| tunisie)?\W*$")
TOTAL_WORDS = ("total", "totaux", "ensemble", "المجموع", "الجملة")
NOTE = re.compile(r"(?i)^\W*(source|note|nb|remarque|المصدر|ملاحظة)\b")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
MONTH = (r"jan\w*|f[eé]v\w*|feb\w*|mars|march|a[pv]r\w*|mai|may|juin|june?|"
         r"juil\w*|july?|ao[uû]t|aug\w*|sep\w*|oct\w*|nov\w*|d[eé]c\w*|"
         r"جانفي|فيفري|مارس|أفريل|ماي|جوان|جويلية|أوت|سبتمبر|أكتوبر|نوفمبر|"
         r"ديسمبر")
OTHER_DATE = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d\d)|\d{4}[/.]\d{1,2}[/.]\d{1,2}"
    rf"|\d{{1,2}}(er)?[ -](de )?({MONTH})\.?[ -](\d{{4}}|\d\d)",
    re.IGNORECASE)
# A number with its thousands apart: 12 500, also with a narrow space.
GROUPED = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d+)?")
# A number in another form: spaces, a unit, Arabic-Indic digits.
UNIT = re.compile(
    r"(?<=[\d٠-٩.])[ \u00a0\u202f]?("
    r"[mckdµ]?m[²2³3]?(/(s|h|j|an))?|ha|k?m[èe]tres?|m[èe]tres? cubes?"
    r"|litres?|[mkh]?l(/(s|h|j|min))?|[mk]?g(/[ml]?l)?|t|tonnes?"
    r"|hab(itants?|\.)?|lits?|personnes?|familles?|ans?|jours?"
    r"|dt|tnd|dinars?|%|°c?|[kmg]?wh?|[µm]s/cm|ppm|km/h|bars?"
    r"|متر|كم|كلم|لتر|هكتار|دينار|ساكن)$", re.IGNORECASE)
WRITTEN = re.compile(r"[+-]?[\d٠-٩][\d٠-٩ \u00a0\u202f.,٫٬]*"
                     rf"({UNIT.pattern[:-1]})?", re.IGNORECASE)
PLAIN = re.compile(r"[+-]?(0|[1-9]\d*)([.,]\d+)?")


def findings(subject: Subject) -> Iterator[Finding]:
    """All findings of this group."""
    yield from rows_empty(subject)
    yield from rows_duplicate(subject)
    yield from columns(subject)
    yield from totals_row(subject)
    yield from notes_row(subject)
    for column in subject.texts:
        if column.unique:
            yield from na_as_null(column)
            yield from codes_exponent(column)
            yield from numbers_as_text(column, subject)
            yield from dates_as_text(column)
    yield from single_values.findings(subject)
    yield from zeros_lost(subject)
    yield from identifier_repeated(subject)


def no_records(subject: Subject) -> np.ndarray:
    """Which rows are no records: empty ones, totals, notes. Other findings
    leave them out."""
    found = _empty(subject)
    found[[*_totals(subject), *_notes(subject)]] = True
    return found


def _empty(subject: Subject) -> np.ndarray:
    return ~subject.filled.any(axis=1) & ~subject.placed


def rows_empty(subject: Subject) -> Iterator[Finding]:
    """Rows without any value, and without a place."""
    if not subject.rows or not subject.attributes.shape[1]:
        return
    empty = _empty(subject)
    if empty.any():
        yield finding(
            "rows-empty", f"{plural(int(empty.sum()), 'row')} without any "
            "value", "each is counted as a record, and is none",
            'layer = layer.dropna(how="all")',
            rows=numbered(np.flatnonzero(empty)))


def rows_duplicate(subject: Subject) -> Iterator[Finding]:
    """Rows that are equal to an earlier one, geometry included."""
    twice = subject.repeated
    if twice.any():
        at = np.flatnonzero(twice)
        yield finding(
            "rows-duplicate", f"{plural(len(at), 'row')} equal to an earlier "
            "one in all columns", "counts and sums become too large",
            "layer = layer.drop_duplicates()", rows=numbered(at),
            example=_shown(subject, at[0]))


def _shown(subject: Subject, at: int) -> str:
    """The first values of a row."""
    return ", ".join(str(value) for value in
                     subject.attributes.iloc[at].dropna().head(3))


def columns(subject: Subject) -> Iterator[Finding]:
    """Columns without a value, or with one value."""
    if subject.rows < 3 or subject.source.format.upper() in OF_DRIVER:
        return
    filled = subject.filled
    for at, (name, column) in enumerate(subject.attributes.items()):
        if not filled[:, at].any():
            yield finding(
                "column-empty", f"column {name!r} has no value", "readers "
                "look for what is not there", "layer = layer.drop(columns="
                f"{str(name)!r})", count=subject.rows, severity="note")
        elif filled[:, at].all() and not unhashable(column) and (
                column.nunique(dropna=False) == 1):
            yield finding(
                "column-constant", f"column {name!r} says "
                f"{_plain(column.iloc[0])!r} "
                "in all rows", "it tells no row from another: is it a remark "
                "about the whole file?", "",
                count=subject.rows, example=column.iloc[0], severity="note")


def _plain(value: object) -> object:
    """A value as Python writes it: 2500.0, not np.float64(2500.0)."""
    return value.item() if isinstance(value, np.generic) else value


def totals_row(subject: Subject) -> Iterator[Finding]:
    """A row with the word total, or a last row with the sums."""
    at = _totals(subject)
    if at:
        yield finding(
            "totals-row", f"{plural(len(at), 'row')} of totals among the "
            "records", "every sum over the column counts everything twice",
            f"layer = layer.drop(layer.index[{at[:3]}])",
            rows=numbered(np.array(at)), example=_shown(subject, at[0]))


def _totals(subject: Subject) -> list[int]:
    """Positions of rows of totals."""
    labelled = {int(at) for column in subject.texts
                for at in column.where(column.matching(TOTAL, TOTAL_WORDS))}
    last = subject.rows - 1
    if not labelled and _is_sum(subject, last):
        labelled = {last}
    return sorted(labelled)


def _is_sum(subject: Subject, last: int) -> bool:
    """Is the last row the sum of the others in two columns or more?"""
    if last < 3:
        return False
    sums = 0
    for values in subject.numbers.values():
        rest = np.nansum(values[:last])
        sums += bool(rest and abs(values[last] - rest) <= 1e-6 * abs(rest)
                     and np.count_nonzero(values[:last]) > 1)
    return sums >= 2


def notes_row(subject: Subject) -> Iterator[Finding]:
    """One of the last rows that holds a note and nothing else."""
    at = _notes(subject)
    if at:
        yield finding(
            "notes-row", f"{plural(len(at), 'row')} with a note or a source "
            "in place of a record", "a note belongs to the metadata; as a "
            "row it is counted", f"table = table.drop(table.index[{at}])",
            rows=numbered(np.array(at)), example=_shown(subject, at[0]))


def _notes(subject: Subject) -> list[int]:
    """Positions of rows that are notes."""
    if not subject.as_text or subject.rows < 3 or len(subject.texts) < 2:
        return []
    filled = subject.filled
    return [row for row in range(max(subject.rows - 5, 0), subject.rows)
          if filled[row].sum() == 1 and NOTE.search(str(
              subject.attributes.iloc[row, int(filled[row].argmax())]))]


def na_as_null(column: Column) -> Iterator[Finding]:
    """Words that pandas reads as an empty value."""
    words = column.matching(NO_VALUE)
    if words:
        at = column.where(words)
        yield finding(
            "na-as-null", f"column {column.name!r} has {words[0]!r} as text "
            f"in {plural(len(at), 'row')}", "pandas reads this word as an "
            "empty value, others as a text: NA is also the code of Namibia",
            f"layer[{column.name!r}] = layer[{column.name!r}].replace("
            f"{words}, None)", rows=numbered(at), example=words[0])


def codes_exponent(column: Column) -> Iterator[Finding]:
    """Codes that a spreadsheet has written as 1.2E+07."""
    found = column.matching(EXPONENT)
    if found and column.looks(re.compile(r"[\d.,]+(E\+\d+)?")) > 0.5:
        at = column.where(found)
        yield finding(
            "codes-exponent", f"column {column.name!r} has codes such as "
            f"{found[0]} in {plural(len(at), 'row')}", "the spreadsheet took "
            "the code for a number; its last digits are lost",
            "# ask for the file before it was opened in a spreadsheet",
            rows=numbered(at), example=found[0], severity="error")


def numbers_as_text(column: Column, subject: Subject) -> Iterator[Finding]:
    """Numbers as text where the format has numbers; numbers in two forms
    where it has not."""
    if CODE_NAME.search(column.name) or KEY_NAME.search(column.name) or (
            not column.signs & set("0123456789٠١٢٣٤٥٦٧٨٩")):
        return
    if any(one is not None and one.name == column.name
           for one in subject.positions):
        return  # coordinates speak for themselves
    plain, written = column.looks(PLAIN), column.looks(WRITTEN)
    measured = [text for text in column.unique if WRITTEN.fullmatch(
        text.strip()) and UNIT.search(text.strip())]
    if written >= 0.8 and len(measured) >= 0.5 * len(column.unique):
        yield _with_unit(column, measured)
    elif not subject.as_text and plain == 1 and (
            "." in column.signs or len(set(map(len, column.unique))) > 2):
        at = np.flatnonzero(column.codes >= 0)
        yield _as_text(column, at, "a number")
    elif (plain >= 0.5 and written > plain) or _grouped(column, plain):
        odd = [text for text in column.unique if not PLAIN.fullmatch(
            text.strip()) and WRITTEN.fullmatch(text.strip())]
        if not all(re.fullmatch(r"0\d+", text) for text in odd):
            yield _as_text(column, column.where(odd), "a number")


def _grouped(column: Column, plain: float) -> bool:
    """Do most numbers have spaces between the thousands? Telephone numbers
    have them too, but all have as many digits."""
    if not column.signs & set(" \u00a0\u202f"):
        return False
    grouped = column.looks(GROUPED)
    digits = {len(re.sub(r"\D", "", text)) for text in column.unique
              if GROUPED.fullmatch(text.strip())}
    return grouped >= 0.2 and grouped + plain >= 0.8 and (
        len(digits) > 1 or max(digits) < 7)


def _with_unit(column: Column, measured: list[str]) -> Finding:
    """28.06 l/s in most cells: the unit belongs to the name."""
    units = list(dict.fromkeys(UNIT.search(text.strip())[1]
                               for text in measured))
    said = _as_text(column, column.where(measured), "a number with its unit")
    if len(units) > 1:
        said.says += f"; the units are {', '.join(units[:4])}"
    said.repair += ("\n# the units differ: bring all to one, then write it "
                    if len(units) > 1 else
                    f"\n# write the unit, {units[0]}, ") + (
        "into the name of the column")
    return said


def _as_text(column: Column, at: np.ndarray, what: str) -> Finding:
    example = column.unique[column.codes[at[0]]]
    return finding(
        "numbers-as-text", f"column {column.name!r} has {what} as text in "
        f"{plural(len(at), 'row')}, such as {example!r}",
        "texts are not added and sort as 1, 10, 2",
        f"layer[{column.name!r}] = pd.to_numeric(layer[{column.name!r}]"
        '.str.extract(r"([+-]?[\\d\\s.,]*\\d)")[0].str.replace(",", ".")'
        '.str.replace(r"\\s", "", regex=True))',
        rows=numbered(at), example=example)


def dates_as_text(column: Column) -> Iterator[Finding]:
    """Dates in another form than 2021-12-31."""
    if not column.signs & set("/.-") and not re.search(
            r"\d ", column.joined):
        return
    other, iso = column.looks(OTHER_DATE), column.looks(ISO_DATE)
    if other == 0 or other + iso < 0.8:
        return
    found = [text for text in column.unique
             if OTHER_DATE.fullmatch(text.strip())]
    at = column.where(found)
    yield finding(
        "dates-as-text", f"column {column.name!r} has dates such as "
        f"{found[0]!r} in {plural(len(at), 'row')}"
        + (", and others as 2021-12-31" if iso else ""),
        "03/04/2021 is 3 April to some readers and 4 March to others",
        f"layer[{column.name!r}] = pd.to_datetime(layer[{column.name!r}], "
        "dayfirst=True, format=\"mixed\", errors=\"coerce\")  # NaT: by hand",
        rows=numbered(at), example=found[0])


def zeros_lost(subject: Subject) -> Iterator[Finding]:
    """A column of codes whose numbers have several lengths."""
    for name, column in subject.attributes.items():
        if not CODE_NAME.search(str(name)):
            continue
        if pd.api.types.is_integer_dtype(column):
            values = column.dropna().astype(str)
        elif str(name) in {one.name for one in subject.texts}:
            values = column[column.notna() & (column != "")].astype(str)
        else:
            continue
        found = _shorter(values)
        if found is not None:
            longest = int(values.str.len().max())
            at = np.flatnonzero(subject.attributes.index.isin(found.index))
            yield finding(
                "zeros-lost", f"column {name!r} has codes of {longest} "
                f"digits, and {plural(len(found), 'shorter one')}, such as "
                f"{found.iloc[0]!r}", "a spreadsheet takes zeros from the "
                "left of a code; the code then joins to nothing",
                f"layer[{str(name)!r}] = layer[{str(name)!r}].astype(str)"
                f".str.zfill({longest})  # if the register says so",
                rows=numbered(at), example=found.iloc[0])


def _shorter(values: pd.Series) -> pd.Series | None:
    """The codes that seem to lack zeros; None where numbers just count."""
    digits = values.str.fullmatch(r"\d+")
    if digits.mean() < 0.9:  # a row of totals may be among them
        return None
    values = values[digits]
    lengths = values.str.len()
    if len(values) < 4 or lengths.nunique() == 1 or (
            (lengths == lengths.max()).mean() < 0.5):
        return None
    numbers = values.astype(float)
    dense = numbers.nunique() > 0.9 * (numbers.max() - numbers.min() + 1)
    if dense and not values.str.startswith("0").any():
        return None
    return values[lengths < lengths.max()]


def identifier_repeated(subject: Subject) -> Iterator[Finding]:
    """The first column that looks like an identifier of the row."""
    names = [name for name in subject.attributes
             if KEY_NAME.search(str(name))][:1]
    for name in names:
        column = subject.attributes[name]
        if unhashable(column):
            continue
        texts = column.astype(str)
        values = column[column.notna() & (texts != "")
                        & ~subject.repeated & ~texts.str.fullmatch(TOTAL)]
        twice = values.duplicated()
        if len(values) < 5 or not 0 < twice.mean() < 0.2:
            continue
        at = np.flatnonzero(subject.attributes.index.isin(
            twice.index[twice]))
        yield finding(
            "identifier-repeated", f"column {name!r} repeats a value in "
            f"{plural(len(at), 'row')}, such as {values[twice].iloc[0]!r}",
            "an identifier that repeats identifies nothing; a server gives "
            "one of the two", f"layer[layer[{str(name)!r}].duplicated("
            "keep=False)]", rows=numbered(at),
            example=values[twice].iloc[0])
