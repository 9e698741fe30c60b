"""`lab`: JupyterLab opens everywhere, as root and without a browser too."""

import os
import queue
import signal
import subprocess
import sys
import threading
import types
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from commands import lab
from commands.lab import address
from tests.support import in_course, needs

pytestmark = pytest.mark.slow
LOOPBACK = ["0100007F", f"{1 << 24:032X}"]  # 127.0.0.1 and ::1
NO_DISPLAY = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}


class Screen:
    """What a program says, line by line, while it runs."""

    def __init__(self, process):
        self.lines, self._new = [], queue.Queue()
        threading.Thread(target=self._read, args=[process.stdout],
                         daemon=True).start()

    def wait_for(self, words: str, seconds: float = 120) -> str:
        """The first new line that holds these words."""
        while words not in self.next(seconds):
            pass
        return self.lines[-1]

    def next(self, seconds: float) -> str:
        line = self._new.get(timeout=seconds)
        assert line, "it has ended:\n" + "\n".join(self.lines)
        self.lines.append(line.strip())
        return self.lines[-1]

    def rest(self, seconds: float) -> list[str]:
        """Lines that come until nothing has come for so long."""
        try:
            while True:
                self.next(seconds)
        except queue.Empty:
            return self.lines

    def _read(self, stream):
        for line in stream:
            self._new.put(line)
        self._new.put("")


def listening(port: int) -> set[str]:
    """Local addresses, as Linux writes them, on which this port listens."""
    lines = [line.split() for name in ("tcp", "tcp6")
             for line in Path("/proc/net", name).read_text().splitlines()]
    return {words[1].partition(":")[0] for words in lines
            if words[1].endswith(f":{port:04X}") and words[3] == "0A"}


def as_root() -> list[str]:
    """Words to put before a command that runs as root."""
    if os.geteuid() == 0:
        return []
    return [needs("bwrap"), "--dev-bind", "/", "/", "--unshare-user",
            "--uid", "0", "--gid", "0", "--die-with-parent"]


@pytest.fixture(scope="module")
def started(course):
    """JupyterLab, started as root where no browser can open: its process,
    its screen and the address that it says."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("this test looks into Linux's /proc")
    process = subprocess.Popen(
        [*as_root(), sys.executable, "-m", "commands", "lab"], cwd=course,
        env=in_course(course) | NO_DISPLAY, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    screen = Screen(process)
    try:
        screen.wait_for("JupyterLab is ready. Open this address")
        yield process, screen, screen.wait_for("http://")
    finally:
        process.terminate()
        process.wait(30)


def test_root_is_told_in_a_sentence(started):
    _, screen, _ = started
    assert ("You are root: JupyterLab and each notebook run with all rights "
            "on this machine.") in screen.lines


def test_the_address_is_the_last_thing_on_the_screen(started):
    _, screen, url = started
    said = [line for line in screen.rest(seconds=3) if line]
    assert said[-1] == url
    assert url.startswith("http://127.0.0.1:") and "?token=" in url


def test_jupyterlab_listens_on_the_loopback_and_asks_for_its_token(started):
    _, _, url = started
    server, _, rest = url.partition("/lab")
    token = rest.partition("?token=")[2]
    addresses = listening(int(server.rpartition(":")[2]))
    assert LOOPBACK[0] in addresses and addresses <= {*LOOPBACK}
    contents = f"{server}/api/contents"
    with urllib.request.urlopen(f"{contents}?token={token}") as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(contents)


def test_the_address_opens_the_welcome_page(started, chromium):
    _, _, url = started
    tab = chromium.new_page()
    tab.goto(url)
    tab.get_by_role("heading", name="Open geographic data in four days"
                    ).first.wait_for(timeout=60_000)
    tab.close()


def test_a_signal_ends_jupyterlab_not_only_its_parent(started):
    process, _, url = started
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(url)


# --- which options ---------------------------------------------------------

@pytest.mark.parametrize("user, allowed", [(0, True), (1000, False)])
def test_only_root_is_allowed_to_be_root(monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    assert ("--allow-root" in lab.options()) == allowed


@pytest.mark.parametrize("system, screen, installed, opens", [
    ("linux", {}, True, False),
    ("linux", {"DISPLAY": ":0"}, True, True),
    ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True, True),
    ("linux", {"BROWSER": "/of/an/editor"}, True, True),
    ("linux", {"DISPLAY": ":0"}, False, False),
    ("darwin", {}, True, True)])
def test_a_browser_is_opened_where_one_can_be(monkeypatch, system, screen,
                                              installed, opens):
    def get():
        if not installed:
            raise lab.webbrowser.Error("could not locate runnable browser")
    for name, value in (NO_DISPLAY | screen).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(lab.webbrowser, "get", get)
    assert ("--no-browser" not in lab.options()) == opens


@pytest.mark.parametrize("url, said", [
    ("http://127.0.0.1:8888/lab?token=ab12", "/lab?token=ab12\n"),
    ("http://127.0.0.1:8888/lab?token=...", "/lab\n")])
def test_a_token_that_the_user_has_chosen_is_not_said(capsys, url, said):
    address.say_address(types.SimpleNamespace(local_url=url))
    assert said in capsys.readouterr().out
