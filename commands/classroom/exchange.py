"""nbgrader's exchange, with one closed box per trainee.

nbgrader's own exchange is one folder for all: it protects submissions by
names that are hard to guess. Here each trainee's `Exchange.root` is a folder
of its own, which only this trainee and root may enter.
"""

import io
import os
import pwd
import re
import resource
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from commands.classroom.accounts import as_trainee
from commands.classroom.room import ClassroomError, Room
from commands.exercises.notebooks import known_day, nbgrader_config

LARGEST = 200 * 2 ** 20  # bytes of one submission
ENTRY = r"{user}\+{day}\+([^+/]+)(\+[^+/]*)?"


def open_box(room: Room, user: str) -> Path:
    """The trainee's exchange, closed to the others."""
    box, account = room.box(user), pwd.getpwnam(user)
    box.mkdir(parents=True, exist_ok=True)
    os.chown(box.parent, 0, account.pw_gid)
    box.parent.chmod(0o750)
    box.chmod(0o1777)  # what nbgrader asks for; nobody else gets so far
    return box


def release(room: Room, user: str, day: str) -> None:
    """nbgrader's release, again if the exercises have changed."""
    from nbgrader.exchange.default import ExchangeReleaseAssignment
    known_day(day, room.root)
    _run(ExchangeReleaseAssignment, room, day, open_box(room, user),
         force=True)


def release_feedback(room: Room, day: str) -> list[str]:
    """Put the pages that `grade` has written into the boxes; whose. Pages
    that are older than the submission are left out."""
    from nbgrader.exchange.default import ExchangeReleaseFeedback
    given = []
    with tempfile.TemporaryDirectory(dir=room.hub) as scratch:
        for user in room.names:
            if _with_secret(room, user, day, Path(scratch)):
                _run(ExchangeReleaseFeedback, room, day, open_box(room, user),
                     student=user, feedback=scratch)
                given.append(user)
    return given


def _with_secret(room, user, day, scratch):
    """Pages as nbgrader's exchange wants them: with the secret of the
    submission, from which it makes their names. Are there any?"""
    pages = list((room.root / "feedback" / user / day).glob("*.html"))
    submitted = [room.root / "submitted" / user / day / name
                 for name in ("submission_secret.txt", "timestamp.txt")]
    if not pages or not all(file.exists() for file in submitted) or min(
            page.stat().st_mtime for page in pages) < (
            submitted[0].stat().st_mtime):
        return False
    folder = scratch / user / day
    folder.mkdir(parents=True)
    for file in [*pages, *submitted]:
        shutil.copy(file, folder)
    return True


def collect(room: Room, day: str) -> dict[str, datetime]:
    """Take in each trainee's newest submission, as nbgrader does: it goes to
    submitted/. account → when it was handed in (UTC)."""
    from nbgrader.exchange.default import ExchangeCollect
    known_day(day, room.root)
    with tempfile.TemporaryDirectory(dir=room.hub) as inbox:
        course = Path(inbox) / course_id(room)
        (course / "inbound").mkdir(parents=True)
        for user in room.names:
            for name in submissions(room, user, day):
                _fetch(_inbound(room, user) / name, user,
                       course / "inbound" / name)
        _run(ExchangeCollect, room, day, Path(inbox), update=True)
    return {user: when for user in room.names
            if (when := _handed_in(room, user, day)) is not None}


def submissions(room: Room, user: str, day: str) -> list[str]:
    """The names of a trainee's submissions in the box. Names that nbgrader
    could not read are left out."""
    from nbgrader.utils import parse_utc
    names = []
    folder = _inbound(room, user)
    for name in sorted(os.listdir(folder)) if folder.is_dir() else ():
        parts = re.fullmatch(ENTRY.format(user=re.escape(user),
                                          day=re.escape(day)), name)
        try:
            if parts and parse_utc(parts[1]):
                names.append(name)
        except (ValueError, OverflowError):
            continue
    return names


def set_deadline(room: Room, day: str, when: datetime) -> None:
    """Write it into the gradebook, as nbgrader does: in UTC."""
    from nbgrader.api import Gradebook
    with Gradebook(_coursedir(room).db_url, course_id(room)) as book:
        book.update_or_create_assignment(
            day, duedate=when.astimezone(UTC).replace(tzinfo=None))


def deadline(room: Room, day: str) -> datetime | None:
    """The deadline of a day in the gradebook, in UTC."""
    from nbgrader.api import Gradebook, MissingEntry
    with Gradebook(_coursedir(room).db_url, course_id(room)) as book:
        try:
            due = book.find_assignment(day).duedate
        except MissingEntry:
            return None
    return due and due.replace(tzinfo=UTC)


def course_id(room: Room) -> str:
    """nbgrader's name of the course."""
    return nbgrader_config(room.root).CourseDirectory.course_id


def _coursedir(room):
    from nbgrader.coursedir import CourseDirectory
    return CourseDirectory(config=nbgrader_config(room.root))


def _inbound(room, user):
    return room.box(user) / course_id(room) / "inbound"


def _run(step, room, day, root, student="*", feedback=None, **traits):
    """One step of nbgrader's exchange, on one folder."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError
    config = nbgrader_config(room.root)
    config.Exchange.root = str(root)
    config.CourseDirectory.assignment_id = day
    config.CourseDirectory.student_id = student
    if feedback:
        config.CourseDirectory.feedback_directory = feedback
    try:
        step(coursedir=CourseDirectory(config=config),
             authenticator=Authenticator(config=config), config=config,
             **traits).start()
    except ExchangeError as error:
        raise ClassroomError(f"nbgrader's exchange: {error}") from None


def _fetch(source, user, target):
    """Copy a submission with the trainee's own rights: a link in it to
    somebody else's file leads nowhere."""
    with tempfile.TemporaryFile() as packed:
        def pack():
            resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
            with tarfile.open(fileobj=packed, mode="w") as archive:
                archive.add(source, "work")
        if as_trainee(user, pack):
            return  # the line above says why
        packed.seek(0)
        with tarfile.open(fileobj=packed) as archive:
            for entry in archive:
                _write(archive, entry, target)


def _write(archive, entry, target):
    """Files and folders only, below the target."""
    path = target / Path(entry.name).relative_to("work")
    if ".." in path.parts or not (entry.isdir() or entry.isreg()):
        return
    if entry.isdir():
        path.mkdir(parents=True, exist_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            shutil.copyfileobj(archive.extractfile(entry) or io.BytesIO(),
                               file)


def _handed_in(room, user, day):
    from nbgrader.utils import parse_utc
    file = room.root / "submitted" / user / day / "timestamp.txt"
    try:
        return parse_utc(file.read_text("utf-8").strip()).replace(tzinfo=UTC)
    except (OSError, ValueError, AttributeError):
        return None
