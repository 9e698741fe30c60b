"""What a trainee may see of a graded notebook: no word of a hidden test."""

import ast
import json
from types import SimpleNamespace

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)
from traitlets.config import Config

from commands import grading
from commands.exercises import notebooks
from commands.grading import examiner, marked
from commands.grading.pages import trainee_page
from commands.grading.scratch import ScratchCourse
from commands.grading.submissions import SubmittedNotebook
from tests.commands.grading.cases import course as tiny
from tests.support import ROOT

SECRET = 'check.equal(total(unseen), 415, "rows nobody has seen")'
CHECK = f"""\
with check.task("Task 1"):
    check.equal(total(rows), 12, "total(rows)")
    ### BEGIN HIDDEN TESTS
    unseen = [12, 400, 3]
    {SECRET}
    ### END HIDDEN TESTS"""
VISIBLE = """\
with check.task("Task 1"):
    check.equal(total(rows), 12, "total(rows)")
    # … and hidden tests, on other data"""
SOLUTIONS = sorted(ROOT.glob("solutions/day*/*.ipynb"))
NBGRADERS = Config()
# Delimiters of a course that has changed them in nbgrader_config.py.
OTHERS = Config({"ClearHiddenTests": {
    "begin_test_delimeter": "SECRET FROM HERE",
    "end_test_delimeter": "SECRET TO HERE"}})


def check_cell(source, *outputs):
    cell = new_code_cell(source, outputs=list(outputs))
    cell.metadata.nbgrader = {"grade": True, "solution": False, "points": 4,
                              "grade_id": "total"}
    return cell


def error(*lines, ename="Feedback"):
    return new_output("error", ename=ename, evalue=lines[0],
                      traceback=list(lines))


def shown(*cells, config=NBGRADERS, submission=None):
    """The cells as the trainee sees them."""
    return trainee_page.for_the_trainee(
        new_notebook(cells=list(cells)),
        submission or SubmittedNotebook("e00"), config).cells


# --- hidden tests ----------------------------------------------------------

def test_hidden_tests_are_taken_out_and_their_place_is_told():
    cell, = shown(check_cell(CHECK))
    assert cell.source == VISIBLE


def test_a_check_without_hidden_tests_stays_as_it_is():
    cell, = shown(check_cell("assert total(rows) == 12"))
    assert cell.source == "assert total(rows) == 12"


def test_delimiters_are_those_of_the_courses_own_configuration():
    source = CHECK.replace("BEGIN HIDDEN TESTS", "SECRET FROM HERE").replace(
        "END HIDDEN TESTS", "SECRET TO HERE")
    cell, = shown(check_cell(source, error(f"---> 5 {SECRET}")),
                  config=OTHERS)
    assert cell.source == VISIBLE
    assert "415" not in str(cell)


@pytest.mark.parametrize("betrayal", [
    SECRET, f"----> 5     {SECRET}", SECRET.replace(" ", "\n    "),
    SECRET.replace("(", "\x1b[39m(\x1b[32m"), SECRET.replace(" ", "_"),
    "### BEGIN HIDDEN TESTS"],
    ids=["alone", "in a traceback", "wrapped", "coloured", "other spaces",
         "delimiter"])
def test_an_error_that_repeats_a_hidden_test_is_not_shown(betrayal):
    cell, = shown(check_cell(CHECK, error("it failed", betrayal)))
    output, = cell.outputs
    assert output.traceback == [
        "✗ Feedback: its text is not shown, because it repeats a hidden test"]
    assert output.evalue == "Feedback"


def test_a_text_and_its_name_may_stand_side_by_side_in_a_sentence():
    """"… where some were closed: visits nobody saw …" is no betrayal of the
    line that gives the text its name."""
    source = CHECK.replace(
        "    unseen =", '    closed = "visits nobody saw were counted"\n'
        "    unseen =")
    said = error("✗ Task", "  Found: 0.4 where some were closed: visits "
                 "nobody saw were counted")
    cell, = shown(check_cell(source, said))
    assert cell.outputs == [said]


def texts(source):
    """All texts of a check cell, as they are said: parts of one, joined."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant)
                          else "7" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.slow
@pytest.mark.parametrize("file", SOLUTIONS, ids=[
    file.stem for file in SOLUTIONS])
def test_what_a_hidden_test_says_to_the_trainee_is_shown(file):
    """Its words stand in the hidden test, too; its code must not be seen."""
    checks = [cell for cell in notebooks.read(file).cells
              if examiner.is_check(cell)]
    for check in checks:
        said = [error("✗ Task", f"  Why: {text}")
                for text in texts(check.source)]
        cell, = shown(check_cell(check.source, *said))
        assert cell.outputs == said


def test_the_name_of_an_error_repeats_nothing_either():
    cell, = shown(check_cell(CHECK, error("it failed", ename=SECRET)))
    assert "415" not in str(cell)


def test_an_honest_error_is_shown_whole():
    honest = error("✗ Task 1", "  Found: 11", "  Expected: 12",
                   'check.equal(total(rows), 12, "total(rows)")')
    cell, = shown(check_cell(CHECK, honest))
    assert cell.outputs == [honest]


def test_hidden_tests_without_an_end_are_an_error_not_a_page():
    with pytest.raises(RuntimeError, match="No end hidden tests"):
        shown(check_cell(CHECK.replace("    ### END HIDDEN TESTS", "")))


@pytest.mark.slow
def test_grading_hands_the_configuration_on_to_the_page(tmp_path):
    root = tiny.make(tmp_path)
    solution = root / "solutions" / tiny.DAY / tiny.FILE
    text = solution.read_text("utf-8")
    for old, new in (("BEGIN HIDDEN TESTS", "SECRET FROM HERE"),
                     ("END HIDDEN TESTS", "SECRET TO HERE")):
        text = text.replace(old, new)
    solution.write_text(text, "utf-8")
    with (root / "nbgrader_config.py").open("a") as file:
        file.write("c.ClearHiddenTests.begin_test_delimeter = 'SECRET FROM "
                   "HERE'\nc.ClearHiddenTests.end_test_delimeter = 'SECRET "
                   "TO HERE'\n")
    tiny.hand_in(root, "amina", tiny.answered(tiny.blank(root)))
    result, = grading.grade(tiny.DAY, root, settings=grading.Settings(
        unsafe=True, processes=1))
    page = (root / "feedback" / "amina" / tiny.DAY / f"{tiny.NAME}.html"
            ).read_text("utf-8")
    assert result.score == tiny.AUTOMATIC
    assert "hidden tests, on other data" in page
    assert tiny.HIDDEN_SECRET not in page and "SECRET FROM" not in page


def grade_tiny(root):
    return grading.grade(tiny.DAY, root, settings=grading.Settings(
        unsafe=True, processes=1))


def tiny_page(root, trainee):
    return (root / "feedback" / trainee / tiny.DAY / f"{tiny.NAME}.html"
            ).read_text("utf-8")


@pytest.mark.slow
def test_a_mark_and_a_comment_make_one_page_anew(tmp_path):
    from nbgrader.api import Gradebook
    root = tiny.make(tmp_path)
    for trainee in ("amina", "bilel"):
        tiny.hand_in(root, trainee, tiny.answered(tiny.blank(root)))
    grade_tiny(root)
    assert all(result.skipped for result in grade_tiny(root))
    before = tiny_page(root, "bilel")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}",
                   "open-geodata") as book:
        names = "why", tiny.NAME, tiny.DAY, "amina"
        grade, comment = book.find_grade(*names), book.find_comment(*names)
        grade.manual_score, grade.needs_manual_grade = 0.5, False
        comment.manual_comment = "Whose beds are they?"
        book.db.commit()

    amina, bilel = grade_tiny(root)

    assert (amina.skipped, bilel.skipped) == (False, True)
    assert amina.score == tiny.AUTOMATIC + 0.5 and not amina.waiting
    page = tiny_page(root, "amina")
    assert "Test cell" not in page and "Grade cell:" not in page
    assert "Whose beds are they?" in page and "Score: 0.5 / 1.0" in page
    assert f"Score: {tiny.AUTOMATIC + 0.5} / 10.0" in page
    assert tiny_page(root, "bilel") == before
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}",
                   "open-geodata") as book:
        assert not book.find_grade(*names).needs_manual_grade
    assert all(result.skipped for result in grade_tiny(root))


@pytest.mark.slow
def test_extra_credit_counts_in_the_report_as_on_the_page(tmp_path):
    from nbgrader.api import Gradebook
    root = tiny.make(tmp_path)
    tiny.hand_in(root, "amina", tiny.answered(tiny.blank(root)))
    grade_tiny(root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}",
                   "open-geodata") as book:
        book.find_grade("total", tiny.NAME, tiny.DAY, "amina"
                        ).extra_credit = 0.5
        book.db.commit()
    result, = grade_tiny(root)
    assert result.score == tiny.AUTOMATIC + 0.5
    assert f"Score: {result.score} / 10.0" in tiny_page(root, "amina")


def test_each_answer_to_be_marked_again_is_named():
    assert marked.sentence(["Task 1", "Task 6"], 8) == (
        "8 to give: the answers to Task 1 and Task 6 have changed since they "
        "were marked. The old marks count until you mark them again")


@pytest.mark.slow
def test_a_text_that_nobody_has_marked_is_no_zero(tmp_path):
    root = tiny.make(tmp_path)
    blank = tiny.blank(root)
    tiny.hand_in(root, "amina", tiny.answered(blank))
    tiny.hand_in(root, "bilel", blank)  # no text: 0 points, by grading
    grade_tiny(root)
    page = tiny_page(root, "amina")
    assert "Task 4 · In words</a> (Score: not marked yet, of 1)" in page
    assert page.count("ot marked yet") == 3  # list, cell, sum
    assert "Score: 0.0 / 1.0" not in page
    assert f"Score: {tiny.AUTOMATIC}.0 / 10.0; of these, 1 not" in page
    page = tiny_page(root, "bilel")
    assert "Task 4 · In words</a> (Score: 0.0 / 1.0)" in page
    assert "ot marked yet" not in page


def mark(root, score, comment):
    """As the Formgrader does it."""
    from nbgrader.api import Gradebook
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}",
                   "open-geodata") as book:
        names = "why", tiny.NAME, tiny.DAY, "amina"
        grade, given = book.find_grade(*names), book.find_comment(*names)
        grade.manual_score, grade.needs_manual_grade = score, False
        given.manual_comment = comment
        book.db.commit()


def hand_in_again(root, why="Beds are not staff.", total=None):
    notebook = tiny.answered(tiny.blank(root))
    tiny.cell(notebook, "why")["source"] = why
    if total:
        tiny.cell(notebook, "total-answer")["source"] = total
    (root / "submitted" / "amina" / tiny.DAY / tiny.FILE).write_text(
        json.dumps(notebook))


@pytest.mark.slow
def test_a_text_that_changed_since_it_was_marked_is_to_be_marked_again(
        tmp_path):
    root = tiny.make(tmp_path)
    tiny.hand_in(root, "amina", tiny.answered(tiny.blank(root)))
    grade_tiny(root)
    mark(root, 0.5, "Whose beds are they?")
    grade_tiny(root)
    hand_in_again(root, "Beds need nurses.")
    for _ in "new", "known":
        result, = grade_tiny(root)
        assert result.score == tiny.AUTOMATIC + 0.5  # until then
        assert result.waiting == tiny.BY_A_PERSON
        reason, = result.reasons
        assert reason.startswith(
            "1 to give: the answer to Task 4 · In words has changed")
    assert result.skipped
    page = tiny_page(root, "amina")
    assert page.count("Score: 0.5 / 1.0 for your earlier answer") == 2
    assert "<b>Comments on your earlier answer:</b>" in page
    report = (root / "reports" / f"{tiny.DAY}.html").read_text("utf-8")
    assert "has changed since it was marked" in report

    hand_in_again(root, "Beds need nurses.", "def total(rows): return 1")
    result, = grade_tiny(root)  # the text is the same, and still unmarked
    assert result.waiting == tiny.BY_A_PERSON
    mark(root, 0.5, "Whose beds are they?")  # the same mark, given again
    result, = grade_tiny(root)
    assert (result.waiting, result.reasons) == (0, [])
    assert "earlier answer" not in tiny_page(root, "amina")
    result, = grade_tiny(root)
    assert result.skipped


@pytest.mark.slow
def test_a_mark_stands_if_only_another_answer_has_changed(tmp_path):
    """nbgrader asks for each mark of the notebook again."""
    root = tiny.make(tmp_path)
    tiny.hand_in(root, "amina", tiny.answered(tiny.blank(root)))
    grade_tiny(root)
    mark(root, 0.5, "")
    hand_in_again(root, total="def total(rows): return 1")
    result, = grade_tiny(root)
    assert result.score == tiny.AUTOMATIC - tiny.POINTS["total"] + 0.5
    assert (result.waiting, result.reasons) == (0, [])


def test_what_stopped_a_converter_is_raised_not_where_it_was_logged():
    class Converter:
        def __init__(self, **_):
            pass

        def init_assignment(self):
            pass

        def convert_single_notebook(self, file):
            raise ValueError("the notebook is bewitched")

        def start(self):
            try:
                self.convert_single_notebook("e00.ipynb")
            except ValueError:
                raise RuntimeError("see the the above traceback") from None

    course = object.__new__(ScratchCourse)
    course.config = Config()
    course.assignment = SimpleNamespace(day=tiny.DAY)
    with pytest.raises(ValueError, match="bewitched"):
        course.convert(Converter, tiny.NAME)


# --- the other cells -------------------------------------------------------

def test_of_a_check_only_the_verdict_is_shown():
    cell, = shown(check_cell(CHECK, new_output("stream", text="In[-1]"),
                             error("✗ Task 1")))
    assert [output.output_type for output in cell.outputs] == ["error"]


def test_other_cells_show_what_was_handed_in_not_what_grading_printed():
    cell = new_code_cell("total(rows)", outputs=[
        new_output("stream", text="printed beside a hidden test")])
    handed_in = [new_output("stream", text="handed in")]
    page = shown(cell, submission=SubmittedNotebook("e00", outputs={
        cell.id: handed_in}))
    assert page[0].outputs == handed_in


@pytest.mark.parametrize("source", [
    "x" * (trainee_page.LONGEST_CELL + 1),
    "[" * (trainee_page.MOST_SIGNS + 1)], ids=["long", "brackets"])
def test_text_that_would_take_too_long_to_convert_is_left_out(source):
    cell, = shown(new_markdown_cell(source))
    assert cell.source == "*(Too long to be shown.)*"


def test_code_that_would_take_too_long_to_colour_is_left_out():
    long = new_code_cell("x = 1\n" * trainee_page.LONGEST_CELL)
    assert shown(long)[0].source == "# (Too long to be shown.)"


def test_all_cells_together_have_a_limit():
    one = "x" * trainee_page.LONGEST_CELL
    cells = shown(*(new_markdown_cell(one) for _ in range(12)))
    assert sum(len(cell.source) for cell in cells) < trainee_page.LONGEST + 99
    assert cells[0].source == one and "Too long" in cells[-1].source


# --- outputs that were handed in -------------------------------------------

def outputs(*handed_in):
    cell = new_code_cell("1")
    page = shown(cell, submission=SubmittedNotebook("e00", outputs={
        cell.id: list(handed_in)}))
    return page[0].outputs


def test_only_what_a_page_can_show_is_taken_from_an_output():
    output, = outputs(new_output("display_data", {
        "text/plain": "words", "application/javascript": "1",
        "text/markdown": "# 20 / 20", "image/png": "AAAA",
        "application/vnd.jupyter.widget-view+json": {"model_id": "1"}},
        metadata={"image/png": {"width": "1 style=position:fixed"}}))
    assert output.data == {"text/plain": "words", "image/png": "AAAA"}
    assert output.metadata == {}


def test_long_words_of_an_output_are_cut():
    printed, error = outputs(
        new_output("stream", text="x" * 200_000),
        new_output("error", ename="E", evalue="", traceback=["y" * 200_000]))
    assert len(printed.text) < trainee_page.LONGEST_OUTPUT + 99
    assert printed.text.endswith("too long to be shown)")
    assert len(error.traceback[0]) < trainee_page.LONGEST_OUTPUT + 99


def test_all_outputs_together_have_a_limit_and_html_counts_more():
    piece = "<p>" + "x" * 100_000
    html = outputs(*(new_output("display_data", {"text/html": piece})
                     for _ in range(12)))
    assert len(html) == 4 and "too long" in html[-1].text
    picture = new_output("display_data", {"image/png": piece})
    assert len(outputs(*[picture] * 12)) == 12


def test_reasons_stand_first_and_as_text():
    page = shown(new_markdown_cell("# E00"), submission=SubmittedNotebook(
        "e00", ["the file '<b>x</b>' is a link"]))
    assert "&lt;b&gt;x&lt;/b&gt;" in page[0].source


def test_the_graded_notebook_itself_is_not_changed():
    cell = check_cell(CHECK, error(SECRET))
    notebook = new_notebook(cells=[cell])
    before = str(notebook)
    trainee_page.for_the_trainee(notebook, SubmittedNotebook("e00", ["why"]),
                                 Config())
    assert str(notebook) == before


# --- the page --------------------------------------------------------------

def test_a_page_names_the_tasks_and_leads_to_no_empty_comment():
    page = trainee_page.with_titles(
        '<li><a href="#comment-place-answer">Comment</a></li>'
        '<li><a href="#place">Test cell</a> (Score: 0.0 / 4.0)</li>'
        '<li><a href="#comment-note">Comment</a></li>'
        '<a name="comment-place-answer"></a><b>Comments:</b> <p>No response.'
        '</p><span>Grade cell: <code>place</code></span>'
        '<a name="comment-note"></a><b>Comments:</b> <p>Well done.</p>',
        {"place": "Task 1 · Place & time \\1", "note": "Task 6"})
    assert "comment-place-answer\">" not in page.partition("<a name")[0]
    assert "Task 1 · Place &amp; time \\1</a> (Score" in page
    assert "<span>Task 1 · Place &amp; time \\1</span>" in page
    assert '<a href="#comment-note">Comment on Task 6</a>' in page


def test_a_comment_on_the_code_of_an_answer_names_its_task():
    def of(grade_id, title=None, **settings):
        cell = new_code_cell()
        cell.metadata.nbgrader = {"grade_id": grade_id, **settings}
        cell.metadata.course = {"title": title} if title else {}
        return cell
    assert trainee_page.titles(new_notebook(cells=[
        of("a-answer", solution=True, grade=False), new_code_cell(),
        of("a", "Task 1", solution=False, grade=True),
        of("b", solution=False, grade=True),
        of("c", "Task 3", solution=True, grade=True)])) == {
            "a-answer": "Task 1", "a": "Task 1", "c": "Task 3"}


def test_a_page_runs_and_fetches_nothing():
    page = trainee_page.make_offline(
        '<html><head><script src="https://cdn/x.js"></script><link '
        'href="https://cdn/x.css"></head><body><SCRIPT>1</SCRIPT >'
        '<p>kept</p></body></html>')
    assert "cdn" not in page and "<script" not in page.lower()
    assert "default-src 'none'" in page and '<html lang="en">' in page
    assert "<p>kept</p>" in page
