"""The workers of the jobs: processes of this machine, or a dask cluster.

Both are used as a context, and have

begin(assignment, names)   start to run the solutions, which all jobs need
run(assignment, submissions, seconds)   pairs: a student, and a function that
                    gives the outcome's bytes, or raises NotGraded; as they
                    come. A job of this machine may take so many seconds
"""

import contextlib
import gc
import itertools
import multiprocessing
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path

from commands.exercises.notebooks import NotebookError
from commands.grading.cage.kernels import (
    KernelError,
    Server,
    WarmKernels,
    has_ended,
)
from commands.grading.results import NotGraded, in_words

# Trainees for whom one worker more than cores pays: it works while another
# waits for a kernel to start. It takes half a second to begin itself.
MANY = 60
JOBS_TO_CLEAN = 10  # jobs of a worker until it looks for what nobody uses
SECONDS_TO_BEGIN = 1800
SECONDS_TO_END = 10
SECONDS_TO_CONNECT = 10


def choose(settings, solutions: Path, trainees: int = 0):
    """The workers that the settings name, for a class of so many; solutions
    is the day's folder."""
    texts = [file.read_text("utf-8")
             for file in sorted(solutions.glob("*.ipynb"))]
    return (DaskCluster(settings.scheduler, texts) if settings.scheduler
            else LocalPool(settings.processes or (
                os.cpu_count() + (trainees >= MANY)), texts))


def slowness() -> str:
    """A sentence, if kernels cannot be forked; else nothing."""
    return "" if WarmKernels.possible else (
        " Each starts cold, because this system cannot fork: slower.")


class LocalPool:
    """Processes of this machine.

    They share a server of warm kernels. It imports the modules that the
    solutions import by a plain statement, while this process imports
    nbgrader. A worker or a server that has ended is started again.
    """

    def __init__(self, processes: int, solutions: list[str]):
        self.count = processes
        self.solutions = solutions
        self._server, self._workers = None, []

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.callback(self._end_server)
            if WarmKernels.possible:
                self._server = Server().__enter__()
            from commands.grading import job  # while the server begins
            self._teach_server()
            self._folder = tempfile.mkdtemp(prefix="g-", dir=job.SCRATCH)
            stack.callback(_remove, self._folder)
            os.chmod(self._folder, 0o711)  # kernels without rights enter it
            stack.callback(self._end_server)  # its kernels write there
            stack.callback(self._end_workers)
            for _ in range(self.count):
                self._workers.append(self._new_worker())
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    def begin(self, assignment: bytes, names: list[str]) -> None:
        """The workers let the server run the solutions of these names, while
        this process goes on."""
        from commands.grading import job
        for number, worker in enumerate(self._workers):
            mine = names[number::self.count]
            if mine and self._server:
                worker.give(None, SECONDS_TO_BEGIN, job.run_references,
                            assignment, mine)

    def run(self, assignment: bytes, submissions: dict[str, bytes],
            seconds: float):
        """A job that ends without an outcome runs again, alone, after the
        others: the second time counts."""
        again = {}
        for student, answer in self._run(assignment, submissions, seconds,
                                         self.count):
            if answer.error:
                again[student] = submissions[student]
            else:
                yield student, answer.outcome
        for student, answer in self._run(assignment, again, seconds, 1):
            yield student, answer.outcome

    def _run(self, assignment, submissions, seconds, most):
        """Pairs: a student and an `_Answer`; at most so many jobs run at the
        same time."""
        from commands.grading import job
        waiting, student, answer = iter(submissions), None, None
        while True:
            for place, worker in enumerate(self._workers[:most]):
                if not worker.is_busy and (
                        new := next(waiting, None)) is not None:
                    if not worker.is_fit(self._server):
                        worker.end()
                        worker = self._workers[place] = self._new_worker()
                    worker.give(new, seconds, job.run, assignment,
                                submissions[new])
            if student is not None:  # None: before the first answer
                yield student, answer
            busy = [worker for worker in self._workers if worker.is_busy]
            if not busy:
                return
            student, answer = _first_answer(busy)
            if answer.error:
                self._mind_server()

    # --- its processes -----------------------------------------------------

    def _new_worker(self):
        return _Worker(self._folder, self._server)

    def _end_workers(self):
        for worker in self._workers:
            worker.end()

    def _teach_server(self):
        from commands.grading import job
        if self._server:
            with contextlib.suppress(KernelError):  # the jobs report it
                WarmKernels(server=self._server.socket).learn(
                    job.imports(self.solutions), wait=False)

    def _mind_server(self):
        """Start the server again if it has ended; workers that ask the old
        one are replaced before their next job."""
        if self._server and has_ended(self._server.socket):
            self._end_server()
            self._server = Server().__enter__()
            self._teach_server()

    def _end_server(self):
        if self._server:
            self._server.__exit__()
            self._server = None


class DaskCluster:
    """The workers of a dask.distributed scheduler."""

    def __init__(self, address: str, solutions: list[str]):
        self.address, self.solutions = address, solutions

    def __enter__(self):
        from distributed import Client
        try:
            self._client = Client(self.address, timeout=SECONDS_TO_CONNECT)
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

    def begin(self, assignment: bytes, names: list[str]) -> None:
        """Each worker runs the solutions when it needs them."""

    def run(self, assignment: bytes, submissions: dict[str, bytes],
            seconds: float):
        """A cluster stops no job: the limits of its notebooks hold."""
        from distributed import as_completed

        from commands.grading import job
        shared = self._client.scatter(assignment, hash=False)
        running = {self._client.submit(job.run, shared, submission,
                                       pure=False, retries=1): student
                   for student, submission in submissions.items()}
        for done in as_completed(running):
            yield running.pop(done), done.result


@dataclass
class _Answer:
    """The answer of a job: bytes, or a sentence that says why not."""
    content: bytes = b""
    error: str = ""

    def outcome(self) -> bytes:
        if self.error:
            raise NotGraded(self.error)
        return self.content


class _Worker:
    """One process of the pool. It has one job at a time. So when it ends, or
    is stopped because its time is over, no other job is lost."""

    def __init__(self, folder: str, server: Server | None):
        self.server, self.is_busy = server, False
        context = _context()
        self.pipe, theirs = context.Pipe()
        with theirs:
            self._process = context.Process(
                target=_work, daemon=True,
                args=(theirs, folder, server and server.socket))
            self._process.start()

    def is_fit(self, server: Server | None) -> bool:
        """Is it alive, and does it ask this server?"""
        return self.server is server and self._process.is_alive()

    def give(self, student: str | None, seconds: float, *task) -> None:
        self.student, self.is_busy = student, True
        self.seconds, self.until = seconds, time.monotonic() + seconds
        with contextlib.suppress(OSError):  # it has ended: `take` says so
            self.pipe.send(task)

    def take(self) -> tuple[str | None, _Answer]:
        """Its student, and the answer."""
        self.is_busy = False
        try:
            return self.student, _Answer(*self.pipe.recv())
        except (EOFError, OSError):
            self._kill()  # so that `is_fit` sees it, too
            return self.student, _Answer(error=(
                "grading it ended twice without an answer (too little "
                "memory?)"))

    def stop(self) -> tuple[str | None, _Answer]:
        """Stop the job, because its time is over: its student."""
        self.is_busy = False
        self._kill()
        return self.student, _Answer(error=(
            f"grading it took more than {self.seconds / 60:.0f} minutes and "
            "was stopped"))

    def end(self) -> None:
        self._kill()
        self.pipe.close()

    def _kill(self):
        self._process.kill()
        self._process.join()


def _remove(folder: str) -> None:
    """Kernels that end with their server may still write for a moment."""
    until = time.monotonic() + SECONDS_TO_END
    while os.path.exists(folder) and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)


def _first_answer(busy):
    """The answer of the first worker that has one, has ended, or is late."""
    latest = min(busy, key=lambda worker: worker.until)
    ready = connection.wait([worker.pipe for worker in busy],
                            max(0, latest.until - time.monotonic()))
    for worker in busy:
        if worker.pipe in ready:
            return worker.take()
    return latest.stop()


def _context():
    """Fork workers from this process while it has one thread, else from a
    server with one thread that has imported what they need."""
    methods = multiprocessing.get_all_start_methods()
    if "fork" in methods and _has_one_thread():
        from commands.grading import preload  # noqa: F401 - before the fork
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context(
        "forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["commands.grading.preload"])
    return context


def _has_one_thread():
    """May this process be forked?"""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _work(pipe, folder, server):
    """In the worker: do what comes."""
    from commands.grading import job
    job.settle(folder, server)
    for number in itertools.count(1):
        function, *arguments = pipe.recv()
        try:
            answer = function(*arguments), ""
        except Exception as error:
            answer = b"", in_words(error)
        pipe.send(answer)
        if number % JOBS_TO_CLEAN == 0:  # by itself it would do so too late
            gc.collect()
