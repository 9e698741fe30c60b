"""How a checker asks the trainee's Python: messages by a socket.

`serve` runs in the trainee's kernel, whose parent has imported this file. A
trainee's code can read it: it holds no secret. The checker imports the same
file for `send` and `receive`.
"""

import difflib
import os
import signal
import time
from multiprocessing.connection import Connection
from typing import Any

from helpers.check import codec
from helpers.check.answers import (
    Answer,
    Message,
    described,
    is_stub,
    perform,
)

SECONDS_AHEAD = 0.2     # for calls that a check has not come to yet
BYTES_AHEAD = 8 << 20   # of their results


def serve(number: int, namespace: dict[str, Any]) -> None:
    """Answer a checker's requests on the socket with this file number, until
    the checker says that it is done. Runs in the trainee's Python."""
    interrupts: list[int] = []

    def stop(signal_number: int, _: Any) -> None:
        interrupts.append(signal_number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    with Connection(os.dup(number)) as wire:
        while (request := receive(wire)) and request.get("do") != "end":
            reply: Message = {}
            try:
                if request["do"] == "describe":
                    reply = {"names": describe(request["names"], namespace)}
                elif request["do"] == "replace":
                    namespace.update(request["values"])
                    namespace.update({
                        name: Answer(name, lambda question: _ask_for_a_tool(
                            number, question))
                        for name in request["functions"]})
                elif request["do"] == "calls":
                    reply = {"replies": perform_several(request, namespace)}
                else:
                    reply = perform(request, namespace)
            except BaseException as error:  # trainees can change this Python
                reply = {"raised": {"slow": True} if interrupts else
                         described(error)}
            send(wire, {**reply, "number": request.get("number")})
            if interrupts:  # the check as a whole took too long
                break
    signal.signal(signal.SIGINT, before)


def perform_several(request: Message, namespace: dict[str, Any]
                    ) -> list[Message]:
    """Replies to some calls, in their order: as many as take little time,
    and at least one."""
    replies: list[Message] = []
    until, size = time.monotonic() + SECONDS_AHEAD, 0
    for name, arguments in request["calls"]:
        replies.append(perform({
            "name": name, "arguments": arguments, "files": {},
            "seconds": request["seconds"]}, namespace))
        size += len(replies[-1].get("returned", b""))
        if time.monotonic() > until or size > BYTES_AHEAD:
            break
    return replies


def _ask_for_a_tool(number: int, question: Message) -> Message:
    """Call the checker's own function in place of a wrong one."""
    with Connection(os.dup(number)) as wire:
        send(wire, {**question, "do": "tool"})
        return receive(wire) or {"raised": {
            "name": "RuntimeError", "text": "the checker does not answer"}}


def send(wire: Connection, message: Message) -> None:
    """Send one message."""
    wire.send_bytes(codec.encode(message))


def receive(wire: Connection) -> Message | None:
    """The next message; None when the other side has ended, or sends
    something else."""
    try:
        message = codec.decode(wire.recv_bytes(2 * codec.LARGEST))
    except (OSError, EOFError, codec.CodecError):
        return None
    return message if isinstance(message, dict) else None


def describe(names: list[str], namespace: dict[str, Any]) -> Message:
    """What each name is: {"is": "function", "stub": …}, {"is": "value",
    "value": its bytes} or {"is": "missing", "near": a similar name}."""
    found: Message = {}
    for name in names:
        if name not in namespace:
            near = difflib.get_close_matches(
                name, [other for other in namespace if isinstance(other, str)
                       and not other.startswith("_")], 1, 0.75)
            found[name] = {"is": "missing", "near": "".join(near)}
        elif callable(namespace[name]):
            found[name] = {"is": "function", "stub": is_stub(namespace[name])}
        else:  # `...` is what a starter cell may hold
            value = None if namespace[name] is ... else namespace[name]
            try:
                content = codec.encode(value)
            except Exception:  # too large; or its own code, which may fail
                content = codec.encode(codec.Unsent(type(value).__name__))
            found[name] = {"is": "value", "value": content}
    return found
