"""What each repair does to a bow-tie, an overlap, a sliver: and its cost."""

from collections.abc import Callable

import geopandas as gpd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import data
from helpers.explore.show import show

Shapes = list[shapely.Geometry]  # in metres, EPSG:32632
BOW_TIE, OVERLAP, SLIVER = "A bow-tie", "An overlap", "A sliver"
LOOKS = [("#08519c", "//"), ("#b35806", "\\\\"), ("#1b7837", "xx")]
SQUARE, STRIP, THIN = 1_000, 100, 5  # metres; the made shapes


def _valid(shapes: Shapes) -> Shapes:
    return [shapely.make_valid(shape, method="structure",
                               keep_collapsed=False) for shape in shapes]


def _cleaned(strategy: str) -> Callable[[Shapes], Shapes]:
    return lambda shapes: list(shapely.coverage_clean(
        _valid(shapes), merge_strategy=strategy))


REPAIRS: dict[str, Callable[[Shapes], Shapes]] = {
    "nothing": list,
    "buffer(0)": lambda shapes: [shape.buffer(0) for shape in shapes],
    "make_valid()": _valid,
    "coverage_clean(): longest border": _cleaned("longest_border"),
    "coverage_clean(): largest area": _cleaned("max_area"),
}


def repairs() -> None:
    """Choose a defect and a repair; see the shapes, and the area it costs.

    Displays the explorer and returns nothing.
    """
    show(lambda figure, *choice: _draw_pair(figure.subplots(1, 2), *choice),
         {"Defect": [BOW_TIE, OVERLAP, SLIVER], "Repair": list(REPAIRS)},
         (8, 4), (9, 15), twin=_twin)


def shapes_of(defect: str) -> Shapes:
    """The shapes with a defect. The bow-tie is a sector of the layer
    sectors_received; the others are made: two squares, a strip between."""
    if defect == BOW_TIE:
        layer = gpd.read_file(data.path("sectors_received")).to_crs(32632)
        crossed = layer[~layer.is_valid & (layer["source_scale"] == 200_000)]
        return [crossed.geometry.iloc[0]]
    left = shapely.box(0, 0, SQUARE, SQUARE)
    if defect == OVERLAP:
        return [left, shapely.box(SQUARE - STRIP, 0, 2 * SQUARE, SQUARE)]
    return [left, shapely.box(SQUARE + THIN, 0, 2 * SQUARE, SQUARE),
            shapely.box(SQUARE, 0, SQUARE + THIN, SQUARE)]


def area_km2(shape: shapely.Geometry) -> float:
    """The area in km²; of an invalid shape that of all its lobes, which
    cancel each other when GEOS adds them with their signs."""
    return float(shapely.make_valid(shape).area) / 1e6


def verdict(defect: str, repair: str) -> str:
    """Is it valid? Is it a coverage? The area of each shape, its change."""
    before = shapes_of(defect)
    after = REPAIRS[repair](before)
    valid = all(shape.is_valid for shape in after)
    areas = [f"{area_km2(new):,.3f} km² ({area_km2(new) - area_km2(old):+.3f})"
             for old, new in zip(before, after)]
    return ", ".join([
        "valid" if valid else "not valid",
        "a coverage" if valid and shapely.coverage_is_valid(after)
        else "no coverage", *areas])


def _draw_pair(axes: list[Axes], defect: str, repair: str) -> str:
    """Before and after, side by side."""
    before = shapes_of(defect)
    for box, shapes, title in (
            (axes[0], before, f"{defect}, as received"),
            (axes[1], REPAIRS[repair](before), f"after {repair}")):
        for shape, (color, hatch) in zip(shapes, LOOKS):
            gpd.GeoSeries([shape]).plot(ax=box, facecolor=color, alpha=0.45,
                                        edgecolor=color, hatch=hatch)
        box.set(title=title, xticks=[], yticks=[], xlabel="", ylabel="")
    words = verdict(defect, repair)
    axes[1].set_xlabel(words.replace("coverage, ", "coverage\n"))
    return words


def _twin(figure: Figure) -> str:
    """Four pairs; the text tells all."""
    for row, defect, repair in zip(
            figure.subplots(4, 2), (BOW_TIE, BOW_TIE, OVERLAP, OVERLAP),
            ("buffer(0)", "make_valid()", *list(REPAIRS)[3:])):
        _draw_pair(row, defect, repair)
    return "Four pairs of maps, before and after. " + "; ".join(
        f"{defect} after {repair}: {verdict(defect, repair)}"
        for defect in (BOW_TIE, OVERLAP, SLIVER) for repair in REPAIRS) + "."
