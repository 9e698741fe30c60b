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


def test_a_fault_of_the_course_keeps_its_own_words():
    with pytest.raises(Feedback, match="Did you mean: governorates"):
        with check.task("Task 1"):
            data.path("governorate")


def test_whoever_interrupts_is_obeyed():
    with pytest.raises(KeyboardInterrupt):
        with check.task("Task 1"):
            raise KeyboardInterrupt


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
    text = said(check.close, 98.5, 100, rel=1e-2, name="the length", unit="m")
    assert "the length is 98.5 m" in text and "100 m (within 1%)" in text


def test_a_list_equals_in_type_and_value():
    assert check.equal(["a"], ["a"]) == ["a"]
    assert "['b']" in said(check.equal, ["a"], ["b"])
    assert "is of type tuple" in said(check.equal, ("a",), ["a"])


def test_a_subclass_is_not_the_type(towns):
    class Table(gpd.GeoDataFrame):
        pass
    assert "is of type Table" in said(check.layer, Table(towns))


def test_a_percentage_is_not_a_share():
    assert "this is a percentage" in said(check.close, 50.0, 0.5)
    assert "percentage" not in said(check.close, 24, 1)


def test_nothing_is_within_a_share_of_zero():
    check.close(0.0, 0)
    assert "within" not in said(check.close, 0.1, 0)


@pytest.mark.parametrize("value", [
    float("nan"), float("inf"), "3", [3.0], (3.0, 4.0), np.array(3.0),
    pd.Series([1.0, 2.0])])
def test_what_is_no_number_is_refused(value):
    assert "one finite number" in said(check.close, value, 3.0)


def test_a_refusal_must_be_made_and_must_name_the_value():
    def whole(text):
        if "." in text:
            raise ValueError(f"{text} is not whole")
        return int(text) if text else None

    check.refuses(whole, "3.5", says="3.5")
    told = said(check.refuses, whole, "3.5", says="row 7", hint="say where")
    assert "whole('3.5') is refused with the sentence" in told
    assert "a sentence that names row 7" in told and "say where" in told
    assert "whole('3') gives 3" in said(check.refuses, whole, "3", says="3")
    assert "gives None" in said(check.refuses, whole, "", says="")
    with pytest.raises(TypeError):
        check.refuses(whole, 3, says="3")


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
    assert "no sign" in said(check.close, -true, true, unit="m²")


def test_web_mercator_is_recognised_in_every_governorate(areas):
    true = areas.to_crs(32632).area
    ratio = areas.to_crs(3857).area / true
    assert 1.38 < ratio.min() < 1.40 and 1.56 < ratio.max() < 1.58
    for area, expected in zip(ratio * true, true):
        assert "Web Mercator" in said(
            check.close, area, expected, unit="m²")


def test_lengths_in_degrees_and_in_web_mercator_are_recognised(towns):
    """From the first chief town to each other one."""
    metric = towns.to_crs(32632).geometry
    true = metric.distance(metric[0])[1:]
    web = towns.to_crs(3857).geometry
    for length, expected in zip(web.distance(web[0])[1:], true):
        assert "Web Mercator" in said(
            check.close, length, expected, unit="m")
    for point, expected in zip(towns.geometry[1:], true):
        assert "in degrees" in said(
            check.close, point.distance(towns.geometry[0]), expected,
            unit="m")


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
    assert "24 rows" in said(check.rows, towns, 23)
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
    towns = towns.copy()
    towns.loc[5, "geometry"] = shapely.Point(20, 35)
    assert "1 of 24 of the points lie outside; the first at 20.00° E" in said(
        check.inside, towns, areas)


def test_generalised_borders_can_be_forgiven(areas):
    bizerte = gpd.GeoDataFrame(  # as the table states it, in the sea
        geometry=gpd.points_from_xy([9.8739], [37.2744]), crs=4326)
    said(check.inside, bizerte, areas)
    check.inside(bizerte, areas, within_m=2_000)


@pytest.mark.parametrize("written, read, low, high, words", [
    (4223, 4326, 170, 191, "datum was forgotten"),
    (22332, 32632, 457, 461, "EPSG:22332"),
    (22391, 22392, 299.3e3, 299.6e3, "were exchanged (299 km)"),
    (22391, 32632, 3.6e6, 3.78e6, "3,700 km"),
])
def test_known_displacements_are_named(towns, written, read, low, high,
                                       words):
    wrong = misread(towns, written, read)
    away = check.distance_m(wrong.geometry, towns.geometry)
    assert low <= away.min() and away.max() <= high
    assert words in said(check.same_place, wrong, towns)


@pytest.mark.parametrize("written, read, words", [
    (4326, 4223, "datum was forgotten"),
    (32632, 22332, "EPSG:22332"),
    (22392, 22391, "were exchanged (299 km)"),
])
def test_they_are_named_in_the_other_direction_too(towns, written, read,
                                                   words):
    assert words in said(
        check.same_place, misread(towns, written, read), towns)


def test_a_swap_is_named_also_when_places_are_compared(towns):
    swapped = towns.set_geometry(gpd.points_from_xy(
        towns.geometry.y, towns.geometry.x), crs=4326)
    assert "look swapped" in said(check.same_place, swapped, towns)


def test_one_place_in_error_is_enough(towns):
    shifted = towns.to_crs(32632)
    shifted.loc[5, "geometry"] = shapely.affinity.translate(
        shifted.geometry[5], 2, 0)
    text = said(check.same_place, shifted.to_crs(4326), towns)
    assert "worst 2.0 m" in text


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
