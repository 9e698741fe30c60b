"""Things to move: ipywidgets explorers, each with a static twin.

In JupyterLab an explorer is a widget. Where no kernel runs (the book), it
shows its *static twin*: the same figures side by side, as one picture with
a text that says what it shows.
"""

import base64
import io
import os

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
from pyproj import Geod, Transformer

from helpers import data, maps

# Set by `start.py book`: nobody can move a widget on a printed page.
STATIC = "COURSE_STATIC_TWINS"

# The mistake -> (CRS the numbers are in, CRS they are read as).
CRS_MISTAKES = {
    "Carthage degrees read as WGS 84 (datum forgotten)":
        ("EPSG:4223", "EPSG:4326"),
    "Carthage / UTM 32N read as WGS 84 / UTM 32N":
        ("EPSG:22332", "EPSG:32632"),
    "Nord Tunisie read as Sud Tunisie": ("EPSG:22391", "EPSG:22392"),
    "Nord Tunisie read as UTM 32N": ("EPSG:22391", "EPSG:32632"),
    "Latitude and longitude swapped": ("EPSG:4326", "swapped"),
}

# Thresholds, inhabitants per km²; each leaves another number of governorates.
DENSITIES = [0, 5, 20, 50, 100, 200, 500, 1000, 2000]
DENSE_SOURCE = ("People: INS, census 2024. Land: area_km2 of the course's "
                "table. Boundaries: Natural Earth, approximate.")
DARK = "#08519c"


def crs_mistakes():
    """Choose a mistake and a town; see where the town lands, how far off.

    Displays the explorer and returns nothing.
    """
    towns = gpd.read_file(data.path("chief_towns")).set_index("name_fr")

    def draw(mistake, town):
        place = towns.geometry[town]
        landed = mistaken(place.x, place.y, mistake)
        figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
        _draw_shift(axes, town, (place.x, place.y), landed)
        plt.show()

    _show(draw, _crs_twin, {"mistake": list(CRS_MISTAKES),
                            "town": list(towns.index)},
          {"mistake": "Mistake", "town": "Town"})


def mistaken(longitude: float, latitude: float, mistake: str):
    """Where a point lands: (longitude, latitude) in WGS 84 degrees.

    mistake is a key of CRS_MISTAKES. The point is written in the first CRS
    and its numbers are read as if they were in the second.
    """
    written, read = CRS_MISTAKES[mistake]
    x, y = Transformer.from_crs(
        "EPSG:4326", written, always_xy=True).transform(longitude, latitude)
    if read == "swapped":
        return y, x
    return Transformer.from_crs(
        read, "EPSG:4326", always_xy=True).transform(x, y)


def shift_m(start, end) -> float:
    """Geodesic distance, metres, between two (longitude, latitude)."""
    return Geod(ellps="WGS84").inv(*start, *end)[2]


def _draw_shift(axes, town, start, end):
    """One map: where the town is, where it lands, how far that is."""
    for layer, fill in (("neighbours", maps.LAND), ("governorates",
                                                    maps.HOME)):
        gpd.read_file(data.path(layer)).plot(
            ax=axes, facecolor=fill, edgecolor=maps.BORDER, linewidth=0.5)
    metres = shift_m(start, end)
    axes.plot(*zip(start, end), color="#444", linewidth=1, linestyle=":")
    axes.plot(*start, "o", color="#08519c", label=f"{town}, where it is")
    axes.plot(*end, "X", color="#b30000", label="where it lands")
    half = max(metres / 111_000, 0.002)
    lon, lat = [(one + other) / 2 for one, other in zip(start, end)]
    west, south, east, north = gpd.read_file(
        data.path("neighbours")).total_bounds
    axes.set(facecolor=maps.SEA, aspect=1.25,
             xlim=(max(lon - half * 1.2, west), min(lon + half * 1.2, east)),
             ylim=(max(lat - half, south), min(lat + half, north)),
             xlabel="longitude (°)", ylabel="latitude (°)")
    axes.ticklabel_format(useOffset=False)
    axes.locator_params(nbins=4)
    far = f"{metres:,.0f} m" if metres < 10_000 else (
        f"{metres / 1000:,.0f} km")
    axes.set_title(f"{far} away")
    axes.legend(loc="best", fontsize=8)


def _crs_twin():
    """The five mistakes for Tunis: a figure and the text that says it."""
    tunis = gpd.read_file(data.path("chief_towns")).set_index(
        "name_fr").geometry["Tunis"]
    start = (tunis.x, tunis.y)
    figure, axes = plt.subplots(3, 2, figsize=(9, 11), layout="constrained")
    told = []
    for box, mistake in zip(axes.flat, CRS_MISTAKES):
        end = mistaken(*start, mistake)
        _draw_shift(box, "Tunis", start, end)
        box.set_title(f"{mistake}:\n{box.get_title()}", fontsize=9)
        told.append(f"{mistake}: {shift_m(start, end):,.0f} m")
    axes.flat[-1].axis("off")
    return figure, ("Five maps of Tunis, each with the place where it lands "
                    "after a mistake. " + "; ".join(told) + ".")


def dense_governorates():
    """Move a threshold; see which governorates are denser, and what share
    of the land and of the people they hold.

    Displays the explorer and returns nothing.
    """
    def draw(threshold):
        figure, axes = plt.subplots(
            1, 2, figsize=(8, 5), layout="constrained", width_ratios=(3, 2))
        _draw_dense(*axes, threshold)
        figure.supxlabel(DENSE_SOURCE, fontsize=7)
        plt.show()

    _show(draw, _dense_twin, {"threshold": DENSITIES},
          {"threshold": "More than"})


def dense(threshold: float) -> gpd.GeoDataFrame:
    """The 24 governorates (EPSG:4326) with a column "dense": more than
    threshold inhabitants per km² (census 2024, areas of the table).
    """
    table = pd.read_csv(data.path("governorate_table"))
    layer = gpd.read_file(data.path("governorates")).merge(
        table[["iso_3166_2", "area_km2", "pop_2024"]], on="iso_3166_2")
    return layer.assign(
        dense=layer["pop_2024"] / layer["area_km2"] > threshold)


def _draw_dense(left, right, threshold):
    """A map of the dense governorates, and bars of what they hold."""
    layer = dense(threshold)
    layer.plot(ax=left, edgecolor=maps.BORDER, linewidth=0.5,
               facecolor=layer["dense"].map({True: DARK, False: maps.HOME}))
    left.set_title(f"{layer['dense'].sum()} of {len(layer)} governorates\n"
                   f"have more than {threshold:,} people per km²",
                   fontsize=10)
    left.axis("off")
    shares = _shares(layer)
    bars = right.barh(list(shares), list(shares.values()), 0.5,
                      color=DARK)
    right.bar_label(bars, fmt="%.1f %%", padding=3)
    right.set(xlim=(0, 120), xlabel="share in the country (%)",
              xticks=(0, 50, 100))
    right.spines[["top", "right"]].set_visible(False)


def _shares(layer):
    """What the dense governorates hold, per cent of the country."""
    held = layer.loc[layer["dense"], ["area_km2", "pop_2024"]].sum()
    land, people = 100 * held / layer[["area_km2", "pop_2024"]].sum()
    return {"land": land, "people": people}


def _dense_twin():
    """Four thresholds: a figure and the text that says it."""
    figure, axes = plt.subplots(
        4, 2, figsize=(7, 12), layout="constrained", width_ratios=(3, 2))
    figure.supxlabel(DENSE_SOURCE, fontsize=7)
    told = []
    for (left, right), threshold in zip(axes, (20, 100, 500, 1000)):
        _draw_dense(left, right, threshold)
        layer = dense(threshold)
        land, people = _shares(layer).values()
        told.append(f"more than {threshold:,}: {layer['dense'].sum()} "
                    f"governorates, {land:.1f} % of the land, {people:.1f} % "
                    "of the people")
    return figure, ("Four maps of Tunisia, each with the governorates that "
                    "have more people per km² than a threshold, and bars of "
                    "what they hold. " + "; ".join(told) + ".")


def _show(draw, twin, choices, labels):
    """Display draw(**choice) with its menus, or the static twin.

    choices: name -> options; numbers give a slider, texts a menu.
    """
    from IPython.display import HTML, display
    if os.environ.get(STATIC):
        display(HTML(picture(*twin())))
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


def picture(figure, alt: str) -> str:
    """A matplotlib figure as an HTML image with alternative text."""
    import html
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    plt.close(figure)
    encoded = base64.b64encode(content.getvalue()).decode()
    return (f'<img src="data:image/png;base64,{encoded}" '
            f'alt="{html.escape(alt, quote=True)}" style="max-width:100%">')
