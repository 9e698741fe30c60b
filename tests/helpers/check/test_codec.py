"""The codec: a value that comes back is the one that was sent."""

import datetime as dt
import decimal
import enum
import io
import json
import math
import pathlib
import struct

import geopandas as gpd
import numpy as np
import pandas as pd
import pandas.testing as pdt
import pyarrow as pa
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from helpers.check import codec


def sent(value):
    return codec.decode(codec.encode(value))


# --- plain values ----------------------------------------------------------

class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize("value", [
    None, True, 0, -3, 10 ** 20, 2.5, "é ق \x00", b"\x00\xff", [], [1, [2]],
    (1, "a"), {1: "a", "b": [2]}, {1, 2}, ..., decimal.Decimal("1.10"),
    dt.date(2021, 12, 2), dt.time(9, 30),
    dt.datetime(2021, 12, 2, 9, 30, tzinfo=dt.UTC),
    dt.timedelta(days=2, microseconds=1), pathlib.PurePath("a/b.csv")])
def test_a_plain_value_comes_back_as_it_is(value):
    got = sent(value)
    assert got == value
    assert isinstance(got, type(value))


@pytest.mark.parametrize("value, expected", [
    (np.int64(3), 3), (np.float32(0.5), 0.5), (np.True_, True),
    (np.str_("a"), "a"), (Colour.RED, "red"), (range(3), [0, 1, 2]),
    ((n * n for n in range(3)), [0, 1, 4]), ({"b": 1, "a": 2}.keys(),
                                             ["b", "a"]),
    ({1: [2]}.items(), [(1, [2])]), (np.longdouble(1.5), 1.5)])
def test_what_only_looks_like_another_type_comes_back_as_its_value(
        value, expected):
    got = sent(value)
    assert got == expected and type(got) is type(expected)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_does_not_have_come_back(value):
    assert str(sent(value)) == str(value)


def test_no_time_is_sent_as_no_time():
    assert sent([np.datetime64("NaT")]) == [pd.NaT]


def test_a_column_that_arrow_does_not_have_comes_back_as_its_values():
    sparse = pd.Series(pd.arrays.SparseArray([0, 0, 1]))
    assert sent(sparse).tolist() == [0, 0, 1]


def test_what_cannot_be_sent_says_its_type():
    assert type(sent([object()])[0]).__name__ == "object"


def test_a_set_may_be_a_key_and_stand_in_a_set():
    value = {frozenset("ab"): {frozenset([1, (2, frozenset("c"))])}}
    assert sent(value) == value


def test_a_number_that_python_does_not_show_is_refused():
    assert sent(10 ** 4000) == 10 ** 4000
    with pytest.raises(codec.CodecError, match="digits"):
        codec.encode(10 ** 5000)


def forged(content: bytes, **written) -> bytes:
    """Bytes that no `encode` has written: JSON, and one array."""
    text = json.dumps(written).encode()
    return struct.pack("<I2Q", 2, len(text), len(content)) + text + content


def test_bytes_that_would_end_a_library_are_refused():
    """A stranger may have made them: the process that reads them goes on."""
    collections = b"\x01" + struct.pack("<II", 7, 1)
    with pytest.raises(codec.CodecError, match="nested"):
        codec.decode(forged(collections * 100_000 + shapely.to_wkb(
            shapely.Point(1, 2)), **{"$": "geometry", "array": 0}))
    table, offsets = io.BytesIO(), struct.pack("<3i", 0, 15, 38)
    texts = pa.table({"0": pa.array(["a" * 15, "b" * 23])})
    with pa.ipc.new_stream(table, texts.schema) as stream:
        stream.write_table(texts)
    with pytest.raises(codec.CodecError, match="values array"):
        codec.decode(forged(table.getvalue().replace(
            offsets, struct.pack("<3i", 0, 1 << 30, (1 << 31) - 1)),
            **{"$": "array", "numpy": False, "column": {"arrow": 0}}))


@pytest.mark.parametrize("shape", [
    shapely.MultiPoint([(i, i, i) for i in range(300)]),
    shapely.MultiPolygon([shapely.Point(i, i).buffer(0.4).difference(
        shapely.Point(i, i).buffer(0.2)) for i in range(9)]),
    shapely.GeometryCollection([
        shapely.MultiPoint([(1, 2)]), shapely.Polygon(),
        shapely.MultiLineString([[(0, 0), (1, 1)]] * 9)] * 30),
    shapely.from_wkt(f"LINESTRING ZM ({'1 2 3 4, ' * 99}5 6 7 8)")])
def test_a_large_geometry_comes_back(shape):
    got = sent(shape)
    assert shapely.to_wkb(got) == shapely.to_wkb(shape)


def test_what_is_nested_too_deeply_or_cut_is_refused():
    deep = []
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(codec.CodecError, match="deeply"):
        codec.encode(deep)
    for content in (b"", b"\x01", codec.encode("a")[:-1],
                    codec.encode([1]) + b"x"):
        with pytest.raises(codec.CodecError):
            codec.decode(content)


@pytest.mark.parametrize("grid", [
    np.arange(6.0).reshape(2, 3), np.ones((2, 2, 2), dtype="uint16"),
    np.array([[True, False]]), np.zeros((0, 3)),
    np.arange(6).reshape(2, 3).T])
def test_a_grid_of_numbers_comes_back_with_shape_and_type(grid):
    got = sent(grid)
    np.testing.assert_array_equal(got, grid)
    assert got.dtype == grid.dtype and got.flags.writeable


def test_a_grid_of_another_type_is_not_made_of_bytes():
    written = codec.encode(np.ones((2, 2))).replace(b'"<f8"', b'"|O8"')
    with pytest.raises(codec.CodecError):
        codec.decode(written)


# --- tables ----------------------------------------------------------------

TABLE = pd.DataFrame({
    "text": ["a", None, "ق"], "number": [1, 2, 3], "real": [0.5, np.nan, 2],
    "yes": [True, False, True], "time": pd.to_datetime(
        ["2021-12-02", None, "2021-12-07"]),
    "zone": pd.to_datetime(["2021-12-02 09:00"] * 3).tz_localize("UTC"),
    "kind": pd.Categorical(["x", "y", "x"]),
    "whole": pd.array([1, None, 3], dtype="Int64"),
    "mixed": pd.Series([1, "a", None], dtype=object)},
    index=[7, 3, 5])


@pytest.mark.parametrize("table", [
    TABLE, TABLE[["text"]], TABLE[["mixed"]], TABLE[[]],
    TABLE.drop(columns="kind").iloc[:0],
    TABLE.rename_axis("number"), TABLE.reset_index(drop=True),
    TABLE.set_index(["text", "number"]), TABLE[["real", "real"]],
    TABLE[["number", "mixed", "real"]].set_axis([("a", 1), "b", 3], axis=1)])
def test_a_table_comes_back_with_types_index_and_order(table):
    pdt.assert_frame_equal(sent(table), table)


@pytest.mark.parametrize("column", [pd.cut([1, 2, 3], 2), [1j, 2, 3]])
def test_a_column_that_cannot_be_sent_leaves_the_others_as_they_are(column):
    got = sent(TABLE.assign(other=column))
    pdt.assert_frame_equal(got[list(TABLE)], TABLE)
    assert type(got["other"].iloc[0]).__name__ in ("Interval", "complex")


@pytest.mark.parametrize("name", [*TABLE, "index"])
def test_a_column_and_its_array_come_back(name):
    series = TABLE.index.to_series() if name == "index" else TABLE[name]
    pdt.assert_series_equal(sent(series), series)
    pdt.assert_extension_array_equal(sent(series.array), series.array)


LAYER = gpd.GeoDataFrame(
    {"name": ["a", "b", "c"], "other": gpd.GeoSeries.from_xy([1, 2, 3],
                                                            [4, 5, 6])},
    geometry=[shapely.Point(10, 36), None, shapely.box(0, 0, 1, 1)],
    crs="EPSG:32632", index=[2, 0, 1])


@pytest.mark.parametrize("layer", [
    LAYER, LAYER.iloc[:0], LAYER.set_geometry("other"),
    LAYER.rename_geometry("shape"), LAYER.set_crs(None, allow_override=True),
    LAYER.to_crs("ESRI:54009")])
def test_a_layer_comes_back_with_geometries_and_crs(layer):
    got = sent(layer)
    assert_geodataframe_equal(got, layer)
    assert got.crs == layer.crs and (
        got._geometry_column_name == layer._geometry_column_name)


def test_a_table_without_its_geometry_is_a_table_still():
    got = sent(pd.DataFrame(LAYER))
    assert type(got) is pd.DataFrame
    assert got["geometry"].iloc[0].equals(shapely.Point(10, 36))


def test_numbers_and_few_texts_need_no_arrow_but_many_texts_do():
    numbers = pd.DataFrame({f"c{n}": [n] for n in range(50)})
    content = codec.encode(numbers.assign(text="a"))
    assert b'"arrow"' not in content and len(content) < 4_000
    texts = pd.Series([f"{n} ق" for n in range(1500)] + [None], dtype="str")
    content = codec.encode(texts)
    assert b'"arrow"' in content
    pdt.assert_series_equal(codec.decode(content), texts)
