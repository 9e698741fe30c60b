"""The form of a peer review: a level and a reason for each criterion, and
issues with a wording; kept in a table."""

import csv

import pytest
from bs4 import BeautifulSoup

from helpers import forms
from helpers.errors import CourseError
from helpers.explore.show import STATIC
from helpers.forms.peer_review import CRITERIA, Review

IRM = {"verifiability", "open-government lens", "ambition", "feasibility",
       "early results"}


@pytest.fixture
def review(tmp_path):
    review = Review("MEN-2022", tmp_path / "output/peer_review.csv")
    review.box = review.widget()
    return review


def filled(review, reader="7", level=3):
    review.fields["reader"].value = reader
    for name in CRITERIA:
        review.fields[name].value = level
        review.fields[f"{name}: why"].value = "M2 names a page"


def table(review):
    with review.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pressed(review) -> str:
    *_, button, said = review.box.children
    button.click()
    return said.value


def test_the_criteria_are_those_of_irm_and_each_has_four_levels():
    assert set(CRITERIA) == IRM
    assert all(len(set(levels)) == 4 for levels in CRITERIA.values())


def test_a_review_is_kept_with_its_issue(review):
    filled(review)
    review.fields["issue 2"].value = "the evidence of M3 is a meeting"
    review.fields["wording 2"].value = "Name the minutes, with their number: «"
    review.fields["importance 2"].value = "high"
    assert "✓ kept in" in pressed(review)
    *levels, issue = table(review)
    assert [row["item"] for row in levels] == list(CRITERIA)
    assert {row["level"] for row in levels} == {"3"}
    assert {(row["plan"], row["reader"]) for row in levels} == {
        ("MEN-2022", "7")}
    assert issue["wording"].endswith("«") and issue["level"] == ""
    assert issue["importance"] == "high"


def test_a_reader_who_changes_a_level_is_not_counted_twice(review):
    filled(review, "7")
    pressed(review)
    filled(review, "8", level=1)
    pressed(review)
    filled(review, "7 ", level=4)
    pressed(review)
    rows = table(review)
    assert len(rows) == 2 * len(CRITERIA)
    assert {row["level"] for row in rows if row["reader"] == "7"} == {"4"}
    assert {row["level"] for row in rows if row["reader"] == "8"} == {"1"}
    other = Review("ANOTHER", review.path)
    other.box = other.widget()
    filled(other, "7")
    pressed(other)
    assert len(table(review)) == 3 * len(CRITERIA)


@pytest.mark.parametrize("field, value, words", [
    ("reader", " ", "reader is missing"),
    ("ambition", 0, "ambition needs a level"),
    ("ambition: why", "", "ambition needs a level and a reason"),
    ("issue 1", "no date", "Issue 1 needs a wording")])
def test_what_is_missing_is_named_and_nothing_is_written(
        review, field, value, words):
    filled(review)
    review.fields[field].value = value
    assert words in pressed(review) and "✗" in pressed(review)
    assert not review.path.exists()
    with pytest.raises(CourseError):
        review.save()


def test_the_book_shows_the_levels(monkeypatch, shown):
    monkeypatch.setenv(STATIC, "1")
    forms.peer_review("MEN-2022")
    page = BeautifulSoup(shown[0].data, "html.parser")
    rows = {row.th.text: [one.text for one in row.find_all("td")]
            for row in page.tbody.find_all("tr")}
    assert rows == CRITERIA


def test_in_jupyterlab_the_widget_is_shown(monkeypatch, shown):
    monkeypatch.delenv(STATIC, raising=False)
    review = forms.peer_review("MEN-2022")
    assert set(CRITERIA) <= set(review.fields)
    assert shown[0].children[0] is review.fields["reader"]
