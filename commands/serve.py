"""`start.py serve DIR`: release packages as an OGC API, until Ctrl-C.

It answers only this computer (see helpers/publish/server.py). Before it
says its address it asks itself for one feature of each layer, in each CRS.
"""

from __future__ import annotations

import json
import shutil
import signal
import socket
import tempfile
import threading
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from rich.console import Console

from commands.audit.findings.subject import plural
from commands.publish import package, preparing
from commands.terminal import printable_name
from helpers.errors import CourseError, typed
from helpers.publish import server

CARTHAGE_NORTH = "http://www.opengis.net/def/crs/EPSG/0/22391"
CLOSE = {True: 1e-6, False: 0.2}  # is geographic → degrees, metres
PORT = 5000


def serve(folder: Path, console: Console, *, url: str | None = None,
          port: int = PORT) -> int:
    """Serve the newest release of each layer in a folder, until Ctrl-C.

    url: the address that others will use, where a proxy stands before this
    server; it stands in all links. CourseError if something cannot be
    served as it is.
    """
    url = _address(url)
    _is_free(port)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    work = Path(tempfile.mkdtemp(prefix="served_"))
    running = None
    try:
        configured = configuration(packages(folder), work, url, port)
        running = server.start(configured)
        wrong = self_test(running.url, configured, console)
        if wrong:
            raise CourseError("The server answers wrongly, and was stopped:\n"
                              + "\n".join(wrong))
        console.print(f"Serving {url or running.url}" + (
            f" (from {running.url})" if url else ", for this computer only. "
            "Publish no metadata with this address: give --url."),
            soft_wrap=True)
        console.print("End it with Ctrl-C.")
        while not ended.wait(0.5):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        if running:
            running.stop()
        shutil.rmtree(work, ignore_errors=True)
    console.print("Ended.")
    return 0


def _address(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CourseError(f"--url {url} is no address such as "
                          "https://data.example.org/api.")
    return url.rstrip("/")


def _is_free(port: int) -> None:
    with socket.socket() as visitor:
        if port and not visitor.connect_ex(("127.0.0.1", port)):
            raise CourseError(f"Port {port} is in use.\nStop the program "
                              "there, or take any free port: --port 0.")


def packages(folder: Path) -> list[Path]:
    """The folder itself if it is a package; else the newest release of each
    layer in it, or each package in it."""
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}.")
    if _is_package(folder):
        return [folder]
    own = package.latest(folder)
    if own:  # the folder of one layer
        return [own.folder]
    found = []
    for one in sorted(folder.iterdir()):
        last = package.latest(one) if one.is_dir() else None
        if last:
            found.append(last.folder)
        elif one.is_dir() and _is_package(one):
            found.append(one)
    if not found:
        raise CourseError(f"There is no release package in {folder}. Make "
                          f"one: {typed(f'publish FILE --out {folder}')}")
    return found


def _is_package(folder: Path) -> bool:
    return any([*folder.glob("*.geojson"), *folder.glob("*.gpkg")])


def configuration(found: list[Path], work: Path, url: str | None,
                  port: int) -> dict[str, Any]:
    """pygeoapi's configuration, with identifiers that an address can hold,
    EPSG:22391 as well, and, if told, another address in all links."""
    made = server.configuration(
        [_as_geojson(package, work) for package in found], work)
    for name, resource in made["resources"].items():
        for provider in resource["providers"]:
            if provider["type"] == "feature":
                provider["name"] = "commands.served.Layer"
                provider["id_field"] = _identifier(
                    name, gpd.read_file(provider["data"]),
                    provider["id_field"])
                provider["crs"].append(CARTHAGE_NORTH)
            elif url:
                file = Path(provider["data"])
                file.write_text(file.read_text("utf-8").replace(
                    server.ANY, url), "utf-8")
    if url:
        made = json.loads(json.dumps(made).replace(server.ANY, url))
    made["server"]["bind"] = {"host": "127.0.0.1", "port": port}
    return made


def _as_geojson(package: Path, work: Path) -> Path:
    """The package; if it has nothing but a GeoPackage, one made of it."""
    files = [*package.glob("*.gpkg")]
    if [*package.glob("*.geojson")] or len(files) != 1:
        return package
    layer = gpd.read_file(files[0])
    if layer.crs is None:
        raise CourseError(f"{files[0].name} has no CRS.")
    made = work / "made" / files[0].stem
    made.mkdir(parents=True, exist_ok=True)
    layer.to_crs(4326).to_file(made / f"{files[0].stem}.geojson",
                               RFC7946="YES", COORDINATE_PRECISION=7)
    if (package / "metadata.json").is_file():
        shutil.copy(package / "metadata.json", made)
    return made


def _identifier(name: str, layer: gpd.GeoDataFrame, first: str) -> str:
    """A column by which each feature can be asked for."""
    columns = [first, *layer.columns.drop([first, "geometry"])]
    for column in columns:
        if preparing.identifies(layer[column]):
            return str(column)
    odd = [str(value) for value in layer[first]
           if not pd.Series([str(value)]).str.fullmatch(preparing.PLAIN)[0]]
    raise CourseError(
        f"{name}: the values of {first} cannot stand in an address, such as "
        f"{odd[0] if odd else layer[first].iloc[0]!r}. `publish` adds a "
        "column that can.")


# --- the self-test ---------------------------------------------------------

def self_test(address: str, configured: dict[str, Any],
              console: Console) -> list[str]:
    """Ask for the first feature with a place of each layer, in each CRS, and
    compare it with the file. Gives what is wrong."""
    wrong = []
    for name, resource in configured["resources"].items():
        provider = resource["providers"][0]
        if provider["type"] != "feature":
            continue
        layer = gpd.read_file(provider["data"])
        one = layer[layer.geometry.notna()].iloc[0]
        identifier = one[provider["id_field"]]
        said = [_asked(address, name, identifier, one.geometry, crs)
                for crs in provider["crs"]]
        wrong += [f"{name}, {words}" for words, right in said if not right]
        console.print(printable_name(f"{name} ({len(layer):,} features), "
                                     f"{identifier}:"), soft_wrap=True)
        for words, right in said:
            console.print(f"  {'✓' if right else '✗'} {words}")
        empty = int(layer.geometry.isna().sum())
        if empty:
            console.print(f"  {plural(empty, 'feature')} without a place: in "
                          "the answers, with geometry null.")
    return wrong


def _asked(address: str, name: str, identifier: object,
           place: shapely.Geometry, crs: str) -> tuple[str, bool]:
    """What the server says of one feature in a CRS, and whether the first
    position is that of the file, in the axis order of the CRS."""
    asked = (f"{address}/collections/{quote(name)}/items/"
             f"{quote(str(identifier))}?"
             + urlencode({"f": "json", "crs": crs}))
    short = crs.split("/crs/")[1].replace("/0/", ":").replace("/1.3/", ":")
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            found = shapely.geometry.shape(json.load(answer)["geometry"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        return f"{short}: no feature ({error})", False
    system = pyproj.CRS.from_user_input(crs)
    change = pyproj.Transformer.from_crs("OGC:CRS84", system).transform
    got = shapely.get_coordinates(found)[0]
    right = change(*shapely.get_coordinates(place)[0])
    near = bool(np.abs(got - right).max() <= CLOSE[system.is_geographic])
    axes = ", ".join(axis.abbrev for axis in system.axis_info[:2])
    words = f"{short}: {axes} = {got[0]:.6g}, {got[1]:.6g}" if (
        system.is_geographic) else (
            f"{short}: {axes} = {got[0]:.1f}, {got[1]:.1f}")
    return words + ("" if near else f"; the file says {right}"), near
