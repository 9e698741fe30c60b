"""Values as data: what travels between an answer and its check.

>>> codec.decode(codec.encode(layer))       # an equal, independent layer

A value is written as JSON and arrays of bytes, never as code (no pickle):
reading it runs nothing that its sender wrote. Tables keep their index and
their types (Arrow IPC), layers their CRS and exact coordinates (WKB).
Look-alikes arrive as what they are in value: a NumPy number as a number, a
NamedTuple as a tuple, a generator as a list. What cannot be sent (a map, a
figure, a function) arrives as `Unsent`, which says its type.

`tables` writes what libraries make. Formats: JSON (RFC 8259), Arrow IPC, WKB
and WKT 2 (OGC 06-103r4, 18-010r11).
"""

import datetime as dt
import decimal
import enum
import itertools
import json
import math
import struct
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import PurePath
from typing import Any

DEEPEST = 60            # lists in lists
LONGEST = 1_000_000     # elements of one list, or of a generator
LARGEST = 256 << 20     # bytes of one value
_EXACT = 1 << 53        # JSON readers keep whole numbers up to here
Arrays = list[bytes]


class CodecError(ValueError):
    """The value is too large or nested too deeply to be sent, or the bytes
    are not those of a value."""


class Unsent:
    """Stands for a value that cannot be sent; `type_name` says what it was.
    """

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


def encode(value: Any) -> bytes:
    """The bytes of a value. Raises CodecError when it is too large."""
    arrays: Arrays = []
    try:
        text = json.dumps(write(value, arrays, 0)).encode()
    except RecursionError:
        raise CodecError("the value is nested too deeply") from None
    parts = [text, *arrays]
    if sum(map(len, parts)) > LARGEST:
        raise CodecError(f"the value is larger than {LARGEST >> 20} MB")
    return b"".join([struct.pack("<I", len(parts)), *(
        struct.pack("<Q", len(part)) for part in parts), *parts])


def decode(content: bytes) -> Any:
    """The value of some bytes. Raises CodecError when they are none."""
    try:
        (count,) = struct.unpack_from("<I", content)
        sizes = struct.unpack_from(f"<{count}Q", content, 4)
        ends = list(itertools.accumulate(sizes, initial=4 + 8 * count))
        if ends[-1] != len(content):
            raise CodecError("the bytes are cut")
        text, *arrays = (content[a:b] for a, b in itertools.pairwise(ends))
        return read(json.loads(text), arrays)
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(f"these bytes hold no value: {error}") from None


# --- writing ---------------------------------------------------------------

def write(value: Any, arrays: Arrays, depth: int) -> Any:
    """JSON for a value: itself where JSON has it, else {"$": kind, …}."""
    if value is None or value is True or value is False:
        return value
    if depth > DEEPEST:
        raise CodecError("the value is nested too deeply")
    for wanted, kind, of in _PLAIN:
        if isinstance(value, wanted):
            return {"$": kind, "text": of(value)} if kind else of(value)
    if isinstance(value, bytes | bytearray):
        return {"$": "bytes", "array": keep(bytes(value), arrays)}
    if isinstance(value, Mapping):
        return {"$": "dict", "items": [
            [write(key, arrays, depth + 1), write(item, arrays, depth + 1)]
            for key, item in value.items()]}
    from helpers.check import tables
    written = tables.write(value, arrays, depth + 1)
    return _rest(value, arrays, depth) if written is None else written


def _rest(value: Any, arrays: Arrays, depth: int) -> Any:
    """What Python's own and a library's types could be mistaken for."""
    for wanted, name, of in _TIMES:
        if isinstance(value, wanted):
            return {"$": name, "text": of(value)}
    for kind, wanted in (("tuple", tuple), ("set", Set), ("list", (
            list, range, Iterator, type({}.values())))):
        if isinstance(value, wanted):
            return write_items(kind, value, arrays, depth + 1)
    return {"$": "unsent", "text": getattr(
        value, "type_name", type(value).__name__)}


def write_items(kind: str, values: Any, arrays: Arrays, depth: int) -> Any:
    """A list, or what holds a list; a generator is read to its end."""
    items = list(itertools.islice(values, LONGEST + 1))
    if len(items) > LONGEST:
        raise CodecError(f"a list of more than {LONGEST:,} elements")
    written = [write(item, arrays, depth) for item in items]
    return written if kind == "list" else {"$": kind, "items": written}


def keep(content: bytes, arrays: Arrays) -> int:
    """Add an array of bytes; returns its number."""
    arrays.append(content)
    return len(arrays) - 1


def _text(value: str) -> Any:
    text = str.__str__(value)
    try:
        text.encode()
        return text
    except UnicodeEncodeError:  # half characters
        return {"$": "half", "text": text.encode(
            "utf-8", "surrogatepass").hex()}


def _whole(value: int) -> Any:
    number = int(value)
    return number if abs(number) < _EXACT else {"$": "int",
                                                "text": hex(number)}


def _real(value: float) -> Any:
    number = float(value)
    return number if math.isfinite(number) else {"$": "float",
                                                 "text": repr(number)}


# Type, its name in JSON ("" where JSON has it), what is written.
_PLAIN: list[tuple[Any, str, Callable[[Any], Any]]] = [
    (enum.Enum, "", lambda value: _text(str(value.value))),
    (str, "", _text), (int, "", _whole), (float, "", _real),
    (decimal.Decimal, "decimal", str), (PurePath, "path", str),
]
# Looked at after `tables`: a pandas timestamp is a datetime, and more.
_TIMES: list[tuple[Any, str, Callable[[Any], str]]] = [
    (dt.datetime, "datetime", dt.datetime.isoformat),
    (dt.date, "date", dt.date.isoformat),
    (dt.time, "time", dt.time.isoformat),
    (dt.timedelta, "timedelta",
     lambda value: str(value // dt.timedelta(microseconds=1))),
]


# --- reading ---------------------------------------------------------------

def read(written: Any, arrays: Arrays) -> Any:
    """The value that `write` has written."""
    if isinstance(written, list):
        return [read(item, arrays) for item in written]
    if not isinstance(written, dict):
        return written
    kind, text = written["$"], written.get("text", "")
    if kind in _READ:
        return _READ[kind](text)
    if kind == "bytes":
        return arrays[written["array"]]
    if kind == "dict":
        return {read(key, arrays): read(item, arrays)
                for key, item in written["items"]}
    if kind in ("tuple", "set"):
        return (tuple if kind == "tuple" else set)(
            read(written["items"], arrays))
    from helpers.check import tables
    return tables.read(written, arrays)


_READ: dict[str, Callable[[str], Any]] = {
    "int": lambda text: int(text, 16), "float": float,
    "half": lambda text: bytes.fromhex(text).decode(
        "utf-8", "surrogatepass"),
    "decimal": decimal.Decimal, "path": PurePath,
    "unsent": lambda text: Unsent(text[:100]),
    "date": dt.date.fromisoformat, "time": dt.time.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "timedelta": lambda text: dt.timedelta(microseconds=int(text)),
}
