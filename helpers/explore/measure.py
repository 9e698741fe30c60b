"""Circles around health centres: their unit, and what "in" them means."""

import geopandas as gpd
import shapely
from matplotlib.figure import Figure

from helpers import data, maps
from helpers.explore.show import show

# What a person writes -> EPSG code and radius, in the unit of that CRS.
UNITS = {
    "3,000 m in UTM 32N": (32632, 3000),
    "3,000 m in Web Mercator": (3857, 3000),
    "0.027° in degrees": (4326, 0.027),
}
PREDICATES = ["intersects", "within", "centroid within"]
GOVERNORATE = "TN-51"  # Sousse: towns and country on one map
CHOSEN, NEAR, CIRCLE = "#9ecae1", "#08519c", "#a02c00"
CREDIT = ("FICTIONAL sectors, people, schools and health centres; "
          "CC-BY-4.0, 2021.")


def measuring() -> None:
    """Choose the unit of the circles and the predicate; see which schools
    and which sectors are taken.

    Displays the explorer and returns nothing.
    """
    show(_draw, {"Circles": list(UNITS), "Sectors": PREDICATES}, (7, 6),
         (5.5, 5), zip(UNITS, PREDICATES))


def circles(unit: str) -> gpd.GeoSeries:
    """One shape in EPSG:32632: all that is in a circle around an open
    health centre of the country. unit: a key of UNITS."""
    epsg, radius = UNITS[unit]
    centres = gpd.read_file(data.path("health_centres"))
    still = centres[centres["status"] == "ouvert"].to_crs(epsg)
    # shapely asks for no CRS: geopandas warns of circles in degrees
    union = shapely.union_all(shapely.buffer(still.geometry, radius))
    return gpd.GeoSeries([union], crs=epsg).to_crs(32632)


def taken(unit: str, predicate: str) -> tuple[gpd.GeoDataFrame, ...]:
    """The schools and the sectors of the governorate (EPSG:32632), each
    with a column "taken". A school is taken inside a circle; a sector when
    predicate (one of PREDICATES) holds between it and the circles.
    """
    area = circles(unit).iloc[0]
    sectors = gpd.read_file(data.path("sectors")).to_crs(32632)
    sectors = sectors[sectors["iso_3166_2"] == GOVERNORATE]
    schools = gpd.read_file(data.path("schools")).to_crs(32632)
    schools = schools[schools["sector_id"].isin(sectors["sector_id"])]
    shapes = sectors.centroid if "centroid" in predicate else (
        sectors.geometry)
    held = shapes.intersects(area) if predicate == "intersects" else (
        shapes.within(area))
    return (schools.assign(taken=schools.within(area)),
            sectors.assign(taken=held))


def _draw(figure: Figure, unit: str, predicate: str) -> str:
    """The sectors, the schools and the circles on one map."""
    axes = figure.subplots()
    figure.supxlabel(CREDIT, fontsize=7)
    schools, sectors = taken(unit, predicate)
    colours = sectors["taken"].map({True: CHOSEN, False: maps.HOME})
    sectors.plot(ax=axes, color=colours, edgecolor=maps.BORDER, linewidth=0.6)
    bounds = axes.get_xlim(), axes.get_ylim()
    circles(unit).boundary.plot(ax=axes, color=CIRCLE, linewidth=0.8)
    schools[~schools["taken"]].plot(ax=axes, color="white", marker="s",
                                    edgecolor="#404040", markersize=22)
    schools[schools["taken"]].plot(ax=axes, color=NEAR, markersize=22)
    axes.set(xlim=bounds[0], ylim=bounds[1])
    people = sectors.loc[sectors["taken"], "population"].sum()
    words = (f"{unit}: {schools['taken'].sum()} of {len(schools)} schools "
             f"(dark)\n{predicate}: {sectors['taken'].sum()} of "
             f"{len(sectors)} sectors (blue), {people:,} people")
    axes.set_title(words, fontsize=10)
    axes.axis("off")
    return ("Map of the sectors of Sousse, with circles around the open "
            "health centres. " + words.replace("\n", "; ") + ".")
