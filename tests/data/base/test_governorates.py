"""The training layer of 24 governorates."""

import json

import shapely

from helpers import data


def test_the_training_layer_is_a_valid_coverage(governorates):
    assert len(governorates) == 24
    assert governorates.is_valid.all()
    assert shapely.coverage_is_valid(governorates.geometry.values)


def test_the_training_layer_covers_what_was_received(governorates, received):
    # A grid of 7 decimals moves a border by a centimetre at most.
    assert same_to_2_cm(governorates.union_all(), received.union_all())


def test_the_training_layer_follows_rfc_7946():
    text = data.path("governorates").read_text("utf-8")
    collection = json.loads(text)
    assert "crs" not in collection
    for feature in collection["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        for polygon in getattr(shape, "geoms", [shape]):
            assert polygon.exterior.is_ccw
        for value in shapely.get_coordinates(shape).ravel():
            assert round(value, 7) == value


def test_only_greater_tunis_differs_from_what_was_received(
        governorates, received):
    ours = governorates.set_index("name_fr").geometry
    theirs = received.set_index("name").geometry
    for name in ("Tataouine", "Sfax", "Bizerte", "Kairouan"):
        assert same_to_2_cm(ours[name], theirs[name]), name
    assert not same_to_2_cm(ours["Tunis"], theirs["Tunis"])
    pair = ours["L'Ariana"].union(ours["La Manouba"])
    assert theirs["Manubah"].difference(pair).buffer(-2e-7).is_empty


def same_to_2_cm(one, other):
    """Whether two shapes in degrees differ by slivers only."""
    return one.symmetric_difference(other).buffer(-2e-7).is_empty
