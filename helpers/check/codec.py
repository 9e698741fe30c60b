"""Values as data: what travels between an answer and its check.

>>> codec.decode(codec.encode(layer))       # an equal, independent layer

A value is written as JSON and arrays of bytes, never as code (no pickle):
to read it runs nothing that its sender wrote. Tables keep their index and
their types (Arrow IPC), layers their CRS and exact coordinates (WKB).
Similar types arrive as one type: a NumPy number as a number, a NamedTuple as
a tuple, a generator as a list. A value that cannot be sent (a map, a figure,
a function) arrives as `Unsent`, whose type has the same name.

The bytes may be a stranger's: what would end Python in a library is refused.

Formats: JSON (RFC 8259), Arrow IPC, WKB and WKT 2 (OGC 06-103r4, 18-010r11).
"""

import datetime as dt
import enum
import functools
import io
import itertools
import json
import math
import struct
from collections.abc import Callable, Iterator, Mapping, Set
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
import shapely
from geopandas.array import GeometryArray

from helpers.check.places import crs_text, flat, read_crs

DEEPEST = 60            # lists in lists
LONGEST = 1_000_000     # elements of one list, or of a generator
LARGEST = 256 << 20     # bytes of one value
_EXACT = 1 << 53        # JSON readers keep whole numbers up to here
_LONGEST_NUMBER = 13_288  # bits: Python shows no more than 4,300 digits
_FEW = 1000             # texts; of more, Arrow is quicker
_VIEWS = tuple(map(type, ({}.keys(), {}.values(), {}.items())))
_KINDS = "biufmM"       # of NumPy's types: numbers, times without a zone
Arrays = list[bytes]


class CodecError(ValueError):
    """The value is too large or nested too deeply to be sent, or the bytes
    hold no value."""


class Unsent:
    """Stands for a value that cannot be sent. Its type has the name of that
    value's type: messages, also those of libraries, say what was given."""

    def __new__(cls, name: str) -> "Unsent":
        """name: of the value's type."""
        return object.__new__(type(name, (cls,), {"__module__": "builtins"}))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def encode(value: Any) -> bytes:
    """The bytes of a value. Raises CodecError when it is too large."""
    arrays: Arrays = []
    try:
        text = json.dumps(write(value, arrays, 0)).encode()
    except RecursionError:
        raise CodecError("the value is nested too deeply") from None
    parts = [text, *arrays]
    sizes = [*map(len, parts)]
    if sum(sizes) > LARGEST:
        raise CodecError(f"the value is larger than {LARGEST >> 20} MB")
    return b"".join([struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes),
                     *parts])


def decode(content: bytes) -> Any:
    """The value of some bytes. Raises CodecError when they hold none."""
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
    exact = type(value)  # most values are of a few types
    if exact in _NUMBERS:
        return _NUMBERS[exact](value)
    if exact in (str, bool, type(None)):
        return value
    if depth > DEEPEST:
        raise CodecError("the value is nested too deeply")
    if exact in (list, tuple):
        return _write_items(exact.__name__, value, arrays, depth + 1)
    if isinstance(value, bytes | bytearray):
        return {"$": "bytes", "array": _keep(bytes(value), arrays)}
    if isinstance(value, Mapping):
        return {"$": "dict", "items": [
            [write(key, arrays, depth + 1), write(item, arrays, depth + 1)]
            for key, item in value.items()]}
    for wanted, kind, of in _PLAIN:
        if isinstance(value, wanted):
            return {"$": kind, "text": of(value)} if kind else of(value)
    written = _of_a_library(value, arrays, depth + 1)
    return _rest(value, arrays, depth) if written is None else written


def _rest(value: Any, arrays: Arrays, depth: int) -> Any:
    """JSON for types that could be mistaken for another type."""
    if value is ...:  # a gap in a starter cell that was not filled
        return {"$": "gap"}
    for wanted, name, of in _TIMES:
        if isinstance(value, wanted):
            return {"$": name, "text": of(value)}
    for kind, wanted in (("tuple", tuple), ("list", (
            list, range, Iterator, *_VIEWS)), ("set", Set)):
        if isinstance(value, wanted):
            return _write_items(kind, value, arrays, depth + 1)
    return {"$": "unsent", "text": type(value).__name__}


def _write_items(kind: str, values: Any, arrays: Arrays, depth: int) -> Any:
    """A list, or a type that holds one; a generator is read to its end."""
    items = list(itertools.islice(values, LONGEST + 1))
    if len(items) > LONGEST:
        raise CodecError(f"a list of more than {LONGEST:,} elements")
    written = [write(item, arrays, depth) for item in items]
    return written if kind == "list" else {"$": kind, "items": written}


def _keep(content: bytes, arrays: Arrays) -> int:
    """Add an array of bytes; returns its number."""
    arrays.append(content)
    return len(arrays) - 1


def _whole(value: int) -> Any:
    number = int(value)
    if number.bit_length() > _LONGEST_NUMBER:
        raise CodecError("a number of more than 4,000 digits")
    return number if abs(number) < _EXACT else {
        "$": "int", "text": hex(number)}


def _real(value: float) -> Any:
    number = float(value)
    return number if math.isfinite(number) else {
        "$": "float", "text": repr(number)}


# --- writing what libraries make ------------------------------------------

def _of_a_library(value: Any, arrays: Arrays, depth: int) -> Any:
    """JSON for what NumPy, pandas, shapely or pyproj made; else None."""
    if value is pd.NaT or value is pd.NA:
        return {"$": "missing", "name": type(value).__name__}
    if isinstance(value, np.generic | pd.Timestamp | pd.Timedelta):
        return _scalar(value, arrays, depth)
    if isinstance(value, shapely.Geometry):
        return {"$": "geometry", "array": _keep(shapely.to_wkb(value),
                                               arrays)}
    if isinstance(value, pyproj.CRS):
        return {"$": "crs", "crs": crs_text(value)}
    if isinstance(value, pd.DataFrame):
        return _table(value, arrays, depth)
    if isinstance(value, pd.Series):
        return {"$": "series", "name": write(value.name, arrays, depth),
                "table": _table(value.to_frame("0"), arrays, depth)}
    if isinstance(value, pd.Index):
        return {"$": "index", "index": _index(value, arrays, depth)}
    if type(value) is np.ndarray and value.ndim > 1 and (
            value.dtype.kind in _KINDS):
        return {"$": "grid", "shape": value.shape, "type": value.dtype.str,
                "array": _keep(value.tobytes(), arrays)}
    if isinstance(value, np.ndarray) and value.ndim != 1:
        return write(value.tolist() if not value.ndim else
                           [*value], arrays, depth)
    if isinstance(value, np.ndarray | pd.api.extensions.ExtensionArray):
        return {"$": "array", "numpy": isinstance(value, np.ndarray),
                "column": _column(pd.Series(value, dtype=value.dtype),
                                  arrays, depth)}
    return None


def _scalar(value: Any, arrays: Arrays, depth: int) -> Any:
    if isinstance(value, np.datetime64 | np.timedelta64):
        return write(pd.Series([value])[0], arrays, depth)
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return {"$": "scalar", "column": _column(pd.Series([value]), arrays,
                                                 depth)}
    return _real(float(value)) if isinstance(value, np.floating) else write(
        value.item(), arrays, depth)


def _table(table: Any, arrays: Arrays, depth: int) -> dict[str, Any]:
    layer, plain = isinstance(table, gpd.GeoDataFrame), pd.DataFrame(table)
    return {"$": "table", "layer": layer,
            "active": write(table._geometry_column_name if layer
                                  else None, arrays, depth),
            "index": _index(table.index, arrays, depth),
            "names": _index(table.columns, arrays, depth),
            "columns": [_column(series, arrays, depth)
                        for _, series in plain.items()]}  # noqa: PERF102  a table


def _index(index: Any, arrays: Arrays, depth: int) -> dict[str, Any]:
    names = [write(name, arrays, depth) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return {"names": names,
                "range": [index.start, index.stop, index.step]}
    return {"names": names, "many": isinstance(index, pd.MultiIndex),
            "levels": [_column(index.get_level_values(level).to_series(),
                               arrays, depth)
                       for level in range(index.nlevels)]}


def _column(series: Any, arrays: Arrays, depth: int) -> dict[str, Any]:
    """One column: numbers and times as their bytes, geometries as WKB, few
    texts as JSON, objects one by one; all else by Arrow."""
    dtype, values = series.dtype, series.array
    if isinstance(values, GeometryArray):
        shapes = shapely.to_wkb(np.asarray(values, dtype=object))
        return {"crs": crs_text(values.crs), "items": [
            None if shape is None else _keep(shape, arrays)
            for shape in shapes]}
    if isinstance(dtype, np.dtype) and dtype.kind in _KINDS:
        return {"type": dtype.str,
                "array": _keep(series.to_numpy().tobytes(), arrays)}
    if dtype == "str" and len(series) <= _FEW:
        return {"texts": values.to_numpy(object, na_value=None).tolist()}
    if series.dtype != object and not isinstance(
            getattr(dtype, "categories", None), pd.IntervalIndex):
        try:
            return {"arrow": _arrow(values, arrays)}
        except (pa.ArrowException, NotImplementedError, TypeError):
            pass  # a type that Arrow does not know
    return {"objects": _write_items("list", values, arrays, depth)}


def _arrow(values: Any, arrays: Arrays) -> int:
    """One column as a stream of Arrow."""
    table = pa.Table.from_pandas(pd.DataFrame({"0": values}),
                                 preserve_index=False)
    content = io.BytesIO()
    with pa.ipc.new_stream(content, table.schema) as stream:
        stream.write_table(table)
    return _keep(content.getvalue(), arrays)


_NUMBERS: dict[type, Callable[[Any], Any]] = {int: _whole, float: _real}
# Type, its name in JSON ("" where JSON has it), what is written.
_PLAIN: list[tuple[Any, str, Callable[[Any], Any]]] = [
    (enum.Enum, "", lambda value: str(value.value)),
    (str, "", str.__str__), (int, "", _whole), (float, "", _real),
    (Decimal, "decimal", str), (PurePath, "path", str), (Fraction, "", float),
]
# Looked at after the libraries: a pandas timestamp is a datetime, and more.
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
        return {_fixed(read(key, arrays)): read(item, arrays)
                for key, item in written["items"]}
    if kind == "tuple":
        return tuple(read(written["items"], arrays))
    if kind == "set":
        return {*map(_fixed, read(written["items"], arrays))}
    return _read_of_a_library(written, arrays)


def _fixed(value: Any) -> Any:
    """A key, or an element of a set: a set in it is one that cannot change."""
    if isinstance(value, tuple):
        return tuple(map(_fixed, value))
    return frozenset(value) if isinstance(value, set) else value


_READ: dict[str, Callable[[str], Any]] = {
    "int": lambda text: int(text, 16), "float": float,
    "decimal": Decimal, "path": PurePath, "gap": lambda _: ...,
    "unsent": functools.lru_cache(64)(lambda text: Unsent(text[:100])),
    "date": dt.date.fromisoformat, "time": dt.time.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "timedelta": lambda text: dt.timedelta(microseconds=int(text)),
}


# --- reading what libraries made ------------------------------------------

def _read_of_a_library(written: Any, arrays: Arrays) -> Any:
    kind = written["$"]
    if kind == "missing":
        return pd.NaT if written["name"] == "NaTType" else pd.NA
    if kind == "scalar":
        return pd.Series(_read_column(written["column"], arrays))[0]
    if kind == "geometry":
        return shapely.from_wkb(flat(arrays[written["array"]]))
    if kind == "crs":
        return read_crs(written["crs"])
    if kind == "grid":
        return _read_numbers(written, arrays).reshape(written["shape"])
    if kind == "table":
        return _read_table(written, arrays)
    if kind == "series":
        series = _read_table(written["table"], arrays)["0"]
        return series.rename(read(written["name"], arrays))
    if kind == "index":
        return _read_index(written["index"], arrays)
    values = _read_column(written["column"], arrays)
    return np.asarray(values) if written["numpy"] else pd.array(
        values, dtype=values.dtype)


def _read_table(written: dict[str, Any], arrays: Arrays) -> Any:
    table = pd.DataFrame(
        dict(enumerate(_read_column(column, arrays)
                       for column in written["columns"])),
        index=_read_index(written["index"], arrays))
    if written["layer"]:  # before it has names: "geometry" would be looked at
        # Upgrade note (geopandas >=1.2,<1.3): private. Test: test_codec.
        table = gpd.GeoDataFrame(table)
        table._geometry_column_name = read(written["active"], arrays)
    table.columns = _read_index(written["names"], arrays)
    return table


def _read_index(written: dict[str, Any], arrays: Arrays) -> Any:
    names = [read(name, arrays) for name in written["names"]]
    if "range" in written:
        return pd.RangeIndex(*written["range"], name=names[0])
    levels = [_read_column(level, arrays) for level in written["levels"]]
    if written["many"]:
        return pd.MultiIndex.from_arrays(levels, names=names)
    return pd.Index(levels[0], dtype=levels[0].dtype, name=names[0])


def _read_column(written: dict[str, Any], arrays: Arrays) -> Any:
    """An array of NumPy's, of pandas' or of geometries."""
    if "type" in written:
        return _read_numbers(written, arrays)
    if "texts" in written:
        return pd.array(written["texts"], dtype="str")
    if "arrow" in written:
        with pa.ipc.open_stream(arrays[written["arrow"]]) as stream:
            table = stream.read_all()
            table.validate(full=True)
            return table.to_pandas()["0"].array
    if "items" in written:
        shapes = np.empty(len(written["items"]), dtype=object)
        shapes[:] = [None if place is None else flat(arrays[place])
                     for place in written["items"]]
        return GeometryArray(shapely.from_wkb(shapes),
                             crs=read_crs(written["crs"]))
    values = np.empty(len(written["objects"]), dtype=object)
    values[:] = read(written["objects"], arrays)
    return pd.Series(values, dtype=object).array


def _read_numbers(written: dict[str, Any], arrays: Arrays) -> Any:
    dtype = np.dtype(written["type"])
    if dtype.kind not in _KINDS:
        raise CodecError(f"no numbers: {dtype}")
    return np.frombuffer(arrays[written["array"]], dtype).copy()
