"""The layer as it is published: one table that all formats take.

What is changed is said in words; nothing is changed silently.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pandas.api import types as kinds

from commands.audit.findings.subject import plural
from commands.audit.model import Source
from commands.audit.opening import TABLES
from helpers.errors import CourseError

# Names that GeoPackage or GeoParquet keep for themselves.
RESERVED = {"fid", "ogc_fid", "geom", "geometry", "bbox"}
# An identifier that stands in an address as it is.
PLAIN = r"[A-Za-z0-9._~-]+"
LIKE_A_KEY = re.compile(r"(?i)(^|_)(id|key|ref)$|code$")
CODE = re.compile(r"(?i)code|(^|_)id$|phone|tel|postal|zip")
WHOLE, NUMBER = r"-?(0|[1-9]\d{0,14})", r"-?(0|[1-9]\d*)(\.\d+)?"
ROW = "row_id"


@dataclass
class Prepared:
    """A layer to publish. key: the column that identifies its rows. labels:
    the heads as they were received. said: what was done, in sentences."""
    name: str
    table: gpd.GeoDataFrame
    key: str = ROW
    labels: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """The attributes."""
        return [name for name in self.table.columns if name != "geometry"]


def plain_name(text: str, otherwise: str) -> str:
    """The text in small letters a-z, digits and "_"."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore")
    name = re.sub(r"[^a-z0-9]+", "_", bare.decode().lower()).strip("_")
    return name if re.match(r"[a-z]", name) else f"{otherwise}_{name}".strip(
        "_")


def prepare(source: Source, name: str, *, crs: str | None = None,
            key: str | None = None, repair: bool = False) -> Prepared:
    """The layer of a source. crs: what it is in, when the file does not say
    so or is wrong. CourseError for what no format can hold."""
    table = source.table
    _must_have_places(source)
    if table.geometry.isna().all():
        raise CourseError(f"{source.path.name} has no row with a place: audit "
                          "says what its columns of coordinates hold.")
    layer = Prepared(name, _plain_geometry(table))
    if "measures" in source.evidence:
        layer.said.append("The measures (M) of the positions are left out: "
                          "no format of the release gets them.")
    layer.said += [f"Repaired while it was read: {one.says}." for one
                   in source.findings if one.code in (
                       "ring-open", "json-coordinates")]
    if source.x:
        _numbers(layer, source)
    _crs(layer, source, crs)
    _values(layer)
    _heads(layer)
    _geometry(layer, repair)
    _key(layer, key)
    return layer


def _must_have_places(source: Source) -> None:
    """CourseError for a table, with the way to places that it has."""
    file, table = source.path.name, source.table
    if not len(table):
        raise CourseError(
            f"{file}{f', layer {source.layer},' if source.layer else ''} has "
            "no row: there is nothing to publish. Ask for the data, or "
            "choose another layer.")
    if isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name:
        return
    pair = [one for one in source.findings if one.code == "coordinates-pair"]
    if pair:
        raise CourseError(f"{file}: {pair[0].says}. Make two columns of it, "
                          "lon and lat: the page of audit shows the lines "
                          "(--html).")
    if source.format == "Shapefile":
        raise CourseError(
            f"{file} is the table of a shapefile, without its places: ask "
            "for the .shp, .shx and .prj of the same name, and put them "
            "beside it. Or join the table to a layer (session 2.3).")
    raise CourseError(
        f"{file} is a table without places. Join it to a layer first "
        "(session 2.3)" + (
            ", or name its columns of coordinates with --csv-x and --csv-y."
            if source.format in (*TABLES, "JSON") else "."))


def _plain_geometry(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One geometry, called geometry, at the end."""
    place = table.geometry
    others = [name for name, column in table.items()
              if isinstance(column, gpd.GeoSeries)]
    bare = pd.DataFrame(table.drop(columns=others)).reset_index(drop=True)
    return gpd.GeoDataFrame(bare, geometry=place.array, crs=table.crs)


def _crs(layer: Prepared, source: Source, crs: str | None) -> None:
    if crs:
        try:
            layer.table = layer.table.set_crs(crs, allow_override=True)
        except Exception as error:  # pyproj's own
            raise CourseError(f"--crs {crs} is no CRS: write for example "
                              "EPSG:32632.") from error
        layer.said.append(f"The CRS is {crs}, as told.")
    if layer.table.crs is None:
        west, south, east, north = layer.table.total_bounds
        hint = ("" if max(-west, east, -south, north) > 180 else
                f" (x from {west:.6g} to {east:.6g} and y from {south:.6g} to "
                f"{north:.6g} look like degrees, which are mostly EPSG:4326.)")
        raise CourseError(
            f"{source.path.name} does not say its CRS. Ask who made it. Then "
            "say which one it is, and how you know: --crs EPSG:… "
            f"--because \"…\"{hint}")
    if crs:
        _must_fit(layer, source, crs)
    if layer.table.crs.to_epsg() is None:
        old = layer.table.crs.name
        layer.table = layer.table.to_crs(4326)
        layer.said.append(f"Transformed from {old}, which has no EPSG "
                          "number, to EPSG:4326.")


def _must_fit(layer: Prepared, source: Source, crs: str) -> None:
    """CourseError where the numbers cannot be in the CRS that was told:
    degrees are no metres."""
    west, south, east, north = layer.table.total_bounds
    degrees = max(-west, east) <= 180 and max(-south, north) <= 90
    if degrees != layer.table.crs.is_geographic:
        said = source.table.crs
        raise CourseError(
            f"--crs {crs} is in {'metres' if degrees else 'degrees'}, but "
            f"the numbers of {source.path.name} are "
            f"{'' if degrees else 'no '}degrees, such as x {west:g} and y "
            f"{south:g}." + (f" The file itself says {said.to_string()}: "
                             "leave --crs out." if said else ""))


def _numbers(layer: Prepared, source: Source) -> None:
    """Columns of text in which all values are numbers; codes stay text."""
    comma = source.evidence.get("decimal", "").startswith("comma")
    made = []
    for name in layer.columns:
        column = layer.table[name]
        if not kinds.is_string_dtype(column) or CODE.search(str(name)):
            continue
        text = column.dropna().astype("str").str.strip()
        text = text[text != ""]
        text = text.str.replace(",", ".", regex=False) if comma else text
        if text.empty or not text.str.fullmatch(NUMBER).all():
            continue
        whole = text.str.fullmatch(WHOLE).all() and len(text) == len(column)
        layer.table[name] = text.astype("int64" if whole else "float64"
                                        ).reindex(column.index)
        made.append(str(name))
    if made:
        layer.said.append("Text became numbers: " + ", ".join(made) + ".")


def _values(layer: Prepared) -> None:
    """Each column of one type that all formats have."""
    for name in layer.columns:
        column = layer.table[name]
        if kinds.is_float_dtype(column):
            values = column.astype("float64")
            endless = np.isinf(values)
            if endless.any():
                layer.said.append(f"{name}: {endless.sum()} infinite "
                                  "numbers became empty.")
            layer.table[name] = values.mask(endless)
        elif kinds.is_datetime64_any_dtype(column):
            if column.dt.tz is not None:
                layer.said.append(f"{name}: times are in UTC.")
                column = column.dt.tz_convert("UTC")
            layer.table[name] = column.astype(
                "datetime64[ms, UTC]" if column.dt.tz is not None
                else "datetime64[ms]")
        elif not kinds.is_numeric_dtype(column) or (
                column.isna().any()):
            _text(layer, name, column)


def _text(layer: Prepared, name: str, column: pd.Series) -> None:
    kind = kinds.infer_dtype(column, skipna=True)
    if kind == "integer" and column.notna().any():
        layer.table[name] = column.astype("float64")
        return
    if kind not in ("string", "empty"):
        layer.said.append(f"{name}: values of the type {kind} became text.")
    layer.table[name] = column.astype(object).map(
        lambda value: json.dumps(value, ensure_ascii=False, default=_plain)
        if isinstance(value, list | dict | np.ndarray) else str(value),
        na_action="ignore").astype("str")


def _plain(value: Any) -> Any:
    """What JSON does not know, as something that it knows."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _heads(layer: Prepared) -> None:
    """Plain heads, each once; what they were stays as labels."""
    taken: set[str] = set()
    names = {}
    for at, label in enumerate(layer.columns, 1):
        plain = label if re.fullmatch(r"[A-Za-z]\w*", label, re.ASCII) else (
            plain_name(label, f"column_{at}"))
        if plain.lower() in RESERVED:
            plain += "_1"
        name, more = plain, 2
        while name.lower() in taken:
            name, more = f"{plain}_{more}", more + 1
        taken.add(name.lower())
        names[label] = name
        layer.labels[name] = label
    renamed = [f"{label} → {name}" for label, name in names.items()
               if label != name]
    layer.table = layer.table.rename(columns=names)
    if renamed:
        layer.said.append("Renamed: " + ", ".join(renamed) + ".")
    if any(re.fullmatch(r"column_\d+", name) and name != label
           for label, name in names.items()):
        layer.said.append(
            "A head without a letter a-z gets a number: write heads in "
            "French or English into the file if readers should understand "
            "them. The Table Schema keeps yours as titles.")


def _geometry(layer: Prepared, repair: bool) -> None:
    place = layer.table.geometry
    place = place.where(~place.is_empty, None)
    wrong = place.notna() & ~place.is_valid
    if repair and wrong.any():
        repaired = place.where(~wrong, place.make_valid(
            method="structure", keep_collapsed=False))
        zone = place.estimate_utm_crs()
        areas = [one[wrong].to_crs(zone).area
                 for one in (place, repaired)]
        layer.said += [
            f"Repaired (make_valid): row {at + 1}, area {before:,.0f} → "
            f"{after:,.0f} m²." for at, before, after in zip(
                place.index[wrong], *areas)]
        place = repaired
    elif wrong.any():
        rows = ", ".join(str(at + 1) for at in place.index[wrong][:5])
        many = "geometry" if wrong.sum() == 1 else "geometries"
        layer.said.append(f"{wrong.sum()} {many} not valid, in "
                          f"{'row' if wrong.sum() == 1 else 'rows'} {rows}: "
                          "--repair makes valid ones.")
    shapes = set(place.dropna().geom_type)
    for one in ("Point", "LineString", "Polygon"):
        if shapes == {one, f"Multi{one}"}:
            place = _promoted(place)
            layer.said.append(f"{one} became Multi{one}, since both are "
                              "there.")
    none = int(place.isna().sum())
    if none:
        layer.said.append(f"{plural(none, 'row')} without a place: kept.")
    layer.table = layer.table.set_geometry(place)


def _promoted(place: gpd.GeoSeries) -> gpd.GeoSeries:
    import shapely
    classes: dict[str, Any] = {
        "Point": shapely.MultiPoint, "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon}
    return gpd.GeoSeries([
        shape if shape is None or shape.geom_type not in classes
        else classes[shape.geom_type]([shape]) for shape in place],
        crs=place.crs)


def _key(layer: Prepared, asked: str | None) -> None:
    """The column that identifies the rows becomes the first."""
    fit = [name for name in layer.columns
           if identifies(layer.table[name])]
    if asked and asked != ROW:
        asked = next((name for name, label in layer.labels.items()
                      if asked in (name, label)), asked)
        if asked not in fit:
            raise CourseError(
                f"{asked!r} does not identify the rows: it is not there, "
                "has gaps, repeats, or signs other than A-Z, a-z, 0-9 and "
                ". _ ~ -. These do: " + (", ".join(fit) or "none") + ".")
        layer.key = asked
    elif fit and not asked:
        layer.key = min(fit, key=lambda name: (
            not LIKE_A_KEY.search(name), fit.index(name)))
    else:
        layer.table.insert(0, ROW, np.arange(1, len(layer.table) + 1))
        layer.labels[ROW] = "number of the row"
        layer.said.append(
            f"No column identifies the rows: {ROW} counts them. A new order "
            "of the rows will look like a change of each.")
    rest = [name for name in layer.columns if name != layer.key]
    layer.table = layer.table[[layer.key, *rest, "geometry"]]


def identifies(column: pd.Series) -> bool:
    """Unique, without a gap, plain, and no day (a format would parse it)."""
    if column.isna().any() or not column.is_unique or (
            kinds.is_bool_dtype(column)) or not (
            kinds.is_integer_dtype(column) or kinds.is_string_dtype(column)):
        return False
    text = column.astype("str")
    return bool(text.str.fullmatch(PLAIN).all() and not text.str.fullmatch(
        r"\d{4}-\d\d?-\d\d?.*").any())
