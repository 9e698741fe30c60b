"""Answers under test: a check calls them; neither can reach the other.

While a class is graded, a check runs in one Python (the *checker*) and the
trainee's functions in another. Only data travel between them (`codec`). At
the trainee's own desk both are one Python (`desk`). A call goes the same way
there, so that desk and grading agree.

A check calls an `Answer`; `perform` calls the trainee's function.
"""

import ast
import builtins
import contextlib
import dis
import inspect
import io
import signal
import sys
import tempfile
import textwrap
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

from helpers.check import codec
from helpers.errors import CourseError

SECONDS_A_CALL = 30
LONGEST_SHOWN = 60  # characters of an argument in a message
LONGEST_TOLD = 400  # characters of what was found, or expected
STARTER = "# Your answer here"  # ClearSolutions.code_stub of the course
Message = dict[str, Any]
_TOLD = 1000  # characters of each part of what an answer's Python tells
_ENDS = frozenset({"StopIteration", "StopAsyncIteration"})  # a loop around it
_FIXED = frozenset({str, int, float, bool, type(None)})  # nobody changes them


class TooSlow(Exception):
    """A call took longer than is allowed."""


class Stopped(Exception):
    """The trainee's Python ended, or no longer answers."""


class _OutOfTime(BaseException):
    """Interrupts the trainee's code, past its `except Exception`."""


# --- the side of the check -------------------------------------------------

class Answer:
    """A function of the trainee's, as a check sees it.

    A call sends the arguments as data and gives the result as data: if the
    function changes its arguments, the check's own stay the same. A file is
    sent with its path, and comes back as it was written. Raises what the
    function raised (as the nearest built-in exception, with its words),
    TooSlow or Stopped. is_stub: it holds only its description; is_started:
    the starter's comment is still in it; always_returns: each of its branches
    ends with return or raise. watched: names of the notebook's
    variables that it must leave as they are; those that a call changed stand
    in changed_arguments.
    """

    def __init__(self, name: str, ask: Callable[[Message], Message],
                 is_stub: bool = False, is_started: bool = False,
                 seconds: float = SECONDS_A_CALL,
                 always_returns: bool = False) -> None:
        self.__name__ = self.__qualname__ = name
        self.always_returns = always_returns
        self.is_stub, self.is_started = is_stub, is_started
        self.seconds = seconds
        self.was_called, self.call, self.last_result = False, f"{name}()", None
        self.changed_arguments: list[int | str] = []
        self.watched: tuple[str, ...] = ()
        self._ask = ask

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the trainee's function gives for these arguments."""
        self.was_called = True
        shown = [*map(shown_value, args), *(
            f"{name}={shown_value(value)}" for name, value in kwargs.items())]
        self.call = f"{self.__name__}({', '.join(shown)})"
        files = {str(value): Path(value) for value in
                 [*args, *kwargs.values()] if isinstance(value, PurePath)}
        sent = {name: file.read_bytes() if file.is_file() else None
                for name, file in files.items()}
        reply = self._ask({
            "do": "call", "name": self.__name__, "seconds": self.seconds,
            "arguments": codec.encode([list(args), kwargs]),
            "watched": list(self.watched), "files": sent})
        self.changed_arguments = reply.get("changed", [])
        for name, content in (reply.get("files") or {}).items():
            # What was only read may lie where nobody can write.
            if name in files and isinstance(content, bytes) and (
                    content != sent[name]):
                files[name].write_bytes(content)
        if "raised" in reply:
            raise self._exception(reply["raised"])
        self.last_result = as_read(codec.decode(reply.get("returned", b"")))
        return self.last_result

    def _exception(self, raised: Message) -> Exception:
        """What the function raised, as an exception of this Python."""
        if raised.get("slow"):
            return TooSlow(f"{self.call} was stopped after "
                           f"{self.seconds:g} seconds")
        text = str(raised.get("text", ""))[:_TOLD]
        error: Any = RuntimeError(text)
        bases = [*map(str, raised.get("bases", ()))]
        for name in bases if _ENDS.isdisjoint(bases) else ():
            base = CourseError if name == "CourseError" else getattr(
                builtins, name, None)
            if isinstance(base, type) and issubclass(base, Exception):
                with contextlib.suppress(Exception):  # needs other arguments
                    error = base(raised.get("key", text))
                    break
        parts = raised.get("feedback")
        if isinstance(parts, list) and len(parts) == 4 and parts[0]:
            error.answer_feedback = [
                part and str(part)[:_TOLD] for part in parts]
        error.answer_type = str(raised.get("name", ""))[:_TOLD]
        error.answer_line = str(raised.get("line", ""))[:_TOLD]
        if raised.get("unsent"):
            error.answer_feedback = [
                f"{self.call} gives what a check cannot read: {text}",
                "a value like that of the task", None,
                "is there a loop without an end, or a list in itself?"]
        if raised.get("refuses"):
            error.answer_feedback = [
                f"{self.call} is refused: {error.answer_line} raises "
                f"{error.answer_type}: {text}",
                "an answer: the task does not refuse this", None,
                "which condition leads to this raise? repr() shows a value "
                "with its spaces and its type"]
        error.answer_call = self.call
        return error


def as_read(value: Any) -> Any:
    """A layer as a check reads it: the active geometry column is called
    "geometry" here, whatever the trainee calls it."""
    name = getattr(value, "active_geometry_name", None)
    if name in (None, "geometry") or "geometry" in getattr(
            value, "columns", ()):
        return value
    return value.rename_geometry("geometry")


def shown_value(value: Any) -> str:
    """A value in a few words, for a message."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and len(shape) in (1, 2):
        return f"a table of {shape[0]} rows" if len(shape) == 2 else (
            f"{shape[0]} values")
    text = " ".join(repr(value.name if isinstance(value, PurePath)
                         else value).split())
    return cut(text, LONGEST_SHOWN)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and "…"."""
    return text if len(text) <= longest else text[:longest - 1] + "…"


def shortened(words: object) -> str:
    """A text without its middle: many checks end with what it means."""
    text, half = str(words or ""), LONGEST_TOLD // 2
    return text if len(text) <= LONGEST_TOLD else (
        f"{text[:half]} … {text[-half:]}")


def apart(*texts: str) -> list[str]:
    """The texts; where one is long, the part in which they differ."""
    longest = LONGEST_TOLD // 2  # beside the name of the value
    if max(map(len, texts)) <= longest:
        return [*texts]
    differ = next((at for at, letters in enumerate(zip(*texts))
                   if len(set(letters)) > 1), min(map(len, texts)))
    first = differ - longest // 2 if differ > longest // 2 else 0
    return [cut("…" * bool(first) + text[first:], longest)
            for text in texts]


# --- the side of the answer ------------------------------------------------

def perform(request: Message, namespace: dict[str, Any]) -> Message:
    """Call a function of the namespace as a request asks; the reply."""
    places: dict[str, Path] = {}
    try:
        with _Quiet(), contextlib.ExitStack() as stack:
            folder = request["files"] and stack.enter_context(
                tempfile.TemporaryDirectory())
            args, kwargs = codec.decode(request["arguments"])
            places = {name: Path(folder, f"{number}", Path(name).name)
                      for number, name in enumerate(request["files"])}
            for name, place in places.items():
                place.parent.mkdir()
                if request["files"][name] is not None:
                    place.write_bytes(request["files"][name])

            def at_home(value: Any) -> Any:
                return places.get(str(value), value) if isinstance(
                    value, PurePath) else value

            watched = {name: namespace.get(name)
                       for name in request.get("watched", ())}
            was = codec.encode([[], watched]) if watched else b""
            with _time_limit(request["seconds"]):
                result = namespace[request["name"]](
                    *map(at_home, args), **{name: at_home(value) for
                                            name, value in kwargs.items()})
                for name, place in places.items():
                    if isinstance(result, str | PurePath) and (
                            str(result) == str(place)):
                        result = PurePath(name)
                returned = _sent(result)
            return {"returned": returned,
                    "changed": _changed(args, kwargs, request["arguments"])
                    + _changed([], watched, was),
                    "files": {name: place.read_bytes() for name, place in
                              places.items() if place.is_file()}}
    except _OutOfTime:
        return {"raised": {"slow": True}}
    except KeyboardInterrupt:
        raise
    except _Unsent as error:
        return {"raised": {"unsent": True, "text": str(error)}}
    except BaseException as error:
        refuses = (isinstance(error, ValueError)
                   and _raised_in(error) == request["name"])
        return {"raised": {part: _as_named(words, places) for part, words in (
            described(error) | {"refuses": refuses}).items()}}


class _Unsent(Exception):
    """A result is too large, or nested too deeply, to be sent."""


def _sent(result: Any) -> bytes:
    try:
        return codec.encode(result)
    except codec.CodecError as error:
        raise _Unsent(str(error)) from None


def _as_named(words: Any, places: dict[str, Path]) -> Any:
    """Words with the paths that the check has given, in place of those in a
    folder of this call."""
    if isinstance(words, list):
        return [_as_named(one, places) for one in words]
    for name, place in places.items() if isinstance(words, str) else ():
        words = words.replace(str(place), name)
    return words


def is_stub(function: Any) -> bool:
    """Does the function hold only its description?"""
    if type(function) is not types.FunctionType:
        return False  # what it says about itself is not asked
    code = function.__code__
    return set(code.co_consts) <= {
        None, function.__doc__} and _steps(code) == _steps(lambda: None)


def _steps(code: Any) -> list[str]:
    return [step.opname for step in dis.get_instructions(code)]


def is_started(function: Any) -> bool:
    """Does it still hold the comment that stands for an answer?"""
    try:
        return STARTER in inspect.getsource(function)
    except (OSError, TypeError):
        return False


def always_returns(function: Any) -> bool:
    """Is there no branch without return or raise, as far as one can see?"""
    try:
        code = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    return isinstance(code.body[0], ast.FunctionDef) and _ends(
        code.body[0].body)


def _ends(block: list[ast.stmt]) -> bool:
    last = block[-1] if block else None
    if isinstance(last, ast.If):
        return _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.Try):
        return _ends(last.finalbody) or (
            _ends(last.orelse or last.body)
            and all(_ends(one.body) for one in last.handlers))
    if isinstance(last, ast.With):
        return _ends(last.body)
    return isinstance(last, ast.Return | ast.Raise)


def _changed(args: list[Any], kwargs: dict[str, Any],
             before: bytes) -> list[Any]:
    """Places or names of the arguments that the function has changed."""
    if _FIXED.issuperset(map(type, [*args, *kwargs.values()])) or (
            codec.encode([args, kwargs]) == before):
        return []
    old_args, old_kwargs = codec.decode(before)
    old: dict[Any, Any] = {**dict(enumerate(old_args)), **old_kwargs}
    return [name for name, value in [*enumerate(args), *kwargs.items()]
            if codec.encode(old[name]) != codec.encode(value)]


def _raised_in(error: BaseException) -> str:
    """The function whose own `raise` made the error; "" if there is none."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    code = step and step.tb_frame.f_code
    return code.co_name if step and code and code.co_code[
        step.tb_lasti] == dis.opmap["RAISE_VARARGS"] else ""


def described(error: BaseException) -> Message:
    """An error as data: its name, its words, the line of the notebook."""
    line, step = "", error.__traceback__
    while step:
        code = step.tb_frame.f_code
        if "ipykernel_" in code.co_filename or code.co_filename[:1] == "<":
            line = f"line {step.tb_lineno} of {code.co_name}()"
        step = step.tb_next
    try:
        text = str(error)[:1000]
    except Exception:
        text = "(its message cannot be read)"
    if isinstance(error, SystemExit):
        text = "exit() ends Python: use return"
    name = type(error).__name__
    if name == "StdinNotImplementedError":  # ipykernel's, about itself
        name, text = "input()", ("it asks a person, and nobody is there in "
                                 "a check: use what the function is given")
    described: Message = {
        "name": name, "text": text, "line": line,
        "bases": [base.__name__ for base in type(error).__mro__]}
    if isinstance(error, CourseError) and hasattr(error, "found"):
        parts = [getattr(error, part, None)
                 for part in ("found", "expected", "why", "hint")]
        described["feedback"] = [part[:1000] if isinstance(part, str) else None
                                 for part in parts]
    if isinstance(error, KeyError) and error.args and isinstance(
            error.args[0], str | int | float):
        described["key"] = error.args[0]
    return described


class _Nothing(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


class _Quiet:
    """What a function prints while it is tested is not an answer."""

    def __enter__(self) -> None:
        self._before = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = _Nothing()

    def __exit__(self, *error: object) -> None:
        sys.stdout, sys.stderr = self._before


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after some seconds, where signals are possible."""
    if not hasattr(signal, "setitimer") or (
            threading.current_thread() is not threading.main_thread()):
        yield
        return

    def stop(*_: Any) -> None:
        raise _OutOfTime
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # past an `except:`
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
