"""Checks out of the trainee's reach: each check cell of a submission is run
by a checker, a process in a cage of its own that has run the solution.

The examiner belongs to one notebook. It has a checker forked, gives it one
check cell after the other, and meanwhile has the trainee's kernel answer
its questions (`helpers.check.answers.serve`). Neither the source of a check
nor an expected value enters that kernel.
"""

import asyncio
import contextlib
import json
import socket
from dataclasses import dataclass, field

import nbformat

from helpers.check import answers

GRACE = 5  # seconds beyond a notebook's own limits, for a checker's answer


class CheckerFailed(Exception):
    """The checker ended or did not answer: never the trainee's fault."""


@dataclass
class Question:
    """One check cell, and what is known of the answer that it checks."""
    cell: str                 # its grade id
    source: str
    names: list[str]          # all names that the source mentions
    replace: list[str]        # the answers that it checks
    seconds: float            # for each call
    circumstances: dict = field(default_factory=dict)

    def as_task(self) -> dict:
        return vars(self)


class Examiner:
    """The checker of one notebook, used as a context.

    start(wire, control) has a checker forked that holds these two sockets.
    kernel_wire is the other end of `wire`, for the trainee's kernel.
    """

    def __init__(self, start):
        self._start = start

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            wire, self.kernel_wire = map(stack.enter_context,
                                         socket.socketpair())
            self._control, control = map(stack.enter_context,
                                         socket.socketpair())
            self._start(wire, control)
            wire.close()
            control.close()
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    def let_go(self) -> None:
        """The kernel has its end of the wire: give up this one, so that the
        checker notices when the kernel ends."""
        self.kernel_wire.close()

    async def ask(self, question: Question, seconds: float) -> list:
        """The outputs of a check cell. Raises CheckerFailed."""
        self._control.settimeout(seconds + GRACE)
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(None, self._exchange, question)
        if reply is None:
            raise CheckerFailed(question.cell)
        return [nbformat.from_dict(output)
                for output in json.loads(reply["outputs"])]

    def _exchange(self, question):
        try:
            answers.send(self._control, question.as_task())
        except OSError:
            return None
        return answers.receive(self._control)


def serving(number: int) -> str:
    """The code with which the trainee's kernel answers a checker."""
    return (f"__import__('helpers.check.answers', fromlist=['serve'])"
            f".serve({number}, globals())")
