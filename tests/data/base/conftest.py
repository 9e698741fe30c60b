"""The layers of the country, as they are committed."""

import geopandas as gpd
import pandas as pd
import pytest

from helpers import data


@pytest.fixture(scope="session")
def governorate_table():
    """The received table of 24 governorates."""
    return pd.read_csv(data.path("governorate_table"))


@pytest.fixture(scope="session")
def received():
    """Natural Earth's 23 polygons."""
    return gpd.read_file(data.path("governorates_received"))


@pytest.fixture(scope="session")
def governorates():
    """The training layer."""
    return gpd.read_file(data.path("governorates"))
