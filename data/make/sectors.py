"""Sectors below the governorates: FICTIONAL, around real places.

Each sector is the Voronoi cell of a GeoNames place inside its governorate.
The population of each governorate (census 2024, real) is shared out among
its sectors by the size of the places: the shares are fictional.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from common import RECEIVED, SOURCES, write_geojson
from governorates import share_borders
from world import METRIC, chance, governorates, share_out

MOST = 12  # sectors a governorate
RESOURCES = [{
    "used_by": "E08, E11, E14",
    "name": "sectors",
    "path": "sectors.geojson",
    "title": "FICTIONAL sectors of the governorates",
    "description": (
        "Voronoi cells of GeoNames places, cut at the training layer's "
        "borders: a valid coverage that nests in 'governorates'. Outline, "
        "names and populations of sectors are fictional; populations add up "
        "to the census of 2024 in each governorate."),
    "date": "2021-12-02",
    "crs": "EPSG:4326",
    "fictional": True,
    "sources": [SOURCES["course"], SOURCES["geonames"],
                SOURCES["natural_earth"]],
    "licenses": [{"name": "CC-BY-4.0"}],
    "fields": {
        "sector_id": "identifier, e.g. TN-31-04",
        "iso_3166_2": "governorate",
        "name_fr": "fictional name in French, after a real place",
        "name_ar": "fictional name in Arabic",
        "population": "fictional inhabitants, 2024",
    },
}]


def make(out, seed=None):
    """Write sectors.geojson; needs governorates.geojson in out."""
    random = chance(seed, "sectors")
    areas = governorates(out)
    # Cuts are made in degrees, in which the borders are straight.
    outlines = areas.geometry.to_crs("EPSG:4326")
    places = populated_places(areas)
    pieces, rows = [], []
    for code, area in areas.iterrows():
        seats = places[places["iso_3166_2"] == code].head(MOST)
        people = share_out(area["pop_2024"], (
            seats["population"].clip(lower=800).to_numpy()
            * random.uniform(0.6, 1.4, len(seats))))
        cells = voronoi(seats, outlines[code])
        for number, (cell, seat, inhabitants) in enumerate(
                zip(cells, seats.itertuples(), people), start=1):
            sector = f"{code}-{number:02d}"
            pieces.append((sector, cell))
            rows.append({
                "sector_id": sector, "iso_3166_2": code,
                "name_fr": f"Secteur fictif de {seat.name}",
                "name_ar": f"عمادة وهمية {area['name_ar']} {number}",
                "population": inhabitants})
    layer = pd.DataFrame(rows)
    shapes = share_borders(pieces)
    layer = gpd.GeoDataFrame(
        layer, geometry=layer["sector_id"].map(shapes).to_list(),
        crs="EPSG:4326")
    write_geojson(layer, out / "sectors.geojson")


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
