"""Jobs run in processes of this machine, or on a dask cluster."""

import gc
import os
import socket
import subprocess
import sys
import weakref

import pytest

from commands import grading
from commands.exercises.notebooks import NotebookError
from commands.grading import workers
from commands.grading.cage.kernels import WarmKernels
from tests.commands.grading.cases import course as tiny
from tests.support import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]


def test_a_worker_holds_no_more_memory_than_it_may():
    """And the machine has what the others need."""
    result = subprocess.run([sys.executable, "-c", (
        "from commands.grading import job\n"
        "job.settle('/tmp', None)\n"
        "bytearray(job.MOST_MEMORY // 2)\n"
        "bytearray(job.MOST_MEMORY + 1)")],
        cwd=ROOT, capture_output=True, text=True)
    assert result.stderr.splitlines()[-1] == "MemoryError"
    assert "line 4" in result.stderr


class _Ring:
    """An object that only a look for circles removes."""

    def __init__(self):
        self.own = self


def test_a_worker_looks_for_what_nobody_uses(monkeypatch):
    """Else it grows with each notebook: Python would look too late."""
    from commands.grading import job
    monkeypatch.setattr(job, "settle", lambda *_: None)
    left, alive = [], []

    class Pipe:
        def recv(self):
            alive.append(sum(one() is not None for one in left))
            if len(alive) > 3 * workers.JOBS_TO_CLEAN:
                raise EOFError
            return [lambda: left.append(weakref.ref(_Ring()))]

        def send(self, answer):
            assert answer == (None, "")

    gc.disable()
    try:
        with pytest.raises(EOFError):
            workers._work(Pipe(), "", None)
    finally:
        gc.enable()
    assert max(alive) < workers.JOBS_TO_CLEAN
    assert len(left) == 3 * workers.JOBS_TO_CLEAN


def test_jobs_run_on_a_dask_cluster(small_class):
    """A scheduler and two workers, started separately."""
    with socket.create_server(("127.0.0.1", 0)) as free_port:
        address = f"tcp://127.0.0.1:{free_port.getsockname()[1]}"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host",
         address, "--dashboard-address", "127.0.0.1:0"],
        env=environment, stderr=subprocess.DEVNULL)]
    try:
        running += [subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address,
             "--nthreads", "1", "--no-dashboard", "--no-nanny"],
            env=environment, stderr=subprocess.DEVNULL) for _ in range(2)]
        from distributed import Client
        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        results = grading.grade(
            tiny.DAY, small_class,
            settings=grading.Settings(scheduler=address))
    finally:
        for process in running:
            process.terminate()
            process.wait(20)
    assert len(results) == 6 and results[0].score > 0
    assert {(one.score, *one.reasons) for one in results} == {
        (results[0].score,)}


def test_a_scheduler_that_is_not_there_is_told(small_class, monkeypatch):
    monkeypatch.setattr(workers, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(NotebookError, match="no dask scheduler"):
        grading.grade(tiny.DAY, small_class, settings=grading.Settings(
            scheduler="tcp://127.0.0.1:9"))
