"""Fixtures that tests share."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from tests.support import (
    copy_of_the_course,
    in_course,
    needs,
    no_network,
    served,
)

# Expected seconds of the slowest groups (a file, or a part of one), so that
# the longest begin first: `start.py test` prints what is slow. The book is
# built by test_documents; its pages come later, so that nobody waits for it.
SECONDS: dict[str, int] = {
    "repository/test_documents.py": 400, "repository/test_dependencies.py":
    90, "commands/test_start.py": 100, "jupyterlab": 300,
    "commands/classroom/test_room.py": 90,
    "commands/grading/test_hostile.py": 170,
    "commands/grading/test_grade.py": 60, "commands/test_cli.py": 60,
    "commands/book/test_pages.py": 200, "commands/book/test_to_take_away.py":
    50, "commands/grading/test_broken.py": 40, "repository/test_lint.py": 30,
    "notebooks/test_any_world.py": 60,
    "notebooks/test_complete_pass.py": 60,
    "commands/lab/test_form_page.py": 30, "repository/test_offline.py": 20}


def pytest_collection_modifyitems(items):
    """Long groups first."""
    items.sort(key=lambda item: -SECONDS.get(group_of(item.nodeid), 0))


def pytest_xdist_make_scheduler(config, log):
    """Tests that share a fixture stay on one worker. (xdist's own
    --dist=loadgroup writes the group into a test's name, which pytest 9
    does not let it do.)"""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)
    return Scheduler(config, log)


def group_of(nodeid: str) -> str:
    """A file is a group, unless its tests share less than a module."""
    file, _, test = nodeid.removeprefix("tests/").partition("::")
    if file.startswith("jupyterlab/"):  # one server
        return "jupyterlab"
    solution = re.search(r"\[.*\b(e\d\d|c\d)_", test)
    if solution and file.startswith("notebooks/"):  # one kernel for each
        return f"{file} {solution[1]}"
    if test.startswith("TestEachPage"):  # one book, read by both workers
        page = test.partition("[")[2]
        return f"{file} {len(page) % 2}"
    return file


@pytest.fixture(scope="session")
def kernels(warm):
    """A class of kernel managers: warm kernels that begin at once, without
    a sandbox, in the notebook's own folder. None on systems that cannot
    fork: then ordinary kernels are used."""
    return warm and warm.manager()


@pytest.fixture(scope="session")
def warm():
    """Warm kernels and checkers, without a sandbox; None on systems that
    cannot fork."""
    from commands.grading.cage.kernels import WarmKernels
    if not WarmKernels.possible:
        yield None
        return
    with WarmKernels() as warm:
        warm.learn(["ipykernel.kernelapp", "IPython.core.ultratb", "debugpy",
                    "geopandas", "pandas", "pyproj", "folium", "ipywidgets",
                    "matplotlib.pyplot", "helpers.check", "helpers.explore",
                    "helpers.maps", "helpers.data"])
        yield warm


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Path:
    """A copy of the course as it is committed or about to be, so that no
    test changes the course itself; one for each worker."""
    return copy_of_the_course(tmp_path_factory.mktemp("copy") / "course")


@pytest.fixture(scope="session")
def book(tmp_path_factory, worker_id) -> Path:
    """The book, built once for all workers, with the network cut: the
    folder of its pages."""
    def build(folder):
        course = copy_of_the_course(folder / "course")
        done = subprocess.run(
            [*no_network(), sys.executable, "-m", "commands", "book"],
            cwd=course, env=in_course(course), capture_output=True,
            text=True)
        (folder / "said.txt").write_text(done.stdout + done.stderr)
        (folder / "code.txt").write_text(str(done.returncode))

    folder = made_once(tmp_path_factory, worker_id, "book", build)
    assert (folder / "code.txt").read_text() == "0", (
        folder / "said.txt").read_text()
    return folder / "course" / "_build" / "html"


def made_once(tmp_path_factory, worker_id: str, name: str, make) -> Path:
    """A folder that the first worker fills with make(folder), while the
    others that ask for it wait."""
    base = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        base = base.parent  # all workers have it
    folder, done = base / f"shared-{name}", base / f"shared-{name}.done"
    with filelock.FileLock(f"{folder}.lock"):
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def form_page(tmp_path_factory, worker_id) -> Path:
    """The page of session 1.3 without a form, built once from npm."""
    from commands.lab import form_page
    needs("node"), needs("npm")
    made_once(tmp_path_factory, worker_id, "form",
              lambda _: form_page.build())
    return form_page.build()  # it is there


@pytest.fixture(scope="session")
def book_url(book):
    """The book, served on the loopback."""
    with served(book) as address:
        yield address


@pytest.fixture
def shown(monkeypatch):
    """What an explorer displays, without a screen."""
    import IPython.display
    import matplotlib.pyplot as plt
    displayed = []
    monkeypatch.setattr(IPython.display, "display", displayed.append)
    monkeypatch.setattr(plt, "show", lambda: None)
    yield displayed
    plt.close("all")


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, headless, driven by playwright."""
    from playwright.sync_api import expect, sync_playwright
    expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
    program = next(filter(None, map(shutil.which, (
        "chromium", "chromium-browser", "google-chrome", "chrome",
        "msedge"))), None) or needs("chromium")
    flags = ["--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--no-first-run"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        flags.append("--no-sandbox")  # Chromium's own refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=flags)
        yield browser
        browser.close()
