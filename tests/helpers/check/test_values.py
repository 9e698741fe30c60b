"""Checks of one value: each fails where it should, and says why."""

import numpy as np
import pandas as pd
import pytest

from helpers import check
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
    feedback_of(check.kind, liar, float)


def test_true_is_not_one():
    feedback_of(check.equal, True, 1)


def test_a_close_number_passes_and_a_far_one_says_both():
    assert check.close(100.05, 100, rel=1e-3) == 100.05
    assert check.close(np.float64(3), 3) == 3
    text = feedback_of(
        check.close, 98.5, 100, rel=1e-2, name="the length", unit="m")
    assert "the length is 98.5 m" in text and "100 m (within 1%)" in text


def test_a_list_equals_in_type_and_value():
    assert check.equal(["a"], ["a"]) == ["a"]
    assert "['b']" in feedback_of(check.equal, ["a"], ["b"])
    assert "is of type tuple" in feedback_of(check.equal, ("a",), ["a"])


def test_nothing_is_within_a_share_of_zero():
    check.close(0.0, 0)
    assert "within" not in feedback_of(check.close, 0.1, 0)


@pytest.mark.parametrize("value", [
    float("nan"), float("inf"), "3", [3.0], (3.0, 4.0), np.array(3.0),
    pd.Series([1.0, 2.0])])
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
