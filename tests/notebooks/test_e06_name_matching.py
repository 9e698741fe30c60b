"""E06 on worlds that nobody has seen: the reference solution keeps its word.

data/make makes three fresh worlds, each with its table of true pairs; the
solution's own cells run on them instead of on the course's data.
"""

import shutil

import pandas as pd
import pytest

from commands import make_data
from commands.exercises import notebooks
from helpers import data
from tests.support import ROOT

SOLUTION = ROOT / "solutions" / "day1_production" / "e06_name_matching.ipynb"
SEEDS = [1, 20, 404]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SEEDS)
def solved(request, tmp_path_factory):
    """(names of the executed solution, true pairs) in the world of a seed."""
    world = tmp_path_factory.mktemp("world")
    truth = make_world(world, request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "path",
                      lambda name: world / data.info(name)["path"])
        known = {"__name__": "e06"}
        for cell in notebooks.read(SOLUTION).cells:
            if cell.cell_type == "code" and not cell.metadata.get(
                    "nbgrader", {}).get("grade"):
                exec(cell.source, known)
    return known, truth


@pytest.fixture
def matched(solved):
    """(what the solution decided, the true pairs)."""
    known, truth = solved
    return known["matches"].set_index("list_id"), truth


def make_world(folder, seed):
    """Clinics and list of another seed; returns its truth by list_id."""
    shutil.copytree(data.DATA / "received", folder / "received")
    build = make_data.builder()
    for maker in (build.governorates, build.sectors, build.osm_clinics):
        truth = maker.make(folder, seed)
    assert (folder / "clinic_list.csv").read_bytes() != (
        data.DATA / "clinic_list.csv").read_bytes()
    return truth["clinic_list"].set_index("record")


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


def test_the_world_is_hard_enough_to_fail_without_the_governorate(solved):
    known, truth = solved
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
