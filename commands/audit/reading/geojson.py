"""GeoJSON and what is taken for it; each defect has its name."""

from __future__ import annotations

import contextlib
import json
import math
import re
from pathlib import Path
from typing import Any

from commands.audit.model import Finding, Source, UnreadableFile, finding
from commands.audit.reading import driver, places, rings, text

SMALL = 20_000_000  # bytes: so large a text is parsed as a whole
_SUSPECT = re.compile(
    rb'NaN|Infinity|"properties"\s*:\s*[^{\s]|\xef\xbb\xbf|'
    rb'"coordinates"\s*:[\s\[]*"')
_MEMBER = re.compile(r'"crs"\s*:\s*(?=\{|null)')
_PREFIX = re.compile(
    r"\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]*(?:\[[^\]]*\])?\s*[=(]\s*"
    r"(?=[\[{])")
_GEOMETRIES = {"Point", "LineString", "Polygon", "MultiPoint", "MultiPolygon",
               "MultiLineString", "GeometryCollection"}


def read(path: Path, data: bytes, *, x: str | None = None,
         y: str | None = None, encoding: str | None = None) -> list[Source]:
    """The layer of a JSON text."""
    if len(data) > SMALL and not encoding and _sound(data):
        return [_by_gdal(path, data)]
    said: list[Finding] = []
    if data.startswith(text.MARKS[0][0]):
        said.append(finding(
            "json-bom", "a byte order mark stands before the JSON",
            "JSON must not begin with it (RFC 8259, 8.1): strict readers "
            "refuse the file.", "data = file.read_text('utf-8-sig')\n"
            "file.write_text(data, 'utf-8')"))
    decoded = text.decode(data, path.name, encoding)
    del data
    said += text.findings(
        decoded, path.name, [], "layer = gpd.read_file(file, encoding="
        f"{decoded.encoding!r})\nlayer.to_file(new, driver='GeoJSON')")
    whole = _parsed(decoded.text, path.name, said)
    source = _source(path, whole, said, x, y)
    source.evidence["encoding"] = f"{decoded.encoding}: {decoded.why}"
    return [source]


def _sound(data: bytes) -> bool:
    """A large FeatureCollection without a suspect place, in whole."""
    return (b'"FeatureCollection"' in data[:2000]
            and data[-200:].rstrip().endswith((b"]}", b"}"))
            and not _SUSPECT.search(data))


def _by_gdal(path: Path, data: bytes = b"") -> Source:
    """By GDAL, in a fifth of the memory; the member crs by ourselves."""
    layer = driver.table(path, path.name, "GeoJSON")
    source = driver.source(path, None, "GeoJSON", layer,
                           encoding="utf-8: GeoJSON has no other")
    ends = data[:4000] + b"\n" + data[-4000:]
    found = _MEMBER.search(body := ends.decode("utf-8", "replace"))
    whole = {}
    if found:
        with contextlib.suppress(ValueError):
            whole["crs"], _ = json.JSONDecoder().raw_decode(body, found.end())
    crs, source.evidence["crs"] = _crs(whole, source.findings)
    source.table = layer.set_crs(crs, allow_override=True)
    return source


# --- text to objects -------------------------------------------------------

def _parsed(body: str, name: str, said: list[Finding]) -> Any:
    """The object; prefixes, lines and cuts are findings."""
    found = _PREFIX.match(body)
    if found:
        said.append(finding(
            "json-prefix", "program text stands before the JSON: "
            f"{found.group().strip()!r}",
            "Such a file is a script. No reader of GeoJSON opens it.",
            "data = re.sub(r'^[^{[]*|[;)\\s]*$', '', text)",
            example=found.group().strip(), severity="error"))
        body = body[found.end():].rstrip().rstrip(";) \r\n")
    constants: list[str] = []
    try:
        whole = json.loads(body, parse_constant=_constant(constants))
    except json.JSONDecodeError as error:
        constants.clear()
        whole = _lines(body, said, _constant(constants)) or _rescued(
            body, name, error, said, _constant(constants))
    except RecursionError:
        raise UnreadableFile(
            f"{name}: brackets stand in each other more than a thousand "
            "deep. No data are written so; ask for the file again."
        ) from None
    except ValueError as error:  # a number of thousands of digits
        raise UnreadableFile(f"{name} is not JSON: {error}") from None
    if constants:
        said.append(_not_json(whole, constants))
    return whole


def _constant(seen: list[str]) -> Any:
    """NaN and Infinity are counted; they are no values."""
    def no_value(word: str) -> float:
        seen.append(word)
        return math.nan
    return no_value


def _lines(body: str, said: list[Finding], constant: Any) -> Any:
    """One feature per line; None where that is not so."""
    features, bad, number = [], [], 0
    lines = [line.strip("\x1e \t\r") for line in body.split("\n")]
    lines = [line for line in lines if line]
    if len(lines) < 2 or not lines[0].startswith("{"):
        return None
    for number, line in enumerate(lines, 1):
        try:
            feature = json.loads(line.rstrip(","), parse_constant=constant)
        except (ValueError, RecursionError):
            bad.append(number)
            if number <= 2:  # a text of many lines, broken
                return None
            continue
        features.append(feature)
    said.append(finding(
        "json-lines", f"{len(features)} lines with one object each, in place "
        "of one FeatureCollection",
        "It is no GeoJSON (RFC 7946): browsers want one object. QGIS reads "
        "both.",
        "layer = gpd.read_file(f'GeoJSONSeq:{file}')\n"
        "layer.to_file(new, driver='GeoJSON')", count=len(features)))
    if bad:
        said.append(finding(
            "file-truncated" if bad == [number] else "file-damaged",
            f"{len(bad)} lines are no JSON", "Their features are missing.",
            "Ask for the file again.", rows=bad,
            example=lines[bad[0] - 1], severity="error"))
    return {"type": "FeatureCollection", "features": features}


def _rescued(body: str, name: str, error: json.JSONDecodeError,
             said: list[Finding], constant: Any) -> Any:
    """The features before the place where the text breaks."""
    start = re.search(r'"features"\s*:\s*\[', body) or re.match(
        r"\s*\[", body)
    decoder = json.JSONDecoder(parse_constant=constant)
    features: list[Any] = []
    at = start.end() if start else len(body)
    try:
        while start:
            while at < len(body) and body[at] in " \t\r\n,":
                at += 1
            feature, at = decoder.raw_decode(body, at)
            features.append(feature)
    except (ValueError, RecursionError):
        pass
    place = f"line {error.lineno}, column {error.colno}"
    if not features:
        raise UnreadableFile(
            f"{name} is not JSON: {error.msg} at {place}. Open it in a text "
            "editor at that place, or ask for the file again.")
    cut = body.find("{", at + 1) < 0 or error.pos >= len(
        body.rstrip()) or "Unterminated" in error.msg
    said.append(finding(
        "file-truncated" if cut else "file-damaged",
        f"the text {'ends' if cut else 'breaks'} at {place}, in feature "
        f"{len(features) + 1}; {len(features)} features before it are whole",
        "All that follows is missing, and most programs refuse the file.",
        "Ask for the file again.", rows=[len(features) + 1],
        example=body[error.pos - 40:error.pos + 40], severity="error"))
    return {"type": "FeatureCollection", "features": features}


def _not_json(whole: Any, seen: list[str]) -> Finding:
    """NaN and Infinity: how many, in which properties, in which rows."""
    names = _keys_of_nan(whole)
    counted = ", ".join(
        f"{name or 'in place of a record'} ({names.count(name)})"
        for name in dict.fromkeys(names))
    return finding(
        "json-nan", f"{len(seen)} values are NaN or Infinity: {counted}",
        "JSON has no such numbers (RFC 8259, 6): browsers, QGIS and servers "
        "refuse the whole file.",
        "layer.to_file(new, driver='GeoJSON')  # writes null",
        rows=[number for number, one in enumerate(_listed(whole), 1)
              if _keys_of_nan(one)],
        count=len(seen), example=seen[0], severity="error")


def _keys_of_nan(whole: Any) -> list[str]:
    """For each NaN, the key under which it stands; "" for none."""
    names, waiting = [], [("", whole)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.items()][::-1]
        elif isinstance(value, list):
            waiting += [(name, one) for one in reversed(value)]
        elif isinstance(value, float) and math.isnan(value):
            names.append(name)
    return names


# --- objects to a layer ----------------------------------------------------

def _source(path: Path, whole: Any, said: list[Finding], x: str | None,
            y: str | None) -> Source:
    kind = whole.get("type") if isinstance(whole, dict) else None
    said += _part(whole)
    if kind == "Feature" or kind in _GEOMETRIES:
        whole = {"features": [whole if kind == "Feature" else {
            "type": "Feature", "properties": {}, "geometry": whole}]}
    elif kind == "Topology":
        with driver.asking(path.name, "TopoJSON"):
            return _by_gdal(path)
    if isinstance(whole, dict) and isinstance(whole.get("features"), list):
        if "geometryType" in whole and "type" not in whole:
            layer = driver.table(path, path.name, "Esri JSON")
            source = driver.source(path, None, "EsriJSON", layer)
            source.findings += said
            return source
        return _collection(path, whole, said)
    return _records(path, whole, said, x, y)


def _part(whole: Any) -> list[Finding]:
    """One page of a service's answer, saved as a file."""
    if not isinstance(whole, dict):
        return []
    has, all_ = len(_listed(whole)), whole.get("numberMatched")
    more = whole.get("properties")
    limited = whole.get("exceededTransferLimit") or (
        isinstance(more, dict) and more.get("exceededTransferLimit"))
    if not limited and not (isinstance(all_, int) and has < all_):
        return []
    return [finding(
        "file-truncated", f"a service gave {has} features"
        f"{f' of {all_}' if isinstance(all_, int) else ''} and says that "
        "there are more: the file is one page of an answer",
        "The other features are missing; each count and each map is wrong.",
        "# ask the service for all pages, by the link next (session 3.4)",
        severity="error")]


def _collection(path: Path, whole: dict[str, Any],
                said: list[Finding]) -> Source:
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely
    features = whole["features"]
    rows, shapes = [], np.full(len(features), None, dtype=object)
    bad: dict[str, list[int]] = {kind: [] for kind in (
        "features", "properties", "rings", "texts")}
    for at, feature in enumerate(features):
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        if not isinstance(properties, dict):
            bad["properties"].append(at + 1)
            properties = {}
        rows.append(properties)
        geometry = feature.get("geometry")
        good = feature.get("type") == "Feature" and "geometry" in feature
        if geometry is not None:
            try:
                shape = shapely.geometry.shape(geometry)
                if np.isfinite(shapely.get_coordinates(shape)).all():
                    shapes[at] = shape
                if rings.is_open(geometry):
                    bad["rings"].append(at + 1)
                if rings.first_text(geometry.get("coordinates")):
                    bad["texts"].append(at + 1)
            except Exception:  # shapely: a dozen kinds, of what is no shape
                good = False
        if not good:
            bad["features"].append(at + 1)
    said += _bad_features(features, bad)
    crs, words = _crs(whole, said)
    table = pd.DataFrame(rows, index=range(len(rows)))
    if "geometry" in table.columns:
        table = table.rename(columns={"geometry": "geometry_property"})
    with driver.asking(path.name, "GeoJSON"):
        layer = gpd.GeoDataFrame(table, geometry=shapes, crs=crs)
    source = driver.source(path, None, "GeoJSON", layer)
    source.evidence["crs"] = words
    source.findings += said
    return source


def _bad_features(features: list[Any],
                  bad: dict[str, list[int]]) -> list[Finding]:
    said = []
    if bad["features"]:
        first = bad["features"][0]
        said.append(finding(
            "json-features", f"{len(bad['features'])} features are not "
            "GeoJSON: no type Feature, or a geometry that is none",
            "Readers leave these rows out, or refuse the file.",
            "layer = layer[layer.geometry.notna()]", rows=bad["features"],
            example=json.dumps(features[first - 1])[:120], severity="error"))
    if bad["properties"]:
        said.append(finding(
            "json-properties", f"{len(bad['properties'])} features have no "
            "properties", "Their place is there, but not what it is.",
            "layer[layer.drop(columns='geometry').isna().all(axis=1)]",
            rows=bad["properties"]))
    if bad["texts"]:
        first = features[bad["texts"][0] - 1]["geometry"]["coordinates"]
        said.append(finding(
            "json-coordinates", f"{len(bad['texts'])} features have "
            "coordinates as text, such as "
            f"\"{rings.first_text(first)}\" in quotation marks",
            "A position is numbers (RFC 7946, 3.1.1): geopandas and QGIS "
            "read these rows without a geometry, and do not say so.",
            "import json\nfeatures = json.loads(file.read_text('utf-8'))"
            "['features']\nlayer.geometry = [one['geometry'] and "
            "shapely.geometry.shape(one['geometry'])\n"
            "                  for one in features]", rows=bad["texts"],
            example=json.dumps(first)[:120], severity="error"))
    return said + rings.findings(bad["rings"], [], rings.CLOSING)


def _crs(whole: dict[str, Any], said: list[Finding]) -> tuple[Any, str]:
    """The crs member of GeoJSON 2008, or what RFC 7946 says."""
    import pyproj
    if "crs" not in whole:
        return "EPSG:4326", "EPSG:4326: RFC 7946 knows no other"
    member = whole["crs"]
    name = ""
    if isinstance(member, dict) and isinstance(
            member.get("properties"), dict):
        name = str(member["properties"].get("name")
                   or member["properties"].get("code") or "")
    if name and re.search(r"(CRS:?84|EPSG:+4326)$", name):
        return "EPSG:4326", f"EPSG:4326: the member crs says {name}"
    try:
        crs = pyproj.CRS.from_user_input(name)
    except Exception:  # pyproj: no such CRS
        if member is not None:
            said.append(finding(
                "crs-unreadable", f"the member crs says {name or member!r}, "
                "which is no CRS", "Nobody knows where the points are.",
                "layer = layer.set_crs(…, allow_override=True)",
                example=name, severity="error"))
        return None, f"unknown: the member crs says {name or member!r}"
    said.append(finding(
        "crs-member", f"the member crs says {name}: the file is not "
        "RFC 7946", "Since 2016 GeoJSON is longitude and latitude only. "
        "Web maps ignore the member, and draw metres as degrees.",
        "layer.to_crs(4326).to_file(new, driver='GeoJSON', RFC7946='YES')",
        example=name, severity="error"))
    code = ":".join(crs.to_authority() or ("own",))
    return crs, f"{code}: {crs.name}, by the member crs"


def _records(path: Path, whole: Any, said: list[Finding], x: str | None,
             y: str | None) -> Source:
    """A list of objects, such as the answer of Overpass: a table."""
    import pandas as pd
    records = _listed(whole)
    if not records:
        raise UnreadableFile(
            f"{path.name} is JSON, but holds no features and no list of "
            "records. Is it the right file?")
    table = pd.json_normalize(records, max_level=1)
    table.columns = [str(name) for name in table.columns]
    source = driver.source(path, None, "JSON", table)
    source.findings += said
    with driver.asking(path.name, "JSON"):
        places.place(source, x, y)
    return source


def _listed(whole: Any) -> list[Any]:
    """The features, or the longest list of objects: the rows."""
    if isinstance(whole, dict) and isinstance(whole.get("features"), list):
        return whole["features"]
    lists = [whole] if isinstance(whole, list) else [
        value for value in (whole.values() if isinstance(whole, dict)
                            else ()) if isinstance(value, list)]
    return max(([each for each in one if isinstance(each, dict)]
                for one in lists), key=len, default=[])
