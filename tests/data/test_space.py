"""Shapes and the image: sectors as received, schools, parks, flood, NDVI.

All of it is made twice, for the course and for another seed; what is
planted is looked for with other means than it was planted with.
"""

import filecmp
import importlib
import itertools
import json
import re
import subprocess
import sys
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import rasterio.features
import scipy.ndimage
import shapely

from tests.support import ROOT, needs

MAKE = ROOT / "data" / "make"
SEEDS = [None, 7]
OURS = ["sectors_received", "schools", "green_areas", "flood_zone",
        "parcels"]
CLEAN = ["schools", "green_areas", "flood_zone", "parcels"]
KINDS = {"bow_tie": 2, "overlap": 3, "gap": 3, "spike": 1, "hole": 1,
         "lake": 1, "sliver": 3, "total_repeated": 1,
         "same_geometry_other_id": 1, "exact_duplicate": 1}
HOLES = {"nodata_corner": 1, "nodata_stripe": 1, "parcel_without_data": 2,
         "nodata_cloud": 4}


@pytest.fixture(scope="module")
def make():
    """A function: make some scripts' layers, and return truth tables."""
    sys.path.insert(0, str(MAKE))

    def scripts(names, out, seed):
        truth = {}
        for name in names:
            script = importlib.import_module(name)
            truth |= script.make(out, seed) or {}
        return truth

    yield scripts
    sys.path.remove(str(MAKE))


@pytest.fixture(scope="module")
def worlds(make, tmp_path_factory):
    """Seed -> where its files are, and its truth tables."""
    made = {}
    for seed in SEEDS:
        out = tmp_path_factory.mktemp(f"seed_{seed}")
        made[seed] = out, make(
            ["governorates", "sectors", "health_centres", *OURS], out, seed)
    return made


@pytest.fixture(scope="module", params=SEEDS)
def world(request, worlds):
    """Layers of one seed by name; sectors by identifier, in metres."""
    out, truth = worlds[request.param]
    raw = gpd.read_file(out / "sectors_received.geojson")
    sectors = gpd.read_file(out / "sectors.geojson")
    here = sectors["iso_3166_2"].isin(raw["iso_3166_2"])
    return SimpleNamespace(
        out=out, raw=raw, truth=truth["sectors_received"],
        holes=truth["ndvi"], clean=sectors[here].set_index("sector_id"),
        scale=raw.set_index("sector_id")["source_scale"].to_dict(),
        sectors=sectors.to_crs(32632).set_index("sector_id"),
        **{name: gpd.read_file(out / f"{name}.geojson").to_crs(32632)
           for name in CLEAN})


def planted(world, kind):
    """The rows of the truth table of one kind."""
    rows = world.truth[world.truth["kind"] == kind]
    assert len(rows) == KINDS[kind]
    return list(rows.itertuples())


def rows_of(world, sector):
    return world.raw[world.raw["sector_id"] == sector]


def shape_of(world, sector):
    """The shape of a sector that was received in one row."""
    shape, = rows_of(world, sector).geometry
    return shape


def area(shape):
    return gpd.GeoSeries([shape], crs=4326).to_crs(32632).area[0]


def polygons(shape):
    """The polygons that make_valid finds in a shape, as one."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    return shapely.union_all(
        [part for part in parts if shapely.get_dimensions(part) == 2])


def thinness(shapes):
    """1 for a circle, near 0 for a sliver."""
    return 4 * np.pi * shapes.area / shapes.length**2


# --- two worlds of the same kind -------------------------------------------

def test_the_same_seed_gives_the_same_bytes(make, worlds, tmp_path):
    make(["governorates", "sectors", *OURS], tmp_path, None)
    out, _ = worlds[None]
    for file in [*(f"{name}.geojson" for name in OURS), "raster/scene.tif"]:
        assert filecmp.cmp(out / file, tmp_path / file, shallow=False), file


def test_another_seed_has_the_same_defects_elsewhere(worlds):
    (ours, truth), (other, other_truth) = worlds.values()
    for name, kinds in (("sectors_received", KINDS), ("ndvi", HOLES)):
        for table in (truth[name], other_truth[name]):
            assert table["kind"].value_counts().to_dict() == kinds
        assert set(truth[name]["record"]) != set(other_truth[name]["record"])
    for name in OURS:
        one = gpd.read_file(ours / f"{name}.geojson")
        two = gpd.read_file(other / f"{name}.geojson")
        assert list(one.columns) == list(two.columns)
        assert one.dtypes.equals(two.dtypes)
        assert len(one) == len(two)
        assert not one.geometry.geom_equals(two.geometry).all()


def test_each_layer_has_the_fields_that_its_script_describes(world):
    for name in OURS:
        script = importlib.import_module(name)
        layer = gpd.read_file(world.out / f"{name}.geojson")
        assert list(layer.columns.drop("geometry")) == list(
            script.RESOURCES[0]["fields"])


def test_clean_layers_are_valid_and_have_seven_decimals(world):
    for name in CLEAN:
        text = (world.out / f"{name}.geojson").read_text("utf-8")
        assert "crs" not in json.loads(text)
        layer = gpd.read_file(world.out / f"{name}.geojson")
        assert layer.is_valid.all() and layer.iloc[:, 0].is_unique
        numbers = layer.get_coordinates().to_numpy()
        assert (np.round(numbers, 7) == numbers).all()


def test_names_are_fictional_in_two_scripts_that_do_not_mix(world):
    named = [world.schools, world.green_areas, world.flood_zone,
             world.raw[world.raw["name_fr"] != ""]]
    for layer in named:
        assert layer["name_fr"].str.contains("fictif|fictive").all()
        assert layer["name_ar"].str.contains("وهمي").all()
        assert not layer["name_fr"].str.contains("[\u0600-\u06ff]").any()
        assert not layer["name_ar"].str.contains("[A-Za-zÀ-ÿ]").any()


# --- the sectors as received -----------------------------------------------

def test_the_clean_sectors_have_no_defect(world):
    shapes = world.clean.geometry
    assert shapes.is_valid.all()
    assert shapely.is_empty(
        shapely.coverage_invalid_edges(shapes.values)).all()
    assert world.clean.index.is_unique
    assert not shapes.duplicated().any()
    assert (shapes.count_interior_rings() == 0).all()
    assert thinness(shapes.to_crs(32632)).min() > 0.1
    assert len(shapes.union_all().interiors) == 0


def test_only_the_planted_rings_are_invalid(world):
    stated = {row.record for kind in ("bow_tie", "spike")
              for row in planted(world, kind)}
    found = world.raw[~world.raw.is_valid]
    assert set(found["sector_id"]) == stated and len(found) == 3
    assert found.is_valid_reason().str.contains("Self-intersection").all()


def test_the_truth_of_an_invalid_ring_is_the_clean_polygon(world):
    for kind in ("bow_tie", "spike"):
        for row in planted(world, kind):
            assert shapely.from_wkt(row.true_value).normalize() == (
                world.clean.geometry[row.record].normalize())


def test_buffer_0_loses_about_half_of_a_bow_tie(world):
    for row in planted(world, "bow_tie"):
        crossed = shape_of(world, row.record)
        true = world.clean.geometry[row.record]
        assert 0.25 < crossed.buffer(0).area / true.area < 0.7
        # make_valid keeps both loops, and loses what is between them
        loops = shapely.make_valid(crossed)
        assert len(loops.geoms) == 2
        assert 0.8 < loops.area / true.area < 0.99


def test_make_valid_returns_a_line_beside_the_spiked_polygon(world):
    for row in planted(world, "spike"):
        mended = shapely.make_valid(shape_of(world, row.record))
        assert mended.geom_type == "GeometryCollection"
        kinds = {part.geom_type for part in shapely.get_parts(mended)}
        assert kinds == {"Polygon", "LineString"}
        assert polygons(mended).equals(world.clean.geometry[row.record])
        tip = shapely.from_wkt(row.found)
        assert tip.coords[0] in shape_of(world, row.record).exterior.coords[:]


def test_neighbours_overlap_where_and_as_much_as_stated(world):
    shapes = polygons_of_sectors(world)
    stated = {row.record: float(row.found)
              for row in planted(world, "overlap")}
    found = {}
    for one, other in itertools.permutations(shapes, 2):
        both = area(shapes[one].intersection(shapes[other]))
        if both > 1 and world.scale[one] > world.scale[other]:
            found[f"{one}|{other}"] = both
        assert both < 1 or world.scale[one] != world.scale[other]
    assert found == pytest.approx(stated, rel=0.01)


def test_gaps_are_where_and_as_large_as_stated(world):
    shapes = polygons_of_sectors(world)
    stated = {row.record: float(row.found) for row in planted(world, "gap")}
    crossed = [row.record for row in planted(world, "bow_tie")]
    empty = world.clean.union_all().difference(
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
        beside.sort(key=world.scale.get, reverse=True)
        found["|".join(beside)] = area(gap)
    hole, = planted(world, "hole")
    assert found == pytest.approx(
        stated | {hole.record: float(hole.found)}, rel=0.01)


def polygons_of_sectors(world):
    """Sector -> its polygons, of rows whose identifier is a sector's."""
    known = world.raw[world.raw["sector_id"].isin(world.clean.index)]
    water, = planted(world, "lake")
    shapes = {name: shapely.union_all([polygons(s) for s in rows])
              for name, rows in known.groupby("sector_id")["geometry"]}
    lake = shape_of(world, water.record)
    return {name: shape.union(lake) if in_hole(lake, shape) else shape
            for name, shape in shapes.items()}


def in_hole(lake, shape):
    return any(shapely.Polygon(ring).equals(lake)
               for part in shapely.get_parts(shape)
               for ring in part.interiors)


def test_the_coverage_check_of_geos_sees_overlaps_and_gaps(world):
    found = world.raw[world.raw.is_valid & world.raw["sector_id"].isin(
        world.clean.index)].drop_duplicates().to_crs(32632)
    edges = shapely.coverage_invalid_edges(
        found.geometry.values, gap_width=400)
    bad = set(found["sector_id"][~shapely.is_empty(edges)])
    for kind in ("overlap", "gap"):
        for row in planted(world, kind):
            assert set(row.record.split("|")) <= bad


def test_displaced_sectors_are_widely_enough_displaced(world):
    """50 to 400 m, measured by the circle that fits into the strip."""
    for kind in ("overlap", "gap"):
        for row in planted(world, kind):
            one, other = row.record.split("|")
            new, true = shape_of(world, one), world.clean.geometry[one]
            strip = gpd.GeoSeries([new.symmetric_difference(true)],
                                  crs=4326).to_crs(32632)
            width = 2 * strip.maximum_inscribed_circle().length[0]
            assert 50 <= width <= 400, (row.record, width)


def test_displaced_sectors_say_so_and_never_touch(world):
    coarse = world.raw[world.raw["source_scale"] == 200000]["sector_id"]
    stated = {row.record.split("|")[0]
              for kind in ("bow_tie", "overlap", "gap")
              for row in planted(world, kind)}
    assert set(coarse) == stated and coarse.is_unique
    for one, other in itertools.combinations(coarse, 2):
        assert world.clean.geometry[one].disjoint(
            world.clean.geometry[other])


def test_slivers_are_thin_features_that_are_no_sector(world):
    thin = thinness(world.raw.geometry.to_crs(32632)) < 0.02
    found = world.raw[thin].to_crs(32632).set_index("sector_id")
    assert list(found.area) == pytest.approx(
        [float(row.found) for row in planted(world, "sliver")], rel=0.01)
    for row in planted(world, "sliver"):
        assert row.record in found.index
        assert row.record not in world.clean.index
    assert (found["population"] == 0).all() and (found["name_fr"] == "").all()


def test_the_lake_fills_a_hole_of_a_sector(world):
    row, = planted(world, "lake")
    lake = shape_of(world, row.record)
    assert area(lake) == pytest.approx(float(row.found), rel=0.01)
    assert row.record not in world.clean.index
    assert rows_of(world, row.record)["name_fr"].str.startswith("Lac").all()
    assert sum(in_hole(lake, shape) for shape in world.raw.geometry) == 1


def test_the_hole_is_empty(world):
    row, = planted(world, "hole")
    ring, = shape_of(world, row.record).interiors
    empty = shapely.Polygon(ring)
    assert area(empty) == pytest.approx(float(row.found), rel=0.01)
    assert not world.raw[world.raw.is_valid].intersects(
        empty.buffer(-1e-4)).any()


def test_one_line_of_the_file_is_there_twice(world):
    row, = planted(world, "exact_duplicate")
    text = (world.out / "sectors_received.geojson").read_text("utf-8")
    lines = [line.rstrip(",") for line in text.splitlines()]
    again = [line for line in lines if lines.count(line) == 2]
    assert len(again) == 2
    assert {json.loads(line)["properties"]["sector_id"]
            for line in again} == {row.record}


def test_one_sector_is_there_under_an_identifier_without_a_hyphen(world):
    row, = planted(world, "same_geometry_other_id")
    assert not re.fullmatch(r"TN-\d\d-\d\d", row.record)
    assert shape_of(world, row.record) == shape_of(world, row.true_value)
    assert shape_of(world, row.true_value).equals(
        world.clean.geometry[row.true_value])


def test_a_sector_in_two_rows_repeats_its_total(world):
    row, = planted(world, "total_repeated")
    parts = rows_of(world, row.record)
    assert len(parts) == 2 and parts["population"].nunique() == 1
    assert parts["population"].sum() == int(row.found)
    assert int(row.true_value) == world.clean.loc[row.record, "population"]
    assert parts.union_all().equals(world.clean.geometry[row.record])


def test_the_rule_in_the_description_gives_back_the_clean_sectors(world):
    """So the exercise has one right answer, and it can be found."""
    raw = world.raw[world.raw["sector_id"].str.fullmatch(r"TN-\d\d-\d\d")]
    lake = raw["name_fr"].str.startswith("Lac")
    raw = raw[~lake & (raw["name_fr"] != "")].drop_duplicates()
    raw = raw.set_geometry(raw.geometry.map(polygons))
    mended = raw.dissolve("sector_id")
    fine = mended["source_scale"] == 25000
    shapes = mended.geometry.where(~fine, mended.geometry.map(
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
    for sector, true in world.clean.geometry.items():
        assert area(shapes[sector].symmetric_difference(true)) < 1, sector
    assert mended["population"].equals(world.clean["population"])


# --- schools, green areas, flood zone --------------------------------------

def test_schools_stand_in_the_sector_that_they_state(world):
    joined = world.schools.sjoin(
        world.sectors[["geometry"]].rename_axis("found"))
    assert len(joined) == len(world.schools) == 600
    assert (joined["sector_id"] == joined["found"]).all()


def test_schools_have_unique_names_and_plausible_pupils(world):
    assert world.schools["name_fr"].is_unique
    assert world.schools["name_ar"].is_unique
    assert world.schools["pupils"].between(10, 1500).all()
    assert set(world.schools["level"]) == {
        "primaire", "préparatoire", "secondaire"}
    in_sector = world.schools.groupby("sector_id")["pupils"].sum()
    people = world.sectors.loc[in_sector.index, "population"]
    assert np.corrcoef(in_sector, people)[0, 1] > 0.9


def test_three_km_to_a_health_centre_divide_the_schools(world):
    centres = gpd.read_file(
        world.out / "health_centres" / "health_centres.geojson")
    near = world.schools.distance(
        centres.to_crs(32632).union_all()) < 3000
    assert 0.55 < near.mean() < 0.85


def test_green_areas_lie_apart_on_the_land_of_the_large_towns(world):
    greens = world.green_areas
    assert len(greens) == 90 and greens["name_fr"].is_unique
    towns = world.sectors[world.sectors["iso_3166_2"].isin(
        ["TN-11", "TN-12", "TN-13", "TN-14", "TN-51", "TN-61"])]
    assert greens.within(towns.union_all().buffer(0.1)).all()
    assert greens.union_all().area == pytest.approx(greens.area.sum())


def test_some_green_areas_cross_a_border_and_some_have_two_parts(world):
    pieces = world.green_areas.overlay(world.sectors.reset_index())
    pieces = pieces[pieces.area > 1]
    in_sectors = pieces.groupby("area_id")["sector_id"].nunique()
    assert in_sectors.value_counts().to_dict() == {1: 78, 2: 12}
    # Whoever counts a green area where its centre lies is wrong by much.
    whole = pieces["area_id"].map(
        world.green_areas.set_index("area_id").area)
    assert (pieces.area / whole).min() > 0.15
    assert (world.green_areas.geom_type == "MultiPolygon").sum() == 8


def test_every_sector_of_the_large_towns_has_a_green_area(world):
    pieces = world.green_areas.overlay(world.sectors.reset_index())
    towns = world.sectors["iso_3166_2"].isin(
        ["TN-11", "TN-12", "TN-13", "TN-14", "TN-51", "TN-61"])
    assert set(pieces["sector_id"]) == set(world.sectors.index[towns])


def test_the_flood_zone_crosses_many_sectors_and_floods_parts(world):
    zones = world.flood_zone.set_index("return_period_years").geometry
    assert list(zones.index) == [20, 100]
    assert zones[100].contains(zones[20])
    assert 1.3 < zones[100].area / zones[20].area < 3
    for zone in zones:
        shares = world.sectors.intersection(zone).area / world.sectors.area
        assert 5 <= (shares > 0.001).sum() <= 25
        assert shares.max() < 0.9
    land = world.sectors.union_all()
    assert zones[100].difference(land).area < 1


# --- parcels and the image -------------------------------------------------

@pytest.fixture(scope="module")
def scene(world):
    """The image with its NDVI, not a number where there is no data."""
    with rasterio.open(world.out / "raster" / "scene.tif") as image:
        red, infrared = image.read(masked=True).astype(float)
        ndvi = (infrared - red) / (infrared + red)
        return SimpleNamespace(
            image=image.profile, bounds=image.bounds,
            naive=image.read().astype(float), no_data=red.mask,
            nir_mask=infrared.mask, ndvi=ndvi.filled(np.nan),
            means=brute_force(world.parcels, ndvi, image.transform))


def brute_force(parcels, ndvi, transform):
    """Mean of the cells whose centre lies in a parcel, point by point."""
    rows, columns = np.indices(ndvi.shape)
    points = shapely.points(*(transform @ (
        columns.ravel() + 0.5, rows.ravel() + 0.5)))
    cells = gpd.GeoDataFrame(
        {"ndvi": ndvi.filled(np.nan).ravel()}, geometry=points, crs=32632)
    joined = parcels.sjoin(cells, predicate="contains")
    return joined.groupby("parcel_id")["ndvi"].mean()


def test_the_image_is_a_small_tiled_geotiff_in_another_crs(world, scene):
    assert scene.image["crs"] == 32632
    assert scene.image["dtype"] == "uint16"
    assert scene.image["nodata"] == 65535
    assert scene.image["compress"] == "deflate" and scene.image["tiled"]
    assert (scene.image["count"], scene.image["width"],
            scene.image["height"]) == (2, 300, 300)
    assert [file.name for file in (world.out / "raster").iterdir()] == [
        "scene.tif"]
    assert (world.out / "raster" / "scene.tif").stat().st_size < 600_000
    west, south, east, north = scene.bounds
    parcels = gpd.read_file(world.out / "parcels.geojson")
    assert parcels.crs == 4326
    assert not parcels.intersects(
        shapely.box(west, south, east, north)).any()


def test_gdal_reads_the_image(world):
    program = needs("gdalinfo")
    told = subprocess.run(
        [program, "-json", world.out / "raster" / "scene.tif"],
        capture_output=True, text=True, check=True)
    bands = json.loads(told.stdout)["bands"]
    assert [band["description"] for band in bands] == [
        "red", "near infrared"]
    assert [band["noDataValue"] for band in bands] == [65535, 65535]


def test_a_tenth_of_the_image_has_no_data_where_it_is_stated(world, scene):
    assert 0.08 < scene.no_data.mean() < 0.13
    assert (scene.no_data == scene.nir_mask).all()
    stripe, = world.holes[world.holes["kind"] == "nodata_stripe"]["record"]
    first, last = map(int, re.findall(r"\d+", stripe))
    assert scene.no_data[first:last + 1].all()
    corner, = world.holes[world.holes["kind"] == "nodata_corner"]["record"]
    assert scene.no_data[0, -1 if corner == "north-east" else 0]
    counts = world.holes["found"].str.removesuffix(" cells").astype(int)
    # Holes may lie over one another.
    assert counts.max() < scene.no_data.sum() <= counts.sum()


def test_each_stated_hole_has_its_cells(world, scene):
    """Holes that touch make one region: no larger than all, no smaller than
    the largest; a hole apart has exactly the cells that are stated."""
    regions, _ = scipy.ndimage.label(scene.no_data, np.ones((3, 3)))
    centres = world.parcels.set_index("parcel_id").centroid
    stated = {}
    for hole in world.holes.itertuples():
        if hole.kind == "nodata_corner":
            row, column = 0, -1 if hole.record == "north-east" else 0
        elif hole.kind == "nodata_stripe":
            row, column = int(re.search(r"\d+", hole.record)[0]), 0
        else:
            at = centres[hole.record]
            column, row = map(int, ~scene.image["transform"] @ (at.x, at.y))
        cells = int(hole.found.removesuffix(" cells"))
        stated.setdefault(regions[row, column], []).append(cells)
        assert hole.true_value == "", "nobody knows what lies under it"
    assert sorted(stated) == list(range(1, regions.max() + 1))
    for region, cells in stated.items():
        assert max(cells) <= (regions == region).sum() <= sum(cells)


def test_parcels_lie_apart_inside_the_image_and_their_sector(world, scene):
    assert len(world.parcels) == 120
    assert world.parcels.within(shapely.box(*scene.bounds)).all()
    for one, other in itertools.combinations(world.parcels.geometry, 2):
        assert not one.intersects(other)
    sector, = set(world.parcels["sector_id"])
    assert world.parcels.within(world.sectors.geometry[sector]).all()
    assert world.parcels.area.between(5e4, 40e4).all()


def test_only_the_stated_parcels_have_no_mean(world, scene):
    hidden = world.holes[world.holes["kind"] == "parcel_without_data"]
    none = scene.means.index[scene.means.isna()]
    assert sorted(none) == sorted(hidden["record"])


def test_the_stripe_crosses_parcels(world, scene):
    stripe, = world.holes[world.holes["kind"] == "nodata_stripe"]["record"]
    first, last = map(int, re.findall(r"\d+", stripe))
    north = scene.bounds.top
    band = shapely.box(scene.bounds.left, north - 20 * (last + 1),
                       scene.bounds.right, north - 20 * first)
    assert world.parcels.intersects(band).sum() >= 10


def test_rasterio_finds_the_means_that_points_in_polygons_find(world, scene):
    for parcel in world.parcels.itertuples():
        inside = rasterio.features.geometry_mask(
            [parcel.geometry], scene.ndvi.shape, scene.image["transform"],
            invert=True)
        cells = scene.ndvi[inside & ~scene.no_data]
        mean = cells.mean() if len(cells) else np.nan
        assert mean == pytest.approx(
            scene.means[parcel.parcel_id], abs=1e-3, nan_ok=True)


def test_crops_differ_and_are_plausible(world, scene):
    crops = world.parcels.set_index("parcel_id")["crop_fr"]
    assert crops.value_counts().to_dict() == {
        "céréales": 48, "oliviers": 24, "maraîchage": 24, "agrumes": 12,
        "jachère": 12}
    means = scene.means.groupby(crops).mean().sort_values()
    assert list(means.index) == [
        "jachère", "oliviers", "agrumes", "céréales", "maraîchage"]
    assert means.diff().min() > 0.05
    assert scene.means.dropna().between(0.05, 0.85).all()


def test_who_does_not_mask_the_image_gets_wrong_means(world, scene):
    red, infrared = scene.naive
    naive = np.ma.masked_array((infrared - red) / (infrared + red))
    wrong = brute_force(world.parcels, naive, scene.image["transform"])
    assert ((wrong - scene.means).abs() > 1e-3).sum() >= 15
    assert wrong.notna().all()
