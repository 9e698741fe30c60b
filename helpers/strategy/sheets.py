"""A plan as a spreadsheet: one sheet per list, formulas with their values."""

import io
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from helpers.strategy.layout import (
    COLUMNS,
    DATES,
    TEXTS,
    columns,
    facts,
    headings,
    rows,
    title,
    written,
)
from helpers.strategy.plan import MILLIMES, Plan

# A column that is computed → the two columns of its row that it multiplies.
PRODUCTS = {"amount": ("quantity", "unit_cost"),
            "score": ("likelihood", "impact")}
LISTS = ["objectives", "milestones", "datasets", "budget", "risks",
         "training", "communication"]
WIDE = 45


def workbook(plan: Plan, language: str) -> bytes:
    """The bytes of a .xlsx. Sheets have the same names in each language;
    amounts, their total and the scores of risks are formulas, and each has
    its value, for programs that do not compute."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    formats = {"head": book.add_format({"bold": True, "text_wrap": True,
                                        "bg_color": "#E8EEF4",
                                        "valign": "top"}),
               "text": book.add_format({"text_wrap": True, "valign": "top"}),
               "date": book.add_format({"num_format": "yyyy-mm-dd",
                                        "valign": "top"})}
    labels = headings(language)
    sheet = _sheet(book, "plan", language)
    lines = [(labels["title"], title(plan, language)),
             *facts(plan, language),
             *((labels[key], written(plan.get(key))) for key in TEXTS),
             *((labels[key], "\n".join(" ".join(map(written, row))
                                       for row in rows(plan, key)))
               for key in ("gaps", "orientations"))]
    for number, (label, value) in enumerate(lines):
        sheet.write_string(number, 0, label, formats["head"])
        sheet.write_string(number, 1, value, formats["text"])
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 2 * WIDE)
    for key in LISTS:
        _list(_sheet(book, key, language), plan, key, language, formats)
    book.close()
    return content.getvalue()


def _sheet(book: Workbook, name: str, language: str) -> Any:
    sheet = book.add_worksheet(name)
    if language == "ar":
        sheet.right_to_left()
    return sheet


def _list(sheet: Any, plan: Plan, key: str, language: str,
          formats: dict[str, Any]) -> None:
    names, lines = COLUMNS[key], rows(plan, key)
    for column, head in enumerate(columns(plan, key, language)):
        sheet.write_string(0, column, head, formats["head"])
    total = 0.0
    for row, values in enumerate(lines, 1):
        for column, (name, value) in enumerate(zip(names, values)):
            if name in PRODUCTS:
                total += _product(sheet, row, column, names, values) or 0
            else:
                _write(sheet, row, column, name, value, formats)
    if key == "budget":
        last = len(names) - 1
        sheet.write_string(len(lines) + 1, 0, headings(language)["total"],
                           formats["head"])
        first, end = (xl_rowcol_to_cell(row, last)
                      for row in (1, max(1, len(lines))))
        sheet.write_formula(len(lines) + 1, last, f"=SUM({first}:{end})",
                            formats["head"], round(total, MILLIMES))
    for column in range(len(names)):
        longest = max(len(written(line[column])) for line in lines or [names])
        sheet.set_column(column, column, min(WIDE, max(12, longest + 2)))
    sheet.freeze_panes(1, 0)


def _product(sheet: Any, row: int, column: int, names: list[str],
             values: list[Any]) -> float | None:
    """A formula of two cells of its row, with its value."""
    places = [names.index(name) for name in PRODUCTS[names[column]]]
    one, other = (values[place] for place in places)
    if None in (one, other):
        return None
    formula = "*".join(xl_rowcol_to_cell(row, place) for place in places)
    value = round(one * other, MILLIMES)
    sheet.write_formula(row, column, f"={formula}", None, value)
    return value


def _write(sheet: Any, row: int, column: int, name: str, value: Any,
           formats: dict[str, Any]) -> None:
    """A text never becomes a formula, whatever it begins with."""
    if isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif name in DATES and value:
        sheet.write_datetime(row, column, date.fromisoformat(value),
                             formats["date"])
    elif value is not None:
        sheet.write_string(row, column, written(value), formats["text"])
