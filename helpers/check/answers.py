"""Answers under test: called by a check, out of each other's reach.

While a class is graded, a check runs in one Python (the *checker*) and the
trainee's functions in another; between them travels data alone (`codec`). At
the trainee's own desk both are one Python: there a call takes the same way
through the codec, so that desk and grading agree.

`Answer` is what a check calls; `perform` calls the trainee's function;
`serve` does so for a checker that asks through a socket.
"""

import builtins
import contextlib
import difflib
import inspect
import io
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
import types
from collections.abc import Callable
from pathlib import Path, PurePath

from helpers.check import codec
from helpers.errors import CourseError

SECONDS_A_CALL = 30
STARTER = "# Your answer here"  # ClearSolutions.code_stub of the course
LONGEST_SHOWN = 60  # characters of an argument in a message


class TooSlow(Exception):
    """A call took longer than it may."""


class Stopped(Exception):
    """The trainee's Python ended, or does not answer any more."""


class _OutOfTime(BaseException):
    """Interrupts the trainee's code, past its `except Exception`."""


# --- the side of the check -------------------------------------------------

class Answer:
    """A function of the trainee's, as a check sees it.

    A call sends the arguments as data and gives the result as data: what
    the function does to its arguments stays with it. Raises what the
    function raised (as the nearest built-in exception, with its words),
    TooSlow or Stopped.
    """

    def __init__(self, name: str, ask: Callable[[dict], dict],
                 is_stub: bool = False, is_started: bool = False,
                 seconds: float = SECONDS_A_CALL):
        self.__name__ = self.__qualname__ = name
        self.is_stub = is_stub        # nothing but its description
        self.is_started = is_started  # the starter's comment is still there
        self.last_arguments = self.last_result = None
        self.changed_arguments: list[int | str] = []
        self._ask, self._seconds = ask, seconds

    def __call__(self, *args, **kwargs):
        self.last_arguments = args, kwargs
        files = {str(one): one for one in [*args, *kwargs.values()]
                 if isinstance(one, PurePath)}
        reply = self._ask({
            "do": "call", "name": self.__name__, "seconds": self._seconds,
            "arguments": codec.encode([list(args), kwargs]),
            "files": {name: _content(file) for name, file in files.items()}})
        self.changed_arguments = list(reply.get("changed", ()))
        for name, content in dict(reply.get("files") or {}).items():
            if name in files and isinstance(content, bytes):
                Path(files[name]).write_bytes(content)
        if "raised" in reply:
            raise _exception(reply["raised"], self)
        self.last_result = as_read(codec.decode(reply.get("returned", b"")))
        return self.last_result

    def call_text(self) -> str:
        """The last call in words: "place(a table of 12 rows, 'EPSG:4326')".
        """
        args, kwargs = self.last_arguments or ((), {})
        shown = [*map(shown_value, args), *(
            f"{name}={shown_value(one)}" for name, one in kwargs.items())]
        return f"{self.__name__}({', '.join(shown)})"

    def __repr__(self):
        return f"<function {self.__name__}>"


def as_read(value: object) -> object:
    """A layer as a check reads it: however the trainee calls the active
    geometry column, here it is "geometry"."""
    name = getattr(value, "active_geometry_name", None)
    if name in (None, "geometry") or "geometry" in getattr(
            value, "columns", ()):
        return value
    return value.rename_geometry("geometry")


def shown_value(value: object) -> str:
    """A value in a few words, for a message."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and len(shape) == 2:
        return f"a table of {shape[0]} rows"
    if isinstance(shape, tuple) and len(shape) == 1:
        return f"{shape[0]} values"
    if isinstance(value, PurePath):
        return repr(value.name)
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST_SHOWN else (
        text[:LONGEST_SHOWN - 1] + "…")


def _content(file):
    """What is in a file that a function is given; None: nothing yet."""
    with contextlib.suppress(OSError):
        return Path(file).read_bytes()
    return None


def _exception(raised, answer):
    """What the function raised, as an exception of this Python."""
    text = str(raised.get("text", ""))
    if raised.get("kind") == "slow":
        return TooSlow(f"{answer.call_text()} was stopped after "
                       f"{answer._seconds:g} seconds")
    error = None
    for name in list(raised.get("bases", ())) + ["RuntimeError"]:
        kind = CourseError if name == "CourseError" else getattr(
            builtins, str(name), None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            continue
        try:
            error = kind(*raised.get("arguments", [text]))
        except Exception:  # needs other arguments
            continue
        if str(error) == text:
            break
        error = kind(text)
        break
    error.answer_type = str(raised.get("name", type(error).__name__))
    error.answer_line = str(raised.get("line", ""))
    error.answer_call = answer.call_text()
    return error


# --- the side of the answer ------------------------------------------------

def perform(request: dict, namespace: dict) -> dict:
    """Call a function of the namespace as a request asks; the reply."""
    function = namespace.get(request["name"])
    try:
        with tempfile.TemporaryDirectory() as folder, _quiet():
            args, kwargs = codec.decode(request["arguments"])
            places = {name: Path(folder, f"{number}", Path(name).name)
                      for number, name in enumerate(request["files"])}
            for name, place in places.items():
                place.parent.mkdir()
                if request["files"][name] is not None:
                    place.write_bytes(request["files"][name])
            with _time_limit(request["seconds"]):
                result = function(
                    *[_at_home(one, places) for one in args],
                    **{name: _at_home(one, places)
                       for name, one in kwargs.items()})
                written = codec.encode(_sent_home(result, places))
            return {"returned": written,
                    "changed": _changed(args, kwargs, request["arguments"]),
                    "files": {name: place.read_bytes() for name, place in
                              places.items() if place.is_file()}}
    except _OutOfTime:
        return {"raised": {"kind": "slow", "text": "", "bases": []}}
    except KeyboardInterrupt:
        raise
    except SystemExit as error:
        return {"raised": {
            "name": "SystemExit", "bases": ["RuntimeError"], "line":
            _line_of(error), "text": "exit() ends Python: use return"}}
    except BaseException as error:
        return {"raised": _described(error)}


def describe(names: list[str], namespace: dict) -> dict:
    """What each name is: {"is": "function", "stub": …}, {"is": "value",
    "value": its bytes} or {"is": "missing", "near": a name that looks like it}."""
    found = {}
    for name in names:
        if name not in namespace:
            near = difflib.get_close_matches(
                name, [one for one in namespace if isinstance(one, str)
                       and not one.startswith("_")], 1, 0.75)
            found[name] = {"is": "missing", "near": near[0] if near else ""}
        elif callable(namespace[name]) and not isinstance(
                namespace[name], type(Ellipsis)):
            found[name] = {"is": "function",
                           "stub": is_stub(namespace[name])}
        else:
            found[name] = {"is": "value", "value": _encoded(namespace[name])}
    return found


def _encoded(value):
    """The value as bytes; `...`, which a starter cell may hold, as None."""
    try:
        return codec.encode(None if value is ... else value)
    except codec.CodecError:
        return codec.encode(codec.Unsent(type(value).__name__))


def is_stub(function: object) -> bool:
    """Does the function hold nothing but its description?"""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    def nothing(): "…"  # noqa: E704, D200
    return code.co_code == nothing.__code__.co_code and set(
        code.co_consts) <= {None, function.__doc__}


def _is_started(function):
    """Does it still hold the comment that stands for an answer?"""
    try:
        return STARTER in inspect.getsource(function)
    except (OSError, TypeError):
        return False


def serve(number: int, namespace: dict) -> None:
    """Answer a checker's requests on the socket with this file number,
    until it says that it is done. Runs in the trainee's Python."""
    with socket.socket(fileno=os.dup(number)) as wire:
        while True:
            request = receive(wire)
            if request is None or request.get("do") == "end":
                return
            try:
                reply = _reply(request, namespace, number)
            except KeyboardInterrupt:  # the check as a whole took too long
                send(wire, {"raised": {"kind": "slow"},
                            "number": request.get("number")})
                return
            send(wire, {**reply, "number": request.get("number")})


def _reply(request, namespace, number):
    try:
        if request["do"] == "describe":
            found = describe(request["names"], namespace)
            return {"names": found}
        if request["do"] == "replace":
            for name in request["functions"]:
                namespace[name] = Answer(name, _Tool(number))
            namespace.update(request["values"])
            return {}
        return perform(request, namespace)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever was done to this Python
        return {"raised": _described(error)}


class _Tool:
    """Asks the checker for a right tool in the place of a wrong one."""

    def __init__(self, number):
        self._number = number

    def __call__(self, request):
        with socket.socket(fileno=os.dup(self._number)) as wire:
            send(wire, {**request, "do": "tool"})
            return receive(wire) or {"raised": {
                "name": "RuntimeError", "bases": [], "text":
                "the course's own tool does not answer"}}


def _at_home(value, places):
    return places.get(str(value), value) if isinstance(
        value, PurePath) else value


def _sent_home(value, places):
    """A path that a function gives back, under its own name."""
    for name, place in places.items():
        if isinstance(value, (str, PurePath)) and str(value) == str(place):
            return PurePath(name)
    return value


def _changed(args, kwargs, before):
    """Places or names of the arguments that the function has changed."""
    if codec.encode([args, kwargs]) == before:
        return []
    was_args, was_kwargs = codec.decode(before)
    pairs = {**dict(enumerate(zip(was_args, args))),
             **{name: (was_kwargs[name], kwargs[name]) for name in kwargs}}
    return [label for label, (was, now) in pairs.items()
            if codec.encode(was) != codec.encode(now)]


def _described(error):
    arguments = [one for one in error.args
                 if isinstance(one, (str, int, float, type(None)))]
    return {"name": type(error).__name__, "text": _words(error),
            "bases": [kind.__name__ for kind in type(error).__mro__],
            "arguments": arguments if len(arguments) == len(error.args)
            else [_words(error)], "line": _line_of(error)}


def _words(error):
    try:
        return str(error)[:1000]
    except Exception:
        return "(its message cannot be read)"


def _line_of(error):
    """"line 3 of place()": the last line of a notebook's cell on the way."""
    line, step = "", error.__traceback__
    while step:
        code = step.tb_frame.f_code
        if "ipykernel" in code.co_filename or code.co_filename[:1] == "<":
            line = f"line {step.tb_lineno} of {code.co_name}()"
        step = step.tb_next
    return line


@contextlib.contextmanager
def _quiet():
    """What a function prints while it is tested is nobody's answer."""
    class Nothing(io.TextIOBase):
        def write(self, text):
            return len(text)
    with contextlib.redirect_stdout(Nothing()), \
            contextlib.redirect_stderr(Nothing()):
        yield


@contextlib.contextmanager
def _time_limit(seconds):
    """Interrupt the block after some seconds, where signals can be had."""
    if not hasattr(signal, "setitimer") or (
            threading.current_thread() is not threading.main_thread()):
        yield
        return

    def stop(*_):
        raise _OutOfTime
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # past an `except:`
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- the trainee's own desk ------------------------------------------------

@contextlib.contextmanager
def at_the_desk(namespace: dict, names: list[str]):
    """Meanwhile the functions that a notebook defines, of these names, are
    called through the codec, and names of modules or built-ins that the
    trainee has given to something else are the check's own."""
    theirs: dict = {}
    own = {**{name: Answer(name, _same_python(namespace, theirs),
                           is_stub(namespace[name]),
                           _is_started(namespace[name]))
              for name in names
              if isinstance(namespace.get(name), types.FunctionType)
              and namespace[name].__globals__ is namespace},
           **_own_names(namespace, names)}
    theirs |= {name: namespace.get(name, _GONE) for name in own}
    _put(namespace, own)
    try:
        yield [one for one in own.values() if isinstance(one, Answer)]
    finally:
        _put(namespace, theirs)


_GONE = object()
# How the course's notebooks call what they import.
_MODULES = {"check": "helpers.check", "data": "helpers.data",
            "maps": "helpers.maps", "pd": "pandas", "np": "numpy",
            "gpd": "geopandas", "pyproj": "pyproj", "shapely": "shapely",
            "json": "json", "re": "re", "xforms": "helpers.forms.xforms"}


def _own_names(namespace, names):
    """The check's own meaning of names that were given to something else."""
    own = {}
    for name in names:
        if name in _MODULES and name in namespace and not isinstance(
                namespace[name], types.ModuleType):
            own[name] = sys.modules.get(_MODULES[name], namespace[name])
        elif name in namespace and hasattr(builtins, name):
            own[name] = _GONE
    return own


def _same_python(namespace, theirs):
    """Asks the same Python, in which the trainee's own names hold."""
    def ask(request):
        outer = {name: namespace.get(name, _GONE) for name in theirs}
        _put(namespace, theirs)
        try:
            return codec.decode(codec.encode(perform(
                codec.decode(codec.encode(request)), namespace)))
        finally:
            _put(namespace, outer)
    return ask


def _put(namespace, values):
    for name, value in values.items():
        if value is _GONE:
            namespace.pop(name, None)
        else:
            namespace[name] = value


# --- the wire --------------------------------------------------------------

def send(wire: socket.socket, message: dict) -> None:
    """Send one message: its length, then its bytes."""
    content = codec.encode(message)
    wire.sendall(struct.pack("<Q", len(content)) + content)


def receive(wire: socket.socket) -> dict | None:
    """The next message; None when the other side has ended, or sends what
    is none."""
    try:
        head = _exactly(wire, 8)
        size = struct.unpack("<Q", head)[0] if head else 0
        if not head or size > codec.LARGEST + 1000:
            return None
        message = codec.decode(_exactly(wire, size) or b"")
    except (OSError, codec.CodecError):
        return None
    return message if isinstance(message, dict) else None


def _exactly(wire, size):
    parts = []
    while size:
        part = wire.recv(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
