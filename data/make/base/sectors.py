"""Sectors below the governorates, around real places. FICTIONAL.

Each sector is the Voronoi cell of a GeoNames place inside its governorate.
The population of each governorate (census 2024, real) is shared out among
its sectors by the size of the places: the shares are fictional.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..shared.files import RECEIVED, write_geojson
from ..shared.names import sector_name
from ..shared.resources import fictional
from ..shared.shapes import share_borders
from ..shared.world import METRIC, chance, governorates, share_out

MOST = 12  # sectors per governorate
RESOURCES = [fictional(
    name="sectors",
    path="sectors.geojson",
    title="sectors of the governorates",
    description=(
        "Voronoi cells of GeoNames places, cut at the training layer's "
        "borders: a valid coverage, each sector inside one of 'governorates'. "
        "Outlines, names and populations of sectors are fictional; the "
        "populations of a governorate add up to its census of 2024."),
    sources=("course", "geonames", "natural_earth"),
    fields={
        "sector_id": "identifier, e.g. TN-31-04",
        "iso_3166_2": "governorate",
        "name_fr": "fictional name in French, after a real place",
        "name_ar": "fictional name in Arabic",
        "population": "fictional inhabitants, 2024",
    },
)]


def make(out, seed=None):
    """Write sectors.geojson; needs governorates.geojson in out."""
    random = chance(seed, "sectors")
    areas = governorates(out)
    # Cuts are made in degrees, in which the borders are straight.
    outlines = areas.geometry.to_crs("EPSG:4326")
    seats_by_code = seats_of_governorates(areas)
    pieces, rows = [], []
    for code, area in areas.iterrows():
        seats = seats_by_code[code]
        people = share_out(area["pop_2024"], (
            seats["population"].clip(lower=800).to_numpy()
            * random.uniform(0.6, 1.4, len(seats))))
        cells = voronoi(seats, outlines[code])
        for number, (cell, seat, inhabitants) in enumerate(
                zip(cells, seats.itertuples(), people), start=1):
            sector = sector_id(code, number)
            pieces.append((sector, cell))
            rows.append({
                "sector_id": sector, "iso_3166_2": code,
                "name_fr": sector_name(seat.name),
                "name_ar": f"عمادة وهمية {area['name_ar']} {number}",
                "population": inhabitants})
    layer = pd.DataFrame(rows)
    shapes = share_borders(pieces)
    layer = gpd.GeoDataFrame(
        layer, geometry=layer["sector_id"].map(shapes).to_list(),
        crs="EPSG:4326")
    write_geojson(layer, out / "sectors.geojson")


def sector_id(code, number):
    """The identifier of a governorate's sector of that number, from 1."""
    return f"{code}-{number:02d}"


def seats_of_sectors(areas):
    """Sector identifier -> the GeoNames place that it was drawn around.

    areas: governorates by ISO code, EPSG:32632.
    """
    return {
        sector_id(code, number): point
        for code, seats in seats_of_governorates(areas).items()
        for number, point in enumerate(seats.geometry, start=1)}


def seats_of_governorates(areas):
    """ISO code -> its largest GeoNames places, one per sector, in order."""
    places = populated_places(areas)
    return {code: places[places["iso_3166_2"] == code].head(MOST)
            for code in areas.index}


def populated_places(areas):
    """GeoNames places with the governorate they lie in, largest first."""
    table = pd.read_csv(RECEIVED / "geonames_places.csv")
    places = gpd.GeoDataFrame(
        table[["name", "population"]],
        geometry=gpd.points_from_xy(table["longitude"], table["latitude"]),
        crs="EPSG:4326").to_crs(METRIC)
    places = places.sjoin(areas[["geometry"]])
    return places.sort_values(["population", "name"],
                              ascending=[False, True], kind="stable")


def voronoi(seats, outline):
    """The cell of each seat, in the order of seats, cut at the outline."""
    seats = seats.geometry
    cells = shapely.voronoi_polygons(
        seats.union_all(), extend_to=seats.union_all().buffer(300_000))
    cells = list(cells.geoms)
    order = [int(np.flatnonzero(shapely.contains(cells, seat))[0])
             for seat in seats]
    ordered = gpd.GeoSeries([cells[i] for i in order], crs=METRIC)
    return ordered.to_crs("EPSG:4326").intersection(outline)
