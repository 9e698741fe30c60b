"""Exercises go out as zips and come back in any shape; all names are
invented."""

import io
import json
import stat
import tracemalloc
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from rich.console import Console

from commands.grading import submissions
from commands.grading.roster import RosterError
from commands.handing import collecting, giving, sources
from commands.handing.people import Matcher, people
from helpers.errors import CourseError

DAY1, DAY2 = "day1_production", "day2_processing"
ROSTER = {"T01": "Ali Ben Salah", "T02": "Sonia Amri", "T03": "Héla Gharbi",
          "T04": "Samir Trabelsi", "T05": "Samira Trabelsi",
          "T06": "محمد العياري"}


def notebook(number="E03", answer="", **course) -> bytes:
    """A notebook as the course hands it out; number None: cleaned."""
    return json.dumps({
        "cells": [{"cell_type": "markdown", "id": "one", "metadata": {},
                   "source": answer}],
        "metadata": {"course": {"exercise": number, **course}
                     } if number else {},
        "nbformat": 4, "nbformat_minor": 5}).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def mail(sender, files, subject="") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, subject
    message.set_content("Bonjour, voici mon travail.")
    for name, content in files.items():
        message.add_attachment(content, "application", "octet-stream",
                               filename=name)
    return message


@pytest.fixture
def root(tmp_path) -> Path:
    """A course of three exercises."""
    for folder in ("solutions", "exercises"):
        for day, name, number in [(DAY1, "e03_crs_detective", "E03"),
                                  (DAY1, "e06_name_matching", "E06"),
                                  (DAY2, "e09_quality_report", "E09")]:
            file = tmp_path / "course" / folder / day / f"{name}.ipynb"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(notebook(number))
    return tmp_path / "course"


@pytest.fixture
def roster(tmp_path) -> Path:
    file = tmp_path / "trainees.csv"
    file.write_text("code;name\n" + "".join(
        f"{code};{name}\n" for code, name in ROSTER.items()), "utf-8")
    return file


@pytest.fixture
def gather(tmp_path, root, roster):
    """Collects files that came back: the result, and what is in
    submitted/."""
    def gather(files, **options):
        folder = tmp_path / "returned"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        result = collecting.collect(folder, roster, root, **options)
        there = root / "submitted"
        return result, {file.relative_to(there).as_posix()
                        for file in there.rglob("*") if file.is_file()}
    return gather


# --- the ways that work comes back -----------------------------------------

def test_what_is_handed_out_comes_back_whoever_sends_it(
        root, roster, tmp_path):
    zips = giving.hand_out(DAY1, roster, tmp_path / "returned", root)
    assert [file.name for file in zips] == [
        f"{code}_{DAY1}.zip" for code in ROSTER]
    for number, file in enumerate(zips):  # any name: the code is inside
        with zipfile.ZipFile(file) as archive:
            content, _, says = map(archive.read, archive.namelist())
            assert archive.namelist()[-1] == "README.txt"
            code = list(ROSTER)[number]
            assert f"a folder {code}/{DAY1}." in says.decode("utf-8")
        file.with_name(f"upload{number}.zip").write_bytes(
            zipped({"e03_crs_detective.ipynb": content}))
        file.unlink()
    result = collecting.collect(tmp_path / "returned", roster, root)
    assert not result.left_out and not result.nothing_from
    assert submissions.look(root, DAY1).trainees == [*ROSTER]
    again = collecting.collect(tmp_path / "returned", roster, root)
    assert not again.written and len(again.equal) == 6
    assert not again.left_out


@pytest.mark.parametrize("path", [
    "{}_12345_assignsubmission_file_/e03_crs_detective.ipynb",
    "{}_12345_assignsubmission_file_e03_crs_detective.ipynb",
    "777-88 - {} - Jan 5, 2026/e03_crs_detective.ipynb",  # Brightspace
    "Day 1/{}/e03_crs_detective.ipynb"])
def test_the_archive_of_a_learning_platform(gather, path):
    names = {"T01": "Ali Ben Salah", "T03": "GHARBI Hela", "T06": ROSTER[
        "T06"]}
    result, there = gather({"Jour1-class.zip": zipped(
        {path.format(name): notebook(answer=code)
         for code, name in names.items()})})
    assert there == {f"{code}/{DAY1}/e03_crs_detective.ipynb"
                     for code in names}
    assert not result.left_out
    assert result.nothing_from == ["T02", "T04", "T05"]


def test_e_mails_also_forwarded_ones_with_a_zip(gather):
    own = mail("Sonia Amri <s@example.org>",
               {"e03_crs_detective.ipynb": notebook()})
    inner = mail("<ali.bensalah@example.org>", {"devoir.zip": zipped(
        {"e06_name_matching.ipynb": notebook("E06")})})
    outer = mail("Formation <formation@example.org>", {}, "Fwd: devoir")
    outer.add_attachment(inner)
    result, there = gather({"1.eml": own.as_bytes(),
                            "2.eml": outer.as_bytes()})
    assert there == {f"T02/{DAY1}/e03_crs_detective.ipynb",
                     f"T01/{DAY1}/e06_name_matching.ipynb"}
    assert not result.left_out


def test_a_zip_whose_names_are_utf_8_but_do_not_say_so(gather):
    packed = zipped({"Héla Gharbi/e03_crs_detective.ipynb": notebook()})
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # take the flag away
        start = packed.index(mark) + (6 if mark[2] == 3 else 8)
        packed = packed[:start] + b"\0\0" + packed[start + 2:]
    assert gather({"a.zip": packed})[1] == {
        f"T03/{DAY1}/e03_crs_detective.ipynb"}


# --- whose -----------------------------------------------------------------

@pytest.mark.parametrize("hint, code, candidates", [
    ("T02", "T02", ()),
    ("e03_crs_detective_t02", "T02", ()),
    ("AMRI Sonia", "T02", ()),
    ("sonia.amri", "T02", ()),
    ("SoniaAmri", "T02", ()),
    ("Devoir de Sonia Amri (2)", "T02", ()),
    ("Ali Ben Salagh", "T01", ()),
    ("Samir Trabelsi", "T04", ()),
    ("Samira Trabelsi", "T05", ()),
    ("Sami Trabelsi", None, ("T04", "T05")),
    ("Trabelsi", None, ("T05", "T04")),
    ("Sonia Amri et Samir Trabelsi", None, ("T02", "T04")),
    ("Nour Jaziri", None, ()),
    ("e06_name_matching (2)", None, ()),
    ("day1_production", None, ()),
])
def test_who_a_name_is(hint, code, candidates):
    person = Matcher(ROSTER, [DAY1, "e03_crs_detective",
                              "e06_name_matching"]).match((hint,))
    assert person.code == code
    assert set(person.candidates) == set(candidates)


def test_two_codes_that_a_file_names_are_a_doubt(gather):
    """Sonia hands in the notebook that was given out to Ali."""
    result, there = gather({"Sonia Amri/e03_crs_detective.ipynb": notebook(
        trainee="T01")})
    assert not there
    assert "T01 Ali Ben Salah or T02 Sonia Amri" in str(result.left_out)


def test_a_doubt_is_asked_about_once(gather):
    asked = []
    files = {f"Sami Trabelsi/{name}.ipynb": notebook(None) for name in
             ("e03_crs_detective", "e09_quality_report")}
    result, there = gather(files)
    assert not there and len(result.left_out) == 2
    assert "may be" in str(result.left_out)
    result, there = gather(
        files, ask=lambda question: asked.append(question) or "T04")
    assert there == {f"T04/{DAY1}/e03_crs_detective.ipynb",
                     f"T04/{DAY2}/e09_quality_report.ipynb"}
    assert len(asked) == 1 and "T05 Samira Trabelsi" in asked[0]
    assert not result.left_out


def test_a_name_that_is_only_alike_is_told(gather):
    result, _ = gather({"Ali Ben Salagh/e03_crs_detective.ipynb": notebook()})
    assert result.unlike == {"Ali Ben Salagh": "T01"}


@pytest.mark.parametrize("codes, words", [
    (["../x"], "cannot be a folder's name"), (["a\\b"], "folder's name"),
    ([".."], "folder's name"), (["T01", "t01"], "capitals only"),
    ([], "lists nobody")])
def test_codes_that_cannot_name_folders_are_refused(tmp_path, codes, words):
    file = tmp_path / "trainees.csv"
    file.write_text("code,name\n" + "".join(f"{code},X\n" for code in codes))
    with pytest.raises(RosterError, match=words):
        people(file)


# --- which day -------------------------------------------------------------

@pytest.mark.parametrize("name, content, day", [
    ("e09_quality_report (1).ipynb", notebook("E09"), DAY2),
    ("e09_quality_report.ipynb", notebook(None), DAY2),
    ("e09_quality_report.ipynb", b"{ broken", DAY2),
    ("mine.ipynb", notebook("E09"), DAY2),
    (f"{DAY2}/mine.ipynb", notebook(None), DAY2),
    ("e06_name_matching.ipynb", notebook("E03"), DAY1),  # grading says so
    ("e03_crs_detective.ipynb", notebook("E09"), None),
    ("mine.ipynb", notebook(None), None)])
def test_which_day_a_notebook_is_of(gather, name, content, day):
    result, there = gather({f"T01/{name}": content})
    assert there == ({f"T01/{day}/{Path(name).name}"} if day else set())
    assert bool(result.left_out) == (day is None)


# --- nothing is overwritten ------------------------------------------------

def test_another_version_is_kept_until_force(gather, root):
    path = "T01/e03_crs_detective.ipynb"
    target = root / "submitted" / f"T01/{DAY1}/e03_crs_detective.ipynb"
    old, new = notebook(answer="old"), notebook(answer="new")
    gather({path: old})
    result, _ = gather({path: new})
    assert target.read_bytes() == old
    assert "--force" in result.left_out[path]
    result, _ = gather({path: new}, force=True)
    assert target.read_bytes() == new and not result.left_out


def test_of_two_versions_none_is_taken_even_with_force(gather):
    result, there = gather(
        {"T01/e03_crs_detective.ipynb": notebook(answer="1"),
         "Ali Ben Salah/e03_crs_detective.ipynb": notebook(answer="2")},
        force=True)
    assert not there and len(result.left_out) == 2


def test_a_link_in_submitted_is_not_followed(gather, root, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "submitted").mkdir()
    (root / "submitted/T01").symlink_to(elsewhere)
    result, _ = gather({"T01/e03_crs_detective.ipynb": notebook()})
    assert "is a link" in str(result.left_out)
    assert not [*elsewhere.iterdir()]


# --- hostile and broken files ----------------------------------------------

def test_paths_that_leave_the_folder_and_links_are_refused(gather, tmp_path):
    link = zipfile.ZipInfo("T01/e06_name_matching.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO(zipped({
        "../T01/e03_crs_detective.ipynb": notebook(),
        "/T01/e03_crs_detective.ipynb": notebook(),
        "T01\\..\\..\\e03_crs_detective.ipynb": notebook(),
        "C:/T01/e03_crs_detective.ipynb": notebook()}))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    result, there = gather({"a.zip": packed.getvalue()})
    assert not there and len(result.left_out) == 5
    assert sum("leaves" in why for why in result.left_out.values()) == 4
    assert not [*tmp_path.rglob("e06*passwd")]


def test_a_bomb_is_not_unpacked(gather, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST", 10_000)
    monkeypatch.setattr(sources, "TOTAL", 25_000)
    large = b" " * 9_000
    result, there = gather({"T01.zip": zipped({
        "e03_crs_detective.ipynb": b" " * 10_001,
        **{f"e06_name_matching ({n}).ipynb": large for n in range(4)}})})
    assert len(there) == 2
    whys = sorted(result.left_out.values())
    assert len(whys) == 3
    assert "not read: more than" in whys[0] and "unpacks to more" in whys[2]


def test_of_a_bomb_only_the_beginning_is_read(gather, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST", 10_000)
    bomb = zipped({"e03_crs_detective.ipynb": bytes(30_000_000)})
    tracemalloc.start()
    try:
        result, _ = gather({"T01.zip": bomb})
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()
    assert "unpacks to more" in str(result.left_out)


def test_archives_in_archives_end(gather):
    packed = zipped({"T01/e03_crs_detective.ipynb": notebook()})
    for _ in range(3):
        packed = zipped({"inner.zip": packed})
    result, there = gather({"outer.zip": packed})
    assert not there and "too deep" in str(result.left_out)


@pytest.mark.parametrize("name, content", [
    ("T01.zip", b"PK\x03\x04 cut off"), ("T01.rar", b"Rar!"),
    ("T01.eml", mail("Ali <a@example.org>", {}).as_bytes()),
    ("T02.eml", b""), ("T03.zip", zipped({"__MACOSX/._e03.ipynb": b""})),
    ("e03_crs_detective.ipynb", notebook()),
    ("T01.msg", b"\xd0\xcf"), ("T01.tar.gz", b"\x1f\x8b")])
def test_what_cannot_be_taken_is_named(gather, name, content):
    result, there = gather({name: content})
    assert not there and name in result.left_out


# --- the commands ----------------------------------------------------------

def test_the_command_names_what_it_left_out(root, roster, tmp_path):
    folder, said = tmp_path / "returned", io.StringIO()
    (folder / "__MACOSX").mkdir(parents=True)
    (folder / "__MACOSX/._e03_crs_detective.ipynb").write_bytes(b"\0")
    (folder / "T01_e03_crs_detective.ipynb").write_bytes(notebook())
    (folder / "photo.jpg").write_bytes(b"")
    console = Console(file=said, width=200)
    assert collecting.command(folder, roster, console, root=root) == 0
    (folder / "Nour\x1b[2J Jaziri_e03_crs_detective.ipynb").write_bytes(
        notebook())
    (folder / "Nour Jaziri_e03_crs_detective.ipynb").write_bytes(notebook())
    assert collecting.command(folder, roster, console, root=root) == 1
    text = said.getvalue()
    assert f"submitted/T01/{DAY1}/T01_e03_crs_detective.ipynb" in text
    assert "photo.jpg" in text and "Nothing from: T02, T03" in text
    assert "LEFT OUT Nour Jaziri" in text and "\x1b" not in text
    assert "MACOSX" not in text


def test_the_page_of_hand_out_is_no_news_if_its_notebooks_came(gather):
    result, _ = gather({
        "a.zip": zipped({f"T01/{DAY1}/e03_crs_detective.ipynb": notebook(),
                         "README.txt": b"", "photo.jpg": b""}),
        "T02/README.txt": b""})
    assert result.others == ["T02/README.txt", "a.zip: photo.jpg"]


@pytest.mark.parametrize("count, words", [
    (2, "not taken: 2 (0.txt, 1.txt)"),
    (4, "not taken: 4 (0.txt, 1.txt, 2.txt …)")])
def test_an_ellipsis_stands_for_names_that_are_not_shown(
        root, roster, tmp_path, count, words):
    folder, said = tmp_path / "returned", io.StringIO()
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.txt").write_text("")
    collecting.command(folder, roster, Console(file=said, width=200),
                       root=root)
    assert words in said.getvalue()


def test_a_correction_that_needs_force_has_come(gather):
    path = "T01/e03_crs_detective.ipynb"
    gather({path: notebook()})
    result, _ = gather({path: notebook(answer="corrected")})
    assert "--force" in result.left_out[path]
    assert "T01" not in result.nothing_from


def test_a_missing_folder_is_named(root, roster, tmp_path):
    with pytest.raises(CourseError, match="no folder"):
        collecting.collect(tmp_path / "nothing", roster, root)


def test_zips_that_are_there_are_not_overwritten(root, roster, tmp_path):
    (file, *_) = giving.hand_out(DAY1, roster, tmp_path / "out", root)
    whole = file.read_bytes()
    giving.hand_out(DAY1, roster, tmp_path / "out", root)  # equal: no error
    file.write_bytes(b"another")
    with pytest.raises(CourseError, match=file.name):
        giving.hand_out(DAY1, roster, tmp_path / "out", root)
    assert file.read_bytes() == b"another"
    giving.hand_out(DAY1, roster, tmp_path / "out", root, force=True)
    assert file.read_bytes() == whole
