"""A real JupyterLab on a copy of the course, and tabs of a browser."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.jupyterlab.browser import (
    TOKEN,
    count_runs,
    open_notebook,
    run_all,
)
from tests.support import ROOT, in_course


@pytest.fixture(scope="session")
def lab(course, request, tmp_path_factory):
    """The address of JupyterLab as `lab` starts it, on the copy, which has
    the page of session 1.3, if npm can build it. One setting
    differs: every cell is drawn at once, also one that is far from what is
    seen, so that a test can find it and knows whether it still waits."""
    settings = tmp_path_factory.mktemp("settings")
    tracker = settings / "@jupyterlab" / "notebook-extension"
    tracker.mkdir(parents=True)
    (tracker / "tracker.jupyterlab-settings").write_text(
        '{"windowingMode": "none"}')
    if shutil.which("npm"):
        page = request.getfixturevalue("form_page")
        built = course / page.parent.relative_to(ROOT)
        built.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, built)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = ["--allow-root"] if os.name == "posix" and os.getuid() == 0 else []
    with (course / "lab.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "commands", "lab", "--", "--no-browser",
             f"--port={port}", f"--ServerApp.token={TOKEN}", *root],
            cwd=course, stdout=log, stderr=log, env=in_course(course) | {
                "JUPYTERLAB_SETTINGS_DIR": str(settings)})
    url = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{url}/api?token={TOKEN}").close()
            break
        except OSError:
            assert process.poll() is None, (course / "lab.log").read_text()
            time.sleep(0.5)
    yield url
    process.terminate()
    process.wait(30)


@pytest.fixture
def tab(chromium, lab):
    """A browser tab that remembers requests to other servers."""
    with new_tab(chromium, lab) as page:
        yield page


@pytest.fixture(scope="module")
def lesson(request, chromium, lab):
    """The module's LESSON, opened and run from top to bottom, once for its
    tests."""
    with new_tab(chromium, lab) as page:
        open_notebook(page, lab, request.module.LESSON)
        run_all(page)
        yield page


@contextlib.contextmanager
def new_tab(chromium, lab):
    """A tab; at its end it has asked no other server."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.strangers, page.errors = [], []
    page.on("request", lambda request: not request.url.startswith(
        (lab, "data:", "blob:", "about:"))
        and page.strangers.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    count_runs(page)
    page.set_default_timeout(60_000)
    yield page
    context.close()
    assert page.strangers == []
