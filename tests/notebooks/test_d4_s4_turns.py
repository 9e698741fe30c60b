"""Session 4.4: wrong answers to its micro-tasks are named, right ones in
another style pass, and its cells print what its texts say."""

import re
import shutil
from datetime import date

import numpy as np
import pytest

from helpers import strategy
from helpers.explore import delays
from helpers.forms.peer_review import CRITERIA
from tests.notebooks.turns import is_named, opened, printed, prose
from tests.support import ROOT

LESSON = ROOT / "course/day4_strategy/s4_action_plan.ipynb"
PLANS = ["plan_received.yaml", "plan_example.yaml"]
PAGE = ROOT / "course/instructors/s4_4.md"
CELLS = ["story-table", "story-look", "plan-gaps", "plan-faults",
         "plan-lazy", "delay-ends", "delay-one", "delay-chance",
         "judge-readers"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the two plans are, as beside the lesson."""
    folder = tmp_path_factory.mktemp("lesson")
    for name in PLANS:
        shutil.copy(LESSON.with_name(name), folder)
    return folder


@pytest.fixture(scope="module")
def said(folder, kernels):
    with opened(LESSON, folder, kernels, CELLS) as ask:
        yield ask


@pytest.fixture(scope="module")
def text(folder, kernels):
    return printed(LESSON, CELLS, folder, kernels)


@pytest.fixture(scope="module")
def over():
    """longest delay → days after the end of the plan, 20,000 draws with
    another seed and the explorer's own function."""
    plan = strategy.read_plan(LESSON.with_name(PLANS[1]))
    names = [one["id"] for one in plan["milestones"]]
    chance, found = np.random.default_rng(2021), {}
    for longest in (15, 30):
        rows = chance.integers(0, longest + 1, (20_000, len(names))).tolist()
        found[longest] = np.array([
            (max(end for _, end in delays.delayed(
                plan, dict(zip(names, row))).values())
             - date.fromisoformat(plan["end"])).days for row in rows])
    return found


@pytest.mark.parametrize("task, answer, words", [
    ("story", "should_be = received['budget']['total']", "the total as"),
    ("story", "should_be = lines['amount'].sum()", "the sum of the amounts"),
    ("story", "should_be = lines['quantity'].sum() * "
              "lines['unit_cost'].sum()", "multiply the two columns"),
    ("story", "should_be = '8760'", "is of type str"),
    ("plan", "evidence_is = 1", "nobody can look at"),
    ("plan", "evidence_is = 3", "an activity"),
    ("delay", "days_more = np.mean(over)", "about half"),
    ("delay", "days_more = max(over)", "the worst draw"),
    ("delay", "days_more = np.quantile(over, 0.1)", "1 of 10 draws needs"),
    ("delay", "days_more = 30", "% of the draws hold"),
    ("judge", "wording_is = 1", "a verdict"),
    ("judge", "wording_is = 3", "about the reader")])
def test_a_wrong_answer_is_named(said, task, answer, words):
    is_named(said(task, answer), words)


@pytest.mark.parametrize("task, answer", [
    ("story", "should_be = 7200 + 360 + 1200"),
    ("story", "should_be = sum(one['quantity'] * one['unit_cost'] for one "
              "in received['budget']['lines'])"),
    ("plan", "evidence_is = 2.0"),
    ("delay", "days_more = sorted(over)[round(0.9 * len(over))]"),
    ("delay", "days_more = float(np.percentile(over, 90))"),
    ("judge", "wording_is = 2")])
def test_a_right_answer_in_another_style_passes(said, task, answer):
    assert said(task, answer).startswith("✓")


def test_the_story_shows_a_wrong_date_a_wrong_order_and_a_wrong_sum(text):
    look = text["story-look"]
    assert re.findall(r"^(M\d) ends", look, re.MULTILINE) == ["M6"]
    assert re.findall(r"^(M\d) starts .* for (M\d)", look, re.MULTILINE) == [
        ("M4", "M1"), ("M4", "M3")]
    total, added = map(int, re.findall(r": (\d+)", look))
    assert (total, added) == (9850, 7200 + 450 + 1200)


def test_the_gaps_are_those_of_the_lowest_pathway(text):
    pathway, *gaps = text["plan-gaps"].splitlines()
    assert pathway == "governance and institutions"
    assert len(gaps) == 4 and gaps[0].startswith("- E15 4 points")


def test_a_plan_without_ambition_has_no_faults_either(text):
    assert text["plan-faults"].startswith("15 faults\n")
    assert text["plan-lazy"] == "faults: 0 | without ambition: 0\n"
    assert "Both plans have 0 faults" in prose(LESSON)


def test_a_delay_of_the_first_milestone_moves_some_and_not_all(text):
    moved = dict(re.findall(r"^(M\d) .*\+(\d+) days", text["delay-one"],
                            re.MULTILINE))
    assert moved == {"M1": "60", "M2": "57", "M3": "0", "M4": "57",
                     "M5": "24", "M6": "56", "M7": "55"}
    assert "last milestone: 2024-01-24" in text["delay-one"]


def test_alone_none_or_one_breaks_the_end_and_together_many_do(text, over):
    """The text's shares hold for other draws too, within their range."""
    rows = re.findall(r"(\d+) days: alone (\d) of (\d) .* (\d+)% \(± (\d)%",
                      text["delay-chance"])
    assert [row[:3] for row in rows] == [("15", "0", "7"), ("30", "1", "7")]
    claims = re.findall(r"\((\d+) %, ± (\d)\)", prose(LESSON))
    assert len(claims) == 2
    for (longest, _, _, share, error), (claim, wide) in zip(rows, claims):
        right = 100 * (over[int(longest)] > 0).mean()
        assert abs(right - int(share)) <= int(error) + 0.5
        assert abs(right - int(claim)) < int(wide) == int(error)


def test_the_time_to_ask_for_holds_for_other_draws_too(said, over):
    right = np.quantile(over[30], 0.9)
    assert 46 <= right <= 48
    assert "About 47 days" in PAGE.read_text("utf-8")


def test_equal_sums_hide_a_difference_of_two_levels(text):
    rows = re.findall(r"^([a-z -]+?) +(\d) +(\d) +(-?\d)$",
                      text["judge-readers"], re.MULTILINE)
    assert [row[0] for row in rows] == list(CRITERIA)
    assert sum(int(row[1]) for row in rows) == 14
    assert sum(int(row[2]) for row in rows) == 14
    assert [row[0] for row in rows if abs(int(row[3])) >= 2] == ["ambition"]


def test_the_page_for_instructors_has_the_levels_of_the_form():
    table = {cells[0]: cells[1:] for cells in (
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| "))}
    assert {name: table[name] for name in CRITERIA} == CRITERIA
