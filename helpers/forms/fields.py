"""What the forms that one fills in in a notebook share."""

import os
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from helpers.errors import CourseError

AnyForm = TypeVar("AnyForm", bound=Any)


def displayed(form: AnyForm) -> AnyForm:
    """Show form.widget(); where no kernel runs (the book), its static twin,
    the HTML of form.page(). Gives the form."""
    from IPython.display import HTML, display

    from helpers.explore.show import STATIC  # loads geopandas
    display(HTML(form.page()) if os.environ.get(STATIC) else form.widget())
    return form


def shown(record: dict[str, Any], place: Iterable[str]) -> str:
    """The value at a place (key, key in it …) as a person types it; nothing
    for a missing one, which is another thing than 0."""
    value: Any = record
    for name in place:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def listed(heading: str, wrong: list[str]) -> str:
    """A list of what is wrong, each in HTML. A screen reader reads a change
    aloud."""
    lines = "".join(f"<li>✗ {one}</li>" for one in wrong)
    return (f'<div role="status"><b>{heading}: {len(wrong)}</b>'
            f"<ul>{lines or '<li>✓ none</li>'}</ul></div>")


def saving(label: str, done: str, save: Callable[[], Path]) -> list[Any]:
    """A button that saves, and the place that says where, or why not."""
    import ipywidgets as w
    button, said = w.Button(description=label), w.HTML()

    def clicked(_: Any) -> None:
        try:
            text = f"✓ {done} {save()}"
        except CourseError as error:
            text = f"✗ {error}"
        said.value = f'<div role="status">{escape(text)}</div>'

    button.on_click(clicked)
    return [button, said]
