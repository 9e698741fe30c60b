"""What a fork becomes: ipykernel's application, made quick, without TCP."""

import functools
import logging
import os
import sys
import types
from unittest import mock


@functools.cache
def quick_application() -> type:
    """ipykernel's application without TCP and without a file. Made once, in
    the server: a class takes a while (traitlets looks at all it has).

    Upgrade note (ipykernel >=7.4,<7.5): the methods of IPKernelApp that write
    a connection file are empty. Tests: as for `make`.
    """
    from ipykernel.kernelapp import IPKernelApp

    class Application(IPKernelApp):
        def parse_command_line(self, argv=None):  # there is none
            pass

        def init_connection_file(self):
            connection = self.connection
            self.transport, self.ip = "ipc", connection["ip"]
            for name in ("shell", "iopub", "stdin", "hb", "control"):
                setattr(self, f"{name}_port", connection[f"{name}_port"])

        def write_connection_file(self, **_):
            pass

        def log_connection_info(self):
            pass

        def init_crash_handler(self):
            pass

    return Application


def make(connection: dict):
    """ipykernel's application with its sockets bound, without a file.

    Upgrade note (ipykernel >=7.4,<7.5; ipython >=9.18,<9.19): there is no
    pause after a cell (`_execute_sleep`), and the shell's compiler and
    `transform_cell` are replaced. Compare these names. Tests: test_kernels,
    "ordinary"; test_cage, "honest". The functions below replace more.
    """
    from ipykernel.iostream import IOPubThread
    from IPython.core.compilerop import CachingCompiler
    from traitlets.config import Config

    config = Config()
    config.Session.key = connection["key"].encode()
    config.HistoryManager.hist_file = ":memory:"
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"  # of errors: 10 ms each
    # Errors without the lines around each frame: for those it parses whole
    # files of libraries (0.1 to 0.4 s for the first error in pandas).
    config.InteractiveShell.xmode = "Plain"
    _print_by_a_file(IOPubThread, f"ipc://{connection['ip']}-prints")
    quick_application().connection = connection
    app = quick_application().instance(config=config, log_level=50)
    with _no_list_of_modules():
        app.initialize([])
    app.log.setLevel(logging.CRITICAL)
    app.kernel._execute_sleep = 0
    _say_only_what_is_read(app.kernel)
    app.shell.compile = CachingCompiler()  # ipykernel's hashes in Python
    # It is called twice per cell, and tokenizes the cell each time.
    app.shell.transform_cell = functools.lru_cache(1)(
        app.shell.transform_cell)
    _compile_once(app.shell)
    for stream in (sys.stdout, sys.stderr):
        _flush_when_full(stream)
    _show_figures(app.shell)
    return app


def _say_only_what_is_read(kernel):
    """Of the four messages that ipykernel sends about each cell, nbclient
    needs the reply and the end; it does not look at the two of its begin.

    Upgrade note (ipykernel >=7.4,<7.5; nbclient >=0.11,<0.12): compare
    `_publish_status` and `_publish_execute_input` of Kernel, and
    `process_message` of NotebookClient. Tests: as for `make`.
    """
    publish = kernel._publish_status
    kernel._publish_execute_input = lambda *_: None
    kernel._publish_status = lambda status, *where, **also: (
        status != "busy" and publish(status, *where, **also))


def _no_list_of_modules():
    """While this lasts, ipykernel finds no module: a fork copies the memory
    of each one that is looked at (8 of 49 ms, for a debugger).

    Upgrade note (ipykernel >=7.4,<7.5): `IPythonKernel.__init__` must read
    nothing but `modules` of `sys`, and for its debugger only. Tests: as for
    `make`.
    """
    from ipykernel import ipkernel
    return mock.patch.object(ipkernel, "sys", types.SimpleNamespace(
        **vars(sys) | {"modules": {}}))


def _print_by_a_file(thread, address):
    """Forked processes send their prints to the kernel by TCP, which the cage
    does not have: use a socket that is a file.

    Upgrade note (ipykernel >=7.4,<7.5): compare `_setup_pipe_in` and
    `_setup_pipe_out` of IOPubThread. Tests: as for `make`.
    """
    import zmq
    from zmq.eventloop.zmqstream import ZMQStream

    def pipe_in(self):
        self._pipe_uuid = os.urandom(16)
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.bind(address)
        self._pipe_in = ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def pipe_out(self):
        context = zmq.Context()  # the parent's does not survive the fork
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000  # milliseconds, as ipykernel has it
        pipe.connect(address)
        return context, pipe

    thread._setup_pipe_in, thread._setup_pipe_out = pipe_in, pipe_out


def _compile_once(shell):
    """Twice per cell it compiles the cell to see whether it awaits.

    Upgrade note (ipython >=9.18,<9.19): compare `should_run_async`. Tests: as
    for `make`.
    """
    asks = shell.should_run_async
    shell.should_run_async = lambda cell, **also: (
        ("await" in cell or "async" in cell) and asks(cell, **also))


def _flush_when_full(stream):
    """ipykernel waits six times per cell for its thread to flush; mostly
    there is nothing to flush.

    Upgrade note (ipykernel >=7.4,<7.5): compare `flush` and `_buffers` of
    OutStream. Tests: as for `make`.
    """
    flush = stream.flush
    stream.flush = lambda: flush() if stream._buffers else None


def _show_figures(shell):
    """pyplot was imported before there was a shell: connect the two."""
    if "matplotlib.pyplot" in sys.modules:
        shell.enable_matplotlib("inline")
