"""The feedback: each check fails where it should, and says why."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from helpers import check, data
from helpers.check import Feedback, NotAnswered


@pytest.fixture(scope="module")
def towns():
    return gpd.read_file(data.path("chief_towns"))


@pytest.fixture(scope="module")
def areas():
    return gpd.read_file(data.path("governorates"))


def said(call, *arguments, **keywords) -> str:
    """What the feedback says; the test fails when there is none."""
    with pytest.raises(Feedback) as told:
        call(*arguments, **keywords)
    return str(told.value)


def misread(points, written, read):
    """Points written in one CRS whose numbers are read in another."""
    moved = points.to_crs(written)
    return moved.set_crs(read, allow_override=True).to_crs(4326)


# --- tasks -----------------------------------------------------------------

def test_a_task_that_holds_says_so(capsys):
    with check.task("Task 1"):
        check.equal(1, 1)
    assert capsys.readouterr().out == "✓ Task 1: right.\n"


def test_feedback_names_task_and_where_to_re_read():
    with pytest.raises(Feedback) as told:
        with check.task("Task 1", read_again="lesson, Section"):
            check.equal(1, 2, "the number", why="it counts", hint="add")
    text = str(told.value)
    for words in ("Task 1", "the number is 1", "2", "it counts", "add",
                  "lesson, Section"):
        assert words in text


def test_the_notebook_shows_no_traceback_and_narrow_lines():
    error = Feedback("found " * 60, "expected", "why", "hint")
    lines = error._render_traceback_()
    assert max(map(len, lines)) <= check.WIDTH
    assert "Traceback" not in "\n".join(lines)


@pytest.mark.parametrize("nothing", [None, ...])
def test_a_missing_answer_is_one_calm_sentence(nothing):
    with pytest.raises(NotAnswered) as told:
        with check.task("Task 1", read_again="lesson"):
            check.close(nothing, 3.0)
    assert str(told.value).startswith("○ Task 1: not answered yet.")
    assert "\n" not in str(told.value) and "lesson" not in str(told.value)


def test_a_name_that_does_not_exist_yet_is_not_answered():
    with pytest.raises(NotAnswered):
        with check.task("Task 1"):
            check.equal(never_defined, 1)  # noqa: F821


def test_a_name_missing_inside_the_answer_is_an_error_of_the_answer():
    def answer():
        return gdp.read_file("x")  # noqa: F821

    with pytest.raises(Feedback) as told:
        with check.task("Task 1"):
            answer()
    assert not isinstance(told.value, NotAnswered)
    assert "NameError: name 'gdp' is not defined" in str(told.value)


def test_an_error_in_the_answer_is_told_with_its_line():
    source = compile("def answer(table):\n    return table['lat']\n",
                     "<ipython-input>", "exec")
    scope = {}
    exec(source, scope)
    with pytest.raises(Feedback) as told:
        with check.task("Task 1"):
            scope["answer"](pd.DataFrame({"x": [1]}))
    assert "KeyError: there is no 'lat', line 2 of answer()" in str(
        told.value)


# --- values ----------------------------------------------------------------

class EqualToAll:
    def __eq__(self, other):
        return True


class FloatEqualToAll(float):
    def __sub__(self, other):
        return 0.0
    __rsub__ = __sub__

    def __eq__(self, other):
        return True


@pytest.mark.parametrize("liar", [EqualToAll(), FloatEqualToAll(3)])
def test_an_object_that_equals_everything_passes_nothing(liar):
    said(check.equal, liar, 7)
    said(check.close, liar, 7.0)
    said(check.kind, liar, float)


def test_true_is_not_one():
    said(check.equal, True, 1)


def test_a_close_number_passes_and_a_far_one_says_both():
    assert check.close(100.05, 100, rel=1e-3) == 100.05
    assert check.close(np.float64(3), 3) == 3
    text = said(check.close, 90, 100, rel=1e-2, name="the length", unit="m")
    assert "the length is 90 m" in text and "100 m" in text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "3", [3.0],
                                   pd.Series([1.0, 2.0])])
def test_what_is_no_number_is_refused(value):
    assert "one finite number" in said(check.close, value, 3.0)


def test_units_that_were_mixed_up_are_named(areas):
    tunis = areas.set_index("name_en").loc[["Tunis"]]
    true = tunis.to_crs(32632).area.iloc[0]
    with pytest.warns(UserWarning, match="geographic CRS"):
        degrees = tunis.area.iloc[0]
    assert "square degrees" in said(check.close, degrees, true, unit="m²")
    web = tunis.to_crs(3857).area.iloc[0]
    text = said(check.close, web, true, unit="m²")
    assert "Web Mercator" in text and "56%" in text
    assert "kilometres were exchanged" in said(
        check.close, true / 1e6, true, unit="m²")
    assert "kilometres were exchanged" in said(
        check.close, 173.0, 0.173, unit="km")


# --- layers ----------------------------------------------------------------

def test_a_geoseries_is_not_a_layer(towns):
    assert "keeps its attributes" in said(check.layer, towns.geometry)


def test_the_crs_and_what_it_is_mistaken_for(towns):
    check.crs(towns, 4326)
    assert "declares no CRS" in said(
        check.crs, towns.set_crs(None, allow_override=True), 4326)
    assert "EPSG:32632" in said(check.crs, towns.to_crs(32632), 4326)
    labelled = towns.to_crs(32632).set_crs(4326, allow_override=True)
    text = said(check.crs, labelled, 4326)
    assert "only declare" in text and "to_crs()" in text


def test_columns_rows_and_identifiers(towns):
    check.columns(towns, ["name_fr"])
    assert "'nom'" in said(check.columns, towns, ["nom"])
    check.rows(towns, 24)
    assert "23 rows" in said(check.rows, towns.iloc[1:], 24)
    check.unique(towns, "iso_3166_2")
    twice = pd.concat([towns, towns.iloc[[0]]])
    assert "TN-11 comes more than once" in said(
        check.unique, twice, "iso_3166_2")
    holes = towns.assign(iso_3166_2=None)
    assert "without a value" in said(check.unique, holes, "iso_3166_2")


def test_geometry_types_and_validity(towns, areas):
    check.geometry_type(towns, "Point")
    assert "Polygon" in said(check.geometry_type, areas, "Point")
    empty = towns.copy()
    empty.loc[0, "geometry"] = None
    assert "1 rows without a geometry" in said(
        check.geometry_type, empty, "Point")
    check.valid(areas)
    bow_tie = gpd.GeoDataFrame(geometry=[shapely.Polygon(
        [(0, 0), (1, 1), (1, 0), (0, 1)])], crs=4326)
    assert "Self-intersection" in said(check.valid, bow_tie)


def test_points_outside_are_told_where_they_fell(towns, areas):
    check.inside(towns, areas)
    swapped = towns.set_geometry(gpd.points_from_xy(
        towns.geometry.y, towns.geometry.x), crs=4326)
    text = said(check.inside, swapped, areas)
    assert "in Ethiopia" in text and "look swapped" in text
    text = said(check.inside, misread(towns, 22391, 32632), areas)
    assert "24 of 24" in text


def test_generalised_borders_can_be_forgiven(areas):
    bizerte = gpd.GeoDataFrame(  # as the table states it, in the sea
        geometry=gpd.points_from_xy([9.8739], [37.2744]), crs=4326)
    said(check.inside, bizerte, areas)
    check.inside(bizerte, areas, within_m=2_000)


@pytest.mark.parametrize("written, read, words", [
    (4223, 4326, "datum was forgotten"),
    (22332, 32632, "EPSG:22332"),
    (22391, 22392, "were exchanged (299 km)"),
    (22391, 32632, "3,700 km"),
])
def test_known_displacements_are_named(towns, written, read, words):
    text = said(check.same_place, misread(towns, written, read), towns)
    assert words in text


def test_a_swap_is_named_also_when_places_are_compared(towns):
    swapped = towns.set_geometry(gpd.points_from_xy(
        towns.geometry.y, towns.geometry.x), crs=4326)
    assert "look swapped" in said(check.same_place, swapped, towns)


def test_places_are_paired_by_key(towns):
    mixed = towns.sample(frac=1, random_state=1)
    check.same_place(mixed, towns, key="iso_3166_2")
    said(check.same_place, mixed, towns)


def test_the_same_layer_is_the_same_in_any_order(towns):
    check.same_layer(towns[::-1], towns, key="iso_3166_2")
    renamed = towns.replace({"name_fr": {"Sfax": "Sfaks"}})
    assert "'Sfaks'" in said(
        check.same_layer, renamed, towns, key="iso_3166_2")
    moved = towns.set_geometry(towns.translate(0.01, 0))
    assert "away" in said(check.same_layer, moved, towns, key="iso_3166_2")


def test_distances_are_geodesic(towns):
    carthage = Transformer.from_crs(4326, 4223, always_xy=True)
    x, y = carthage.transform(towns.geometry.x, towns.geometry.y)
    shift = check.distance_m(
        towns.geometry, gpd.GeoSeries(gpd.points_from_xy(x, y), crs=4326))
    assert 170 < shift.min() and shift.max() < 191.5
