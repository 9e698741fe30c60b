"""Which governorates are denser than a threshold, and what they hold."""

import geopandas as gpd
import pandas as pd
from matplotlib.figure import Figure

from helpers import data, maps
from helpers.explore.show import show

# Thresholds, people per km²; each leaves another number of governorates.
DENSITIES = [0, 5, 20, 50, 100, 200, 500, 1000, 2000]
DENSE_SOURCE = ("People: INS, census 2024. Land: area_km2 of the course's "
                "table. Boundaries: Natural Earth, approximate.")
DARK = "#08519c"


def dense_governorates() -> None:
    """Move a threshold; see which governorates are denser, and what share
    of the land and of the people they hold.

    Displays the explorer and returns nothing.
    """
    show(_draw, {"More than": DENSITIES}, (8, 5), (5.5, 3.8),
         [(20,), (100,), (500,), (1000,)])


def dense(threshold: float) -> gpd.GeoDataFrame:
    """The 24 governorates (EPSG:4326) with a column "dense": more than
    threshold people per km² (census 2024, areas of the table).
    """
    table = pd.read_csv(data.path("governorate_table"))
    layer = gpd.read_file(data.path("governorates")).merge(
        table[["iso_3166_2", "area_km2", "pop_2024"]], on="iso_3166_2")
    return layer.assign(
        dense=layer["pop_2024"] / layer["area_km2"] > threshold)


def _draw(figure: Figure, threshold: float) -> str:
    """A map of the dense governorates, and bars of what they hold."""
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    figure.supxlabel(DENSE_SOURCE, fontsize=7)
    layer = dense(threshold)
    layer.plot(ax=left, edgecolor=maps.BORDER, linewidth=0.5,
               facecolor=layer["dense"].map({True: DARK, False: maps.HOME}))
    left.set_title(f"{layer['dense'].sum()} of {len(layer)} governorates\n"
                   f"have more than {threshold:,} people per km²",
                   fontsize=10)
    left.axis("off")
    shares = _shares(layer)
    bars = right.barh(list(shares), list(shares.values()), 0.5, color=DARK)
    right.bar_label(bars, fmt="%.1f %%", padding=3)
    right.set(xlim=(0, 120), xlabel="share in the country (%)",
              xticks=(0, 50, 100))
    right.spines[["top", "right"]].set_visible(False)
    return (
        "Map of Tunisia with the governorates that have more people per km² "
        "than a threshold, and bars of what they hold. More than "
        f"{threshold:,}: {layer['dense'].sum()} governorates, "
        f"{shares['land']:.1f} % of the land, {shares['people']:.1f} % of "
        "the people.")


def _shares(layer: gpd.GeoDataFrame) -> dict[str, float]:
    """What the dense governorates hold, per cent of the country."""
    held = layer.loc[layer["dense"], ["area_km2", "pop_2024"]].sum()
    land, people = 100 * held / layer[["area_km2", "pop_2024"]].sum()
    return {"land": land, "people": people}
