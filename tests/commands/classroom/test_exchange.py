"""Taking submissions in from the boxes: whole, and one after the other."""

import io
import os
import pwd

import pytest
from rich.console import Console

from commands.classroom import command, exchange
from commands.classroom.room import Room
from tests.commands.grading.cases import course as tiny

DAY = tiny.DAY
ME = pwd.getpwuid(os.getuid()).pw_name
# Of the file that comes before the time. tarfile writes blocks of 512 bytes,
# a file object of Python 4096, 8192 or 131072: every place of the last block.
SIZES = [*range(0, 20_993, 512), 511, 513, 4097, 130_000, 130_600, 131_072]


@pytest.fixture(autouse=True)
def own_rights(monkeypatch):
    """This test's user plays the trainees: only root can become another."""
    real = pwd.getpwnam
    monkeypatch.setattr(pwd, "getpwnam", lambda name: real(
        ME if name in ("amina", "karim") else name))
    monkeypatch.setattr(os, "setgroups", lambda groups: None)


@pytest.fixture
def opened(tmp_path):
    """A tiny course with a room of two trainees."""
    room = Room(tmp_path / "room", root=tiny.make(tmp_path / "course"),
                names={"amina": "Amina", "karim": "Karim"})
    room.hub.mkdir(parents=True)
    return room


def submit(room, user, when="2026-11-30 09:00:00", **files):
    """As nbgrader's exchange does it, into the trainee's box."""
    entry = (room.box(user) / exchange.course_id(room) / "inbound"
             / f"{user}+{DAY}+{when} UTC+x")
    entry.mkdir(parents=True)
    for name, content in files.items():
        (entry / f"{name}.ipynb").write_text(content)
    (entry / "timestamp.txt").write_text(f"{when} UTC")
    return entry


@pytest.mark.parametrize("size", SIZES)
def test_a_submission_of_any_size_arrives_whole(tmp_path, size):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    content = {"a.ipynb": b"x" * size,
               "timestamp.txt": b"2026-11-30 09:00:00 000000 UTC"}
    for name, data in content.items():
        (source / name).write_bytes(data)
    assert exchange.fetch(source, ME, target) == ""
    assert {file.name: file.read_bytes()
            for file in target.iterdir()} == content


def test_what_the_child_could_not_write_is_an_error(tmp_path, monkeypatch):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.ipynb").write_bytes(b"x" * 100_000)
    monkeypatch.setattr(exchange, "LARGEST", 50_000)
    assert exchange.fetch(source, ME, tmp_path / "target")
    assert not (tmp_path / "target").exists()


@pytest.mark.slow
def test_an_archive_that_ends_early_is_named_and_stops_nobody(
        opened, monkeypatch):
    submit(opened, "amina", a="hers")
    submit(opened, "karim", a="his")
    real = exchange.as_trainee

    def cut(user, work):
        def work_and_cut():
            work()
            if user == "amina":
                packed = work.__closure__
                file, = [cell.cell_contents for cell in packed
                         if hasattr(cell.cell_contents, "truncate")]
                os.ftruncate(file.fileno(), 1100)
        return real(user, work_and_cut)
    monkeypatch.setattr(exchange, "as_trainee", cut)
    taken = exchange.collect(opened, DAY)
    assert list(taken.times) == ["karim"]
    assert "could not be read (" in taken.unread["amina"][0]
    assert not (opened.root / "submitted" / "amina").exists()


@pytest.mark.slow
def test_if_the_newest_cannot_be_read_an_older_one_counts(
        opened, monkeypatch):
    submit(opened, "amina", a="older")
    submit(opened, "amina", "2026-11-30 10:00:00", a="x" * 60_000)
    monkeypatch.setattr(exchange, "LARGEST", 50_000)
    taken = exchange.collect(opened, DAY)
    assert (opened.root / "submitted" / "amina" / DAY / "a.ipynb"
            ).read_text() == "older"
    sentence, = taken.unread["amina"]
    assert "10:00:00" in sentence


@pytest.mark.slow
def test_the_newest_counts_and_what_it_replaces_is_named(
        opened, monkeypatch):
    submit(opened, "amina", a="same", b="first", c="first")
    submit(opened, "karim", a="his")
    assert exchange.collect(opened, DAY).replaced == {}
    assert exchange.collect(opened, DAY).replaced == {}  # nothing is newer
    submit(opened, "amina", "2026-11-30 10:00:00", a="same", b="second")
    opened.save()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    said = io.StringIO()
    assert command.collect(opened.folder, DAY, Console(
        file=said, width=200, markup=False)) == 0
    assert (opened.root / "submitted" / "amina" / DAY / "b.ipynb"
            ).read_text() == "second"
    assert "now in its place: b.ipynb, c.ipynb\n" in said.getvalue()
    assert said.getvalue().count("in its place") == 1
