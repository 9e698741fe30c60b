"""What a form asks and what it refuses, evaluated by the form's own rules.

pyxform writes an XForm; a tablet or a browser evaluates it. This module
evaluates it in Python, so that rules can be tried, and marked, anywhere:

>>> from helpers.forms import xforms
>>> xforms.refused(xform, {"location": "36.8 10.2 5 300"})
{'location': 'constraint'}

Covers what a survey needs: `relevant`, `required` and `constraint` of the
questions, groups, XPath 1.0 and the ODK functions of `_FUNCTIONS` (ODK
XForms specification, sections "Bindings" and "XPath functions").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lxml import etree

from helpers.forms.submissions import FormError

if TYPE_CHECKING:
    import pandas as pd

_X = "{http://www.w3.org/2002/xforms}"


def asked(xform: str, answers: dict[str, Any]) -> list[str]:
    """The questions that these answers lead to, in the form's order.

    answers: question -> value; a position is the text "latitude longitude
    altitude accuracy" (degrees and metres). Raises FormError when a rule
    cannot be evaluated.
    """
    return [_name(bind) for _, bind in _shown(xform, answers)]


def refused(xform: str, answers: dict[str, Any]) -> dict[str, str]:
    """question -> "required" (asked, and empty) or "constraint" (the answer
    breaks the question's rule). Empty when the form accepts all answers.

    Like a tablet, it drops an answer to a question that is not asked. An
    empty answer breaks no constraint. Raises FormError when a rule cannot
    be evaluated.
    """
    broken_rules = {}
    for node, bind in _shown(xform, answers):
        if not node.text:
            if _holds(bind, "required", node, False):
                broken_rules[_name(bind)] = "required"
        elif not _holds(bind, "constraint", node, True):
            broken_rules[_name(bind)] = "constraint"
    return broken_rules


def types(xform: str) -> dict[str, str]:
    """question -> data type: "geopoint", "string", "decimal", … If the
    tablet itself fills in the answer, the type is "preload: " and the name
    of that value."""
    return {_name(bind): f"preload: {preloaded}" if (preloaded := bind.get(
        "{http://openrosa.org/javarosa}preloadParams")) else
        bind.get("type", "string") for bind in _binds(_parse(xform))}


def texts(xform: str) -> pd.DataFrame:
    """One row per text (label, choice, message), one column per language.

    pyxform writes "-" where a translation is missing; here it is "".
    """
    import pandas as pd
    return pd.DataFrame({
        language.get("lang"): {
            text.get("id"): "".join(text.itertext()).strip().removeprefix("-")
            for text in language.iter(f"{_X}text")}
        for language in _parse(xform).iter(f"{_X}translation")}).fillna("")


# --- the form --------------------------------------------------------------

def _parse(xform: str) -> Any:
    return etree.fromstring(xform.encode("utf-8"))


def _binds(form: Any) -> list[Any]:
    """The <bind> of each question: its rules. `meta` is the form's own."""
    return [bind for bind in form.iter(f"{_X}bind")
            if "/meta/" not in bind.get("nodeset")]


def _name(bind: Any) -> str:
    return bind.get("nodeset").rsplit("/", 1)[-1]


def _shown(xform: str, answers: dict[str, Any]) -> list[tuple[Any, Any]]:
    """(answered node, bind) of each question that is asked."""
    form = _parse(xform)
    instance = _without_namespace(form.find(f".//{_X}instance")[0])
    tree = etree.ElementTree(instance)
    nodes = [(tree.xpath(bind.get("nodeset"))[0], bind)
             for bind in _binds(form)]
    for node, bind in nodes:
        node.text = _text_of(answers.get(_name(bind)))
    shown: list[tuple[Any, Any]] = []
    hidden: list[str] = []  # starts of the paths below what is not asked
    for node, bind in nodes:
        path = bind.get("nodeset")
        if path.startswith(tuple(hidden)) or not _holds(
                bind, "relevant", node, True):
            hidden.append(f"{path}/")
            node.text = None
        elif len(node) == 0:  # a question, not a group
            shown.append((node, bind))
    return shown


def _without_namespace(element: Any) -> Any:
    """A copy whose names are plain, as the form's XPath expects them."""
    copy = etree.Element(etree.QName(element).localname)
    copy.extend(_without_namespace(child) for child in element)
    return copy


def _text_of(value: Any) -> str | None:
    """The text of an answer; None for None and for NaN."""
    return None if value is None or value != value else str(value)


def _holds(bind: Any, rule: str, node: Any, otherwise: bool) -> bool:
    """Is this rule of the question true? otherwise: when it has no rule."""
    expression = bind.get(rule)
    if not expression:
        return otherwise
    try:
        result = etree.XPath(expression, extensions=_FUNCTIONS)(node)
    except etree.XPathError as error:
        raise FormError(
            f"The {rule} of question '{_name(bind)}' cannot be evaluated:\n"
            f"{expression.strip()}\n{error}. Compare its brackets, quotes "
            "and operators with the examples of the lesson.") from None
    return bool(result)


# --- ODK's functions -------------------------------------------------------

def _string(value: Any) -> str:
    """An argument as text: XPath passes nodes, numbers or texts."""
    if isinstance(value, list):
        return (value[0].text or "") if value else ""
    return str(value)


def _words(value: Any) -> list[str]:
    return _string(value).split()


# Each gets the context node first. regex finds its pattern anywhere in the
# answer, unless ^ and $ bind it.
_ODK: dict[str, Callable[..., Any]] = {
    "selected": lambda _, chosen, code: _string(code) in _words(chosen),
    "selected-at": lambda _, chosen, place: (
        [*_words(chosen), *[""] * 9][int(place)]),
    "count-selected": lambda _, chosen: float(len(_words(chosen))),
    "regex": lambda _, text, pattern: bool(
        re.search(_string(pattern), _string(text))),
    "coalesce": lambda _, first, second: _string(first) or _string(second),
    "if": lambda _, test, yes, no: yes if test else no,
}
_FUNCTIONS = {(None, name): function for name, function in _ODK.items()}
