"""What the tests of checks share that is no fixture."""

from collections.abc import Callable

import geopandas as gpd
import pytest

from helpers.check import Feedback


def feedback_of(check: Callable, *arguments, **keywords) -> str:
    """What the feedback says; the test fails when there is none."""
    with pytest.raises(Feedback) as raised:
        check(*arguments, **keywords)
    return str(raised.value)


def misread(points: gpd.GeoDataFrame, written: int,
            read: int) -> gpd.GeoDataFrame:
    """Points written in one CRS whose numbers are read in another."""
    moved = points.to_crs(written)
    return moved.set_crs(read, allow_override=True).to_crs(4326)


def swapped(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Points in EPSG:4326 whose longitude and latitude were exchanged."""
    return points.set_geometry(gpd.points_from_xy(
        points.geometry.y, points.geometry.x), crs=4326)
