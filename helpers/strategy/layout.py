"""What stands where in a plan's documents, before any format is chosen."""

import re
from datetime import date
from typing import Any

from helpers.strategy.plan import MILLIMES, Plan, words
from helpers.strategy.ranking import StrategyError

NOTHING = "–"
LEFT_TO_RIGHT = "\u200e"
DATE = re.compile(r"\d{4}-\d\d-\d\d")
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


def tables(plan: Plan, language: str
           ) -> dict[str, tuple[list[str], list[list[Any]]]]:
    """Each table of COLUMNS: its heads, of which amounts name their
    currency, and its rows, with None where the plan has no value."""
    labels, budget = headings(language), plan.get("budget", {})
    money = f" ({budget.get('currency', NOTHING)})"
    found = {}
    for key, names in COLUMNS.items():
        items = plan.get(key, []) if key != "budget" else budget.get(
            "lines", [])
        found[key] = ([labels[name] + money * (name in (
            "unit_cost", "amount")) for name in names],
            [[_value(item, name) for name in names] for item in items])
    return found


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
        return DATE.sub(rf"{LEFT_TO_RIGHT}\g<0>", text)
    return f"{LEFT_TO_RIGHT}{text}{LEFT_TO_RIGHT}"


def _value(item: dict[str, Any], name: str) -> Any:
    """What stands in a column: a score is computed, and an objective has
    the parts of its indicator beside its own."""
    indicator = item.get("indicator", {})
    if name == "indicator":
        return indicator.get("text")
    if name == "score" and {"likelihood", "impact"} <= set(item):
        return item["likelihood"] * item["impact"]
    return item.get(name, indicator.get(name))
