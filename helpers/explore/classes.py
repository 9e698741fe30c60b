"""One map, three choices: what is divided, the limits, the colours."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from helpers import data, maps
from helpers.explore.show import show

MEASURES = ["people", "people per km²", "people per km² of Web Mercator"]
PEOPLE, TRUE, MERCATOR = MEASURES
PALETTES = ["YlGnBu", "cividis_r", "RdYlGn", "jet"]
CLASSES = 5
CREDIT = "INS, census 2024; Natural Earth, approximate. CC-BY-4.0."


# Upper limits of so many classes.
LIMITS: dict[str, Callable[[pd.Series, int], Any]] = {
    "equal steps": lambda values, number: np.linspace(
        values.min(), values.max(), number + 1)[1:],
    "quantiles": lambda values, number: np.quantile(
        values, np.linspace(0, 1, number + 1)[1:]),
    "geometric": lambda values, number: np.geomspace(
        values.min(), values.max(), number + 1)[1:],
}


def classifying() -> None:
    """Choose measure, class limits and palette of one map; read what each
    choice hides. Displays the explorer and returns nothing."""
    show(_draw, {"Measure": MEASURES, "Limits": list(LIMITS),
                 "Palette": PALETTES}, (8, 6), (5.5, 4.4),
         zip([PEOPLE, TRUE, MERCATOR, TRUE],
             ["equal steps", "equal steps", "quantiles", "geometric"],
             PALETTES[::-1]))


def classified(measure: str, limits: str) -> gpd.GeoDataFrame:
    """The 24 governorates (EPSG:32632) with the columns "value" and "class",
    from 0. measure: one of MEASURES; limits: a key of LIMITS."""
    table = pd.read_csv(data.path("governorate_table"))
    layer = gpd.read_file(data.path("governorates")).merge(
        table[["iso_3166_2", "pop_2024"]], on="iso_3166_2").to_crs(32632)
    measured = layer.to_crs(3857) if measure == MERCATOR else layer
    value = layer["pop_2024"] / (1 if measure == PEOPLE else
                                 measured.area / 1e6)
    upper = LIMITS[limits](value, CLASSES)
    return layer.assign(value=value, **{"class": np.searchsorted(
        upper[:-1], value)})


def _draw(figure: Figure, measure: str, limits: str, palette: str) -> str:
    """The map, beside it the governorates per class; what it does."""
    left, right = figure.subplots(1, 2)
    figure.supxlabel(CREDIT, fontsize=7)
    layer = classified(measure, limits)
    places = np.linspace(0.1, 1, CLASSES)
    colours = list(map(to_hex, colormaps[palette](places)))
    layer.plot(ax=left, edgecolor=maps.BORDER, linewidth=0.5,
               color=[colours[one] for one in layer["class"]])
    left.set_title(words := _words(layer, colours), fontsize=9, loc="left")
    left.axis("off")
    bars = right.barh(
        [f"L* {maps.lightness(colour):.0f}" for colour in colours],
        [(layer["class"] == one).sum() for one in range(CLASSES)],
        color=colours, edgecolor=maps.BORDER)
    right.bar_label(bars, padding=3)
    right.set(xlim=(0, 26), xlabel="governorates in the class")
    right.set_title(measure, fontsize=9)
    words = words.replace("\n", "; ")
    return (f"Map of Tunisia: {measure}, {limits}, palette {palette}, and "
            f"bars of the governorates per class. {words}.")


def _words(layer: gpd.GeoDataFrame, colours: list[str]) -> str:
    """What the choices do: empty classes, joined values, lightness."""
    groups = layer.groupby("class")["value"]
    steps = np.diff([maps.lightness(colour) for colour in colours])
    return (f"{CLASSES - groups.ngroups} empty classes; "
            f"{groups.size().max()} of {len(layer)} in one class\n"
            "largest ratio in a class: "
            f"{(groups.max() / groups.min()).max():,.0f} to 1\nlightness "
            + ("always falls" if (steps < 0).all() else "rises and falls"))
