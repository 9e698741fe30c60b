"""A real training room for a test: it removes whatever it made."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from commands.classroom import memory, plan
from commands.classroom.room import Room
from tests.commands.classroom.browser import Browser
from tests.support import absent, copy_of_the_course, in_course, in_time

PREFIX = "zzcls"  # no real account begins so
DAY = "day1_production"
LONGEST = 300  # seconds until a hub answers, beside other work


def needed():
    """A class of real accounts needs these; otherwise skipped by name."""
    if not sys.platform.startswith("linux") or os.geteuid():
        absent("root on Linux")
    try:
        plan.proxy()
    except plan.ClassroomError:
        absent(plan.PROXY)


@contextlib.contextmanager
def room(trainees: int):
    """A room with so many trainees, running."""
    needed()
    folder = Path(tempfile.mkdtemp(prefix="classroom-"))
    folder.chmod(0o755)
    users = [f"{PREFIX}{os.getpid() % 100000}-{number}"
             for number in range(trainees)]
    opened = Running(folder, users)
    try:
        opened.start()
        yield opened
    finally:
        opened.remove()


class Running:
    """The command, in a copy of the course, and what a trainer does."""

    def __init__(self, folder: Path, users: list[str]):
        self.users, self.folder = users, folder
        self.course = copy_of_the_course(folder / "copy")
        self.room = Room(folder / "room", _port(), self.course)
        self.roster = folder / "trainees.csv"
        self.roster.write_text("code,name\n" + "".join(
            f"{user.upper()},Fictional {user}\n" for user in users))
        self.process = None
        self.log = folder / "log.txt"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.room.port}"

    @property
    def codes(self) -> dict[str, str]:
        return json.loads((self.room.hub / "codes.json").read_text())

    def command(self, *words) -> subprocess.CompletedProcess:
        return subprocess.run(self._words(*words), cwd=self.course,
                              env=in_course(self.course), text=True,
                              capture_output=True)

    def start(self) -> None:
        """Open the room; returns when the hub answers."""
        self.log.unlink(missing_ok=True)
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self._words(
                "classroom", "--trainees", str(self.roster), "--folder",
                str(self.room.folder), "--port", str(self.room.port),
                "--due", "2026-12-01 16:35"), cwd=self.course,
                env=in_course(self.course), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True)
        assert in_time(lambda: self._answers() or self.process.poll()
                       is not None, LONGEST), self.log.read_text()
        assert self.process.poll() is None, self.log.read_text()

    def stop(self) -> int:
        """As Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(LONGEST)

    def kill(self) -> None:
        """The power of the hub fails; proxy and servers go on."""
        self.process.kill()
        self.process.wait()

    def browser(self, user: str) -> Browser:
        return Browser(self.address, user, self.codes[user])

    def as_trainee(self, user: str, code: str) -> str:
        """Run Python code with a trainee's rights; what it printed."""
        return subprocess.run(
            ["runuser", "-u", user, "--", self.room.env / "bin" / "python",
             "-c", code], cwd="/", text=True, check=True,
            capture_output=True).stdout

    def programs(self) -> list[int]:
        """The ids of the trainees' processes."""
        uids = {one.pw_uid for one in pwd.getpwall()
                if one.pw_name in self.users}
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if entry.stat().st_uid in uids:
                    found.append(int(entry.name))
        return found

    def remove(self) -> None:
        """All processes, accounts and folders."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self.room.hub / "proxy.pid").read_text().split()[0]),
                    signal.SIGKILL)

        def none_left():
            for number in self.programs():
                with contextlib.suppress(OSError):
                    os.kill(number, signal.SIGKILL)
            return not self.programs()
        in_time(none_left)
        for user in self.users:
            subprocess.run(["userdel", user], capture_output=True)
            group = memory.home()
            with contextlib.suppress(OSError):
                if group:
                    (group / user).rmdir()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _words(self, *words):
        return [sys.executable, "-m", "commands", *words]

    def _answers(self):
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", self.room.port)) == 0 and (
                "JupyterHub is now running" in self.log.read_text())


def _port():
    """The first of three free ports."""
    for port in range(18000 + os.getpid() % 1000 * 10, 60000, 10):
        with contextlib.ExitStack() as stack:
            try:
                for number in range(port, port + 3):
                    stack.enter_context(socket.socket()).bind(("", number))
            except OSError:
                continue
            return port
    raise OSError("no free ports")
