"""The arena: a batch of submissions is graded, and the outside watched.

`grade` hands in what it is given between honest neighbours, grades the lot
with the engine (or, as `plain`, with nbgrader alone) in a process of its own
and tells all that happened: scores, reasons, files, processes, connections,
secrets that were published. Linux only.

Plain nbgrader gives a notebook all the instructor's rights, so plain runs
are locked up here: bubblewrap with a read-only machine, limits of memory and
file size, and a time after which everything is killed.
"""

import ast
import base64
import contextlib
import dataclasses
import html
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.data import ROOT

from . import course, watch
from .course import DAY

FIRST, LAST = "a-honest", "z-honest"

WRITES = ("exercises", "autograded", "feedback", "reports", "gradebook.db")
SECONDS_PLAIN = 150  # and for each submission:
SECONDS_A_SUBMISSION = 15
ESCAPED = "escaped-from-"  # how a file is called that must not exist
PASSWORD = "password-of-the-gradebook"  # in the instructor's environment
FORK_SERVER = ROOT / "commands" / "grading" / "cage" / "forkserver"
ENGINE = tuple(filter(None, (  # how modules begin that no submission may read
    (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split(
        "\n")[0] for file in (ROOT / "commands").rglob("*.py")
    if FORK_SERVER not in file.parents)))  # its parent: it may read this
SECRETS = (course.SOLUTION_SECRET, course.NEIGHBOUR_SECRET, FIRST, PASSWORD,
           *ENGINE)


@dataclass(frozen=True)
class World:
    """What a hostile trainee may know: the worst case is that she knows
    every path and port."""
    root: Path
    port: int
    student: str = ""

    @property
    def home(self) -> Path:
        return self.root.parent / "home"

    @property
    def tmp(self) -> Path:
        return self.root.parent / "tmp"

    @property
    def runtime(self) -> Path:
        return self.root.parent / "runtime"

    def fill(self, code: str) -> str:
        """Replace @ROOT@, @PORT@ … in the code of a submission."""
        for name in ("root", "port", "student", "home", "tmp", "runtime"):
            code = code.replace(f"@{name.upper()}@", str(getattr(self, name)))
        return code.replace("@ESCAPED@", ESCAPED)


@dataclass
class Result:
    """What one student got, and what came out of the notebook."""
    student: str
    score: float = 0
    graded: bool = False
    reasons: list[str] = field(default_factory=list)
    tasks: dict = field(default_factory=dict)   # grade id → points or None
    findings: dict = field(default_factory=dict)  # … → what the check found
    page: str = ""        # the feedback page
    published: list[str] = field(default_factory=list)  # secrets in it
    escaped: list[str] = field(default_factory=list)    # files outside
    called: list[str] = field(default_factory=list)     # connections
    megabytes: float = 0  # kept on the disk

    @property
    def says(self) -> str:
        return "; ".join(self.reasons)


@dataclass
class Outcome:
    """What a batch gave, and what it left."""
    root: Path
    finished: bool = False
    seconds: float = 0
    error: str = ""
    results: dict[str, Result] = field(default_factory=dict)
    gradebook: dict[str, float] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)   # processes
    most: int = 0         # processes at the same time
    megabytes: float = 0  # the memory of the biggest process


def grade(folder: Path, submissions: dict[str, Callable],
          kind: str = "engine", seconds: float = 300,
          limits: dict | None = None,
          also: Callable | None = None) -> Outcome:
    """Grade honest work and, between, the submissions.

    folder: an empty one. submissions: student → a function of (exercise,
    world) that writes into world's submitted/<student>/. kind: "engine" or
    "plain". limits: of the engine, by name. also: a function of the course's
    folder that adds a second exercise to the day.
    """
    world = _world(folder)
    if also:
        also(world.root)
    if kind == "plain":
        with (world.root / "nbgrader_config.py").open("a") as settings:
            settings.write("\nc.Execute.timeout = 10\n")
    with Listener(world) as listener:
        world = dataclasses.replace(world, port=listener.port)
        exercise = course.blank(world.root)
        for student in (FIRST, LAST):
            course.hand_in(world.root, student, course.neighbour(exercise))
        for student, submit in submissions.items():
            submit(exercise, dataclasses.replace(world, student=student))
        before = _contents(world)
        outcome = Outcome(world.root, **_watched(kind, world, seconds,
                                                 limits))
        outcome.changed = _differences(before, _contents(world))
        outcome.gradebook = _gradebook(world.root)
        for student in (FIRST, *submissions, LAST):
            _look(outcome, world, student, listener)
    return outcome


def _world(folder):
    world = World(folder / "course", 0)
    course.make(world.root)
    for place in (world.home, world.tmp, world.runtime):
        place.mkdir()
    (world.home / ".profile").write_text("# the instructor's own\n")
    return world


def _contents(world):
    """All that no submission may change."""
    files = [file for file in world.root.rglob("*") if file.is_file()
             and file.relative_to(world.root).parts[0] not in WRITES]
    return {str(file.relative_to(world.root.parent)): file.read_bytes()
            for file in [*files, world.home / ".profile"]
            if file.is_file() and not file.is_symlink()}


def _differences(before, after):
    return sorted(name for name in before.keys() | after.keys()
                  if before.get(name) != after.get(name))


def _gradebook(root):
    """student → automatic points in gradebook.db."""
    file = root / "gradebook.db"
    if not file.is_file():
        return {}
    with contextlib.closing(sqlite3.connect(file)) as book:
        try:
            return dict(book.execute(
                "SELECT a.student_id, COALESCE(SUM(auto_score), 0) "
                "FROM grade g JOIN submitted_notebook n "
                "ON n.id = g.notebook_id "
                "JOIN submitted_assignment a ON a.id = n.assignment_id "
                "GROUP BY a.student_id"))
        except sqlite3.Error as error:
            return {"unreadable": str(error)}


def _look(outcome, world, student, listener):
    """Add to a student's result what is to be seen outside."""
    result = outcome.results.setdefault(student, Result(student))
    if outcome.gradebook and not result.tasks:  # plain
        result.score = outcome.gradebook.get(student, 0)
    pages = (world.root / "feedback" / student / DAY).glob("*.html")
    graded = (world.root / "autograded" / student / DAY).glob("*.ipynb")
    result.page = "\n".join(page.read_text(
        encoding="utf-8", errors="replace") for page in sorted(pages))
    result.published += published(result.page, [course.HIDDEN_SECRET])
    if student not in (FIRST, LAST):
        for text in (result.page, *map(_outputs, graded)):
            result.published += published(text, SECRETS)
        result.published = sorted(set(result.published))
    result.escaped = [str(file) for place in places(world)
                      for file in [Path(place, ESCAPED + student)]
                      if file.exists()]
    for file in result.escaped:
        Path(file).unlink()
    result.called = [call for call in listener.calls if student in call]
    result.megabytes = sum(
        file.stat().st_size for kind in ("autograded", "feedback")
        for file in (world.root / kind / student).rglob("*")
        if file.is_file()) / 1e6


def places(world: World) -> list[str]:
    """Folders where a submission might try to write."""
    return [str(place) for place in (
        world.root, world.root / "solutions" / DAY, world.root / "submitted",
        world.home, world.tmp, world.runtime, ROOT / "helpers", sys.prefix,
        "/tmp", "/var/tmp", "/dev/shm")]


def published(text: str, secrets) -> list[str]:
    """Those secrets that the text holds: as they are, backwards, or in
    base64 or hexadecimal; also where a line was wrapped, or has tags."""
    readable = [text, text[::-1]]
    joined = re.sub(r"<[^>]*>|\s|\\n", "", text)
    for run in set(re.findall(r"[A-Za-z0-9+/]{24,}", f"{text}\0{joined}")):
        for start in range(4):
            part = run[start:]
            with contextlib.suppress(ValueError):
                readable.append(base64.b64decode(
                    part[:len(part) // 4 * 4]).decode("latin-1"))
        with contextlib.suppress(ValueError):
            readable.append(bytes.fromhex(
                run[:len(run) // 2 * 2]).decode("latin-1"))
    plain = html.unescape("\n".join(readable))
    return [secret for secret in secrets if secret in plain]


def _outputs(notebook):
    """All that the cells of an autograded notebook put out, as text."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return json.dumps([cell.get("outputs") for cell in cells])


class Listener:
    """Somebody who listens on this machine, and notes who calls.

    TCP, UDP and an abstract Unix socket; and, beside real ones, a kernel's
    connection file that leads here.
    """

    def __init__(self, world: World):
        self.world, self.calls, self._sockets = world, [], []

    def __enter__(self):
        tcp = self._open(socket.AF_INET, socket.SOCK_STREAM,
                         ("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        self._open(socket.AF_INET, socket.SOCK_DGRAM,
                   ("127.0.0.1", self.port))
        self._open(socket.AF_UNIX, socket.SOCK_STREAM,
                   f"\0canary-{self.port}")
        (self.world.runtime / "kernel-of-a-neighbour.json").write_text(
            json.dumps({"ip": "127.0.0.1", "transport": "tcp",
                        "shell_port": self.port, "signature_scheme":
                        "hmac-sha256", "key": course.NEIGHBOUR_SECRET}))
        return self

    def __exit__(self, *error):
        for one in self._sockets:
            one.close()

    def _open(self, family, kind, address):
        one = socket.socket(family, kind)
        one.bind(address)
        if kind == socket.SOCK_STREAM:
            one.listen(64)
        one.settimeout(0.2)
        self._sockets.append(one)
        threading.Thread(target=self._listen, args=(one, kind),
                         daemon=True).start()
        return one

    def _listen(self, one, kind):
        while one.fileno() != -1:
            with contextlib.suppress(OSError):
                if kind == socket.SOCK_DGRAM:
                    said = one.recv(2000)
                else:
                    caller, _ = one.accept()
                    with caller:
                        caller.settimeout(1)
                        said = b"(no word)"
                        with contextlib.suppress(OSError):
                            said = caller.recv(2000)
                self.calls.append(said.decode("latin-1"))


# --- the process that watches ----------------------------------------------

def _watched(kind, world, seconds, limits):
    """Run a batch in a process that watches it (`watch`). Returns what it
    tells."""
    told = world.root.parent / "told.json"
    command = [sys.executable, "-m", watch.__name__, kind,
               str(world.root), str(seconds), json.dumps(limits or {})]
    if kind == "plain":
        command = _chamber(world.root.parent) + command
    environment = os.environ | {
        "HOME": str(world.home), "TMPDIR": str(world.tmp),
        "JUPYTER_RUNTIME_DIR": str(world.runtime),
        "GRADEBOOK_PASSWORD": PASSWORD,
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=ROOT, env=environment,
                   stdin=subprocess.DEVNULL, check=False)
    result = json.loads(told.read_text("utf-8")) if told.is_file() else {
        "error": "the process that watches did not come to its end"}
    result["results"] = {one["student"]: Result(**one)
                         for one in result.get("results", [])}
    return result


def _chamber(folder):
    """Words before a command that lock it up: the machine is read-only but
    for the folder, and all that it leaves is killed."""
    return [shutil.which("bwrap"), "--ro-bind", "/", "/", "--dev", "/dev",
            "--proc", "/proc", "--size", str(64 << 20), "--tmpfs", "/tmp",
            "--size", str(64 << 20), "--tmpfs", "/dev/shm",
            "--ro-bind", str(ROOT), str(ROOT),
            "--bind", str(folder), str(folder), "--unshare-pid",
            "--die-with-parent", "--new-session"]


def scratch() -> Path:
    """An empty folder for one batch, outside the course."""
    return Path(tempfile.mkdtemp(prefix="arena-"))
