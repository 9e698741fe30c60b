"""start.py, the one entry: what it sets up, what it repairs and what it says.

Each test has a course of its own: start.py as it is, with a commands package, a pyproject.toml
and packages so small that a setup takes seconds and no network. uv is the real one.
"""

import ast
import base64
import contextlib
import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from tests.support import ROOT, needs, start_module

START = ROOT / "start.py"
pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the stand-ins here are for Linux and macOS")

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "course"
version = "1.0"
"""

# Stands in for hatchling, which would need a network, and counts how often it was asked.
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
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n"
                                       "Tag: py3-none-any\\n")
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
told = {"arguments": arguments, "folder": os.getcwd(), "package": __file__,
        "python": sys.executable, "environment": dict(os.environ),
        "tiny": metadata.version("tiny")}
if arguments[0] == "read":
    told["text"] = open(arguments[1]).read()
print(json.dumps(told))
"""

# A wheel of some bytes that leads to the uv of this machine, and tells what uv was given.
UV = """
import json, os, sys
with open("uv.json", "w") as file:
    json.dump({{**os.environ}}, file)
os.execv({program!r}, ["uv"] + sys.argv[1:])
"""
BROKEN_UV = "import sys; sys.exit('uv has a headache')"


def make_wheel(folder: Path, name: str, version: str, code: str = "", size: int = 0) -> None:
    """A package with one module to run; size in bytes, which take next to nothing while packed."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": b"#" * size,
        f"{name}/__main__.py": code.encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD,,\n"
    for path, data in files.items():
        checksum = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={checksum},{len(data)}\n"
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{info}/RECORD", record)


class Course:
    """A folder with a small course, and ways to start it."""

    def __init__(self, parent: Path, before: str = ""):
        self.before = before
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
        self.bring_uv(UV)
        foreign = ("PIP_", "PYTHON", "UV_", "SSL_")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        self.environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels),
                             "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1",
                             "UV_NO_CONFIG": "1"}

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def bring_uv(self, code: str | None) -> None:
        """What uv does from now on; None: it cannot be had."""
        if code is None:
            next(self.wheels.glob("uv-*.whl")).unlink()
        else:
            version = start_module().UV.removeprefix("uv==")
            make_wheel(self.wheels, "uv", version, code.format(program=needs("uv")))

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def builds(self) -> int:
        """How many times the course was built to be installed."""
        path = self.folder / "builds.txt"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def log(self, name: str) -> str:
        return (self.venv / name).read_text("utf-8")

    def command(self, *arguments: str, before: str = "", python: str = sys.executable) -> list[str]:
        """The command that starts it; `before` is Python code that changes what start.py meets."""
        start = str(self.folder / "start.py")
        before = f"{self.before}\n{before}".strip()
        if not before:
            return [python, start, *arguments]
        code = f"import runpy, sys; sys.argv = {[start, *arguments]!r}\n{before}\n"
        return [python, "-c", code + f"runpy.run_path({start!r}, run_name='__main__')"]

    def start(self, *arguments: str, cwd: Path | None = None, inside: Sequence[str] = (),
              **options):
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

    def stop(self, sign: signal.Signals, when) -> tuple[int, str]:
        """Start, stop as a terminal does when something is so; the exit code and what was said."""
        process = subprocess.Popen(
            self.command("tell"), env=self.environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(when)
        os.killpg(process.pid, sign)
        out, said = process.communicate(timeout=30)
        assert out == ""
        return process.returncode, said


@pytest.fixture
def bare(tmp_path):
    """Nothing set up yet."""
    return Course(tmp_path)


@pytest.fixture(scope="module")
def empty_venv(tmp_path_factory):
    venv = tmp_path_factory.mktemp("empty") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    return venv


@pytest.fixture
def course(tmp_path, empty_venv):
    """Nothing set up yet. `python -m venv`, which takes seconds, copies one made before."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\n[ "$2 $3" = "-m venv" ] && cp -a {empty_venv}/. "$4"\n')
    python.chmod(0o755)
    return Course(tmp_path, before=f"sys._base_executable = {str(python)!r}")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Set up once; for tests that change nothing."""
    course = Course(tmp_path_factory.mktemp("ready"))
    course.told()
    return course


@pytest.fixture
def mirror(course):
    """A package index on this machine; it has what the course needs, and remembers its readers."""
    simple = course.elsewhere / "simple"
    for wheel in course.wheels.iterdir():
        folder = simple / wheel.name.partition("-")[0]
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(wheel, folder)

    class Index(http.server.SimpleHTTPRequestHandler):
        readers: ClassVar[list] = []

        def log_request(self, *_):
            reader = self.headers["User-Agent"].partition("/")[0]
            Index.readers.append((reader, Path(self.path).name))

    handler = functools.partial(Index, directory=course.elsewhere)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Index.url = f"http://127.0.0.1:{server.server_port}/simple"
        yield Index
        server.shutdown()


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


# The file

def test_file_is_short_and_needs_nothing():
    source = START.read_text("utf-8")
    assert len(source.splitlines()) <= 160
    assert source.isascii(), "Python 2.7 refuses other letters"
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or ".").split(".")[0])
    assert imported <= sys.stdlib_module_names


NEWER_THAN_PYTHON_2 = (
    ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.YieldFrom, ast.MatMult,
    ast.AsyncFunctionDef, ast.Await, ast.Match, ast.TryStar)


def test_file_has_only_syntax_of_python_2():
    """Where Python 2.7 is missing, this stands in for it."""
    for node in ast.walk(ast.parse(START.read_text("utf-8"))):
        assert not isinstance(node, NEWER_THAN_PYTHON_2), ast.unparse(node)
        if isinstance(node, ast.arguments):
            assert not (node.kwonlyargs or node.posonlyargs), ast.unparse(node)
        if isinstance(node, ast.arg):
            assert node.annotation is None, ast.unparse(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            assert not any(isinstance(item, ast.Starred) for item in node.elts), ast.unparse(node)
        if isinstance(node, ast.Call):
            assert not any(isinstance(item, ast.Starred) for item in node.args[:-1])
            assert ast.unparse(node.func) != "print", "a statement in Python 2"
        if isinstance(node, ast.Dict):
            assert None not in node.keys, ast.unparse(node)
        if isinstance(node, ast.Raise):
            assert node.cause is None, ast.unparse(node)


def test_versions_are_those_of_pyproject():
    import tomllib

    from packaging.specifiers import SpecifierSet

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    range_ = SpecifierSet(project["requires-python"])
    fits = start_module().fits
    for minor in range(6, 20):
        assert fits((3, minor, 0, "final", 0), 2 ** 63 - 1) == (f"3.{minor}" in range_)
        assert not fits((3, minor), 2 ** 31 - 1), "32 bit"
    assert not fits((2, 12), 2 ** 63 - 1)
    assert "3.11, 3.12 or 3.13" in START.read_text("utf-8")


# Which Python

def old_pythons() -> list[str]:
    """Pythons from before 3.11 on this machine: on PATH, or kept by pyenv."""
    names = ["python2.7", *(f"python3.{minor}" for minor in range(4, 11))]
    found = [shutil.which(name) for name in names]
    found += map(str, Path.home().glob(".pyenv/versions/*/bin/python"))
    question = "import sys; print(sys.version_info < (3, 11))"
    old = []
    for python in filter(None, found):
        asked = subprocess.run([python, "-c", question], capture_output=True)
        if asked.stdout.strip() == b"True":
            old.append(python)
    return old


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 14)])
def test_unfit_python_is_told_which_to_install(bare, version):
    before = f"sys.version_info = {version} + (0, 'final', 0)"
    said = bare.sentence(before=before, environment={"PATH": str(bare.elsewhere)})
    assert "Python 3.11, 3.12 or 3.13" in said and "%d.%d:" % version in said
    assert "www.python.org" in said
    assert not bare.venv.exists()


@pytest.mark.slow
def test_old_pythons_of_this_machine_read_the_file(bare):
    """Whatever old Pythons are here, none included: the test above stands in for them anywhere."""
    for python in old_pythons():
        said = bare.sentence(python=python, environment={"PATH": str(bare.elsewhere)})
        assert "Python 3.11, 3.12 or 3.13" in said, python


SHIMS = {"as pyenv has them": "echo not here; exit 127", "as the Windows shop has them": "exit 0",
         "of another version": "echo '(3, 10) 9223372036854775807'",
         "of 32 bit": "echo '(3, 13) 2147483647'"}


@pytest.mark.slow
@pytest.mark.parametrize("shim", SHIMS.values(), ids=SHIMS)
def test_unfit_python_finds_a_fit_one(ready, tmp_path, shim):
    """The first name found does not lead to a Python that fits."""
    (tmp_path / "python3.13").write_text(f"#!/bin/sh\n{shim}\n")
    (tmp_path / "python3.12").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for path in tmp_path.iterdir():
        path.chmod(0o755)
    before = "sys.version_info = (3, 8, 0, 'final', 0)"
    path = f"{tmp_path}:/usr/bin:/bin"
    told = ready.told("tell", "a b", before=before, environment={"PATH": path})
    assert told["arguments"] == ["tell", "a b"]


def test_incomplete_python_is_told_the_package(bare):
    said = bare.sentence(before="sys.modules['ensurepip'] = None")
    assert "ensurepip" in said and "sudo apt install python3-venv" in said
    assert not bare.venv.exists()


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
    done = subprocess.run(
        [sys.executable, "../école du jour/start.py", "tell"], cwd=ready.elsewhere,
        env=ready.environment, capture_output=True, text=True)
    assert json.loads(done.stdout)["folder"] == str(ready.elsewhere)


@pytest.mark.parametrize("code", [0, 1, 2, 7])
def test_exit_code_is_passed_on(ready, code):
    assert ready.start("exit", str(code)).returncode == code


def test_files_beside_the_user_do_not_get_in_the_way(ready, tmp_path):
    for name in ("helpers.py", "json.py", "pip.py", "uv.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong file')")
    assert ready.told(cwd=tmp_path)["package"].startswith(str(ready.folder))


def test_settings_of_other_programs_do_not_get_in_the_way(ready, tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong file')")
    foreign = {"PYTHONPATH": str(tmp_path), "PROJ_LIB": "/other", "PROJ_DATA": "/other",
               "GDAL_DATA": "/other"}
    done = subprocess.run([sys.executable, "-I", str(ready.folder / "start.py"), "tell"],
                          capture_output=True, text=True, env=ready.environment | foreign)
    environment = json.loads(done.stdout)["environment"]
    assert not set(foreign) & set(environment)
    assert environment["PYTHONUTF8"] == "1"
    assert environment["PATH"].split(os.pathsep)[0] == str(ready.venv / "bin")


def test_a_terminated_start_leaves_no_command_behind(ready):
    """Who starts a server with start.py stops the server with it."""
    (ready.elsewhere / "wait.fifo").unlink(missing_ok=True)
    os.mkfifo(ready.elsewhere / "wait.fifo")
    with (subprocess.Popen(ready.command("read", "wait.fifo"), cwd=ready.elsewhere,
                           env=ready.environment) as process,
          open(ready.elsewhere / "wait.fifo", "w")):
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM
        with pytest.raises(OSError, match="No such device"):  # nobody reads
            os.open(ready.elsewhere / "wait.fifo", os.O_WRONLY | os.O_NONBLOCK)


# Setting up, once

@pytest.mark.slow
def test_second_start_does_not_install(bare):
    first, second = bare.start("tell"), bare.start("tell")
    assert "about a minute" in first.stderr and "unpacking" in first.stderr
    assert second.stderr == "" and second.returncode == 0
    assert bare.builds == 1


@pytest.mark.slow
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


@pytest.mark.slow
def test_terminal_gets_one_line_that_changes(course):
    import pty

    (course.folder / "slow").touch()
    course.write("backend.py", BACKEND.replace("sleep(60)", "sleep(1.2)"))
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
    assert len(lines) <= 5 and "\r  fetched " in said.decode(), said


@pytest.mark.slow
def test_two_starts_at_once_install_once(bare):
    both = [subprocess.Popen(bare.command("tell"), env=bare.environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert json.loads(out)["tiny"] == "1.0"
    assert bare.builds == 1


def test_setup_in_a_folder_for_all_to_read(ready):
    """One setup for a class: those who may not write there can start it."""
    read_only = [needs("bwrap"), "--dev-bind", "/", "/",
                 "--ro-bind", str(ready.folder), str(ready.folder)]
    assert ready.told(inside=read_only)["tiny"] == "1.0"


@pytest.mark.slow
def test_started_by_the_python_it_made(bare, empty_venv):
    """As in a terminal where .venv is active."""
    shutil.copytree(empty_venv, bare.venv, symlinks=True)
    (bare.venv / "installed.txt").write_text("")  # as an interrupted setup leaves it
    assert bare.told(python=str(bare.venv / "bin/python"))["tiny"] == "1.0"


@pytest.mark.slow
def test_env_made_by_hand_is_kept(course, empty_venv):
    shutil.copytree(empty_venv, course.venv, symlinks=True)
    (course.venv / "mine.txt").touch()
    make_wheel(course.wheels, "mine", "1.0")
    subprocess.run([course.venv / "bin/python", "-m", "pip", "install", "-q", "mine"],
                   check=True, env=course.environment)
    assert course.told()["tiny"] == "1.0"
    assert (course.venv / "mine.txt").exists()
    assert list(course.venv.glob("lib/*/site-packages/mine-1.0.dist-info"))


# uv, which pip brings

def test_uv_installs_where_it_can_be_had(ready):
    assert "Installed 2 packages" in ready.log("uv.log")  # tiny and the course
    assert ready.log("pip.log") == "", "all that venv says"


@pytest.mark.slow
@pytest.mark.parametrize("code, reason", [
    (None, "No matching distribution found for uv=="), (BROKEN_UV, "uv has a headache")],
    ids=["uv cannot be had", "uv fails"])
def test_pip_takes_over(course, code, reason):
    course.bring_uv(code)
    done = course.start("tell")
    assert json.loads(done.stdout)["tiny"] == "1.0"
    assert f"uv could not install (see {course.venv / 'uv.log'}): pip does" in done.stderr
    assert reason in course.log("uv.log")
    assert "Successfully installed course-1.0 tiny-1.0" in course.log("pip.log")
    assert course.start("tell").stderr == ""


def compiled(course) -> list[Path]:
    """The bytecode of the package that comes last in the alphabet."""
    return list(course.venv.glob("lib/*/site-packages/tiny/__pycache__/__main__*.pyc"))


def test_what_uv_fetched_is_removed_and_bytecode_made(course):
    course.told()
    wait_for(lambda: compiled(course))
    assert not list(course.venv.glob("cache-*"))
    assert not (course.folder / ".venv.cache").exists()


def test_the_command_does_not_wait_for_the_bytecode(course, empty_venv):
    """A command's output must end with the command: who reads it through a pipe waits for that."""
    shutil.copytree(empty_venv, course.venv, symlinks=True)
    hook = ("import sys; 'compileall' in str(sys.orig_argv) and ("
            "open('compiling.txt', 'w').write(str(__import__('os').getpid())), "
            "__import__('time').sleep(60))\n")
    next(course.venv.glob("lib/*/site-packages")).joinpath("hook.pth").write_text(hook)
    began = time.monotonic()
    course.told()
    assert time.monotonic() - began < 30
    compiling = course.elsewhere / "compiling.txt"
    wait_for(lambda: compiling.exists() and compiling.read_text())
    os.kill(int(compiling.read_text()), signal.SIGKILL)


def test_settings_of_pip_reach_uv(course):
    """Those of pip's file, and above them those of the environment; uv's own come first."""
    settings = course.elsewhere / "pip.conf"
    settings.write_text("[global]\nindex-url = https://mirror.invalid/simple\n"
                        "extra-index-url =\n    https://a.invalid/simple\n    file:///b\n"
                        "trusted-host = mirror.invalid\ntimeout = 5\ncert = /from/global\n"
                        "[install]\ncert = /from/install\n[download]\nretries = 9\n")
    course.environment |= {
        "PIP_CONFIG_FILE": str(settings), "PIP_DEFAULT_TIMEOUT": "7", "PIP_PROXY": "proxy:3128",
        "PIP_FIND_LINKS": f"{course.wheels} {course.wheels.parent}",
        "UV_INSECURE_HOST": "own.invalid"}
    course.told()
    environment = json.loads((course.folder / "uv.json").read_text())
    expected = {
        "UV_DEFAULT_INDEX": "https://mirror.invalid/simple", "UV_OFFLINE": "1",
        "UV_INDEX": "https://a.invalid/simple file:///b", "UV_HTTP_TIMEOUT": "7",
        "UV_FIND_LINKS": f"{course.wheels},{course.wheels.parent}", "ALL_PROXY": "proxy:3128",
        "SSL_CERT_FILE": "/from/install", "UV_INSECURE_HOST": "own.invalid"}
    assert {name: environment.get(name) for name in expected} == expected
    assert "UV_HTTP_RETRIES" not in environment, "that is for another command of pip"


def use(course, mirror) -> None:
    settings = course.elsewhere / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {mirror.url}\n")
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        del course.environment[name]
    course.environment["PIP_CONFIG_FILE"] = str(settings)


TINY = "tiny-1.0-py3-none-any.whl"


def test_uv_fetches_from_the_mirror_of_pips_file(course, mirror):
    use(course, mirror)
    assert course.told()["tiny"] == "1.0"
    assert ("uv", TINY) in mirror.readers and ("pip", TINY) not in mirror.readers
    assert ("pip", f"uv-{start_module().UV[4:]}-py3-none-any.whl") in mirror.readers


# Repairs

@pytest.mark.slow
@pytest.mark.parametrize("sign, code", [
    (signal.SIGKILL, UV), (signal.SIGKILL, None), (signal.SIGINT, UV), (signal.SIGINT, None)],
    ids=["kill uv", "kill pip", "Ctrl-C in uv", "Ctrl-C in pip"])
def test_interrupted_setup_is_repaired(course, mirror, sign, code):
    """After Ctrl-C, what uv has fetched is not fetched again. A kill may be a power cut, which
    may leave files without their contents: then nothing is used again."""
    use(course, mirror)
    if code is None:
        shutil.rmtree(course.elsewhere / "simple" / "uv")
    (course.folder / "slow").touch()
    returncode, said = course.stop(
        sign, lambda: course.builds and (code is None or ("uv", TINY) in mirror.readers))
    assert "Traceback" not in said
    if sign == signal.SIGINT:
        assert returncode == 1 and "Stopped. The next start" in said
    (course.folder / "slow").unlink()
    (course.venv / "half done.txt").touch()
    assert course.told()["tiny"] == "1.0"
    assert not (course.venv / "half done.txt").exists(), ".venv is made anew"
    if code is not None:
        assert mirror.readers.count(("uv", TINY)) == (1 if sign == signal.SIGINT else 2)
    assert not (course.folder / ".venv.cache").exists()


# What a uv does that is stopped on its way: it writes into .venv for some seconds.
BUSY_UV = """
import os, time
end, number = time.time() + 6, 0
while time.time() < end:
    number += 1
    os.makedirs(os.path.join(".venv", "lib", "left over", str(number % 500)), exist_ok=True)
"""


def start_busy(course) -> subprocess.Popen:
    """A start whose uv is at work."""
    course.bring_uv(BUSY_UV)
    process = subprocess.Popen(course.command("tell"), env=course.environment, text=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wait_for((course.venv / "lib" / "left over").exists)
    return process


@pytest.mark.slow
def test_start_while_the_uv_of_a_killed_one_still_writes(course):
    process = start_busy(course)
    process.kill()
    process.wait()
    course.bring_uv(UV)
    done = course.start("tell")
    assert done.returncode == 0, done.stderr
    assert "Removing what an earlier start has left" in done.stderr
    assert json.loads(done.stdout)["tiny"] == "1.0"
    assert not (course.venv / "lib" / "left over").exists()


@pytest.mark.slow
def test_terminated_setup_ends_its_uv(course):
    process = start_busy(course)
    process.terminate()
    _, said = process.communicate(timeout=5)
    assert process.returncode == 1 and "Stopped. The next start" in said
    shutil.rmtree(course.venv)
    time.sleep(0.5)  # a uv that still ran would write meanwhile
    assert not course.venv.exists(), "uv still writes"


@pytest.mark.slow
def test_a_second_start_says_that_it_waits_for_the_first(course):
    with contextlib.closing(sqlite3.connect(course.folder / ".venv.lock")) as first:
        first.executescript("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE")
        said = course.elsewhere / "said.txt"
        with said.open("w") as file:
            process = subprocess.Popen(course.command("tell"), env=course.environment,
                                       stdout=subprocess.DEVNULL, stderr=file)
        try:
            wait_for(said.read_text, 5)
        except AssertionError:
            process.kill()
            raise
        assert said.read_text() == "Another start sets up the course: waiting.\n"
    assert process.wait(timeout=60) == 0
    assert "Setting up, once" in said.read_text()


@pytest.mark.slow
def test_setup_killed_while_making_venv_is_repaired(bare):
    bare.stop(signal.SIGKILL,
              lambda: list(bare.venv.glob("lib/*/site-packages/pip/__init__.py")))
    assert bare.told()["tiny"] == "1.0"


def damage_python(venv: Path) -> None:
    for path in venv.glob("bin/python*"):
        path.unlink()
        path.symlink_to("/gone/python")


def damage_packages(venv: Path) -> None:
    next(venv.glob("lib/*/site-packages")).rename(venv / "gone")


def damage_stamp(venv: Path) -> None:
    (venv / "installed.txt").unlink()
    shutil.rmtree(next(venv.glob("lib/*/site-packages/tiny-1.0.dist-info")))


def damage_all(venv: Path) -> None:
    venv.rename(venv.with_name("gone"))


@pytest.mark.slow
@pytest.mark.parametrize("damage", [damage_python, damage_packages, damage_stamp, damage_all])
def test_damaged_env_is_repaired(course, damage):
    course.told()
    damage(course.venv)
    assert course.told()["tiny"] == "1.0"


@pytest.mark.slow
def test_moved_folder_works(course):
    course.told()
    wait_for(lambda: compiled(course))
    left = course.folder
    course.folder = course.folder.rename(course.folder.parent / "moved away")
    shutil.copytree(course.folder, left, symlinks=True)
    course.before = ""  # venv itself, for the scripts
    told = course.told()
    assert told["package"].startswith(str(course.folder))
    assert told["python"].startswith(str(course.folder))
    pip = subprocess.run([course.venv / "bin/pip", "--version"], capture_output=True, text=True)
    assert str(course.folder) in pip.stdout, "scripts name the new place"
    course.told()
    assert course.builds == 2


# What can go wrong

def offline(retries: str) -> dict[str, str]:
    return {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": retries,
            "PIP_NO_INDEX": "0"}


@pytest.mark.slow
@pytest.mark.parametrize("retries", ["0", "1"])
def test_no_network(course, retries):
    course.write("requirements.txt", "absent==1.0\n")
    said = course.sentence(environment=offline(retries))
    assert "connect to the internet" in said and "HTTPS_PROXY" in said and "start again" in said
    log = said.partition("Details: ")[2]
    assert "absent==1.0" in Path(log).read_text("utf-8")


@pytest.mark.slow
def test_network_that_comes_back(course):
    course.write("requirements.txt", "absent==1.0\ntiny==1.0\n")
    course.sentence(environment=offline("0"))
    make_wheel(course.wheels, "absent", "1.0")
    assert course.told()["tiny"] == "1.0"


def test_proxy_that_refuses(course):
    class Refuse(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self):
            self.send_error(407, "Proxy Authentication Required")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Refuse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    course.write("requirements.txt", "absent==1.0\n")
    proxy = {"PIP_INDEX_URL": "https://packages.invalid/simple", "PIP_RETRIES": "0",
             "PIP_NO_INDEX": "0", "PIP_PROXY": f"http://127.0.0.1:{server.server_port}"}
    assert "HTTPS_PROXY" in course.sentence(environment=proxy)
    assert "407" in course.log("uv.log") or "tunnel" in course.log("uv.log")
    server.shutdown()


def test_other_failure_shows_what_pip_said(course):
    course.write("backend.py", "def build_editable(*_, **__):\n    exit('the roof leaks')\n")
    done = course.start("tell")
    assert done.returncode == 1
    assert "the roof leaks" in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "could not be installed: remedy what is said above" in last
    assert "the roof leaks" in Path(last.partition("Details: ")[2]).read_text("utf-8")
    assert "the roof leaks" in course.log("uv.log")


def test_no_package_name_looks_like_a_failure():
    """A package named after proxies or timeouts, near the end of pip's words, would mislead."""
    signs = [sign for sign, _ in start_module().REMEDIES]
    assert len(signs) == 3 and signs[-1] == ""
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        assert not re.search("|".join(signs[:-1]), line), line


def small_disk(course, size: int) -> list[str]:
    """A command to run another on a disk of so many bytes, where the course then lies."""
    outside = course.folder.with_name("outside")
    course.folder.rename(outside)
    course.folder.mkdir()
    copy = 'cp -r "$0"/. "$1" && shift && exec "$@"'
    return [needs("bwrap"), "--dev-bind", "/", "/",
            "--size", str(size), "--tmpfs", str(course.folder),
            "sh", "-c", copy, str(outside), str(course.folder)]


def test_disk_too_small(bare):
    said = bare.sentence(inside=small_disk(bare, 30_000_000))
    assert "The disk is full: free 3 GB" in said and str(bare.folder) in said


@pytest.mark.slow
@pytest.mark.parametrize("size, code", [(8_000_000, UV), (90_000_000, UV), (90_000_000, None)],
                         ids=["while making .venv", "while running uv", "while running pip"])
def test_disk_full_on_the_way(bare, size, code):
    """Space enough at first, it seems; then the disk is really full."""
    make_wheel(bare.wheels, "big", "1.0", size=150_000_000)
    bare.write("requirements.txt", "big==1.0\n")
    bare.bring_uv(code)
    before = """if 1:
        import shutil
        really, first = shutil.disk_usage, [type("", (), {"free": 1e12})]
        shutil.disk_usage = lambda path: first.pop() if first else really(path)"""
    done = bare.start("tell", inside=small_disk(bare, size), before=before)
    assert done.returncode == 1
    assert "The disk is full: free 3 GB" in done.stderr.splitlines()[-1]
    assert ("pip does" in done.stderr) == (code is None), "pip would not find more space"


def test_temporary_folder_full(course):
    """It may lie on another disk than the course."""
    filling = "    open(os.path.join(folder, 'big'), 'wb').write(bytes(20_000_000))\n"
    course.write("backend.py", BACKEND.replace("    with open(", filling + "    with open(", 1))
    course.bring_uv(None)  # uv builds on the disk of the course
    temporary = course.elsewhere / "temporary"
    temporary.mkdir()
    small = [needs("bwrap"), "--dev-bind", "/", "/",
             "--size", "10000000", "--tmpfs", str(temporary)]
    said = course.sentence(inside=small, environment={"TMPDIR": str(temporary)})
    assert "The disk is full" in said and "temporary files" in said


def test_folder_not_writable(bare):
    read_only = [needs("bwrap"), "--dev-bind", "/", "/",
                 "--ro-bind", str(bare.folder), str(bare.folder)]
    said = bare.sentence(inside=read_only)
    assert "Put the folder where you may write" in said and ".venv" in said
