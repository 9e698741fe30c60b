"""A checker that fails says how: it is never the trainee's fault."""

import json
import os
import struct
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from jupyter_core.utils import run_sync

from commands.grading.cage.forkserver import serving
from commands.grading.cage.kernels import WarmKernels
from commands.grading.examiner import (
    CheckerFailed,
    Examiner,
    Question,
    place,
)

pytestmark = pytest.mark.skipif(
    not WarmKernels.possible, reason="warm kernels need fork, so Linux")
CELLS = json.dumps([
    {"id": "half-answer", "source": "half = 0.5", "answer": True,
     "graded": False},
    {"id": "half", "source": "assert half", "answer": False, "graded": True}])


@pytest.fixture
def examiner(free, tmp_path):
    """Of a notebook whose kernel never answers."""
    with Examiner(free, *place(CELLS, {}, tmp_path, "tiny"), {}) as examiner:
        yield examiner


def failure(examiner, cell, seconds):
    with pytest.raises(CheckerFailed) as failed:
        run_sync(examiner.ask)(Question(cell, "assert half", 1), seconds)
    return str(failed.value)


def test_an_error_of_its_own_is_named_and_it_goes_on(examiner):
    assert failure(examiner, "third", 1) == "third: KeyError: 'third'"
    assert failure(examiner, "fourth", 1) == "fourth: KeyError: 'fourth'"


def test_a_checker_without_an_answer_says_how_long_it_had(examiner):
    assert failure(examiner, "half", -9.5) == (
        "half: the checker did not answer within 0.5 seconds")


def test_a_kernel_does_not_wait_for_a_checker_that_did_not_start(
        free, tmp_path):
    """The reference stops: nobody will ever ask the trainee's Python."""
    broken = CELLS.replace("half = 0.5", "half = 1 / 0")
    with Examiner(free, *place(broken, {}, tmp_path, "broken"), {}
                  ) as examiner:
        assert "ZeroDivisionError" in failure(examiner, "half", 1)
        examiner.kernel_wire.settimeout(5)
        assert examiner.kernel_wire.recv(1) == b""


def served(examiner, source, namespace):
    """The outputs of the check `half` of this text, for a Python with these
    names."""
    with ThreadPoolExecutor(1) as worker:
        outputs = worker.submit(run_sync(examiner.ask),
                                Question("half", source, 5), 9)
        serving.serve(examiner.kernel_wire.fileno(), namespace)
        return outputs.result()


class Broken:
    """Its own code fails, whoever looks at it."""
    __class__ = property(lambda self: 1 / 0)

    def __getattr__(self, name):
        raise RuntimeError(name)


@pytest.mark.parametrize("value", [
    lambda: {frozenset("ab"): 1}, lambda: {(1, frozenset("c"))},
    lambda: (1 / 0 for _ in [1]), Broken], ids=[
        "a set as a key", "a set in a set", "a generator that fails",
        "an object that fails"])
def test_a_value_that_is_hard_to_send_is_no_fault_of_the_checker(
        examiner, value):
    assert served(examiner, "assert half is not None",
                  {"half": value()}) == []


@pytest.mark.parametrize("reply", [
    {}, {"names": 5}, {"names": {}}, {"names": {"half": {"is": "value"}}},
    {"names": {"half": {"is": "value", "value": b"no value"}}}])
def test_a_reply_without_its_form_is_no_fault_of_the_checker(
        examiner, reply, monkeypatch):
    send = serving.send
    monkeypatch.setattr(serving, "send", lambda wire, message: send(
        wire, {**reply, "number": message["number"]}))
    (output,) = served(examiner, "assert half", {"half": 1})
    assert "did not answer" in output.evalue


def test_a_message_without_an_end_is_no_fault_of_the_checker(examiner):
    """The worker hangs up: the checker does not wait for the rest."""
    with ThreadPoolExecutor(1) as worker:
        outputs = worker.submit(run_sync(examiner.ask),
                                Question("half", "assert half", 5), 9)
        serving.receive(Connection(os.dup(examiner.kernel_wire.fileno())))
        examiner.kernel_wire.send(struct.pack("!i", 1 << 20) + b"x")
        examiner.no_more_answers()
        examiner.hang_up()
        (output,) = outputs.result()
    assert "did not answer" in output.evalue


def test_a_reference_keeps_the_threads_that_it_starts(free, tmp_path):
    """A fork would lose them: it is run again for each submission. It still
    reads the files beside it."""
    cells = json.dumps([
        {"id": "setup", "answer": False, "graded": False, "source": (
            "import threading\n"
            "beds = open('beds.csv').read()\n"
            "worker = threading.Thread(target=threading.Event().wait,\n"
            "                          daemon=True)\n"
            "worker.start()")},
        *json.loads(CELLS)])
    question = Question("half", (
        "assert worker.is_alive()\nassert half == 0.5 and beds == 'A,4'"), 5)
    for _ in range(2):
        with Examiner(free, *place(cells, {"beds.csv": b"A,4"}, tmp_path,
                                   "tiny"), {}) as examiner, \
                ThreadPoolExecutor(1) as worker:
            outputs = worker.submit(run_sync(examiner.ask), question, 9)
            serving.serve(examiner.kernel_wire.fileno(), {"half": 0.5})
            assert outputs.result() == []


def test_what_a_reference_writes_ends_with_the_server(tmp_path):
    """Nothing is read from /tmp, where anybody can write, or left there."""
    told = tmp_path / "told"
    cells = json.dumps([
        {"id": "setup", "answer": False, "graded": False, "source": (
            "import os, pathlib, tempfile\n"
            f"pathlib.Path({str(told)!r}).write_text('\\n'.join([\n"
            "    tempfile.mkdtemp(), *(os.environ[name] for name in (\n"
            "        'HOME', 'IPYTHONDIR', 'MPLCONFIGDIR'))]))")},
        *json.loads(CELLS)])
    with WarmKernels() as kernels:
        kernels.run_reference(*place(cells, {}, tmp_path, "tiny"))
        made, home, *others = map(Path, told.read_text().splitlines())
        assert home.is_dir() and home.stat().st_mode & 0o77 == 0
        assert {made.parent, *(other.parent for other in others)} == {home}
    assert not home.exists()
