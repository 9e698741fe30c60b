"""From the rows of a sheet or a CSV: titles, head, second head, names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from commands.audit.model import Finding, finding

LOOK = 60  # rows from the top that are looked at
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*$")
_HXL = re.compile(r"#[a-z][a-z0-9_]*(\s*\+[a-z0-9_]+)*$")
_YEAR = re.compile(r"(19|20)\d\d$")


@dataclass
class Head:
    """names of the columns; the first record is row number `first` (0 = top
    of the file); `second`: cells of a second head, to compare with."""
    names: list[str]
    first: int
    evidence: str
    findings: list[Finding] = field(default_factory=list)
    titles: int = 0
    unnamed: list[int] = field(default_factory=list)


def find(top: list[list[str]], deep: int = 0,
         reader: str = "pd.read_csv(file") -> Head:
    """The head in the first rows. deep: how many rows it has, if known.
    reader: how a repair begins to read the file."""
    top = [[cell.strip() for cell in row] for row in top[:LOOK]]
    width = max(map(len, top), default=0)
    start = _titles(top)
    said = []
    if start:
        text = "; ".join(filter(None, (" ".join(filter(None, row))
                                       for row in top[:start])))
        said.append(finding(
            "head-titles", f"{start} rows stand above the head",
            "Readers take the first row as names of columns.",
            f"table = {reader}, skiprows={start}, dtype=str)",
            count=start, example=text))
    body = top[start:]
    if not body:
        return Head([], start, "no head", said, start)
    if _is_record(body):
        said.append(finding(
            "head-missing", "the first row is a record, not a head",
            "The first record is lost, and nobody knows what a column is.",
            f"table = {reader}, header=None, names=[…], dtype=str)",
            example=", ".join(body[0]), severity="error"))
        return Head([f"column_{number + 1}" for number in range(width)],
                    start, "none: row 1 has numbers like the rows below",
                    said, start)
    deep = deep or _deep(body)
    width = max(len(body[0]), usual_width(body))
    names = _joined(body[:deep], width)
    if deep > 1:
        said.append(finding(
            "head-merged", f"the head spans {deep} rows",
            "Readers take one row as names; the rest becomes records, and "
            "merged cells stay empty.",
            f"table = {reader}, header={list(range(start, start + deep))})",
            count=deep, example=", ".join(filter(None, names))))
    first = start + deep
    head = Head(names, first, f"row {start + 1}" if deep == 1 else
                f"rows {start + 1} to {first}", said, start)
    _second(head, top, reader)
    _named(head, top[head.first:])
    return head


def usual_width(rows: list[list[str]]) -> int:
    """The number of cells that most rows have."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def is_number(text: str) -> bool:
    """Is it a number, with a point or a comma?"""
    return bool(NUMBER.match(text.strip()))


def _titles(top: list[list[str]]) -> int:
    """Rows at the top that are no part of the table: fewer cells than it."""
    filled = [sum(map(bool, row)) for row in top]
    usual = Counter(count for count in filled if count).most_common()
    if not usual:
        return 0
    most = max(count for count, times in usual if times == usual[0][1])
    if most < 3:  # a title of one cell is no wonder there
        return next((at for at, count in enumerate(filled) if count), 0)
    for at, count in enumerate(filled):
        if count > 1 and (count >= most / 2 or count == max(filled)):
            return at
    return 0


def _is_record(body: list[list[str]]) -> bool:
    """Does the first row hold numbers where the rows below do?"""
    if len(body) < 3:
        return False
    numbers = _number_columns(body[1:])
    found = [body[0][at] for at in numbers
             if at < len(body[0]) and is_number(body[0][at])]
    return bool(found) and not all(map(_YEAR.match, found)) and (
        len(found) >= len(numbers) / 2)


def _number_columns(rows: list[list[str]]) -> list[int]:
    """Columns in which nine of ten filled cells are numbers."""
    return [at for at in range(max(map(len, rows), default=0))
            if (cells := [row[at] for row in rows
                          if at < len(row) and row[at]])
            and sum(map(is_number, cells)) >= 0.9 * len(cells)]


def _deep(body: list[list[str]]) -> int:
    """2 where the row below fills the gaps of the head, without a number."""
    if len(body) < 3:
        return 1
    upper, lower = body[0], body[1]
    inner = [at for at, cell in enumerate(upper) if not cell
             and any(upper[:at]) and at < len(lower) and lower[at]]
    numbers = _number_columns(body[2:])
    if len(inner) and numbers and not any(
            is_number(cell) and not _YEAR.match(cell)
            for cell in lower if cell) and any(
            at in numbers for at in inner):
        return 2
    return 1


def _joined(rows: list[list[str]], width: int) -> list[str]:
    """One name a column: the rows of the head, gaps of the upper filled."""
    rows = [(row + [""] * width)[:width] for row in rows]
    for number, row in enumerate(rows[:-1]):
        for at in range(1, width):
            if not row[at] and rows[number + 1][at]:
                row[at] = row[at - 1]
    return [" ".join(dict.fromkeys(filter(None, cells)))
            for cells in zip(*rows)]


def _second(head: Head, top: list[list[str]], reader: str) -> None:
    """A row of HXL tags, of labels, or the head again: not a record."""
    rows = top[head.first:]
    if not rows:
        return
    tags = [cell for cell in rows[0] if cell]
    numbers = _number_columns(rows[1:]) if len(rows) > 5 else []
    labels = [at for at in numbers if at < len(rows[0]) and rows[0][at]]
    hxl = tags and sum(bool(_HXL.match(cell)) for cell in tags) * 2 > len(tags)
    if hxl or (len(labels) > 1 and len(labels) * 2 > len(numbers)
               and not any(re.search(r"\d", rows[0][at]) or
                           len(rows[0][at]) < 4 for at in labels)):
        head.first += 1
        head.findings.append(finding(
            "head-second", "a second head, " + (
                "of HXL tags, " if hxl else "") + "stands below the first",
            "It is read as a record: columns of numbers become text.",
            f"table = {reader}, skiprows={_but(head)}, dtype=str)",
            example=", ".join(tags)))


def _but(head: Head) -> list[int]:
    """The rows to skip, from 0: titles above the head, the second head."""
    return [*range(head.titles), head.first - 1]


def _named(head: Head, rows: list[list[str]]) -> None:
    """Every column gets a name of its own."""
    seen: Counter[str] = Counter()
    twice, empty = [], []
    for at, name in enumerate(head.names):
        if not name:
            head.unnamed.append(at)
            if any(at < len(row) and row[at] for row in rows):
                empty.append(at + 1)
            name = f"column_{at + 1}"
        seen[name] += 1
        if seen[name] > 1:
            twice.append(name)
            name = f"{name}_{seen[name]}"
        head.names[at] = name
    if twice:
        head.findings.append(finding(
            "head-duplicate", f"{len(twice)} names of columns are there "
            "twice", "Readers rename or lose one of them, each its own way.",
            "table.columns = […]  # one name a column", count=len(twice),
            example=", ".join(twice)))
    if empty:
        head.findings.append(finding(
            "head-empty", f"{len(empty)} columns with values have no name",
            "Nobody knows what the values are.",
            f"table = table.rename(columns={{'column_{empty[0]}': …}})",
            count=len(empty), example=f"column {empty[0]}"))
