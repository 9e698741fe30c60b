"""Rules about words: a group as post, an activity as evidence, a vague verb.

They look for words of three languages (`plan_words.yaml`). They cannot
understand a text: a person reads the plan too.
"""

import re
from collections.abc import Iterator
from functools import cache

from helpers.strategy.plan import Fault, Plan, words
from helpers.strategy.rules import items

YEAR = r"(19|20)\d\d(-\d\d-\d\d)?"


def faults(plan: Plan) -> list[Fault]:
    """The faults of the three rules."""
    return [*_posts(plan), *_evidence(plan), *_vague(plan)]


def _posts(plan: Plan) -> Iterator[Fault]:
    posts = [("lead", plan.get("lead", ""))]
    posts += [(f"{place} post", item.get("post", ""))
              for key in ("milestones", "risks")
              for place, item in items(plan, key)]
    for place, text in posts:
        if _first("group", text) and not _first("post", text):
            yield Fault(place, f"\"{text}\" is an organisation or a group, "
                        "not a post: no person has to answer.",
                        "Write one post, for example: data officer.")


def _evidence(plan: Plan) -> Iterator[Fault]:
    for place, item in items(plan, "milestones"):
        text = item.get("evidence", "")
        found = _first("not_yet", text) or (
            not _first("document", text) and _first("activity", text))
        if found:
            yield Fault(f"{place} evidence", f"\"{text}\" is an activity "
                        f"(\"{found}\"), not a proof of it.", "Name a "
                        "document or a page that an outsider can ask for.")


def _vague(plan: Plan) -> Iterator[Fault]:
    for key in ("objectives", "milestones"):
        for place, item in items(plan, key):
            text = item.get("text", "")
            found = _first("vague", text)
            if found and not _countable(text):
                yield Fault(f"{place} text", f"\"{found}\" names no output "
                            f"that one can count: \"{text}\"", "Write what "
                            "will be there, and how many.")


def _countable(text: str) -> bool:
    """Does it name a number that is no year, or an output?"""
    without_years = re.sub(rf"\b{YEAR}\b", "", text)
    return bool(re.search(r"\d", without_years) or _first("countable", text))


def _first(kind: str, text: str) -> str:
    match = _pattern(kind).search(text)
    return match[0] if match else ""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words()[kind])})(?!\w)",
                      re.IGNORECASE)
