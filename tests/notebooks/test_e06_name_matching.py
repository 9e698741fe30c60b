"""E06 on worlds that nobody has seen: the reference solution keeps its word.

data/make makes three fresh worlds, each with its table of true pairs; the
solution's own cells run on them instead of on the course's data.
"""


import pandas as pd
import pytest

from helpers import data
from tests.support import ROOT

SOLUTION = ROOT / "solutions" / "day1_production" / "e06_name_matching.ipynb"
SEEDS = [1, 20, 404]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SEEDS)
def world(request, worlds):
    return worlds(request.param)


@pytest.fixture(scope="module")
def truth(world):
    """The true pairs by list_id, of a list that is not the course's."""
    assert world.path("clinic_list").read_bytes() != (
        data.DATA / "clinic_list.csv").read_bytes()
    return world.truth("clinic_list").set_index("record")


@pytest.fixture(scope="module")
def known(world, solved):
    return solved("e06_name_matching", world.seed)


@pytest.fixture
def matched(known, truth):
    """(what the solution decided, the true pairs)."""
    return known["matches"].set_index("list_id"), truth


def test_precision_and_recall_are_those_that_the_exercise_asks(matched):
    matches, truth = matched
    right, accepted, true = counts(matches, truth)
    assert right / accepted >= 0.98
    assert right / true >= 0.90


def test_homonyms_and_other_kinds_of_place_stay_apart(matched):
    matches, truth = matched
    apart = truth[truth["kind"].isin([
        "homonym in another governorate", "another kind of place"])]
    assert len(apart) == 15
    assert "match" not in set(matches["decision"][apart.index])


def test_each_arabic_spelling_is_found(matched):
    matches, truth = matched
    for kind in ("Persian letters", "tatweel", "missing hamza",
                 "final heh for teh marbuta"):
        rows = truth.index[truth["kind"] == kind]
        assert len(rows) == 12
        assert (matches["osm_id"][rows] == truth["true_value"][rows]).all()


def test_a_person_has_little_and_something_to_review(matched):
    matches, _ = matched
    assert 1 <= (matches["decision"] == "review").sum() <= 20


def test_the_world_is_hard_enough_to_fail_without_the_governorate(
        known, truth):
    anywhere = known["places"].assign(governorate="Tunisie")
    made = pd.DataFrame([
        known["match_one"](row | {"governorate": "Tunisie"}, anywhere)
        for row in known["listed"].to_dict("records")])
    right, accepted, _ = counts(
        made.set_index(known["listed"]["list_id"]), truth)
    assert right / accepted < 0.5


def counts(matches, truth):
    """Right matches, all matches, true pairs."""
    accepted = matches[matches["decision"] == "match"]
    true = truth["true_value"]
    right = (accepted["osm_id"] == true[accepted.index]).sum()
    return right, len(accepted), (true != "").sum()
