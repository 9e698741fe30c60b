"""Shapes are slow to make and to compare: two seeds are enough."""

import pytest

from tests.data.worlds import METRIC


@pytest.fixture(scope="session", params=[None, 7])
def world(request, worlds):
    """The world of each of two seeds."""
    return worlds(request.param)


@pytest.fixture(scope="session")
def sectors(world):
    """The sectors by identifier, in metres."""
    return world.layer("sectors").to_crs(METRIC).set_index("sector_id")
