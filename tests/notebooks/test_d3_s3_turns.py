"""Session 3.3: what the micro-tasks and the lab say about an answer."""

import pytest

from tests.notebooks.turns import is_named, opened
from tests.support import ROOT

LESSON = ROOT / "course/day3_publication/s3_honest_maps.ipynb"
CELLS = ["story-map", "story-density", "limits-functions", "limits-ways"]
TUNIS, ALL = 'tunis["{0}"].sum()', 'layer["{0}"].sum()'
LAND = f"100 * {TUNIS} / {ALL}".format("km2")
PEOPLE = f"100 * {TUNIS} / {ALL}".format("pop_2024")


@pytest.fixture(scope="module")
def said(tmp_path_factory, kernels):
    with opened(LESSON, tmp_path_factory.mktemp("lesson"), kernels,
                CELLS) as ask:
        yield ask


def shares(land, people):
    return f"land_share = {land}\npeople_share = {people}"


@pytest.mark.parametrize("land, people", [
    (LAND, PEOPLE), (0.14, 9), (f"round({LAND}, 2)", PEOPLE),
    ('100 * tunis["km2"] / layer["km2"].sum()', PEOPLE)])
def test_a_share_may_be_rounded(said, land, people):
    assert said("story", shares(land, people)).startswith("✓")


@pytest.mark.parametrize("land, people", [
    (0.0014, 0.09), (0.18, 9), (LAND, 12)])
def test_another_share_is_wrong(said, land, people):
    is_named(said("story", shares(land, people)), "_share is")


@pytest.mark.parametrize("people", ["...", "None"])
def test_one_share_is_not_yet_an_answer(said, people):
    assert "not answered yet" in said("story", shares(LAND, people))


def test_times_may_be_rounded(said):
    assert said("top", "times = 12").startswith("✓")
    is_named(said("top", "times = top.min() / top.max()"), "times is 0.08")
