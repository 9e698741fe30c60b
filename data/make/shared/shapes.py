"""Shapes that several layers draw: coverages, blobs, rounded degrees."""

import geopandas as gpd
import numpy as np
import shapely

from .world import METRIC

GRID = 1e-7  # degrees: the 7 decimals of RFC 7946, about 1 cm
CORNERS = 14


def blob(centre, radius, random):
    """An irregular polygon around a point; its corners are at 0.65 to 1
    times the radius. The units are those of the point.
    """
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    reach = radius * random.uniform(0.65, 1, CORNERS)
    return shapely.Polygon(np.column_stack([
        centre.x + reach * np.cos(angles),
        centre.y + reach * np.sin(angles)]))


def to_degrees(shapes):
    """Shapes in metres (EPSG:32632) as degrees with 7 decimals, valid."""
    degrees = gpd.GeoSeries(list(shapes), crs=METRIC).to_crs("EPSG:4326")
    return degrees.set_precision(GRID)


def to_metres(shapes):
    """Shapes in degrees (EPSG:4326) as EPSG:32632."""
    return gpd.GeoSeries(list(shapes), crs="EPSG:4326").to_crs(METRIC)


def share_borders(pieces):
    """Polygons by code that meet exactly, corners on a 7-decimal grid.

    pieces: pairs of code and polygon in degrees. All borders are cut where
    they meet (noded) and put together again, so that a corner of one
    polygon is a corner of its neighbour too.
    """
    lines = shapely.union_all(
        [geometry.boundary for _, geometry in pieces], grid_size=GRID)
    faces = gpd.GeoDataFrame(
        geometry=list(shapely.polygonize([lines]).geoms), crs="EPSG:4326")
    # A face belongs to the piece that covers most of it.
    owners = gpd.GeoDataFrame(pieces, columns=["code", "geometry"],
                              crs="EPSG:4326")
    shared = gpd.overlay(faces.reset_index(names="face"), owners,
                         keep_geom_type=True)
    shared["size"] = shapely.area(shared.geometry.values)
    most = shared.sort_values("size").drop_duplicates("face", keep="last")
    faces["code"] = most.set_index("face")["code"]
    faces = faces.dropna(subset="code")  # holes of the sea
    return faces.dissolve("code", grid_size=GRID)["geometry"].to_dict()
