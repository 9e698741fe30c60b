"""Warm kernels for jupyter_client: a provisioner that forks.

>>> with WarmKernels() as kernels:
...     kernels.learn(["geopandas"])
...     client = NotebookClient(nb, kernel_manager_class=kernels.manager())

Each kernel is a process that the fork server (`Server`) has forked; it runs
in a sandbox of its own and ends with it. Where processes cannot be forked
(Windows), `WarmKernels.possible` is false and ordinary kernels are used.
"""

import asyncio
import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import KernelProvisionerBase
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from traitlets import Type

from commands.grading.cage import sandbox, usage
from commands.grading.cage.client import PromptClient
from helpers.data import ROOT
from helpers.errors import CourseError

NAME = "course-warm"  # entry point in pyproject.toml
FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
MB = 1 << 20
# What the fork server answers. The keeper of a fork tells its pid; the fork
# itself tells that it is ready, and may be the quicker of the two.
READY, FORKED = frozenset({"ready"}), frozenset({"ready", "pid"})


@dataclass(frozen=True)
class Limits:
    """What one notebook may use. seconds: wall time."""
    seconds_a_cell: int = 120
    seconds_a_call: int = 30    # of an answer, by a check
    seconds_a_notebook: int = 600
    memory: int = 4096 * MB     # address space of a process, and all resident
    processes: int = 96         # and threads
    open_files: int = 256       # of a process; the solutions need 72
    files: int = 256 * MB       # each of its memory file systems
    output: int = 1 * MB        # kept of a cell
    flood: int = 64 * MB        # printed in all; beyond it, it is stopped


class KernelError(CourseError):
    """A warm kernel could not be started."""


def has_ended(server: socket.socket) -> bool:
    """Has this server ended? Kernels end with it. (It sends nothing by this
    socket: the only thing to read is its end.)"""
    return bool(select.select([server], [], [], 0)[0])


class Server:
    """The process that forks warm kernels, used as a context.

    Requests go to socket; any process that has it can ask. It is a program
    of its own, which imports nothing of the engine: see
    `forkserver`.
    """

    def __enter__(self):
        self.socket, theirs = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Its own: anybody can write what libraries read in /tmp. References
        # leave their files here.
        self._home = tempfile.mkdtemp(prefix="s-", dir=FOLDER)
        environment = _environment(self._home) | {  # every kernel reads it
            "MPLBACKEND": "agg", "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "forkserver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], cwd=Path(__file__).parent,
                env=environment, stdin=subprocess.DEVNULL,
                start_new_session=True)
        return self

    def __exit__(self, *error):
        self.socket.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


class WarmKernels:
    """Kernels that are forked warm, used as a context.

    sandbox is one of those in `sandbox`; limits are per kernel; server is the
    socket of a Server, else it starts a Server of its own.
    """

    possible = hasattr(os, "fork") and sys.platform.startswith("linux")

    def __init__(self, sandbox_: str = sandbox.NONE,
                 limits: Limits = Limits(),
                 server: socket.socket | None = None):
        self.sandbox, self.limits = sandbox_, limits
        self.known, self._references, self._socket = set(), set(), server

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        if not self._socket:
            self._socket = self._stack.enter_context(Server()).socket
        return self

    def __exit__(self, *error):
        self._stack.close()

    def has_ended(self) -> bool:
        """Has the server ended, and its kernels with it?"""
        return has_ended(self._socket)

    def learn(self, names: list[str], wait: bool = True) -> None:
        """Import these modules, for all kernels to come."""
        new = [name for name in names if name not in self.known]
        self.known |= set(new)
        for some in range(0, len(new), 500):  # a message has a maximum size
            self._ask({"learn": new[some:some + 500]},
                      READY if wait else frozenset())

    def manager(self, submission: Path | None = None,
                environment: dict | None = None,
                wire: socket.socket | None = None) -> type:
        """A kernel manager class for one notebook: it works on a copy of
        the folder submission; wire leads to its checker."""
        return type("Manager", (WarmManager,), {
            "kernels": self, "submission": submission, "wire": wire,
            "environment": environment or {}})

    def checker(self, cells: Path, folder: Path, control: socket.socket,
                wire: socket.socket) -> "contextlib.ExitStack":
        """Fork a checker in a cage of its own. To end it, close the returned
        context. cells is the file of a reference's cells, folder holds the
        files beside it, control leads to the worker, wire to the answers."""
        self.run_reference(cells, folder)
        with contextlib.ExitStack() as stack:
            self._ask({**self._place(stack, folder),
                       "reference": str(cells)}, FORKED, [control, wire])
            return stack.pop_all()

    def run_reference(self, cells: Path, folder: Path) -> None:
        """Run a reference notebook, once for all users of the server. Import
        for all later kernels what it has imported."""
        if cells not in self._references:
            answer = self._ask({
                "reference": str(cells), "only_run": True,
                "folder": str(folder)})
            self._references.add(cells)
            self.learn(answer["modules"], wait=False)

    def _place(self, stack, submission, cwd=None):
        """A cage, or a folder, for one process: what the fork server must
        know about it."""
        cage = None
        if self.sandbox == sandbox.BWRAP:
            cage = stack.enter_context(sandbox.Cage(
                submission, self.limits.files))
            work, home = sandbox.WORK, "/tmp"
            submission = "/tmp/.submission" if submission else None
        else:
            home = stack.enter_context(_folder())
            work = f"{home}/work"
            os.mkdir(work)
            os.chmod(work, 0o777)
            if self.sandbox == sandbox.NONE and cwd and not submission:
                work = cwd  # elsewhere it could not write there
        stack.cage = cage
        return {**sandbox.measures(self.sandbox, home),
                "cage": cage and cage.pid, "work": work,
                "submission": submission and str(submission),
                "environment": _environment(home),
                "limits": {"memory": self.limits.memory,
                           "processes": self.limits.processes,
                           "open_files": self.limits.open_files,
                           "file_size": self.limits.files,
                           "seconds": 2 * self.limits.seconds_a_notebook}}

    def _ask(self, request, until=READY, files=()):
        """Send a request, the pipe for its answer, and sockets that are
        handed over. Read until all this has been answered."""
        read, write = os.pipe()
        with open(read, encoding="utf-8") as answers:
            try:
                socket.send_fds(self._socket, [json.dumps(request).encode()],
                                [write, *(one.fileno() for one in files)])
            except OSError:
                raise KernelError(
                    "The server of warm kernels has ended.") from None
            finally:
                os.close(write)
            answer = {}
            for line in answers if until else ():
                answer |= json.loads(line)
                if until <= answer.keys() or "error" in answer:
                    break
        if not until <= answer.keys():
            raise KernelError("A kernel did not start: " + answer.get(
                "error", "it ended before it was ready"))
        return answer


class WarmProvisioner(KernelProvisionerBase):
    """One kernel: forked warm, in a cage (or a folder) of its own."""

    pid = None

    @property
    def has_process(self) -> bool:
        return self.pid is not None

    async def pre_launch(self, **kwargs):
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        manager = self.parent
        kernels = manager.kernels
        connection = {f"{name}_port": number for number, name in enumerate(
            ("shell", "iopub", "stdin", "hb", "control"), 1)}
        connection |= {"key": secrets.token_hex(16), "transport": "ipc",
                       "signature_scheme": "hmac-sha256"}
        self.stack = contextlib.ExitStack()
        place = kernels._place(self.stack, manager.submission, manager.cwd)
        self.cage = self.stack.cage
        inside = (f"{sandbox.SOCKETS}/k" if self.cage else
                  f"{place['environment']['HOME']}/k")
        place["environment"] |= manager.environment
        answer = kernels._ask(
            {**place, "connection": connection | {"ip": inside}}, FORKED,
            [manager.wire] if manager.wire else [])
        if manager.wire:  # only the kernel keeps it, so that its end shows
            manager.wire.close()
            type(manager).wire_number = answer["wire"]
        self.pid = answer["pid"]
        self.holders = [answer["keeper"], *([self.cage.pid]
                                            if self.cage else [])]
        self.home = place["environment"]["HOME"]
        self._handle = os.pidfd_open(self.pid)
        self.stack.callback(os.close, self._handle)
        self.connection_info = connection | {
            "ip": f"{self.cage.root}{inside}" if self.cage else inside,
            "kernel_name": "python3",
            "key": connection["key"].encode()}
        return self.connection_info

    async def poll(self):
        if self.pid is None:
            return 0
        return 1 if select.select([self._handle], [], [], 0)[0] else None

    async def wait(self):
        while await self.poll() is None:
            await asyncio.sleep(0.002)
        self._end()
        return 0

    async def send_signal(self, signum):
        if self.pid is not None and await self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signum)

    async def kill(self, restart=False):
        if self.pid is not None:
            await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart=False):
        await self.kill(restart)

    async def cleanup(self, restart=False):
        self._end()

    def excess(self, limits: Limits) -> str:
        """Why the kernel must be stopped: it uses more than is allowed."""
        return (usage.excess(self.holders, self.cage.root, sandbox.WRITABLE,
                             limits) if self.cage else
                usage.excess(self.holders, None, [self.home], limits))

    def _end(self):
        if self.pid is not None:
            self.pid = None
            self.stack.close()


class WarmManager(AsyncKernelManager):
    """jupyter_client's manager of a kernel of `kernels`.

    Upgrade note (jupyter-client >=8.10,<8.11): it overrides the private
    `_async_start_kernel` and `_async_wait`: see `client.PromptClient`.
    """

    kernels: WarmKernels = None
    submission: Path | None = None
    environment: ClassVar[dict] = {}
    wire: socket.socket | None = None  # to the checker of its answers
    wire_number: int | None = None     # the same, as the kernel calls it
    cwd: str | None = None
    client_class = "commands.grading.cage.client.PromptClient"
    client_factory = Type(klass=PromptClient, default_value=PromptClient)

    @property
    def kernel_spec(self):
        return KernelSpec(
            argv=["python"], display_name="Warm Python", language="python",
            metadata={"kernel_provisioner": {"provisioner_name": NAME}})

    async def _async_start_kernel(self, **kwargs):
        self.cwd = kwargs.pop("cwd", None)
        self.transport = "ipc"
        factory = KernelProvisionerFactory.instance()
        if NAME not in factory.provisioners:  # installed before it existed
            from importlib.metadata import EntryPoint
            factory.provisioners[NAME] = EntryPoint(
                NAME, f"{__name__}:WarmProvisioner", factory.GROUP_NAME)
        await super()._async_start_kernel(**kwargs)

    start_kernel = _async_start_kernel

    async def _async_wait(self, pollinterval=0.002):
        await super()._async_wait(pollinterval)  # else 0.1 s a notebook


def _environment(home):
    return {"PATH": os.defpath + os.pathsep + str(
                Path(sys.executable).parent),
            "HOME": home, "TMPDIR": home,
            "LANG": "C.UTF-8", "IPYTHONDIR": f"{home}/.ipython",
            "MPLCONFIGDIR": f"{home}/.matplotlib", "PYTHONUTF8": "1",
            "JUPYTER_RUNTIME_DIR": f"{home}/.jupyter",
            "PIP_RETRIES": "0",  # without a network it tried for 8 s
            # No thread may exist when the server forks.
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
            "ARROW_DEFAULT_MEMORY_POOL": "system"}


@contextlib.contextmanager
def _folder():
    """A short-named folder for a kernel without a cage."""
    folder = tempfile.mkdtemp(prefix="k-", dir=FOLDER)
    os.chmod(folder, 0o777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
