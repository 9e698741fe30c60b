"""The form of a record: what is typed changes the record and what is said
of it; the book's twin shows the same, Arabic from right to left."""

import copy

import ipywidgets
import pytest
from bs4 import BeautifulSoup

from helpers import forms
from helpers.explore.show import STATIC
from helpers.forms.metadata import PLACES, Form

RECORD = {
    "title": {"en": "Wells", "fr": "Puits", "ar": "آبار"},
    "abstract": {"en": "Where wells are.", "fr": "Où sont les puits."},
    "keywords": {"en": ["water", "wells"]}, "bbox": [7.5, 30.2, 11.6, 37.3],
    "dates": {"created": "2021-12-02"}, "licence": "CC-BY-NC-4.0",
    "publisher": {"email": "open.data@example.org"},
    "lineage": "Not in the form."}


def rules(record):
    """A sentence for each of two things, and a change of its own copy."""
    said = []
    if "NC" in record["licence"]:
        said.append("the licence <NC> is not open")
    if not all(isinstance(one, float) for one in record["bbox"]):
        said.append("the bbox is not made of numbers")
    record.clear()
    return said


def said(form) -> list[str]:
    return [one.text for one in
            BeautifulSoup(form.objections(), "html.parser").find_all("li")]


@pytest.fixture
def form():
    form = Form(RECORD, rules)
    form.box = form.widget()
    return form


def shown_by_the_widget(form) -> str:
    return next(one.value for one in form.box.children
                if "Objections" in str(one.value))


def test_each_place_has_a_field_with_its_value(form):
    assert list(form.fields) == list(PLACES)
    values = {label: field.value for label, field in form.fields.items()}
    assert values["title (ar)"] == "آبار"
    assert values["keywords (en)"] == "water, wells"
    assert values["bbox"] == "7.5, 30.2, 11.6, 37.3"
    assert values["keywords (fr)"] == values["published"] == ""


def test_what_is_typed_stands_in_the_record_and_is_judged_at_once(form):
    before = copy.deepcopy(RECORD)
    assert "Objections: 1" in shown_by_the_widget(form)
    form.fields["bbox"].value = "7.5, 30.2, 11.6, 37."
    assert form.record["bbox"] == [7.5, 30.2, 11.6, 37.0]
    form.fields["bbox"].value = "7.5, 30.2, 11.6, x"
    assert "Objections: 2" in shown_by_the_widget(form)
    form.fields["licence"].value = "CC-BY-4.0"
    form.fields["bbox"].value = "7.5, 30.2, 11.6, 37.4"
    assert "Objections: 0" in shown_by_the_widget(form)
    form.fields["abstract (ar)"].value = " أين توجد الآبار "
    form.fields["keywords (fr)"].value = "eau , puits,"
    form.fields["e-mail"].value = "water@example.org"
    assert form.record["abstract"]["ar"] == "أين توجد الآبار"
    assert form.record["keywords"]["fr"] == ["eau", "puits"]
    assert form.record["publisher"] == {"email": "water@example.org"}
    assert form.record["lineage"] == RECORD["lineage"]
    assert before == RECORD


def test_a_licence_that_the_menu_does_not_have_is_shown_too():
    form = Form(RECORD | {"licence": "CC BY 4.0"}, rules)
    form.widget()
    assert form.fields["licence"].value == "CC BY 4.0"


def test_a_record_without_anything_is_a_form_without_anything():
    form = Form({}, lambda record: [])
    form.widget()
    form.fields["title (en)"].value = "Wells"
    assert form.record == {"title": {"en": "Wells"}}


def test_only_arabic_is_written_from_right_to_left(form):
    marked = [label for label, field in form.fields.items()
              if "course-ar" in field._dom_classes]
    assert marked == [label for label in PLACES if "(ar)" in label]
    assert any("direction: rtl" in str(one.value)
               for one in form.box.children
               if isinstance(one, ipywidgets.HTML))


def test_the_twin_of_the_book_shows_the_same(monkeypatch, shown):
    monkeypatch.setenv(STATIC, "1")
    form = forms.metadata(RECORD, rules)
    page = BeautifulSoup(shown[0].data, "html.parser")
    assert said(form) == ["✗ the licence <NC> is not open"]
    assert page.find("li").text == said(form)[0]
    cells = {row.th.text: row.td for row in page.find_all("tr")}
    assert list(cells) == list(PLACES)
    assert cells["title (ar)"].text == "آبار"
    assert cells["title (ar)"]["dir"] == "rtl"
    assert cells["title (ar)"]["lang"] == "ar"
    assert "dir" not in cells["title (fr)"].attrs


def test_in_jupyterlab_the_widget_is_shown(monkeypatch, shown):
    monkeypatch.delenv(STATIC, raising=False)
    form = forms.metadata(RECORD, rules)
    assert form.fields and isinstance(shown[0], ipywidgets.VBox)
