"""How an explorer is shown: a widget, or its static twin in the book."""

import base64
import html
import io
import os
from collections.abc import Callable, Iterable
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

# Set by `start.py book`: nobody can move a widget on a printed page.
STATIC = "COURSE_STATIC_TWINS"
Twin = tuple[Figure, str]  # a figure and the text that says what it shows
Twins = Iterable[Twin]


def show(draw: Callable[..., object], twin: Callable[[], Twins],
         choices: dict[str, list[Any]], labels: dict[str, str]) -> None:
    """Display draw(**choice) with its menus, or the static twin.

    draw makes the current figure. The figures of twin() stand side by side on
    a wide page, else one below the other. choices: name -> options; numbers
    give a slider, texts a menu. labels: name -> label.
    """
    from IPython.display import HTML, display
    if os.environ.get(STATIC):
        pairs = list(twin())
        width = "21rem" if len(pairs) > 1 else "100%"
        display(HTML("\n".join(picture(figure, text, width)
                               for figure, text in pairs)))
        return
    import ipywidgets
    menus = {
        name: (ipywidgets.Dropdown if isinstance(options[0], str) else
               ipywidgets.SelectionSlider)(
            options=options, description=labels[name],
            layout={"width": "34em", "max_width": "100%"},
            style={"description_width": "5em"})
        for name, options in choices.items()}

    def redraw(**choice: Any) -> None:
        draw(**choice)
        plt.show()
    shown = ipywidgets.interactive_output(redraw, menus)
    display(ipywidgets.VBox([*menus.values(), shown]))


def picture(figure: Figure, alt: str, width: str = "100%") -> str:
    """A figure as an HTML image with alternative text, no wider than width
    (CSS) and than the page. Closes the figure.
    """
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    plt.close(figure)
    encoded = base64.b64encode(content.getvalue()).decode()
    return (f'<img src="data:image/png;base64,{encoded}" '
            f'alt="{html.escape(alt, quote=True)}" '
            f'style="max-width:min(100%, {width})">')
