"""nbgrader's exchange, with one closed box per trainee.

nbgrader's own exchange is one folder for all: it protects submissions by
names that are hard to guess. Here each trainee's `Exchange.root` is a folder
of its own, which only this trainee and root may enter.
"""

import hashlib
import io
import os
import pwd
import re
import resource
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from commands.classroom.accounts import as_trainee
from commands.classroom.room import ClassroomError, Room
from commands.exercises.notebooks import known_day, nbgrader_config
from commands.grading.results import is_of_the_machine

LARGEST = 200 * 2 ** 20  # bytes of one submission
NBGRADERS = "submission_secret.txt", "timestamp.txt"  # of the exchange
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
                 for name in NBGRADERS]
    if not pages or not all(file.exists() for file in submitted) or min(
            page.stat().st_mtime for page in pages) < (
            submitted[0].stat().st_mtime):
        return False
    folder = scratch / user / day
    folder.mkdir(parents=True)
    for file in [*pages, *submitted]:
        shutil.copy(file, folder)
    return True


@dataclass
class Taken:
    """times: account → when it was handed in (UTC). unread: account →
    sentences on submissions that could not be read. replaced: account → the
    files in submitted/ that are other ones now, or gone."""
    times: dict[str, datetime] = field(default_factory=dict)
    replaced: dict[str, list[str]] = field(default_factory=dict)
    unread: dict[str, list[str]] = field(default_factory=dict)


def collect(room: Room, day: str) -> Taken:
    """Take in each trainee's newest submission, as nbgrader does: it goes to
    submitted/, in the place of an older one. If it cannot be read, the
    one before it counts."""
    from nbgrader.exchange.default import ExchangeCollect
    known_day(day, room.root)
    taken = Taken()
    with tempfile.TemporaryDirectory(dir=room.hub) as inbox:
        inbound = Path(inbox) / course_id(room) / "inbound"
        inbound.mkdir(parents=True)
        for user in room.names:
            if why := _fetch_newest(room, user, day, inbound):
                taken.unread[user] = why
        before = {user: _contents(room, user, day) for user in room.names}
        _run(ExchangeCollect, room, day, Path(inbox), update=True)
    for user in room.names:
        now = _contents(room, user, day)
        replaced = [name for name, content in before[user].items()
                    if now.get(name) != content]
        if replaced:
            taken.replaced[user] = replaced
        if (when := _handed_in(room, user, day)) is not None:
            taken.times[user] = when
    return taken


def _contents(room, user, day):
    """File → hash, of what is in submitted/ now, without nbgrader's own."""
    folder = room.root / "submitted" / user / day
    return {file.relative_to(folder).as_posix():
            hashlib.sha256(file.read_bytes()).digest()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and not file.is_symlink()
            and file.name not in NBGRADERS}


def _fetch_newest(room, user, day, inbound):
    """The newest submission that can be read; sentences on newer ones."""
    failed = []
    for name in reversed(submissions(room, user, day)):
        why = fetch(_inbound(room, user) / name, user, inbound / name)
        if not why:
            break
        failed.append(f"the submission {name.split('+')[2]} could not be "
                      f"read ({why})")
    return failed


def submissions(room: Room, user: str, day: str) -> list[str]:
    """The names of a trainee's submissions in the box, the newest last.
    Names that nbgrader could not read are left out."""
    from nbgrader.utils import parse_utc
    names = {}
    folder = _inbound(room, user)
    for name in sorted(os.listdir(folder)) if folder.is_dir() else ():
        parts = re.fullmatch(ENTRY.format(user=re.escape(user),
                                          day=re.escape(day)), name)
        try:
            if parts:
                names[name] = parse_utc(parts[1])
        except (ValueError, OverflowError):
            continue
    return sorted(names, key=lambda name: names[name])


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


def fetch(source: Path, user: str, target: Path) -> str:
    """Copy a submission with the trainee's own rights: a link in it to
    somebody else's file leads nowhere. Returns why it failed, or ""."""
    with tempfile.TemporaryFile() as packed:
        def pack():
            resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
            with tarfile.open(fileobj=packed, mode="w") as archive:
                archive.add(source, "work")
            packed.flush()  # the process ends without closing its files
        if as_trainee(user, pack):
            return ("a file in it cannot be read, or it is larger than "
                    f"{LARGEST >> 20} MB")
        packed.seek(0)
        try:
            with tarfile.open(fileobj=packed, mode="r:") as archive:
                for entry in archive:
                    _write(archive, entry, target)
        except (tarfile.TarError, OSError, ValueError) as error:
            if is_of_the_machine(error):
                raise
            shutil.rmtree(target, ignore_errors=True)
            return str(error)
    return ""


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
