"""Questions: their form, their words, and what a page shows of them."""

import re

import pytest
import yaml

from commands.exercises import notebooks
from helpers import quiz
from helpers.check import Feedback, NotAnswered
from helpers.errors import CourseError
from helpers.explore.show import STATIC
from tests.support import ROOT

QUESTION = "declare_or_transform"
each_question = pytest.mark.parametrize("name", quiz.questions())


@each_question
def test_a_question_has_one_right_option_and_two_misconceptions(name):
    question = quiz.questions()[name]
    assert question.right in question.options
    assert 3 <= len(question.options) <= 5
    for word in question.options:
        assert re.fullmatch("[a-z]+", word), word
        assert question.why[word].endswith((".", "?")), word
    assert question.text.endswith("?")
    assert set(question.options) == set(question.why)


@each_question
def test_a_question_serves_an_objective_and_is_asked(name):
    known = {one for file in (ROOT / "course").glob("day*/s*.ipynb")
             for one in notebooks.read(file).metadata.course.objectives}
    assert quiz.questions()[name].objective in known
    asked = [file for folder in ("course", "solutions")
             for file in (ROOT / folder).rglob("*.ipynb")
             if f'"{name}"' in file.read_text("utf-8").replace('\\"', '"')]
    assert asked, f"no notebook asks {name}"


@each_question
def test_only_the_right_word_is_right_and_each_other_says_why(name):
    question = quiz.questions()[name]
    assert quiz.check(f" {question.right.upper()} ", name) == question.right
    for word in set(question.options) - {question.right}:
        with pytest.raises(Feedback) as said:
            quiz.check(word, name)
        assert said.value.why == question.why[word]


@pytest.mark.parametrize("answer", [None, ...])
def test_no_answer_is_calm(answer):
    with pytest.raises(NotAnswered):
        quiz.check(answer, QUESTION)


@pytest.mark.parametrize("answer", ["a", 2, ["declare"], ""])
def test_what_is_no_option_is_told_the_words(answer):
    with pytest.raises(Feedback) as said:
        quiz.check(answer, QUESTION)
    assert '"declare"' in str(said.value) and '"rename"' in str(said.value)


def test_an_unknown_question_is_named():
    with pytest.raises(CourseError, match="no question nothing"):
        quiz.ask("nothing")


def test_no_two_days_use_one_name():
    names = [name for file in quiz.FOLDER.glob("*.yaml")
             for name in yaml.safe_load(file.read_text("utf-8"))]
    assert len(names) == len(set(names)) == len(quiz.questions())


# --- as it is shown ---------------------------------------------------------

def test_the_book_folds_the_answer_away(shown, monkeypatch):
    monkeypatch.setenv(STATIC, "1")
    quiz.ask(QUESTION)
    page = shown[0].data
    before, _, folded = page.partition("<details>")
    question = quiz.questions()[QUESTION]
    for word, text in question.options.items():
        assert word in before and text in before
        assert question.why[word] not in before
        assert question.why[word] in folded


def test_a_choice_is_answered_at_once(shown, monkeypatch):
    monkeypatch.delenv(STATIC, raising=False)
    quiz.ask(QUESTION)
    _, choice, said = shown[0].children
    choice.value = "rename"
    assert "not this one" in said.value and "600,000" in said.value
    choice.value = "declare"
    assert "✓ right" in said.value


def test_neighbours_see_another_order_and_each_sees_his_own(
        shown, monkeypatch):
    monkeypatch.delenv(STATIC, raising=False)
    orders = {}
    for person in [f"trainee{number}" for number in range(12)] * 2:
        monkeypatch.setenv("JUPYTERHUB_USER", person)
        quiz.ask(QUESTION)
        order = tuple(shown[-1].children[1].options)
        assert orders.setdefault(person, order) == order
    assert len(set(orders.values())) > 1
