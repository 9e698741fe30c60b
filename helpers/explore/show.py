"""How an explorer is shown: a widget, or its static twin in the book."""

import base64
import io
import os

import matplotlib.pyplot as plt

# Set by `start.py book`: nobody can move a widget on a printed page.
STATIC = "COURSE_STATIC_TWINS"


def show(draw, twin, choices, labels):
    """Display draw(**choice) with its menus, or the static twin.

    twin() gives a figure and the text that says it, or a list of such
    pairs: side by side where the page is wide, else one below the other.
    choices: name -> options; numbers give a slider, texts a menu.
    """
    from IPython.display import HTML, display
    if os.environ.get(STATIC):
        shown = twin()
        pairs = shown if isinstance(shown, list) else [shown]
        width = "21rem" if len(pairs) > 1 else "100%"
        display(HTML("\n".join(picture(*pair, width) for pair in pairs)))
        return
    import ipywidgets
    menus = {
        name: (ipywidgets.Dropdown if isinstance(options[0], str) else
               ipywidgets.SelectionSlider)(
            options=options, description=labels[name],
            layout={"width": "34em"}, style={"description_width": "5em"})
        for name, options in choices.items()}
    shown = ipywidgets.interactive_output(draw, menus)
    shown.layout.min_height = "420px"  # no jump while it is redrawn
    display(ipywidgets.VBox([*menus.values(), shown]))


def picture(figure, alt: str, width: str = "100%") -> str:
    """A matplotlib figure as an HTML image with alternative text, no wider
    than width and than the page.
    """
    import html
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    plt.close(figure)
    encoded = base64.b64encode(content.getvalue()).decode()
    return (f'<img src="data:image/png;base64,{encoded}" '
            f'alt="{html.escape(alt, quote=True)}" '
            f'style="max-width:min(100%, {width})">')
