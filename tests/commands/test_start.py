"""start.py, the one entry: what it sets up, what it repairs and what it says.

Each test has a course of its own: start.py as it is, with a commands package, a pyproject.toml and
packages so small that a setup takes seconds and no network.
"""

import ast
import base64
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.support import ROOT, needs

START = ROOT / "start.py"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins here are for Linux and macOS")

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "course"
version = "1.0"
"""

# Stands in for hatchling, which would need a network, and counts how often pip came by.
BACKEND = '''
import os, time
from zipfile import ZipFile

def build_editable(folder, settings=None, metadata=None):
    with open("builds.txt", "a") as builds:
        builds.write("built\\n")
    if os.path.exists("slow"):
        time.sleep(60)
    with ZipFile(os.path.join(folder, "course-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("course.pth", os.getcwd() + "\\n")
        info = "course-1.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: course\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return "course-1.0-py3-none-any.whl"
'''

# Tells in JSON what it was given; "exit N" ends with N.
COMMANDS = """
import json, os, sys
from importlib import metadata
arguments = sys.argv[1:]
if arguments[0] == "exit":
    sys.exit(int(arguments[1]))
told = {"arguments": arguments, "folder": os.getcwd(), "package": __file__, "python": sys.executable,
        "environment": dict(os.environ), "tiny": metadata.version("tiny")}
if arguments[0] == "read":
    told["text"] = open(arguments[1]).read()
print(json.dumps(told))
"""


def make_wheel(folder: Path, name: str, version: str, size: int = 0) -> None:
    """A package with one module; size in bytes, which take next to nothing while packed."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": b"#" * size,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},"
        f"{len(data)}\n" for path, data in files.items())
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")


class Course:
    """A folder with a small course, and ways to start it."""

    def __init__(self, parent: Path):
        self.folder = parent / "école du jour"
        self.elsewhere = parent / "some where else"
        self.wheels = parent / "wheels"
        for path in (self.folder / "commands", self.elsewhere, self.wheels):
            path.mkdir(parents=True)
        shutil.copy(START, self.folder)
        self.write("pyproject.toml", PYPROJECT)
        self.write("backend.py", BACKEND)
        self.write("commands/__init__.py", "")
        self.write("commands/__main__.py", COMMANDS)
        self.write("requirements.txt", "tiny==1.0\n")
        for version in ("1.0", "2.0"):
            make_wheel(self.wheels, "tiny", version)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
        self.environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels),
                             "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def builds(self) -> int:
        """How many times pip installed the course."""
        path = self.folder / "builds.txt"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def command(self, *arguments: str, before: str = "", python: str = sys.executable) -> list[str]:
        """The command that starts it; `before` is Python code that changes what start.py meets."""
        start = str(self.folder / "start.py")
        if not before:
            return [python, start, *arguments]
        code = f"import runpy, sys; sys.argv = {[start, *arguments]!r}\n{before}\n"
        return [python, "-c", code + f"runpy.run_path({start!r}, run_name='__main__')"]

    def start(self, *arguments: str, cwd: Path | None = None, inside: list[str] = [], **options):
        environment = self.environment | options.pop("environment", {})
        return subprocess.run(
            [*inside, *self.command(*arguments, **options)], cwd=cwd or self.elsewhere,
            env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120)

    def told(self, *arguments: str, **options) -> dict:
        """What the command was given, where it must have been reached."""
        done = self.start(*(arguments or ("tell",)), **options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def sentence(self, *arguments: str, **options) -> str:
        """The last thing said, where the start must fail: with exit code 1 and no traceback."""
        done = self.start(*(arguments or ("tell",)), **options)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        assert done.stdout == ""
        return done.stderr.strip().splitlines()[-1]


@pytest.fixture
def course(tmp_path):
    """Nothing set up yet."""
    return Course(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Set up once; for tests that change nothing."""
    course = Course(tmp_path_factory.mktemp("ready"))
    course.told()
    return course


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


# The file

def test_file_is_short_and_needs_nothing():
    source = START.read_text("utf-8")
    assert len(source.splitlines()) < 100
    assert source.isascii(), "Python 2.7 refuses other letters"
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or ".").split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_versions_are_those_of_pyproject():
    import tomllib

    from packaging.specifiers import SpecifierSet

    range_ = SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"])
    for minor in range(6, 20):
        fits = 3_011 <= 3_000 + minor <= 3_013
        assert (f"3.{minor}" in range_) == fits
    source = START.read_text("utf-8")
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in source and "3.11, 3.12 or 3.13" in source


# Which Python

def old_pythons() -> list[str]:
    """Pythons from before 3.11 on this machine: on PATH, or kept by pyenv."""
    names = ["python2.7", *(f"python3.{minor}" for minor in range(4, 11))]
    found = [shutil.which(name) for name in names]
    found += map(str, Path.home().glob(".pyenv/versions/*/bin/python"))
    old = []
    for python in filter(None, found):
        asked = subprocess.run([python, "-c", "import sys; print(sys.version_info < (3, 11))"], capture_output=True)
        if asked.stdout.strip() == b"True":
            old.append(python)
    return old


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 14)])
def test_unfit_python_is_told_which_to_install(course, version):
    before = f"sys.version_info = {version} + (0, 'final', 0)"
    said = course.sentence(before=before, environment={"PATH": str(course.elsewhere)})
    assert "Python 3.11, 3.12 or 3.13" in said and "%d.%d:" % version in said and "www.python.org" in said
    assert not course.venv.exists()


def test_old_pythons_of_this_machine_read_the_file(course):
    """Whatever old Pythons are here, none included: the test above stands in for them anywhere."""
    for python in old_pythons():
        said = course.sentence(python=python, environment={"PATH": str(course.elsewhere)})
        assert "Python 3.11, 3.12 or 3.13" in said, python


def test_unfit_python_finds_a_fit_one(course):
    """The first name found is an empty shim, as pyenv and the Windows shop have them."""
    programs = course.elsewhere / "programs"
    programs.mkdir()
    (programs / "python3.13").write_text("#!/bin/sh\necho not here\nexit 127\n")
    (programs / "python3.12").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for path in programs.iterdir():
        path.chmod(0o755)
    before = "sys.version_info = (3, 8, 0, 'final', 0)"
    told = course.told("tell", "a b", before=before, environment={"PATH": f"{programs}:/usr/bin:/bin"})
    assert told["arguments"] == ["tell", "a b"]


def test_incomplete_python_is_told_the_package(course):
    said = course.sentence(before="sys.modules['ensurepip'] = None")
    assert "ensurepip" in said and "sudo apt install python3-venv" in said
    assert not course.venv.exists()


# The command

def test_no_command_means_lab(ready):
    done = ready.start()
    assert json.loads(done.stdout)["arguments"] == ["lab"]


def test_arguments_and_folder_arrive_as_given(ready):
    (ready.elsewhere / "my file.txt").write_text("found")
    told = ready.told("read", "my file.txt", "--out", "ça va", "")
    assert told["arguments"] == ["read", "my file.txt", "--out", "ça va", ""]
    assert told["folder"] == str(ready.elsewhere)
    assert told["text"] == "found"


def test_start_py_by_a_relative_path(ready):
    done = subprocess.run([sys.executable, "../école du jour/start.py", "tell"], cwd=ready.elsewhere,
                          env=ready.environment, capture_output=True, text=True)
    assert json.loads(done.stdout)["folder"] == str(ready.elsewhere)


@pytest.mark.parametrize("code", [0, 1, 2, 7])
def test_exit_code_is_passed_on(ready, code):
    assert ready.start("exit", str(code)).returncode == code


def test_files_beside_the_user_do_not_get_in_the_way(ready, tmp_path):
    for name in ("helpers.py", "json.py", "pip.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong file')")
    assert ready.told(cwd=tmp_path)["package"].startswith(str(ready.folder))


def test_settings_of_other_programs_do_not_get_in_the_way(ready, tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong file')")
    foreign = {"PYTHONPATH": str(tmp_path), "PROJ_LIB": "/other", "PROJ_DATA": "/other", "GDAL_DATA": "/other"}
    done = subprocess.run([sys.executable, "-I", str(ready.folder / "start.py"), "tell"], capture_output=True,
                          text=True, env=ready.environment | foreign)
    environment = json.loads(done.stdout)["environment"]
    assert not set(foreign) & set(environment)
    assert environment["PYTHONUTF8"] == "1"
    assert environment["PATH"].split(os.pathsep)[0] == str(ready.venv / "bin")


def test_a_terminated_start_leaves_no_command_behind(ready):
    """Who starts a server with start.py stops the server with it."""
    (ready.elsewhere / "wait.fifo").unlink(missing_ok=True)
    os.mkfifo(ready.elsewhere / "wait.fifo")
    with subprocess.Popen(ready.command("read", "wait.fifo"), cwd=ready.elsewhere, env=ready.environment) as process:
        with open(ready.elsewhere / "wait.fifo", "w"):  # opens once the command reads
            process.terminate()
            assert process.wait(10) == -signal.SIGTERM
            with pytest.raises(OSError):  # nobody reads any more
                os.open(ready.elsewhere / "wait.fifo", os.O_WRONLY | os.O_NONBLOCK)


# Setting up, once

def test_second_start_does_not_install(course):
    first, second = course.start("tell"), course.start("tell")
    assert "1 to 3 minutes" in first.stderr and "of 1 packages" in first.stderr
    assert second.stderr == "" and second.returncode == 0
    assert course.builds == 1


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_changed_list_is_installed(course, name):
    course.told()
    (course.venv / "kept.txt").touch()
    if name == "requirements.txt":
        course.write(name, "tiny==2.0\n")
    else:
        course.write(name, PYPROJECT + 'description = "changed"\n')
    assert course.told()["tiny"] == ("2.0" if name == "requirements.txt" else "1.0")
    course.told()
    assert course.builds == 2
    assert (course.venv / "kept.txt").exists(), "what was there is added to, not made anew"


def test_touched_list_is_not_installed(course):
    course.told()
    for name in ("requirements.txt", "pyproject.toml"):
        os.utime(course.folder / name, (0, 0))
    course.told()
    assert course.builds == 1


def test_terminal_gets_one_line_that_changes(course):
    import pty

    own, theirs = pty.openpty()
    process = subprocess.Popen(course.command("exit", "0"), env=course.environment, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(own, 1000)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        said += part
    os.close(own)
    assert process.wait() == 0
    lines = said.decode().split("\r\n")
    assert len(lines) <= 4 and "\r  fetched " in said.decode(), said


def test_two_starts_at_once_install_once(course):
    both = [subprocess.Popen(course.command("tell"), env=course.environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert json.loads(out)["tiny"] == "1.0"
    assert course.builds == 1


def test_setup_in_a_folder_for_all_to_read(ready):
    """One setup for a class: those who may not write there can start it."""
    read_only = [needs("bwrap"), "--dev-bind", "/", "/", "--ro-bind", str(ready.folder), str(ready.folder)]
    assert ready.told(inside=read_only)["tiny"] == "1.0"


def test_started_by_the_python_it_made(course):
    """As in a terminal where .venv is active."""
    course.told()
    (course.venv / "installed.txt").write_text("")  # as an interrupted setup leaves it
    assert course.told(python=str(course.venv / "bin/python"))["tiny"] == "1.0"


def test_env_made_by_hand_is_kept(course):
    subprocess.run([sys.executable, "-m", "venv", course.venv], check=True)
    (course.venv / "mine.txt").touch()
    assert course.told()["tiny"] == "1.0"
    assert (course.venv / "mine.txt").exists()


# Repairs

@pytest.mark.parametrize("moment", ["making .venv", "running pip"])
def test_killed_setup_is_repaired(course, moment):
    (course.folder / "slow").touch()
    process = subprocess.Popen(course.command("tell"), env=course.environment, start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if moment == "making .venv":
        wait_for(lambda: list(course.venv.glob("lib/*/site-packages/pip/__init__.py")))
    else:
        wait_for(lambda: course.builds)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (course.folder / "slow").unlink()
    (course.venv / "half done.txt").touch()
    assert course.told()["tiny"] == "1.0"
    assert not (course.venv / "half done.txt").exists(), "begun anew, not trusted"


def test_ctrl_c_is_quiet_and_repaired(course):
    (course.folder / "slow").touch()
    process = subprocess.Popen(course.command("tell"), env=course.environment, start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: course.builds)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Stopped. The next start" in err and "Traceback" not in err and out == ""
    (course.folder / "slow").unlink()
    assert course.told()["tiny"] == "1.0"


def damage_python(venv: Path) -> None:
    for path in venv.glob("bin/python*"):
        path.unlink()
        path.symlink_to("/gone/python")


def damage_packages(venv: Path) -> None:
    shutil.rmtree(next(venv.glob("lib/*/site-packages")))


def damage_stamp(venv: Path) -> None:
    (venv / "installed.txt").unlink()
    shutil.rmtree(next(venv.glob("lib/*/site-packages/tiny-1.0.dist-info")))


def damage_all(venv: Path) -> None:
    shutil.rmtree(venv)


@pytest.mark.parametrize("damage", [damage_python, damage_packages, damage_stamp, damage_all])
def test_damaged_env_is_repaired(course, damage):
    course.told()
    damage(course.venv)
    assert course.told()["tiny"] == "1.0"


def test_moved_folder_works(course):
    course.told()
    shutil.copytree(course.folder, course.folder.parent / "left behind", symlinks=True)
    course.folder = course.folder.rename(course.folder.parent / "moved away")
    told = course.told()
    assert told["package"].startswith(str(course.folder)) and told["python"].startswith(str(course.folder))
    pip = subprocess.run([course.venv / "bin/pip", "--version"], capture_output=True, text=True)
    assert str(course.folder) in pip.stdout, "scripts name the new place"
    course.told()
    assert course.builds == 2


# What can go wrong

@pytest.mark.parametrize("retries", ["0", "1"])
def test_no_network(course, retries):
    course.write("requirements.txt", "absent==1.0\n")
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": retries, "PIP_NO_INDEX": "0"}
    said = course.sentence(environment=offline)
    assert "connect to the internet" in said and "HTTPS_PROXY" in said and "start again" in said
    log = said.partition("Details: ")[2]
    assert "absent==1.0" in Path(log).read_text("utf-8")
    make_wheel(course.wheels, "absent", "1.0")
    course.write("requirements.txt", "absent==1.0\ntiny==1.0\n")
    assert course.told()["tiny"] == "1.0", "the next start, with a network, goes through"


def test_proxy_that_refuses(course):
    import http.server
    import threading

    class Refuse(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self):
            self.send_error(407, "Proxy Authentication Required")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Refuse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    course.write("requirements.txt", "absent==1.0\n")
    proxy = {"PIP_INDEX_URL": "https://packages.invalid/simple", "PIP_RETRIES": "0", "PIP_NO_INDEX": "0",
             "PIP_PROXY": f"http://127.0.0.1:{server.server_port}"}
    assert "HTTPS_PROXY" in course.sentence(environment=proxy)
    server.shutdown()


def test_other_failure_shows_what_pip_said(course):
    course.write("backend.py", "def build_editable(*_, **__):\n    raise SystemExit('the roof leaks')\n")
    done = course.start("tell")
    assert done.returncode == 1
    assert "the roof leaks" in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "could not be installed: remedy what is said above" in last
    assert "the roof leaks" in Path(last.partition("Details: ")[2]).read_text("utf-8")


def test_no_package_name_looks_like_a_failure():
    """A package named after proxies or timeouts, near the end of pip's words, would mislead start.py."""
    source = START.read_text("utf-8")
    remedies = next(node for node in ast.parse(source).body
                    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REMEDIES")
    signs = [pair.elts[0].value for pair in remedies.value.elts]
    assert len(signs) == 3 and signs[-1] == ""
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        assert not re.search("|".join(signs[:-1]), line), line


def small_disk(course, size: int) -> list[str]:
    """A command to run another on a disk of so many bytes, where the course then lies."""
    outside = course.folder.with_name("outside")
    course.folder.rename(outside)
    course.folder.mkdir()
    return [needs("bwrap"), "--dev-bind", "/", "/", "--size", str(size), "--tmpfs", str(course.folder),
            "sh", "-c", 'cp -r "$0"/. "$1" && shift && exec "$@"', str(outside), str(course.folder)]


def test_disk_too_small(course):
    said = course.sentence(inside=small_disk(course, 30_000_000))
    assert "The disk is full: free 3 GB" in said and str(course.folder) in said


@pytest.mark.parametrize("size", [8_000_000, 90_000_000], ids=["while making .venv", "while running pip"])
def test_disk_full_on_the_way(course, size):
    """Space enough at first, it seems; then the disk is really full."""
    make_wheel(course.wheels, "big", "1.0", size=150_000_000)
    course.write("requirements.txt", "big==1.0\n")
    before = """if 1:
        import shutil
        really, first = shutil.disk_usage, [type("", (), {"free": 1e12})]
        shutil.disk_usage = lambda path: first.pop() if first else really(path)"""
    said = course.sentence(inside=small_disk(course, size), before=before)
    assert "The disk is full: free 3 GB" in said


def test_temporary_folder_full(course):
    """It may lie on another disk than the course."""
    filling = "    open(os.path.join(folder, 'big'), 'wb').write(bytes(20_000_000))\n"
    course.write("backend.py", BACKEND.replace("    with open(", filling + "    with open(", 1))
    temporary = course.elsewhere / "temporary"
    temporary.mkdir()
    small = [needs("bwrap"), "--dev-bind", "/", "/", "--size", "10000000", "--tmpfs", str(temporary)]
    said = course.sentence(inside=small, environment={"TMPDIR": str(temporary)})
    assert "The disk is full" in said and "temporary files" in said


def test_folder_not_writable(course):
    read_only = [needs("bwrap"), "--dev-bind", "/", "/", "--ro-bind", str(course.folder), str(course.folder)]
    said = course.sentence(inside=read_only)
    assert "Put the folder where you may write" in said and ".venv" in said
