"""The day that an instructor means, and the days that there are."""

import pytest

from commands.exercises.notebooks import known_day
from helpers.errors import CourseError


@pytest.mark.parametrize("said, meant", [
    ("day1", "day1_production"), ("2", "day2_processing"),
    ("Day2", "day2_processing"), ("jour 3", "day3_publication"),
    ("day3_publication/", "day3_publication"),
    ("exercises\\day4_strategy", "day4_strategy"),
    ("strategy", "day4_strategy"), ("day2_procesing", "day2_processing")])
def test_a_day_that_is_nearly_right_is_proposed(said, meant):
    with pytest.raises(CourseError, match=rf"Did you mean {meant}\? The days"):
        known_day(said)


@pytest.mark.parametrize("said", ["", "day5", "DAY", "e07", "/"])
def test_no_day_is_proposed_for_a_word_that_fits_several_or_none(said):
    with pytest.raises(CourseError, match=r"'\. The days are: day1_pro"):
        known_day(said)
