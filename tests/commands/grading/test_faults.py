"""What the machine or the engine fails is nobody's zero: it is repeated, or
told, and never noted as graded."""

import errno
import json
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
import sqlalchemy.exc

from commands import grading
from commands.exercises.notebooks import NotebookError
from commands.grading import Settings, gradebook, job, terminal, workers
from commands.grading.cage import kernels, sandbox
from commands.grading.cage.kernels import KernelError, WarmKernels
from commands.grading.results import NotebookResult, NotGraded
from commands.grading.scratch import ScratchCourse
from commands.grading.writer import Writer
from tests.commands.grading.cases import course as tiny
from tests.commands.grading.support import FAST
from tests.support import ROOT, needs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]


@pytest.fixture
def course(tmp_path):
    """A tiny course and three who have handed in the right answers."""
    root = tiny.make(tmp_path / "course")
    right = tiny.answered(tiny.blank(root))
    for name in ("amina", "bilel", "dorra"):
        tiny.hand_in(root, name, right)
    return root


@pytest.fixture
def pools(monkeypatch):
    """The pools that were opened."""
    opened, enter = [], workers.LocalPool.__enter__
    monkeypatch.setattr(workers.LocalPool, "__enter__", lambda self: (
        opened.append(self), enter(self))[1])
    return opened


def notes(root):
    """Who is noted as graded."""
    file = root / "reports" / f"{tiny.DAY}.jsonl"
    return [json.loads(line)["student"] for line in
            file.read_text("utf-8").split("\n") if line] if (
                file.exists()) else []


# --- a worker that dies, or does not end -----------------------------------

def made_up_job(folder: bytes, task: bytes) -> bytes:
    """In the place of `job.run`: writes down that it runs, then does what
    the task says."""
    name, _, does = task.decode().partition(" ")
    with open(f"{folder.decode()}/{name}", "a") as runs:
        runs.write("x")
        runs.flush()
        runs_before = runs.tell() - 1
    if does == "dies" or (does == "dies once" and not runs_before):
        os.kill(os.getpid(), signal.SIGKILL)
    if does == "hangs":
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        time.sleep(600)  # never ends of itself
    if does == "fails":
        raise ValueError("engine")
    return name.encode()


def run_made_up(monkeypatch, folder, seconds=60, **tasks):
    """Name → what its job gave, a sentence where it gave nothing; and how
    often it ran."""
    monkeypatch.setattr(job, "run", made_up_job)
    monkeypatch.setattr(WarmKernels, "possible", False)  # none is needed
    answers = {}
    with workers.LocalPool(2, []) as pool:
        for name, outcome in pool.run(str(folder).encode(), {
                name: f"{name} {does}".encode()
                for name, does in tasks.items()}, seconds):
            try:
                answers[name] = outcome().decode()
            except NotGraded as error:
                answers[name] = str(error)
    return answers, {file.name: len(file.read_text())
                     for file in folder.iterdir()}


def test_a_job_whose_worker_dies_once_runs_again(monkeypatch, tmp_path):
    answers, runs = run_made_up(
        monkeypatch, tmp_path, a="", b="dies once", c="", d="")
    assert answers == {name: name for name in "abcd"}
    assert runs == {"a": 1, "b": 2, "c": 1, "d": 1}


def test_a_job_whose_worker_dies_twice_is_named_and_takes_nobody_along(
        monkeypatch, tmp_path):
    answers, runs = run_made_up(
        monkeypatch, tmp_path, a="dies", b="dies", c="", d="fails", e="")
    assert "ended twice without an answer" in answers["a"]
    assert answers["a"] == answers["b"]
    assert "not the trainee's fault (ValueError: engine)" in answers["d"]
    assert [answers[name] for name in "ce"] == ["c", "e"]
    assert runs == {"a": 2, "b": 2, "c": 1, "d": 2, "e": 1}


def test_a_job_that_no_signal_ends_is_stopped_in_time(monkeypatch, tmp_path):
    answers, _ = run_made_up(
        monkeypatch, tmp_path, seconds=8, a="hangs", b="", c="", d="")
    assert "took more than 0 minutes and was stopped" in answers.pop("a")
    assert answers == {"b": "b", "c": "c", "d": "d"}


def test_a_worker_that_is_killed_takes_nobody_along(course, pools):
    def track(total):
        os.kill(pools[0]._workers[0]._process.pid, signal.SIGKILL)
        yield from range(total)

    results = grading.grade(tiny.DAY, course, track=track)
    assert {one.score for one in results} == {tiny.AUTOMATIC}
    assert sorted(notes(course)) == ["amina", "bilel", "dorra"]


# --- a server that dies ----------------------------------------------------

def test_the_server_of_kernels_is_started_again(course, pools):
    servers = []

    def track(total):
        servers.append(pools[0]._server)
        servers[0]._process.kill()
        yield from range(total)

    results = grading.grade(tiny.DAY, course, track=track,
                            settings=Settings(processes=1))
    assert {one.score for one in results} == {tiny.AUTOMATIC}
    assert pools[0]._server is not servers[0]


def test_with_a_server_that_never_lives_nobody_is_graded_nor_noted(
        course, monkeypatch):
    begin = kernels.Server.__enter__

    def begin_and_die(self):
        begin(self)._process.kill()
        self._process.wait()
        return self

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(kernels.Server, "__enter__", begin_and_die)
        results = grading.grade(tiny.DAY, course)
    assert all(one.failed and not one.graded for one in results)
    assert "not the trainee's fault" in results[0].reasons[0]
    assert not notes(course)
    assert {one.score for one in grading.grade(tiny.DAY, course)} == {
        tiny.AUTOMATIC}


@pytest.fixture
def assignment(course):
    """The job's first argument, without a sandbox."""
    with Writer(tiny.DAY, course, sandbox.NONE,
                Settings(limits=FAST)) as writer:
        writer.register()
        return pickle.dumps(writer.assignment())


def test_a_kernel_that_does_not_start_is_not_the_trainees_fault(
        assignment, monkeypatch):
    async def refuse(self, cmd, **kwargs):
        raise KernelError("A kernel did not start: no room")

    monkeypatch.setattr(kernels.WarmProvisioner, "launch_kernel", refuse)
    with pytest.raises(KernelError, match="no room"):
        job.run(assignment, pickle.dumps(job.Submission(
            {tiny.FILE: json.dumps(tiny.answered(json.loads(pickle.loads(
                assignment).masters[tiny.NAME]))).encode()}, {})))


@pytest.fixture
def submission(assignment):
    """The job's second argument: right answers."""
    return pickle.dumps(job.Submission({tiny.FILE: json.dumps(tiny.answered(
        json.loads(pickle.loads(assignment).masters[tiny.NAME]))).encode()},
        {}))


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("error", [
    FULL, MemoryError(), OSError(errno.EMFILE, "Too many open files"),
    sqlalchemy.exc.OperationalError("INSERT", {}, Exception("disk is full"))],
    ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("step", ["convert", "_feedback"])
def test_a_worker_without_room_or_memory_is_not_the_trainees_fault(
        assignment, submission, monkeypatch, step, error):
    def fails(*_, **__):
        raise error
    monkeypatch.setattr(ScratchCourse, step, fails)
    with pytest.raises(type(error)):
        job.run(assignment, submission)


def test_what_a_submission_itself_makes_impossible_is_its_reason(
        assignment, submission, monkeypatch):
    def fails(*_, **__):
        raise OSError(errno.ENAMETOOLONG, "File name too long")
    monkeypatch.setattr(ScratchCourse, "convert", fails)
    outcome = pickle.loads(job.run(assignment, submission))
    assert "could not be graded: OSError" in outcome.notebooks[0].reasons[-1]


def test_a_kernel_that_ends_with_its_server_is_not_the_trainees_fault(
        assignment):
    exercise = json.loads(pickle.loads(assignment).masters[tiny.NAME])
    tiny.insert(exercise, "total-answer", (
        "import os, signal, time\n"
        "server = open(f'/proc/{os.getppid()}/stat').read().split()[3]\n"
        "os.kill(int(server), signal.SIGKILL)\n"
        "time.sleep(60)"))
    submission = pickle.dumps(job.Submission(
        {tiny.FILE: json.dumps(exercise).encode()}, {}))
    with pytest.raises(KernelError, match="has ended"):
        job.run(assignment, submission)


def test_the_exit_code_says_that_somebody_was_not_graded(
        monkeypatch, capsys):
    graded = NotebookResult("amina", "e00_tiny", reasons=["a reason"])
    failed = NotebookResult("bilel", "*", graded=False, failed=True,
                            reasons=["not graded: the machine failed"])
    codes = []
    for results in ([graded], [graded, failed]):
        monkeypatch.setattr(terminal, "grade",
                            lambda *_, results=results, **__: results)
        codes.append(terminal.command(tiny.DAY, Settings()))
    assert codes == [0, 1]
    assert "because the machine failed: 1 trainee" in capsys.readouterr().out


# --- a gradebook that cannot be written ------------------------------------

def writer(root):
    return Writer(tiny.DAY, root, sandbox.NONE, Settings())


def test_a_gradebook_that_may_only_be_read_is_told_before_any_work(course):
    with writer(course):
        pass  # makes it
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.CourseDirectory.db_url = 'sqlite:///file:"
                     f"{course}/gradebook.db?mode=ro&uri=true'\n")
    with pytest.raises(NotebookError, match="It may only be read"):
        writer(course).__enter__()


@pytest.fixture
def locked(course):
    """A function that locks the course's gradebook, as another program."""
    with writer(course) as one:
        one.register()
    others = []

    def lock():
        others.append(sqlite3.connect(course / "gradebook.db",
                                      check_same_thread=False))
        others[-1].execute("BEGIN IMMEDIATE")
        return others[-1]

    yield lock
    for other in others:
        other.close()


def test_a_gradebook_that_stays_locked_is_told(course, locked, monkeypatch):
    monkeypatch.setattr(gradebook, "SECONDS_TO_WAIT", 0.1)
    locked()
    with pytest.raises(NotebookError, match="Another program is writing"):
        writer(course).__enter__()


def test_a_gradebook_that_is_locked_for_a_moment_is_waited_for(
        course, locked):
    threading.Timer(0.5, locked().rollback).start()
    with writer(course) as one:
        gradebook.merge(one.book, tiny.DAY, "amina", {"notebooks": {}})
        assert gradebook.rows(one.book, tiny.DAY, "amina")


def test_after_a_locked_gradebook_the_next_trainee_is_written(
        course, locked, monkeypatch):
    """Locked at the worst moment: when the scores are to be written."""
    monkeypatch.setattr(gradebook, "SECONDS_TO_WAIT", 0.1)
    late = {"notebooks": {tiny.NAME: {"penalty": 0.5}}}
    with writer(course) as one:
        submit = one.book.update_or_create_submission
        others = []
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(
                one.book, "update_or_create_submission",
                lambda *names: (submit(*names), others.append(locked()))[0])
            with pytest.raises(NotGraded, match="Another program is wri"):
                gradebook.merge(one.book, tiny.DAY, "amina", late)
        others[0].rollback()
        gradebook.merge(one.book, tiny.DAY, "bilel", late)
        assert [gradebook.rows(one.book, tiny.DAY, name)["notebooks"][
            tiny.NAME]["penalty"] for name in ("amina", "bilel")] == [
                None, 0.5]


def test_of_two_runs_at_once_the_second_says_so(course):
    with writer(course), pytest.raises(NotebookError, match="Another run"):
        writer(course).__enter__()
    with writer(course):
        pass  # it has ended: the next may begin


# --- a run that is cut -----------------------------------------------------

def test_a_full_disk_is_one_sentence_and_the_next_run_repairs_it(
        tmp_path, course):
    script = tmp_path / "run.py"
    script.write_text(f"""
import errno, shutil, sys
from pathlib import Path
from commands import grading
from commands.exercises.notebooks import NotebookError

def fill(total):
    with open("filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC
    yield from range(total)

if __name__ == "__main__":
    small = Path(sys.argv[1])
    shutil.copytree({str(course)!r}, small, dirs_exist_ok=True)
    grade = lambda **more: grading.grade({tiny.DAY!r}, small, settings=(
        grading.Settings(unsafe=True, processes=1)), **more)
    import os
    os.chdir(small)
    try:
        grade(track=fill)
    except NotebookError as error:
        print(error)
    graded = (small / "reports/{tiny.DAY}.jsonl").read_text().count("student")
    Path("filler").unlink()
    print(graded, [(one.score, one.skipped) for one in grade()])
    print([str(file) for file in small.rglob("*.new")])
""", "utf-8")
    small = tmp_path / "small"
    small.mkdir()
    ran = subprocess.run(
        [needs("bwrap"), "--dev-bind", "/", "/", "--size", str(4 << 20),
         "--tmpfs", str(small), sys.executable, str(script), str(small)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True)
    assert "make room on the disk, then grade again" in ran.stdout
    assert "Traceback" not in ran.stderr + ran.stdout
    right = tiny.AUTOMATIC
    assert ran.stdout.splitlines()[-2:] == [
        f"1 [({right:.1f}, True), ({right:.1f}, False), "
        f"({right:.1f}, False)]", "[]"]


def test_a_run_that_is_told_to_end_leaves_nothing_and_loses_nothing(
        course, tmp_path):
    scratch = tmp_path / "shm"
    scratch.mkdir()
    code = f"""
import functools
from pathlib import Path
from commands.grading import Settings, grade, job, terminal
job.SCRATCH = {str(scratch)!r}
terminal.grade = functools.partial(grade, root=Path({str(course)!r}))
terminal.command({tiny.DAY!r}, Settings(unsafe=True, processes=1))
"""
    running = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT,
                               stderr=subprocess.PIPE)
    until = time.monotonic() + 120
    while not notes(course) and time.monotonic() < until:
        time.sleep(0.05)
    running.terminate()
    running.communicate(timeout=30)
    assert running.returncode != 0
    assert not list(scratch.rglob("*"))
    results = grading.grade(tiny.DAY, course)
    assert results[0].skipped and not results[2].skipped
    assert {one.score for one in results} == {tiny.AUTOMATIC}
