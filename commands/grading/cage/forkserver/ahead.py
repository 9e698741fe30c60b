"""Calls that a check makes one after the other, asked in one message.

A check calls a small function a hundred times. Each message to the answers'
Python and back costs more than such a call. So the reference notebook's
calls are recorded (`Recorder`). When a check of a submission begins with the
same calls, all of them are asked at once (`Ahead`): they are made in the same
order, and each has its own time limit. As soon as the check calls something
else, it asks call by call.

A call whose arguments are made of an answer's result (`derived`) is asked for
itself, when the check comes to it: those of the record hold what the
reference gave, which is an expected value.
"""

import contextlib
import functools
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any

from helpers.check import codec
from helpers.check.answers import Message

MOST_CALLS = 1000       # of one check
MOST_BYTES = 1 << 20    # of their arguments
DERIVED = b""           # stands for arguments made of results
Call = tuple[str, bytes]  # the function's name; its arguments, as data


class Recorder:
    """The calls of one check of the reference, up to the first that is not
    data alone. namespace: in which the check runs; derived: lines of it (see
    `derived`). calls: what was recorded."""

    def __init__(self, namespace: dict[str, Any] | None = None,
                 derived: set[int] | None = None) -> None:
        self.calls: list[Call] = []
        self._namespace, self._derived = namespace, derived or set()
        self._room = MOST_BYTES  # 0: nothing more is recorded
        self._inside = 0

    def watch(self, name: str, function: Callable) -> Callable:
        """The function; each call by the check is recorded."""
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._room and not self._inside:  # not its own calls
                self._record(name, args, kwargs)
            self._inside += 1
            try:
                return function(*args, **kwargs)
            finally:
                self._inside -= 1
        return call

    def _record(self, name, args, kwargs):
        if self._is_derived():
            self.calls.append((name, DERIVED))
            return
        arguments = b""
        if not any(isinstance(value, PurePath | Iterator)  # used up by it
                   for value in [*args, *kwargs.values()]):
            with contextlib.suppress(codec.CodecError):
                arguments = codec.encode([list(args), kwargs])
        if 0 < len(arguments) <= self._room and len(self.calls) < MOST_CALLS:
            self.calls.append((name, arguments))
            self._room -= len(arguments)
        else:
            self._room = 0

    def _is_derived(self):
        """Is a line of the check being run that calls with results?"""
        frame = self._derived and sys._getframe(1)
        while frame:
            if frame.f_globals is self._namespace and (
                    frame.f_lineno in self._derived):
                return True
            frame = frame.f_back
        return False


class Ahead:
    """Asks for calls, many at once as long as they are the expected ones.

    expected: the calls of the reference, ask: sends a message and gives its
    reply.
    """

    def __init__(self, expected: list[Call],
                 ask: Callable[[Message], Message]) -> None:
        self._expected, self._ask = expected[::-1], ask  # next one: the last
        self._replies: list[Message] = []  # the same

    def __call__(self, request: Message) -> Message:
        """The reply to the request for one call."""
        call = request["name"], request["arguments"]
        if self._expected[-1:] == [(request["name"], DERIVED)]:
            self._expected.pop()
            return self._ask(request)
        if request["watched"] or self._expected[-1:] != [call]:
            self._expected = []
            return self._ask(request)
        if not self._replies:
            self._replies = self._several(request)
        self._expected.pop()
        return self._replies.pop()

    def _several(self, request):
        """Replies to this request and some of those that are expected."""
        calls = [*itertools.takewhile(lambda call: call[1] != DERIVED,
                                      reversed(self._expected))]
        reply = self._ask({"do": "calls", "seconds": request["seconds"],
                           "calls": calls})
        several = reply.get("replies")
        if not isinstance(several, list) or not several or not all(
                isinstance(one, dict) for one in several):
            several = [reply]  # it was interrupted, or is not honest
        return several[:len(calls)][::-1]
