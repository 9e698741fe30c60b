"""Values as data: what travels between an answer and its check.

>>> codec.decode(codec.encode(layer))       # an equal, independent layer

A value is written as JSON and arrays of bytes, never as code (no pickle):
reading it runs nothing that its sender wrote. Tables keep their index and
their types, layers their CRS and exact coordinates (WKB). Look-alikes arrive
as what they are in value: a NumPy number as a number, a NamedTuple as a
tuple, a generator as a list. What cannot be sent (a map, a figure, a
function) arrives as `Unsent`, which says its type.

Formats: JSON (RFC 8259), WKB and WKT 2 (OGC 06-103r4, 18-010r11).
"""

import base64
import datetime as dt
import decimal
import enum
import functools
import itertools
import json
import math
import numbers
import struct
from collections.abc import Iterator, Mapping, Set
from pathlib import PurePath

DEEPEST = 60            # lists in lists
LONGEST = 1_000_000     # elements of one list, or of a generator
LARGEST = 256 << 20     # bytes of one value
_EXACT = 1 << 53        # JSON readers keep whole numbers up to here


class CodecError(ValueError):
    """The value is too large or nested too deeply to be sent, or the bytes
    are not those of a value."""


class Unsent:
    """Stands for a value that cannot be sent; `type_name` says what it was.
    """

    def __init__(self, type_name: str):
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


def encode(value: object) -> bytes:
    """The bytes of a value. Raises CodecError when it is too large."""
    arrays: list[bytes] = []
    try:
        text = json.dumps(_write(value, arrays, 0)).encode()
    except RecursionError:
        raise CodecError("the value is nested too deeply") from None
    parts = [text, *arrays]
    if sum(map(len, parts)) > LARGEST:
        raise CodecError(f"the value is larger than {LARGEST >> 20} MB")
    return b"".join([struct.pack("<I", len(parts)), *(
        struct.pack("<Q", len(part)) for part in parts), *parts])


def decode(content: bytes) -> object:
    """The value of some bytes. Raises CodecError when they are none."""
    try:
        (count,) = struct.unpack_from("<I", content)
        sizes = struct.unpack_from(f"<{count}Q", content, 4)
        ends = list(itertools.accumulate(sizes, initial=4 + 8 * count))
        if ends[-1] != len(content):
            raise CodecError("the bytes are cut")
        text, *arrays = (content[a:b] for a, b in itertools.pairwise(ends))
        return _read(json.loads(text), arrays)
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(f"these bytes hold no value: {error}") from None


# --- writing ---------------------------------------------------------------

def _write(value, arrays, depth):
    """JSON for a value: itself where JSON has it, else {"$": kind, …}."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, Unsent):
        return {"$": "unsent", "type": value.type_name}
    if type(value) is str:
        return _text(value)
    if depth > DEEPEST:
        raise CodecError("the value is nested too deeply")
    for wanted, write in _plain_writers():
        if isinstance(value, wanted):
            return write(value, arrays, depth + 1)
    write = _library_writer(value)
    if write:
        return write(value, arrays, depth + 1)
    if isinstance(value, Iterator):  # after tables: they iterate, too
        return _items("list", itertools.islice(value, LONGEST + 1), arrays,
                      depth + 1)
    return {"$": "unsent", "type": type(value).__name__}


@functools.cache
def _plain_writers():
    """Python's own types and writers; the first that fits is taken."""
    return [
        (enum.Enum, lambda v, a, d: _write(v.value, a, d)),
        (bool, lambda v, a, d: bool(v)),
        (int, lambda v, a, d: _whole(int(v))),
        (float, lambda v, a, d: _real(float(v))),
        (str, lambda v, a, d: _text(str.__str__(v))),
        ((bytes, bytearray, memoryview), lambda v, a, d: {
            "$": "bytes", "array": _keep(bytes(v), a)}),
        (_stamp_class(), _stamp),
        (_duration_class(), _duration),
        (dt.datetime, lambda v, a, d: {"$": "datetime",
                                       "text": v.isoformat()}),
        (dt.date, lambda v, a, d: {"$": "date", "text": v.isoformat()}),
        (dt.time, lambda v, a, d: {"$": "time", "text": v.isoformat()}),
        (dt.timedelta, lambda v, a, d: {"$": "timedelta", "parts": [
            v.days, v.seconds, v.microseconds]}),
        (decimal.Decimal, lambda v, a, d: {"$": "decimal", "text": str(v)}),
        (PurePath, lambda v, a, d: {"$": "path", "text": str(v)}),
        (complex, lambda v, a, d: {"$": "unsent", "type": "complex"}),
        (list, lambda v, a, d: _items("list", v, a, d)),
        (tuple, lambda v, a, d: _items("tuple", v, a, d)),
        (range, lambda v, a, d: _items("list", v, a, d)),
        ((type({}.keys()), type({}.values()), type({}.items())),
         lambda v, a, d: _items("list", v, a, d)),
        (Set, lambda v, a, d: _items("set", v, a, d)),
        (dict, _mapping), (Mapping, _mapping),
    ]


def _text(value):
    try:
        value.encode("utf-8")
        return value
    except UnicodeEncodeError:  # half characters
        return {"$": "text", "base64": base64.b64encode(
            value.encode("utf-8", "surrogatepass")).decode()}


def _whole(value):
    return value if abs(value) < _EXACT else {"$": "int", "text": str(value)
                                              if abs(value) < 10 ** 4000
                                              else "0"}


def _real(value):
    return value if math.isfinite(value) else {"$": "float",
                                               "text": repr(value)}


def _items(kind, values, arrays, depth):
    values = list(values)
    if len(values) > LONGEST:
        raise CodecError(f"a list of more than {LONGEST:,} elements")
    written = [_write(value, arrays, depth) for value in values]
    return written if kind == "list" else {"$": kind, "items": written}


def _mapping(value, arrays, depth):
    return {"$": "dict", "items": [
        [_write(key, arrays, depth), _write(one, arrays, depth)]
        for key, one in value.items()]}


def _keep(content, arrays):
    arrays.append(content)
    return len(arrays) - 1


@functools.cache
def _stamp_class():
    import pandas as pd
    return pd.Timestamp, type(pd.NaT)


@functools.cache
def _duration_class():
    import pandas as pd
    return pd.Timedelta


def _stamp(value, arrays, depth):
    import pandas as pd
    if value is pd.NaT:
        return {"$": "nat"}
    return {"$": "timestamp", "text": value.isoformat(),
            "zone": str(value.tz) if value.tz else None, "unit": value.unit}


def _duration(value, arrays, depth):
    return {"$": "pandas timedelta", "text": value.isoformat(),
            "unit": value.unit}


# --- writing what libraries make -------------------------------------------

def _library_writer(value):
    """What writes a value of NumPy, pandas, shapely, geopandas or pyproj."""
    import numpy as np
    import pandas as pd
    import pyproj
    import shapely
    from geopandas.array import GeometryArray
    for wanted, write in (
            (np.generic, lambda v, a, d: _write(v.item(), a, d)
             if not isinstance(v, (np.datetime64, np.timedelta64)) else
             _write(pd.Timestamp(v) if isinstance(v, np.datetime64) else
                    pd.Timedelta(v), a, d)),
            (np.ndarray, _array),
            (type(pd.NA), lambda v, a, d: {"$": "na"}),
            (pd.DataFrame, _table),
            (pd.Series, lambda v, a, d: {
                "$": "series", "name": _write(v.name, a, d),
                "index": _index(v.index, a, d),
                "values": _column(v.array, a, d)}),
            (pd.Index, lambda v, a, d: {"$": "index",
                                        **_index(v, a, d)}),
            (pd.api.extensions.ExtensionArray, lambda v, a, d: {
                "$": "extension", "values": _column(v, a, d)}),
            (pd.Interval, lambda v, a, d: {
                "$": "interval", "closed": v.closed, "ends": [
                    _write(v.left, a, d), _write(v.right, a, d)]}),
            (shapely.Geometry, lambda v, a, d: {
                "$": "geometry", "array": _keep(shapely.to_wkb(v), a)}),
            (pyproj.CRS, lambda v, a, d: {"$": "crs", "text": _crs(v)}),
            (GeometryArray, lambda v, a, d: {
                "$": "extension", "values": _column(v, a, d)}),
            (numbers.Integral, lambda v, a, d: _whole(int(v))),
            (numbers.Real, lambda v, a, d: _real(float(v)))):
        if isinstance(value, wanted):
            return write
    return None


def _array(value, arrays, depth):
    import numpy as np
    if isinstance(value, np.ma.MaskedArray):
        value = value.astype(object).filled(None)
    if value.ndim == 0:
        return _write(value.item(), arrays, depth)
    return {"$": "array", "shape": list(value.shape),
            "values": _column(value.ravel(), arrays, depth)}


def _table(table, arrays, depth):
    import geopandas as gpd
    layer = isinstance(table, gpd.GeoDataFrame)
    return {
        "$": "layer" if layer else "table",
        "active": _write(table._geometry_column_name if layer else None,
                         arrays, depth),
        "index": _index(table.index, arrays, depth),
        "columns": _index(table.columns, arrays, depth),
        "values": [_column(table.iloc[:, place].array, arrays, depth)
                   for place in range(table.shape[1])]}


def _index(index, arrays, depth):
    import pandas as pd
    if isinstance(index, pd.MultiIndex):
        return {"levels": [
            _column(index.get_level_values(level).array, arrays, depth)
            for level in range(index.nlevels)],
            "names": [_write(name, arrays, depth) for name in index.names]}
    names = [_write(index.name, arrays, depth)]
    if isinstance(index, pd.RangeIndex):
        return {"range": [index.start, index.stop, index.step],
                "names": names}
    return {"levels": [_column(index.array, arrays, depth)], "names": names}


def _column(values, arrays, depth):
    """One column: its type, and its values as bytes or as a list."""
    import numpy as np
    import pandas as pd
    import shapely
    from geopandas.array import GeometryArray
    if isinstance(values, GeometryArray):
        written = shapely.to_wkb(np.asarray(values, dtype=object))
        return {"dtype": "geometry", "crs": _crs(values.crs),
                "sizes": [-1 if one is None else len(one)
                          for one in written],
                "array": _keep(b"".join(one or b"" for one in written),
                               arrays)}
    if isinstance(values, pd.Categorical):
        return {"dtype": "category", "ordered": bool(values.ordered),
                "codes": values.codes.tolist(),
                "categories": _column(values.categories.array, arrays,
                                      depth)}
    dtype = values.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        return {"dtype": "zoned", "unit": dtype.unit, "zone": str(dtype.tz),
                "array": _keep(values.asi8.tobytes(), arrays)}
    plain = getattr(values, "_ndarray", values)  # pandas around NumPy
    if isinstance(dtype, np.dtype) and dtype.kind in "biufmM":
        plain = np.ascontiguousarray(plain, dtype.newbyteorder("<"))
        return {"dtype": plain.dtype.str,
                "array": _keep(plain.tobytes(), arrays)}
    name = "object" if isinstance(dtype, np.dtype) else str(dtype)
    return {"dtype": name, "items": _items(
        "list", list(values), arrays, depth)}


def _crs(crs):
    return None if crs is None else _crs_text(crs.srs, crs)


@functools.lru_cache(maxsize=64)
def _crs_text(_, crs):
    authority = crs.to_authority(min_confidence=100)
    if authority:
        import pyproj
        short = ":".join(authority)
        if pyproj.CRS(short) == crs:
            return short
    return crs.to_wkt()


# --- reading ---------------------------------------------------------------

def _read(written, arrays):
    if isinstance(written, list):
        return [_read(one, arrays) for one in written]
    if not isinstance(written, dict):
        return written
    return _readers()[written["$"]](written, arrays)


@functools.cache
def _readers():
    import pandas as pd
    import shapely
    return {
        "int": lambda w, a: int(w["text"]),
        "float": lambda w, a: float(w["text"]),
        "text": lambda w, a: base64.b64decode(w["base64"]).decode(
            "utf-8", "surrogatepass"),
        "bytes": lambda w, a: a[w["array"]],
        "datetime": lambda w, a: dt.datetime.fromisoformat(w["text"]),
        "date": lambda w, a: dt.date.fromisoformat(w["text"]),
        "time": lambda w, a: dt.time.fromisoformat(w["text"]),
        "timedelta": lambda w, a: dt.timedelta(*w["parts"]),
        "decimal": lambda w, a: decimal.Decimal(w["text"]),
        "path": lambda w, a: PurePath(w["text"]),
        "tuple": lambda w, a: tuple(_read(w["items"], a)),
        "set": lambda w, a: set(_read(w["items"], a)),
        "dict": lambda w, a: {_read(key, a): _read(one, a)
                              for key, one in w["items"]},
        "nat": lambda w, a: pd.NaT,
        "na": lambda w, a: pd.NA,
        "timestamp": lambda w, a: _read_stamp(w),
        "pandas timedelta": lambda w, a: pd.Timedelta(w["text"]).as_unit(
            w["unit"]),
        "interval": lambda w, a: pd.Interval(
            *_read(w["ends"], a), closed=w["closed"]),
        "geometry": lambda w, a: shapely.from_wkb(a[w["array"]]),
        "crs": lambda w, a: _read_crs(w["text"]),
        "array": lambda w, a: _read_array(w["values"], a).reshape(
            w["shape"]),
        "extension": lambda w, a: _read_column(w["values"], a),
        "series": _read_series,
        "index": lambda w, a: _read_index(w, a),
        "table": _read_table,
        "layer": _read_table,
        "unsent": lambda w, a: Unsent(str(w["type"])[:100]),
    }


def _read_stamp(written):
    import pandas as pd
    stamp = pd.Timestamp(written["text"]).as_unit(written["unit"])
    return stamp.tz_convert(written["zone"]) if written["zone"] else stamp


@functools.lru_cache(maxsize=64)
def _read_crs(text):
    import pyproj
    return None if text is None else pyproj.CRS(text)


def _read_array(written, arrays):
    import numpy as np
    values = _read_column(written, arrays)
    if isinstance(values, np.ndarray):
        return values
    return np.asarray(values, dtype=object)


def _read_series(written, arrays):
    import geopandas as gpd
    import pandas as pd
    values = _read_column(written["values"], arrays)
    made = gpd.GeoSeries if written["values"]["dtype"] == "geometry" else (
        pd.Series)
    return made(values, index=_read_index(written["index"], arrays),
                name=_read(written["name"], arrays))


def _read_table(written, arrays):
    import geopandas as gpd
    import pandas as pd
    index = _read_index(written["index"], arrays)
    table = pd.DataFrame({
        place: pd.Series(_read_column(values, arrays), index=index)
        for place, values in enumerate(written["values"])}, index=index)
    table.columns = _read_index(written["columns"], arrays)
    if written["$"] == "table":
        return table
    layer = gpd.GeoDataFrame(table)
    active = _read(written["active"], arrays)
    layer._geometry_column_name = active  # may name a column that is gone
    return layer


def _read_index(written, arrays):
    import pandas as pd
    names = [_read(name, arrays) for name in written["names"]]
    if "range" in written:
        return pd.RangeIndex(*written["range"], name=names[0])
    levels = [_read_column(level, arrays) for level in written["levels"]]
    if len(levels) > 1:
        return pd.MultiIndex.from_arrays(levels, names=names)
    return pd.Index(levels[0], name=names[0])


def _read_column(written, arrays):
    import numpy as np
    import pandas as pd
    import shapely
    from geopandas.array import GeometryArray
    dtype = written["dtype"]
    if dtype == "geometry":
        content, place, pieces = arrays[written["array"]], 0, []
        for size in written["sizes"]:
            pieces.append(None if size < 0 else content[place:place + size])
            place += max(size, 0)
        shapes = np.empty(len(pieces), dtype=object)
        shapes[:] = pieces
        return GeometryArray(shapely.from_wkb(shapes),
                             crs=_read_crs(written["crs"]))
    if dtype == "category":
        return pd.Categorical.from_codes(
            written["codes"], _read_column(written["categories"], arrays),
            ordered=written["ordered"])
    if dtype == "zoned":
        stamps = np.frombuffer(arrays[written["array"]], "<i8").copy()
        return pd.DatetimeIndex(stamps.view(f"<M8[{written['unit']}]"),
                                tz="UTC").tz_convert(written["zone"]).array
    if "array" in written:
        kind = np.dtype(dtype)
        if kind.kind not in "biufmM":  # never objects
            raise CodecError(f"a column of type {dtype}")
        return np.frombuffer(arrays[written["array"]], kind).copy()
    items = _read(written["items"], arrays)
    if dtype == "object":
        values = np.empty(len(items), dtype=object)
        values[:] = items
        return values
    return pd.array(items, dtype=dtype)
