"""Session 4.4 in JupyterLab: the form of a plan lists its faults at each
letter and writes a file; a peer's review is kept."""

import pytest

from tests.jupyterlab.browser import cell_with, look

LESSON = "course/day4_strategy/s4_action_plan.ipynb"
pytestmark = pytest.mark.slow


def test_the_form_says_at_once_what_does_not_hold(lesson):
    form = cell_with(lesson, "editor = forms.plan_editor")
    said = form.locator("[role=status]").first
    said.get_by_text("Faults: 15").wait_for()
    look(lesson, "d4_s4_plan_before")

    form.get_by_role("tab", name="Milestones").click()
    ends = form.get_by_label("end", exact=True)
    ends.nth(5).fill("2023-11-30")
    said.get_by_text("Faults: 14").wait_for()
    ends.nth(5).press("Backspace")
    said.get_by_text("is not a date").wait_for()
    ends.nth(5).press("0")
    look(lesson, "d4_s4_plan_milestones")

    form.get_by_role("tab", name="Budget lines").click()
    form.get_by_label("amount", exact=True).nth(1).fill("360")
    form.get_by_label("total", exact=True).fill("8760")
    said.get_by_text("Faults: 12").wait_for()
    form.get_by_role("button", name="Write the file").click()
    form.get_by_text("✓ written").wait_for()
    look(lesson, "d4_s4_plan_after")


def test_a_review_needs_a_reason_and_is_kept(lesson):
    form = cell_with(lesson, "review = forms.peer_review")
    form.get_by_label("reader", exact=True).fill("7")
    keep = form.get_by_role("button", name="Keep the review")
    keep.click()
    form.get_by_text("verifiability needs a level and a reason").wait_for()
    for name in ("verifiability", "open-government lens", "ambition",
                 "feasibility", "early results"):
        form.get_by_label(name, exact=True).select_option(index=2)
        form.get_by_label(f"{name}: why").fill("M4 names a page")
    keep.click()
    form.get_by_text("✓ kept in").wait_for()
    look(lesson, "d4_s4_review")
