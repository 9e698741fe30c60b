"""What stands where in a plan's documents, before any format is chosen."""

import re
from datetime import date
from typing import Any

from helpers.strategy.plan import MILLIMES, Plan, words
from helpers.strategy.ranking import StrategyError

NOTHING = "–"
LEFT_TO_RIGHT = "\u200e"
FACTS = ["id", "organisation", "start", "end", "lead", "partners", "values"]
TEXTS = ["problem", "commitment", "contribution"]
COLUMNS = {
    "gaps": ["id", "text"],
    "orientations": ["id", "text"],
    "objectives": ["id", "orientation", "gap", "text", "indicator", "unit",
                   "baseline", "target", "date"],
    "milestones": ["id", "objective", "text", "start", "end", "after",
                   "evidence", "post"],
    "datasets": ["id", "title", "owner", "licence", "frequency",
                 "personal_data_check", "publication"],
    "budget": ["milestone", "text", "quantity", "unit_cost", "amount"],
    "risks": ["text", "likelihood", "impact", "score", "response", "post"],
    "training": ["text", "people", "date"],
    "communication": ["text", "audience", "date"],
}
DATES = {"start", "end", "date", "personal_data_check", "publication"}


def headings(language: str) -> dict[str, str]:
    """Key → what stands in the document. Raises StrategyError for a language
    that the course has not."""
    languages = words()["headings"]
    if language not in languages:
        raise StrategyError(f"There are no headings in \"{language}\". "
                            f"Choose one of {', '.join(languages)}.")
    return languages[language]


def title(plan: Plan, language: str) -> str:
    """The plan's title in this language, or in the first that it has."""
    titles = plan.get("title", {})
    return titles.get(language) or next(iter(titles.values()), NOTHING)


def facts(plan: Plan, language: str) -> list[tuple[str, str]]:
    """Label and value of what stands at the beginning."""
    labels = headings(language)
    told = {**plan, "values": [labels[value]
                               for value in plan.get("values", []) if value]}
    return [(labels[key], written(told.get(key))) for key in FACTS]


def rows(plan: Plan, key: str) -> list[list[Any]]:
    """The values of a table, one list per row, in the order of COLUMNS; None
    where the plan has none."""
    items = plan.get(key, [])
    if key == "budget":
        items = plan.get(key, {}).get("lines", [])
    elif key == "objectives":
        items = [{**{part: value for part, value in
                     item.get("indicator", {}).items() if part != "text"},
                  "indicator": item.get("indicator", {}).get("text"),
                  **{part: value for part, value in item.items()
                     if part != "indicator"}} for item in items]
    elif key == "risks":
        items = [{**item, "score": _product(item)} for item in items]
    return [[item.get(column) for column in COLUMNS[key]] for item in items]


def columns(plan: Plan, key: str, language: str) -> list[str]:
    """The headings of a table; amounts name their currency."""
    labels = headings(language)
    currency = plan.get("budget", {}).get("currency", NOTHING)
    return [f"{labels[column]} ({currency})"
            if column in ("unit_cost", "amount") else labels[column]
            for column in COLUMNS[key]]


def in_order(plan: Plan) -> list[dict[str, Any]]:
    """Milestones with both dates, by objective and first day; `first` and
    `last` are dates."""
    objectives = [item.get("id") for item in plan.get("objectives", [])]
    found = []
    for item in plan.get("milestones", []):
        if item.get("start") and item.get("end"):
            found.append({**item, "first": date.fromisoformat(item["start"]),
                          "last": date.fromisoformat(item["end"])})
    return sorted(found, key=lambda item: (
        objectives.index(item["objective"])
        if item.get("objective") in objectives else len(objectives),
        item["first"], item["last"]))


def written(value: Any) -> str:
    """A value of a plan as a text."""
    if value is None or value == []:
        return NOTHING
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.{MILLIMES}f}".rstrip("0").rstrip(".")
    return str(value)


def arabic(text: str) -> bool:
    """Has the text a letter that is read from the right?"""
    return bool(re.search("[\u0600-\u06ff]", text))


def in_arabic(text: str) -> str:
    """The text for a line that runs from right to left, with marks that
    nobody sees: an English text keeps its full stop at its end, and a date
    after Arabic letters is not turned into 31-01-2022."""
    if arabic(text):
        return re.sub(r"\d{4}-\d\d-\d\d", rf"{LEFT_TO_RIGHT}\g<0>", text)
    return f"{LEFT_TO_RIGHT}{text}{LEFT_TO_RIGHT}"


def _product(risk: dict[str, Any]) -> int | None:
    if "likelihood" in risk and "impact" in risk:
        return risk["likelihood"] * risk["impact"]
    return None
