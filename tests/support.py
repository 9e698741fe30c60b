"""What tests share that is no fixture: where things are, what is there."""

import contextlib
import functools
import http.server
import importlib.util
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"  # official rules; the course ships none
PICTURES = ROOT / "test-output"  # what a person may look at afterwards


def needs(program: str) -> str:
    """The program's path. A user's machine may lack it: then the test is
    skipped by name. CI installs it: there its absence is a failure.
    """
    path = shutil.which(program)
    if path:
        return path
    return absent(program)


def absent(what: str) -> str:
    """Skips a test by name; in CI, fails it."""
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    return missing(f"{what} is not on this machine")


def needs_postgis() -> None:
    """As `needs`, for PostgreSQL with PostGIS."""
    from helpers import postgis  # loads geopandas
    if not postgis.installed():
        needs("PostgreSQL with PostGIS")


def no_network() -> list[str]:
    """Words to put before a command that runs without any network but the
    loopback: a network namespace of its own. Empty where bubblewrap lacks;
    tests/repository/test_offline.py proves that it cuts.
    """
    bwrap = shutil.which("bwrap")
    return [bwrap, "--dev-bind", "/", "/", "--unshare-net",
            "--die-with-parent"] if bwrap else []


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of its files, on the loopback."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def programs_that_name(folder: Path) -> list[str]:
    """Command lines of running programs that mention a folder."""
    lines = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True,
                           text=True, check=True).stdout.splitlines()
    return [line for line in lines if str(folder) in line]


def in_time(question, seconds=30) -> bool:
    """Does the question become true within some seconds?"""
    end = time.monotonic() + seconds
    while not question() and time.monotonic() < end:
        time.sleep(0.1)
    return question()


def in_course(course: Path) -> dict[str, str]:
    """The environment in which `python -m commands` is the copy's own."""
    return os.environ | {"PYTHONPATH": str(course), "PYTHONUTF8": "1"}


def start_module():
    """start.py as a module, to ask its functions."""
    spec = importlib.util.spec_from_file_location(
        "start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy_of_the_course(folder: Path) -> Path:
    """The files of the course as they are committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder
