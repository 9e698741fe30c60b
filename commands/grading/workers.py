"""Who runs the jobs: processes of this machine, or a dask cluster.

Both are used as a context, and have

learn(assignment)   begin to learn which modules the solutions import
modules()           their names, as far as each job has to import them
run(assignment, submissions)   pairs: a student, and a function that gives
                    the outcome's bytes, or raises; as they come
"""

import contextlib
import multiprocessing
import os
import tempfile
from concurrent import futures
from pathlib import Path

from commands.exercises.notebooks import NotebookError
from commands.grading.cage.kernels import Server, WarmKernels


def choose(settings, solutions: Path):
    """The workers that the settings name; solutions is the day's folder."""
    texts = [file.read_text("utf-8")
             for file in sorted(solutions.glob("*.ipynb"))]
    return (DaskCluster(settings.scheduler, texts) if settings.scheduler
            else LocalPool(settings.processes, texts))


def slowness() -> str:
    """A sentence where kernels cannot be forked; else nothing."""
    return "" if WarmKernels.possible else (
        " Each starts cold, because this system cannot fork: slower.")


class LocalPool:
    """Processes of this machine.

    They share a server of warm kernels, which imports what the solutions do
    by a plain statement while this process imports nbgrader.
    """

    def __init__(self, processes: int | None, solutions: list[str]):
        self.processes, self.solutions = processes, solutions

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self._server = None
            if WarmKernels.possible:
                self._server = stack.enter_context(Server()).socket
            from commands.grading import job  # while the server begins
            if self._server:
                self._kernels = WarmKernels(server=self._server)
                self._kernels.learn(job.imports(self.solutions), wait=False)
            self._folder = stack.enter_context(tempfile.TemporaryDirectory(
                prefix="g-", dir=job.SCRATCH))
            self._open()
            stack.callback(lambda: self._executor.shutdown(
                cancel_futures=True))
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    def _open(self):
        """Fork the workers from this process, while it has one thread (else
        from a server that has), when they have what they need."""
        from commands.grading import job
        methods = multiprocessing.get_all_start_methods()
        if "fork" in methods and _has_one_thread():
            method = "fork"
            from commands.grading import preload  # noqa: F401
        else:
            method = "forkserver" if "forkserver" in methods else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["commands.grading.preload"])
        self._executor = futures.ProcessPoolExecutor(
            self.processes or os.cpu_count(), context, job.settle,
            (self._folder, self._server))
        self._executor.submit(int)  # begin now

    def learn(self, assignment: bytes) -> None:
        """The fork server learns while the first jobs run."""
        from commands.grading import job
        for solution in self.solutions if self._server else ():
            self._executor.submit(job.learn, assignment, solution
                                  ).add_done_callback(self._learnt)

    def _learnt(self, learning):
        with contextlib.suppress(Exception):  # then kernels are less warm
            self._kernels.learn(learning.result(), wait=False)

    def modules(self) -> list[str]:
        return []  # the fork server knows them

    def run(self, assignment: bytes, submissions: dict[str, bytes]):
        """A process that dies takes its job along, and the others': they
        run again, one by one; the second time counts."""
        from commands.grading import job
        again = []
        running = {self._executor.submit(job.run, assignment, submission):
                   student for student, submission in submissions.items()}
        for done in futures.as_completed(running):
            student = running.pop(done)  # with it goes what it gave
            if isinstance(done.exception(),
                          futures.process.BrokenProcessPool):
                again.append(student)
            else:
                yield student, done.result
        for student in again:
            self._executor.shutdown()
            self._open()
            done = self._executor.submit(job.run, assignment,
                                         submissions[student])
            futures.wait([done])
            yield student, done.result


class DaskCluster:
    """The workers of a dask.distributed scheduler."""

    def __init__(self, address: str, solutions: list[str]):
        self.address, self.solutions = address, solutions

    def __enter__(self):
        from distributed import Client
        try:
            self._client = Client(self.address, timeout=10)
        except OSError as error:
            raise NotebookError(
                f"There is no dask scheduler at {self.address}: {error}\n"
                "Start one with: dask scheduler") from None
        if not self._client.scheduler_info()["workers"]:
            self._client.close()
            raise NotebookError(
                f"The dask scheduler at {self.address} has no worker. Start "
                f"one with: dask worker {self.address} --nthreads 1")
        return self

    def __exit__(self, *error):
        self._client.close()

    def learn(self, assignment: bytes) -> None:
        from commands.grading import job
        self._learning = [
            self._client.submit(job.learn, assignment, solution, pure=False)
            for solution in self.solutions]

    def modules(self) -> list[str]:
        names = {"ipykernel.kernelapp": None}
        for learning in self._learning:
            with contextlib.suppress(Exception):
                names |= dict.fromkeys(learning.result())
        return list(names)

    def run(self, assignment: bytes, submissions: dict[str, bytes]):
        from distributed import as_completed

        from commands.grading import job
        shared = self._client.scatter(assignment, hash=False)
        running = {self._client.submit(job.run, shared, submission,
                                       pure=False, retries=1): student
                   for student, submission in submissions.items()}
        for done in as_completed(running):
            yield running.pop(done), done.result


def _has_one_thread():
    """May this process be forked?"""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False
