"""The questions of the course in JupyterLab: answered twice, compared, and
handed in without a name."""

import json

import pytest

from helpers import quiz
from tests.jupyterlab.browser import (
    accept,
    cell_with,
    look,
    runs,
    said_by,
)

LESSON = "course/before_after/diagnostic.ipynb"
FIRST, SECOND = "open_for_some", "degrees_and_minutes"
pytestmark = pytest.mark.slow


def choose(tab, cell, number, word):
    """The option of the question with this number, by a click."""
    question = cell.locator(".widget-radio").nth(number)
    question.locator("label", has_text=word).last.click()


def run(tab, text):
    tab.add_locator_handler(tab.locator("dialog.jp-Dialog"), accept)
    cell_with(tab, text).locator(".cm-content").click()
    with runs(tab):
        tab.keyboard.press("Shift+Enter")


def test_a_trainee_sees_the_gain_and_hands_in_what_has_no_name(
        lesson, course):
    before = cell_with(lesson, '"before", kept')
    assert before.locator(".widget-radio").count() == 20
    look(lesson, "diagnostic_before")
    choose(lesson, before, 0, "creative")
    choose(lesson, before, 1, "I do not know yet")
    after = cell_with(lesson, '"after", kept')
    choose(lesson, after, 0, quiz.named(FIRST).right)
    choose(lesson, after, 1, "same")

    run(lesson, "before_after.gain")
    table = said_by(lesson, "before_after.gain")
    assert "Right before: 0 of 20. Right after: 1." in table
    assert "Day 1: 0 → 1 of 5" in table
    assert quiz.named(SECOND).why["same"] in table
    look(lesson, "diagnostic_gain")

    run(lesson, "before_after.hand_in")
    assert "this is all that it says" in said_by(
        lesson, "before_after.hand_in")
    look(lesson, "diagnostic_hand_in")
    (file,) = (course / "course/before_after/output").glob("anonymous_*")
    content = json.loads(file.read_text("utf-8"))
    assert content.pop(FIRST) == [False, True]
    assert content.pop(SECOND) == [False, False]
    assert all(pair == [None, None] for pair in content.values())
