"""The gain of a class, from files without names."""

import json
from math import comb
from statistics import mean

import pytest

from commands.exercises import gains
from helpers import quiz
from helpers.errors import CourseError

NAME, OTHER = "open_for_some", "points_only"
WRONG_THEN_RIGHT, RIGHT, LOST = [False, True], [True, True], [True, False]


@pytest.fixture
def folder(tmp_path):
    """write(*pairs): one file for each trainee, with the answers to NAME."""
    def write(*pairs, name=NAME):
        for number, pair in enumerate(pairs):
            (tmp_path / f"anonymous_{number:08x}.json").write_text(
                json.dumps({name: pair}))
        return tmp_path
    return write


# --- the numbers -----------------------------------------------------------

def test_the_gain_of_a_class_is_a_mean_with_its_interval(folder):
    table = gains.of_class(folder(
        *[WRONG_THEN_RIGHT] * 6, *[RIGHT] * 2, LOST, [False, False]))
    row = table.set_index("question").loc[NAME]
    assert row["objective"] == quiz.named(NAME).objective
    assert (row["n"], row["before"], row["after"], row["gain"]) == (
        10, 30, 80, 50)
    assert row["low"] < 50 < row["high"]
    assert row["reading"] == "gain"


def test_who_answered_once_does_not_count(folder):
    table = gains.of_class(folder(
        *[WRONG_THEN_RIGHT] * 5, [None, True], [False, None]))
    assert list(table["n"]) == [5]
    assert list(table["gain"]) == [100]


@pytest.mark.parametrize("pairs, reading", [
    ([WRONG_THEN_RIGHT] * 2 + [RIGHT] * 8, "may be chance"),
    ([LOST] * 8 + [RIGHT] * 2, "loss"),
    ([RIGHT] * 10, "may be chance"),
    ([WRONG_THEN_RIGHT] * 4, "fewer than 5: not shown")])
def test_a_row_says_how_to_read_it(folder, pairs, reading):
    assert list(gains.of_class(folder(*pairs))["reading"]) == [reading]


def test_of_fewer_than_five_no_number_is_shown(folder):
    table = gains.of_class(folder(*[WRONG_THEN_RIGHT] * 4))
    assert list(table.columns) == [
        "objective", "question", "text", "n", "reading"]
    said = gains.words(table)
    assert "Too few to say anything" in said and "100" not in said


def test_a_loss_is_printed_with_a_true_minus(folder):
    said = gains.words(gains.of_class(folder(*[LOST] * 8, *[RIGHT] * 2)))
    assert " −80 " in said and "-80" not in said


def test_a_folder_that_is_missing_is_named_as_missing(tmp_path):
    with pytest.raises(CourseError, match="There is no folder .*collected"):
        gains.of_class(tmp_path / "collected")


def test_rows_stand_in_the_order_of_the_questions(tmp_path):
    for number in range(5):
        (tmp_path / f"anonymous_{number:08x}.json").write_text(json.dumps(
            {OTHER: RIGHT, NAME: RIGHT}))
    assert list(gains.of_class(tmp_path)["question"]) == [NAME, OTHER]


def test_the_interval_is_that_of_agresti_and_min():
    """Half a person more in each of the four cases, then Wald: here by the
    variance of the four."""
    n, gained, lost = 12, 5, 1
    cases = [1] * 11 + [-1] * 3 + [0] * (2 * (n - gained - lost) + 2)
    assert len(cases) == 2 * (n + 2)  # halves of a person
    middle = mean(cases)
    spread = mean((one - middle) ** 2 for one in cases) ** 0.5
    half = 1.96 * spread / (n + 2) ** 0.5
    assert gains.interval(n, gained, lost) == pytest.approx(
        (middle - half, middle + half))


@pytest.mark.parametrize("n", [5, 12, 20])
def test_the_interval_holds_the_truth_in_about_95_of_100_classes(n):
    """All possible classes of n, each with its probability."""
    held = []
    for up, down in [(x / 10, y / 10) for x in range(10)
                     for y in range(10 - x)]:
        held.append(sum(
            comb(n, gained) * comb(n - gained, lost) * up ** gained
            * down ** lost * (1 - up - down) ** (n - gained - lost)
            for gained in range(n + 1) for lost in range(n - gained + 1)
            if _holds(gains.interval(n, gained, lost), up - down)))
    assert 0.93 < mean(held) < 0.97


def _holds(interval, value) -> bool:
    low, high = interval
    return low - 1e-12 <= value <= high + 1e-12


@pytest.mark.parametrize("n, need", [(5, 4), (17, 4), (18, 5)])
def test_a_small_class_is_told_what_it_needs(folder, n, need):
    said = gains.words(gains.of_class(folder(*[RIGHT] * n)))
    assert f"only if {need} or more" in said
    clear = gains.of_class(folder(
        *[WRONG_THEN_RIGHT] * need, *[RIGHT] * (n - need)))
    assert list(clear["reading"]) == ["gain"]
    less = gains.of_class(folder(
        *[WRONG_THEN_RIGHT] * (need - 1), *[RIGHT] * (n - need + 1)))
    assert list(less["reading"]) == ["may be chance"]


# --- what is collected -----------------------------------------------------

def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(CourseError, match="There is no file anonymous_"):
        gains.of_class(tmp_path)


@pytest.mark.parametrize("content", [
    "", "[]", "3", '{"open_for_some": true}', '{"open_for_some": [true]}',
    '{"open_for_some": [1, 0]}', '{"open_for_some": ["free", "neither"]}',
    '{"open_for_some": [[], true]}'])
def test_another_file_is_named(folder, content):
    place = folder(RIGHT)
    (place / "anonymous_ffffffff.json").write_text(content)
    with pytest.raises(CourseError, match=r"anonymous_ffffffff\.json is not"):
        gains.of_class(place)


def test_a_question_that_does_not_exist_is_named(folder):
    with pytest.raises(CourseError, match="no question nobody_asks"):
        gains.of_class(folder(RIGHT, name="nobody_asks"))


def test_a_copy_of_a_file_is_not_a_second_trainee(folder):
    place = folder(RIGHT)
    (place / "anonymous_00000000 (1).json").write_text(
        json.dumps({NAME: RIGHT}))
    with pytest.raises(CourseError, match="are of one trainee"):
        gains.of_class(place)


# --- the command -----------------------------------------------------------

def test_the_command_prints_the_table_and_how_to_read_it(folder, capsys):
    assert gains.main([str(folder(*[WRONG_THEN_RIGHT] * 6))]) == 0
    said = capsys.readouterr().out
    for words in ("D1.1.1", NAME, "95 % interval", "n is small",
                  "by chance", "memory"):
        assert words in said


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    assert gains.main([str(tmp_path)]) == 2
    assert "There is no file" in capsys.readouterr().err
