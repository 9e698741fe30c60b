"""Rules between the parts of a plan: links, dates, order, sums.

They expect a plan whose values have the right form (`faults.usable`); a
value that is missing is not compared.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

import pandas as pd

from helpers import data
from helpers.strategy.plan import MILLIMES, Fault, Plan

Item = dict[str, Any]
LISTS = ["gaps", "orientations", "objectives", "milestones", "datasets"]
LINKS = [("objectives", "orientation", "orientations"),
         ("objectives", "gap", "gaps"),
         ("milestones", "objective", "objectives")]
NEEDED = [("orientations", "objectives", "orientation", "objective"),
          ("objectives", "milestones", "objective", "milestone")]


def faults(plan: Plan) -> list[Fault]:
    """The faults of all rules, in the order of this module."""
    return [fault for rule in (_ids, _links, _needed, _period, _inside,
                               _order, _indicators, _datasets, _budget)
            for fault in rule(plan)]


def name(item: Any, number: int) -> str:
    """How a person finds an item of a list: its id, or its number."""
    known = item.get("id") if isinstance(item, dict) else None
    return str(known) if isinstance(known, str | int | float) and (
        known != "") else str(number)


def items(plan: Plan, key: str) -> list[tuple[str, Item]]:
    """Place and item, for each item of a list, for example "risks 2"."""
    return [(f"{key} {name(item, number)}", item)
            for number, item in enumerate(plan.get(key, []), 1)]


def _ids(plan: Plan) -> Iterator[Fault]:
    for key in LISTS:
        counts = Counter(item.get("id") for item in plan.get(key, []))
        for known, count in counts.items():
            if known is not None and count > 1:
                yield Fault(f"{key} {known} id",
                            f"{count} items have the id {known}.",
                            "Give each item an id of its own.")


def _links(plan: Plan) -> Iterator[Fault]:
    for key, link, target in LINKS:
        for place, item in items(plan, key):
            yield from _known(plan, place, item.get(link), link, target)
    for number, line in enumerate(plan.get("budget", {}).get("lines", []), 1):
        yield from _known(plan, f"budget lines {number}",
                          line.get("milestone"), "milestone", "milestones")
    for place, item in items(plan, "milestones"):
        for other in item.get("after", []):
            yield from _known(plan, place, other, "after", "milestones")


def _known(plan: Plan, place: str, value: str | None, key: str,
           target: str) -> Iterator[Fault]:
    ids = _ids_of(plan, target)
    if value and ids and value not in ids:
        yield Fault(f"{place} {key}", f"there is no {value} in {target}.",
                    f"Write one of {', '.join(ids)}, or add {value} to "
                    f"{target}.")


def _needed(plan: Plan) -> Iterator[Fault]:
    for key, others, link, one in NEEDED:
        used = {item.get(link) for item in plan.get(others, [])}
        for place, item in items(plan, key):
            if others in plan and item.get("id") and item["id"] not in used:
                yield Fault(place, f"no {one} belongs to it.",
                            f"Add a {one} with {link}: \"{item['id']}\", or "
                            "remove it.")


def _period(plan: Plan) -> Iterator[Fault]:
    for place, item in [("", plan), *items(plan, "milestones")]:
        if _after(item.get("start"), item.get("end")):
            yield Fault(f"{place} end".strip(),
                        f"{item['end']} is before the start, "
                        f"{item['start']}.", "Exchange them, or correct one.")


def _inside(plan: Plan) -> Iterator[Fault]:
    first, last = plan.get("start"), plan.get("end")
    if _after(first, last):
        return  # named already
    for place, day in _days(plan):
        if _after(first, day) or _after(day, last):
            yield Fault(place, f"{day} is outside the plan, {first} to "
                        f"{last}.", "Change this date, or the plan's.")


def _days(plan: Plan) -> Iterator[tuple[str, str | None]]:
    """The dates that must be inside the plan, with their places."""
    for key, keys in (("milestones", ("start", "end")),
                      ("datasets", ("publication",)),
                      ("training", ("date",)), ("communication", ("date",))):
        for place, item in items(plan, key):
            if not _after(item.get("start"), item.get("end")):
                yield from ((f"{place} {part}", item.get(part))
                            for part in keys)
    for place, item in items(plan, "objectives"):
        yield f"{place} indicator date", item.get("indicator", {}).get("date")


def _order(plan: Plan) -> Iterator[Fault]:
    """Circles first; dates are compared only where there is no circle."""
    ids = _ids_of(plan, "milestones")
    milestones = {item["id"]: item for item in plan.get("milestones", [])
                  if ids.count(item.get("id")) == 1}
    befores = {key: {before for before in item.get("after", [])
                     if before in milestones}
               for key, item in milestones.items()}
    while circle := _circle(befores):
        for before, key in pairwise(circle):
            befores[key].discard(before)
        yield Fault(f"milestones {circle[0]} after",
                    f"{' → '.join(circle)} is a circle: each waits for the "
                    "one before it.", "Remove one of them from \"after\".")
    for key, item in milestones.items():
        end, before = max([(milestones[before].get("end", ""), before)
                           for before in befores[key]], default=("", ""))
        if _after(end, item.get("start")):
            yield Fault(f"milestones {key} start",
                        f"it starts on {item['start']}, but {before}, which "
                        f"it waits for, ends on {end}.",
                        f"Start it on {end} or later, or end {before} "
                        "earlier.")


def _circle(befores: dict[str, set[str]]) -> list[str]:
    """Items that wait for each other, from the first in the alphabet and
    back to it; an empty list where there are none."""
    try:
        TopologicalSorter(
            {key: sorted(befores[key]) for key in befores}).prepare()
    except CycleError as error:
        circle = error.args[1][:-1]
        start = circle.index(min(circle))
        return [*circle[start:], *circle[:start], circle[start]]
    return []


def _indicators(plan: Plan) -> Iterator[Fault]:
    for place, item in items(plan, "objectives"):
        indicator = item.get("indicator", {})
        if "baseline" in indicator and (
                indicator["baseline"] == indicator.get("target")):
            yield Fault(f"{place} indicator target",
                        f"the target {indicator['target']:g} is the baseline:"
                        " nothing changes.", "Write a value that is reached "
                        "only if the objective is.")


def _datasets(plan: Plan) -> Iterator[Fault]:
    for place, item in items(plan, "datasets"):
        licence = item.get("licence")
        if licence and licence not in _licences().index:
            yield Fault(f"{place} licence", f"\"{licence}\" is not a licence "
                        "of data/licences.csv.", "Write the identifier of an "
                        f"open one: {', '.join(_open())}.")
        elif licence and licence not in _open():
            yield Fault(f"{place} licence", f"{licence} is not open: it "
                        "forbids commercial use or changes.",
                        f"Use an open one: {', '.join(_open())}.")
        check, day = item.get("personal_data_check"), item.get("publication")
        if _after(check, day):
            yield Fault(f"{place} personal_data_check",
                        f"the check, {check}, is after the publication, "
                        f"{day}.", "Check first: what is published cannot be "
                        "taken back.")


def _budget(plan: Plan) -> Iterator[Fault]:
    """A wrong amount is one fault: the total may add up the written amounts
    or the right ones."""
    budget = plan.get("budget", {})
    written, right = 0.0, 0.0
    for number, line in enumerate(budget.get("lines", []), 1):
        parts = [line.get(key) for key in ("quantity", "unit_cost", "amount")]
        if None in parts:
            return  # a sum of what is there would be no sum
        quantity, cost, amount = parts
        product = round(quantity * cost, MILLIMES)
        written, right = written + amount, right + product
        if round(amount, MILLIMES) != product:
            yield Fault(f"budget lines {number} amount",
                        f"{amount:g} is not {quantity:g} × {cost:g}.",
                        f"Write {product:g}, or correct the other two.")
    total = budget.get("total")
    sums = [round(written, MILLIMES), round(right, MILLIMES)]
    if budget.get("lines") and total is not None and (
            round(total, MILLIMES) not in sums):
        yield Fault("budget total", f"{total:g} is not the sum of the "
                    f"amounts, {sums[0]:g}.", f"Write {sums[1]:g}, or add "
                    "the line that is missing.")


def _ids_of(plan: Plan, key: str) -> list[str]:
    return [item["id"] for item in plan.get(key, []) if item.get("id")]


def _after(day: str | None, other: str | None) -> bool:
    """Is the first day after the other? Not where one is missing."""
    return bool(day and other and day > other)


@cache
def _licences() -> pd.DataFrame:
    return pd.read_csv(data.path("licences"), index_col="licence")


@cache
def _open() -> list[str]:
    table = _licences()
    return list(table.index[~(table["no_commerce"] | table["no_derivatives"])])
