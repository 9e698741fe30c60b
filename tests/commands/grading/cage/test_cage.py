"""The cage: what a trainee's kernel can see and do. Both kinds of sandbox."""

import dataclasses
import os
import platform
import re
import socket

import pytest
import requests
from nbformat.v4 import new_code_cell, new_notebook

from commands.grading.cage import sandbox
from commands.grading.cage.forkserver import landlock
from commands.grading.cage.kernels import MB, Limits, WarmKernels
from commands.grading.guard import GuardedClient, Room
from tests.commands.grading.cases import arena, hostile
from tests.commands.grading.support import FAST, run, said
from tests.support import ROOT, in_time, needs, programs_that_name

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]


@pytest.fixture(scope="module", params=[sandbox.BWRAP, sandbox.LANDLOCK])
def caged(request, tmp_path_factory):
    """A sandbox, kernels in it on a submission with one file, and all its
    kernels."""
    if request.param == sandbox.BWRAP:
        needs("bwrap")
    elif not landlock.version():
        needs("Landlock (Linux 5.13)")
    submission = tmp_path_factory.mktemp("submission")
    (submission / "mine.csv").write_text("a\n1\n")
    with WarmKernels(request.param, FAST) as warm:
        yield request.param, warm.manager(submission), warm


def test_it_works_on_a_copy_of_what_was_handed_in(caged):
    (files, text, _), reasons = run(
        caged[1], "import os; os.listdir()", "open('mine.csv').read()",
        "open('new.txt', 'w').write('x')")
    assert files == "['mine.csv']" and "1" in text and reasons == []


def test_it_reads_helpers_and_data_but_no_solution(caged):
    (layer, *refused), _ = run(
        caged[1],
        "from helpers import data; data.path('governorates').stat().st_size",
        *[f"open({str(ROOT / name)!r}).read()" for name in (
            "solutions/day1_production/e03_crs_detective.ipynb",
            "data/make/build.py", "nbgrader_config.py", "README.md")])
    assert int(layer) > 1000
    for words in refused:
        assert re.search("No such file|Permission denied", words), words


def test_it_has_nothing_of_the_engine(caged):
    """Neither as files, nor as modules, nor in the memory of its parent."""
    (words,), _ = run(caged[1], hostile.READ_ENGINE)
    assert "modules of the engine: []" in words
    assert len(re.findall("(ModuleNotFound|Permission)Error", words)) == 3
    assert "/forkserver/" in words  # it does see what lies in its memory
    assert not [opening for opening in arena.ENGINE if opening in words]


def test_modules_of_the_trainee_may_have_any_name(caged):
    (theirs,), _ = run(
        caged[1], "for name in ('rights', 'landlock', 'forkserver'):\n"
        "    open(f'{name}.py', 'w').write('whose = \"mine\"')\n"
        "import rights, landlock, forkserver\n"
        "rights.whose + landlock.whose + forkserver.whose")
    assert theirs == "'mineminemine'"


def test_it_writes_nothing_outside(caged, tmp_path):
    tmp_path.chmod(0o777)
    words, _ = run(caged[1], *[f"open({str(name)!r}, 'w').write('x')"
                               for name in (tmp_path / "x", ROOT / "x",
                                            ROOT / "helpers" / "x",
                                            "/usr/x", "/x")])
    for refused in words:
        assert re.search("No such file|denied|Read-only", refused), refused
    assert list(tmp_path.iterdir()) == []


def test_it_reaches_no_network(caged):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (words,), _ = run(caged[1], "import socket\nsocket.create_connection("
                          f"('127.0.0.1', {port}), 2)")
    assert "not supported" in words  # no such socket can even be made


def test_it_makes_no_socket_but_those_that_are_files(caged):
    words, _ = run(caged[1], *[
        f"import socket\nsocket.{make}(socket.{family}, socket.SOCK_{kind})"
        for make, family, kind in (
            ("socket", "AF_INET", "STREAM"), ("socket", "AF_INET6", "DGRAM"),
            ("socket", "AF_NETLINK", "RAW"), ("socket", "AF_VSOCK", "STREAM"),
            ("socket", "AF_ALG", "SEQPACKET"),
            ("socketpair", "AF_TIPC", "STREAM"),
            ("socket", "AF_UNIX", "STREAM"))])
    *refused, made = words
    assert all("[Errno 97]" in one for one in refused), refused
    assert "family=1" in made


@pytest.mark.parametrize("caged", [sandbox.BWRAP], indirect=True)
def test_a_cell_of_pip_does_not_try_again_and_again(caged):
    """Notebooks from Colab begin with one."""
    pip = needs("/usr/bin/pip")  # the course's environment may have none
    (words,), _ = run(
        caged[1], "import os, subprocess\nos.environ |= {"
        f"'PIP_CERT': {requests.certs.where()!r}, "
        "'PIP_BREAK_SYSTEM_PACKAGES': '1'}\n"
        f"print(subprocess.run(['{pip}', 'install', 'wells'], "
        "capture_output=True, text=True).stderr)", limits=Limits())
    assert "No matching distribution" in words, words
    assert "Retrying" not in words


# Names and numbers of system calls, for x86_64 and aarch64
REFUSED = {"memfd_create": (319, 279), "memfd_secret": (447, 447),
           "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
           "io_uring_setup": (425, 425), "userfaultfd": (323, 282),
           "ptrace": (101, 117), "process_vm_readv": (310, 270),
           "process_vm_writev": (311, 271), "add_key": (248, 217),
           "request_key": (249, 218), "keyctl": (250, 219),
           "bpf": (321, 280), "perf_event_open": (298, 241)}
CALL = ("import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.syscall({}, 0, 0, 0, 0, 0), ctypes.get_errno()")


@pytest.mark.parametrize("other_number", [
    0, pytest.param(1 << 30, id="x32", marks=pytest.mark.skipif(
        platform.machine() != "x86_64", reason="x86_64 has two numbers"))])
def test_it_makes_no_call_that_it_does_not_need(caged, other_number):
    column = int(platform.machine() == "aarch64")
    words, _ = run(caged[1], *[
        CALL.format(numbers[column] | other_number)
        for numbers in REFUSED.values()])
    assert dict(zip(REFUSED, words, strict=True)) == dict.fromkeys(
        REFUSED, "(-1, 1)")


def test_it_has_no_memory_that_nobody_counts(caged):
    (shared, device, private), _ = run(
        caged[1], "import mmap\nmmap.mmap(-1, 4096)",
        "open('/dev/zero', 'rb')",
        "len(mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))")
    assert "not permitted" in shared and "denied" in device
    assert private == "4096"


def test_honest_notebooks_have_what_they_need(caged):
    (waits, shell, table, child), reasons = run(
        caged[1], "import asyncio; await asyncio.sleep(0, 'slept')",
        "import subprocess\nsubprocess.run('echo hi', shell=True, "
        "capture_output=True).stdout",
        "import pandas\npandas.DataFrame({'a': [1, 2]}).to_parquet('a')\n"
        "len(pandas.read_parquet('a', memory_map=True))",
        "import os\npid = os.fork()\nif not pid:\n"
        "    for _ in range(20):\n        print('of a child', flush=True)\n"
        "    os._exit(0)\nos.waitpid(pid, 0);", limits=Limits())
    assert (waits, shell, table) == ("'slept'", "b'hi\\n'", "2")
    assert "of a child" in child and not reasons


@pytest.mark.parametrize("caged", [sandbox.BWRAP], indirect=True)
def test_several_processes_of_a_notebook_work_together(caged):
    """Their semaphores need a /dev/shm of their own."""
    words, reasons = run(
        caged[1], "import math, multiprocessing as many\n"
        "with many.Pool(2) as pool:\n    a = pool.map(math.sqrt, [4, 9])\na",
        "from concurrent.futures import ProcessPoolExecutor\n"
        "with ProcessPoolExecutor(2) as pool:\n"
        "    a = list(pool.map(math.sqrt, [4, 9]))\na", limits=Limits())
    assert words == ["[2.0, 3.0]"] * 2 and not reasons


def test_it_is_nobody_without_rights(caged):
    (user, status, environment), _ = run(
        caged[1], "import os; os.getuid()",
        "open('/proc/self/status').read()",
        "open('/proc/self/environ').read()")
    assert os.getuid() != 0 or user == str(sandbox.NOBODY)
    assert re.search(r"CapEff:\\t0{16}", status)
    assert re.search(r"NoNewPrivs:\\t1", status)
    assert "HOME=/root" not in environment


def test_processes_that_it_leaves_end_with_it(caged):
    run(caged[1], "import subprocess\nsubprocess.Popen("
        "['sleep', '4321'], start_new_session=True)")
    assert in_time(lambda: not programs_that_name("sleep 4321"))


def test_it_writes_where_it_runs_without_files_of_its_own(caged, tmp_path):
    """nbclient names a folder in which it would run at its own desk."""
    notebook = new_notebook(cells=[new_code_cell(
        "open('new.txt', 'w').write('x')")])
    client = GuardedClient(
        notebook, kernel_manager_class=caged[2].manager(),
        resources={"metadata": {"path": str(tmp_path)}},
        allow_errors=True, shutdown_kernel="immediate")
    client.room = Room(FAST)
    client.execute()
    assert said(notebook.cells[0]) == "1"
    assert list(tmp_path.iterdir()) == []


# --- what it uses ----------------------------------------------------------

SLEEPING = ("import os, time\nfor _ in range({}):\n    if not os.fork():\n"
            "        {}\n        time.sleep(9)\n        os._exit(0)\n"
            "time.sleep({})")


@pytest.mark.parametrize("limit, source, reason", [
    ({"memory": 600 * MB}, SLEEPING.format(
        6, "hog = b'x' * (100 << 20)", 9), "more memory"),
    ({"processes": 30}, SLEEPING.format(40, "pass", 9),
     "more than 30 processes"),
    ({"processes": 30}, "import threading, time\nfor _ in range(40):\n"
     "    threading.Thread(target=time.sleep, args=[9]).start()\n"
     "time.sleep(9)",
     "more than 30 processes and threads"),
    ({"files": 4 * MB}, "import time\nfor n in range(1500):\n"
     "    open(f'empty{n}', 'w').close()\ntime.sleep(9)",
     "too many files"),
], ids=["memory", "processes", "threads", "files"])
def test_all_that_a_notebook_starts_has_one_limit(caged, limit, source,
                                                  reason):
    (_, after), reasons = run(caged[1], source, "1 + 1",
                              limits=dataclasses.replace(FAST, **limit))
    assert reason in " ".join(reasons) and after.startswith("Not run")


def test_memory_that_a_fork_shares_counts_once(caged):
    (_, after), reasons = run(
        caged[1], "table = b'x' * (300 << 20)\n" + SLEEPING.format(
            4, "pass", 0.3), "1 + 1",
        limits=dataclasses.replace(FAST, memory=800 * MB))
    assert after == "2" and not reasons


def test_what_it_writes_in_all_has_a_limit(caged):
    limits = dataclasses.replace(FAST, files=64 * MB)
    with WarmKernels(caged[0], limits) as warm:
        (words,), reasons = run(
            warm.manager(), "import time\nfor n in range(4):\n    open("
            "f'file{n}', 'wb').write(bytes(20 << 20))\ntime.sleep(9)",
            limits=limits)
    assert "No space left" in words or "more than 64 MB" in words
    assert "No space left" in words or reasons


def test_without_a_sandbox_it_refuses(monkeypatch):
    monkeypatch.setattr(sandbox, "best", lambda: sandbox.NONE)
    with pytest.raises(sandbox.NoSandbox, match="apt install bubblewrap"):
        sandbox.choose()
    assert sandbox.choose(unsafe=True) == sandbox.NONE
