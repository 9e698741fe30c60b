"""E08: the defects of the sectors as received, and that they can be repaired.

Each defect is looked for with other means than it was planted with.
"""

import itertools
import json
import re
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.data.worlds import METRIC, of_kind

KINDS = {"bow_tie": 2, "overlap": 3, "gap": 3, "spike": 1, "hole": 1,
         "lake": 1, "sliver": 3, "total_repeated": 1,
         "same_geometry_other_id": 1, "exact_duplicate": 1}


@pytest.fixture(scope="module")
def received(world):
    """The sectors as received, the clean ones of the same governorates, and
    the truth; shapes are in degrees.
    """
    raw, clean = world.layer("sectors_received"), world.layer("sectors")
    here = clean["iso_3166_2"].isin(raw["iso_3166_2"])
    return SimpleNamespace(
        raw=raw, text=world.path("sectors_received").read_text("utf-8"),
        truth=world.truth("sectors_received"),
        clean=clean[here].set_index("sector_id"),
        scale=raw.set_index("sector_id")["source_scale"].to_dict())


def planted(received, kind):
    """The rows of the truth table of one kind."""
    rows = list(of_kind(received.truth, kind).itertuples())
    assert rows, f"no {kind} is planted"
    return rows


def rows_of(received, sector):
    """The rows in which a sector was received."""
    return received.raw[received.raw["sector_id"] == sector]


def shape_of(received, sector):
    """The shape of a sector that was received in one row."""
    shape, = rows_of(received, sector).geometry
    return shape


def area(shape):
    """Square metres of a shape in degrees."""
    return gpd.GeoSeries([shape], crs=4326).to_crs(METRIC).area[0]


def polygons(shape):
    """The polygons that make_valid finds in a shape, as one."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    return shapely.union_all(
        [part for part in parts if shapely.get_dimensions(part) == 2])


def thinness(shapes):
    """1 for a circle, near 0 for a sliver."""
    return 4 * np.pi * shapes.area / shapes.length**2


def test_each_world_has_the_same_defects(received):
    assert received.truth["kind"].value_counts().to_dict() == KINDS


def test_the_clean_sectors_have_no_defect(received):
    shapes = received.clean.geometry
    assert shapes.is_valid.all()
    assert shapely.is_empty(
        shapely.coverage_invalid_edges(shapes.values)).all()
    assert received.clean.index.is_unique
    assert not shapes.duplicated().any()
    assert (shapes.count_interior_rings() == 0).all()
    assert thinness(shapes.to_crs(METRIC)).min() > 0.1
    assert len(shapes.union_all().interiors) == 0


def test_only_the_planted_rings_are_invalid(received):
    stated = {row.record for kind in ("bow_tie", "spike")
              for row in planted(received, kind)}
    found = received.raw[~received.raw.is_valid]
    assert set(found["sector_id"]) == stated and len(found) == 3
    assert found.is_valid_reason().str.contains("Self-intersection").all()


def test_the_truth_of_an_invalid_ring_is_the_clean_polygon(received):
    for kind in ("bow_tie", "spike"):
        for row in planted(received, kind):
            assert shapely.from_wkt(row.true_value).normalize() == (
                received.clean.geometry[row.record].normalize())


def test_buffer_0_loses_about_half_of_a_bow_tie(received):
    for row in planted(received, "bow_tie"):
        crossed = shape_of(received, row.record)
        true = received.clean.geometry[row.record]
        assert 0.25 < crossed.buffer(0).area / true.area < 0.7
        # make_valid keeps both loops, and loses what is between them
        loops = shapely.make_valid(crossed)
        assert len(loops.geoms) == 2
        assert 0.8 < loops.area / true.area < 0.99


def test_make_valid_returns_a_line_beside_the_spiked_polygon(received):
    for row in planted(received, "spike"):
        repaired = shapely.make_valid(shape_of(received, row.record))
        assert repaired.geom_type == "GeometryCollection"
        kinds = {part.geom_type for part in shapely.get_parts(repaired)}
        assert kinds == {"Polygon", "LineString"}
        assert polygons(repaired).equals(received.clean.geometry[row.record])
        tip = shapely.from_wkt(row.found)
        ring = shape_of(received, row.record).exterior
        assert tip.coords[0] in ring.coords[:]


def test_neighbours_overlap_where_and_as_much_as_stated(received):
    shapes = polygons_of_sectors(received)
    stated = {row.record: float(row.found)
              for row in planted(received, "overlap")}
    found = {}
    for one, other in itertools.permutations(shapes, 2):
        both = area(shapes[one].intersection(shapes[other]))
        if both > 1 and received.scale[one] > received.scale[other]:
            found[f"{one}|{other}"] = both
        assert both < 1 or received.scale[one] != received.scale[other]
    assert found == pytest.approx(stated, rel=0.01)


def test_gaps_are_where_and_as_large_as_stated(received):
    shapes = polygons_of_sectors(received)
    stated = {row.record: float(row.found) for row in planted(received, "gap")}
    crossed = [row.record for row in planted(received, "bow_tie")]
    empty = received.clean.union_all().difference(
        shapely.union_all(list(shapes.values())))
    found = {}
    for gap in shapely.get_parts(empty):
        if area(gap) < 1:
            continue
        beside = {name: shape.boundary.intersection(gap.boundary).length
                  for name, shape in shapes.items()}
        beside = [name for name in beside if beside[name] > 1e-4]
        if set(beside) & set(crossed):
            continue
        beside.sort(key=received.scale.get, reverse=True)
        found["|".join(beside)] = area(gap)
    hole, = planted(received, "hole")
    assert found == pytest.approx(
        stated | {hole.record: float(hole.found)}, rel=0.01)


def polygons_of_sectors(received):
    """Sector -> its polygons, of rows whose identifier is a sector's."""
    known = received.raw[received.raw["sector_id"].isin(received.clean.index)]
    water, = planted(received, "lake")
    shapes = {name: shapely.union_all([polygons(s) for s in rows])
              for name, rows in known.groupby("sector_id")["geometry"]}
    lake = shape_of(received, water.record)
    return {name: shape.union(lake) if in_hole(lake, shape) else shape
            for name, shape in shapes.items()}


def in_hole(lake, shape):
    """Whether a lake fills a hole of a shape."""
    return any(shapely.Polygon(ring).equals(lake)
               for part in shapely.get_parts(shape)
               for ring in part.interiors)


def test_the_coverage_check_of_geos_sees_overlaps_and_gaps(received):
    raw = received.raw
    found = raw[raw.is_valid & raw["sector_id"].isin(received.clean.index)]
    found = found.drop_duplicates().to_crs(METRIC)
    edges = shapely.coverage_invalid_edges(
        found.geometry.values, gap_width=400)
    bad = set(found["sector_id"][~shapely.is_empty(edges)])
    for kind in ("overlap", "gap"):
        for row in planted(received, kind):
            assert set(row.record.split("|")) <= bad


def test_displaced_sectors_are_widely_enough_displaced(received):
    """50 to 400 m, measured by the circle that fits into the strip."""
    for kind in ("overlap", "gap"):
        for row in planted(received, kind):
            sector = row.record.split("|")[0]
            new = shape_of(received, sector)
            true = received.clean.geometry[sector]
            strip = gpd.GeoSeries([new.symmetric_difference(true)],
                                  crs=4326).to_crs(METRIC)
            width = 2 * strip.maximum_inscribed_circle().length[0]
            assert 50 <= width <= 400, (row.record, width)


def test_displaced_sectors_say_so_and_never_touch(received):
    coarse = received.raw[received.raw["source_scale"] == 200000]["sector_id"]
    stated = {row.record.split("|")[0]
              for kind in ("bow_tie", "overlap", "gap")
              for row in planted(received, kind)}
    assert set(coarse) == stated and coarse.is_unique
    for one, other in itertools.combinations(coarse, 2):
        assert received.clean.geometry[one].disjoint(
            received.clean.geometry[other])


def test_slivers_are_thin_features_that_are_no_sector(received):
    thin = thinness(received.raw.geometry.to_crs(METRIC)) < 0.02
    found = received.raw[thin].to_crs(METRIC).set_index("sector_id")
    assert list(found.area) == pytest.approx(
        [float(row.found) for row in planted(received, "sliver")], rel=0.01)
    for row in planted(received, "sliver"):
        assert row.record in found.index
        assert row.record not in received.clean.index
    assert (found["population"] == 0).all() and (found["name_fr"] == "").all()


def test_the_lake_fills_a_hole_of_a_sector(received):
    row, = planted(received, "lake")
    lake = shape_of(received, row.record)
    assert area(lake) == pytest.approx(float(row.found), rel=0.01)
    assert row.record not in received.clean.index
    assert rows_of(received, row.record)["name_fr"].str.startswith("Lac").all()
    assert sum(in_hole(lake, shape) for shape in received.raw.geometry) == 1


def test_the_hole_is_empty(received):
    row, = planted(received, "hole")
    ring, = shape_of(received, row.record).interiors
    empty = shapely.Polygon(ring)
    assert area(empty) == pytest.approx(float(row.found), rel=0.01)
    assert not received.raw[received.raw.is_valid].intersects(
        empty.buffer(-1e-4)).any()


def test_one_line_of_the_file_is_there_twice(received):
    row, = planted(received, "exact_duplicate")
    lines = [line.rstrip(",") for line in received.text.splitlines()]
    again = [line for line in lines if lines.count(line) == 2]
    assert len(again) == 2
    assert {json.loads(line)["properties"]["sector_id"]
            for line in again} == {row.record}


def test_one_sector_is_there_under_an_identifier_without_a_hyphen(received):
    row, = planted(received, "same_geometry_other_id")
    assert not re.fullmatch(r"TN-\d\d-\d\d", row.record)
    assert shape_of(received, row.record) == shape_of(received, row.true_value)
    assert shape_of(received, row.true_value).equals(
        received.clean.geometry[row.true_value])


def test_a_sector_in_two_rows_repeats_its_total(received):
    row, = planted(received, "total_repeated")
    parts = rows_of(received, row.record)
    assert len(parts) == 2 and parts["population"].nunique() == 1
    assert parts["population"].sum() == int(row.found)
    assert int(row.true_value) == received.clean.loc[row.record, "population"]
    assert parts.union_all().equals(received.clean.geometry[row.record])


def test_the_rule_in_the_description_gives_back_the_clean_sectors(received):
    """So the exercise has one right answer, and it can be found."""
    raw = received.raw
    raw = raw[raw["sector_id"].str.fullmatch(r"TN-\d\d-\d\d")]
    lake = raw["name_fr"].str.startswith("Lac")
    raw = raw[~lake & (raw["name_fr"] != "")].drop_duplicates()
    raw = raw.set_geometry(raw.geometry.map(polygons))
    repaired = raw.dissolve("sector_id")
    fine = repaired["source_scale"] == 25000
    shapes = repaired.geometry.where(~fine, repaired.geometry.map(
        lambda shape: shapely.Polygon(shape.exterior)
        if shape.geom_type == "Polygon" else shape))
    detailed = shapes[fine].union_all()
    coarse = shapes[~fine].difference(detailed)
    shapes[~fine] = coarse
    for ring in shapes.union_all().interiors:
        gap = shapely.Polygon(ring)
        shared = shapely.length(coarse.intersection(gap.boundary).values)
        longest = coarse.index[shared.argmax()]
        shapes[longest] = shapes[longest].union(gap)
    shapes = shapes.set_precision(1e-7)
    assert shapely.coverage_is_valid(shapes.values)
    for sector, true in received.clean.geometry.items():
        assert area(shapes[sector].symmetric_difference(true)) < 1, sector
    assert repaired["population"].equals(received.clean["population"])
