"""The commands: an example in each help, and a sentence for bad input."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from commands import cli
from commands.__main__ import SET_BY_OTHER_PROGRAMS
from commands.exercises.notebooks import NotebookError
from commands.exercises.own_check import OwnCheckError
from helpers.errors import CourseError
from tests.support import ROOT, copy_of_the_course, in_course

E03 = "exercises/day1_production/e03_crs_detective.ipynb"
COMMANDS = ["lab", "test", "book", "release", "check", "grade",
            "hand-out", "collect", "certificates", "rehearse", "data",
            "audit", "publish", "serve", "classroom"]


def run(*words, folder=ROOT):
    """A command as `python -m commands` runs it. That of the course itself
    runs in this Python, which has imported what it needs."""
    if folder != ROOT:
        return subprocess.run(
            [sys.executable, "-m", "commands", *words], cwd=folder,
            env=in_course(folder), capture_output=True, text=True)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with (pytest.MonkeyPatch.context() as patch,
          contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)):
        patch.chdir(ROOT)
        patch.setattr(sys, "argv", ["start.py", *words])
        try:
            code = cli.main()
        except SystemExit as ended:
            code = ended.code
    texts = []
    for stream in (out, err):
        stream.seek(0)
        texts.append(stream.read())
    return subprocess.CompletedProcess(words, code or 0, *texts)


def told(done) -> str:
    """What a failed command said: words, no traceback, no success."""
    text = done.stdout + done.stderr
    assert done.returncode != 0, text
    assert "Traceback" not in text and 'File "' not in text
    return " ".join(text.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_has_an_example(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert re.search(rf"Example: .*start\.py {command}", done.stdout)


def test_an_unknown_command_is_answered_in_words():
    assert "No such command 'grades'" in told(run("grades"))


def test_an_option_that_jupyterlab_does_not_know_is_named(monkeypatch):
    from jupyterlab.labapp import LabApp
    given = []
    monkeypatch.setattr(LabApp, "launch_instance", given.extend)
    monkeypatch.setattr("os._exit", sys.exit)
    words = told(run("lab", "--prot", "8890"))
    assert "has no option --prot. Do you mean --port?" in words
    assert not given
    right = ["--port", "8890", "--no-browser", "--ip=127.0.0.1",
             "--ServerApp.token=a"]
    assert run("lab", *right).returncode == 0
    assert given[-len(right):] == right


# --- errors and surroundings -----------------------------------------------

class _Wrong(CourseError):
    exit_code = 7


@pytest.mark.parametrize("error, code", [
    (CourseError, 2), (NotebookError, 2), (OwnCheckError, 1), (_Wrong, 7)])
def test_an_error_says_its_words_and_its_class_says_the_exit_code(
        monkeypatch, capsys, error, code):
    def fail(**_):
        raise error("column [bed] is\x1b[2J missing: add it")
    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    assert capsys.readouterr().err == (
        "column [bed] is�[2J missing: add it\n")


@pytest.mark.parametrize("error, words", [
    (PermissionError(13, "Permission denied", "/etc/rel"),
     "/etc/rel: you may not read or write there. Choose a place"),
    (NotADirectoryError(20, "Not a directory", "notes.txt/wells"),
     "notes.txt/wells: it is a file, or has one among its folders."),
    (OSError(28, "No space left on device", "a.html"),
     "a.html: the disk is full. Make room on it"),
    (OSError(5, "Input/output error", "a.csv"),
     "a.csv: Input/output error. Repair this")])
def test_what_the_system_refuses_is_said_with_the_path_and_a_remedy(
        monkeypatch, capsys, error, words):
    def fail(**_):
        raise error
    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(words) and said.count("\n") == 1
    assert said.endswith(", then run the command again.\n")


@pytest.mark.parametrize("words", [
    ("publish", "data/chief_towns.geojson", "--out", "FILE"),
    ("publish", "data/chief_towns.geojson", "--out", "FILE/releases"),
    ("audit", "FILE/wells.csv"),
    ("hand-out", "day1_production", "--trainees", "LIST", "--out", "FILE")])
def test_a_file_in_place_of_a_folder_is_named(tmp_path, words):
    file, people = tmp_path / "notes.txt", tmp_path / "trainees.csv"
    file.write_text("mine", "utf-8")
    people.write_text("code,name\nt01,Fictional One\n", "utf-8")
    done = run(*(word.replace("FILE", str(file)).replace("LIST", str(people))
                 for word in words))
    assert str(file) in told(done) and done.returncode == 2
    assert file.read_text("utf-8") == "mine"


def test_a_folder_that_is_closed_is_named_before_the_work(
        tmp_path, monkeypatch):
    """Root may write everywhere: the system's answer is set here."""
    monkeypatch.setattr("os.access", lambda _, mode: mode == os.R_OK)
    for words in (["publish", "data/chief_towns.geojson", "--out",
                   str(tmp_path / "rel")],
                  ["audit", "data/chief_towns.geojson", "--html",
                   str(tmp_path / "a.html")]):
        done = run(*words)
        assert f"{tmp_path}: you may not read or write there" in told(done)
        assert done.returncode == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_what_other_gis_programs_set_for_the_whole_pc_does_no_harm():
    elsewhere = {name: "/of/another/program" for name in
                 SET_BY_OTHER_PROGRAMS if name != "PYTHONHOME"}
    done = subprocess.run(
        [sys.executable, "-m", "commands", "data", "--check"], cwd=ROOT,
        env=in_course(ROOT) | elsewhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_start_and_the_module_drop_the_same_variables():
    named = set(re.findall(r"\b(?:(?:PROJ|GDAL)_[A-Z_]+|PYTHON(?:HOME|PATH))"
                           r"\b", (ROOT / "start.py").read_text("utf-8")))
    assert named == {*SET_BY_OTHER_PROGRAMS, "PYTHONPATH"}


# --- check -----------------------------------------------------------------

@pytest.mark.parametrize("content, words", [
    (b"{ this is not JSON", "is not a notebook: line 1 is not JSON"),
    (b"", "is not a notebook"),
    ('{"cells": []}'.encode("utf-16"), "has no graded cell"),
    (b"[1, 2]", "is not a notebook"),
    (b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
     "has no graded cell"),
])
def test_a_file_that_is_no_exercise_is_named(tmp_path, content, words):
    file = tmp_path / "mine.ipynb"
    file.write_bytes(content)
    done = run("check", str(file))
    assert done.returncode == 1
    assert words in told(done) and "mine.ipynb" in told(done)
    assert file.read_bytes() == content


def test_the_name_of_a_file_cannot_steer_the_terminal():
    words = told(run("check", "no\x1b[2J\n\u009bfile.ipynb"))
    assert words == "There is no file no�[2J��file.ipynb"


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert "There is no file" in told(run("check", "nothing.ipynb"))
    assert "is a folder" in told(run("check", str(tmp_path)))


@pytest.mark.slow
@pytest.mark.parametrize("answer, reason", [
    ("while True: pass", "A cell ran for more than 3 seconds"),
    ("import os; os._exit(1)", "Python itself stopped while it ran")])
def test_why_a_notebook_was_stopped_is_said(course, tmp_path, answer, reason):
    task = {"grade": True, "solution": False, "grade_id": "sum", "points": 4}
    file = tmp_path / "mine.ipynb"
    nbformat.write(new_notebook(cells=[
        new_code_cell(answer),
        new_code_cell("assert 1 + 1 == 2", metadata={"nbgrader": task})]),
        file)
    config = course / "nbgrader_config.py"  # the limit is that of grading
    original = config.read_text("utf-8")
    config.write_text(f"{original}c.Execute.timeout = 3\n", "utf-8")
    try:
        done = run("check", str(file), folder=course)
    finally:
        config.write_text(original, "utf-8")
    assert done.returncode == 1
    assert re.search(f"^{reason}", done.stdout, re.MULTILINE), told(done)
    assert "0 of 4 points so far" in told(done)


@pytest.mark.slow
@pytest.mark.parametrize("gone, row, points", [
    ("find", r"Task 3 .*0 of 4", "12 of 16"),
    ("note", r"Task 6 .*– of 4", "16 of 16")])
def test_a_deleted_cell_is_named_and_costs(tmp_path, gone, row, points):
    notebook = json.loads((ROOT / E03.replace("exercises", "solutions")
                           ).read_text("utf-8"))
    notebook["cells"] = [
        cell for cell in notebook["cells"] if cell["metadata"].get(
            "nbgrader", {}).get("grade_id") != gone]
    file = tmp_path / "e03_crs_detective.ipynb"
    file.write_text(json.dumps(notebook), encoding="utf-8")
    before = file.read_bytes()
    done = run("check", str(file))
    assert done.returncode == 1
    assert f"The cell '{gone}' is missing" in told(done)
    assert re.search(row, done.stdout)
    assert f"{points} points so far" in done.stdout
    assert file.read_bytes() == before


@pytest.mark.parametrize("name", ["e03_crs_detective", "e03 (1)"])
def test_points_and_tasks_are_the_courses_not_the_notebooks(tmp_path, name):
    notebook = json.loads((ROOT / E03).read_text("utf-8"))
    for cell in notebook["cells"]:
        settings = cell["metadata"].get("nbgrader", {})
        if settings.get("grade"):
            settings["points"] = 1000
            cell["metadata"]["course"] = {"title": "All is right"}
            if cell["cell_type"] == "code":
                cell["source"] = ["1"]
    notebook["cells"].append({
        "cell_type": "code", "id": "own", "source": "1", "outputs": [],
        "execution_count": None, "metadata": {"nbgrader": {
            "grade": True, "solution": False, "grade_id": "own",
            "points": 1000}}})
    file = tmp_path / f"{name}.ipynb"
    file.write_text(json.dumps(notebook), "utf-8")
    said = run("check", str(file)).stdout
    assert "1000" not in said and "All is right" not in said
    assert "of 16 points so far" in said
    assert "no exercise of the course" not in said


def test_a_notebook_that_is_not_the_courses_is_said_to_be_none(tmp_path):
    task = {"grade": True, "solution": False, "grade_id": "sum", "points": 9}
    file = tmp_path / "mine.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(
        "1", metadata={"nbgrader": task})]), file)
    said = " ".join(run("check", str(file)).stdout.split())
    assert "This is no exercise of the course" in said and "9 of 9" in said


def test_check_says_that_it_is_for_ones_own_work():
    said = " ".join(run("check", "--help").stdout.replace("│", "").split())
    assert "use grade for work that others hand in" in said


@pytest.mark.slow
def test_a_right_notebook_passes_from_any_folder(tmp_path):
    file = tmp_path / "e03_crs_detective.ipynb"
    file.write_bytes((ROOT / E03.replace("exercises", "solutions")
                      ).read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "commands", "check", file.name],
        cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "16 of 16 points so far" in done.stdout


# --- data that are not the course's, on a copy -----------------------------

@pytest.mark.slow
@pytest.mark.parametrize("words, code", [
    (["check", E03], 1), (["grade", "day1_production"], 2)])
def test_nothing_is_marked_with_data_that_are_not_whole(course, words, code):
    lost = course / "data" / "crs_detective" / "region_2.csv"
    edited = course / "data" / "chief_towns.geojson"
    whole = {file: file.read_bytes() for file in (lost, edited)}
    gradebook = course / "gradebook.db"  # another test may have made it
    before = gradebook.exists() and gradebook.read_bytes()
    try:
        lost.unlink()
        edited.write_bytes(whole[edited] + b" ")
        done = run(*words, folder=course)
        assert done.returncode == code
        assert "data/crs_detective/region_2.csv is missing." in told(done)
        assert "data/chief_towns.geojson has been changed." in told(done)
        assert "git checkout -- data" in told(done)
        after = gradebook.exists() and gradebook.read_bytes()
        assert after == before
    finally:
        for file, content in whole.items():
            file.write_bytes(content)
    again = run(*words, folder=course)
    assert "data/" not in again.stdout + again.stderr


# --- release and data, on a copy -------------------------------------------

@pytest.mark.slow
def test_an_answered_exercise_is_not_overwritten(tmp_path):
    course = copy_of_the_course(tmp_path / "course")
    for other in course.glob("*s/day*/*.ipynb"):  # one is enough
        if other.stem != "e03_crs_detective":
            other.unlink()
    file = course / E03
    original = file.read_bytes()
    notebook = json.loads(original)
    notebook["cells"][5]["source"] = "def place(table, candidate): return 1"
    answered = json.dumps(notebook).encode()
    file.write_bytes(answered)
    done = run("release", folder=course)
    assert E03 in told(done) and "--force" in told(done)
    assert file.read_bytes() == answered
    assert run("release", "--force", folder=course).returncode == 0
    assert file.read_bytes() == original


@pytest.mark.slow
def test_a_missing_and_an_altered_layer_are_named(course):
    altered = course / "data" / "chief_towns.geojson"
    missing = course / "data" / "schools.geojson"
    whole = {file: file.read_bytes() for file in (altered, missing)}
    try:
        altered.write_bytes(whole[altered] + b" ")
        missing.unlink()
        words = told(run("data", "--check", folder=course))
        assert "data/chief_towns.geojson is not what" in words
        assert "data/schools.geojson is missing" in words
    finally:
        for file, content in whole.items():
            file.write_bytes(content)


@pytest.mark.slow
def test_a_layer_that_somebody_changed_is_not_overwritten(course):
    file = course / "data" / "chief_towns.geojson"
    lost = course / "data" / "schools.geojson"
    whole = {one: one.read_bytes() for one in (file, lost)}
    changed = whole[file] + b" "
    file.write_bytes(changed)
    lost.unlink()
    try:
        done = run("data", folder=course)
        assert "data/chief_towns.geojson" in told(done)
        assert "--force" in told(done) and "schools" not in told(done)
        assert file.read_bytes() == changed and not lost.exists()
        assert run("data", "--force", folder=course).returncode == 0
        assert {one: one.read_bytes() for one in whole} == whole
    finally:
        for one, content in whole.items():
            one.write_bytes(content)


@pytest.mark.slow
def test_a_source_that_is_missing_is_named(course):
    file = course / "data" / "received" / "natural_earth_governorates.geojson"
    kept = file.rename(file.with_suffix(".kept"))
    try:
        assert "data/ cannot be made" in told(
            run("data", "--check", folder=course))
        assert file.name in told(run("data", "--check", folder=course))
    finally:
        kept.rename(file)
