"""What the audit measures of polygons, against what is planted."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from commands.audit import audit, quality
from helpers import data

METRIC = "EPSG:32632"


def squares(*corners, side=10):
    """Squares with these left lower corners."""
    shapes = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    return gpd.GeoDataFrame({"name": range(len(shapes))}, geometry=shapes,
                            crs=METRIC)


@pytest.fixture(scope="module")
def received():
    return gpd.read_file(data.path("sectors_received")).to_crs(METRIC)


@pytest.fixture(scope="module")
def one_row_each(received):
    """The sectors, valid, one row for each."""
    official = gpd.read_file(data.path("sectors"))["sector_id"]
    layer = received.set_geometry(received.make_valid(
        method="structure", keep_collapsed=False))
    return layer[layer["sector_id"].isin(official)].dissolve(
        "sector_id").reset_index()


def test_the_reason_is_told_for_each_invalid_row(received):
    told = quality.invalid(received)
    assert list(told.index) == list(received.index[~received.is_valid])
    assert told.str.startswith("Self-intersection").all()
    assert quality.invalid(squares((0, 0))).empty


def test_overlaps_are_pairs_with_their_area():
    layer = squares((0, 0), (8, 0), (18, 0), (0, 0)).set_index(
        pd.Index([7, 7, 3, 1]))
    told = quality.overlaps(layer)
    assert [tuple(row) for row in told[["first", "second", "area"]].to_numpy()
            ] == [(0, 1, 20), (0, 3, 100), (1, 3, 20)]
    assert quality.overlaps(layer, at_least=20)["area"].tolist() == [100]


def test_the_planted_overlaps_and_gaps_are_found(one_row_each):
    """Of the truth tables: kind, and area in m²."""
    truth = pd.read_csv(data.ROOT / "solutions/truth/sectors_received.csv")
    planted = {kind: sorted(map(int, truth.loc[truth["kind"] == kind,
                                               "found"]))
               for kind in ("overlap", "gap", "hole", "lake")}
    told = quality.overlaps(one_row_each)
    assert sorted(told["area"].round()) == planted["overlap"]
    holes = sorted(quality.gaps(one_row_each)["area"].round())
    for kind in ("gap", "hole", "lake"):
        assert set(planted[kind]) <= set(holes)
    assert len(holes) == 3 + 1 + 1 + 4  # each bow-tie has cut off two


def test_degrees_and_invalid_shapes_are_refused_with_the_remedy(received):
    with pytest.raises(quality.QualityError, match="to_crs"):
        quality.overlaps(squares((0, 0)).to_crs(4326))
    with pytest.raises(quality.QualityError, match="make_valid"):
        quality.gaps(received)


def test_the_three_planted_slivers_are_found_and_no_sector(received):
    truth = pd.read_csv(data.ROOT / "solutions/truth/sectors_received.csv")
    planted = truth.loc[truth["kind"] == "sliver", "record"]
    (found,) = [one for one in audit(data.path("sectors_received")).layers[
        0].findings if one.code == "geometry-sliver"]
    assert found.count == len(planted) == 3
    assert sorted(received["sector_id"].iloc[[
        row - 1 for row in found.rows]]) == sorted(planted)
    assert "geometry-sliver" not in {one.code for one in audit(
        data.path("sectors")).layers[0].findings}
