"""The lab of session 4.4: LibreOffice Writer opens the notebook's document,
a macro types into one cell and saves it, and the lesson's own check reads it
back. A picture of Writer: test-output/calc."""

import shutil

import docx
import pytest

from helpers import strategy
from helpers.explore.show import STATIC
from tests import calc, writer
from tests.notebooks import turns
from tests.support import ROOT

LESSON = ROOT / "course/day4_strategy/s4_action_plan.ipynb"
CELLS = ["story-table", "plan-faults", "lab-form", "lab-export", "lab-rules",
         "lab-made"]
MEETINGS = "Meetings with all directions"  # the evidence of M3, as received
DOCUMENT = "Decision n° 14, on the page of the ministry"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory, kernels):
    """A folder in which the cells of the lab have run, and what its check
    says about an answer. The form needs no browser: it is the book's."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("plan_received.yaml", "plan_example.yaml"):
        shutil.copy(LESSON.with_name(name), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATIC, "1")
        with turns.opened(LESSON, folder, kernels, CELLS) as said:
            yield folder, lambda answer: said("lab", answer)


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return calc.profile(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def typed(lab, profile):
    """Documents that Writer has saved, in the lab's output: name → what was
    typed in place of what."""
    folder, said = lab
    out = folder / "output"
    for name, old, new in [
            ("plan_mine", MEETINGS, DOCUMENT),
            ("still_meetings", MEETINGS, "Meetings with two directions"),
            ("nothing", MEETINGS, MEETINGS),
            ("another_word", "One list made of the three lists",
             "One list made of the four lists"),
            ("lost_row", "M3", "")]:
        writer.changed(out / "plan.docx", out / f"{name}.docx", old, new,
                       profile)
    return out, said


def test_what_was_typed_in_writer_is_read_back(typed):
    _, said = typed
    assert said('word_file = out / "plan_mine.docx"').startswith("✓")


def test_the_document_still_has_everything_else(typed):
    """Writer keeps the tables, the chart and its alternative text."""
    out, _ = typed
    before, after = (docx.Document(out / f"{name}.docx")
                     for name in ("plan", "plan_mine"))
    assert [[cell.text for row in table.rows for cell in row.cells]
            for table in after.tables] == [
        [cell.text.replace(MEETINGS, DOCUMENT) for row in table.rows
         for cell in row.cells] for table in before.tables]
    chart, = after.inline_shapes
    words = chart._inline.docPr.get("descr")
    assert words.startswith("Chart with one bar per milestone")
    assert [one.text for one in after.paragraphs if one.style.name.startswith(
        "Heading")][:3] == ["Public problem", "Commitment",
                            "How it helps to solve the problem"]


@pytest.mark.parametrize("name, words", [
    ("still_meetings", "is an activity"),
    ("nothing", "the evidence of nothing differs"),
    ("another_word", "the evidence of nothing differs"),
    ("lost_row", "the list of milestones is ['', 'M1', 'M2',")])
def test_a_wrong_document_is_named(typed, name, words):
    _, said = typed
    turns.is_named(" ".join(said(
        f'word_file = out / "{name}.docx"').split()), words)


def test_a_file_that_is_not_there_is_named(lab):
    _, said = lab
    assert "there is no" in said('word_file = out / "gone.docx"')


def test_without_a_word_processor_the_made_file_stands_in(lab):
    _, said = lab
    assert said("word_file = made_file").startswith("✓")


def test_the_repairs_of_the_first_step_leave_eleven_faults():
    """As the page for instructors says."""
    plan = strategy.read_plan(LESSON.with_name("plan_received.yaml"))
    assert len(strategy.plan_faults(plan)) == 15
    plan["milestones"][3]["start"] = "2022-05-31"
    plan["milestones"][5]["end"] = "2023-11-30"
    plan["budget"]["lines"][1]["amount"] = 8 * 45
    plan["budget"]["total"] = 7200 + 360 + 1200
    assert len(strategy.plan_faults(plan)) == 11


def test_a_picture_of_writer_is_made(lab, profile):
    """Copied to course/day4_strategy/pictures."""
    folder, _ = lab
    writer.photographed(
        folder / "output/plan.docx", folder / "plan_mine.docx",
        MEETINGS, DOCUMENT, "writer_plan", profile)
