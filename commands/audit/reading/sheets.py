"""Spreadsheets: XLSX by openpyxl, ODS from its XML. Cells become text."""

from __future__ import annotations

import contextlib
import datetime
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from commands.audit import opening
from commands.audit.model import Source, UnreadableFile, finding
from commands.audit.reading import archive, driver, heads, places

MOST_COLUMNS = 2_000
MOST_ROWS = 1_100_000
MOST_CELLS = 30_000_000
ERRORS = re.compile(r"#(REF!|N/A|VALUE!|DIV/0 ?!|NAME\?|NUM!|NULL!)|Err:5\d\d")


@dataclass
class Sheet:
    """cells: (row, column) from 0 -> text. merged: first and last cell.
    pending: cells with a formula whose result was never saved."""
    name: str
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    dates: list[tuple[int, int]] = field(default_factory=list)
    hidden: bool = False
    pending: list[tuple[int, int]] = field(default_factory=list)


def read(path: Path, kind: str, *, layer: str | None = None,
         x: str | None = None, y: str | None = None) -> list[Source]:
    """One source per sheet with a table. kind: "XLSX" or "ODS"."""
    archive.members(path)
    sheets = _xlsx(path) if kind == "XLSX" else _ods(path)
    sheets = [sheet for sheet in sheets if sheet.cells]
    if not sheets:
        raise UnreadableFile(f"{path.name} has no sheet with a cell in it. "
                             "Was it saved before it was sent?")
    names = [sheet.name for sheet in sheets]
    wanted = driver.chosen(names, layer, path.name)
    shown = [sheet for sheet in sheets if sheet.name in wanted
             and (layer or not sheet.hidden)] or sheets
    sources = [_source(path, kind, sheet, x, y) for sheet in shown]
    hidden = [sheet.name for sheet in sheets if sheet.hidden]
    if hidden:
        sources[0].findings.append(finding(
            "sheet-hidden", f"{len(hidden)} sheets are hidden: "
            f"{', '.join(hidden)}", "Who publishes the file publishes them "
            "too, often without knowing.",
            f"table = pd.read_excel(file, sheet_name={hidden[0]!r})",
            count=len(hidden), example=hidden[0]))
    visible = [sheet.name for sheet in shown]
    driver.several(sources, visible, layer)
    return sources


def _source(path: Path, kind: str, sheet: Sheet, x: str | None,
            y: str | None) -> Source:
    rows, merged = _rows(sheet)
    head = heads.find(rows, _deep(rows, sheet, heads.find(rows).titles),
                      opening.begun(kind, sheet_name=sheet.name))
    source = Source(path, sheet.name, kind, pd.DataFrame(), evidence={
        "header": head.evidence, "encoding": f"utf-8: {kind} has no other"},
        findings=list(head.findings))
    body = rows[head.first:]
    names = head.names
    columns = {}
    for at, name in enumerate(names):
        cells = [row[at] if row[at].strip() else None for row in body]
        if at in head.unnamed and not any(cells):
            continue
        columns[name] = pd.Series(cells, dtype="str")
    source.table = pd.DataFrame(columns, index=range(len(body)))
    _cells(source, sheet, head, merged, names)
    if not body:
        source.findings.append(finding(
            "layer-empty", f"the sheet {sheet.name} has no record",
            "A table without a row was cut off, or never filled.",
            "Ask for the file again.", severity="error"))
    places.place(source, x, y)
    return source


def _rows(sheet: Sheet) -> tuple[list[list[str]], list[Any]]:
    """All rows from the top, without empty ones at the end."""
    height = 1 + max(row for row, _ in sheet.cells)
    width = 1 + max(column for _, column in sheet.cells)
    if height > MOST_ROWS or width > MOST_COLUMNS or (
            height * width > MOST_CELLS):
        raise UnreadableFile(
            f"The sheet {sheet.name} claims {height} rows and {width} "
            "columns. Delete the empty rows and columns beyond the table, "
            "and save it again.")
    rows = [[""] * width for _ in range(height)]
    for (row, column), text in sheet.cells.items():
        rows[row][column] = text
    return rows, sheet.merged


def _deep(rows: list[list[str]], sheet: Sheet, titles: int) -> int:
    """How many rows the head has, by the cells merged in it; 0: unknown."""
    ends = [last for first, left, last, _ in sheet.merged
            if first == titles and last > first]
    wide = [1 for first, left, last, right in sheet.merged
            if first == titles and right > left and last == first]
    if ends:
        return max(ends) - titles + 1
    return 2 if wide and len(rows) > titles + 1 else 0


def _cells(source: Source, sheet: Sheet, head: heads.Head,
           merged: list[Any], names: list[str]) -> None:
    """What a spreadsheet did to the cells of the records."""
    inside = [each for each in merged if each[0] >= head.first]
    if inside:
        source.findings.append(finding(
            "cells-merged", f"{len(inside)} times cells of the table are "
            "merged", "Only the first cell has the value; the rows below "
            "are empty for every reader.",
            "table[name] = table[name].ffill()  # the merged column",
            rows=[each[0] - head.first + 1 for each in inside],
            example=sheet.cells.get(inside[0][:2], "")))
    _pending(source, sheet, head, names)
    wrong = [at for at, text in sheet.cells.items()
             if at[0] >= head.first and ERRORS.fullmatch(text.strip())]
    if wrong:
        source.findings.append(finding(
            "cells-errors", f"{len(wrong)} cells hold an error of the "
            "spreadsheet", "The value is lost; readers take it for text.",
            "table = table.replace(r'^#.*', None, regex=True)",
            rows=sorted(at[0] - head.first + 1 for at in wrong),
            example=sheet.cells[wrong[0]], severity="error"))
    for column in sorted({at[1] for at in sheet.dates}):
        dates = [row for row, at in sheet.dates
                 if at == column and row >= head.first]
        filled = sum(1 for row, at in sheet.cells
                     if at == column and row >= head.first)
        if dates and len(dates) < filled / 2:
            source.findings.append(finding(
                "cells-dates", f"{names[column]}: {len(dates)} of {filled} "
                "cells are dates, the rest is not: the spreadsheet took "
                "codes such as 1-2 for dates", "The code is lost.",
                "Correct these rows from the source; format the column as "
                "text before you type.",
                rows=sorted(row - head.first + 1 for row in dates),
                example=sheet.cells[(dates[0], column)], severity="error"))


def _pending(source: Source, sheet: Sheet, head: heads.Head,
             names: list[str]) -> None:
    """Excel calculates them when it opens the file; no other reader does."""
    at = [each for each in sheet.pending if each[0] >= head.first
          and each[1] < len(names)]
    if at:
        columns = ", ".join(dict.fromkeys(repr(names[one]) for _, one in at))
        source.findings.append(finding(
            "cells-errors", f"{len(at)} cells hold a formula without its "
            f"result, in {columns[:200]}", "A program wrote the file and did "
            "not calculate. Excel shows a value, every other reader none.",
            "Open it in Excel or LibreOffice, and save it again.",
            rows=sorted(row - head.first + 1 for row, _ in at),
            example=names[at[0][1]], severity="error"))


# --- XLSX ------------------------------------------------------------------

def _xlsx(path: Path) -> list[Sheet]:
    import openpyxl
    with driver.asking(path.name, "XLSX"):
        book = openpyxl.load_workbook(path, data_only=True)
    sheets, pending = [], _without_result(path)
    for leaf in book.worksheets:
        sheet = Sheet(leaf.title, hidden=leaf.sheet_state != "visible")
        sheet.pending = [at for at in pending.get(leaf.title, [])
                         if leaf.cell(at[0] + 1, at[1] + 1).value is None]
        for (row, column), cell in leaf._cells.items():  # sparse: the size
            if cell.value is None or cell.value == "":   # may be a lie
                continue
            at = (row - 1, column - 1)
            sheet.cells[at] = _text(cell.value)
            if isinstance(cell.value, datetime.date):
                sheet.dates.append(at)
        sheet.merged = [(area.min_row - 1, area.min_col - 1,
                         area.max_row - 1, area.max_col - 1)
                        for area in leaf.merged_cells.ranges]
        sheets.append(sheet)
    return sheets


_FORMULA = re.compile(  # without a value, which a text result may lack
    rb'<c\b((?![^>]*\bt="str")[^>]*)>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*'
    rb"(?:<v\s*/>|<v></v>)?\s*</c>")


def _without_result(path: Path) -> dict[str, list[tuple[int, int]]]:
    """Sheet → cells with a formula that may have no result. The workbook is
    read a second time only where there is such a cell."""
    import openpyxl
    found = {cell for each in archive.members(path)
             if each.filename.startswith("xl/worksheets/")
             for one in _FORMULA.finditer(archive.content(path, each))
             for cell in re.findall(rb'\br="([A-Z]+\d+)"', one[1])}
    if not found:
        return {}
    with driver.asking(path.name, "XLSX"):
        book = openpyxl.load_workbook(path)
    return {leaf.title: [(row - 1, column - 1) for (row, column), cell
                         in leaf._cells.items() if cell.data_type == "f"
                         and cell.coordinate.encode() in found]
            for leaf in book.worksheets}


def _text(value: Any) -> str:
    """A cell as text; a whole number without .0, a day without an hour."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and (
            abs(value) < 1e15) else repr(value)
    if isinstance(value, datetime.datetime):
        return str(value.date()) if value.time() == datetime.time() else (
            value.isoformat(" "))
    return str(value)


# --- ODS -------------------------------------------------------------------

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def _ods(path: Path) -> list[Sheet]:
    from lxml import etree
    content = archive.content(path, "content.xml")
    with driver.asking(path.name, "ODS"):
        root = etree.parse(io.BytesIO(content), etree.XMLParser(
            resolve_entities=False, no_network=True)).getroot()
    hidden = {style.get(f"{_STYLE}name") for style in root.iter(
        f"{_STYLE}style") for each in style.iter(
            f"{_STYLE}table-properties")
        if each.get(f"{_TABLE}display") == "false"}
    return [_ods_sheet(leaf, hidden) for leaf in root.iter(f"{_TABLE}table")]


def _ods_sheet(leaf: Any, hidden: set[Any]) -> Sheet:
    sheet = Sheet(leaf.get(f"{_TABLE}name") or "table",
                  hidden=leaf.get(f"{_TABLE}style-name") in hidden)
    row = 0
    for line in leaf.iter(f"{_TABLE}table-row"):
        times = _number(line.get(f"{_TABLE}number-rows-repeated"))
        cells = list(_ods_cells(line))
        for again in range(min(times, 2000) if cells else 0):
            for column, text, date, wide, high in cells:
                at = (row + again, column)
                sheet.cells[at] = text
                if date:
                    sheet.dates.append(at)
                if wide > 1 or high > 1:
                    sheet.merged.append((at[0], column, at[0] + high - 1,
                                         column + wide - 1))
        row += times
        if row > MOST_ROWS:
            break
    return sheet


def _ods_cells(line: Any) -> Any:
    """Column, text, is it a date, columns and rows it spans."""
    column = 0
    for cell in line:
        if cell.tag not in (f"{_TABLE}table-cell",
                            f"{_TABLE}covered-table-cell"):
            continue
        times = _number(cell.get(f"{_TABLE}number-columns-repeated"))
        kind = cell.get(f"{_OFFICE}value-type")
        text = "\n".join("".join(each.itertext())
                         for each in cell.iter(f"{_TEXT}p"))
        if kind == "float":
            with contextlib.suppress(ValueError):
                text = _text(float(cell.get(f"{_OFFICE}value", "")))
        elif kind == "date":
            text = (cell.get(f"{_OFFICE}date-value") or text).replace(
                "T00:00:00", "")
        if text:
            spans = [_number(cell.get(f"{_TABLE}number-{each}-spanned"))
                     for each in ("columns", "rows")]
            for again in range(min(times, MOST_COLUMNS)):
                yield (column + again, text, kind == "date", *spans)
        column += times


def _number(text: str | None) -> int:
    """A count in an attribute: 1 where it is missing, or no count."""
    return max(1, min(int(text), 1 << 24)) if text and text.isdecimal() and (
        len(text) < 12) else 1


def kind(path: Path) -> str:
    """XLSX, ODS, KMZ, a text or slides of an office, or ZIP: by what is in
    the archive."""
    names = {each.filename for each in archive.members(path)}
    for name, office in (("xl/workbook.xml", "XLSX"),
                         ("word/document.xml", "DOCX"),
                         ("ppt/presentation.xml", "PPTX")):
        if name in names:
            return office
    if "content.xml" in names and "mimetype" in names:
        said = archive.content(path, "mimetype")
        return "ODT" if b".text" in said else (
            "ODP" if b".presentation" in said else "ODS")
    inside = [name for name in names if name.lower().endswith(".kml")]
    if inside and not any(name.lower().endswith(archive.LAYERS)
                          and name not in inside for name in names) and (
            "doc.kml" in names or path.suffix.lower() == ".kmz"):
        return "KMZ"
    return "ZIP"
