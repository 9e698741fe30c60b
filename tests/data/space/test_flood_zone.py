"""E11: the flood zone of a river that does not exist."""

import pytest

from tests.data.worlds import METRIC


@pytest.fixture(scope="module")
def flood_zone(world):
    return world.layer("flood_zone").to_crs(METRIC)


def test_the_flood_zone_crosses_many_sectors_and_floods_parts(
        flood_zone, sectors):
    zones = flood_zone.set_index("return_period_years").geometry
    assert list(zones.index) == [20, 100]
    assert zones[100].contains(zones[20])
    assert 1.3 < zones[100].area / zones[20].area < 3
    for zone in zones:
        shares = sectors.intersection(zone).area / sectors.area
        assert 5 <= (shares > 0.001).sum() <= 25
        assert shares.max() < 0.9
    land = sectors.union_all()
    assert zones[100].difference(land).area < 1
