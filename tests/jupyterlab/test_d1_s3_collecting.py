"""Session 1.3 as a trainee goes through it: the explorer is moved, the form
that the lesson made is filled in, and its submission read in the lesson."""

import re

import pytest
from PIL import Image

from tests.jupyterlab.browser import (
    answer,
    cell_with,
    look,
    runs,
    said_by,
    wait_until_redrawn,
)
from tests.support import PICTURES, needs

LESSON = "course/day1_production/s3_collecting.ipynb"
pytestmark = pytest.mark.slow


def test_the_precision_explorer_moves(lesson):
    tab = lesson
    explorer = cell_with(tab, "explore.gnss_precision()")
    picture = explorer.locator("img").first
    picture.wait_for()
    before = picture.get_attribute("src")
    look(tab, "precision_before")
    handle = explorer.locator(".noUi-handle").first
    handle.focus()
    tab.keyboard.press("ArrowRight")
    wait_until_redrawn(tab, before)
    picture.scroll_into_view_if_needed()
    look(tab, "precision_after")


def test_the_lessons_form_is_filled_in_and_read_back(lesson, course,
                                                     chromium):
    needs("node")
    tab = lesson
    output = course / "course" / "day1_production" / "output"
    cell_with(tab, "forms.page(xform").get_by_text(
        "right-click visit.html").wait_for()
    visit = chromium.new_page(viewport={"width": 900, "height": 1000})
    visit.goto((output / "visit.html").as_uri())
    visit.get_by_text("Position du centre").wait_for()

    visit.get_by_text("No receiver, or no signal?").click()
    _take_position(visit, "36.8", "10.18", "300")
    visit.get_by_text("Attendez : 20 m au plus").wait_for()
    look(visit, "form_refused")

    # Step 4: the page takes 0, 0 for no answer.
    _take_position(visit, "0", "0", "4.5")
    visit.locator(".question-container").filter(
        has_text="Position du centre").get_by_text(
            "Condition not satisfied: required").wait_for()
    assert visit.get_by_text("Attendez : 20 m au plus").count() == 0

    _take_position(visit, "36.8", "10.18", "4.5")
    visit.locator("input[type=text]").last.fill("C-007")
    assert visit.get_by_text("Nombre de lits").count() == 0
    visit.get_by_text("Oui", exact=True).click()
    visit.get_by_text("Nombre de lits").wait_for()
    look(visit, "form_filled_in")
    side_by_side("form_refused", "form_filled_in")
    visit.get_by_role("button", name="Send").click()
    with visit.expect_download() as download:
        visit.get_by_text("Download submission.xml").click()
    download.value.save_as(output / "submission.xml")
    visit.close()

    answer(tab, "product = ...", 'product = out / "submission.xml"')
    tab.get_by_text("✓ Your turn: the submission").wait_for()
    for code, words in (("files = [file]", "C-007"),
                        ("centres.within(", "0 without a fix")):
        cell_with(tab, code).locator(".cm-content").click()
        with runs(tab):
            tab.keyboard.press("Shift+Enter")
        assert words in said_by(tab, code)
    look(tab, "form_read_back")


def side_by_side(*names):
    """s3_form.png: the lesson shows a copy, pictures/s3_form.png."""
    parts = [Image.open(PICTURES / "lab" / f"{name}.png").convert("RGB")
             for name in names]
    width, gap = parts[0].width, 24
    whole = Image.new("RGB", (len(parts) * (width + gap) - gap,
                              parts[0].height), "#d9d9d9")
    for number, part in enumerate(parts):
        whole.paste(part, (number * (width + gap), 0))
    whole.quantize(64).save(PICTURES / "lab" / "s3_form.png", optimize=True)


def _take_position(visit, *position):
    for label, value in zip(("Latitude", "Longitude", "Accuracy, metres"),
                            position):
        visit.get_by_label(label).fill(value)
    visit.get_by_role(
        "button", name=re.compile("Get location|Try again")).click()
    visit.get_by_role("button", name="Save location").click()
