"""A plan as a spreadsheet: one sheet per list, formulas with their values."""

import io
from datetime import date
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell as cell_name

from helpers.strategy import layout
from helpers.strategy.plan import MILLIMES, Plan

# A column that is computed → the two columns of its row that it multiplies.
PRODUCTS = {"amount": ("quantity", "unit_cost"),
            "score": ("likelihood", "impact")}
SHORT = ("gaps", "orientations")  # on the first sheet
NARROW, WIDE, LINE = 12, 45, 15  # letters, letters, points
TOP: dict[str, Any] = {"valign": "top"}
FORMATS = {"head": TOP | {"bold": True, "text_wrap": True,
                          "bg_color": "#E8EEF4"},
           "number": TOP, "text": TOP | {"text_wrap": True},
           "date": TOP | {"num_format": "yyyy-mm-dd"}}


def workbook(plan: Plan, language: str) -> bytes:
    """The bytes of a .xlsx. Sheets have the same names in each language;
    amounts, their total and the scores of risks are formulas, and each has
    its value, for programs that do not compute."""
    content = io.BytesIO()
    labels, tables = layout.headings(language), layout.tables(plan, language)
    lines: list[Any] = [
        (labels["title"], layout.title(plan, language)),
        *layout.facts(plan, language),
        *((labels[key], layout.written(plan.get(key)))
          for key in layout.TEXTS),
        *((labels[key], "\n".join(" ".join(map(layout.written, row))
                                  for row in tables.pop(key)[1]))
          for key in SHORT)]
    with Workbook(content, {"in_memory": True}) as book:
        formats = {name: book.add_format(how)
                   for name, how in FORMATS.items()}
        sheet = _sheet(book, "plan", language, lines, [30, 2 * WIDE])
        for row, (label, value) in enumerate(lines):
            sheet.write_string(row, 0, label, formats["head"])
            sheet.write_string(row, 1, value, formats["text"])
        for key, (heads, rows) in tables.items():
            sheet = _sheet(book, key, language, [heads, *rows])
            sheet.freeze_panes(1, 0)
            for column, head in enumerate(heads):
                sheet.write_string(0, column, head, formats["head"])
            total = _write(sheet, layout.COLUMNS[key], rows, formats)
            if key == "budget":
                last, end = len(heads) - 1, len(rows) + 1
                sheet.write_string(end, 0, labels["total"], formats["head"])
                sheet.write_formula(
                    end, last, f"=SUM({cell_name(1, last)}:"
                    f"{cell_name(max(1, end - 1), last)})", formats["head"],
                    round(total, MILLIMES))
    return content.getvalue()


def _sheet(book: Workbook, name: str, language: str, lines: list[Any],
           widths: list[int] | None = None) -> Any:
    """A new sheet, as wide and, as not each program does it itself, as high
    as the texts of its lines need."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)  # A4, as wide as the page
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if language == "ar":
        sheet.right_to_left()
    texts = [[layout.written(value) for value in line] for line in lines]
    widths = widths or [min(WIDE, max(NARROW, *(
        len(text) * 6 // 5 for text in column))) for column in zip(*texts)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, line in enumerate(texts):
        sheet.set_row(row, LINE * max(
            sum(ceil((len(part) + 1) / (0.9 * width))
                for part in text.split("\n"))
            for text, width in zip(line, widths)))
    return sheet


def _write(sheet: Any, names: list[str], rows: list[list[Any]],
           formats: dict[str, Any]) -> float:
    """The rows of a list, and the sum of what was computed."""
    total = 0.0
    for row, values in enumerate(rows, 1):
        for column, (name, value) in enumerate(zip(names, values)):
            factors = [names.index(one) for one in PRODUCTS.get(name, ())]
            if None in (values[place] for place in factors):
                continue
            if factors:
                one, other = (values[place] for place in factors)
                total += (product := round(one * other, MILLIMES))
                sheet.write_formula(
                    row, column, "=" + "*".join(
                        cell_name(row, place) for place in factors),
                    formats["number"], product)
            elif isinstance(value, int | float):
                sheet.write_number(row, column, value, formats["number"])
            elif name in layout.DATES and value:
                sheet.write_datetime(row, column, date.fromisoformat(value),
                                     formats["date"])
            elif value is not None:  # no formula, whatever it begins with
                sheet.write_string(row, column, layout.written(value),
                                   formats["text"])
    return total
