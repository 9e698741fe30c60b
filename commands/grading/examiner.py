"""Checks out of the trainee's reach: each check cell of a submission is run
by a checker, a process in a cage of its own that has run the solution.

The examiner belongs to one notebook. It starts a checker and gives it one
check cell after the other. Meanwhile the trainee's kernel answers the
checker's questions (`cage.forkserver.serving`). Neither the source of a
check nor an expected value enters that kernel.
"""

import asyncio
import contextlib
import hashlib
import json
import re
import socket
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import nbformat
from nbconvert.filters.ansi import strip_ansi
from nbgrader.utils import is_grade, is_solution

from commands.grading.cage.kernels import KernelError, WarmKernels
from commands.grading.handed_in import code
from commands.grading.handed_in.collect import write

GRACE = 10  # seconds beyond a cell's own limit, for a checker's answer


class CheckerFailed(Exception):
    """The checker ended or did not answer: never the trainee's fault."""


@dataclass
class Question:
    """One check cell; circumstances: see `helpers.check.feedback`."""
    cell: str       # its grade id
    source: str
    seconds: float  # for each call
    circumstances: dict = field(default_factory=dict)
    replaces: bool = True  # wrong answers, for later checks


class Examiner:
    """The checker of one notebook, used as a context.

    kernel_wire is for the trainee's kernel, which takes it over. starters:
    grade id → source of the answer cells as they were handed out.
    unanswered: did the trainee's kernel leave the last check without an
    answer?
    """

    def __init__(self, kernels: WarmKernels, cells: Path, folder: Path,
                 starters: dict[str, str]):
        self._kernels, self._cells, self._folder = kernels, cells, folder
        self.starters, self.unanswered = starters, False

    def __enter__(self):
        """Start the checker without waiting: `ask` waits for it."""
        with contextlib.ExitStack() as stack:
            wire, self.kernel_wire = map(stack.enter_context,
                                         socket.socketpair())
            # Its own copy of the checker's end, see `hang_up`.
            self._wire = stack.enter_context(wire.dup())
            ours, control = map(stack.enter_context, socket.socketpair())
            self._control = stack.enter_context(Connection(ours.detach()))
            starter = stack.enter_context(ThreadPoolExecutor(1))
            self._checker = starter.submit(
                self._kernels.checker, self._cells, self._folder, control,
                wire)
            for theirs in (control, wire):  # so that its end shows
                self._checker.add_done_callback(
                    lambda _, end=theirs: end.close())
            stack.callback(self._end_checker)
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    def _end_checker(self):
        with contextlib.suppress(KernelError, OSError):  # `ask` has told
            self._checker.result().close()

    async def ask(self, question: Question, seconds: float) -> list:
        """The outputs of a check cell. Raises CheckerFailed."""
        try:
            await asyncio.wrap_future(self._checker)
        except (KernelError, OSError) as error:
            self.hang_up()  # the kernel waits for a checker that never was
            raise CheckerFailed(str(error)) from None
        reply = json.loads(await asyncio.get_running_loop().run_in_executor(
            None, self._exchange, question, seconds + GRACE))
        if "failed" in reply:
            raise CheckerFailed(f"{question.cell}: {reply['failed']}")
        self.unanswered = reply["unanswered"]
        return [nbformat.from_dict(output) for output in reply["outputs"]]

    def _exchange(self, question, seconds):
        try:
            self._tell(**vars(question))
            if self._control.poll(seconds):
                return self._control.recv_bytes()
            failed = f"the checker did not answer within {seconds:g} seconds"
        except (OSError, EOFError) as error:
            failed = f"the checker has ended ({type(error).__name__})"
        self.hang_up()  # a kernel that serves a checker waits for its end
        return json.dumps({"failed": failed})

    def _tell(self, **message):
        self._control.send_bytes(json.dumps(message).encode())

    def has_ended(self) -> bool:
        """Has the checker ended? (Asked between two questions, when it has
        nothing to say: the only thing to read is its end.)"""
        return self._checker.done() and self._control.poll()

    def no_more_answers(self) -> None:
        """The trainee's kernel no longer serves: tell a checker that still
        waits."""
        with contextlib.suppress(OSError):
            self._tell(served=True)

    def hang_up(self) -> None:
        """End the connection between checker and kernel. A checker that
        still waits, in the middle of a message, sees its end."""
        with contextlib.suppress(OSError):
            self._wire.shutdown(socket.SHUT_RDWR)

    def question(self, notebook, index: int, seconds: float) -> Question:
        """What the checker must know about the check cell at this place."""
        cell, own = notebook.cells[index], []
        for before in reversed(notebook.cells[:index]):
            if is_check(before):
                break
            if before.cell_type == "code" and is_solution(before):
                own.append(before)
        names = [one.metadata.nbgrader.grade_id for one in own]
        errors = [output for one in own for output in one.get("outputs", ())
                  if output.output_type == "error"]
        name = cell.metadata.nbgrader.grade_id
        return Question(name, cell.source, seconds, {
            "untouched": bool(own) and all(
                _plain(one.source) == _plain(self.starters.get(one_name, ""))
                for one_name, one in zip(names, own, strict=True)),
            "stopped": _in_words(errors[0]) if errors else "",
            "below": sorted(code.defined_below(notebook, name))})


def _in_words(error) -> str:
    """The error of a cell, and the line of the cell, as a desk says it."""
    line = re.search(r"Cell In\[\d+\], line (\d+)",
                     strip_ansi("\n".join(error.traceback)))
    says = re.sub(r" \(<ipython-input-[^)]*\)", "", error.evalue)
    return f"{error.ename}: {says}"[:300] + (
        f", line {line[1]}" if line else "")


def reference_cells(solution) -> str:
    """What a checker needs of a solution: its code cells, as JSON."""
    return json.dumps([{
        "id": cell.metadata.get("nbgrader", {}).get("grade_id", cell.id),
        "source": cell.source, "answer": is_solution(cell),
        "graded": is_check(cell), "beside": runs_beside(cell)}
        for cell in solution.cells if cell.cell_type == "code"])


def place(cells: str, support: dict[str, bytes], shared: Path,
          name: str) -> tuple[Path, Path]:
    """Write a reference where the fork server finds it, once for all users of
    the folder shared. Returns the file of its cells (`reference_cells`) and
    the folder of the files beside the solution."""
    content = repr([cells, sorted(support.items())]).encode()
    folder = shared / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}"
    if not folder.exists():
        new = Path(tempfile.mkdtemp(dir=shared))
        new.chmod(0o755)
        write({"cells.json": cells.encode()}, new)
        (new / "support").mkdir()
        write(support, new / "support")
        with contextlib.suppress(OSError):  # another process was faster
            new.rename(folder)
    return folder / "cells.json", folder / "support"


def serving(number: int) -> str:
    """The code with which the trainee's kernel answers a checker. It makes no
    name, and needs none that a trainee can change."""
    return ("(lambda own: own.__import__('_course_serving').serve("
            f"{number}, own.globals()))(__import__('builtins')) and None")


def starters(master) -> dict[str, str]:
    """grade id → source of the answer cells of an exercise."""
    return {cell.metadata.nbgrader.grade_id: cell.source
            for cell in master.cells if is_solution(cell)}


def is_check(cell) -> bool:
    """Does this cell give points for an answer that stands elsewhere?"""
    return (cell.cell_type == "code" and is_grade(cell)
            and not is_solution(cell))


def runs_beside(check) -> bool:
    """Does this check need the answer itself? Then it runs in the trainee's
    kernel."""
    return bool(check.metadata.get("course", {}).get("in_answer_kernel"))


def _plain(source):
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
