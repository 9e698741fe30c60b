"""Session 4.3: wrong answers to its micro-tasks are named, right ones in
another style pass, and its cells print what its texts say."""

import re

import pytest

from tests.notebooks.turns import is_named, opened, printed
from tests.support import ROOT

LESSON = ROOT / "course/day4_strategy/s3_governance_and_objectives.ipynb"
CELLS = ["story-table", "story-readings", "raci-count", "register-count",
         "smart-baseline", "smart-way"]


@pytest.fixture(scope="module")
def said(tmp_path_factory, kernels):
    with opened(LESSON, tmp_path_factory.mktemp("lesson"), kernels,
                CELLS) as ask:
        yield ask


@pytest.mark.parametrize("task, answer, words", [
    ("story", "unclear = ['correction request']",
     "'personal-data"),
    ("story", "unclear = list(raci.index)", "look at 'inventory' again"),
    ("story", "unclear = 3", "is of type int"),
    ("raci", "repaired = ['', 'AR', 'A', 'R', '', '']", "exactly one post"),
    ("raci", "repaired = ['', 'R', '', 'C', '', 'A']", "exactly one post"),
    ("raci", "repaired = ['', 'R', '', 'C', '', '']", "nobody answers"),
    ("raci", "repaired = ['', 'A', 'I', 'C', '', '']", "nobody does"),
    ("raci", "repaired = ['A', 'R']", "six texts"),
    ("register", "objective_is = 1", "a direction"),
    ("register", "objective_is = 3", "an activity"),
    ("smart", "made = 100 * 10 / 35", "the target by the value"),
    ("smart", "made = 100 * (41 - 35) / 41", "the change by the baseline"),
    ("smart", "made = (35 - 41) / (10 - 41)", "a share")])
def test_a_wrong_answer_is_named(said, task, answer, words):
    is_named(said(task, answer), words)


@pytest.mark.parametrize("task, answer", [
    ("story", "unclear = {'correction request', 'publication', "
              "'personal-data check'}"),
    ("story", "unclear = [name for name, row in raci[posts].iterrows() "
              "if ''.join(row).count('A') != 1]"),
    ("raci", "repaired = ('I', 'AR', '', 'C', '', 'I')"),
    ("raci", "repaired = ['', '', 'A', 'R', 'R', '']"),
    ("register", "objective_is = 2.0"),
    ("smart", "made = 19.4"), ("smart", "made = 100 * (41 - 35) / (41 - 10)")])
def test_a_right_answer_in_another_style_passes(said, task, answer):
    assert said(task, answer).startswith("✓")


def test_the_cells_print_what_the_texts_say(tmp_path, kernels):
    """1 × 5 × 1 × 5 × 2; a second A that equality does not see; fewer letters
    for one register; and two mistakes that are the same number."""
    text = printed(LESSON, CELLS, tmp_path, kernels)

    assert re.findall(r" (\d) by", text["story-readings"]) == list("15152")
    assert "the whole table: 50" in text["story-readings"]
    rows = {name.strip(): numbers for name, *numbers in re.findall(
        r"^([a-z -]+?) +(\d+) +(\d+) +(\d+)$", text["raci-count"],
        re.MULTILINE)}
    assert rows["correction request"][:2] == ["1", "2"]
    assert rows["publication"][:2] == ["1", "1"]
    assert "without an R: ['quality']" in text["raci-count"]
    portal, register = re.findall(
        r"(\d+) datasets, +(\d+) units, +(\d+)", text["register-count"])
    assert portal == ("12", "10", "60") and register == ("1", "1", "5")
    by_target, way, zero, first = map(int, re.findall(
        r"(-?\d+) %", text["smart-way"]))
    assert by_target == zero > way > 0 and first > 0
    assert "- missing: True" not in text["smart-baseline"]
