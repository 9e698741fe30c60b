"""Checks of one value: each fails where it should, and says why."""

from collections import namedtuple
from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from jinja2 import Template, UndefinedError
from rdflib import Graph
from shapely import Point

from helpers import check
from helpers.check import codec
from tests.helpers.check.support import feedback_of


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
    feedback_of(check.equal, liar, 7)
    feedback_of(check.close, liar, 7.0)


def test_a_look_alike_is_taken_for_what_it_is_in_value():
    Pair = namedtuple("Pair", "x y")
    assert type(check.kind(FloatEqualToAll(3), float)) is float
    assert check.equal(np.bool_(True), True) is True
    assert check.equal(np.int64(3), 3) == 3
    assert check.equal(np.str_("EPSG:4326"), "EPSG:4326")
    assert type(check.equal(Pair(1, 2.5), (1, 2.5))) is tuple
    assert check.equal(2.0, 2) == 2
    layer = gpd.GeoDataFrame({"a": [1]}, geometry=[Point(1, 2)])
    assert len(check.kind(layer, pd.DataFrame)) == 1


def test_true_is_not_one():
    feedback_of(check.equal, True, 1)
    feedback_of(check.equal, 1, True)
    feedback_of(check.equal, [1], [True])


def test_a_close_number_passes_and_a_far_one_says_both():
    assert check.close(100.05, 100, rel=1e-3) == 100.05
    assert check.close(np.float64(3), 3) == 3
    text = feedback_of(
        check.close, 98.5, 100, rel=1e-2, name="the length", unit="m")
    assert "the length is 98.5 m" in text and "100 m (within 1%)" in text


@pytest.mark.parametrize("number", [
    Decimal("12.5"), Fraction(25, 2), np.float32(12.5), np.longdouble(12.5)])
def test_a_number_of_another_type_is_the_same_number(number):
    assert check.close(number, 12.5) == 12.5
    assert check.equal(number, 12.5) == 12.5
    assert check.kind(number, (int, float)) == 12.5


@pytest.mark.parametrize("rel, words", [
    (0.025, "(within 2.5%)"), (1e-4, "(within 0.01%)"),
    (5e-5, "(within 0.005%)"), (1e-7, "(correct to 7 digits)"),
    (1e-9, "(correct to 9 digits)")])
def test_how_near_is_told_in_figures_that_people_read(rel, words):
    assert f"100 m {words}" in feedback_of(
        check.close, 90, 100, rel=rel, unit="m")


def test_a_wide_limit_is_not_told_as_if_it_were_enough():
    """Such a check only asks for the size; hidden tests ask for the number."""
    assert "within" not in feedback_of(check.close, 12.5, 5, rel=0.8)


@pytest.mark.parametrize("value, expected, rounded", [
    (4.9, 4.95, True), (5, 4.95, True), (0.33, 0.328571, True),
    (-0.01, -0.0119, True), (4, 5, False), (0, 0.3, False),
    (4.7, 4.95, False), (0.25, 0.125, False), (1, 0.6, False)])
def test_a_rounded_number_is_called_so(value, expected, rounded):
    assert ("this is rounded" in feedback_of(
        check.close, value, expected)) == rounded


def test_a_list_equals_in_type_and_value():
    assert check.equal(["a"], ["a"]) == ["a"]
    assert "['b']" in feedback_of(check.equal, ["a"], ["b"])
    assert check.equal(("a",), ["a"]) == ("a",)
    assert "is of type set" in feedback_of(check.equal, {"a"}, ["a"])


@pytest.mark.parametrize("value, name", [
    (Graph(), "Graph"), (feedback_of, "function"), (1j, "complex")])
def test_what_cannot_be_sent_is_named_by_its_own_type(value, name):
    """Whoever reads a message knows no module of the course."""
    sent = codec.decode(codec.encode([value]))[0]
    with pytest.raises(TypeError) as of_python:
        list(sent)
    with pytest.raises(UndefinedError) as of_a_library:
        Template("{{ value.missing.more }}").render(value=sent)
    said = [feedback_of(check.kind, value, str),
            feedback_of(check.close, sent, 3.0),
            feedback_of(check.equal, [sent], [1]),
            str(of_python.value), str(of_a_library.value)]
    for text in said:
        assert name in text
        assert "Unsent" not in text and "helpers" not in text
    assert "no text, number, table or layer" in said[0]


def test_nothing_is_within_a_share_of_zero():
    check.close(0.0, 0)
    assert "within" not in feedback_of(check.close, 0.1, 0)


@pytest.mark.parametrize("value", [
    float("nan"), float("inf"), "3", [3.0], (3.0, 4.0), np.array(3.0),
    pd.Series([1.0, 2.0]), True, 3j, Decimal("sNaN"), 10 ** 400,
    Fraction(10) ** 400])
def test_a_value_that_is_no_finite_number_is_refused(value):
    assert "one finite number" in feedback_of(check.close, value, 3.0)


def test_a_refusal_must_be_made_and_must_name_the_value():
    def whole(text):
        if "." in text:
            raise ValueError(f"{text} is not whole")
        return int(text) if text else None

    check.refuses(whole, "3.5", says="3.5")
    text = feedback_of(
        check.refuses, whole, "3.5", says="row 7", hint="say where")
    assert "whole('3.5') is refused with the sentence" in text
    assert "a sentence that names row 7" in text and "say where" in text
    assert "whole('3') gives 3" in feedback_of(
        check.refuses, whole, "3", says="3")
    assert "gives None" in feedback_of(check.refuses, whole, "", says="")
    with pytest.raises(TypeError):
        check.refuses(whole, 3, says="3")


@pytest.mark.parametrize("value, expected", [
    (36453.2, 36453.17), (36.8065, 36.80651234), (0.1 + 0.2, 0.3),
    (1e9 + 1e-6, 1e9)])
def test_two_numbers_never_read_the_same(value, expected):
    with pytest.raises(check.Feedback) as error:
        check.close(value, expected, rel=0)
    found, wanted = error.value.found, error.value.expected
    assert found.removeprefix("the answer is ") != wanted.partition(" (")[0]


def test_two_texts_that_look_the_same_are_told_apart():
    with pytest.raises(check.Feedback) as error:
        check.equal("B\u00e9ja", "Be\u0301ja")
    assert "\\xe9" in str(error.value) and "\\u0301" in str(error.value)


@pytest.mark.parametrize("value, expected", [
    ("x" * 5000, "y"), ("y", "x" * 5000), ("x" * 5000, "x" * 5000 + "y"),
    ("x" * 5000 + "z" * 900, "x" * 5000 + "y" * 900),
    ("x" * 900 + "B\u00e9ja", "x" * 900 + "Be\u0301ja"),
    (["row"] * 900, ["row"] * 899 + ["Row"])])
def test_a_long_text_is_cut_and_still_told_apart(value, expected):
    with pytest.raises(check.Feedback) as error:
        check.equal(value, expected)
    found, wanted = error.value.found, error.value.expected
    assert found.removeprefix("the answer is ") != wanted
    assert "\u2026" in found + wanted and len(found + wanted) < 600
    assert found in str(error.value) and wanted in str(error.value)


def test_what_a_check_found_takes_a_few_lines():
    text = str(check.Feedback("found " * 900 + ": columns, not rows",
                              "expected " * 900, "why"))
    assert len(text) < 900 and text.count("\u2026") == 2 and "why" in text
    assert "columns, not rows" in text


def test_what_is_short_is_told_whole():
    with pytest.raises(check.Feedback) as error:
        check.equal("x" * 150, "y" * 150)
    assert "x" * 150 in str(error.value) and "y" * 150 in str(error.value)


@pytest.mark.parametrize("value, expected, hint", [
    (pd.Series([True, False]), int, ".sum() counts"),
    (pd.Series([1.5]), (float, int), ".sum() counts"),
    ((1, 2, 3), (float, int), "takes the third"),
    ("12", int, "float(…) makes one of a text"),
    ("True", bool, "without quotes"),
    ([{"a": 1}], pd.DataFrame, "pd.DataFrame(…)")])
def test_a_value_of_another_type_is_told_the_way_on(value, expected, hint):
    with pytest.raises(check.Feedback) as raised:
        check.kind(value, expected, "it")
    assert hint in raised.value.hint


def test_the_hint_of_a_number_is_kept_where_there_is_no_number():
    with pytest.raises(check.Feedback) as raised:
        check.close(float("nan"), 1, hint='how="left"')
    assert raised.value.hint == 'how="left"'
