"""How the scale of digitising changes the error of an outline."""

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import data
from helpers.explore.show import show

# Assumption: a hand places a corner to half a millimetre on the map.
HAND_MM = 0.5
SCALES = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000]
TIMES = 300  # drawings, for a typical error
FIELD, BUILDING = "A field of about 18 ha", "A clinic of 36 × 22 m"
THINGS = {FIELD: ("parcels", None), BUILDING: ("osm_clinics", "multipolygons")}
TRUE, DRAWN = "#08519c", "#b30000"


def digitising() -> None:
    """Choose a thing and a scale; see what a hand would draw, and the
    typical error of its area.

    Displays the explorer and returns nothing.
    """
    show(lambda figure, *choice: _draw_outline(figure.subplots(), *choice),
         {"Thing": list(THINGS), "Scale 1:": SCALES}, (6, 5), (9, 11),
         twin=_twin)


def outline(thing: str) -> shapely.Polygon:
    """The true polygon of a key of THINGS, in metres (EPSG:32632)."""
    name, layer = THINGS[thing]
    features = gpd.read_file(data.path(name), layer=layer).to_crs(32632)
    shape = features.geometry.iloc[-1]  # no courtyard: the last is a way
    return shapely.get_parts(shape)[0]


def by_hand(shape: shapely.Polygon, scale: int,
            random: np.random.Generator) -> shapely.Polygon:
    """The polygon, in metres, as a hand draws it at 1:scale.

    HAND_MM on the map is one standard deviation of each coordinate.
    """
    corners = shapely.get_coordinates(shape)[:-1]
    return shapely.Polygon(
        corners + random.normal(0, ground_m(scale), corners.shape))


def ground_m(scale: int) -> float:
    """Metres on the ground of HAND_MM on a map at 1:scale."""
    return HAND_MM / 1000 * scale


def typical_error(shape: shapely.Polygon, scale: int) -> float:
    """Median of |area drawn / true area - 1|, over TIMES drawings."""
    random = np.random.default_rng(14)
    areas = [by_hand(shape, scale, random).area for _ in range(TIMES)]
    return float(np.median(np.abs(np.array(areas) / shape.area - 1)))


def _draw_outline(axes: Axes, thing: str, scale: int) -> str:
    """The true outline, and one that a hand drew."""
    shape = outline(thing)
    drawn = by_hand(shape, scale, np.random.default_rng(4))
    west, south = shape.bounds[:2]
    for polygon, color, style, label in (
            (shape, TRUE, "-", "on the ground"),
            (drawn, DRAWN, "--", "drawn by hand")):
        x, y = polygon.exterior.xy
        axes.plot(np.array(x) - west, np.array(y) - south, style,
                  color=color, linewidth=2, label=label)
    axes.set(aspect="equal", xlabel="m", ylabel="m")
    error = typical_error(shape, scale)
    words = "useless" if error > 1 else f"{error:.1%} off"
    axes.set_title(f"At 1:{scale:,} corners are {ground_m(scale):,g} m off,\n"
                   f"areas typically {words}", fontsize=10)
    axes.legend(loc="center", fontsize=8)
    return (f"{thing} at 1:{scale:,}: corners {ground_m(scale):g} m off, "
            f"area {words}")


def _twin(figure: Figure) -> str:
    """Three scales for each thing."""
    texts = []
    for row, scale in zip(figure.subplots(3, 2), (1_000, 5_000, 25_000)):
        for axes, thing in zip(row, THINGS):
            texts.append(_draw_outline(axes, thing, scale))
            axes.set_title(f"{thing}\n{axes.get_title()}", fontsize=9)
    return ("Six pairs of outlines, one as on the ground and one as a hand "
            "draws it. " + "; ".join(texts) + ".")
