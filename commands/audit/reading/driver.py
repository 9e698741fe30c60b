"""GDAL, asked for a layer: its errors in words, its additions taken out."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.audit.model import Source, UnreadableFile, finding
from commands.audit.reading import rings

if TYPE_CHECKING:
    import pandas as pd

# Columns that a driver adds to every layer, and the value for "not given".
_ADDED = {
    "KML": {"Name": None, "description": None, "timestamp": None,
            "begin": None, "end": None, "altitudeMode": None,
            "tessellate": -1, "extrude": 0, "visibility": -1,
            "drawOrder": None, "icon": None, "snippet": None, "id": None},
    "OSM": {"is_in": None, "ref": None, "barrier": None, "address": None}}


@contextmanager
def asking(name: str, kind: str, remedy: str = "") -> Iterator[None]:
    """Errors of a library that reads become one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UnreadableFile:
        raise
    except MemoryError:
        raise UnreadableFile(
            f"{name} says that it needs more memory than this computer has: "
            "it is damaged, or far too large.") from None
    except Exception as error:  # each driver has errors of its own
        words = " ".join(str(error).split()).partition("; It might")[0]
        words = words[:200].rstrip(".;, ") or type(error).__name__
        raise UnreadableFile(
            f"{name} cannot be read as {kind}: {words}. "
            + (remedy or "Ask for the file again: it is damaged, or not "
               f"{kind}.")) from None


def layer_names(path: Path, name: str, kind: str) -> list[tuple[str, Any]]:
    """Names and kinds of geometry of all layers (None: a table)."""
    import pyogrio
    with _quiet(), asking(name, kind):
        return [(str(layer), shape) for layer, shape
                in pyogrio.list_layers(path)]


def chosen(layers: list[str], layer: str | None, name: str) -> list[str]:
    """The layers to read. Raises UnreadableFile for one that is not there.
    """
    if layer is None:
        return layers
    if layer not in layers:
        raise UnreadableFile(
            f"{name} has no layer {layer!r}. Its layers are: "
            f"{', '.join(layers)[:600]}.")
    return [layer]


def table(path: Path, name: str, kind: str, layer: str | None = None,
          **options: Any) -> pd.DataFrame:
    """One layer. A CRS that only says "undefined" is none."""
    import geopandas as gpd
    import pyogrio
    import shapely
    with _quiet(), asking(name, kind), warnings.catch_warnings(
            record=True) as heard:
        warnings.simplefilter("always")
        try:
            read = pyogrio.read_dataframe(path, layer=layer, **options)
        except shapely.errors.GEOSException:  # a ring, or bytes that are none
            read = _mended(path, layer, options)
    if any("Measured (M)" in str(one.message) for one in heard):
        read.attrs["measures"] = (
            "M, one more number per position: geopandas does not read it")
    if isinstance(read, gpd.GeoDataFrame):
        if read.crs is not None and (
                read.crs.is_engineering
                or "undefined" in (read.crs.name or "").lower()):
            read = read.set_crs(None, allow_override=True)
        if read.geometry.name != "geometry" and (
                "geometry" not in read.columns):
            read = read.rename_geometry("geometry")
    return read.reset_index(drop=True)


def _mended(path: Path, layer: str | None,
            options: dict[str, Any]) -> pd.DataFrame:
    """A layer with shapes that shapely refuses: rings are closed, others are
    missing. Its attrs say which."""
    import pyogrio
    encoded = pyogrio.raw.read(path, layer=layer, **options)[2]
    shapes, closed, unread = rings.of_wkb(encoded)
    read = pyogrio.read_dataframe(path, layer=layer, on_invalid="ignore",
                                  **options)
    read = read.set_geometry(shapes, crs=read.crs)
    read.attrs["rings"] = closed, unread
    return read


def without_additions(read: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Without the columns that the driver adds and nobody filled."""
    drop = []
    for name in read.columns:
        if name == "geometry":
            continue
        column = read[name].dropna()
        added = _ADDED.get(kind, {})
        if column.empty:
            unused = name in added or kind in ("OSM", "GPX")
        else:
            unused = added.get(name) is not None and bool(
                (column == added[name]).all())
        if unused:
            drop.append(name)
    return read.drop(columns=drop)


def crs_words(read: pd.DataFrame) -> str:
    """For the evidence: what the file declares."""
    crs = getattr(read, "crs", None)
    if not hasattr(read, "geometry"):
        return "none: the layer is a table"
    if crs is None:
        return "not declared"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        authority = crs.to_authority()
    return f"{':'.join(authority) if authority else 'own'}: {crs.name}"


def _usable(crs: Any) -> bool:
    """Can its places be brought to longitude and latitude?"""
    import pyproj
    try:
        return crs is None or bool(pyproj.Transformer.from_crs(
            crs, "EPSG:4326", always_xy=True))
    except pyproj.exceptions.ProjError:
        return False


def source(path: Path, layer: str | None, kind: str, read: pd.DataFrame,
           **evidence: str) -> Source:
    """A Source, with what every layer is asked."""
    words, usable = crs_words(read), _usable(getattr(read, "crs", None))
    made = Source(path, layer, kind, read if usable else read.set_crs(
        None, allow_override=True), {"crs": words, **evidence})
    if "measures" in read.attrs:
        made.evidence["measures"] = read.attrs["measures"]
    made.findings += rings.findings(
        *read.attrs.pop("rings", ((), ())), rings.CLOSING)
    if not usable:
        made.findings.append(finding(
            "crs-unreadable", f"the declared CRS, {words}, leads to no place "
            "on Earth", "No program can draw the layer on a map.",
            "layer = layer.set_crs(…, allow_override=True)", example=words,
            severity="error"))
    if not len(read):
        made.findings.append(finding(
            "layer-empty", f"{layer or path.name} has no row",
            "A layer without a row was cut off, or never filled.",
            "Ask for the file again.", severity="error"))
    return made


def several(sources: list[Source], names: list[str],
            layer: str | None) -> None:
    """Many readers open only the first layer: say so once."""
    if len(names) > 1 and layer is None and sources:
        sources[0].findings.append(finding(
            "layers-several", f"the file has {len(names)} layers: "
            f"{', '.join(names)[:300]}",
            "Many programs read only the first, without a word.",
            f"layer = gpd.read_file(file, layer={names[-1]!r})",
            count=len(names), example=names[0], severity="note"))


@contextmanager
def _quiet() -> Iterator[None]:
    """pyogrio hands GDAL's warnings to logging: they are ours to say."""
    log = logging.getLogger("pyogrio")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
