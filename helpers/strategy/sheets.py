"""A plan as a spreadsheet: one sheet per list, formulas with their values."""

import io
from collections.abc import Iterable
from datetime import date
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from helpers.strategy import layout
from helpers.strategy.plan import MILLIMES, Plan

# A column that is computed → the two columns of its row that it multiplies.
PRODUCTS = {"amount": ("quantity", "unit_cost"),
            "score": ("likelihood", "impact")}
LISTS = ["objectives", "milestones", "datasets", "budget", "risks",
         "training", "communication"]
NARROW, WIDE, LINE = 12, 45, 15  # letters, letters, points


def workbook(plan: Plan, language: str) -> bytes:
    """The bytes of a .xlsx. Sheets have the same names in each language;
    amounts, their total and the scores of risks are formulas, and each has
    its value, for programs that do not compute."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    formats = {"head": book.add_format({"bold": True, "text_wrap": True,
                                        "bg_color": "#E8EEF4",
                                        "valign": "top"}),
               "number": book.add_format({"valign": "top"}),
               "text": book.add_format({"text_wrap": True, "valign": "top"}),
               "date": book.add_format({"num_format": "yyyy-mm-dd",
                                        "valign": "top"})}
    labels = layout.headings(language)
    sheet = _sheet(book, "plan", language)
    lines = [(labels["title"], layout.title(plan, language)),
             *layout.facts(plan, language),
             *((labels[key], layout.written(plan.get(key)))
               for key in layout.TEXTS),
             *((labels[key], "\n".join(" ".join(map(layout.written, row))
                                       for row in layout.rows(plan, key)))
               for key in ("gaps", "orientations"))]
    for number, (label, value) in enumerate(lines):
        sheet.write_string(number, 0, label, formats["head"])
        sheet.write_string(number, 1, value, formats["text"])
        _make_high(sheet, number, [value], [2 * WIDE])
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 2 * WIDE)
    for key in LISTS:
        _list(_sheet(book, key, language), plan, key, language, formats)
    book.close()
    return content.getvalue()


def _sheet(book: Workbook, name: str, language: str) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)  # A4, as wide as the page
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if language == "ar":
        sheet.right_to_left()
    return sheet


def _list(sheet: Any, plan: Plan, key: str, language: str,
          formats: dict[str, Any]) -> None:
    names, lines = layout.COLUMNS[key], layout.rows(plan, key)
    for column, head in enumerate(layout.columns(plan, key, language)):
        sheet.write_string(0, column, head, formats["head"])
    total = 0.0
    for row, values in enumerate(lines, 1):
        for column, (name, value) in enumerate(zip(names, values)):
            if name in PRODUCTS:
                total += _product(sheet, row, column, names, values,
                                  formats) or 0
            else:
                _write(sheet, row, column, name, value, formats)
    if key == "budget":
        last = len(names) - 1
        sheet.write_string(len(lines) + 1, 0, layout.headings(language)[
            "total"], formats["head"])
        first, end = (xl_rowcol_to_cell(row, last)
                      for row in (1, max(1, len(lines))))
        sheet.write_formula(len(lines) + 1, last, f"=SUM({first}:{end})",
                            formats["head"], round(total, MILLIMES))
    table = [layout.columns(plan, key, language), *lines]
    widths = [min(WIDE, max(NARROW, *(
        len(layout.written(line[column])) * 6 // 5 for line in table)))
              for column in range(len(names))]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, values in enumerate(table):
        _make_high(sheet, row, map(layout.written, values), widths)
    sheet.freeze_panes(1, 0)


def _make_high(sheet: Any, row: int, texts: Iterable[str],
               widths: list[int]) -> None:
    """As high as its longest text needs: not each program does it itself."""
    lines = max(sum(ceil((len(part) + 1) / (0.9 * width))
                    for part in text.split("\n"))
                for text, width in zip(texts, widths))
    sheet.set_row(row, LINE * lines)


def _product(sheet: Any, row: int, column: int, names: list[str],
             values: list[Any], formats: dict[str, Any]) -> float | None:
    """A formula of two cells of its row, with its value."""
    places = [names.index(name) for name in PRODUCTS[names[column]]]
    one, other = (values[place] for place in places)
    if None in (one, other):
        return None
    formula = "*".join(xl_rowcol_to_cell(row, place) for place in places)
    value = round(one * other, MILLIMES)
    sheet.write_formula(row, column, f"={formula}", formats["number"], value)
    return value


def _write(sheet: Any, row: int, column: int, name: str, value: Any,
           formats: dict[str, Any]) -> None:
    """A text never becomes a formula, whatever it begins with."""
    if isinstance(value, int | float):
        sheet.write_number(row, column, value, formats["number"])
    elif name in layout.DATES and value:
        sheet.write_datetime(row, column, date.fromisoformat(value),
                             formats["date"])
    elif value is not None:
        sheet.write_string(row, column, layout.written(value), formats["text"])
