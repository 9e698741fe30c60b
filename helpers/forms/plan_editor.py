"""The objectives, milestones and budget of a plan as a form that says, while
one types, what does not hold."""

import contextlib
import copy
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from helpers.errors import CourseError
from helpers.forms.fields import displayed, listed, saving, shown

Plan = dict[str, Any]
# Part of the plan -> fields of a row; "indicator unit" is a key in a key.
FIELDS = {
    "objectives": ["id", "orientation", "gap", "text", "indicator text",
                   "indicator unit", "indicator baseline",
                   "indicator target", "indicator date"],
    "milestones": ["id", "objective", "text", "start", "end", "after",
                   "evidence", "post"],
    "budget lines": ["milestone", "text", "quantity", "unit_cost", "amount"],
}
NUMBERS = {"indicator baseline", "indicator target", "quantity", "unit_cost",
           "amount", "total"}
LONG = {"text", "indicator text", "evidence"}
# The list of faults and the fields scroll apart, so that both are seen.
BESIDE = {"max_height": "24em", "overflow": "auto", "display": "block"}


class Editor:
    """The form of a plan. plan: as it is typed now; fields: place -> widget,
    for example ("milestones", 0, "end"); in JupyterLab."""

    def __init__(self, plan: Plan, path: str | Path) -> None:
        self.plan, self.path = copy.deepcopy(plan), Path(path)
        self.fields: dict[tuple[str, int, str], Any] = {}
        self._written = ""

    def widget(self) -> Any:
        """The form for JupyterLab. What is typed changes the plan, and the
        list of faults above the fields."""
        import ipywidgets as w
        self._faults = w.HTML(self.faults(), layout=BESIDE)
        tabs = w.Tab([w.VBox(layout=BESIDE) for _ in FIELDS],
                     titles=[part.capitalize() for part in FIELDS])
        for part, box in zip(FIELDS, tabs.children):
            self._fill(part, box)
        return w.VBox([self._faults, tabs, w.HBox(saving(
            "Write the file", "written:", self.save))])

    def faults(self) -> str:
        """What does not hold in the plan as it is now, as HTML."""
        from helpers.strategy import plan_faults
        found = plan_faults(copy.deepcopy(self.plan))
        return listed("Faults", [
            f"<b>{escape(one.place)}</b>: {escape(one.says)} "
            f"<i>{escape(one.remedy)}</i>" for one in found])

    def page(self) -> str:
        """The static twin: the faults and the three tables as HTML."""
        tables = ""
        for part, labels in FIELDS.items():
            head = "".join(f'<th scope="col">{one.replace("_", " ")}</th>'
                           for one in labels)
            rows = "".join("<tr>" + "".join(
                '<td style="text-align: start">'
                f"{escape(shown(row, one.split()))}</td>"
                for one in labels) + "</tr>"
                for row in _rows(self.plan, part))
            tables += (f"<table><caption>{part.capitalize()}</caption><thead>"
                       f"<tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
        return self.faults() + tables

    def save(self) -> Path:
        """Write the plan as YAML. CourseError where the file has changed
        since this form wrote it."""
        import yaml
        if self.path.exists() and (
                self.path.read_text("utf-8") != self._written):
            raise CourseError(
                f"{self.path} exists and was not written by this form. Give "
                "the form another name, or move the file away.")
        self._written = yaml.safe_dump(
            self.plan, allow_unicode=True, sort_keys=False, width=79)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self._written, "utf-8", newline="\n")
        return self.path

    def _fill(self, part: str, box: Any) -> None:
        """Draw the rows of one part anew."""
        import ipywidgets as w
        rows = _rows(self.plan, part)
        self.fields = {place: field for place, field in self.fields.items()
                       if place[0] != part}

        def button(text: str, change: Callable[[], Any]) -> Any:
            made = w.Button(description=text)

            def clicked(_: Any) -> None:
                change()
                self._fill(part, box)
                self._faults.value = self.faults()

            made.on_click(clicked)
            return made

        wrap = w.Layout(flex_flow="row wrap", margin="0 0 0.8em")
        box.children = [w.Box([
            *(self._field(part, number, row, label)
              for label in FIELDS[part]),
            button("Remove this row", partial(rows.pop, number))
        ], layout=wrap) for number, row in enumerate(rows)]
        if part == "budget lines":
            box.children += (self._field(
                part, -1, self.plan["budget"], "total"),)
        box.children += (button("Add a row", lambda: rows.append({})),)

    def _field(self, part: str, number: int, row: Plan, label: str) -> Any:
        import ipywidgets as w
        field = w.Text(
            value=shown(row, label.split()),
            description=label.replace("_", " "),
            layout={"width": "62em" if label in LONG else "20em"},
            style={"description_width": "9em"})

        def typed(change: Any) -> None:
            _put(row, label, change["new"])
            self._faults.value = self.faults()

        field.observe(typed, "value")
        self.fields[part, number, label] = field
        return field


def plan_editor(plan: Plan, path: str | Path) -> Editor:
    """Show a plan as a form. Its faults (`strategy.plan_faults`) are listed
    anew after each letter; a button writes the file at path, a YAML file.
    The book shows the static twin. Gives the Editor; its `plan` is a copy.
    """
    return displayed(Editor(plan, path))


def _rows(plan: Plan, part: str) -> list[Plan]:
    """The list of a part, which a plan that has none gets."""
    *parents, last = part.split()
    for name in parents:
        plan = plan.setdefault(name, {})
    rows: list[Plan] = plan.setdefault(last, [])
    return rows


def _put(row: Plan, label: str, text: str) -> None:
    """Write what was typed into the row. An empty field is a missing key; a
    number that is none stays a text, for the rules to see."""
    *parents, last = label.split()
    for name in parents:
        row = row.setdefault(name, {})
    value: Any = text.strip()
    if label == "after":
        value = [one.strip() for one in text.split(",") if one.strip()]
    if label in NUMBERS:
        with contextlib.suppress(ValueError, OverflowError):
            number = float(value.replace(",", "."))
            value = int(number) if number == int(number) else number
    if value in ("", []):
        row.pop(last, None)
    else:
        row[last] = value
