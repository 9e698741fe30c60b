"""Session 3.2 in JupyterLab: the form judges the record at each letter, and
Arabic is typed from right to left."""

import pytest

from tests.jupyterlab.browser import cell_with, look

LESSON = "course/day3_publication/s2_metadata_and_licences.ipynb"
pytestmark = pytest.mark.slow


def test_the_form_says_at_once_what_is_wrong(lesson):
    form = cell_with(lesson, "form = forms.metadata")
    said = form.locator("[role=status]")
    said.get_by_text("Objections: 4").wait_for()
    look(lesson, "d3_s2_form_before")

    title = form.locator(".course-ar input").first
    assert title.evaluate("one => getComputedStyle(one).direction") == "rtl"
    title.click()
    lesson.keyboard.press("Control+a")
    lesson.keyboard.type("سجل المراكز")
    said.get_by_text("Objections: 3").wait_for()
    assert title.input_value() == "سجل المراكز"

    form.locator("select").select_option(label="CC-BY-4.0")
    said.get_by_text("is not the address of CC-BY-4.0").wait_for()
    for label, text in (("licence address", "https://creativecommons.org/"
                         "licenses/by/4.0/"),
                        ("e-mail", "open.data@health.example")):
        form.get_by_label(label, exact=True).fill(text)
    said.get_by_text("Objections: 1").wait_for()
    look(lesson, "d3_s2_form_after")
