"""The explorer of milestones: what a delay moves, what slack takes up."""

import random
from datetime import date, timedelta

import matplotlib
import matplotlib.pyplot as plt
import pytest

from helpers.explore import delays

matplotlib.use("Agg")


def milestone(name, start, end, *after):
    return {"id": name, "start": start, "end": end, "after": list(after)}


PLAN = {"start": "2022-01-01", "end": "2022-06-30", "milestones": [
    milestone("M3", "2022-05-01", "2022-06-20", "M2"),  # written first
    milestone("M1", "2022-01-01", "2022-01-31"),
    milestone("M2", "2022-02-10", "2022-04-30", "M1"),
    {"id": "M4", "start": "2022-01-01", "end": "2022-06-01"}]}


@pytest.fixture
def drawn():
    def draw(*choice):
        figure = plt.figure()
        return figure, delays._draw(PLAN, figure, *choice)
    yield draw
    plt.close("all")


def test_without_a_delay_nothing_moves():
    assert delays.delayed(PLAN, {}) == {
        one["id"]: (date.fromisoformat(one["start"]),
                    date.fromisoformat(one["end"]))
        for one in PLAN["milestones"]}


@pytest.mark.parametrize("days, ends", [
    (9, ("2022-02-09", "2022-04-30", "2022-06-20")),  # 10 days are free
    (11, ("2022-02-11", "2022-05-01", "2022-06-20")),  # 1 of 2 free days
    (28, ("2022-02-28", "2022-05-18", "2022-07-07"))])
def test_free_time_takes_up_a_part_and_the_rest_moves_what_waits(days, ends):
    """By the calendar: M1 ends on 31 January, M2 starts on 10 February; M2
    ends on 30 April, M3 starts on 1 May. Nobody waits for M4."""
    now = delays.delayed(PLAN, {"M1": days})
    assert tuple(now[one][1].isoformat() for one in ("M1", "M2", "M3")) == (
        ends)
    assert now["M4"] == (date(2022, 1, 1), date(2022, 6, 1))
    assert now["M2"][1] - now["M2"][0] == timedelta(79)


def test_no_milestone_begins_before_what_it_waits_for_has_ended():
    chance = random.Random(4)
    for _ in range(200):
        days = {one["id"]: chance.randint(0, 90) for one in
                PLAN["milestones"]}
        now = delays.delayed(PLAN, days)
        for one in PLAN["milestones"]:
            start = date.fromisoformat(one["start"])
            waits = [now[name][1] for name in one.get("after", [])]
            assert now[one["id"]][0] == max([start, *waits])


def test_a_circle_ends():
    circle = {"milestones": [
        milestone("A", "2022-01-01", "2022-01-31", "B"),
        milestone("B", "2022-02-01", "2022-02-28", "A")]}
    assert set(delays.delayed(circle, {})) == {"A", "B"}


def test_the_words_name_what_moves_and_the_last_day(drawn):
    _, words = drawn("M1", 4)
    assert "M2 by 18 days" in words and "M3 by 17 days" in words
    assert "M4 by" not in words
    assert "last milestone: 2022-07-07, 7 days after the end" in words
    assert "Moves with it: nothing" in drawn("M3", 0)[1]
    assert "10 days before the end" in drawn("M3", 0)[1]


def test_each_milestone_has_a_bar_as_planned_and_as_it_is_now(drawn):
    figure, _ = drawn("M1", 4)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths == [50, 30, 79, 151, 50, 58, 79, 151]


def test_the_twin_moves_the_milestone_for_which_most_wait(twin):
    texts = twin(delays.moving_milestones, PLAN)
    assert len(texts) == len(delays.CASES)
    for text, weeks in zip(texts, delays.CASES):
        assert f"M1 ends {weeks} weeks later" in text


def test_each_choice_is_drawn(given, capsys):
    draw, menus = given(delays, delays.moving_milestones, PLAN)
    assert menus["milestone"] == ["M3", "M1", "M2", "M4"]
    draw("M2", menus["weeks"][-1])
    assert capsys.readouterr().err == ""
