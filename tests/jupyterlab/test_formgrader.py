"""A person's mark: from the hand-in, through Formgrader in JupyterLab, to the
page that the trainee gets. Pictures of each step go to test-output/lab/.
"""

import json
import re
import subprocess
import sys
import urllib.request

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from commands.lab import formgrader
from tests.jupyterlab.browser import TOKEN, look
from tests.support import in_course

DAY, NAME = "day1_production", "e03_crs_detective"
CLASS = ("amina", "bilel")
TASK = "note"  # what a person marks, of 4 points
COMMENT = "Say also how you know that it is EPSG:22332."
pytestmark = pytest.mark.slow


def hand_in(course, trainee, **texts):
    """Right answers, as they stand in the solution; texts: other ones."""
    notebook = json.loads((course / "solutions" / DAY / f"{NAME}.ipynb"
                           ).read_text("utf-8"))
    for cell in notebook["cells"]:
        settings = cell["metadata"].get("nbgrader", {})
        source = "".join(cell["source"])
        if settings.get("grade") and not settings["solution"]:
            source = re.sub(r" *### BEGIN HIDDEN.*?### END HIDDEN TESTS\n?",
                            "", source, flags=re.DOTALL)
        cell["source"] = texts.get(settings.get("grade_id"), source)
    folder = course / "submitted" / trainee / DAY
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook), "utf-8")


def grade(course):
    done = subprocess.run(
        [sys.executable, "-m", "commands", "grade", DAY], cwd=course,
        env=in_course(course), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def page_of(course, trainee):
    file = course / "feedback" / trainee / DAY / f"{NAME}.html"
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")


def hidden_lines(course):
    """Lines that stand in a hidden test and nowhere in the exercise or in
    the answers."""
    hidden = re.compile("### BEGIN HIDDEN TESTS(.*?)### END", re.DOTALL)
    text = "\n".join("".join(cell["source"]) for cell in json.loads(
        (course / "solutions" / DAY / f"{NAME}.ipynb").read_text("utf-8")
    )["cells"])
    seen = hidden.sub("", text)
    return {line.strip() for part in hidden.findall(text)
            for line in part.splitlines()
            if len(line.strip()) > 20 and line.strip() not in seen}


@pytest.fixture
def instructor(chromium, lab):
    """A tab where Formgrader asks nobody else (it would load MathJax)."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    context.route(lambda url: not url.startswith((lab, "file:", "data:")),
                  lambda route: route.abort())
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def mark_in_the_browser(tab, lab):
    """Nbgrader → Formgrader → Manual Grading → the first submission."""
    tab.goto(f"{lab}/lab?token={TOKEN}&reset")
    tab.get_by_role("menuitem", name="Nbgrader").click()
    tab.get_by_role("menuitem", name="Formgrader").click()
    form = tab.frame_locator("iframe").first
    form.get_by_text("Manual Grading").first.click()
    # Each page has its own link with the day's name.
    form.locator(f'a[href$="/gradebook/{DAY}"]').click()
    form.locator(f'a[href$="/gradebook/{DAY}/{NAME}"]').click()
    form.get_by_role("link", name=re.compile("Submission #")).first.click()
    # What Formgrader knows arrives late, and would overwrite what is typed.
    form.locator('input.score#place[placeholder="4"]').wait_for()
    form.locator(f"textarea#{TASK}-comment[placeholder]").wait_for()
    for field, text, address in (
            (f"input.score#{TASK}", "3", "/api/grade/"),
            (f"textarea#{TASK}-comment", COMMENT, "/api/comment/")):
        with tab.expect_response(
                lambda answer, address=address: address in answer.url
                and answer.request.method == "PUT") as saved:
            form.locator(field).fill(text)
            form.locator(field).blur()
        assert saved.value.ok and text in saved.value.request.post_data
    look(tab, "formgrader_marked")


def needs_a_person(course):
    """Trainee → does Formgrader list the notebook as still to be marked?"""
    from nbgrader.api import Gradebook
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}",
                   "open-geodata") as book:
        return {trainee: book.find_submission_notebook(
                    NAME, DAY, trainee).needs_manual_grade
                for trainee in CLASS}


def test_a_mark_and_a_comment_reach_the_trainees_page(instructor, lab,
                                                      course):
    for trainee in CLASS:
        hand_in(course, trainee)
    grade(course)
    before = {trainee: str(page_of(course, trainee)) for trainee in CLASS}
    assert all("not marked yet, of 4" in page for page in before.values())

    mark_in_the_browser(instructor, lab)
    said = grade(course)

    pages = {trainee: page_of(course, trainee) for trainee in CLASS}
    marked, = (trainee for trainee in CLASS
               if str(pages[trainee]) != before[trainee])
    text = " ".join(pages[marked].get_text().split())
    assert COMMENT in text and "3.0 / 4.0" in text
    assert "Score: 19.0 / 20.0" in text
    hidden = hidden_lines(course)
    assert hidden and not [line for line in hidden if line in text]
    assert "Graded before and not changed: 1 trainee." in said
    assert needs_a_person(course) == {
        trainee: trainee != marked for trainee in CLASS}
    page = course / "feedback" / marked / DAY / f"{NAME}.html"
    instructor.goto(page.as_uri())
    expect(instructor.get_by_text(COMMENT)).to_be_visible()
    look(instructor, "feedback_marked")


def test_a_script_of_a_trainee_does_not_run_where_a_person_marks(
        instructor, lab, course):
    """It would run with the rights of the instructor's JupyterLab."""
    from nbgrader.api import Gradebook
    run = "document.body.dataset.ran = 1"
    hand_in(course, "chiraz", **{
        TASK: f'The axes <img src="data:x" onerror="{run}"><svg onload='
              f'"{run}"></svg><script>{run}</script> are **exchanged**.',
        "datum-answer": "from IPython.display import HTML, Javascript, "
                        f"display\ndisplay(Javascript('{run}'), HTML("
                        f"'<p>my map</p><img src=x onerror=\"{run}\">'))"})
    grade(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}",
                   "open-geodata") as book:
        found = book.find_submission_notebook(NAME, DAY, "chiraz").id
    instructor.goto(f"{lab}/lab?token={TOKEN}&reset")
    instructor.goto(f"{lab}/formgrader/submissions/{found}/")
    instructor.locator(f"textarea#{TASK}-comment[placeholder]").wait_for()
    expect(instructor.get_by_text("exchanged", exact=True)).to_be_visible()
    assert instructor.get_by_text("my map", exact=True).count() == 1
    assert instructor.evaluate("document.body.dataset.ran") is None


# --- what Formgrader may not do --------------------------------------------

def posts():
    """The addresses that a click of Formgrader posts to; a flag at a
    submission changes nothing else."""
    from nbgrader.server_extensions.formgrader import apihandlers
    return [address.replace("([^/]+)", "x")
            for address, handler in apihandlers.default_handlers
            if hasattr(handler, "post") and handler.post.__qualname__
            .startswith(handler.__name__) and not address.endswith("/flag")]


def test_each_button_that_runs_or_hands_out_has_its_remedy():
    assert {address.rpartition("/")[2] for address in posts()} == {
        *formgrader.REMEDIES}


@pytest.mark.parametrize("address", posts())
def test_formgrader_only_marks(lab, course, address):
    """Autograde runs a notebook without a sandbox; Generate Feedback shows
    the hidden tests; Generate writes exercises/ without their seals."""
    exercise = course / "exercises" / DAY / f"{NAME}.ipynb"
    before = exercise.read_bytes()
    asked = urllib.request.Request(
        lab + address.replace("/x", f"/{DAY}", 1), data=b"", method="POST",
        headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(asked) as answer:
        said = json.load(answer)
    assert said["success"] is False and not said["error"]
    assert "Formgrader only to mark" in said["log"]
    assert exercise.read_bytes() == before
