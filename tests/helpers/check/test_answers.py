"""Answers under test: what a check learns of a call."""

import re

import pytest

from helpers import check
from helpers.check.answers import Answer, perform


def answer(code: str) -> Answer:
    """The function `answer` of some code, as a check sees it."""
    namespace = {"example": {"bbox": [1, 2]}, "other": [1]}
    exec(code, namespace)
    return Answer("answer", lambda request: perform(request, namespace))


@pytest.mark.parametrize("body, changed", [
    ("example['bbox'].append(3)", ["example"]),
    ("example.clear()", ["example"]),
    ("other.append(2)", ["other"]),
    ("example.clear(); other.clear()", ["example", "other"]),
    ("dict(example)['bbox'].append(3)", ["example"]),
    ("import copy; copy.deepcopy(example)['bbox'].append(3)", []),
    ("example == {}", []),
])
def test_a_watched_variable_that_a_call_changes_is_named(body, changed):
    asked = answer(f"def answer():\n    {body}\n    return 1")
    asked.watched = ("example", "other")
    assert asked() == 1
    assert asked.changed_arguments == changed


def test_a_variable_that_is_not_watched_may_change():
    asked = answer("def answer():\n    example.clear()\n    return 1")
    asked.watched = ("other",)
    asked()
    assert asked.changed_arguments == []


def test_a_changed_argument_stands_before_a_changed_variable():
    asked = answer("def answer(rows):\n    rows.pop()\n    other.pop()")
    asked.watched = ("other",)
    asked([1, 2])
    assert asked.changed_arguments == [0, "other"]


def test_each_call_is_looked_at_alone():
    asked = answer("def answer(empty):\n    empty and example.clear()")
    asked.watched = ("example",)
    found = []
    for empty in (True, False):
        asked(empty)
        found.append(asked.changed_arguments)
    assert found == [["example"], []]


def test_a_watched_name_that_is_not_there_is_no_change():
    asked = answer("def answer():\n    return 1")
    asked.watched = ("no_such_name",)
    asked()
    assert asked.changed_arguments == []


def test_at_the_desk_a_task_sees_what_was_changed():
    scope = {"check": check, "example": [1]}
    exec("def answer():\n    example.append(2)\n    return 1", scope)
    exec("with check.task('Task 1'):\n"
         "    answer.watched = ('example',)\n"
         "    answer()\n"
         "    found = answer.changed_arguments", scope)
    assert scope["found"] == ["example"]


@pytest.mark.parametrize("body", [
    "raise ValueError(f'there is no {file}')",
    "raise check.Feedback(f'there is no {file}')", "open(file)"])
def test_words_about_a_file_have_the_path_that_was_given(body, tmp_path):
    asked = answer("from helpers import check\n"
                   f"def answer(file):\n    {body}")
    file = tmp_path / "output" / "lab_map.png"
    with pytest.raises(Exception, match=re.escape(str(file))) as raised:
        asked(file)
    parts = getattr(raised.value, "answer_feedback", [str(raised.value)])
    assert str(file) in parts[0]


@pytest.mark.parametrize("end", ["StopIteration", "StopAsyncIteration"])
def test_an_answer_cannot_end_a_loop_of_its_check(end):
    with pytest.raises(RuntimeError):
        list(map(answer(f"def answer(value):\n    raise {end}"), [1, 2]))


@pytest.mark.parametrize("code, words", [
    ("own = []\n    own.append(own)\n    return own", "nested too deeply"),
    ("import itertools\n    return itertools.count()", "1,000,000 elements"),
    ("return 10 ** 5000", "a number of more than 4,000 digits")])
def test_a_result_that_cannot_be_sent_is_no_error_of_the_code(code, words):
    with pytest.raises(check.Feedback) as told, check.task("Task"):
        check.equal(answer(f"def answer(value):\n    {code}")(7), 1)
    found = told.value.found
    assert found.startswith("answer(7) gives what a check cannot read: ")
    assert found.endswith(words)


def test_what_another_python_tells_of_an_error_is_cut():
    long = "x" * 1_000_000
    called = Answer("answer", lambda _: {"raised": {
        "name": long, "text": long, "line": long, "feedback": [long] * 4}})
    with pytest.raises(check.Feedback) as told, check.task("Task"):
        called(1)
    assert len(str(told.value)) < 4000
