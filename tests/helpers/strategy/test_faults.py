"""A plan without a fault, damaged in one place at a time."""

import copy

import pytest

from helpers import strategy
from tests.support import ROOT

PLANS = ROOT / "course/day4_strategy"
MISSING = object()


@pytest.fixture(scope="module")
def example():
    return strategy.read_plan(PLANS / "plan_example.yaml")


def changed(plan: dict, path: list, value) -> dict:
    """A copy with another value at a path, or without the key there."""
    plan = copy.deepcopy(plan)
    holder = plan
    for part in path[:-1]:
        holder = holder[part]
    if value is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return plan


def test_the_example_has_no_fault(example):
    assert strategy.plan_faults(example) == []


# path, new value, place of the fault, a word of what it says, of its remedy
DAMAGES = {
    # --- the form
    "a key is missing": (
        ["problem"], MISSING, "problem", "missing", "public problem"),
    "a key without a value": (
        ["commitment"], None, "commitment", "empty", "promised"),
    "a text of spaces": (
        ["milestones", 1, "evidence"], "  ", "milestones M2 evidence",
        "empty", "outsider"),
    "an empty list": (
        ["risks"], [], "risks", "empty", "may go wrong"),
    "a text for a list": (
        ["partners"], "everybody", "partners", "\"everybody\" is not a list",
        "works with the lead"),
    "a text for an item": (
        ["risks", 1], "fire", "risks 2", "is not keys", "risk"),
    "a value of its own": (
        ["values", 0], "openness", "values 1", "openness", "accountability"),
    "a value twice": (
        ["values"], ["transparency"] * 2, "values", "twice", "transparency"),
    "a key that no plan has": (
        ["milestones", 1, "afer"], ["M1"], "milestones M2 afer",
        "no such key", "Did you mean \"after\""),
    "a key that is spelt wrongly": (
        ["objectives", 0, "indicator"],
        {"text": "Centres", "unit": "%", "base_line": 1, "target": 2,
         "date": "2022-12-15"},
        "objectives 1.1 indicator base_line", "no such key", "\"baseline\""),
    "a title in two languages": (
        ["title", "ar"], MISSING, "title ar", "missing", "Arabic"),
    "no currency": (
        ["budget", "currency"], "dinars", "budget currency", "dinars", "TND"),
    "nobody is trained": (
        ["training", 0, "people"], 0, "training 1 people", "at least 1", "1"),
    "a risk of 6": (
        ["risks", 2, "likelihood"], 6, "risks 3 likelihood", "at most 5",
        "from 1 (rare) to 5"),
    "a risk of 2.5": (
        ["risks", 0, "impact"], 2.5, "risks 1 impact", "whole number", "5"),
    "a risk in words": (
        ["risks", 0, "impact"], "high", "risks 1 impact", "\"high\"", "5"),
    "a number as identifier": (
        ["objectives", 1, "id"], 1.2, "objectives 1.2 id", "in quotes",
        "as a text"),
    "a number as reference": (
        ["milestones", 0, "objective"], 1.1, "milestones M1 objective",
        "in quotes", "\"1.1\""),
    # --- indicators
    "no indicator": (
        ["objectives", 1, "indicator"], MISSING, "objectives 1.2 indicator",
        "missing", "baseline"),
    "a missing baseline": (
        ["objectives", 1, "indicator", "baseline"], MISSING,
        "objectives 1.2 indicator baseline", "missing",
        "a missing baseline is not 0"),
    "a baseline of nothing": (
        ["objectives", 0, "indicator", "baseline"], float("nan"),
        "objectives 1.1 indicator baseline", "empty", "measure it first"),
    "a baseline in words": (
        ["objectives", 0, "indicator", "baseline"], "unknown",
        "objectives 1.1 indicator baseline", "not a number", "measure"),
    "no unit": (
        ["objectives", 0, "indicator", "unit"], "",
        "objectives 1.1 indicator unit", "empty", "%"),
    "target = baseline": (
        ["objectives", 0, "indicator", "target"], 12,
        "objectives 1.1 indicator target", "nothing changes", "value"),
    "indicator after the plan": (
        ["objectives", 2, "indicator", "date"], "2024-03-01",
        "objectives 2.1 indicator date", "outside the plan", "date"),
    # --- dates
    "a day that no calendar has": (
        ["milestones", 4, "end"], "2023-02-30", "milestones M5 end",
        "not a date", "last day"),
    "a date in another order": (
        ["start"], "01/02/2022", "start", "not a date", "2022-01-01"),
    "a plan that ends first": (
        ["end"], "2021-12-31", "end", "before the start", "Exchange"),
    "a milestone after the plan": (
        ["milestones", 6, "end"], "2024-01-31", "milestones M7 end",
        "outside the plan, 2022-01-01 to 2023-12-31", "date"),
    "a milestone before the plan": (
        ["milestones", 2, "start"], "2021-12-01", "milestones M3 start",
        "outside the plan", "date"),
    "a milestone that ends first": (
        ["milestones", 6, "end"], "2022-10-31", "milestones M7 end",
        "before the start, 2022-11-01", "Exchange"),
    "a training after the plan": (
        ["training", 0, "date"], "2025-01-01", "training 1 date",
        "outside the plan", "date"),
    "a message before the plan": (
        ["communication", 1, "date"], "2021-06-15", "communication 2 date",
        "outside the plan", "date"),
    # --- order
    "a successor that starts first": (
        ["milestones", 5, "start"], "2022-06-01", "milestones M6 start",
        "M4, which it waits for, ends on 2022-06-30", "2022-06-30 or later"),
    "an unknown predecessor": (
        ["milestones", 5, "after"], ["M4", "M9"], "milestones M6 after",
        "no M9 in", "M1, M2"),
    "a circle": (
        ["milestones", 0, "after"], ["M4"], "milestones M1 after",
        "M1 → M4 → M1 is a circle", "after"),
    "a long circle": (
        ["milestones", 0, "after"], ["M7"], "milestones M1 after",
        "M1 → M4 → M6 → M7 → M1", "after"),
    "a milestone that waits for itself": (
        ["milestones", 0, "after"], ["M1"], "milestones M1 after",
        "M1 → M1", "after"),
    # --- links
    "a milestone of no objective": (
        ["milestones", 1, "objective"], "9.9", "milestones M2 objective",
        "no 9.9 in", "1.1, 1.2, 2.1"),
    "an objective of no orientation": (
        ["objectives", 0, "orientation"], "3", "objectives 1.1 orientation",
        "no 3 in", "1, 2"),
    "a gap that nobody found": (
        ["objectives", 0, "gap"], "E99", "objectives 1.1 gap", "no E99 in",
        "E01"),
    "a line of no milestone": (
        ["budget", "lines", 1, "milestone"], "M8", "budget lines 2 milestone",
        "no M8 in", "M1"),
    "two milestones of one name": (
        ["milestones", 4, "id"], "M3", "milestones M3 id", "2 items",
        "of its own"),
    "two datasets of one name": (
        ["datasets", 1, "id"], "D10", "datasets D10 id", "2 items",
        "of its own"),
    "a milestone without a name": (
        ["milestones", 4, "id"], MISSING, "milestones 5 id", "missing",
        "M1"),
    # --- datasets
    "no licence": (
        ["datasets", 0, "licence"], MISSING, "datasets D10 licence",
        "missing", "SPDX"),
    "no owner": (
        ["datasets", 0, "owner"], None, "datasets D10 owner", "empty",
        "questions"),
    "no frequency": (
        ["datasets", 1, "frequency"], MISSING, "datasets D13 frequency",
        "missing", "monthly"),
    "no personal-data check": (
        ["datasets", 1, "personal_data_check"], MISSING,
        "datasets D13 personal_data_check", "missing", "before"),
    "a licence that is not open": (
        ["datasets", 1, "licence"], "CC-BY-NC-4.0", "datasets D13 licence",
        "not open", "ODbL-1.0"),
    "a licence without its identifier": (
        ["datasets", 0, "licence"], "CC BY", "datasets D10 licence",
        "\"CC BY\" is not a licence of data/licences.csv", "CC-BY-4.0"),
    "checked after the publication": (
        ["datasets", 0, "personal_data_check"], "2022-07-01",
        "datasets D10 personal_data_check", "after the publication",
        "Check first"),
    "published after the plan": (
        ["datasets", 0, "publication"], "2024-01-01",
        "datasets D10 publication", "outside the plan", "date"),
    # --- budget
    "an amount that is no product": (
        ["budget", "lines", 0, "amount"], 3500, "budget lines 1 amount",
        "3500 is not 24 × 150", "Write 3600"),
    "a total that is no sum": (
        ["budget", "total"], 14000, "budget total", "14000 is not the sum",
        "14435"),
    "a quantity of 0": (
        ["budget", "lines", 0, "quantity"], 0, "budget lines 1 quantity",
        "more than 0", "How many"),
    # --- words
    "the ministry leads": (
        ["lead"], "The ministry", "lead", "not a post", "post"),
    "a committee answers": (
        ["milestones", 3, "post"], "comité de pilotage", "milestones M4 post",
        "not a post", "post"),
    "IT answers": (
        ["risks", 1, "post"], "IT", "risks 2 post", "not a post", "post"),
    "a meeting as evidence": (
        ["milestones", 2, "evidence"], "A meeting with all directions",
        "milestones M3 evidence", "an activity (\"meeting\")", "document"),
    "work as evidence": (
        ["milestones", 3, "evidence"], "Work on the page is under way",
        "milestones M4 evidence", "activity", "document"),
    "un atelier comme preuve": (
        ["milestones", 0, "evidence"], "Atelier tenu avec les régions",
        "milestones M1 evidence", "(\"Atelier\")", "document"),
    "a vague objective": (
        ["objectives", 1, "text"], "Promote a culture of open data by 2023.",
        "objectives 1.2 text", "\"Promote\" names no output", "how many"),
    "un jalon vague": (
        ["milestones", 5, "text"], "Sensibiliser les citoyens",
        "milestones M6 text", "\"Sensibiliser\"", "how many"),
    "هدف غامض": (
        ["objectives", 2, "text"], "تعزيز ثقافة الانفتاح",
        "objectives 2.1 text", "تعزيز", "how many"),
}


@pytest.mark.parametrize(
    "path, value, place, says, remedy", DAMAGES.values(), ids=DAMAGES)
def test_one_damage_is_one_fault_with_its_place_and_remedy(
        example, path, value, place, says, remedy):
    faults = strategy.plan_faults(changed(example, path, value))
    assert [fault.place for fault in faults] == [place], faults
    assert says in faults[0].says
    assert remedy in faults[0].remedy


def test_an_objective_without_a_milestone_is_named(example):
    plan = copy.deepcopy(example)
    for milestone in plan["milestones"][:2]:
        milestone["objective"] = "1.2"
    (fault,) = strategy.plan_faults(plan)
    assert fault.place == "objectives 1.1"
    assert "no milestone" in fault.says and "\"1.1\"" in fault.remedy


def test_an_orientation_without_an_objective_is_named(example):
    plan = copy.deepcopy(example)
    plan["objectives"][2]["orientation"] = "1"
    (fault,) = strategy.plan_faults(plan)
    assert fault.place == "orientations 2" and "no objective" in fault.says


@pytest.mark.parametrize("plan", [None, [], "a plan", 3])
def test_what_is_no_plan_has_one_fault(plan):
    (fault,) = strategy.plan_faults(plan)
    assert fault.place == "plan"


def test_an_empty_plan_misses_each_key(example):
    assert {fault.place for fault in strategy.plan_faults({})} == set(example)


@pytest.mark.parametrize("text", [
    "data officer", "Head of the IT department", "register owner",
    "secretary of the committee", "directrice de l'unité SIG",
    "chef du service informatique", "secretary-general", "IT engineer",
    "personal-data contact", "رئيس مصلحة الإعلامية", "مكلف بالبيانات"])
def test_a_post_in_a_house_is_a_post(example, text):
    assert strategy.plan_faults(changed(example, ["lead"], text)) == []


@pytest.mark.parametrize("text", [
    "Minutes of the meeting, on the page of the ministry",
    "Signed list of those who came to the workshop",
    "Compte rendu de la réunion n° 4", "Published file with 24 rows",
    "محضر الاجتماع", "https://example.org/register"])
def test_a_document_about_an_activity_is_evidence(example, text):
    path = ["milestones", 0, "evidence"]
    assert strategy.plan_faults(changed(example, path, text)) == []


@pytest.mark.parametrize("text", [
    "Improve the positions of 400 centres",
    "Support the regions with a published guide",
    "Améliorer trois formulaires", "The improved register has no empty cell",
    "تحسين 24 سجلا"])
def test_a_vague_verb_with_an_output_is_no_fault(example, text):
    path = ["milestones", 0, "text"]
    assert strategy.plan_faults(changed(example, path, text)) == []


def test_a_baseline_of_0_and_amounts_in_millimes_are_no_fault(example):
    plan = changed(example, ["objectives", 0, "indicator", "baseline"], 0)
    plan = changed(plan, ["budget", "lines", 0], {
        "milestone": "M1", "text": "Print", "quantity": 3,
        "unit_cost": 1.1, "amount": 3.3})  # 3 * 1.1 is no 3.3
    plan = changed(plan, ["budget", "total"], 10838.3)
    assert strategy.plan_faults(plan) == []


def test_the_received_plan_has_the_planted_faults_and_no_other():
    plan = strategy.read_plan(PLANS / "plan_received.yaml")
    assert sorted(fault.place for fault in strategy.plan_faults(plan)) == [
        "budget lines 2 amount",               # 450 is not 8 × 45
        "budget lines 3 milestone",            # there is no M7
        "budget total",                        # 9850; right: 8760
        "datasets D05 licence",                # no commercial use
        "datasets D14 frequency",              # missing
        "datasets D14 personal_data_check",    # after the publication
        "milestones M2 post",                  # the ministry
        "milestones M3 evidence",              # meetings
        "milestones M4 start",                 # before M1 and M3 have ended
        "milestones M6 end",                   # after the plan
        "objectives 1.1 indicator baseline",   # nothing
        "objectives 1.2 indicator target",     # the baseline
        "objectives 2.1 text",                 # strengthen
        "objectives 2.2",                      # no milestone
        "risks 1 likelihood",                  # 7
    ]


def test_each_circle_is_a_fault_of_its_own(example):
    plan = changed(example, ["milestones", 2, "after"], ["M4"])  # M3
    plan = changed(plan, ["milestones", 5, "after"], ["M7"])     # M6
    assert [(fault.place, fault.says[:12]) for fault in
            strategy.plan_faults(plan)] == [
        ("milestones M3 after", "M3 → M4 → M3"),
        ("milestones M6 after", "M6 → M7 → M6")]


def test_dates_outside_a_circle_are_compared(example):
    plan = changed(example, ["milestones", 2, "after"], ["M4"])  # M3
    plan = changed(plan, ["milestones", 3, "start"], "2022-04-01")
    assert [fault.place for fault in strategy.plan_faults(plan)] == [
        "milestones M3 after", "milestones M4 start"]  # M4 waits for M1


def paths(value, above=()):
    """Of each value in a plan, but of the first item of a list only."""
    parts = value.items() if isinstance(value, dict) else (
        enumerate(value[:1]) if isinstance(value, list) else [])
    for key, below in parts:
        yield [*above, key]
        yield from paths(below, [*above, key])


def test_a_value_of_a_wrong_form_is_named_wherever_it_stands(example):
    for number, path in enumerate(paths(example)):
        plan = changed(example, path, [None, [[]], {"x": 1}][number % 3])
        assert strategy.plan_faults(plan), path
        # what is left can be shown
        assert strategy.gantt_words(plan, "ar")
