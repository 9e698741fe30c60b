"""A plan as a document: Word, spreadsheet, page, JSON."""

import base64
import html
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from helpers.strategy import layout
from helpers.strategy.chart import gantt, gantt_words
from helpers.strategy.faults import usable
from helpers.strategy.plan import Plan, plain
from helpers.strategy.ranking import StrategyError

STYLE = """
body {margin: 0 auto; max-width: 75rem; padding: 1rem 2rem; color: #222;
  background: #fff; font: 1rem/1.5 sans-serif;}
table {border-collapse: collapse; width: 100%;}
th, td {border: 1px solid #767676; padding: .3rem .5rem; text-align: start;
  vertical-align: top;}
th {background: #e8eef4;}
.number {text-align: end;}
.number, .date {white-space: nowrap;}
img {max-width: 100%;}
"""
RIGHT_TO_LEFT = {"ar"}


def export(plan: Plan, path: str | Path, language: str = "en",
           overwrite: bool = False) -> Path:
    """Write the plan to a file .docx, .xlsx, .html or .json.

    language: of the headings, "en", "fr" or "ar"; the texts stay as they are.
    What the plan lacks, or has in a wrong form, is a dash (in .json: as it
    is). Raises StrategyError for another suffix or language, and where the
    file exists, unless overwrite is True. Returns the path.
    """
    path = Path(path)
    layout.headings(language)  # known?
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise StrategyError(f"{path.name}: a plan is written to a file "
                            f"{', '.join(FORMATS)}.")
    if path.exists() and not overwrite:
        raise StrategyError(f"{path} exists. Choose another name, or write "
                            "overwrite=True.")
    content = FORMATS[suffix](plan, language)  # before the file is touched
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def picture(plan: Plan, language: str, dpi: int = 150) -> bytes:
    """The Gantt chart as PNG; the same plan gives the same bytes."""
    content = io.BytesIO()
    gantt(plan, language).savefig(content, format="png", dpi=dpi,
                                  metadata={"Software": None})
    return content.getvalue()


def _json(plan: Plan, _: str) -> bytes:
    text = json.dumps(plain(plan), ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def _docx(plan: Plan, language: str) -> bytes:
    from helpers.strategy.word import document
    plan = usable(plan)
    return document(plan, language, picture(plan, language))


def _xlsx(plan: Plan, language: str) -> bytes:
    from helpers.strategy.sheets import workbook
    return workbook(usable(plan), language)


def _html(plan: Plan, language: str) -> bytes:
    plan = usable(plan)
    labels = layout.headings(language)
    name = html.escape(layout.title(plan, language))
    parts = [_table([], layout.facts(plan, language))]
    parts += [f"<h2>{labels[key]}</h2>\n<p>{_text(plan.get(key))}</p>"
              for key in layout.TEXTS]
    for key in layout.COLUMNS:
        table = _table(layout.columns(plan, key, language),
                       layout.rows(plan, key),
                       _total(plan, labels) if key == "budget" else "")
        parts.append(f"<h2>{labels[key]}</h2>\n{table}")
        if key == "milestones":
            parts.append(_image(plan, language))
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return f"""<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width">
<style>{STYLE}</style></head>
<body><main>
<h1>{name}</h1>
{chr(10).join(parts)}
</main></body></html>
""".encode()


def _table(heads: list[str], lines: Iterable[Any], last: str = "") -> str:
    """A table; without heads, the first cell of a row names the row."""
    head = "".join(f'<th scope="col">{html.escape(text)}</th>'
                   for text in heads)
    body = ""
    for first, *others in lines:
        body += "<tr>" + (_cell(first) if heads else
                          f'<th scope="row">{_text(first)}</th>')
        body += "".join(map(_cell, others)) + "</tr>\n"
    return (f"<table>\n{f'<thead><tr>{head}</tr></thead>' if heads else ''}"
            f"<tbody>\n{body}{last}</tbody></table>")


def _cell(value: Any) -> str:
    kind = ' class="number"' if isinstance(value, int | float) else (
        ' class="date"' if layout.DATE.fullmatch(str(value)) else "")
    return f"<td{kind}>{_text(value)}</td>"


def _text(value: Any) -> str:
    """Isolated: an English text keeps its full stop in an Arabic page."""
    text = html.escape(layout.written(value))
    text = layout.in_arabic(text) if layout.arabic(text) else text
    return f"<bdi>{text}</bdi>"


def _total(plan: Plan, labels: dict[str, str]) -> str:
    wide = len(layout.COLUMNS["budget"]) - 1
    return (f'<tr><th scope="row" colspan="{wide}">'
            f"{labels['total']}</th>"
            f"{_cell(plan.get('budget', {}).get('total'))}</tr>\n")


def _image(plan: Plan, language: str) -> str:
    encoded = base64.b64encode(picture(plan, language)).decode()
    words = html.escape(gantt_words(plan, language), quote=True)
    return (f"<h2>{layout.headings(language)['gantt']}</h2>\n"
            f'<img src="data:image/png;base64,{encoded}" alt="{words}">')


FORMATS: dict[str, Callable[[Plan, str], bytes]] = {
    ".docx": _docx, ".xlsx": _xlsx, ".html": _html, ".json": _json}
