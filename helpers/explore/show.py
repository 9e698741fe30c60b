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
Size = tuple[float, float]  # width and height, inches


def show(draw: Callable[..., str], menus: dict[str, list[Any]], size: Size,
         twin_size: Size, cases: Iterable[tuple[Any, ...]] = ((),),
         twin: Callable[..., str] | None = None) -> None:
    """Display a figure with menus that draw it anew, or its static twin.

    draw(figure, *choice) draws on an empty figure of this size, and gives
    the text that says what it shows. menus: label -> options, in the order
    of choice; numbers give a slider, texts a menu. The twin is one figure of
    twin_size per case, drawn by twin (else draw) with what the case holds.
    Its figures stand side by side on a wide page, else one below the other.
    """
    from IPython.display import HTML, display
    if os.environ.get(STATIC):
        cases = list(cases)
        width = "21rem" if len(cases) > 1 else "100%"
        pictures = []
        for case in cases:
            figure = empty(twin_size)
            text = (twin or draw)(figure, *case)
            pictures.append(picture(figure, text, width))
        display(HTML("\n".join(pictures)))
        return
    import ipywidgets
    fields = {
        label: (ipywidgets.Dropdown if isinstance(options[0], str) else
                ipywidgets.SelectionSlider)(
            options=options, description=label,
            layout={"width": "34em", "max_width": "100%"},
            style={"description_width": "5em"})
        for label, options in menus.items()}

    def redraw(**choice: Any) -> None:
        draw(empty(size), *choice.values())
        plt.show()
    shown = ipywidgets.interactive_output(redraw, fields)
    display(ipywidgets.VBox([*fields.values(), shown]))


def empty(size: Size) -> Figure:
    """A new figure, which becomes the current one."""
    return plt.figure(figsize=size, layout="constrained")


def headed(figure: Figure, words: str, name: str = "") -> str:
    """Write words above what is drawn, below the name of a case. Gives them
    in one line."""
    figure.suptitle(f"{name.upper()}\n{words}".strip(), x=0.01, ha="left",
                    fontsize=9)
    return words.replace("\n", "; ")


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
