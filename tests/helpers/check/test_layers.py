"""Checks of a layer: each fails where it should, and says why."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod, Transformer

from helpers import check
from tests.helpers.check.support import feedback_of, misread, swapped


def test_a_geoseries_is_not_a_layer(towns):
    assert "keeps its attributes" in feedback_of(check.layer, towns.geometry)


def test_an_empty_list_of_columns_is_no_layer_without_rows(towns):
    said = feedback_of(check.layer, towns[[]])
    assert "layer.iloc[:0] keeps none" in said and "an empty list" in said


def test_a_subclass_is_a_layer_and_a_table_is_none(towns):
    class Table(gpd.GeoDataFrame):
        pass
    assert len(check.layer(Table(towns))) == len(towns)
    assert "is of type DataFrame" in feedback_of(
        check.layer, towns.drop(columns="geometry"))


def test_the_crs_and_what_it_is_mistaken_for(towns):
    check.crs(towns, 4326)
    assert "declares no CRS" in feedback_of(
        check.crs, towns.set_crs(None, allow_override=True), 4326)
    assert "EPSG:32632" in feedback_of(check.crs, towns.to_crs(32632), 4326)
    labelled = towns.to_crs(32632).set_crs(4326, allow_override=True)
    text = feedback_of(check.crs, labelled, 4326)
    assert "only declare" in text and "to_crs()" in text


def test_columns_rows_and_identifiers(towns):
    check.columns(towns, ["name_fr"])
    assert "'nom'" in feedback_of(check.columns, towns, ["nom"])
    check.rows(towns, 24)
    assert "23 rows" in feedback_of(check.rows, towns.iloc[1:], 24)
    assert "24 rows" in feedback_of(check.rows, towns, 23)
    check.unique(towns, "iso_3166_2")
    twice = pd.concat([towns, towns.iloc[[0]]])
    assert "TN-11 comes more than once" in feedback_of(
        check.unique, twice, "iso_3166_2")
    holes = towns.assign(iso_3166_2=None)
    assert "without a value" in feedback_of(check.unique, holes, "iso_3166_2")


def test_geometry_types(towns, areas):
    check.geometry_type(towns, "Point")
    assert "Polygon" in feedback_of(check.geometry_type, areas, "Point")
    empty = towns.copy()
    empty.loc[0, "geometry"] = None
    assert "1 rows without a geometry" in feedback_of(
        check.geometry_type, empty, "Point")


def test_points_outside_are_counted_and_located(towns, areas):
    check.inside(towns, areas)
    text = feedback_of(check.inside, swapped(towns), areas)
    assert "in Ethiopia" in text and "look swapped" in text
    text = feedback_of(check.inside, misread(towns, 22391, 32632), areas)
    assert "24 of 24" in text
    towns = towns.copy()
    towns.loc[5, "geometry"] = shapely.Point(20, 35)
    text = feedback_of(check.inside, towns, areas)
    assert "1 of 24 of the points lie outside" in text
    assert "the first at 20.00° E, 35.00° N" in text
    text = feedback_of(check.inside, towns[5:6], areas, "the line")
    assert "the line lies outside, at 20.00° E, 35.00° N" in text


def test_generalised_borders_get_a_tolerance(areas):
    bizerte = gpd.GeoDataFrame(  # as the table states it, in the sea
        geometry=gpd.points_from_xy([9.8739], [37.2744]), crs=4326)
    feedback_of(check.inside, bizerte, areas)
    check.inside(bizerte, areas, within_m=2_000)


def test_one_place_in_error_is_enough(towns):
    shifted = towns.to_crs(32632)
    shifted.loc[5, "geometry"] = shapely.affinity.translate(
        shifted.geometry[5], 2, 0)
    text = feedback_of(check.same_place, shifted.to_crs(4326), towns)
    assert "worst 2.0 m" in text


@pytest.mark.parametrize("metres, allowed, words", [
    (1.004, 1, "1.004 m"), (1.4, 1, "1.4 m"), (2.50004, 2.5, "2.50004 m"),
    (10_000.4, 10_000, "10,000.4 m"), (25_000, 1, "25 km")])
def test_a_distance_never_reads_as_the_distance_that_is_allowed(
        towns, metres, allowed, words):
    east, north, _ = Geod(ellps="WGS84").fwd(
        towns.geometry.x, towns.geometry.y, [90] * 24, [metres] * 24)
    shifted = towns.set_geometry(gpd.points_from_xy(east, north, crs=4326))
    said = feedback_of(check.same_place, shifted, towns, allowed)
    assert f"are {words} from where" in said and f"worst {words})" in said
    metric = towns.to_crs(32632)
    shifted = metric.set_geometry(metric.translate(metres))
    assert f"is {words} away" in feedback_of(
        check.same_layer, shifted, metric, "iso_3166_2", allowed)


def test_places_are_paired_by_key(towns):
    mixed = towns.sample(frac=1, random_state=1)
    check.same_place(mixed, towns, key="iso_3166_2")
    feedback_of(check.same_place, mixed, towns)


def test_the_same_layer_is_the_same_in_any_order(towns):
    check.same_layer(towns[::-1], towns, key="iso_3166_2")
    renamed = towns.replace({"name_fr": {"Sfax": "Sfaks"}})
    assert "'Sfaks'" in feedback_of(
        check.same_layer, renamed, towns, key="iso_3166_2")
    moved = towns.set_geometry(towns.translate(0.01, 0))
    assert "away" in feedback_of(
        check.same_layer, moved, towns, key="iso_3166_2")


def test_distances_are_geodesic(towns):
    carthage = Transformer.from_crs(4326, 4223, always_xy=True)
    x, y = carthage.transform(towns.geometry.x, towns.geometry.y)
    shift = check.distance_m(
        towns.geometry, gpd.GeoSeries(gpd.points_from_xy(x, y), crs=4326))
    assert shift.min() > 170 and shift.max() < 191.5


def test_degrees_that_are_declared_as_metres_are_not_sent_to_to_crs(towns):
    """to_crs() would move them to a place near the equator."""
    declared = towns.set_crs(32632, allow_override=True)
    said = feedback_of(check.crs, declared, 4326)
    assert "its coordinates are degrees" in said and "moves nothing" in said
    assert "to_crs()" not in said
    metric = feedback_of(check.crs, towns.to_crs(32632), 4326)
    assert "degrees" not in metric and "to_crs()" in metric


def test_a_column_that_became_the_index_is_found_there():
    counts = pd.DataFrame({"code": ["a", "a"], "rows": [1, 2]}).groupby(
        "code").sum()
    said = feedback_of(check.columns, counts, ["code", "rows"])
    assert "code is the index: .reset_index()" in said
    assert "index" not in feedback_of(check.columns, counts, ["name"])


def test_a_table_without_columns_says_so():
    assert "it has none" in feedback_of(
        check.columns, pd.DataFrame([]), ["code"])
