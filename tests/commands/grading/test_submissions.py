"""Submissions as people hand them in: nothing honest is lost, and what was
repaired is told once.

The table is in cases/handed_in.py. A prepared notebook is run here in this
process, cell by cell, as a kernel would: only its checks are counted.
"""

import contextlib
import io
import json
import os
import time
import unicodedata
from copy import deepcopy

import nbformat
import pytest

from commands.exercises.notebooks import read
from commands.grading import submissions
from commands.grading.handed_in import code, layout, pictures
from commands.grading.handed_in.collect import collect
from tests.commands.grading.cases import handed_in as cases
from tests.commands.grading.cases import wells
from tests.support import ROOT

DAY = "day1_production"
DAYS = [DAY, "day2_processing", "day10_review"]
KINDS = {f"C{number:02d}" for number in range(1, 22)} - {
    "C10", "C11",          # folders: below
    "C16",                 # outputs: below
    "C17", "C18", "C19"}   # what the run itself must bear: the engine's


# --- the table -------------------------------------------------------------

def prepare(folder, files, refused=None, masters=None):
    """Hand in files. Returns all submissions, and the copy's folder."""
    received = folder / "received"
    for name, content in files.items():
        (received / name).parent.mkdir(parents=True, exist_ok=True)
        (received / name).write_bytes(content)
    prepared = submissions.prepare(received, folder / "copy",
                                   masters or wells.masters(), refused or {})
    return prepared, folder / "copy"


def passed(notebook):
    """The checks that pass when all cells are run in order."""
    names, good = {}, set()
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            try:
                exec(cell.source, names)
            except Exception:  # the next cell runs all the same
                continue
            settings = cell.metadata.get("nbgrader", {})
            if settings.get("grade"):
                good.add(settings.grade_id)
    return good


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """name of a case → its submissions, its notebook or None."""
    found = {}
    for name, case in cases.CASES.items():
        folder = tmp_path_factory.mktemp("case")
        prepared, copy = prepare(folder, case.files, case.refused)
        file = copy / cases.FILE
        found[name] = prepared, (
            nbformat.read(file, as_version=4) if file.exists() else None)
    return found


def reasons(prepared):
    """All that is said, but that the other exercise was not handed in."""
    return [reason for one in prepared for reason in one.reasons
            if not (one.notebook == wells.ROADS
                    and reason == "not handed in")]


def test_each_kind_is_in_the_table():
    assert not KINDS - {name[:3] for name in cases.CASES}


@pytest.mark.parametrize("name", cases.CASES)
def test_the_checks_that_should_pass(results, name):
    _, notebook = results[name]
    wanted = cases.CASES[name].passes
    assert (passed(notebook) if notebook else set()) == wanted


@pytest.mark.parametrize("name", cases.CASES)
def test_what_was_repaired_is_told_once_and_nothing_else(results, name):
    prepared, _ = results[name]
    told = reasons(prepared)
    for words in cases.CASES[name].says:
        assert any(words in reason for reason in told), told
    if not cases.CASES[name].says:
        assert told == []
    assert len(set(told)) == len(told)
    assert not any("Traceback" in one or "Error:" in one for one in told)


@pytest.mark.parametrize("name", cases.CASES)
def test_text_for_a_person_reaches_a_person(results, name):
    _, notebook = results[name]
    case = cases.CASES[name]
    text = next(cell.source for cell in notebook.cells
                if cell.id == "note") if notebook else ""
    assert all(words in text for words in case.note), text
    if notebook and not case.note:
        assert text == wells.TEXT_STUB  # else a person must read it


@pytest.mark.parametrize("name", cases.CASES)
def test_the_copy_holds_each_graded_cell_once_as_it_was_given_out(
        results, name):
    _, notebook = results[name]
    if notebook is None:
        return
    nbformat.validate(notebook)
    master = wells.masters()[wells.WELLS]
    graded = {cell.id: cell for cell in notebook.cells
              if "nbgrader" in cell.metadata}
    wanted = {cell.id: cell for cell in master.cells
              if "nbgrader" in cell.metadata}
    assert graded.keys() == wanted.keys()
    for key, cell in wanted.items():
        assert graded[key].metadata == cell.metadata
        assert graded[key].cell_type == cell.cell_type
        if cell.metadata.nbgrader.locked:
            assert graded[key].source == cell.source
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("name", [name for name in cases.CASES if name[
    :3] in {"C01", "C03", "C05", "C06", "C07"} and name.endswith((
        "ids", "version", "none", "metadata", "cells", "notebook", "3",
        "8-sig", "16", "16-le", "32", "crlf", "ends", "lists", "end",
        "powershell"))])
def test_no_letter_of_a_cell_is_changed(results, name):
    _, notebook = results[name]
    assert [cell.source for cell in notebook.cells] == [
        cell["source"] for cell in wells.right()["cells"]]


@pytest.mark.parametrize("name", [
    name for name in cases.CASES if name.startswith("C08")])
def test_advice_is_never_to_open_what_cannot_be_opened(results, name):
    told = " ".join(reasons(results[name][0]))
    assert "Open it in JupyterLab" not in told
    assert "save it again" not in told
    if "cut" not in name:
        assert "interrupted" not in told


def test_the_exercise_whose_name_was_used_is_told_as_missing(results):
    prepared, _ = results["C14-under-the-name-of-another"]
    roads = next(one for one in prepared if one.notebook == wells.ROADS)
    assert not roads.gradable
    assert roads.reasons[0].startswith("not handed in: e01_roads.ipynb")


@pytest.mark.parametrize("name, time", [
    ("C12-of-nbgrader", "2024-05-01 10:00:00 UTC"),
    ("C12-with-a-zone", "2024-05-01 09:00:00 UTC"),
    ("C12-of-powershell", "2024-05-01 10:00:00 UTC"), ("C12-in-words", None)])
def test_a_time_is_in_utc_or_left_out(tmp_path, name, time):
    _, copy = prepare(tmp_path, cases.CASES[name].files)
    file = copy / "timestamp.txt"
    assert (file.read_text() if file.exists() else None) == time


# --- the course's own exercises --------------------------------------------

def fresh_copy(cell):
    cell.update(metadata={}, id=f"x{abs(hash(cell['source']))}")


def without_metadata(cell):
    cell["metadata"] = {}


def without_keys(cell):
    for key in ("id", "outputs", "execution_count"):
        cell.pop(key, None)


@pytest.mark.parametrize("bend", [fresh_copy, without_metadata,
                                  without_keys])
def test_all_exercises_of_the_course_are_recognised(tmp_path, bend):
    masters = {file.stem: read(file)
               for file in (ROOT / "exercises" / DAY).glob("*.ipynb")}
    files, wanted = {}, {}
    for name, master in masters.items():
        notebook = json.loads(json.dumps(master))
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                cell["source"] = cell["source"].replace(
                    "# Your answer here", "pass  # an answer").replace(
                    "*Your answer here.*", f"My words on {name}.")
        wanted[name] = [cell["source"] for cell in notebook["cells"]]
        for cell in notebook["cells"]:
            bend(cell)
        files[f"{name}.ipynb"] = json.dumps(notebook).encode()
    prepared, copy = prepare(tmp_path, files, masters=masters)
    for one in prepared:
        assert one.gradable and len(one.reasons) == 1, one.reasons
        done = read(copy / f"{one.notebook}.ipynb")
        assert [cell.source for cell in done.cells] == wanted[one.notebook]
        assert [cell.id for cell in done.cells] == [
            cell.id for cell in masters[one.notebook].cells]


# --- refused files, archives, outputs --------------------------------------

def test_a_refused_file_is_named_once(tmp_path):
    files = {f"{name}.ipynb": json.dumps(wells.right(name)).encode()
             for name in wells.EXERCISES}
    prepared, _ = prepare(tmp_path, files, {"big.csv": "is too large"})
    told = [(one.notebook, one.reasons) for one in prepared if one.reasons]
    assert told == [("*", ["the file 'big.csv' is too large"])]


def test_files_that_are_refused_for_one_reason_share_a_sentence(tmp_path):
    prepared, _ = prepare(tmp_path, {}, {
        f"{number}.csv": "is a link" for number in range(900)})
    assert prepared[-1].reasons == [
        "the file '0.csv' is a link (the same for '1.csv', '2.csv', '3.csv' "
        "and 896 more)"]


def test_a_refused_notebook_is_named_under_its_exercise(tmp_path):
    prepared, _ = prepare(tmp_path, {}, {cases.FILE: "is a link"})
    assert [one.reasons for one in prepared] == [
        [f"not graded: {cases.FILE} is a link"], ["not handed in"]]


def test_an_archive_with_notebooks_is_named(tmp_path):
    import zipfile
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(cases.FILE, "{}")
    prepared, _ = prepare(tmp_path, {"all.zip": archive.getvalue()})
    assert "'all.zip' is an archive" in " ".join(reasons(prepared))


@pytest.mark.parametrize("names, words", [
    (["answers.txt"], "only 'answers.txt': ask for the files that end in"),
    (["timestamp.txt"], "the folder is empty: ask for"),
    (list("abcde"), "only 'a', 'b', 'c' and 2 more: ask")])
def test_a_folder_without_a_notebook_is_told(tmp_path, names, words):
    content = b"2026-11-30 09:00:00 UTC"
    prepared, _ = prepare(tmp_path, dict.fromkeys(names, content))
    assert prepared[-1].notebook == submissions.ALL
    sentence, = prepared[-1].reasons
    assert words in sentence


def test_a_notebook_that_cannot_be_read_is_told_as_such_only(tmp_path):
    prepared, _ = prepare(tmp_path, {cases.FILE: b"{ half a file"})
    assert submissions.ALL not in [one.notebook for one in prepared]


def test_outputs_are_kept_by_cell_but_not_megabytes(tmp_path):
    notebook = wells.right()
    for name, size in (("setup", 9), ("chart", 3 << 20)):
        wells.get(notebook, name)["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": "x" * size}]
    for cell in notebook["cells"]:
        del cell["id"]
    prepared, _ = prepare(tmp_path, {
        cases.FILE: json.dumps(notebook).encode()})
    kept = prepared[0].outputs
    assert kept["setup"][0].text == "x" * 9
    assert "chart" not in kept


# --- what is defined below -------------------------------------------------

def test_what_a_later_cell_defines_is_told_with_its_number(results):
    _, notebook = results["C20-code-below-the-check"]
    below = code.defined_below(notebook, "total")
    assert {"total", "share", "dry"} <= below.keys()
    defining = notebook.cells[below["total"] - 1]
    assert defining.source == wells.ANSWERS[wells.WELLS]["total-answer"]
    assert "best" not in code.defined_below(notebook, "best")


# --- pictures on pages -----------------------------------------------------

@pytest.mark.parametrize("name", [
    name for name in cases.CASES if name.startswith("C15")])
def test_a_page_can_be_made_and_shows_the_picture(results, name):
    from nbconvert.exporters import HTMLExporter
    _, notebook = results[name]
    page, _ = HTMLExporter().from_notebook_node(notebook)
    is_there = "gone" not in name and "no-picture" not in name
    assert ('src="data:image/png;base64,' in page) == is_there


def test_pictures_that_are_too_large_are_replaced_by_words(results):
    _, notebook = results["C15-a-data-address"]
    note = deepcopy(next(  # the notebook is for other tests, too
        cell for cell in notebook.cells if cell.id == "note"))
    pictures.leave_out_large(note, room=1000)
    assert "attachments" not in note and "too large" in note.source
    assert wells.NOTE in note.source and len(note.source) < 500


# --- folders: C10, C11 and the faults 3, 5, 6 ------------------------------

def hand_in(root, *names):
    for name in names:
        file = root / "submitted" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"{}")


def look(root):
    return layout.look(root / "submitted", DAY, DAYS, list(wells.EXERCISES))


@pytest.mark.parametrize("name, entry, words", [
    (f"ali/Day1_Production/{cases.FILE}", "ali",
     f"submitted/ali/{DAY}/"),
    (f"ali/{DAY} /{cases.FILE}", "ali", f"Move or rename it to "
     f"submitted/ali/{DAY}/"),
    (f"ali/day1-production/{cases.FILE}", "ali", f"submitted/ali/{DAY}/"),
    (f"ali/Day 1/{cases.FILE}", "ali", f"submitted/ali/{DAY}/"),
    (f"ali/{DAY} (2)/{cases.FILE}", "ali", f"submitted/ali/{DAY}/"),
    (f"ali/{cases.FILE}", "ali", f"submitted/ali/{DAY}/"),
    (f"ali/work/{DAY}/{cases.FILE}", "ali", f"submitted/ali/{DAY}/"),
    (f"ali/homework/final/{wells.WELLS} (1).ipynb", "ali", "homework/final"),
    (f"Ali Ben Salah_104211_assignsubmission_file_/{cases.FILE}",
     "Ali Ben Salah_104211_assignsubmission_file_",
     f"submitted/Ali Ben Salah/{DAY}/"),
    (f"1204-99 - Mona K - May 1, 2024 1010 AM/{cases.FILE}",
     "1204-99 - Mona K - May 1, 2024 1010 AM", f"submitted/Mona K/{DAY}/"),
    (f"Lee, Kim(k2)/Submission attachment(s)/{cases.FILE}", "Lee, Kim(k2)",
     f"submitted/Lee, Kim(k2)/{DAY}/"),
    (f"{DAY}/ali/{cases.FILE}", "ali", f"submitted/ali/{DAY}/"),
    (f"ali/{DAY}.zip", "ali", "Unpack it"),
    ("ali.zip", "ali.zip", "Unpack it"), ("ali.7z", "ali.7z", "Unpack it"),
    (f"ali_late_{cases.FILE}", f"ali_late_{cases.FILE}",
     "nobody knows whose"),
    ("report.pdf", "report.pdf", "is no notebook"),
    ("ali/photo.jpg", "ali", f"belongs in submitted/ali/{DAY}/")])
def test_work_in_another_place_is_named_with_its_place(tmp_path, name, entry,
                                                       words):
    hand_in(tmp_path, f"good/{DAY}/{cases.FILE}", name)
    found = look(tmp_path)
    assert found.trainees == ["good"]
    assert list(found.remarks) == [entry]
    assert words in " ".join(found.remarks[entry])


@pytest.mark.parametrize("name", [
    "__MACOSX/ali/._e00.ipynb", ".DS_Store", "Thumbs.db", "desktop.ini",
    "._ali", "README.md", "grades.csv", f"ali/day2_processing/{cases.FILE}",
    f"ali/day10_review/{cases.FILE}"])
def test_what_nobody_handed_in_for_this_day_is_not_named(tmp_path, name):
    hand_in(tmp_path, f"good/{DAY}/{cases.FILE}", name)
    found = look(tmp_path)
    assert found.trainees == ["good"] and not found.remarks


@pytest.mark.parametrize("name, entry", [
    ("ali.json", "ali.json"), ("ali.ipynb.json", "ali.ipynb.json"),
    ("ali.TXT", "ali.TXT"), ("ali", "ali"), (f"{DAY}/sara.json", "sara.json")])
def test_a_notebook_with_another_ending_is_named_once(tmp_path, name, entry):
    hand_in(tmp_path, f"good/{DAY}/{cases.FILE}", name)
    (tmp_path / "submitted" / name).write_text(json.dumps(wells.right()))
    found = look(tmp_path)
    assert found.trainees == ["good"] and list(found.remarks) == [entry]
    (told,) = found.remarks[entry]
    assert told.startswith("not graded: ")
    assert f"submitted/<trainee>/{DAY}/" in told
    assert ".ipynb" in told or "/" in name


@pytest.mark.parametrize("content", [
    b'{"type": "FeatureCollection", "features": []}', b"[]", b"", b"\xff{"])
def test_other_json_beside_the_folders_is_not_named(tmp_path, content):
    hand_in(tmp_path, f"good/{DAY}/{cases.FILE}", "wells.json")
    (tmp_path / "submitted" / "wells.json").write_bytes(content)
    assert not look(tmp_path).remarks


def test_a_pipe_beside_the_folders_is_not_waited_for(tmp_path):
    hand_in(tmp_path, f"good/{DAY}/{cases.FILE}")
    os.mkfifo(tmp_path / "submitted" / "ali.json")
    assert look(tmp_path).trainees == ["good"]


def test_one_who_is_well_placed_is_graded_and_told_of_the_rest(tmp_path):
    hand_in(tmp_path, f"ali/{DAY}/{cases.FILE}", f"ali/Day 1/{cases.FILE}")
    found = look(tmp_path)
    assert found.trainees == ["ali"]
    assert "submitted/ali/Day 1/" in found.remarks["ali"][0]


@pytest.mark.parametrize("name", [
    "DOMAIN\\ali", "ali+geo@x.tn", "50%", "a#b?", "علي", "a\u200fb", "& <b>"])
def test_names_of_accounts_are_graded(tmp_path, name):
    hand_in(tmp_path, f"{name}/{DAY}/{cases.FILE}")
    found = look(tmp_path)
    assert found.trainees == [name] and not found.remarks


@pytest.mark.parametrize("one, other", [
    ("José", unicodedata.normalize("NFD", "José")), ("ali", "ali\u200b"),
    ("Ali", "ali"), ("ali b", "ali\u00a0b")])
def test_two_names_that_look_the_same_are_told_apart(tmp_path, one, other):
    hand_in(tmp_path, f"{one}/{DAY}/{cases.FILE}",
            f"{other}/{DAY}/{cases.FILE}")
    found = look(tmp_path)
    assert set(found.trainees) == set(found.remarks) == {one, other}
    assert ascii(other) in found.remarks[one][0]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name, printed", [
    ("علي".encode("cp1256"), "\\xda\\xe1\\xed"), (b"ali\nX", "ali\\nX"),
    (b"\x1b[2Kali", "\\x1b[2Kali"), ("a\u0085b".encode(), "a\\x85b"),
    (b"caf\xe9", "caf\\xe9")])
def test_names_that_no_report_can_print_are_told(tmp_path, name, printed):
    folder = os.path.join(os.fsencode(tmp_path), b"submitted", name)
    os.makedirs(os.path.join(folder, DAY.encode()))
    found = look(tmp_path)
    assert found.trainees == [] and list(found.remarks) == [printed]
    json.dumps(found.remarks, ensure_ascii=False).encode("utf-8")


def test_links_at_the_top_are_not_followed(tmp_path):
    hand_in(tmp_path, f"good/{DAY}/{cases.FILE}", "ali/note.txt")
    submitted = tmp_path / "submitted"
    (submitted / "sara").symlink_to(submitted / "good")
    (submitted / "ali" / DAY).symlink_to(submitted / "good" / DAY)
    found = look(tmp_path)
    assert found.trainees == ["good"]
    assert set(found.remarks) == {"ali", "sara"}
    assert all("is a link" in one[0] for one in found.remarks.values())


def test_links_are_not_followed_in_a_folder(tmp_path):
    folder, secret = tmp_path / "folder", tmp_path / "secret.ipynb"
    secret.write_bytes(b"{}")
    (folder / "sub").mkdir(parents=True)
    (folder / "linked.ipynb").symlink_to(secret)
    (folder / "sub" / "all").symlink_to(tmp_path)
    os.link(secret, folder / "hard.ipynb")
    os.mkfifo(folder / "pipe")
    (folder / "own.csv").write_bytes(b"1")
    files, refused = collect(folder)
    assert files == {"own.csv": b"1"}
    assert "is a link" in refused["linked.ipynb"]
    assert "is a link" in refused["sub/all"]
    assert "hard link" in refused["hard.ipynb"]
    assert refused["pipe"] == "is not a plain file"
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    assert collect(linked)[0] == {}


def test_files_whose_names_are_not_text_are_refused(tmp_path):
    for name in (b"\xe3\xcd.ipynb", b"a\nb.csv"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb"):
            pass
    files, refused = collect(tmp_path)
    assert not files
    assert set(refused) == {"\\xe3\\xcd.ipynb", "a\\nb.csv"}


def test_a_flood_of_files_is_cut_and_the_notebooks_are_kept(tmp_path):
    for number in range(3000):
        (tmp_path / f"a{number}.txt").touch()
    (tmp_path / "sub").mkdir()
    for name in (cases.FILE, "sub/data.csv", ".hidden", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"{}")
    files, refused = collect(tmp_path)
    assert len(files) == 500 and cases.FILE in files
    assert list(refused) == ["*"] and "2502 other files" in refused["*"]


def test_large_files_are_left_out_before_they_are_read(tmp_path,
                                                       monkeypatch):
    monkeypatch.setattr("commands.grading.handed_in.collect.LARGEST_TOTAL",
                        5 << 20)
    for name, size in {"0": 2 << 20, "1": 2 << 20, "2": 2 << 20,
                       "3": 9, "huge": 1 << 40}.items():
        with open(tmp_path / f"{name}.bin", "wb") as file:
            file.truncate(size)  # sparse: no byte on the disk
    files, refused = collect(tmp_path)
    assert set(files) == {"0.bin", "1.bin", "3.bin"}
    assert "at most 5 MB" in refused["2.bin"]
    assert "larger than 64 MB" in refused["huge.bin"]


# --- texts made to stop a worker -------------------------------------------

@pytest.mark.parametrize("source", [
    "<img " * 40_000, "![" * 100_000, "a." * 100_000 + "a",
    "data:image/" * 20_000, "![](data:image/png;base64," * 8_000,
    "attachment:" * 20_000, "<<<<<<< " * 25_000, "`" * 200_000,
    "-" * 200_000 + "1", "[" * 200_000, "\n" * 200_000, "%\n" * 100_000])
@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_a_text_made_to_be_slow_is_prepared_at_once(tmp_path, source, kind):
    notebook = wells.right()
    cases.insert(notebook, "note", source, kind)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    content = json.dumps(notebook).encode()
    began = time.process_time()
    prepared, _ = prepare(tmp_path, {cases.FILE: content,
                                     "raw.ipynb": source.encode()})
    assert time.process_time() - began < 2
    assert prepared[0].gradable


def test_thousands_of_equal_cells_are_prepared_at_once(tmp_path):
    notebook = wells.right()
    for name in ("total-answer", "note", "setup", "total"):
        notebook["cells"] += [wells.get(notebook, name)] * 2000
    began = time.process_time()
    prepared, _ = prepare(tmp_path, {
        cases.FILE: json.dumps(notebook).encode()})
    assert time.process_time() - began < 5
    assert prepared[0].gradable
