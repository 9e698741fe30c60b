"""Session 1.1 in JupyterLab: a micro-task, a question, the lab's form."""

import json

import pytest
from playwright.sync_api import expect

from tests.jupyterlab.browser import (
    TOKEN,
    answer,
    cell_with,
    look,
    open_notebook,
    run_all,
    said_by,
    wait_until_redrawn,
)

LESSON = "course/day1_production/s1_open_data.ipynb"
pytestmark = pytest.mark.slow


def test_a_micro_task_says_at_once_what_is_not_right(lesson):
    check = 'check.your_turn("Your turn: one name'
    assert "not answered yet" in said_by(lesson, check)
    start = "def one_name(licence):\n    return "
    answer(lesson, "def one_name(", start + "licence.lower()")
    said = said_by(lesson, check)
    assert "Found:" in said and "Traceback" not in said
    look(lesson, "turn_wrong")
    answer(lesson, "def one_name(", start
           + "'-'.join(licence.lower().split())")
    assert said_by(lesson, check).startswith("✓ Your turn")
    look(lesson, "turn_right")


def test_a_question_answers_each_choice(lesson):
    question = cell_with(lesson, 'quiz.ask("list_without_names")')
    question.get_by_label("open", exact=True).check()
    question.get_by_text("not this one").wait_for()
    question.get_by_label("personal", exact=True).check()
    question.get_by_text("✓ right").wait_for()
    look(lesson, "question_right")


def test_the_form_is_filled_in_beside_the_notebook(lesson, lab, course):
    """Its text, copied and saved in output/, is what the check reads."""
    lesson.goto(f"{lab}/files/{LESSON.rsplit('/', 1)[0]}/output/"
                f"ckan_form.html?token={TOKEN}")
    lesson.get_by_label("Title").fill("Wells")
    lesson.get_by_role("button", name="Save").click()
    expect(lesson.get_by_text("JupyterLab lets no page save")).to_be_visible()
    text = lesson.locator("#json").inner_text()
    assert json.loads(text)["title"] == "Wells"
    look(lesson, "ckan_form_in_jupyterlab")

    folder = (course / LESSON).parent / "output"
    (folder / "ckan_dataset.json").write_text(text, encoding="utf-8")
    open_notebook(lesson, lab, LESSON)
    run_all(lesson)
    answer(lesson, "file = ...", 'file = out / "ckan_dataset.json"')
    assert "name is empty" in said_by(lesson, 'check.your_turn("Lab')


def test_the_explorer_of_records_moves(lesson):
    tab = lesson
    explorer = cell_with(tab, "explore.record_openness()")
    picture = explorer.locator("img").first
    picture.wait_for()
    look(tab, "records_before")
    for menu, option in enumerate(["CC BY 4.0", "CSV", "account required",
                                   "150 TND", "guards' telephones"]):
        before = picture.get_attribute("src")
        explorer.locator("select").nth(menu).select_option(label=option)
        wait_until_redrawn(tab, before)
    look(tab, "records_switched")
    room = explorer.locator(".widget-output").bounding_box()["height"]
    assert room < picture.bounding_box()["height"] + 20  # no empty strip
