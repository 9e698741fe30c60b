"""What NumPy, pandas, shapely and pyproj make, as data (see `codec`)."""

import functools
import io
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
import shapely
from geopandas.array import GeometryArray

from helpers.check.codec import Arrays, keep, write_items
from helpers.check.codec import read as read_value
from helpers.check.codec import write as write_value

Written = dict[str, Any]


def write(value: Any, arrays: Arrays, depth: int) -> Any:
    """JSON for a value of these libraries; None for any other."""
    if value is pd.NaT or value is pd.NA:
        return {"$": "missing", "name": type(value).__name__}
    if isinstance(value, np.generic | pd.Timestamp | pd.Timedelta):
        return _scalar(value, arrays, depth)
    if isinstance(value, shapely.Geometry):
        return {"$": "geometry", "array": keep(shapely.to_wkb(value),
                                               arrays)}
    if isinstance(value, pyproj.CRS):
        return {"$": "crs", "crs": _crs(value)}
    if isinstance(value, pd.DataFrame):
        return _table(value, arrays, depth)
    if isinstance(value, pd.Series):
        return {"$": "series", "name": write_value(value.name, arrays, depth),
                "table": _table(value.to_frame("0"), arrays, depth)}
    if isinstance(value, pd.Index):
        return {"$": "index", "index": _index(value, arrays, depth)}
    if isinstance(value, np.ndarray) and value.ndim != 1:
        return write_value(value.tolist() if not value.ndim else
                           [*value], arrays, depth)
    if isinstance(value, np.ndarray | pd.api.extensions.ExtensionArray):
        return {"$": "array", "numpy": isinstance(value, np.ndarray),
                "column": _column(pd.Series(value, dtype=value.dtype),
                                  arrays, depth)}
    return None


def _scalar(value: Any, arrays: Arrays, depth: int) -> Any:
    if isinstance(value, np.datetime64 | np.timedelta64):
        value = pd.Series([value])[0]
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return {"$": "scalar", "column": _column(pd.Series([value]), arrays,
                                                 depth)}
    return write_value(value.item(), arrays, depth)


def _table(table: Any, arrays: Arrays, depth: int) -> Written:
    layer = isinstance(table, gpd.GeoDataFrame)
    return {"$": "table", "layer": layer,
            "active": write_value(table._geometry_column_name if layer
                                  else None, arrays, depth),
            "index": _index(table.index, arrays, depth),
            "names": _index(table.columns, arrays, depth),
            "columns": [_column(table.iloc[:, place], arrays, depth)
                        for place in range(table.shape[1])]}


def _index(index: Any, arrays: Arrays, depth: int) -> Written:
    names = [write_value(name, arrays, depth) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return {"names": names,
                "range": [index.start, index.stop, index.step]}
    return {"names": names, "many": isinstance(index, pd.MultiIndex),
            "levels": [_column(index.get_level_values(level).to_series(),
                               arrays, depth)
                       for level in range(index.nlevels)]}


def _column(series: Any, arrays: Arrays, depth: int) -> Written:
    """One column: geometries as WKB, objects one by one, all else by Arrow.
    """
    if isinstance(series.array, GeometryArray):
        shapes = shapely.to_wkb(np.asarray(series.array, dtype=object))
        return {"crs": _crs(series.array.crs), "items": [
            None if shape is None else keep(shape, arrays)
            for shape in shapes]}
    if not (series.dtype == object or isinstance(
            getattr(series.dtype, "categories", None), pd.IntervalIndex)):
        try:
            table = pa.Table.from_pandas(
                pd.DataFrame({"0": series.array}), preserve_index=False)
            content = io.BytesIO()
            with pa.ipc.new_stream(content, table.schema) as stream:
                stream.write_table(table)
            return {"arrow": keep(content.getvalue(), arrays)}
        except (pa.ArrowException, NotImplementedError):
            pass  # a type that Arrow does not know
    return {"objects": write_items("list", series.array, arrays, depth)}


def _crs(crs: Any) -> str | None:
    return None if crs is None else _crs_text(crs.srs, crs)


@functools.lru_cache(maxsize=64)
def _crs_text(_: str, crs: Any) -> str:
    authority = crs.to_authority(min_confidence=100)
    if authority and pyproj.CRS(":".join(authority)) == crs:
        return ":".join(authority)
    return crs.to_wkt()


# --- reading ---------------------------------------------------------------

def read(written: Written, arrays: Arrays) -> Any:
    """The value that `write` has written."""
    kind = written["$"]
    if kind == "missing":
        return pd.NaT if written["name"] == "NaTType" else pd.NA
    if kind == "scalar":
        return _read_column(written["column"], arrays).iloc[0]
    if kind == "geometry":
        return shapely.from_wkb(arrays[written["array"]])
    if kind == "crs":
        return _read_crs(written["crs"])
    if kind == "table":
        return _read_table(written, arrays)
    if kind == "series":
        series = _read_table(written["table"], arrays)["0"]
        return series.rename(read_value(written["name"], arrays))
    if kind == "index":
        return _read_index(written["index"], arrays)
    column = _read_column(written["column"], arrays)
    return column.to_numpy() if written["numpy"] else column.array


def _read_table(written: Written, arrays: Arrays) -> Any:
    index = _read_index(written["index"], arrays)
    table = pd.DataFrame({
        place: _read_column(column, arrays).set_axis(index)
        for place, column in enumerate(written["columns"])}, index=index)
    table.columns = _read_index(written["names"], arrays)
    if not written["layer"]:
        return table
    layer = gpd.GeoDataFrame(table)
    layer._geometry_column_name = read_value(written["active"], arrays)
    return layer


def _read_index(written: Written, arrays: Arrays) -> Any:
    names = [read_value(name, arrays) for name in written["names"]]
    if "range" in written:
        return pd.RangeIndex(*written["range"], name=names[0])
    levels = [_read_column(level, arrays) for level in written["levels"]]
    if written["many"]:
        return pd.MultiIndex.from_arrays(levels, names=names)
    return pd.Index(levels[0].array, name=names[0])


def _read_column(written: Written, arrays: Arrays) -> Any:
    if "arrow" in written:
        with pa.ipc.open_stream(arrays[written["arrow"]]) as stream:
            return stream.read_all().to_pandas()["0"]
    if "items" in written:
        shapes = np.empty(len(written["items"]), dtype=object)
        shapes[:] = [None if place is None else arrays[place]
                     for place in written["items"]]
        return gpd.GeoSeries(GeometryArray(
            shapely.from_wkb(shapes), crs=_read_crs(written["crs"])))
    values = np.empty(len(written["objects"]), dtype=object)
    values[:] = read_value(written["objects"], arrays)
    return pd.Series(values, dtype=object)


@functools.lru_cache(maxsize=64)
def _read_crs(text: str | None) -> Any:
    return None if text is None else pyproj.CRS(text)
