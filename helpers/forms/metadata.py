"""A record of metadata as a form that says, while one types, what is wrong."""

import copy
from collections.abc import Callable
from html import escape
from typing import Any

from helpers.forms.fields import displayed, listed, shown

Record = dict[str, Any]
Rules = Callable[[Record], list[str]]  # a record -> what is wrong, in words

LANGUAGES = ("en", "fr", "ar")
LICENCES = {"", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0",
            "CC-BY-ND-4.0", "etalab-2.0", "ODbL-1.0"}
# Label -> where the value stands in a core record.
PLACES = {
    **{f"{part} ({language})": (part, language)
       for part in ("title", "abstract", "keywords")
       for language in LANGUAGES},
    "bbox": ("bbox",), "created": ("dates", "created"),
    "published": ("dates", "published"), "licence": ("licence",),
    "licence address": ("licence_uri",),
    "e-mail": ("publisher", "email"),
}
# ipywidgets knows no direction of writing, so a class of CSS sets it.
STYLE = ("<style>.course-ar input, .course-ar textarea "
         "{direction: rtl; text-align: right}</style>")
START = 'style="text-align: start"'  # a notebook's tables are for numbers
WIDE = {"layout": {"width": "46em"}, "style": {"description_width": "9em"}}


class Form:
    """The form of a record. record: as it is typed now; fields: label ->
    widget, in JupyterLab."""

    def __init__(self, record: Record, rules: Rules) -> None:
        self.record = copy.deepcopy(record)
        self.fields: dict[str, Any] = {}
        self._rules = rules

    def widget(self) -> Any:
        """The form for JupyterLab. What is typed changes the record, and the
        list of objections above the fields."""
        import ipywidgets
        said = ipywidgets.HTML(self.objections())

        def typed(label: str, text: str) -> None:
            _put(self.record, label, text)
            said.value = self.objections()

        for label, place in PLACES.items():
            text = shown(self.record, place)
            settings = WIDE | {"value": text, "description": label}
            if label == "licence":
                field = ipywidgets.Dropdown(
                    options=sorted(LICENCES | {text}), **settings)
            else:
                field = (ipywidgets.Textarea if place[0] == "abstract"
                         else ipywidgets.Text)(**settings)
            if place[-1] == "ar":
                field.add_class("course-ar")
            field.observe(lambda change, label=label: typed(
                label, change["new"]), "value")
            self.fields[label] = field
        return ipywidgets.VBox([ipywidgets.HTML(STYLE), said,
                                *self.fields.values()])

    def page(self) -> str:
        """The static twin: the record and its objections as HTML."""
        rows = ""
        for label, place in PLACES.items():
            words = f' lang="{place[-1]}"' if place[-1] in LANGUAGES else ""
            if place[-1] == "ar":
                words += ' dir="rtl"'
            rows += (f'<tr><th scope="row" {START}>{escape(label)}</th>'
                     f"<td{words} {START}>"
                     f"{escape(shown(self.record, place))}</td></tr>")
        return f"{self.objections()}<table>{rows}</table>"

    def objections(self) -> str:
        """What the rules say of the record as it is now, as HTML."""
        found = self._rules(copy.deepcopy(self.record))
        return listed("Objections", list(map(escape, found)))


def metadata(record: Record, rules: Rules) -> Form:
    """Show a core record as a form in three languages; Arabic is written
    from right to left. The book shows the static twin.

    rules: a function of a record that gives one sentence for each thing that
    is wrong. It is asked again after each letter. Gives the Form; its
    `record` is a copy, so that the record that was given does not change.
    """
    return displayed(Form(record, rules))


def _put(record: Record, label: str, text: str) -> None:
    """Write what was typed into the record. A bbox that is not made of
    numbers stays a text, for the rules to see."""
    *parents, last = PLACES[label]
    for name in parents:
        record = record.setdefault(name, {})
    value: Any = text.strip()
    if "keywords" in parents or last == "bbox":
        value = [word.strip() for word in text.split(",") if word.strip()]
    if last == "bbox":
        try:
            value = [float(word) for word in value]
        except ValueError:
            value = text
    record[last] = value
