"""The reference answers of E17 are those of the truth table, which data/make
derives by a code of its own; in the course's world and in another one."""

import json

import pandas as pd
import pytest

from commands.exercises import notebooks
from tests.support import ROOT

SOLUTION = ROOT / "solutions/day3_publication/e17_licence_desk.ipynb"


@pytest.fixture(scope="module", params=[None, 7, 46],
                ids=["course", "seed 7", "seed 46"])
def desk(request, worlds, solved):
    """(what the answer cells define, the situations, their truth table)"""
    world = worlds(request.param)
    names = solved(SOLUTION.stem, request.param)
    truth = world.truth("reuse_situations").pivot(
        index="record", columns="field", values="true_value")
    return names, names["situations"], truth


def ids(text: str) -> set[str]:
    return set(filter(None, text.split("; ")))


def test_the_reference_answers_are_those_of_the_truth_table(desk):
    names, situations, truth = desk
    assert len(situations) == 12
    for situation in situations:
        right = truth.loc[situation["situation_id"]]
        answer = names["decide"](situation, names["licences"])
        assert answer["decision"] == right["decision"]
        assert set(answer["licences"]) == ids(
            right["allowed"] or right["contested"])
        assert names["attribution"](situation) == right["attribution"]


def test_what_is_compatible_is_that_of_the_truth_table(desk):
    names, situations, truth = desk
    for situation in situations:
        if situation["use"] in ("derived database", "produced work"):
            right = truth.loc[situation["situation_id"]]
            assert {name: set(found) for name, found in names["compatible"](
                situation["inputs"], situation["use"],
                names["licences"]).items()} == {
                    name: ids(right[name])
                    for name in ("allowed", "contested")}


def test_one_case_is_contested_and_the_text_names_it_by_its_title(desk):
    names, situations, _ = desk
    (title,) = [one["title_fr"] for one in situations if names["decide"](
        one, names["licences"])["decision"] == "ask first"]
    assert f"*{title}*" in " ".join(
        cell.source for cell in notebooks.read(SOLUTION).cells
        if cell.id == "task5")


def test_no_open_licence_leads_to_one_that_is_not(desk):
    """Over all pairs: open results only, and attribution is never lost."""
    names, _, _ = desk
    licences = names["licences"]
    table = pd.DataFrame([
        (source, target, use, names["verdict"](
            licences[source], licences[target], use))
        for source in licences for target in licences
        for use in ("derived database", "produced work")],
        columns=["source", "target", "use", "word"])
    kept = table[table["word"] != "no"]
    for row in kept.itertuples():
        source, target = licences[row.source], licences[row.target]
        assert not target["no_commerce"] and not target["no_derivatives"]
        assert target["attribution"] or not source["attribution"]
    assert set(table["word"]) == {"yes", "no", "contested"}
    assert json.dumps(licences["CC0-1.0"])  # plain truth values, no numpy's
