"""The fictional sectors of the governorates."""

import pandas as pd
import shapely

from data.make.shared.names import place_of, sector_name
from data.make.shared.world import sectors


def test_sectors_are_a_valid_coverage_of_their_governorates(world):
    layer = world.layer("sectors")
    areas = world.layer("governorates").set_index("iso_3166_2").geometry
    assert layer["sector_id"].is_unique and layer.is_valid.all()
    assert shapely.coverage_is_valid(layer.geometry.values)
    for code, parts in layer.groupby("iso_3166_2"):
        difference = parts.union_all().symmetric_difference(areas[code])
        # A grid of 7 decimals moves a border by a centimetre at most.
        assert difference.buffer(-2e-7).is_empty, code


def test_populations_add_up_to_the_census_in_each_governorate(
        world, governorate_table):
    people = world.layer("sectors").groupby("iso_3166_2")["population"].sum()
    census = governorate_table.set_index("iso_3166_2")["pop_2024"]
    pd.testing.assert_series_equal(people, census.sort_index(),
                                   check_names=False, check_dtype=False)


def test_the_place_of_a_sector_is_its_name_without_the_words(world):
    world.path("sectors")
    for sector in sectors(world.out).itertuples():
        assert sector.place == place_of(sector.name_fr)
        assert sector.name_fr == sector_name(sector.place)
        assert not sector.place.startswith("Secteur")
