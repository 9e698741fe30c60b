"""Questions, predictions and progress on a page without a kernel.

A small book is built once; its pages are opened from the disk, as a reader
does who has unpacked the book.
"""

import io
import json
import shutil

import pytest
from PIL import Image
from playwright.sync_api import expect

from commands.book import build as book_builder
from commands.book import quizzes
from helpers import quiz
from helpers.explore.show import STATIC
from tests.support import PICTURES, ROOT

LESSON = "course/day1_production/s1_small"
ROUND = "course/before_after/diagnostic"
EXERCISE = "exercises/day1_production/e00_small"
ASKED, FOR_POINTS = "account_asked", "register_on_request"
ASKED_TWICE = ["open_for_some", "points_only"]
BOX = ":::{admonition} Predict, then run\n:class: tip\nHow much is 1 + 1?\n:::"
HINTS = "".join(
    f"<details>\n<summary><b>Hint {number}: words</b></summary>\n"
    f"<p>nudge {number}</p>\n</details>\n" for number in (1, 2, 3))
PAGES = {
    LESSON: ["# Lesson", BOX, ("print('it is', 1 + 1)",),
             (f"from helpers import quiz\n\nquiz.ask({ASKED!r})",),
             ("from helpers import explore\n\nexplore.decodings()",)],
    ROUND: ["# Before and after",
            ("from helpers.quiz import before_after\n"
             f"questions = {ASKED_TWICE}\nkept = 'none.json'",),
            "## Before", ("before_after.ask(questions, 'before', kept)",),
            "## After", ("before_after.ask(questions, 'after', kept)",),
            "## Gain", ("before_after.gain(questions, kept)",)],
    EXERCISE: ["# E00 · Small", HINTS,
               (f"from helpers import quiz\n\nquiz.ask({FOR_POINTS!r})",),
               ("from helpers import data\n\ndata.path('chief_towns')",)],
}


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The folder of the pages of a small book."""
    root = tmp_path_factory.mktemp("small")
    shutil.copy(ROOT / "_config.yml", root)
    shutil.copytree(ROOT / "course/_static", root / "course/_static")
    shutil.copy(ROOT / "course/progress.md", root / "course")
    (root / "course/index.md").write_text("# Welcome\n")
    lines = "".join(f"      - file: {page}\n" for page in PAGES)
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: course/index\nparts:\n"
        f"  - caption: Day 1\n    chapters:\n{lines}"
        "  - caption: After\n    chapters:\n      - file: course/progress\n")
    for page, cells in PAGES.items():
        write(root / f"{page}.ipynb", cells)
    book_builder.build(root)
    return root / "_build/html"


def write(file, cells):
    """A notebook: a text is Markdown, a tuple is code."""
    written = []
    for number, cell in enumerate(cells):
        code = isinstance(cell, tuple)
        written.append({
            "cell_type": "code" if code else "markdown", "metadata": {},
            "id": f"cell-{number}", "source": cell[0] if code else cell}
            | ({"outputs": [], "execution_count": None} if code else {}))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({
        "nbformat": 4, "nbformat_minor": 5, "cells": written, "metadata": {
            "kernelspec": {"name": "python3", "language": "python",
                           "display_name": "Python 3"}}}))


@pytest.fixture
def open_page(small, chromium):
    """A function that opens a page from the disk, in one browser that
    remembers; or without JavaScript, in another. Errors fail the test."""
    contexts, errors = {}, []

    def opened(page, scripts=True):
        if scripts not in contexts:
            contexts[scripts] = chromium.new_context(
                java_script_enabled=scripts, accept_downloads=True)
        tab = contexts[scripts].new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("request", lambda request: request.url.startswith(
            ("file:", "data:", "blob:")) or errors.append(request.url))
        tab.goto((small / f"{page}.html").as_uri())
        return tab
    yield opened
    for context in contexts.values():
        context.close()
    assert errors == []


def pressed(tab, *keys):
    for key in keys:
        tab.keyboard.press(key)


def reach(tab, selector):
    """Press Tab until the focus is there: as somebody without a mouse."""
    for _ in range(200):
        tab.keyboard.press("Tab")
        if tab.evaluate("chosen => document.activeElement.matches(chosen)",
                        selector):
            return
    raise AssertionError(f"The keyboard does not reach {selector}.")


def kept(tab):
    return json.loads(tab.evaluate(
        "localStorage.getItem('open-geodata-course')"))


@pytest.mark.slow
def test_a_question_is_answered_with_the_keyboard_alone(open_page):
    question = quiz.named(ASKED)
    wrong = next(word for word in question.options if word != question.right)
    tab = open_page(LESSON)
    form = tab.locator("form.quiz")
    said = form.get_by_role("status")
    reach(tab, "form.quiz input")
    pressed(tab, "Space")
    while form.locator("input:checked").input_value() != wrong:
        pressed(tab, "ArrowDown")
    reach(tab, "form.quiz button")
    pressed(tab, "Enter")
    assert said.inner_text() == f"✗ Not this one. {question.why[wrong]}"
    assert kept(tab)["quiz"][ASKED] == {
        "word": wrong, "right": False, "tries": 1}
    pressed(tab, "Shift+Tab")
    while form.locator("input:checked").input_value() != question.right:
        pressed(tab, "ArrowDown")
    assert said.inner_text() == ""  # another answer has no verdict yet
    pressed(tab, "Tab", "Enter")
    assert said.inner_text() == f"✓ Right. {question.why[question.right]}"
    assert kept(tab)["quiz"][ASKED] == {
        "word": question.right, "right": True, "tries": 2}
    tab.screenshot(path=PICTURES / "book/quiz_keyboard.png")


@pytest.mark.slow
def test_a_question_has_names_for_a_screen_reader(open_page):
    question = quiz.named(ASKED)
    tab = open_page(LESSON)
    group = tab.get_by_role("group", name=question.text, exact=True)
    assert group.get_by_role("radio").count() == len(question.options)
    for text in question.options.values():
        assert group.get_by_role("radio", name=text, exact=True).count() == 1
    assert tab.locator("form.quiz [role=status]").count() == 1
    # The code that asks says nothing on a page.
    assert "quiz.ask" not in tab.locator("article").inner_text()


@pytest.mark.slow
@pytest.mark.slow
def test_a_question_is_painted_light_in_the_dark(open_page):
    """Measured in the picture: what a browser paints is not always the
    colour that it says."""
    tab = open_page(ROUND)
    tab.evaluate("""() => ["mode", "theme"].forEach(
        key => localStorage.setItem(key, "dark"))""")
    tab.reload()
    tab.wait_for_function("document.documentElement.dataset.theme == 'dark'")
    tab.wait_for_function(  # the colours fade
        "document.getAnimations().every(one => one.playState != 'running')")
    for part in ("legend", "label"):
        picture = Image.open(io.BytesIO(
            tab.locator(f".quiz {part}").first.screenshot())).convert("L")
        dark, light = picture.getextrema()
        assert dark < 60 and light > 180, part


def test_a_question_without_an_answer_is_told_so(open_page):
    tab = open_page(LESSON)
    tab.get_by_role("button", name="Check my answer").click()
    assert tab.locator("form.quiz [role=status]").inner_text() == (
        "Choose an answer first.")


@pytest.mark.slow
def test_an_output_waits_for_the_prediction(open_page):
    tab = open_page(LESSON)
    output = tab.get_by_text("it is 2")
    assert not output.is_visible()
    tab.get_by_label("Your prediction").fill("three")
    button = tab.get_by_role("button", name="Show the output")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    expect(output).to_be_visible()
    assert list(kept(tab)["predictions"].values()) == ["three"]
    tab.reload()  # in the same tab: another one may learn of it later
    expect(tab.get_by_label("Your prediction")).to_have_value("three")
    tab.emulate_media(media="print")
    expect(tab.get_by_text("it is 2")).to_be_visible()


@pytest.mark.slow
def test_without_javascript_everything_can_be_read(open_page):
    question = quiz.named(ASKED)
    tab = open_page(LESSON, scripts=False)
    expect(tab.get_by_text("it is 2")).to_be_visible()
    assert not tab.get_by_role("button", name="Show the output").is_visible()
    assert not tab.get_by_role("button", name="Check").is_visible()
    tab.get_by_text("The answer", exact=True).click()
    expect(tab.get_by_text(question.why[question.right])).to_be_visible()
    expect(tab.locator(".explorer-twin img").first).to_be_visible()
    assert not tab.locator(".explorer").is_visible()
    exercise = open_page(EXERCISE, scripts=False)
    expect(exercise.get_by_text("Hint 3")).to_be_visible()


@pytest.mark.slow
def test_an_explorer_shows_another_state(open_page):
    tab = open_page(LESSON)
    picture = tab.locator(".explorer img")
    picture.scroll_into_view_if_needed()
    assert not tab.locator(".explorer-twin").is_visible()
    drawn = "one => one.complete && one.naturalWidth > 0"
    for state in ("0_0_0", "0_1_0"):
        tab.wait_for_function(
            f"({drawn})(document.querySelector('.explorer img'))")
        assert picture.get_attribute("src").endswith(
            f"_images/explorers/decodings/{state}.png")
        tab.get_by_label("Written in").select_option("utf-8")
    assert "Written in: utf-8" in picture.get_attribute("alt")


@pytest.mark.slow
def test_an_exercise_offers_its_files(open_page, small):
    tab = open_page(EXERCISE)
    box = tab.get_by_role("complementary", name="Files of this exercise")
    for link, file in (("Everything", "e00_small.zip"),
                       ("The notebook alone", "e00_small.ipynb")):
        href = box.get_by_role("link", name=link).get_attribute("href")
        assert (small / EXERCISE).parent.joinpath(href).resolve() == (
            small / "_downloads/exercises" / file)
        assert (small / "_downloads/exercises" / file).stat().st_size
    assert "its layer of data" in box.inner_text()
    assert "One right solution" not in box.inner_text()  # there is none


@pytest.mark.slow
def test_a_question_for_points_is_read_and_not_answered(open_page, small):
    question = quiz.named(FOR_POINTS)
    tab = open_page(EXERCISE)
    expect(tab.get_by_text(question.text)).to_be_visible()
    for word, text in question.options.items():
        expect(tab.get_by_text(f"{word}: {text}")).to_be_visible()
    page = (small / f"{EXERCISE}.html").read_text("utf-8")
    assert not any(why in page for why in question.why.values())
    assert "<form" not in page.partition("<article")[2].partition(
        "</article>")[0]


@pytest.mark.slow
def test_hints_come_one_after_the_other(open_page):
    tab = open_page(EXERCISE)

    def seen(*numbers):
        for number in (1, 2, 3):
            expect(tab.get_by_text(f"Hint {number}")).to_be_visible(
                visible=number in numbers)
    seen(1)
    tab.get_by_text("Hint 1").click()
    seen(1, 2)
    tab.get_by_text("Hint 2").click()
    seen(1, 2, 3)


@pytest.mark.slow
def test_results_by_objective_before_and_after(open_page):
    questions = list(map(quiz.named, ASKED_TWICE))
    tab = open_page(ROUND)
    forms = tab.locator("form.quiz")
    assert forms.count() == 4  # two before, two after
    show = tab.get_by_role("button", name="Show my results")
    show.click()
    assert tab.get_by_text("You have not answered a question yet").count()
    choose(forms.nth(0), "")  # I do not know yet
    choose(forms.nth(1), wrong_of(questions[1]))
    reason = tab.get_by_text(questions[0].why[questions[0].right])
    assert not any(one.is_visible() for one in reason.all())
    choose(forms.nth(2), questions[0].right)
    choose(forms.nth(3), wrong_of(questions[1]))
    tab.reload()  # what was chosen is kept
    show.click()
    rows = tab.locator(".quiz-gain tbody tr")
    assert [rows.nth(row).locator("td").all_inner_texts()
            for row in (0, 1)] == [["– not yet", "✓ right"],
                                   ["✗ wrong", "✗ wrong"]]
    for row, question in enumerate(questions):
        assert rows.nth(row).locator("th").inner_text().startswith(
            question.objective)
    assert "Right: 0 before, 1 after, of 2." in tab.locator(
        ".quiz-gain").inner_text()
    tab.locator(".quiz-gain summary").click()  # only the one that is wrong
    expect(tab.locator(".quiz-gain details").get_by_text(
        questions[1].why[questions[1].right])).to_be_visible()


def choose(form, word):
    form.locator(f'input[value="{word}"]').check()


def wrong_of(question):
    return next(word for word in question.options if word != question.right)


@pytest.mark.slow
def test_progress_is_shown_saved_erased_and_loaded(open_page, tmp_path):
    lesson = open_page(LESSON)
    done = lesson.get_by_role("button", name="I have done")
    done.click()
    assert done.get_attribute("aria-pressed") == "true"
    choose(lesson.locator("form.quiz"), quiz.named(ASKED).right)
    lesson.get_by_role("button", name="Check my answer").click()
    lesson.locator(".page-done").get_by_role("link").click()
    tab = lesson
    cells = tab.locator("#book-progress tbody td")
    cells.first.wait_for()
    # A busy browser brings the last answer a moment later.
    cells.first.get_by_text("1 of 3").wait_for()
    assert cells.all_inner_texts() == [
        "1 of 3", "1 of 1", "0 of 1", "Before and after"]
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Save as a file").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    assert list(json.loads(file.read_text("utf-8"))["pages"]) == [LESSON]

    tab.on("dialog", lambda dialog: dialog.accept())
    tab.get_by_role("button", name="Erase").click()
    assert cells.first.inner_text() == "0 of 3"
    assert tab.evaluate("localStorage.getItem('open-geodata-course')") is None
    tab.get_by_label("Load a saved file").set_input_files(file)
    tab.get_by_text("Loaded from").wait_for()
    assert cells.first.inner_text() == "1 of 3"


@pytest.mark.slow
def test_progress_follows_a_tab_beside(open_page):
    shown, lesson = open_page("course/progress"), open_page(LESSON)
    cells = shown.locator("#book-progress tbody td")
    assert cells.first.inner_text() == "0 of 3"
    lesson.get_by_role("button", name="I have done").click()
    cells.first.get_by_text("1 of 3").wait_for()


@pytest.mark.slow
def test_a_file_of_another_kind_changes_nothing(open_page, tmp_path):
    lesson = open_page(LESSON)
    lesson.get_by_role("button", name="I have done").click()
    tab = open_page("course/progress")
    done = tab.locator("#book-progress td").first
    for number, text in enumerate(("{", "[]", '{"course": "another"}')):
        # A busy browser brings a moment later what another tab keeps.
        done.get_by_text("1 of 3").wait_for()
        file = tmp_path / f"other{number}.json"
        file.write_text(text)
        tab.get_by_label("Load a saved file").set_input_files(file)
        tab.get_by_text(f"{file.name} was not loaded").wait_for()
        assert done.inner_text() == "1 of 3"


@pytest.mark.slow
def test_damaged_progress_is_no_error(open_page):
    tab = open_page(LESSON)
    for damage in ("{", "[]", '{"quiz": 3, "pages": null}'):
        tab.evaluate("text => localStorage.setItem("
                     "'open-geodata-course', text)", damage)
        tab.reload()
        assert tab.get_by_role("button", name="I have done").get_attribute(
            "aria-pressed") == "false"


def test_each_question_becomes_a_form_and_none_is_lost(monkeypatch):
    monkeypatch.setenv(STATIC, "1")
    for question in quiz.questions().values():
        made = quizzes.forms(quiz.on_paper(question), {})
        assert made.count("<form") == 1
        assert made.count('type="radio"') == len(question.options)
        for word in question.options:  # a reason for each option
            assert made.count(f'data-word="{word}"') == 1


def test_what_is_no_question_stays():
    text = "<table><tr><td>1</td></tr></table>"
    assert quizzes.forms(text, {}) == text
