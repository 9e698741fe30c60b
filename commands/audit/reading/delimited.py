"""CSV and its kin: delimiter, quotes, decimal sign, rows that do not fit."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from commands.audit import opening
from commands.audit.model import MOST_ROWS, Source, UnreadableFile, finding
from commands.audit.reading import heads, places, text
from commands.audit.reading.sheets import ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    import pyarrow as pa

CHUNK = 50_000  # rows that become columns at a time
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LEAST = 0.7  # of the rows of a table are cut alike; a text is not
MOST_COLUMNS = 5_000
MOST_BROKEN = 20  # lines with a lost quotation mark that are repaired
_POINT = r"^\s*[+-]?\d*\.\d+([eE][+-]?\d+)?\s*$"
_COMMA = r"^\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*$"
_PLAIN = r"^\s*[+-]?\d+\s*$"


def read(path: Path, data: bytes, *, x: str | None = None,
         y: str | None = None, encoding: str | None = None) -> list[Source]:
    """The one layer of a CSV. Columns are text; an empty cell is missing."""
    decoded = text.decode(data, path.name, encoding)
    del data
    csv.field_size_limit(1 << 27)
    body, told = _told(decoded.text)
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    delimiter, why, share = (told, "the line sep= says so", 1.0) if told \
        else _delimiter(body)
    if share < LEAST and path.suffix.lower() not in (".csv", ".tsv"):
        raise UnreadableFile(
            f"{path.name} is a text, no table: no comma, semicolon, tab or "
            "bar cuts its rows into the same number of cells. Give a file "
            "of geodata; a table of one column needs a name with .csv.")
    top = list(_rows(body[:2_000_000], delimiter, heads.LOOK))
    while top and not any(top[-1]):
        top.pop()
    csv_options = opening.of_csv(delimiter, decoded.encoding)
    head = heads.find(top, 0, opening.begun("CSV", **csv_options))
    if not head.names or len(head.names) > MOST_COLUMNS:
        raise UnreadableFile(
            f"{path.name} is no table: " + (
                f"{len(head.names)} columns" if head.names
                else "there is no row with text") + ".")
    source = Source(
        path, None, "TSV" if delimiter == "\t" else "CSV", table=None,
        findings=list(head.findings), evidence={
            "encoding": f"{decoded.encoding}: {decoded.why}",
            "delimiter": f"{NAMES.get(delimiter, delimiter)}: {why}",
            "header": head.evidence})
    _shorter(source, head, top, delimiter)
    table, lines = _table(source, body, delimiter, head, decoded.mixed)
    source.findings += text.findings(
        decoded, path.name, lines,
        "table = " + opening.reader("CSV", **csv_options, skiprows=(
            head.titles or None)) + "\ntable.to_csv(new, index=False)")
    source.table = table
    _decimal(source)
    _errors(source)
    if not len(table):
        source.findings.append(finding(
            "layer-empty", f"{path.name} has no record below its head",
            "A table without a row was cut off, or never filled.",
            "# ask for the file again", severity="error"))
    places.place(source, x, y)
    return [source]


def _shorter(source: Source, head: heads.Head, top: list[list[str]],
             delimiter: str) -> None:
    """A head with fewer cells than its rows: 36,8 without quotation marks
    between commas, or names that lack the first column."""
    names, rows = top[head.titles], top[head.first:]
    if not head.evidence.startswith("row ") or not rows:
        return
    usual = heads.usual_width(rows)
    if len(names) < usual and any(
            cell for row in rows for cell in row[len(names):]):
        sign = NAMES.get(delimiter, "delimiter")
        source.findings.append(finding(
            "rows-malformed", f"the head has {len(names)} cells, most rows "
            f"have {usual}: names and values do not stand below each other",
            "Values stand in the wrong columns, and look sound there.",
            f"# a cell with a {sign} in it, such as a decimal comma or a "
            "geometry, needs quotation marks: write the file again, with "
            f"{'semicolons' if delimiter == ',' else 'tabs'} between cells",
            count=len(rows), example=", ".join(rows[0]), severity="error"))


def _told(body: str) -> tuple[str, str]:
    """Excel's first line `sep=;`, which is no record."""
    found = re.match(r"(?i)\"?sep=(.)\"?\r?\n", body)
    return (body[found.end():], found.group(1)) if found else (body, "")


def _delimiter(body: str) -> tuple[str, str, float]:
    """The sign that cuts most rows into the same number of cells, why, and
    the share of these rows."""
    best, said = (0.0, 0, ","), "one column"
    for sign in NAMES:
        rows = [row for row in _rows(body[:400_000], sign, 200) if row]
        counts = [len(row) for row in rows]
        usual = max(set(counts), key=lambda n: (counts.count(n), n),
                    default=0)
        share = counts.count(usual) / len(counts) if counts else 0
        if usual > 1 and (round(share, 2), usual, sign) > best:
            best = (round(share, 2), usual, sign)
            said = (f"it cuts {share:.0%} of the first {len(rows)} rows "
                    f"into {usual} cells")
    return best[2], said, best[0]


def _rows(body: str, delimiter: str,
          most: int | None = None) -> Iterator[list[str]]:
    """Records; a sign that Python's csv does not take is not one."""
    try:
        reader = csv.reader(io.StringIO(body, newline=""),
                            delimiter=delimiter)
        yield from islice(reader, most)
    except (csv.Error, TypeError):  # a cell too long, a sign of no use
        return


def _table(source: Source, body: str, delimiter: str, head: heads.Head,
           mixed: list[int]) -> tuple[pd.DataFrame, list[int]]:
    """All records as columns of text; row numbers of the mixed lines."""
    columns = _Columns(len(head.names))
    names = [name.strip() for name in head.names]
    foreign, mixed_rows = set(mixed), []
    again, broken = [], []
    for at, (row, first, last) in enumerate(_records(
            body, delimiter, len(names), broken)):
        number = at - head.first + 1
        if number < 1:
            continue
        if foreign and any(line in foreign for line in range(first, last)):
            mixed_rows.append(number)
        if row and row[0].strip() == names[0] and (
                [cell.strip() for cell in row] == names):
            again.append(number)
        columns.add(row)
    if broken:
        source.findings.append(finding(
            "quote-open", f"line {broken[0][0] + 1}: a quotation mark opens "
            "or closes in the wrong place" + (
                f", and in {len(broken) - 1} more lines"
                if len(broken) > 1 else ""),
            "Programs read what follows as one cell: rows are lost.",
            'Write the mark twice ("") or close it.', count=len(broken),
            example=broken[0][1], severity="error"))
    if again:
        source.findings.append(finding(
            "head-second", f"the head is there again, in {len(again)} rows: "
            "files were joined below each other",
            "It is read as a record: columns of numbers become text.",
            "table = table[table.iloc[:, 0] != table.columns[0]]",
            rows=again))
    columns.malformed(source, delimiter)
    return columns.table(head), mixed_rows


def _records(body: str, delimiter: str, width: int,
             broken: list[tuple[int, str]]
             ) -> Iterator[tuple[list[str], int, int]]:
    """Records, and their first and last line. A line whose quotation marks
    do not match is repaired; `broken` gets its number and text."""
    lines: Iterable[str] = io.StringIO(body, newline="")
    start = 0
    while True:
        strict = len(broken) < MOST_BROKEN
        reader = csv.reader(
            lines, delimiter=delimiter, strict=strict,
            quoting=csv.QUOTE_MINIMAL if strict else csv.QUOTE_NONE)
        begin = start
        try:
            for row in reader:
                end = begin + reader.line_num
                yield row, start, end
                start = end
        except csv.Error:
            if not strict:  # a cell of more than 128 MB
                broken.append((start, ""))
                return
        else:
            return
        rest = body.split("\n")[start:]
        broken.append((start, rest[0]))
        rest[0] = _mended(rest[0], delimiter, width)
        lines = [f"{line}\n" for line in rest]
        body = "\n" * start + "\n".join(rest)  # line numbers stay


def _mended(line: str, delimiter: str, width: int) -> str:
    """Without the one mark that hinders, or without any."""
    for at in [at for at, sign in enumerate(line) if sign == '"'][:40]:
        tried = line[:at] + line[at + 1:]
        try:
            (row,) = csv.reader([tried], delimiter=delimiter, strict=True)
        except (csv.Error, ValueError):
            continue
        if len(row) == width:
            return tried
    return line.replace('"', "")


class _Columns:
    """Rows on their way to columns of text, some thousand at a time."""

    def __init__(self, width: int):
        self.width, self.count = width, 0
        self.rows: list[list[str]] = []
        self.parts: list[pa.Table] = []
        self.short: list[int] = []
        self.long: list[int] = []
        self.example = ""
        self.blank: list[int] = []  # at the end, perhaps: no records then

    def add(self, row: list[str]) -> None:
        self.count += 1
        if len(row) != self.width:
            if not row:
                self.blank.append(self.count)
            elif len(row) < self.width:
                self.short.append(self.count)
                self.example = self.example or ", ".join(row)
            elif any(cell.strip() for cell in row[self.width:]):
                self.long.append(self.count)
                self.example = self.example or ", ".join(row)
            row = (row + [""] * self.width)[:self.width]
        self.rows.append(row)
        if len(self.rows) >= CHUNK:
            self._pack()

    def _pack(self) -> None:
        import pyarrow as pa
        arrays = [pa.array(cells, pa.large_string())
                  for cells in zip(*self.rows)] or [
                      pa.array([], pa.large_string())] * self.width
        self.parts.append(pa.table(
            arrays, names=[str(at) for at in range(self.width)]))
        self.rows = []

    def table(self, head: heads.Head) -> pd.DataFrame:
        """A DataFrame of text; empty cells are missing."""
        import pandas as pd
        import pyarrow as pa
        import pyarrow.compute as pc
        self._pack()
        whole = pa.concat_tables(self.parts)
        if self.blank:  # blank lines at the end are no records
            last = self.count
            while self.blank and self.blank[-1] == last:
                last -= 1
                self.blank.pop()
            whole = whole.slice(0, last)
        series = {}
        for at, name in enumerate(head.names):
            column = whole.column(at)
            column = pc.if_else(pc.equal(column, ""), None, column)
            if at in head.unnamed and column.null_count == len(column):
                continue
            series[name] = column
        return pa.table(series).to_pandas(
            types_mapper={pa.large_string(): pd.StringDtype(
                na_value=float("nan"))}.get)

    def malformed(self, source: Source, delimiter: str) -> None:
        """Rows with more or fewer cells than the head."""
        odd = sorted(self.short + self.long)
        if self.count > 4 and len(odd) > self.count / 2:
            raise UnreadableFile(
                f"{source.path.name} is no table: {len(odd)} of {self.count} "
                "rows have another number of cells than the head. Is it a "
                "table of text, with one record a row?")
        if odd:
            source.findings.append(finding(
                "rows-malformed", f"{len(self.short)} rows have fewer cells "
                f"than the head, {len(self.long)} rows have more",
                "Values stand in the wrong columns; many readers stop.",
                "Correct these rows in the source: a cell with a "
                f"{NAMES.get(delimiter, 'delimiter')} needs quotation marks.",
                rows=odd[:MOST_ROWS], count=len(odd), example=self.example,
                severity="error"))


def _errors(source: Source) -> None:
    """Errors of a spreadsheet that were exported as values."""
    for name in source.table.columns:
        text = source.table[name].str.strip()
        wrong = text.str.fullmatch(
            ERRORS.pattern.replace("N/A|", "")).fillna(False).to_numpy(bool)
        if wrong.any():
            source.findings.append(finding(
                "cells-errors", f"column {name!r} has an error of a "
                f"spreadsheet in {wrong.sum()} rows",
                "The value is lost; readers take it for text.",
                "# export the values again; or set these cells to missing:\n"
                f"table[{name!r}] = table[{name!r}].replace(r'^ *#[A-Z].*', "
                "None, regex=True)", rows=[*(wrong.nonzero()[0] + 1)],
                example=text[wrong].iloc[0], severity="error"))


def _decimal(source: Source) -> None:
    """The decimal sign of the columns of numbers."""
    table, commas, points, both = source.table, [], [], {}
    for name in table.columns:
        column = table[name].dropna()
        comma = column.str.match(_COMMA)
        point = column.str.match(_POINT)
        if not comma.any() and not point.any():
            continue
        plain = column.str.match(_PLAIN)
        if (comma | point | plain).mean() < 0.8:
            continue
        if comma.any() and point.any():
            fewer = comma if comma.sum() <= point.sum() else point
            both[name] = column[fewer]
        (commas if comma.sum() > point.sum() else points).append(str(name))
    source.evidence["decimal"] = (
        f"comma: in {', '.join(commas)}" if commas else
        f"point: in {', '.join(points)}" if points else
        "not known: no number has decimals")[:300]
    if commas:
        source.findings.append(finding(
            "decimal-comma", f"{len(commas)} columns have a decimal comma",
            "Programs read such numbers as text, and cannot draw or add "
            "them.", f"for name in {commas!r}:\n    table[name] = table[name]"
            ".str.replace(',', '.').astype(float)",
            count=len(commas), example=table[commas[0]].dropna().iloc[0]))
    for name, odd in both.items():
        source.findings.append(finding(
            "decimal-mixed", f"{name}: {len(odd)} numbers have another "
            "decimal sign than the rest",
            "One reading is wrong for a part: '1,234' may be 1.234 or 1234.",
            f"table[{name!r}] = table[{name!r}].str.replace(',', '.')"
            ".astype(float)",
            rows=[table.index.get_loc(at) + 1 for at in odd.index[:MOST_ROWS]],
            count=len(odd), example=odd.iloc[0], severity="error"))
