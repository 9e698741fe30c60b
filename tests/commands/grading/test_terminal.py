"""The results in a terminal: one row per trainee, what needs an eye below."""

import io
import re

import pytest
from rich.console import Console

from commands.grading import Settings, terminal
from commands.grading.results import NotebookResult, TaskGrade

DAY = "day1_production"
NOTEBOOKS = ("e01_openness_audit", "e02_coordinate_reader",
             "e03_crs_detective", "e04_xlsform", "e05_gpx_track",
             "e06_name_matching")


def result(student, notebook, score=12, waiting=0, **settings):
    """A notebook of 16 points by a check and 4 by a person."""
    return NotebookResult(student, notebook, [
        TaskGrade("check", "Task 1", 16, score),
        TaskGrade("why", "Task 2", 4, None if waiting else 3)], **settings)


@pytest.fixture(scope="module")
def thirty_by_six():
    """Thirty trainees, six notebooks, and some trouble."""
    results = [result(f"trainee{number:02}", name)
               for number in range(30) for name in NOTEBOOKS]
    results[0] = result("trainee00", NOTEBOOKS[0], 0,
                        reasons=["it was stopped: too much memory"])
    results[7] = result("trainee01", NOTEBOOKS[1], waiting=4)
    results[12:18] = [result("trainee02", name, reasons=[
        "the file 'a.csv' is a link: it was not followed"])
        for name in NOTEBOOKS]
    results[18] = result("trainee03", NOTEBOOKS[0], 0, graded=False,
                         reasons=["not handed in"])
    results[24] = result("trainee04", NOTEBOOKS[0], 0, graded=False,
                         reasons=["cannot be read: line 3 is not JSON"])
    results.insert(30, NotebookResult("trainee04", "e01 (1).ipynb", reasons=[
        "not graded: no exercise has this name"], graded=False))
    return results


def shown(results, width=80) -> str:
    """What is printed, on a terminal of this width."""
    console = Console(file=io.StringIO(), width=width, markup=False,
                      emoji=False, highlight=False)
    terminal.show(DAY, results, console)
    return console.file.getvalue()


def rows(text) -> dict[str, list[str]]:
    """Trainee → the cells of the table of points."""
    table = text.split("not handed in, or not graded")[0]
    return {words[0]: words[1:] for words in map(str.split, table.split("\n"))
            if words and words[0].startswith("trainee")}


def test_thirty_trainees_with_six_notebooks_are_thirty_lines(thirty_by_six):
    text = shown(thirty_by_six)
    assert list(rows(text)) == [f"trainee{n:02}" for n in range(30)]
    assert len(text.splitlines()) < 30 + 20
    assert max(map(len, text.splitlines())) <= 80


def test_each_exercise_has_a_column_with_its_points(thirty_by_six):
    text = shown(thirty_by_six)
    assert re.search("E01 +E02 +E03 +E04 +E05 +E06 +Total", text)
    assert rows(text)["trainee05"] == ["15"] * 6 + ["90"]
    assert "of 120" in text


def test_points_that_wait_for_a_person_are_in_the_last_column(thirty_by_six):
    assert rows(shown(thirty_by_six))["trainee01"] == [
        "15", "12", "15", "15", "15", "15", "87", "4", "to", "give"]


def test_a_notebook_that_was_not_handed_in_is_a_dash(thirty_by_six):
    text = shown(thirty_by_six)
    assert rows(text)["trainee03"][0] == "–"
    assert "trainee03" not in text.split("a person must look at")[1]


def test_what_needs_an_eye_is_below_by_trainee_and_notebook(thirty_by_six):
    text = shown(thirty_by_six, width=200)
    below = [" ".join(line.split()) for line in text.split(
        "a person must look at")[1].splitlines() if "trainee" in line]
    assert below == [
        "trainee00 e01_openness_audit it was stopped: too much memory",
        f"trainee02 {', '.join(NOTEBOOKS)} the file 'a.csv' is a link: it "
        "was not followed",
        "trainee04 e01_openness_audit cannot be read: line 3 is not JSON",
        "trainee04 e01 (1).ipynb not graded: no exercise has this name"]
    assert rows(text)["trainee00"][0] == "3*"
    assert rows(text)["trainee04"][0] == "–*"


def test_nothing_is_below_when_all_is_well():
    text = shown([result("amina", NOTEBOOKS[0])])
    assert "person must" not in text and "Graded before" not in text


def test_those_graded_before_are_counted_once_each():
    text = shown([result("amina", name, skipped=True) for name in NOTEBOOKS]
                 + [result("bilel", name) for name in NOTEBOOKS])
    assert "Graded before and not changed: 1 trainee." in text


def test_a_submission_that_was_refused_has_a_dash_everywhere():
    text = shown([result("trainee1", NOTEBOOKS[0]), NotebookResult(
        "trainee2", "*", graded=False, reasons=["could not be graded: x"])])
    assert rows(text)["trainee2"] == ["–*", "–"]
    assert re.search("trainee2 +all +could not be graded: x", text)


def test_notebooks_that_begin_alike_keep_their_names():
    text = shown([result("amina", "day_one"), result("amina", "day_two")])
    assert "day_one" in text and "day_two" in text and "DAY" not in text


@pytest.mark.parametrize("count, widths", [
    (8, [80, 60, 40]), (20, [80, 40]), (1, [40])])
def test_a_narrow_terminal_shows_all_columns_and_whose_row_it_is(
        count, widths):
    names = [f"e{number:02}_name" for number in range(count)]
    results = [result(f"trainee{number}", name, waiting=4)
               for number in range(2) for name in names]
    for width in widths:
        text = shown(results, width).split("– not handed in")[0]
        assert max(map(len, text.splitlines())) <= width
        assert "…" not in text
        tables = text.count("Trainee")
        assert tables == text.count("trainee0") == text.count("trainee1")
        assert re.findall(r"E\d\d", text) == [
            name[:3].upper() for name in names]
        assert len(re.findall(r"of 20\b", text)) == count + (count == 1)
        assert text.count(f"{4 * count} to give") == 2


def test_eight_exercises_are_one_table_on_eighty_columns():
    text = shown([result("t01", f"e{number:02}_name", waiting=4)
                  for number in range(8)])
    assert text.count("t01") == 1


def test_a_long_code_is_folded_beside_its_points():
    text = shown([result("محمد" + 40 * "x", "e01_name")])
    assert text.count("x") == 40 and "of 20" in text


def test_a_path_in_a_remark_is_folded_and_not_cut():
    text = shown([result("t01", NOTEBOOKS[0], reasons=[
        f"submitted/t01/{80 * 'x'}.ipynb: rename it"])])
    below = text.split("a person must look at")[1]
    assert "…" not in below and below.count("x") == 80
    assert max(map(len, text.splitlines())) <= 80


def test_the_total_counts_as_the_report_does():
    """Points of a stretch exercise are added, up to those of the core."""
    text = shown([result("trainee1", "e01_a", 12),
                  result("trainee1", "e02_b", 3, is_core=False),
                  result("trainee2", "e01_a", 16),
                  result("trainee2", "e02_b", 16, is_core=False)])
    assert rows(text) == {"trainee1": ["15", "6", "20"],
                          "trainee2": ["19", "19", "20"]}
    assert re.search("of 20 +of 20 +of 20", text)
    assert "stretch exercises (E02) are added" in text


@pytest.mark.parametrize("where", ["student", "notebook", "reason", "day"])
def test_control_characters_do_not_reach_the_terminal(where):
    controls = "".join(map(chr, [*range(32), 127, *range(128, 160)]))
    evil = f"a{controls}z [red]not markup[/red] :smile:"
    given = {"student": "amina", "notebook": "e01_x", "reason": "why"}
    if where != "day":
        given[where] = evil
    console = Console(file=io.StringIO(), width=300, force_terminal=True,
                      color_system=None, markup=False, emoji=False,
                      highlight=False)
    terminal.show(evil if where == "day" else DAY, [
        result(given["student"], given["notebook"],
               reasons=[given["reason"]])], console)
    text = console.file.getvalue()
    assert not set(text) & (set(controls) - {"\n"})
    assert "[red]not markup[/red]" in text and ":smile:" in text


def test_a_name_that_is_no_text_is_shown():
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert "caf" in shown([result(name, NOTEBOOKS[0], reasons=[name])])


def test_each_row_with_a_remark_has_its_sign():
    """Also if the remark is on a file that is in no column."""
    results = [
        result("trainee00", NOTEBOOKS[0]),
        result("trainee01", NOTEBOOKS[0]),
        NotebookResult("trainee01", "old.ipynb", reasons=["not graded"],
                       graded=False),
        result("trainee02", NOTEBOOKS[0], 0, graded=False,
               reasons=["not handed in"]),
        NotebookResult("trainee02", "*", reasons=["it is an archive"],
                       graded=False)]
    table = rows(shown(results))
    assert table["trainee00"] == ["15", "15"]
    assert table["trainee01"] == ["15", "15*"]
    assert table["trainee02"][0] == "–" and table["trainee02"][1][-1] == "*"


def test_ctrl_c_says_what_is_kept(monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt
    monkeypatch.setattr(terminal, "grade", stopped)
    console = Console(file=io.StringIO(), width=100)
    with pytest.raises(KeyboardInterrupt):
        terminal.command(DAY, None, console=console)
    assert "Who is graded stays graded" in console.file.getvalue()


ELSEWHERE = NotebookResult("amina", "*", graded=False, reasons=[
    "not graded: e03.ipynb: its place is submitted/amina/day1_production/"])


def test_a_day_without_a_graded_notebook_has_no_table_of_points():
    said = shown([ELSEWHERE])
    assert said.startswith(f"No notebook of {DAY} was graded.")
    assert "of 0" not in said and "its place is" in " ".join(said.split())


def test_whose_work_lies_elsewhere_has_no_total():
    said = shown([ELSEWHERE, result("trainee01", NOTEBOOKS[0])])
    assert re.search(r"amina +–\* +– *\n", said)


def test_a_folder_that_is_not_in_the_file_of_names_is_named(
        monkeypatch, tmp_path):
    roster = tmp_path / "trainees.csv"
    roster.write_text("code,name\nt1,Amina Example\n", encoding="utf-8")
    monkeypatch.setattr(terminal, "grade", lambda *_, **__: [
        result("t1", NOTEBOOKS[0]), result("Amina", NOTEBOOKS[0]),
        result("Amina", NOTEBOOKS[1])])
    console = Console(file=io.StringIO(), width=100)
    terminal.command(DAY, Settings(names=roster), console=console)
    assert ("Not in the file of names: Amina. Has a folder in submitted/ a "
            "wrong name?") in " ".join(console.file.getvalue().split())
