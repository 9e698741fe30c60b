"""Run a stranger's notebook with limits, reasons and a checker.

`Guarded` is mixed into nbclient's NotebookClient (`GuardedClient`) and into
nbgrader's Execute (`GuardedExecute`). Whatever a cell does, the notebook
ends: cells that had run keep their outputs, the others say why they did not
run. Check cells run in a checker (`examiner`), not in the notebook's kernel.
Only without a checker (own check, a system that cannot fork) they run there.

Upgrade note (nbclient >=0.11,<0.12): `Guarded` overrides the private methods
`_async_poll_kernel_alive` and `_async_handle_timeout` of NotebookClient, and
uses `_async_check_alive`, `task_poll_for_reply`, `timeout_func`,
`iopub_timeout` and `code_cells_executed`. Compare them: if a method gets a
new name, ours is no longer called and a notebook can hang. Test:
test_guard.
"""

import asyncio
import contextlib
import os
import time
from copy import deepcopy
from dataclasses import dataclass, field

import nbformat
from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.preprocessors import Execute

from commands.grading.cage import usage
from commands.grading.cage.client import LARGEST_MESSAGE, AwakeManager
from commands.grading.cage.kernels import Limits
from commands.grading.examiner import (
    CheckerFailed,
    Examiner,
    is_check,
    runs_beside,
    serving,
)

SECONDS_TO_STOP = 3  # after an interrupt; then it is killed
SECONDS_TO_TELL = 15  # for a checker, when it needs no more answers
SECONDS_A_LOOK = 0.1
MOST_UNREAD = 512 << 20  # bytes by which messages make this process grow


@dataclass
class Room:
    """What the run of one notebook may use, and what became of it."""
    limits: Limits = field(default_factory=Limits)
    examiner: Examiner | None = None
    reasons: list[str] = field(default_factory=list)
    checker_failed: str = ""  # how: the infrastructure's fault, run it again
    not_started: Exception | None = None  # the kernel: the same


class Guarded:
    """A NotebookClient that a notebook cannot block, flood or deceive."""

    room: Room = None

    # --- before any cell: what fails is not the trainee's ------------------

    async def async_start_new_kernel(self, **kwargs):
        with self._noted():
            await super().async_start_new_kernel(**kwargs)

    async def async_start_new_kernel_client(self):
        with self._noted():
            return await super().async_start_new_kernel_client()

    start_new_kernel = run_sync(async_start_new_kernel)
    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    @contextlib.contextmanager
    def _noted(self):
        """nbgrader would forget which error it was."""
        try:
            yield
        except Exception as error:
            self.room.not_started = error
            raise

    # --- one cell ----------------------------------------------------------

    async def async_execute_cell(self, cell, cell_index, **kwargs):
        if cell.cell_type != "code":
            return cell
        await self._begin()
        if cell.metadata.get("tags"):  # a submission may not skip its cells
            cell.metadata.tags = [tag for tag in cell.metadata.tags
                                  if tag != self.skip_cells_with_tag]
        elsewhere = is_check(cell) and self.room.examiner
        if elsewhere and runs_beside(cell):
            self._tell(f"the check {cell.metadata.nbgrader.grade_id} needs "
                       "the answer itself: it ran in the same Python as the "
                       "trainee's code")
            elsewhere = False
        if elsewhere:
            await self._examine(cell, cell_index)
        else:
            await self._run(cell, cell_index, kwargs)
        self._seen.append((cell, deepcopy(cell.outputs)))
        if cell_index == len(self.nb.cells) - 1 or not any(
                later.cell_type == "code"
                for later in self.nb.cells[cell_index + 1:]):
            await self._finish()
        return cell

    execute_cell = run_sync(async_execute_cell)

    async def _run(self, cell, cell_index, kwargs):
        """Run a cell, or say in its place why it did not run."""
        self._printed, self._cut = 0, False
        left = self._until - time.monotonic()
        if not self._why and left < 1:
            self._stop(_too_long(self.room.limits))
            await self._kill()
        if self._why:
            if cell.source.strip():
                cell.outputs = [_error("NotRun", "Not run: " + self._why)]
            return
        self.timeout_func = lambda _: int(min(
            left, self.room.limits.seconds_a_cell)) or 1
        try:
            await super().async_execute_cell(cell, cell_index, **kwargs)
        except Exception as error:  # a kernel can send anything
            self._stop(_too_long(self.room.limits) if time.monotonic()
                       > self._until - 1 else
                       _why_stopped(error, self.room.limits))
            await self._kill()
            cell.outputs = [output for output in cell.get("outputs", [])
                            if output.output_type != "error"]
            cell.outputs.append(_error(type(error).__name__, self._why))
        if any(output.get("ename") == "CellTimeoutError"
               for output in cell.outputs):
            self._tell(_endless(self.room.limits.seconds_a_cell)
                       if self._until - time.monotonic() > 1
                       else _too_long(self.room.limits))

    async def _examine(self, cell, cell_index):
        """Let the checker run a check cell, while the kernel answers its
        questions."""
        if self._why:
            cell.outputs = [_error("NotRun", "Not run: " + self._why)]
            return
        limits, examiner = self.room.limits, self.room.examiner
        told = len(self.room.reasons)
        asking = asyncio.ensure_future(examiner.ask(examiner.question(
            self.nb, cell_index, min(limits.seconds_a_call,
                                     limits.seconds_a_cell / 2)),
            limits.seconds_a_cell + SECONDS_TO_STOP))
        serves = nbformat.v4.new_code_cell(serving(
            self.km.wire_number))
        self.nb.cells.append(serves)
        try:
            await self._run(serves, len(self.nb.cells) - 1,
                            {"store_history": False})
        finally:
            self.nb.cells.pop()
            self.code_cells_executed -= 1
            examiner.no_more_answers()
        try:
            if not (await asyncio.wait([asking], timeout=SECONDS_TO_TELL))[0]:
                examiner.hang_up()  # it waits for the rest of a message
            cell.outputs = await asking
            if examiner.unanswered and told == len(self.room.reasons):
                self._tell(NO_ANSWER)
        except CheckerFailed as error:
            self.room.checker_failed = str(error)
            cell.outputs = [_error("CheckerFailed", f"Not checked: {error}")]

    async def _begin(self):
        """Before the first cell of a notebook."""
        if getattr(self, "_notebook", None) is not self.nb:
            self._notebook, self._why, self._seen = self.nb, None, []
            self._flood = self._looks_cut_off = 0
            self._own_memory = usage.memory([os.getpid()])
            self._until = (time.monotonic()
                           + self.room.limits.seconds_a_notebook)

    async def _finish(self):
        """After the last cell: each output counts as it was first seen. A
        later cell cannot change it."""
        for cell, outputs in self._seen:
            cell.outputs = outputs
        self.nb.metadata.pop("widgets", None)

    def _stop(self, why):
        self._why = self._why or why
        self._tell(self._why)

    def _tell(self, reason):
        if reason not in self.room.reasons:
            self.room.reasons.append(reason)

    async def _kill(self):
        if self.km is not None and self.km.has_kernel:
            await ensure_async(self.km.provisioner.kill())

    # --- while it runs -----------------------------------------------------

    async def _async_poll_kernel_alive(self):
        """Check often: is the kernel alive, and within its limits?"""
        while True:
            await asyncio.sleep(SECONDS_A_LOOK)
            if not self._why and (why := self._excess()):
                self._stop(why)
                await self._kill()
            try:
                await self._async_check_alive()
            except DeadKernelError:
                self.task_poll_for_reply.cancel()
                return

    def _excess(self):
        """The reason to stop it: it uses or sends more than is allowed."""
        limits = self.room.limits
        if (self._flood > limits.flood or usage.memory([os.getpid()])
                > self._own_memory + MOST_UNREAD):
            return _flooded(limits)
        is_cut_off = getattr(self.kc, "is_cut_off", None)
        if is_cut_off and is_cut_off():  # or it is about to end
            self._looks_cut_off += 1
            if self._looks_cut_off * SECONDS_A_LOOK > SECONDS_TO_STOP:
                return CUT_OFF
        excess = getattr(self.km.provisioner, "excess", None)
        return excess(limits) if excess else ""

    async def _async_handle_timeout(self, timeout, cell=None):
        """Interrupt the kernel; kill it if it does not stop."""
        reply = await super()._async_handle_timeout(timeout, cell)
        self.iopub_timeout = SECONDS_TO_STOP
        return reply

    def process_message(self, msg, cell, cell_index):
        """A message of the kernel; output beyond the limit is cut."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "update_display_data" or kind.startswith("comm"):
            return None  # would alter an earlier cell; a widget's state
        if kind in ("stream", "display_data", "execute_result", "error"):
            size = len(str(content))
            self._flood += size
            room = self.room.limits.output - self._printed
            self._printed += size
            if size > room and kind == "error":
                msg = {**msg, "content": _short(content)}
            elif size > room:
                if self._cut:
                    return None
                self._cut = True
                msg = {**msg, "msg_type": "stream", "header": {
                    **msg["header"], "msg_type": "stream"}, "content": {
                    "name": "stdout", "text": (
                        content.get("text", "")[:max(0, room)]
                        + "\n… the rest of this output was cut …\n")}}
        return super().process_message(msg, cell, cell_index)


class GuardedClient(Guarded, NotebookClient):
    """nbclient's client, guarded."""


class GuardedExecute(Guarded, Execute):
    """nbgrader's preprocessor, guarded; manager is the class of the kernel
    manager it uses, None for ordinary kernels."""

    manager = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, kernel_manager_class=(
            self.manager or AwakeManager))
        self.shutdown_kernel = "immediate"


CUT_OFF = ("it was stopped: it sent a message of more than "
           f"{LARGEST_MESSAGE >> 20} MB, or closed its connection")
NO_ANSWER = ("its Python stopped, or did not answer, while its code was "
             "tested (exit() in a function, or too little memory?)")


def _endless(seconds: int) -> str:
    """The reason of a notebook in which a cell has run for too long."""
    return (f"a cell ran for more than {seconds} seconds and was stopped: "
            "is there a loop without an end?")


def _too_long(limits):
    return (f"the notebook ran for more than {limits.seconds_a_notebook} "
            "seconds and was stopped")


def _flooded(limits):
    return (f"it was stopped: it printed or sent more than "
            f"{limits.flood >> 20} MB")


def _why_stopped(error, limits):
    if isinstance(error, CellTimeoutError):
        return _endless(limits.seconds_a_cell)
    return ("Python itself stopped while it ran (exit() in a cell, or too "
            "little memory?)")


def _short(error):
    """Shorten an error with a very long text."""
    return {"ename": error["ename"][:100], "evalue": error["evalue"][:1000],
            "traceback": [line[:1000] for line in error["traceback"][-20:]]}


def _error(name, text):
    return nbformat.v4.new_output(
        "error", ename=name, evalue=text, traceback=[f"✗ {text}"])
