"""The chart of a plan: bars, arrows, directions, and its words."""

import copy
from datetime import date

import matplotlib.pyplot as plt
import pytest
from matplotlib.dates import num2date

from helpers import strategy
from tests.support import ROOT


@pytest.fixture
def example():
    return strategy.read_plan(
        ROOT / "course/day4_strategy/plan_example.yaml")


def spans(figure) -> list[tuple[date, date]]:
    """First and last day of each bar, in the order of the rows."""
    (axes,) = figure.axes
    return [tuple(num2date(day).date() for day in (
        bar.get_x(), bar.get_x() + bar.get_width()))
        for bar in axes.patches]


def arrows(figure) -> int:
    return sum(note.arrow_patch is not None for note in figure.axes[0].texts)


def test_each_milestone_has_a_bar_of_its_days(example):
    assert spans(strategy.gantt(example)) == [
        (date.fromisoformat(item["start"]), date.fromisoformat(item["end"]))
        for item in example["milestones"]]


def test_bars_stand_by_objective_whatever_the_order_of_the_plan(example):
    expected = spans(strategy.gantt(example))
    example["milestones"].reverse()
    assert spans(strategy.gantt(example)) == expected


def test_an_arrow_leads_to_each_milestone_that_waits(example):
    count = sum(len(item.get("after", [])) for item in example["milestones"])
    assert arrows(strategy.gantt(example)) == count == 7
    del example["milestones"][1]["after"]
    assert arrows(strategy.gantt(example)) == count - 1


def test_objectives_differ_in_colour_and_have_their_number(example):
    axes = strategy.gantt(example).axes[0]
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert len(set(colours)) == 3
    assert [colours.index(colour) for colour in colours] == [
        0, 0, 2, 2, 2, 5, 5]
    names = [note.get_text() for note in axes.texts if note.get_text()]
    assert names == ["1.1", "1.2", "2.1"]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_in_arabic_time_runs_from_right_to_left(example, language):
    axes = strategy.gantt(example, language).axes[0]
    assert axes.xaxis_inverted() == (language == "ar")
    assert axes.yaxis.get_ticks_position() == (
        "right" if language == "ar" else "left")
    assert axes.get_title() == example["title"][language]


def test_the_chart_is_shown_once_and_not_kept_open(example):
    plt.close("all")  # what another test left open
    strategy.gantt(example)
    assert plt.get_fignums() == []


def test_its_words_name_each_milestone_its_days_and_what_it_waits_for(
        example):
    words = strategy.gantt_words(example)
    for item in example["milestones"]:
        said = next(part for part in words.split(". ")
                    if part.startswith(f"{item['id']} "))
        assert item["start"] in said and item["end"] in said
        assert all(before in said for before in item.get("after", []))
    assert "après M1" in strategy.gantt_words(example, "fr")
    assert "بعد M1" in strategy.gantt_words(example, "ar")


def test_a_milestone_without_a_date_is_left_out_of_the_chart(example):
    plan = copy.deepcopy(example)
    plan["milestones"][0]["end"] = "2022-02-30"
    assert len(spans(strategy.gantt(plan))) == 6
    assert "M1 (" not in strategy.gantt_words(plan)
    assert spans(strategy.gantt({})) == []
