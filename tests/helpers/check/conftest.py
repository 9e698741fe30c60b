"""Layers that the tests of checks share."""

import geopandas as gpd
import pytest

from helpers import data


@pytest.fixture(scope="module")
def towns():
    return gpd.read_file(data.path("chief_towns"))


@pytest.fixture(scope="module")
def areas():
    return gpd.read_file(data.path("governorates"))
