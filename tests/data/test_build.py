"""All layers: the modules that make them, and what holds for each layer."""

import ast
import importlib
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.make import describe
from tests.data.worlds import HEADERS, build

MAKE = Path(build.__file__).parent
MODULES = {file.relative_to(MAKE): importlib.import_module(
    ".".join(["data.make", *file.relative_to(MAKE).with_suffix("").parts]))
    for file in sorted(MAKE.glob("*/*.py"))
    if file.parent.name != "shared" and file.name != "__init__.py"}
GENERATED = [maker for maker in build.MAKERS
             if any(header["fictional"] for header in maker.RESOURCES)]
CLEAN = [name for name, header in HEADERS.items()
         if header["path"].endswith(".geojson") and header["fictional"]
         and name != "sectors_received"]
# Defects of a whole file are the same in each world.
OF_A_FILE = {"encoding_cp1256", "semicolon", "decimal_comma",
             "day_first_date", "empty_record"}
NAMES_OF_FORMATS = ["www.topografix.com", "openrosa.org"]  # GPX, OpenRosa


@pytest.fixture(scope="module", params=[None, 7])
def world(request, worlds):
    """The world of each of two seeds."""
    return worlds(request.param)


def by(makers):
    """Run a test once per module, which is its parameter `maker`."""
    return pytest.mark.parametrize("maker", makers, ids=build.script)


# --- the package -----------------------------------------------------------

def test_every_module_that_makes_layers_is_run_once():
    makers = [module for module in MODULES.values()
              if hasattr(module, "RESOURCES")]
    assert sorted(map(build.script, build.MAKERS)) == sorted(
        map(build.script, makers))


def test_a_module_makes_layers_or_is_a_part_of_one_that_does():
    for file, module in MODULES.items():
        makes = hasattr(module, "RESOURCES") and hasattr(module, "make")
        assert makes != bool(owners(file)), file


def test_a_part_is_imported_by_its_own_layer_alone():
    for file in MODULES:
        for imported in imports(MAKE / file):
            for owner in owners(imported):
                assert file.stem == owner.stem or owner in owners(file), (
                    f"{file} imports {imported}, a part of {owner}")


def test_every_layer_has_its_own_name_and_file():
    headers = [header for maker in build.MAKERS for header in maker.RESOURCES]
    assert len({header["name"] for header in headers}) == len(headers)
    assert len({header["path"] for header in headers}) == len(headers)


def test_every_random_number_is_drawn_from_chance():
    generator = re.compile(r"default_rng|RandomState|import random\b"
                           r"|np\.random\.(?!Generator)|from numpy.random")
    users = [str(file.relative_to(MAKE)) for file in MAKE.rglob("*.py")
             if generator.search(file.read_text("utf-8"))]
    assert users == ["shared/world.py"]


def owners(file):
    """The modules that a module is a part of, by its name."""
    return [other for other, module in MODULES.items()
            if hasattr(module, "RESOURCES") and other.parent == file.parent
            and file.stem.startswith(f"{other.stem}_")]


def imports(file):
    """The modules of families that a module imports."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = file.parents[node.level - 1]
            module = folder.joinpath(*(node.module or "").split("."))
            names = [module, *(module / name.name for name in node.names)]
            yield from (name.with_suffix(".py").relative_to(MAKE)
                        for name in names
                        if name.with_suffix(".py").relative_to(MAKE)
                        in MODULES)


# --- each layer ------------------------------------------------------------

@by(build.MAKERS)
def test_a_layer_has_the_fields_that_its_header_describes(world, maker):
    for header in maker.RESOURCES:
        file = world.path(header["name"])
        assert file.is_file()
        if "fields" in header:
            assert list(describe.read_table(file)) == list(header["fields"])


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_layer_is_valid_and_has_seven_decimals(world, name):
    assert "crs" not in json.loads(world.path(name).read_text("utf-8"))
    layer = world.layer(name)
    assert layer.is_valid.all() and layer.iloc[:, 0].is_unique
    numbers = layer.get_coordinates().to_numpy()
    assert (np.round(numbers, 7) == numbers).all()


# --- one seed and another --------------------------------------------------

@by(GENERATED)
def test_the_same_seed_makes_the_same_bytes(worlds, maker):
    """That the course's own seed does, too, test_make_data shows."""
    first, second = worlds(7), worlds(7, again=True)
    for header in maker.RESOURCES:
        name = header["name"]
        assert first.path(name).read_bytes() == (
            second.path(name).read_bytes()), name
    again = second.truths(maker)
    for name, table in first.truths(maker).items():
        pd.testing.assert_frame_equal(table, again.pop(name))
    assert again == {}


@by(GENERATED)
def test_another_seed_makes_other_records_of_the_same_form(worlds, maker):
    for header in maker.RESOURCES:
        ours, other = (worlds(seed).path(header["name"])
                       for seed in (None, 7))
        assert ours.read_bytes() != other.read_bytes(), header["name"]
        if "fields" in header:
            ours, other = map(describe.read_table, (ours, other))
            assert ours.dtypes.equals(other.dtypes)
            assert len(ours) == len(other)


@by(GENERATED)
def test_another_seed_plants_as_many_of_each_kind_elsewhere(worlds, maker):
    ours, other = (worlds(seed).truths(maker) for seed in (None, 7))
    assert list(ours) == list(other)
    for name in ours:
        assert list(ours[name].columns) == list(other[name].columns)
        kinds = [dict(list(table.groupby("kind"))) for table in (
            ours[name], other[name])]
        assert list(kinds[0]) == list(kinds[1]), name
        for kind in kinds[0]:
            here, there = (by_kind[kind] for by_kind in kinds)
            assert len(here) == len(there), (name, kind)
            same = places(here) == places(there)
            assert same == (kind in OF_A_FILE), (name, kind)


def places(table):
    """Where defects are, and what they are, without their order."""
    return sorted(zip(table["record"], table["found"], table["true_value"]))


# --- fiction ---------------------------------------------------------------

@by(GENERATED)
def test_a_generated_layer_calls_itself_fictional(maker):
    for header in maker.RESOURCES:
        assert header["title"].startswith("FICTIONAL ")
        assert header["fictional"] is True


@pytest.mark.parametrize("name", [
    "sectors", "sectors_received", "health_centres", "health_centres_v2",
    "schools", "green_areas", "flood_zone", "water_points",
    "heritage_sites"])
def test_a_name_says_that_it_is_fictional_in_two_languages(world, name):
    table = describe.read_table(world.path(name))
    table = table[table["name_fr"] != ""]  # slivers among sectors as received
    assert table["name_fr"].str.contains("fictif|fictive").all()
    assert table["name_ar"].dropna().str.contains("وهمي").all()


@by(GENERATED)
def test_french_and_arabic_do_not_mix(world, maker):
    for header in maker.RESOURCES:
        table = (describe.read_table(world.path(header["name"]))
                 if "fields" in header else pd.DataFrame())
        for column, values in table.items():
            if column.endswith("_fr"):
                assert not values.str.contains("[\u0600-\u06ff]").any()
            elif column.endswith("_ar"):
                assert not values.str.contains("[A-Za-zÀ-ÿ]").any()


@by(GENERATED)
def test_no_address_is_that_of_anybody(world, maker):
    for header in maker.RESOURCES:
        file = world.path(header["name"])
        text = "" if file.suffix == ".tif" else (
            file.read_bytes().decode("utf-8", "ignore"))
        hosts = set(re.findall(r"(?:https?://|@)([\w-]+\.[\w.-]+)", text))
        assert hosts <= {"example.org", *NAMES_OF_FORMATS}, header["name"]


def test_only_what_is_like_openstreetmap_is_under_its_licence():
    shared_alike = {
        name for name, header in HEADERS.items()
        if header["licenses"][0]["name"] == "ODbL-1.0"}
    assert shared_alike == {"bus_stops", "osm_clinics",
                            "osm_clinics_overpass", "osm_change"}
    assert {header["licenses"][0]["name"] for header in HEADERS.values()
            if header["fictional"]} == {"CC-BY-4.0", "ODbL-1.0"}
