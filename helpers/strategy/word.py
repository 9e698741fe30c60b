"""A plan as a Word document: headings, tables, the chart."""

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_DIRECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from helpers.strategy import layout
from helpers.strategy.chart import gantt_words
from helpers.strategy.plan import Plan

LOCALES = {"en": "en-GB", "fr": "fr-FR", "ar": "ar-TN"}
WIDTHS = {"text": 3.0, "indicator": 2.4, "evidence": 2.6, "response": 3.0,
          "title": 2.0, "owner": 2.0, "audience": 2.0, "id": 1.0,
          "objective": 1.1}  # of a column, in parts; the others have 1.3
PAGE, MARGIN, SIZE = (Cm(29.7), Cm(21)), Cm(2), 9


def document(plan: Plan, language: str, chart: bytes) -> bytes:
    """The bytes of a .docx, A4 landscape. chart: the Gantt chart as PNG."""
    page = _Page(language)
    labels = layout.headings(language)
    page.heading(layout.title(plan, language), 0)
    page.table([], layout.facts(plan, language), [1, 4])
    for key in layout.TEXTS:
        page.heading(labels[key])
        page.write(page.document.add_paragraph(), plan.get(key))
    for key, (heads, lines) in layout.tables(plan, language).items():
        page.heading(labels[key])
        if key == "budget":
            lines.append([labels["total"], "", "", "",
                          plan.get("budget", {}).get("total")])
        page.table(heads, lines, [WIDTHS.get(name, 1.3)
                                  for name in layout.COLUMNS[key]])
        if key == "milestones":
            page.heading(labels["gantt"])
            page.picture(chart, gantt_words(plan, language))
    about = page.document.core_properties
    about.title = layout.title(plan, language)
    about.author = layout.written(plan.get("organisation"))
    about.language = LOCALES[language]
    content = io.BytesIO()
    page.document.save(content)
    return content.getvalue()


class _Page:
    """A document that is written in one direction."""

    def __init__(self, language: str):
        self.right = language == "ar"
        self.document = Document()
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = PAGE
        section.left_margin = section.right_margin = MARGIN
        section.top_margin = section.bottom_margin = MARGIN
        self.width = PAGE[0] - 2 * MARGIN
        style = self.document.styles["Normal"]
        style.font.size = Pt(SIZE)
        settings = style.element.get_or_add_rPr()
        _child(settings, "w:szCs", val=str(2 * SIZE))  # Arabic, half points
        _child(settings, "w:lang", **{
            "bidi" if self.right else "val": LOCALES[language]})

    def heading(self, text: str, level: int = 1) -> None:
        self.write(self.document.add_heading("", level), text)

    def write(self, paragraph: Any, value: Any, bold: bool = False) -> None:
        """Put a value into a paragraph. In a document from right to left the
        paragraph is one too, and only Arabic letters run that way."""
        text = layout.written(value)
        if self.right:
            _child(paragraph._p.get_or_add_pPr(), "w:bidi")
            text = layout.in_arabic(text)
        run = paragraph.add_run(text)
        run.bold = run.font.cs_bold = bold or None
        if self.right and layout.arabic(text):
            run.font.rtl = True

    def table(self, heads: list[str], lines: list[Any],
              parts: list[float]) -> None:
        """Without heads, the first cell of each row names the row."""
        filled = [heads, *lines] if heads else lines
        table = self.document.add_table(len(filled), len(parts), "Table Grid")
        if self.right:
            table.table_direction = WD_TABLE_DIRECTION.RTL
        table.autofit = False
        widths = [int(self.width * part / sum(parts)) for part in parts]
        for column, width in zip(table.columns, widths):
            column.width = width
        for number, (row, values) in enumerate(zip(table.rows, filled)):
            if heads and number == 0:  # again on the next page
                _child(row._tr.get_or_add_trPr(), "w:tblHeader")
            _child(row._tr.get_or_add_trPr(), "w:cantSplit")
            for column, (cell, value) in enumerate(zip(row.cells, values)):
                cell.width = widths[column]
                is_head = number == 0 if heads else column == 0
                self.write(cell.paragraphs[0], value, is_head)
                if is_head:
                    _child(cell._tc.get_or_add_tcPr(), "w:shd",
                           val="clear", fill="E8EEF4")

    def picture(self, content: bytes, words: str) -> None:
        shape = self.document.add_picture(io.BytesIO(content), self.width)
        shape._inline.docPr.set("descr", words)


def _child(element: Any, tag: str, **attributes: str) -> None:
    """Append a last child to an element of the document."""
    child = OxmlElement(tag)
    for name, value in attributes.items():
        child.set(qn(f"w:{name}"), value)
    element.append(child)
