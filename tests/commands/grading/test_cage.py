"""The cage: what a trainee's kernel can see and do. Both kinds of sandbox."""

import os
import re
import socket
import subprocess
import time

import pytest

from commands.grading.cage import sandbox
from commands.grading.cage.forkserver import landlock
from commands.grading.cage.kernels import WarmKernels
from tests.commands.grading.cases import arena, hostile
from tests.commands.grading.support import FAST, run
from tests.support import ROOT, needs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]


@pytest.fixture(scope="module", params=[sandbox.BWRAP, sandbox.LANDLOCK])
def caged(request, tmp_path_factory):
    """Kernels in each kind of sandbox, on a submission with one file."""
    if request.param == sandbox.BWRAP:
        needs("bwrap")
    elif not landlock.version():
        needs("Landlock (Linux 5.13)")
    submission = tmp_path_factory.mktemp("submission")
    (submission / "mine.csv").write_text("a\n1\n")
    with WarmKernels(request.param, FAST) as warm:
        yield request.param, warm.manager(submission)


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
    assert re.search("refused|denied", words)


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
    time.sleep(0.5)
    assert "sleep 4321" not in subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True).stdout


def test_without_a_sandbox_it_refuses(monkeypatch):
    monkeypatch.setattr(sandbox, "best", lambda: sandbox.NONE)
    with pytest.raises(sandbox.NoSandbox, match="apt install bubblewrap"):
        sandbox.choose()
    assert sandbox.choose(unsafe=True) == sandbox.NONE
