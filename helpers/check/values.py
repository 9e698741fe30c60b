"""Checks of one value: a number, a text, a list, what a function refuses."""

import math
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from numbers import Real
from typing import Any

from helpers.check import answers, codec
from helpers.check.feedback import HINTS, Feedback, NotAnswered
from helpers.check.mistakes import unit_mistake


def answered(value: Any, name: str = "the answer",
             hint: str | None = None) -> Any:
    """The value is neither None nor `...`, which raise NotAnswered."""
    if value is None or value is ...:
        raise NotAnswered(name, hint)
    return value


def kind(value: Any, expected: type | tuple[type, ...],
         name: str = "the answer") -> Any:
    """The value is of this type, or of one of these; a truth value is not a
    number. Returns it as plain data: a NumPy number as a number, a
    NamedTuple as a tuple."""
    answered(value, name)
    types = expected if isinstance(expected, tuple) else (expected,)
    if type(value) not in types:  # a look-alike, perhaps
        value = codec.decode(codec.encode(value))
    if isinstance(value, Decimal) and float in types:
        value = float(value)
    if not isinstance(value, types) or (
            isinstance(value, bool) and bool not in types):
        wanted = "number" if types[0] in (int, float) else types[0].__name__
        raise Feedback(
            f"{name} is of type {type(value).__name__}" + (
                ": that is no text, number, table or layer"
                if isinstance(value, codec.Unsent) else ""),
            " or ".join(type_.__name__ for type_ in types),
            hint=HINTS.get(f"{type(value).__name__} for {wanted}",
                           HINTS.get(f"for {wanted}")))
    return value


def equal(value: Any, expected: Any, name: str = "the answer",
          why: str | None = None, hint: str | None = None) -> Any:
    """A text, number, truth value, list or dict equals the expected.

    A list may be a tuple, and 2 may be 2.0; but 1 is not a truth value.
    """
    value = kind(answered(value, name, hint),
                 _ALIKE.get(type(expected), type(expected)), name)
    if _plain(value) != _plain(expected):
        told = ascii if len({unicodedata.normalize("NFKC", repr(one)) for one
                             in (value, expected)}) == 1 else repr
        found, right = answers.apart(told(value), told(expected))
        raise Feedback(f"{name} is {found}", right, why, hint)
    return value


_ALIKE = {int: (int, float), float: (int, float), list: (list, tuple),
          tuple: (list, tuple)}


def _plain(value: Any) -> Any:
    """Lists for tuples, and truth values apart from numbers."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and math.isnan(value):
        return "nan", float  # it does not equal itself
    return (bool, value) if isinstance(value, bool) else value


def close(value: Any, expected: float, rel: float = 1e-3,
          name: str = "the answer", unit: str = "",
          why: str | None = None, hint: str | None = None) -> Any:
    """A number is within rel (relative) of the expected one.

    unit is "m", "km", "m²", "km²" …; for lengths and areas the classic
    mistakes are named: see `mistakes.unit_mistake`.
    """
    number = _number(answered(value, name, hint), name, hint)
    if abs(number - expected) <= rel * abs(expected):
        return value
    mistake = unit_mistake(number, expected, unit)
    if not mistake and number and any(number == round(number, n) and abs(
            number - expected) < 0.501 / 10 ** n
            for n in range(abs(number) < 2, 9)):  # 1 for 0.6: for any reason
        mistake = "this is rounded"
    found, right = _number_words(number, expected)
    near = f"correct to {-math.log10(rel):.0f} digits" if (
        0 < rel < 1e-5) else f"within {rel * 100:.2g}%"
    raise Feedback(
        f"{name} is {found} {unit}".rstrip() + (mistake and f": {mistake}"),
        f"{right} {unit}".rstrip()
        + (f" ({near})" if expected and rel < 0.5 else ""),
        why, hint)


def refuses(function: Callable[..., Any], *arguments: Any, says: str,
            hint: str | None = None) -> None:
    """The function raises ValueError for these arguments. Its sentence holds
    `says`, so that a person can find the value."""
    call = f"{function.__name__}({', '.join(map(repr, arguments))})"
    try:
        result = function(*arguments)
    except ValueError as error:
        if says in str(error) or repr(says)[1:-1] in str(error):
            return
        raise Feedback(
            f"{call} is refused with the sentence {str(error)!r}",
            f"a sentence that names {says}", "in a file of 500 rows somebody "
            "has to find this one", hint) from None
    raise Feedback(
        f"{call} gives {result!r}", "a ValueError: raise ValueError(…)",
        "a wrong value that is not refused is published", hint)


def _number(value: Any, name: str, hint: str | None = None) -> float:
    """A number of Python or NumPy as float; all else raises Feedback."""
    if isinstance(value, Real | Decimal) and not isinstance(value, bool):
        with suppress(ArithmeticError, ValueError):
            number = float(value)
            if math.isfinite(number):
                return number
    many = getattr(value, "shape", ()) or isinstance(value, (list, tuple))
    raise Feedback(
        f"{name} is {len(value)} values ({type(value).__name__})" if many
        else f"{name} is {value!r:.60} ({type(value).__name__})",
        "one finite number",
        hint="choose one of the values, or sum them" if many else hint)


def _number_words(*numbers: float) -> list[str]:
    """With digits enough to tell the numbers apart."""
    for more in range(17):
        words = [f"{one:,.{6 + more}g}" if abs(one) < 1000
                 else f"{one:,.{more}f}" for one in numbers]
        if len(set(words)) == len(set(numbers)):
            break
    return words
