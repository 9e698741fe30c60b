"""Session 4.2: wrong answers to its micro-tasks are named, right ones in
another style pass, and its cells print what its texts say."""

import re

import pytest

from tests.notebooks.turns import is_named, opened, printed
from tests.support import ROOT

LESSON = ROOT / "course/day4_strategy/s2_maturity_and_priorities.ipynb"
CELLS = ["story-table", "story-ladder", "instruments-level",
         "instruments-radar", "improve-list", "ranking-scores",
         "ranking-three", "pairs-ratio", "pairs-tables", "flip-draw"]


@pytest.fixture(scope="module")
def said(tmp_path_factory, kernels):
    with opened(LESSON, tmp_path_factory.mktemp("lesson"), kernels,
                CELLS) as ask:
        yield ask


@pytest.mark.parametrize("task, answer, words", [
    ("story", "without_document = items['evidence'].isna().sum()",
     "a promise is no document"),
    ("instruments", "lowest = pathways.min()", "is of type float"),
    ("instruments", "lowest = pathways.idxmax()",
     "the plan begins where most is missing"),
    ("ranking", "score = 0.2 * (4 + 2 + 3 + 2 + 1)",
     "cost and risk as they are"),
    ("ranking", "score = 4 + 2 + 3 + 4 + 5", "score is 18"),
    ("pairs", "value_by_cost = 3 + 2", "3 times, and then 2 times"),
    ("pairs", "value_by_cost = 5", "a ratio of 0.004"),
    ("pairs", "value_by_cost = 0", "not above 0")])
def test_a_wrong_answer_is_named(said, task, answer, words):
    is_named(said(task, answer), words)


@pytest.mark.parametrize("task, answer", [
    ("story", "without_document = len(items) - sum(documented)"),
    ("story", "without_document = len(items[~documented])"),
    ("instruments", "lowest = pathways.sort_values().index[0]"),
    ("ranking", "score = (4 + 2 + 3 + 4 + 5) / 5"),
    ("pairs", "value_by_cost = 6.0")])
def test_a_right_answer_in_another_style_passes(said, task, answer):
    assert said(task, answer).startswith("✓")


def test_the_cells_print_what_the_texts_say(tmp_path, kernels):
    """The ladder falls to about 50; three rankings differ; the ratio of the
    texts; 100 per cent and a third."""
    text = printed(LESSON, CELLS, tmp_path, kernels)

    ladder = [int(one) for one in re.findall(r"(\d+)\n", text[
        "story-ladder"])]
    assert ladder == sorted(ladder, reverse=True)
    assert len(set(ladder)) == 4 and 44 <= ladder[-1] <= 55
    assert "mean of shares 47.2, points 48" in text["instruments-radar"]
    right, not_turned, no_veto = text["ranking-three"].splitlines()
    assert len({right[11:], not_turned[11:], no_veto[11:]}) == 3
    assert no_veto[11:].strip().startswith("Home visits")
    assert "ratio 0.0624" in text["pairs-tables"]
    assert "0.0559 by Saaty 1980" in text["pairs-tables"]
    near, every = map(int, re.findall(r"in (\d+) %", text["flip-draw"]))
    assert near == 100 and 31 <= every <= 37
