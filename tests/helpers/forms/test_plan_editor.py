"""The form of a plan: what is typed changes the plan, the faults are listed
at once, and the file that it writes is read back as the same plan."""

import copy

import pytest
import yaml
from bs4 import BeautifulSoup

from helpers import forms, strategy
from helpers.errors import CourseError
from helpers.explore.show import STATIC
from helpers.forms.plan_editor import FIELDS, Editor
from tests.support import ROOT

PLAN = strategy.read_plan(ROOT / "course/day4_strategy/plan_example.yaml")


@pytest.fixture
def editor(tmp_path):
    editor = Editor(PLAN, tmp_path / "output/plan_mine.yaml")
    editor.box = editor.widget()
    return editor


def faults(editor) -> list[str]:
    said = BeautifulSoup(editor.box.children[0].value, "html.parser")
    assert said.div["role"] == "status"
    return [one.text for one in said.find_all("li")]


def buttons(part, editor, text):
    """The buttons with this text in one part's tab."""
    box = editor.box.children[1].children[list(FIELDS).index(part)]
    return [one for row in box.children
            for one in getattr(row, "children", [row])
            if one.description == text]


def typed(editor, part, number, label, text) -> list[str]:
    editor.fields[part, number, label].value = text
    return faults(editor)


def test_a_plan_without_faults_is_shown_as_it_is(editor):
    assert faults(editor) == ["✓ none"]
    for number, one in enumerate(PLAN["milestones"]):
        assert editor.fields["milestones", number, "end"].value == one["end"]
        assert editor.fields["milestones", number, "after"].value == (
            ", ".join(one.get("after", [])))
    assert editor.fields["budget lines", -1, "total"].value == str(
        PLAN["budget"]["total"])
    assert editor.plan == PLAN


def test_each_letter_is_judged_at_once(editor):
    before = copy.deepcopy(PLAN)
    end = PLAN["milestones"][0]["end"]
    assert typed(editor, "milestones", 0, "end", end[:-1]) != ["✓ none"]
    assert typed(editor, "milestones", 0, "end", end) == ["✓ none"]
    said = typed(editor, "budget lines", -1, "total", "1")
    assert len(said) == 1 and "budget total" in said[0]
    assert before == PLAN


def test_an_empty_baseline_is_missing_and_a_0_is_not(editor):
    place = ("objectives", 0, "indicator baseline")
    said = typed(editor, *place, "")
    assert "baseline" not in editor.plan["objectives"][0]["indicator"]
    assert len(said) == 1 and "indicator baseline" in said[0]
    assert typed(editor, *place, "0") == ["✓ none"]
    assert editor.plan["objectives"][0]["indicator"]["baseline"] == 0


@pytest.mark.parametrize("text, value", [
    ("12", 12), ("12,5", 12.5), (" 12.50 ", 12.5), ("1e3", 1000),
    ("twelve", "twelve"), ("nan", "nan"), ("inf", "inf")])
def test_a_number_is_a_number_and_the_rest_stays_a_text(editor, text, value):
    typed(editor, "budget lines", 0, "amount", text)
    amount = editor.plan["budget"]["lines"][0]["amount"]
    assert amount == value and type(amount) is type(value)


def test_rows_are_added_and_removed(editor):
    count = len(PLAN["milestones"])
    buttons("milestones", editor, "Add a row")[0].click()
    assert len(editor.plan["milestones"]) == count + 1
    assert len(faults(editor)) > 1
    typed(editor, "milestones", count, "id", "M99")
    assert editor.plan["milestones"][count] == {"id": "M99"}
    buttons("milestones", editor, "Remove this row")[count].click()
    assert editor.plan == PLAN and faults(editor) == ["✓ none"]
    assert ("milestones", count, "id") not in editor.fields
    buttons("milestones", editor, "Remove this row")[0].click()
    assert editor.plan["milestones"] == PLAN["milestones"][1:]
    assert editor.fields["milestones", 0, "id"].value == (
        PLAN["milestones"][1]["id"])


def test_the_file_that_it_writes_is_the_same_plan(editor):
    typed(editor, "milestones", 0, "post", "مسؤول البيانات")
    button, said = editor.box.children[2].children
    button.click()
    assert "✓ written" in said.value
    assert strategy.read_plan(editor.path) == editor.plan
    text = editor.path.read_text("utf-8")
    assert "مسؤول البيانات" in text
    assert list(yaml.safe_load(text)) == list(PLAN)
    typed(editor, "milestones", 0, "post", "data officer")
    button.click()
    assert strategy.read_plan(editor.path)["milestones"][0]["post"] == (
        "data officer")


def test_a_file_that_the_form_has_not_written_stays(editor):
    editor.path.parent.mkdir()
    editor.path.write_text("mine", "utf-8")
    editor.box.children[2].children[0].click()
    assert "was not written by this form" in (
        editor.box.children[2].children[1].value)
    assert editor.path.read_text("utf-8") == "mine"
    with pytest.raises(CourseError, match="another name"):
        editor.save()


def test_a_plan_without_anything_is_a_form_without_rows(tmp_path):
    editor = Editor({}, tmp_path / "plan.yaml")
    editor.box = editor.widget()
    assert faults(editor) != ["✓ none"]
    assert list(editor.fields) == [("budget lines", -1, "total")]


def test_the_twin_of_the_book_shows_the_same(monkeypatch, shown):
    monkeypatch.setenv(STATIC, "1")
    wrong = copy.deepcopy(PLAN)
    wrong["budget"]["total"] = 1
    wrong["milestones"][0]["text"] = "A <list>"
    forms.plan_editor(wrong, "plan.yaml")
    page = BeautifulSoup(shown[0].data, "html.parser")
    assert any("budget total" in one.text for one in page.find_all("li"))
    milestones = page.find_all("table")[1]
    assert milestones.caption.text == "Milestones"
    assert milestones.tbody.find_all("tr")[0].find_all("td")[2].text == (
        "A <list>")
    assert len(milestones.tbody.find_all("tr")) == len(PLAN["milestones"])
