"""The faults of a plan: first those of its form, then those of its content.

A plan may have the right form (`plan.schema.json`) and still be impossible:
the rules of `rules` and `wording` compare its parts with each other.
"""

import copy
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from helpers.strategy import rules, wording
from helpers.strategy.plan import Fault, Plan, plain, plan_schema

KINDS = {"string": "a text", "number": "a number", "object": "keys",
         "integer": "a whole number", "array": "a list"}

LIMITS = {"minimum": "at least", "maximum": "at most",
          "exclusiveMinimum": "more than"}


def plan_faults(plan: Plan) -> list[Fault]:
    """Each fault of the plan with its place and its remedy; an empty list if
    it has none. What has the wrong form is not compared any further."""
    plan = plain(plan)
    return [*_form_faults(plan), *rules.faults(usable(plan)),
            *wording.faults(usable(plan))]


def usable(plan: Plan) -> Plan:
    """A copy of the plan without the values of a wrong form; a number that
    should be a text has become one."""
    plan = copy.deepcopy(plain(plan))
    if not isinstance(plan, dict):
        return {}
    for error in list(_validator().iter_errors(plan)):
        *folders, key = error.absolute_path or [None]
        if error.validator in ("required", "additionalProperties") or (
                key is None):
            continue
        holder: Any = plan
        for folder in folders:
            holder = holder[folder]
        value = error.instance
        if error.validator == "type" and _expects(error) == "string" and (
                type(value) in (int, float)):
            holder[key] = str(value)
        elif isinstance(key, int):  # the numbers of the others must stay
            holder[key] = {} if _expects(error) == "object" else ""
        else:
            holder.pop(key, None)
    return plan


def _form_faults(plan: Plan) -> list[Fault]:
    """One fault per place: the first that the schema has."""
    faults: dict[str, Fault] = {}
    for error in _validator().iter_errors(plan):
        for fault in _in_words(plan, error):
            faults.setdefault(fault.place, fault)
    return list(faults.values())


def _in_words(plan: Plan, error: Any) -> Iterator[Fault]:
    """What an error of jsonschema means, for somebody who writes a plan."""
    path, value = list(error.absolute_path), error.instance
    if error.validator in ("required", "additionalProperties"):
        yield from _keys(plan, path, value)
        return
    expected = _expects(error)
    written = f"\"{value}\"" if isinstance(value, str) else f"{value}"
    if value is None or value == [] or (
            isinstance(value, str) and not value.strip()):
        says = "this is empty."
    elif error.validator == "type" and expected == "string":
        says = (f"{written} is not a text." if isinstance(value, list | dict)
                else f"{written} is not a text: write it in quotes.")
    elif error.validator == "type":
        says = f"{written} is not {KINDS[expected]}."
    elif error.validator == "format" or "\\d" in str(error.validator_value):
        says = f"{written} is not a date of the calendar like 2022-01-31."
    elif error.validator == "uniqueItems":
        says = "a value is written twice."
    elif error.validator == "enum":
        says = f"{written} is not one of the values that a plan may have."
    elif error.validator == "pattern":
        says = f"{written} is not a currency."
    else:
        says = (f"{written} is not {LIMITS[error.validator]} "
                f"{error.validator_value}.")
    yield Fault(_place(plan, path), says, _remedy(path))


def _keys(plan: Plan, path: list[Any], value: dict[str, Any]
          ) -> Iterator[Fault]:
    """The keys that miss in a part of the plan, and those that no plan has:
    a key that is spelt wrongly is one fault."""
    schema = _schema_at(path)
    missing = [key for key in schema["required"] if key not in value]
    for key in value:
        if key not in schema["properties"]:
            near = get_close_matches(key, schema["properties"], 1)
            yield Fault(
                _place(plan, [*path, key]), "a plan has no such key here.",
                f"Did you mean \"{near[0]}\"?" if near else
                f"Keys: {', '.join(schema['properties'])}.")
            missing = [other for other in missing if other not in near]
    for key in missing:
        yield Fault(_place(plan, [*path, key]), "this is missing.",
                    _remedy([*path, key]))


def _place(plan: Plan, path: list[Any]) -> str:
    """For example: milestones M3 end."""
    parts: list[str] = []
    value: Any = plan
    for part in path:
        value = value[part] if isinstance(part, int) else (
            value.get(part) if isinstance(value, dict) else None)
        parts.append(rules.name(value, part + 1) if isinstance(part, int)
                     else part)
    return " ".join(parts) or "plan"


def _remedy(path: list[Any]) -> str:
    return f"Write here: {_schema_at(path)['description']}"


def _schema_at(path: list[Any]) -> dict[str, Any]:
    schema = plan_schema()
    for part in path:
        schema = (schema["items"] if isinstance(part, int)
                  else schema["properties"][part])
    return schema


def _expects(error: Any) -> str:
    return error.schema.get("type", "string")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator, FormatChecker
    return Draft202012Validator(plan_schema(),
                                format_checker=FormatChecker(["date"]))
