"""Warm kernels: forked in milliseconds, and like any other kernel."""

import asyncio
import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from commands.grading import guard
from commands.grading.cage import client
from commands.grading.cage.kernels import FORKED, KernelError, WarmKernels
from tests.commands.grading.support import run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]


def test_forks_do_not_repeat_random_numbers(free):
    free.learn(["numpy", "random"])
    source = "import random, numpy; random.random(), numpy.random.rand()"
    drawn = [run(free.manager(), source)[0][0] for _ in range(2)]
    assert drawn[0] != drawn[1]


def test_a_figure_is_shown_though_pyplot_was_there_before_the_shell(free):
    free.learn(["matplotlib.pyplot"])
    (words,), _ = run(free.manager(), "import matplotlib.pyplot as plt\n"
                      "plt.plot([1, 2]);")
    assert "Figure size" in words


def test_a_module_that_does_not_import_is_left_out(free):
    free.learn(["this_module_does_not_exist", "json"])
    assert run(free.manager(), "1")[0] == ["1"]


CELLS = (
    "import sys; print('out'); print('err', file=sys.stderr); print('end')",
    "x = 6\nx * 7", "x;", "%%timeit -n1 -r1 -q\npass", "!echo shell",
    "def f(n):\n    return 1 / n\nf(0)", "if x:\nprint(1)", "?sum",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>1</b>'))\n2",
    "for n in range(3):\n    print(n, end=' ', flush=True)", "x",
    "import asyncio; await asyncio.sleep(0); _", "raise SystemExit",
)


def test_a_warm_kernel_says_what_an_ordinary_one_says(free):
    """Whatever of ipykernel and IPython is replaced in it."""
    def outputs(**options):
        notebook = new_notebook(cells=[new_code_cell(s) for s in CELLS])
        NotebookClient(notebook, allow_errors=True, kernel_name="python3",
                       **options).execute()
        return [_whole_streams(cell.outputs) for cell in notebook.cells]

    ordinary = outputs()
    assert outputs(kernel_manager_class=free.manager()) == ordinary
    assert ordinary[9] == ({"stdout": "0 1 2 "}, [])
    assert ordinary[1][1][0]["data"] == {"text/plain": "42"}


def test_a_warm_kernel_sends_what_somebody_reads(free, monkeypatch):
    sent = []
    read = NotebookClient.process_message

    def noted(self, message, *args):
        sent.append((message["msg_type"],
                     message["content"].get("execution_state")))
        return read(self, message, *args)
    monkeypatch.setattr(NotebookClient, "process_message", noted)
    assert run(free.manager(), "1 + 1", "print(3)")[0] == ["2", "3"]
    assert sent == [("execute_result", None), ("status", "idle"),
                    ("stream", None), ("status", "idle")]


def test_an_error_is_told_by_the_lines_of_its_cell_alone(free):
    """The lines around them, also those of libraries, cost up to 0.4 s."""
    notebook = new_notebook(cells=[new_code_cell(CELLS[5])])
    NotebookClient(notebook, allow_errors=True,
                   kernel_manager_class=free.manager()).execute()
    told = "\n".join(notebook.cells[0].outputs[0]["traceback"]).split()
    assert " ".join(told) == (
        "Traceback (most recent call last): Cell In[1], line 3 f(0) "
        "Cell In[1], line 2 in f return 1 / n "
        "ZeroDivisionError: division by zero")


def _whole_streams(outputs):
    """What a cell said, each stream in one piece.

    Where a kernel cuts a stream, and which of two streams it sends
    first, depends on the moment, not on the kernel.
    """
    streams, others = {}, []
    for output in map(_plain, outputs):
        if output["output_type"] == "stream":
            name = output["name"]
            streams[name] = streams.get(name, "") + output["text"]
        else:
            others.append(output)
    return streams, others


def _plain(output):
    """An output without the way that leads to an error."""
    plain = dict(output)
    if "traceback" in output:
        del plain["traceback"]
        plain["evalue"] = re.sub(r"\([^ ]*, line", "(line", output["evalue"])
    return plain


def test_a_fork_may_be_ready_before_its_keeper_tells_its_pid():
    # Else the keeper finds nobody to tell and ends, and its kernel with it.
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def answer():
        _, [pipe, wire], *_ = socket.recv_fds(theirs, 1 << 16, 2)
        os.close(wire)
        with open(pipe, "w") as told:
            print('{"ready": true, "wire": 7}', file=told, flush=True)
            time.sleep(0.2)  # the keeper has to wait for a processor
            print('{"pid": 12, "keeper": 11}', file=told, flush=True)

    with ours, theirs, ThreadPoolExecutor(1) as server, \
            WarmKernels(server=ours) as kernels:
        told = server.submit(answer)
        assert kernels._ask({}, FORKED, [ours]) == {
            "ready": True, "wire": 7, "pid": 12, "keeper": 11}
        told.result()


@pytest.mark.parametrize("words", [None, '{"error": "OSError: no room"}'])
def test_a_fork_that_fails_is_told(words):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def answer():
        _, [pipe], *_ = socket.recv_fds(theirs, 1 << 16, 1)
        with open(pipe, "w") as told:
            print('{"pid": 12, "keeper": 11}', file=told, flush=True)
            if words:
                print(words, file=told, flush=True)

    with ours, theirs, ThreadPoolExecutor(1) as server, \
            WarmKernels(server=ours) as kernels:
        server.submit(answer)
        with pytest.raises(KernelError, match="no room" if words else
                           "ended before it was ready"):
            kernels._ask({}, FORKED)


def test_jupyter_client_calls_what_begins_and_ends_at_once(free,
                                                           monkeypatch):
    """Under the names that it has for these methods."""
    from commands.grading.cage.client import PromptClient
    from commands.grading.cage.kernels import WarmManager
    called = []
    for owner, name in ((PromptClient, "_async_wait_for_ready"),
                        (PromptClient, "wait_for_ready"),
                        (WarmManager, "_async_start_kernel"),
                        (WarmManager, "start_kernel"),
                        (WarmManager, "_async_wait")):
        own = getattr(owner, name)

        def noted(*args, method=own, name=name, **kwargs):
            called.append(name.removeprefix("_async_"))
            return method(*args, **kwargs)
        monkeypatch.setattr(owner, name, noted)
    assert run(free.manager(), "1 + 1")[0] == ["2"]
    assert set(called) == {"wait_for_ready", "start_kernel", "wait"}


@pytest.mark.parametrize("kind", ["warm", "ordinary"])
def test_a_reply_that_comes_while_one_sends_is_seen(free, tmp_path, kind):
    """What nbclient does for widgets: it waits for the reply to a cell, and
    sends the widget's outputs by the same socket."""
    async def waited():
        manager = free.manager()() if kind == "warm" else (
            client.AwakeManager())
        await manager.start_kernel(cwd=str(tmp_path))
        talk = manager.client()
        talk.start_channels()
        try:
            await talk.wait_for_ready()
            asked = []

            async def seen():  # after late replies to `wait_for_ready`
                while (await talk.shell_channel.get_msg(timeout=60))[
                        "parent_header"]["msg_id"] not in asked:
                    pass
                return True

            waiting = asyncio.ensure_future(seen())
            await asyncio.sleep(0.1)  # until it waits
            asked.append(talk.kernel_info())
            time.sleep(1)  # its reply comes, while this process is busy
            talk.kernel_info()
            return await asyncio.wait_for(waiting, 10)
        finally:
            talk.stop_channels()
            await manager.shutdown_kernel(now=True)
    assert run_sync(waited)()


SENDS = ("kernel = get_ipython().kernel\nkernel.session.send("
         "kernel.iopub_socket, 'comm_msg', {{}}, buffers={})\n"
         "import time; time.sleep(9)")


@pytest.mark.parametrize("buffers, reason", [
    ("[bytes(9 << 20)]", "sent a message of more than"),
    ("[bytes(7 << 20)] * 30", "printed or sent more than"),
], ids=["large", "many"])
def test_a_large_message_is_not_read(free, monkeypatch, buffers, reason):
    monkeypatch.setattr(client, "LARGEST_MESSAGE", 8 << 20)
    monkeypatch.setattr(guard, "MOST_UNREAD", 100 << 20)
    monkeypatch.setattr(guard, "SECONDS_TO_STOP", 0.5)
    (_, after), reasons = run(free.manager(), SENDS.format(buffers), "1 + 1")
    assert reason in " ".join(reasons) and after.startswith("Not run")


def test_messages_of_a_usual_size_are_read(free):
    words, reasons = run(free.manager(), SENDS.format(
        "[bytes(20 << 20)]").replace("(9)", "(0.5)"), "1 + 1")
    assert words == ["", "2"] and not reasons


def noting(called, name, method):
    """The method, which notes that it is called."""
    def noted(*args, **kwargs):
        called.append(name)
        return method(*args, **kwargs)
    return noted
