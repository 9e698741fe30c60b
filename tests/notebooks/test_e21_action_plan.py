"""E21: what its text says of its plans, and whether the functions that
trainees write agree with the course's own list of faults."""

import copy
import random
from datetime import date, timedelta

import pytest

from helpers import strategy
from tests.support import ROOT

SOLUTION = ROOT / "solutions" / "day4_strategy" / "e21_action_plan.ipynb"
EXAMPLE = ROOT / "course" / "day4_strategy" / "plan_example.yaml"
SEEDS = range(40)


@pytest.fixture(scope="module")
def names(solved) -> dict:
    """What the solution defines; no check and no file."""
    return solved("e21_action_plan")


def moved(seed: int) -> dict:
    """The example plan with some days and links of milestones changed."""
    chance = random.Random(seed)
    plan = copy.deepcopy(strategy.read_plan(EXAMPLE))
    for one in plan["milestones"]:
        for key in ("start", "end"):
            if chance.random() < 0.2:
                day = date.fromisoformat(one[key])
                one[key] = (day + timedelta(
                    chance.choice([-400, -90, 90, 400]))).isoformat()
        if chance.random() < 0.1:
            one["after"] = [*one.get("after", []), "M99"]
    return plan


def dated_faults(plan: dict) -> set[str]:
    """Ids of milestones to whose dates or order plan_faults objects."""
    return {fault.place.split()[1] for fault in strategy.plan_faults(plan)
            if fault.place.startswith("milestones ")
            and fault.place.split()[-1] in ("start", "end", "after")}


def test_no_program_finds_a_fault_in_the_plan_for_the_review(names):
    assert strategy.plan_faults(names["peer"]) == []


def test_the_plan_for_the_review_has_the_issues_that_readers_shall_find(
        names):
    milestones = names["peer"]["milestones"]
    assert min(one["start"] for one in milestones) >= "2023-10-01"
    assert {one["post"] for one in milestones} == {"data officer"}
    assert any(one["text"].startswith("14 of 100") for one in milestones)
    assert names["draft"]["objectives"][0]["indicator"]["baseline"] == 13


def test_what_is_left_of_the_draft_is_the_trainees_part(names):
    places = {fault.place for fault in strategy.plan_faults(names["draft"])}
    assert places == {"milestones", "budget", "risks"}


def test_the_gaps_are_those_of_session_4_2(names):
    first = strategy.improvements(names["evidence"]).iloc[0]
    assert names["draft"]["gaps"][0] == {
        "id": first["item_id"], "text": first["improvement"]}


def test_the_answers_of_the_instructors_page(names):
    received = names["received"]
    assert names["date_faults"](received) == [
        "M3: backwards", "M4: too early", "M5: outside", "M5: too early",
        "M6: outside", "M6: unknown"]
    assert set(names["objective_faults"](received)) == {
        "1.1: no indicator", "1.2: no change", "2.1: no milestone",
        "2.1: no indicator", "1: no milestone", "1: no indicator"}
    assert names["budget_faults"](received) == [
        "line 2: product", "line 5: product", "total: sum"]


def test_the_example_has_no_fault_for_either(names):
    plan = strategy.read_plan(EXAMPLE)
    for function in ("date_faults", "objective_faults", "budget_faults"):
        assert names[function](plan) == [], function


@pytest.mark.parametrize("seed", SEEDS)
def test_dates_are_judged_as_the_list_of_faults_judges_them(names, seed):
    plan = moved(seed)
    found = {text.split(":")[0] for text in names["date_faults"](plan)}
    assert found == dated_faults(plan)


def test_the_moved_plans_have_faults():
    counts = [len(dated_faults(moved(seed))) for seed in SEEDS]
    assert sum(count > 0 for count in counts) > 20


def test_a_circle_starts_too_early_somewhere(names):
    """Before you leave: only one whose milestones lie on one day passes."""
    plan = {"start": "2022-01-01", "end": "2023-12-31", "milestones": [
        {"id": "M1", "start": "2022-02-01", "end": "2022-02-28",
         "after": ["M2"]},
        {"id": "M2", "start": "2022-02-28", "end": "2022-03-31",
         "after": ["M1"]}]}
    assert names["date_faults"](plan) == ["M1: too early"]
    for one in plan["milestones"]:
        one.update(start="2022-02-01", end="2022-02-01")
    assert names["date_faults"](plan) == []
