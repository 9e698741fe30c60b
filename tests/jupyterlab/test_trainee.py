"""JupyterLab, driven in a browser as a trainee would use it.

The server runs on a copy of the course; a request to another server fails
the test. Pictures of each step go to test-output/lab/.
"""

import re
import shutil

import pytest
from playwright.sync_api import expect

from commands.exercises import notebooks
from tests.jupyterlab.browser import (
    TOKEN,
    answer,
    look,
    open_notebook,
    run_all,
    said_by,
)

E03 = "exercises/day1_production/e03_crs_detective.ipynb"
ALL_MARKDOWN_IS_DRAWN = """() => {
    const cells = [...document.querySelectorAll('.jp-MarkdownCell')];
    return cells.length > 0 && cells.every(cell => {
        const drawn = cell.querySelector('.myst');
        return drawn && drawn.innerText.trim() !== '';
    });
}"""
pytestmark = pytest.mark.slow


def answer_of(course, grade_id):
    """The solution of one answer cell."""
    solution = notebooks.read(course / E03.replace("exercises", "solutions"))
    return next(cell.source for cell in solution.cells
                if cell.metadata.get("nbgrader", {}).get("grade_id")
                == grade_id)


def test_the_welcome_page_opens_rendered_and_without_news(tab, lab, course):
    log = (course / "lab.log").read_text()
    welcome = re.search(r"127\.0\.0\.1:\d+(/lab/tree/[^?\s]*)", log)[1]
    tab.goto(f"{lab}{welcome}?token={TOKEN}")
    heading = tab.get_by_role(
        "heading", name="Open geographic data in four days")
    heading.first.wait_for()
    # A pop-up would come with the answer of a server, or without one.
    tab.locator("#jupyterlab-splash").wait_for(state="detached")
    tab.wait_for_load_state("networkidle")
    look(tab, "welcome")
    assert tab.locator(".Toastify__toast").count() == 0
    # MyST's directives are drawn, not shown as text.
    expect(tab.get_by_role(
        "heading", name="Your first five minutes").first).to_be_visible()
    assert tab.get_by_text("<!--").filter(visible=True).count() == 0
    assert tab.get_by_text(":::").filter(visible=True).count() == 0


def test_a_lessons_term_leads_to_the_glossary(tab, lab):
    """There each definition stands below its term."""
    open_notebook(tab, lab, "course/day1_production/s1_open_data.ipynb")
    tab.locator(".jp-MarkdownCell a[href*='glossary.md']").first.click()
    glossary = tab.locator(".jp-MarkdownViewer")
    term = glossary.locator("dl > dt", has_text="action plan")
    definition = glossary.locator("dl > dd").first
    definition.wait_for()
    look(tab, "glossary")
    assert definition.bounding_box()["y"] >= (
        term.bounding_box()["y"] + term.bounding_box()["height"])
    assert glossary.locator("dd").count() == glossary.locator("dt").count()


def test_a_trainee_solves_a_task(tab, lab, course):
    open_notebook(tab, lab, E03)
    run_all(tab)
    said = said_by(tab, 'check.task("Task 1')
    assert said.startswith("○ Task 1 · Place the points: not answered yet.")
    assert "Traceback" not in said
    look(tab, "e03_not_answered")

    wrong = ("def place(table, candidate):\n"
             "    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy("
             "table['x'], table['y']), crs='EPSG:4326')")
    answer(tab, "def place(", wrong)
    said = said_by(tab, 'check.task("Task 1')
    for label in ("Found:", "Expected:", "Why it matters:", "Hint:",
                  "Read again:"):
        assert label in said
    assert "set_crs" in said and "Traceback" not in said
    look(tab, "e03_wrong")

    answer(tab, "def place(", answer_of(course, "place-answer"))
    said = said_by(tab, 'check.task("Task 1')
    assert said.strip() == "✓ Task 1 · Place the points: right."
    look(tab, "e03_right")


def test_hints_are_folded_until_they_are_asked_for(tab, lab):
    open_notebook(tab, lab, E03)
    tab.wait_for_function(ALL_MARKDOWN_IS_DRAWN)
    hint = tab.locator("details", has_text="Hint 1: a nudge").first
    inside = hint.locator("p").first
    inside.wait_for(state="attached")
    assert not inside.is_visible()
    hint.locator("summary").click()
    inside.wait_for()


def test_nbgraders_validate_button_shows_our_sentences(tab, lab, course):
    copy = course / "exercises" / "day1_production" / "e03_validate.ipynb"
    shutil.copy(course / E03, copy)
    open_notebook(tab, lab, copy.relative_to(course).as_posix())
    tab.get_by_text("Validate", exact=True).first.click()
    dialog = tab.locator(".jp-Dialog")
    dialog.wait_for()
    tab.wait_for_function(
        "document.querySelector('.jp-Dialog').innerText.includes('Task 1')")
    said = dialog.inner_text()
    look(tab, "e03_validate")
    assert "not answered yet" in said
    assert "Traceback" not in said and 'File "' not in said
    assert "NotImplementedError" not in said
