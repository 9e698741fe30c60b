"""A plan as a document: Word, spreadsheet, page, JSON."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.strategy import layout
from helpers.strategy.chart import gantt, gantt_words
from helpers.strategy.faults import usable
from helpers.strategy.plan import Plan, plain
from helpers.strategy.ranking import StrategyError

DPI = 150  # of the chart


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


def _json(plan: Plan, _: str) -> bytes:
    text = json.dumps(plain(plan), ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def _docx(plan: Plan, language: str) -> bytes:
    from helpers.strategy.word import document
    plan = usable(plan)
    return document(plan, language, _picture(plan, language))


def _xlsx(plan: Plan, language: str) -> bytes:
    from helpers.strategy.sheets import workbook
    return workbook(usable(plan), language)


def _html(plan: Plan, language: str) -> bytes:
    import jinja2
    plan = usable(plan)
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True, trim_blocks=True)
    pages.filters["shown"] = _shown
    pages.tests["day"] = lambda value: layout.DATE.fullmatch(str(value))
    return pages.get_template("plan.html").render(
        plan=plan, language=language, title=layout.title(plan, language),
        labels=layout.headings(language), texts=layout.TEXTS,
        facts=layout.facts(plan, language),
        tables=layout.tables(plan, language),
        chart=base64.b64encode(_picture(plan, language)).decode(),
        words=gantt_words(plan, language)).encode()


def _picture(plan: Plan, language: str) -> bytes:
    """The Gantt chart as PNG; the same plan gives the same bytes."""
    content = io.BytesIO()
    gantt(plan, language).savefig(content, format="png", dpi=DPI,
                                  metadata={"Software": None})
    return content.getvalue()


def _shown(value: Any) -> str:
    text = layout.written(value)
    return layout.in_arabic(text) if layout.arabic(text) else text


FORMATS: dict[str, Callable[[Plan, str], bytes]] = {
    ".docx": _docx, ".xlsx": _xlsx, ".html": _html, ".json": _json}
