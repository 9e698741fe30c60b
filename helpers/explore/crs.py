"""Where a town lands after a mistake with its CRS, and how far off."""

import geopandas as gpd
from matplotlib.figure import Figure
from pyproj import Geod, Transformer

from helpers import data, maps
from helpers.explore.show import show

Place = tuple[float, float]  # longitude, latitude: degrees in WGS 84
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


def crs_mistakes() -> None:
    """Choose a mistake and a town; see where the town lands, how far off.

    Displays the explorer and returns nothing.
    """
    show(_draw, {"Mistake": list(CRS_MISTAKES), "Town": list(_towns().index)},
         (6, 5), (5, 4.5), [(mistake, "Tunis", f"{mistake}:\n")
                            for mistake in CRS_MISTAKES])


def mistaken(longitude: float, latitude: float, mistake: str) -> Place:
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


def shift_m(start: Place, end: Place) -> float:
    """Geodesic distance, metres, between two (longitude, latitude)."""
    return float(Geod(ellps="WGS84").inv(*start, *end)[2])


def _towns() -> gpd.GeoSeries:
    """The chief towns, by name; degrees in WGS 84."""
    return gpd.read_file(data.path("chief_towns")).set_index(
        "name_fr").geometry


def _draw(figure: Figure, mistake: str, town: str, title: str = "") -> str:
    """One map: where the town is, where it lands, how far that is."""
    axes, place = figure.subplots(), _towns()[town]
    start = (place.x, place.y)
    end = mistaken(*start, mistake)
    for layer, fill in (("neighbours", maps.LAND), ("governorates",
                                                    maps.HOME)):
        gpd.read_file(data.path(layer)).plot(
            ax=axes, facecolor=fill, edgecolor=maps.BORDER, linewidth=0.5)
    metres = shift_m(start, end)
    # A short shift comes from the datum, whose calculation (EPSG, Carthage
    # to WGS 84 (1)) has an accuracy of 14 m.
    far = (f"{metres:,.0f} m (± 14 m)" if metres < 1_000 else
           f"{metres / 1_000:,.0f} km")
    axes.plot(*zip(start, end), color="#444", linewidth=1, linestyle=":")
    axes.plot(*start, "o", color="#08519c", label=f"{town}, where it is")
    axes.plot(*end, "X", color="#b30000", label="where it lands")
    half = max(metres / 111_000, 0.002)
    lon, lat = [(first + second) / 2 for first, second in zip(start, end)]
    west, south, east, north = gpd.read_file(
        data.path("neighbours")).total_bounds
    axes.set(facecolor=maps.SEA, aspect=1.25,
             xlim=(max(lon - half * 1.2, west), min(lon + half * 1.2, east)),
             ylim=(max(lat - half, south), min(lat + half, north)),
             xlabel="longitude (°)", ylabel="latitude (°)")
    axes.ticklabel_format(useOffset=False)
    axes.locator_params(nbins=4)
    axes.set_title(f"{title}{far} away", fontsize=10 if title else "large")
    axes.legend(loc="best", fontsize=8)
    return (f"Map of {town} and of the place where it lands. {mistake}: "
            f"{far} away.")
