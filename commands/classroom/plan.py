"""What opening a training room needs and will do, before it does it."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from commands.classroom import accounts, layout, memory
from commands.classroom.people import Trainee
from commands.classroom.room import ClassroomError, Room
from helpers.errors import typed

PROXY, VARIABLE = "configurable-http-proxy", "COURSE_PROXY"
REMEDY = f"""\
{PROXY} is missing. It leads each browser to its trainee's server. One of:
  apt install node-{PROXY}        (Debian, Ubuntu)
  npm install --prefix /opt/proxy {PROXY}@4    (Node 18 or newer)
      then put {VARIABLE}=/opt/proxy/node_modules/.bin after sudo
Without internet: do the second on another machine, copy the folder
/opt/proxy from there, and install Node from your system's packages."""


def proxy() -> str:
    """The program, from PATH or from the folder that COURSE_PROXY names."""
    path = os.pathsep.join(filter(None, (
        os.environ.get(VARIABLE), os.environ.get("PATH", os.defpath))))
    found = shutil.which(PROXY, path=path)
    if not found:
        raise ClassroomError(REMEDY)
    return str(Path(found).absolute())


def check(room: Room, trainees: list[Trainee]) -> None:
    """All that can be known to be wrong before anything is done."""
    if not sys.platform.startswith("linux"):
        raise ClassroomError("A training room needs a Linux server. Without "
                             f"one: {typed('hand-out --help')}")
    if not shutil.which("useradd"):
        raise ClassroomError("The program useradd is missing (on Debian: apt "
                             "install passwd): it makes the accounts.")
    accounts.missing(room, trainees)
    layout.python_for_all(room.venv)
    for port in range(room.port, room.port + 3):
        if left_over(room) and port != room.port + 1:
            continue  # JupyterHub ends that proxy when it begins
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("", port))
            except (OSError, OverflowError) as error:
                raise ClassroomError(
                    f"Port {port} cannot be used: {error}. The room needs "
                    f"{room.port} and the two after it: choose others with "
                    "--port, or stop the program that has them.") from None


def left_over(room: Room) -> bool:
    """Does the proxy of a hub that was killed still run?"""
    try:
        number = (room.hub / "proxy.pid").read_text().split()[0]
        return PROXY in Path(f"/proc/{int(number)}/cmdline").read_text()
    except (OSError, ValueError, IndexError):
        return False


def due_time(text: str) -> datetime:
    """16:35 (today) or 2026-12-01 16:35, as the clock of this server."""
    try:
        return datetime.fromisoformat(
            text if len(text) > 5 else
            f"{datetime.now().astimezone():%Y-%m-%d} {text}").astimezone()
    except ValueError:
        raise ClassroomError(f"--due {text} is not a time. Write it like "
                             "16:35 or '2026-12-01 16:35'.") from None


def address(port: int) -> str:
    """Where trainees find the room: this server in its own network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # sends nothing; RFC 5737
            host = asked.getsockname()[0]
        except OSError:
            host = socket.gethostname()
    return f"http://{host}:{port}"


def steps(room: Room, trainees: list[Trainee]) -> Iterator[str]:
    """The plan, one sentence per step."""
    new = accounts.missing(room, trainees)
    if new:
        yield (f"make {_accounts(len(new), 'Linux ')}, with homes in "
               f"{room.homes}: "
               + ", ".join(one.user for one in new))
    if len(new) < len(trainees):
        yield (f"keep {_accounts(len(trainees) - len(new))} that it made "
               "before, with all work")
    if room.root.stat().st_mode & 0o077:
        yield (f"close the course's folder {room.root} to all other "
               "accounts of this server (chmod go-rwx): it holds solutions "
               "and marks")
    python = layout.python_for_all(room.venv)
    if not layout.is_copied(room):
        yield (f"copy the packages to {room.env} (links, if it is the same "
               f"disk; else 1.7 GB), to run with {python}")
    yield (f"copy lessons and data to {room.course}, for all to read: no "
           "solutions, hidden tests, marks or grading")
    yield (f"release {', '.join(room.days)} to each trainee, in a box of "
           f"nbgrader's exchange below {room.exchange} that the others "
           "cannot open")
    yield "put lessons and exercises into each home; no file is overwritten"
    yield f"write the access codes to {room.folder}/codes.html and .pdf"
    yield (f"start JupyterHub at {address(room.port)} for this network (not "
           f"encrypted), with ports {room.port + 1} and {room.port + 2} for "
           "itself")
    yield f"limit each trainee: {memory.described(memory.home())}"


def _accounts(count, kind=""):
    return f"{count} {kind}account{'' if count == 1 else 's'}"


def warnings(trainees: list[Trainee]) -> Iterator[str]:
    """What may go wrong, and is no fault."""
    need = 1 + len(trainees) * memory.WORKING
    has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30
    if need > has:
        yield (f"{len(trainees)} trainees who work together need about "
               f"{need:.0f} GB of memory; this server has {has:.0f} GB.")
    capital = [one.row for one in trainees if one.renamed]
    if capital:
        yield (f"{len(capital)} codes have capitals; the accounts and the "
               "folders in submitted/ have small letters.")
