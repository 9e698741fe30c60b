"""The figures of a class, its tables for a spreadsheet, and its names."""

import csv
import io
import re

import numpy as np
import pytest
from rich.console import Console

from commands.exercises.objectives import Objective
from commands.grading import (
    export,
    figures,
    report,
    roster,
    terminal,
    watch,
)
from commands.grading.alone import alone
from commands.grading.results import NotebookResult, TaskGrade
from commands.grading.submissions import NOT_HANDED_IN
from helpers.errors import CourseError

NAME = "e03_crs_detective"
UNANSWERED = "○ Task: not answered yet."


def wrong(sentence):
    return f"✗ Task\n  Found: {sentence}\n  Expected: another"


def one(student, *tasks, notebook=NAME, **more):
    """tasks: (points of 4, the check's words)."""
    return NotebookResult(student, notebook, [
        TaskGrade(f"task{number}", f"Task {number}", 4, score, says,
                  (f"D1.2.{number}",))
        for number, (score, says) in enumerate(tasks, 1)], **more)


# --- tasks -----------------------------------------------------------------

def test_each_answer_has_one_of_five_states():
    task, = figures.tasks([
        one("a", (4, "")), one("b", (2, "")), one("c", (0, wrong("x"))),
        one("d", (0, UNANSWERED)), one("e", (None, ""))])
    assert list(task.states.values()) == [
        "right", "partly right", "wrong", "not answered",
        "to be marked by a person"]
    assert (task.marked, task.share(figures.RIGHT)) == (4, 0.25)
    assert task.stuck == ["c", "d"]


def test_not_answered_is_no_mistake():
    task, = figures.tasks([one("a", (0, UNANSWERED)),
                           one("b", (0, UNANSWERED)),
                           one("c", (0, wrong("swapped")))])
    assert task.mistakes == [("swapped", 1)]


def test_a_mistake_with_other_numbers_is_the_same():
    assert figures.same_mistakes([
        "12.5 km away", "none", "12.5 km away", "7 km away"]) == [
            ("12.5 km away", 3), ("none", 1)]


def test_another_reference_system_is_another_mistake():
    assert len(figures.same_mistakes(
        ["it is in EPSG:22391", "it is in EPSG:32632"])) == 2


def test_what_could_not_be_graded_counts_nowhere():
    task, = figures.tasks([one("a", (4, "")),
                           one("b", (0, ""), graded=False)])
    assert list(task.states) == ["a"]


# --- discrimination --------------------------------------------------------

def test_discrimination_is_the_correlation_with_the_other_tasks():
    marks = [(4, 4, 2), (4, 2, 4), (0, 0, 2), (0, 2, 2), (4, 0, 4),
             (2, 4, 0), (4, 4, 4)]
    found = figures.tasks([
        one(f"t{number}", *((score, "") for score in row))
        for number, row in enumerate(marks)])
    table = np.array(marks)
    expected = np.corrcoef(table[:, 0] == 4, table[:, 1:].sum(axis=1))[0, 1]
    assert found[0].discrimination == pytest.approx(expected)
    assert found[0].compared == 7
    assert found[0].remark == "n is small: may be chance"


def test_discrimination_uses_the_other_notebooks_too():
    results = []
    for number in range(6):
        right = 4 if number % 2 else 0
        results += [one(f"t{number}", (right, "")),
                    one(f"t{number}", (right, ""), notebook="e04")]
    assert [task.discrimination for task in figures.tasks(results)] == (
        pytest.approx([1, 1]))


def test_four_trainees_or_one_answer_for_all_have_no_discrimination():
    few = figures.tasks([one(f"t{n}", (n, ""), (n, "")) for n in range(4)])
    assert few[0].discrimination is None
    assert few[0].remark == "n is 4: too few"
    alike = figures.tasks([one(f"t{n}", (4, ""), (n, "")) for n in range(5)])
    assert alike[0].discrimination is None
    assert alike[0].remark == "no difference between trainees"


def test_a_task_that_the_strong_miss_is_to_be_read_again():
    results = [one(f"t{n}", (0 if n % 2 else 4, ""), (4 if n % 2 else 0, ""))
               for n in range(30)]
    task = figures.tasks(results)[0]
    assert task.discrimination == pytest.approx(-1)
    assert "read this task again" in task.remark


# --- the class -------------------------------------------------------------

def test_the_distribution_counts_each_trainee_once():
    results = [one("a", (4, ""), (4, "")), one("b", (4, ""), (0, "")),
               one("c", (1, ""), (None, "")),
               NotebookResult("d", NAME, graded=False)]
    assert [n for _, n in figures.distribution(results)] == [
        0, 0, 1, 0, 0, 1, 0, 0, 0, 1]
    assert figures.shares(results) == {"a": 1, "b": 0.5, "c": 0.25}


def test_a_notebook_that_was_not_handed_in_has_no_points():
    results = [one("a", (4, "")), one("a", (4, ""), notebook="e04"),
               one("b", (4, ""))]
    assert figures.shares(results) == {"a": 1, "b": 0.5}


def test_an_objective_is_mastered_with_four_fifths_of_its_points():
    results = [one(name, (score, "")) for name, score in (
        ("a", 4), ("b", 3.2), ("c", 3))]
    found, = figures.reached(figures.tasks(results), results, {
        "D1.2.1": Objective("name the CRS", "1.2", None)})
    assert (found.mastered, found.assessed) == (2, 3)
    assert found.taught.text == "name the CRS"


def test_a_task_that_is_being_marked_says_nothing_yet():
    """A text that was left as it was has its 0 points at once, and the
    others wait for a person."""
    results = [one("a", (4, ""), (0, "○")), one("b", (4, ""), (None, ""))]
    found = figures.tasks(results)
    assert not figures.to_repeat(found)
    assert [r.name for r in figures.reached(found, results, {})] == ["D1.2.1"]


def test_at_most_three_tasks_are_to_be_repeated():
    found = figures.tasks([one("a", *[(0, "")] * 5), one("b", *[(4, "")] * 5)])
    assert len(figures.to_repeat(found)) == 3
    assert not figures.to_repeat(figures.tasks([one("a", (4, ""))]))


def test_most_people_who_tried_come_before_the_lowest_share():
    """E03: 3 of 8 tried and were wrong. E04: one of 2 left it untouched.
    The stretch exercise: 4 of 5 were wrong."""
    results = [one(f"t{n}", (0, wrong("x")) if n < 3 else (4, ""))
               for n in range(8)]
    results += [one("t0", (4, ""), notebook="e04"),
                one("t1", (0, UNANSWERED), notebook="e04")]
    results += [one(f"t{n}", (0, wrong("y")) if n else (4, ""),
                    notebook="e02") for n in range(5)]
    found = figures.tasks(results, stretch=["e02"])
    assert [(task.notebook, task.tried)
            for task in figures.to_repeat(found)] == [(NAME, 3), ("e02", 4)]
    assert [task.notebook for task in figures.untouched(found)] == ["e04"]


def test_points_are_shares_of_the_core_as_certificates_count():
    """Stretch points are added, up to all: who leaves it out loses
    nothing."""
    results = [one("a", (4, ""), (0, "")), one("b", (4, ""), (0, "")),
               one("b", (1, ""), notebook="e02"),
               one("c", (4, ""), (4, "")), one("c", (4, ""), notebook="e02")]
    assert figures.shares(results, ["e02"]) == {
        "a": 4 / 8, "b": 5 / 8, "c": 1}
    assert figures.core_points(results, ["e02"]) == 8


def test_an_exercise_that_nobody_has_handed_in_counts_for_nobody():
    """The gradebook knows its tasks, with no points."""
    missing = {"notebook": "e04", "graded": False,
               "reasons": [NOT_HANDED_IN]}
    results = [one("a", (4, "")), one("a", (0, ""), **missing),
               one("b", (2, "")), one("b", (0, ""), **missing)]
    assert figures.core_points(results) == 4
    assert figures.shares(results) == {"a": 1, "b": 0.5}
    results += [one("c", (4, ""), notebook="e04")]
    assert figures.shares(results) == {"a": 0.5, "b": 0.25, "c": 0.5}


# --- tables ----------------------------------------------------------------

def tables(folder, results, names=None):
    page = folder / "day1_production.html"
    export.write(page, results, figures.tasks(results), names)
    return [list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
            for file in (folder / "day1_production.csv",
                         folder / "day1_production_tasks.csv")]


def test_the_tables_hold_what_the_page_says(tmp_path):
    trainees, tasks = tables(tmp_path, [
        one("t1", (4, ""), (0, wrong("swapped"))),
        one("t2", (4, ""), (None, "")), NotebookResult(
            "t3", NAME, graded=False, reasons=["not handed in"])])
    assert trainees[0] == {
        "code": "t1", NAME: "4", "total": "4", "to_be_marked": "0",
        f"{NAME}: task1": "right", f"{NAME}: task2": "wrong"}
    assert trainees[1]["to_be_marked"] == "4"
    assert (trainees[2][NAME], trainees[2]["total"]) == ("", "0")
    assert (tasks[1]["wrong"], tasks[1]["to_be_marked"],
            tasks[1]["most_frequent_mistake"], tasks[1]["times"],
            tasks[1]["objectives"]) == ("1", "1", "swapped", "1", "D1.2.2")


def test_a_table_has_names_only_if_a_file_gives_them(tmp_path):
    results = [one("t1", (4, ""))]
    assert "name" not in tables(tmp_path, results)[0][0]
    trainees, _ = tables(tmp_path, results, {"t1": "Amina B."})
    assert trainees[0]["name"] == "Amina B."


def test_no_word_of_a_trainee_is_a_formula(tmp_path):
    trainees, tasks = tables(tmp_path, [one("=cmd()", (0, wrong("@SUM(1)")))])
    assert trainees[0]["code"] == "'=cmd()"
    assert tasks[0]["most_frequent_mistake"] == "'@SUM(1)"


# --- names, quiz -----------------------------------------------------------

@pytest.mark.parametrize("text", [
    "code,name\nt1,Amina B.\nt2,سلمى\n", "\ufeffCode;Name\r\nt1;Amina B.\r\n"
    "t2;سلمى\r\n", "name\tgroup\tcode\nAmina B.\tA\tt1\nسلمى\tB\tt2\n\t\t\n"])
def test_names_are_read_as_spreadsheets_save_them(tmp_path, text):
    file = tmp_path / "trainees.csv"
    file.write_text(text, encoding="utf-8", newline="")
    assert roster.names(file) == {"t1": "Amina B.", "t2": "سلمى"}


@pytest.mark.parametrize("text, words", [
    ("nom,prenom\nA,B\n", ["no column code", "nom,prenom"]),
    ("", ["no column code and no column name"]),
    ("code,name\n,Amina\n", ["line 2", "Amina has no code"]),
    ("code,name\nt1,A\nt1,B\n", ["line 3", "t1 is there twice"]),
    ("code,name\nt1,Example, Amina\n", [
        "line 2 has 3 values, the head has 2", "a comma in quotes"]),
    ("code;name;password\nt1;A;;\nt2;B; C;secret\n", [
        "line 3 has 4 values, the head has 3", "a semicolon in quotes"])])
def test_a_file_of_names_with_a_fault_is_told(tmp_path, text, words):
    file = tmp_path / "trainees.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as error:
        roster.names(file)
    assert all(word in str(error.value) for word in [str(file), *words])


@pytest.mark.parametrize("text", [
    "sep=;\r\ncode;name\r\nt1;Amina Exemple\r\n",
    '"sep=;"\ncode;name\nt1;Amina Exemple\n',
    "Liste fictive; juin 2027\n\ncode;name\nt1;Amina Exemple\n",
    "Code,Prénom,Nom,Courriel\nt1,Amina,Exemple,\n",
    "NOM;PRÉNOM;Identifiant;E-mail\nExemple;Amina;t1;\n",
    "Matricule\tNom et prénom\nt1\tAmina Exemple\n",
    "sep=,\nClasse fictive\nالرمز,الاسم واللقب\nt1,Amina Exemple\n"])
def test_a_list_is_read_with_sep_a_title_or_a_french_head(tmp_path, text):
    file = tmp_path / "trainees.csv"
    file.write_text(text, encoding="utf-8", newline="")
    assert roster.names(file) == {"t1": "Amina Exemple"}


def test_a_list_without_codes_is_told_which_line_lacks_them(tmp_path):
    file = tmp_path / "trainees.csv"
    file.write_text("sep=;\nListe fictive\nNom;Prénom;E-mail\nA;B;\n",
                    "utf-8")
    with pytest.raises(CourseError) as error:
        roster.names(file)
    assert str(error.value) == (
        f"{file} has no column code. Line 3 is “Nom;Prénom;E-mail”. Add a "
        "column code: for each trainee the name of the folder in submitted/, "
        "short and without spaces")
    file.write_text("sep=;\nListe\ncode;nom\nt1;A\nt1;B\n", "utf-8")
    with pytest.raises(CourseError, match="line 5: the code t1 is there"):
        roster.names(file)


def test_empty_values_of_a_spreadsheet_are_no_fault(tmp_path):
    file = tmp_path / "trainees.csv"
    file.write_text('code,name\nt1,"Example, Amina",,\n', encoding="utf-8")
    assert roster.names(file) == {"t1": "Example, Amina"}


def test_names_in_the_letters_of_an_arabic_or_french_windows(tmp_path):
    file = tmp_path / "trainees.csv"
    file.write_bytes("code;name\nt1;سلمى\nt2;Zoé Forêt\n".encode("cp1256"))
    assert roster.names(file) == {"t1": "سلمى", "t2": "Zoé Forêt"}
    file.write_bytes("code;name\nt1;Élodie ÇÉÈÀ1\nt2;CRÉÉE\n".encode(
        "cp1252"))
    assert roster.names(file) == {"t1": "Élodie ÇÉÈÀ1", "t2": "CRÉÉE"}


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_is_told_how_it_becomes_a_table(tmp_path, begin):
    file = tmp_path / "trainees.xlsx"
    file.write_bytes(begin + b"\0\x14code,name")
    with pytest.raises(CourseError, match="save the sheet as CSV"):
        roster.names(file)


def test_a_wrong_file_is_told_before_anybody_is_graded(small_class):
    from commands import grading
    with pytest.raises(CourseError, match=r"no_such\.csv cannot be read"):
        grading.grade("day1_production", small_class,
                      settings=grading.Settings(
                          names=small_class / "no_such.csv"))
    assert not (small_class / "gradebook.db").exists()


def test_grading_writes_the_page_and_both_tables(small_class):
    from commands import grading
    names = small_class / "trainees.csv"
    names.write_text("code,name\ns0,Amina B.\n", encoding="utf-8")
    grading.grade("day1_production", small_class,
                  settings=grading.Settings(names=names))
    written = small_class / "reports"
    assert "Amina B." in (written / "day1_production.html").read_text("utf-8")
    assert "Amina B." in (written / "day1_production.csv").read_text("utf-8")
    assert (written / "day1_production_tasks.csv").exists()


@pytest.mark.slow
def test_who_has_handed_in_nothing_has_a_row(small_class):
    from commands import grading
    names = small_class / "trainees.csv"
    names.write_text("code,name\ns0,Amina B.\ns9,Karim E.\n", "utf-8")
    results = grading.grade("day1_production", small_class,
                            settings=grading.Settings(names=names))
    assert [one.student for one in results] == [
        "s0", "s1", "s2", "s3", "s4", "s5", "s9"]
    said = io.StringIO()
    terminal.show("day1_production", results, Console(file=said, width=80))
    table, remarks = said.getvalue().split("see below")
    assert re.search(r"s9 +–\*", table)
    assert re.search("s9 +all +has handed in nothing", remarks)
    written = small_class / "reports"
    page = (written / "day1_production.html").read_text("utf-8")
    assert "Karim E." in page and "has handed in nothing" in page
    assert "Karim E." in (written / "day1_production.csv").read_text("utf-8")
    assert watch.sentence(results).endswith("1 without a hand-in.")


def test_a_live_page_that_another_run_shows_stays(tmp_path):
    page = tmp_path / "day1_production.html"
    results = [one("a", (4, ""))]

    def write(seconds=None):
        report.write(page, "day1_production", {NAME: "E03"}, results,
                     report.Extras(), seconds)
    with alone(report.watching(page), "watching"):
        write(20)
        results.append(one("b", (2, "")))
        write()  # of a second terminal
        assert "refresh" in report.live(page).read_text("utf-8")
    write()
    assert not report.live(page).exists()


def test_a_course_without_lessons_has_a_report(tmp_path):
    assert report.extras(tmp_path).taught == {}
