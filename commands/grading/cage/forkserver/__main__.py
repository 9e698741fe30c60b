"""`python -m forkserver FD`: answer requests that come by the socket FD.

It imports once what the reference solutions import (`learn`) and forks a
kernel for each notebook in a few milliseconds. It never runs a solution: a
submission could read all that it has in memory. A request is a JSON message
with the pipe for the answer, which is JSON lines (see `kernels.WarmKernels`).

A request for a kernel forks a *keeper*, which enters the cage and forks the
kernel there. Nothing here may start a thread, a loop or a ZeroMQ context
before that. A request for a checker goes to a process of its own, which has
run the reference notebook (`_serve_reference`); no kernel comes from there.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import warnings
from pathlib import Path

from helpers import data

from . import application, landlock, rights, seccomp

LARGEST = 1 << 20  # bytes of a request
MOST_FILES = 3     # the pipe for the answer; a wire; a checker's control
# Only what the shell has set up can be imported before there is a shell.
NEEDS_A_SHELL = ("matplotlib_inline.backend_inline", "__main__")
OF_A_KERNEL = (    # what ipykernel imports when it begins, too
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.debugger",
    "IPython.core.completerlib", "IPython.core.magics.execution",
    "IPython.core.oinspect", "IPython.core.pylabtools",
    "IPython.extensions.storemagic", "faulthandler",
    "tornado.platform.asyncio")


def serve(connection: socket.socket) -> None:
    """Answer requests until nobody is left to ask."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for keepers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 50)  # what is forked lives for a second
    _import(OF_A_KERNEL)
    application.quick_application()
    references: dict[str, socket.socket] = {}
    while True:
        message, files, *_ = socket.recv_fds(connection, LARGEST, MOST_FILES)
        if not message:
            return
        request = json.loads(message)
        if "learn" in request:
            _import(request["learn"])
            with contextlib.suppress(BrokenPipeError):  # nobody waits
                _tell(files[0], ready=True)
        elif "reference" in request:
            _pass_on(request, message, files, references, connection)
        else:
            if len(files) > 1:  # the kernel will serve a checker
                _module("serving")
            if os.fork() == 0:
                connection.close()
                for other in references.values():
                    other.close()
                _keep(request, files, _become_kernel)  # never returns
        for file in files:
            os.close(file)


def _pass_on(request, message, files, references, connection):
    """Give a request to the process that has run its reference. Start this
    process first, if there is none."""
    key = request["reference"]
    for _ in range(2):
        if key not in references:
            references[key], theirs = socket.socketpair(
                socket.AF_UNIX, socket.SOCK_SEQPACKET)
            if os.fork() == 0:
                connection.close()
                for other in references.values():
                    other.close()
                _serve_reference(request, theirs)  # never returns
            theirs.close()
        try:
            socket.send_fds(references[key], [message], files)
            return
        except OSError:  # it has ended
            references.pop(key).close()


def _serve_reference(request, requests):
    """Run a reference notebook once, then fork a checker for each request.

    A fork has no threads of its parent. So if a reference starts threads, it
    is run again for each request, in the checker itself.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    rights.end_with_parent()
    checker = _module("checker")
    os.chdir(request["folder"])
    cells = json.loads(Path(request["reference"]).read_text("utf-8"))
    read, write = os.pipe()
    runner = os.fork()
    if runner == 0:
        os.close(read)
        rights.end_with_parent()
        try:
            reference = checker.Reference(cells)
            _tell(write, forks=reference.can_fork)
            if reference.can_fork:
                gc.collect()
                gc.freeze()
                _fork_checkers(requests, lambda: reference)
        except BaseException as error:
            _tell(write, error=f"{type(error).__name__}: {error}")
        os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as answers:
        result = json.loads(answers.readline() or '{"error": "it ended"}')
    if result.get("forks"):
        os.waitpid(runner, 0)
    elif "error" in result:
        _refuse_all(requests, result["error"])
    else:
        _fork_checkers(requests, lambda: checker.Reference(cells))
    os._exit(0)


def _module(name):
    """A module of this package under another name. No kernel is forked from
    a process that has the checker, so that a submission cannot read it."""
    known = f"_course_{name}"
    if known not in sys.modules:
        here = Path(__file__).parent
        sys.path.insert(0, str(here.parent))
        try:
            sys.modules[known] = importlib.import_module(
                f"{here.name}.{name}")
        finally:
            _leave_no_name()
    return sys.modules[known]


def _fork_checkers(requests, reference):
    """reference() is called in each checker, in its cage."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    def become(request, files):
        checker = _module("checker")
        _settle(request)
        examined = checker.Checker(reference(), *files[1:3])
        _tell(files[0], ready=True)
        os.close(files[0])
        examined.serve()

    while True:
        message, files, *_ = socket.recv_fds(requests, LARGEST, MOST_FILES)
        if not message:
            return
        request = json.loads(message)
        if request.get("only_run"):
            _tell(files[0], ready=True, modules=[
                name for name in sys.modules if name.partition(".")[0] not in (
                    "__main__", "_course_checker")])
        elif os.fork() == 0:
            requests.close()
            _keep(request, files, become)  # never returns
        for file in files:
            os.close(file)


def _refuse_all(requests, error):
    while True:
        message, files, *_ = socket.recv_fds(requests, LARGEST, MOST_FILES)
        if not message:
            return
        with contextlib.suppress(OSError):
            _tell(files[0], error=error)
        for file in files:
            os.close(file)


def _tell(pipe, **what):
    os.write(pipe, (json.dumps(what) + "\n").encode())


def _import(names):
    """Import modules; those that fail are left out."""
    new = [name for name in names
           if name not in NEEDS_A_SHELL and name not in sys.modules]
    if not new:
        return
    with warnings.catch_warnings():  # in a warm-up nobody needs them
        warnings.simplefilter("ignore")
        for name in new:
            with contextlib.suppress(BaseException):
                importlib.import_module(name)
        with contextlib.suppress(Exception):
            _rehearse()
    gc.collect()
    gc.freeze()  # kernels need not look through what they share


def _rehearse():
    """Do once what is slow the first time: show an error, read and show a
    table and a layer. Libraries cache their results."""
    from IPython.core import ultratb
    try:
        exec(compile("assert not 'warm'", "<cell>", "exec"))
    except AssertionError:
        ultratb.AutoFormattedTB(
            mode="Context", theme_name="nocolor").structured_traceback(
                *sys.exc_info())
    if pandas := sys.modules.get("pandas"):
        table = pandas.read_csv(io.StringIO("a;b\nx;1\ny;2"), sep=";",
                                dtype={"a": str})
        repr(table), table._repr_html_(), table.T.merge(table, how="cross")
    if geopandas := sys.modules.get("geopandas"):
        layer = geopandas.read_file(data.path("governorates"))
        metres = layer.to_crs(32632)
        metres.representative_point().to_frame("geometry").sjoin(metres)
        if codec := sys.modules.get("helpers.check.codec"):
            codec.encode([layer, metres])
    if maps := sys.modules.get("helpers.maps"):
        maps.background(maps.folium.Map(tiles=None), "")
    if "matplotlib.pyplot" in sys.modules:
        from matplotlib.backends import backend_registry
        backend_registry.list_all()  # reads what all packages declare
        backend_registry.load_backend_module("inline")  # a kernel's


def _keep(request, files, become):
    """The keeper: enter the cage, fork there, let `become` run in the fork,
    wait for its end. (Both keep the files that libraries have opened. PROJ,
    for example, notices a fork and closes its file by its number, even if
    the number then belongs to another file.)"""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        rights.end_with_parent()
        rights.adopt()
        if request["cage"]:
            rights.enter(request["cage"])
        pid = os.fork()
        if pid:
            _tell(files[0], pid=pid, keeper=os.getpid())
            for file in files:
                os.close(file)
            os.waitpid(pid, 0)
            _bury()
        else:
            become(request, files)
    except BaseException as error:
        with contextlib.suppress(OSError):
            _tell(files[0], error=f"{type(error).__name__}: {error}")
    finally:
        os._exit(0)


def _bury():
    """End the processes that the kernel has left. (A cage ends by itself.)"""
    with contextlib.suppress(OSError):
        while left := Path(f"/proc/self/task/{os.getpid()}/children"
                           ).read_text("ascii").split():
            for pid in map(int, left):  # stop all first: they may start others
                os.kill(pid, signal.SIGKILL)
            for pid in map(int, left):
                os.waitpid(pid, 0)


def _become_kernel(request, files):
    """In the cage: run a kernel. files: the pipe for the answer; and, if its
    answers are to be checked, the wire to the checker."""
    _settle(request)
    app = application.make(request["connection"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _tell(files[0], ready=True, wire=files[1] if len(files) > 1 else None)
    os.close(files[0])
    app.start()


def _settle(request):
    """In the cage: take the submission's data, give up all rights."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.umask(0o022)
    work = Path(request["work"])
    if request["submission"]:
        shutil.copytree(request["submission"], work, dirs_exist_ok=True,
                        copy_function=shutil.copyfile)
        for folder, _, names in os.walk(work):
            for name in [folder, *(os.path.join(folder, n) for n in names)]:
                os.chmod(name, 0o777)
    os.chdir(work)
    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = None  # else the server's, which is not here
    limits = request["limits"]
    if not (request["renounce"] and rights.renounce(request["user"])):
        limits = {**limits, "processes": None}  # it would count the user's
    rights.end_with_parent()
    if request["landlock"]:
        landlock.confine(**request["landlock"])
    rights.limit(**limits)
    if request["renounce"]:
        seccomp.confine()  # a second protection: the cage alone holds, too
    _reseed()


def _reseed():
    """A fork repeats the random numbers of its parent: new seeds."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _leave_no_name():
    """A trainee's module may have the name of one of these."""
    sys.path.pop(0)  # this folder, where they were found
    for name in [name for name in sys.modules if name.startswith(__package__)]:
        del sys.modules[name]


if __name__ == "__main__":
    _leave_no_name()
    os.chdir("/")
    serve(socket.socket(fileno=int(sys.argv[1])))
