"""Damaged spreadsheets."""

import datetime
import zipfile
from xml.sax.saxutils import escape

import openpyxl

from tests.commands.audit.damaged.case import case, twin
from tests.commands.audit.damaged.tables import draft


def book():
    """A workbook with the sound table in its first sheet."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "centres"
    table = draft().table
    sheet.append(list(table.columns))
    for row in table.values.tolist():
        sheet.append([*row[:5], int(row[5]), float(row[6]), float(row[7])])
    return made, sheet


@twin("xlsx")
def _(folder):
    made, _ = book()
    made.save(folder / "centres.xlsx")
    return folder / "centres.xlsx"


def xlsx_case(name, *codes, **more):
    def keep(change):
        @case(f"xlsx: {name}", *codes, twin="xlsx", kind="C31", **more)
        def _(folder):
            made, sheet = book()
            change(made, sheet)
            made.save(folder / "centres.xlsx")
            return folder / "centres.xlsx"
        return change
    return keep


@xlsx_case("title and merged heads", "head-titles", "head-merged")
def _(made, sheet):
    sheet.insert_rows(1, 3)
    sheet["A1"] = "Liste fictive"
    sheet.merge_cells("A1:H1")
    for column in "ABCDEF":  # each head spans the rows 3 and 4
        sheet[f"{column}3"] = sheet[f"{column}4"].value
        sheet[f"{column}4"] = None
        sheet.merge_cells(f"{column}3:{column}4")
    sheet["G3"] = "position"
    sheet.merge_cells("G3:H3")


@xlsx_case("a code as a date", "cells-dates", rows={"cells-dates": [2]})
def _(made, sheet):
    sheet["D3"] = datetime.date(2026, 2, 1)


@xlsx_case("an error in a cell", "cells-errors", rows={"cells-errors": [3]})
def _(made, sheet):
    sheet["F4"] = "#REF!"


@xlsx_case("a formula that was never calculated", "cells-errors",
           rows={"cells-errors": [3]})
def _(made, sheet):
    sheet["F4"] = "=F3*2"


@xlsx_case("merged cells of records", "cells-merged",
           rows={"cells-merged": [1]})
def _(made, sheet):
    sheet.merge_cells("D2:D4")


@xlsx_case("a hidden sheet", "sheet-hidden")
def _(made, sheet):
    other = made.create_sheet("old")
    other["A1"] = "draft"
    other.sheet_state = "hidden"


@xlsx_case("two sheets", "layers-several")
def _(made, sheet):
    other = made.create_sheet("second")
    for row in (("code", "value"), ("x", 1), ("y", 2)):
        other.append(row)


@xlsx_case("zeros lost", "zeros-lost")
def _(made, sheet):
    sheet.insert_cols(1)
    sheet["A1"] = "code_ins"
    for row in range(2, 32):
        sheet[f"A{row}"] = 100 * row + 1


@xlsx_case("a total and a note", "totals-row", "notes-row")
def _(made, sheet):
    sheet.append(["Total", None, None, None, None, 99999])
    sheet.append(["Source : données fictives"])


@case("xlsx: cut off", twin="xlsx", kind="C31", unreadable="archive")
def _(folder):
    made, _ = book()
    file = folder / "centres.xlsx"
    made.save(file)
    file.write_bytes(file.read_bytes()[:4000])
    return file


# --- ODS: its XML by hand, as LibreOffice writes it -------------------------

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:automatic-styles><style:style style:name="ta2"
 style:family="table"><style:table-properties table:display="false"/>
</style:style></office:automatic-styles>
<office:body><office:spreadsheet>{}</office:spreadsheet></office:body>
</office:document-content>"""
TABLE = '<table:table table:name="{}" table:style-name="{}">{}</table:table>'
END = """<table:table-row table:number-rows-repeated="1048545">
<table:table-cell table:number-columns-repeated="1024"/></table:table-row>"""


def cell(value, attributes=""):
    kind = "string" if isinstance(value, str) else "float"
    value_ = "" if kind == "string" else f'office:value="{value}"'
    return (f'<table:table-cell office:value-type="{kind}" {value_} '
            f"{attributes}><text:p>{escape(str(value))}</text:p>"
            "</table:table-cell>")


def line(cells):
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def ods(folder, tables):
    with zipfile.ZipFile(folder / "centres.ods", "w",
                         zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(tables))
    return folder / "centres.ods"


def lines():
    table = draft().table
    return [line(map(cell, table.columns)), *(
        line([*map(cell, row[:5]), cell(int(row[5])), cell(float(row[6])),
              cell(float(row[7]))])
        for row in table.fillna("").values.tolist())]


@twin("ods")
def _(folder):
    return ods(folder, TABLE.format("centres", "ta1",
                                    "".join(lines()) + END))


@case("ods: a hidden sheet, and merged cells", "sheet-hidden",
      "cells-merged", twin="ods", kind="C31", rows={"cells-merged": [2]})
def _(folder):
    rows = lines()
    rows[2] = rows[2].replace(
        "<table:table-cell ",
        '<table:table-cell table:number-rows-spanned="3" ', 1)
    return ods(folder, TABLE.format("centres", "ta1", "".join(rows) + END)
               + TABLE.format("old", "ta2", line([cell("draft")])))


@case("ods: an error and a title", "cells-errors", "head-titles",
      twin="ods", kind="C31", rows={"cells-errors": [4]})
def _(folder):
    rows = lines()
    row = draft().table.iloc[3].tolist()  # row 4 of the data
    row[3] = "#REF!"
    rows[4] = line([*map(cell, row[:5]), cell(int(row[5])),
                    cell(float(row[6])), cell(float(row[7]))])
    return ods(folder, TABLE.format("centres", "ta1", line(
        [cell("Liste fictive")]) + "".join(rows) + END))
