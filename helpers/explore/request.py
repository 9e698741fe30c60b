"""One request to a server of features: what was meant, and what came."""

from functools import partial

import geopandas as gpd
import pandas as pd
import requests
from matplotlib.figure import Figure

from helpers import data, maps
from helpers.errors import CourseError
from helpers.explore.show import show

LIMITS = [10, 100, 1000]
OFFSETS = [0, 5, 400, 1000]
NORTH = (8.0, 36.0, 10.0, 37.0)  # west, south, east, north
BOXES = {"none": "", "8,36,10,37": "8,36,10,37",
         "36,8,37,10 (exchanged)": "36,8,37,10",
         "10,37,8,36 (from corner to corner)": "10,37,8,36"}
FILTERS = ["none", "type=HR", "type=hr", "kind=HR", "filter=type='HR'",
           "datetime=2021-12-02"]
MEANT, CAME = "#8a8178", "#08519c"
Choice = tuple[int, int, str, str]  # limit, offset, box, filter


def asking(items: str, layer: gpd.GeoDataFrame) -> None:
    """Choose limit, offset, bbox and a filter of one request; see what comes
    back beside what was meant. items: the address of the features; layer:
    the health centres that are served there. Returns nothing."""
    none, right, exchanged, _ = BOXES
    show(partial(_draw, items, layer),
         {"limit": LIMITS, "offset": OFFSETS, "bbox": list(BOXES),
          "filter": FILTERS}, (5.5, 1.1 * 5.5), (4.2, 1.1 * 4.2),
         # Four requests, all of them answered 200 OK.
         [(1000, 0, none, "none", True), (100, 0, exchanged, "none", True),
          (100, 0, right, "type=HR", True),
          (100, 0, none, "filter=type='HR'", True)])


def meant(layer: gpd.GeoDataFrame, box: str, word: str) -> gpd.GeoDataFrame:
    """The centres that somebody has in mind who chooses this box (in any
    order of its numbers) and this filter (by any name of the column)."""
    inside = layer.cx[NORTH[0]:NORTH[2], NORTH[1]:NORTH[3]] if BOXES[
        box] else layer
    if word.startswith("datetime"):
        return inside[pd.to_datetime(inside["updated"]) == word[9:]]
    return inside[inside["type"] == "HR"] if word != "none" else inside


def answer(items: str, choice: Choice) -> tuple[str, set[str]]:
    """What the server says, and the identifiers that came."""
    limit, offset, box, word = choice
    question: dict[str, str | int] = {"limit": limit, "offset": offset}
    if BOXES[box]:
        question["bbox"] = BOXES[box]
    if word != "none":
        name, _, value = word.partition("=")
        question[name] = value
    try:
        response = requests.get(items, params=question, timeout=20)
    except requests.RequestException:
        raise CourseError(f"No server answers at {items}. Start it again: "
                          "run the cells of this notebook from the top."
                          ) from None
    content = response.json()
    if not response.ok:
        return f"{response.status_code}: {content['description']:.48}", set()
    came = {feature["id"] for feature in content["features"]}
    return (f"{response.status_code} {response.reason}: "
            f"{content['numberMatched']} matched, {len(came)} came"), came


def _draw(items: str, layer: gpd.GeoDataFrame, figure: Figure, limit: int,
          offset: int, box: str, word: str, headed: bool = False) -> str:
    """Circles where centres were meant, points where they came. headed:
    the request stands above the map."""
    said, came = answer(items, (limit, offset, box, word))
    wanted = meant(layer, box, word)
    hits = wanted["centre_id"].isin(came).sum()
    words = f"{said}\n{len(wanted)} were meant, {hits} of them came"
    axes = figure.subplots()
    gpd.read_file(data.path("governorates")).plot(
        ax=axes, color=maps.HOME, edgecolor=maps.BORDER, linewidth=0.4)
    got = layer[layer["centre_id"].isin(came)].geometry
    axes.scatter(wanted.geometry.x, wanted.geometry.y, s=40, label="meant",
                 facecolor="none", edgecolor=MEANT)
    axes.scatter(got.x, got.y, s=9, color=CAME, label="came")
    axes.set_title(words, fontsize=10, loc="left")
    axes.legend(loc="lower left")
    axes.axis("off")
    figure.supxlabel("FICTIONAL register; CC-BY-4.0, 2021.", fontsize=7)
    if headed:
        figure.suptitle(f"limit {limit}, bbox {box}, filter {word}",
                        fontsize=9)
    words = words.replace("\n", "; ")
    return (f"Map of Tunisia after a request with limit {limit}, offset "
            f"{offset}, bbox {box}, filter {word}. {words}.")
