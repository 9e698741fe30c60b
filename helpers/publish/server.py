"""A real OGC API server of one's own, for as long as a notebook runs.

>>> from helpers.publish import server
>>> configuration = server.configuration(Path("output/release"))
>>> with server.serve(configuration) as address:
...     gpd.read_file(f"OAPIF:{address}", layer="health_centres")

The server is pygeoapi. It runs in a process of its own, answers only this
computer, and ends when the kernel ends, also when somebody kills the kernel.

Its provider is GeoJSON, which needs nothing but pip. To serve a table of
PostGIS in metres, put `"name": "PostgreSQL", "table": …, "geom_field":
"geom", "data": {"host": …, "dbname": …, "user": …}, "storage_crs":
…/EPSG/0/32632` there.

What pygeoapi 0.21 and 0.24 do wrong, most of it with "200 OK":

- `filter`, `sortby`, `datetime` and unknown parameters change nothing.
- `limit` above `max_items` (100) is lowered without a word.
- A bbox in another projection than the data's is turned by two of its corners.
- A feature without geometry is inside every bbox.
- Numbers are compared as texts: `depth=100` does not find 100.0.
- A column has the type of its first value.
- A file that is not there is a layer without features; `start` looks before.
- CSV (`f=csv`) stops at a feature whose place is missing or is no point.
- 0.21: in a PostGIS table in EPSG:4326, no bbox finds anything; the words of
  a search, `q`, are run as Python: not for an open network.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import CourseError
from helpers.publish import catalogue

if TYPE_CHECKING:
    import geopandas as gpd

ANY = "http://127.0.0.1:0"  # any free port: `start` puts the real one
TITLE = "Open geographic data"
SYSTEMS = [catalogue.CRS84, "http://www.opengis.net/def/crs/EPSG/0/4326",
           "http://www.opengis.net/def/crs/EPSG/0/32632"]


def configuration(packages: Path | Iterable[Path],
                  folder: Path | None = None) -> dict[str, Any]:
    """pygeoapi's configuration of release packages, to read and to change.

    packages: one folder or more, each with one layer, GeoJSON in degrees,
    and, where there is one, its core record `metadata.json`. folder: for the
    catalogue; without one, `served` beside the first package.
    CourseError if a package has no layer, or the layer no identifier.
    """
    folders = [Path(one) for one in (
        [packages] if isinstance(packages, str | Path) else packages)]
    if not folders:
        raise CourseError("There is no release package to publish.")
    folder = Path(folder or folders[0].resolve().parent / "served")
    folder.mkdir(parents=True, exist_ok=True)
    resources: dict[str, Any] = {}
    records = {}
    for package in folders:
        file, layer = _layer(package)
        if file.stem in resources:
            raise CourseError(f"Two packages have a layer {file.stem}. Give "
                              "one of the files another name.")
        record = _record(package / "metadata.json")
        resources[file.stem] = _collection(file, layer, record)
        if record:
            records[file.stem] = record
    if records:
        resources["catalogue"] = catalogue.collection(
            records, ANY, folder / "catalogue.json")
    return _service(next(iter(records.values()), {})) | {
        "resources": resources}


class Server:
    """A running server. url: its address. log: a file, what it says."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        host = configuration["server"]["bind"]["host"]
        if host not in ("127.0.0.1", "localhost"):
            raise CourseError("The course's server answers only this "
                              f"computer: 127.0.0.1, not {host}.")
        for resource in configuration["resources"].values():
            for provider in resource.get("providers", []):
                file = provider["data"]
                if isinstance(file, str) and not Path(file).is_file():
                    raise CourseError(f"There is no file {file} to serve.")
        self._folder = Path(tempfile.mkdtemp(prefix="pygeoapi_"))
        self.log = self._folder / "log"
        path = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "helpers.publish.serving", ANY,
             self._folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, text=True,
            encoding="utf-8", errors="replace", env=os.environ | {
                "PYTHONPATH": os.pathsep.join(filter(None, path)),
                "PYTHONUTF8": "1"})
        try:
            self.url = self._address(configuration)
        except BaseException:
            self.stop()
            raise

    def _address(self, configuration: dict[str, Any]) -> str:
        """Wait until it answers; CourseError with its last words if not."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):  # it has ended, and says why
            self._process.stdin.write(json.dumps(configuration) + "\n")
            self._process.stdin.flush()
        words = []
        for line in self._process.stdout:
            if line.startswith("ready "):
                return line.split()[1]
            words.append(line)
        raise CourseError("pygeoapi did not start. Its last words:\n"
                          + "".join(words[-3:] or ["(none)"]).strip())

    def stop(self) -> None:
        """End the server and remove its folder."""
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)


def start(configuration: dict[str, Any]) -> Server:
    """A server that runs until its `stop`, or until the kernel ends."""
    return Server(configuration)


@contextlib.contextmanager
def serve(configuration: dict[str, Any]) -> Iterator[str]:
    """The address of a server that runs as long as the block."""
    running = start(configuration)
    try:
        yield running.url
    finally:
        running.stop()


# --- the configuration -----------------------------------------------------

def _layer(package: Path) -> tuple[Path, gpd.GeoDataFrame]:
    """A package's GeoJSON file, and what is in it."""
    import geopandas as gpd
    files = [*package.glob("*.geojson")]
    if len(files) != 1:
        raise CourseError(f"{package} has {len(files)} files of GeoJSON; a "
                          "release package has one layer.")
    layer = gpd.read_file(files[0])
    if layer.empty:
        raise CourseError(f"{files[0].name} has no features.")
    if layer.crs is None or layer.crs.to_epsg() not in (
            4326, 4979):  # 4979: with heights
        raise CourseError(f"{files[0].name} is not in degrees of WGS 84 (RFC "
                          "7946, 4). Write it again with to_crs(4326).")
    return files[0].resolve(), layer


def _record(file: Path) -> dict[str, Any]:
    """A core record; an empty one if there is no file."""
    if not file.is_file():
        return {}
    try:
        record = json.loads(file.read_text("utf-8"))
        catalogue.feature("", record, "")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{file} is no core record: {error!r}") from None
    return record


def _collection(file: Path, layer: gpd.GeoDataFrame,
                record: dict[str, Any]) -> dict[str, Any]:
    """A layer as one of pygeoapi's resources."""
    identifiers = [
        name for name, column in layer.drop(columns=layer.geometry.name
                                            ).items()
        if all(isinstance(value, str | int) for value in column.tolist())
        and column.is_unique]  # in this order: a list has no hash
    if not identifiers:
        raise CourseError(f"No column of {file.name} identifies its "
                          "features: each has gaps or repeats.")
    return {
        "type": "collection", "title": record.get("title") or file.stem,
        "description": record.get("abstract") or file.name,
        "keywords": record.get("keywords") or [file.stem],
        "links": catalogue.licence(record),
        "extents": {"spatial": {
            "bbox": layer.total_bounds.round(7).tolist(),
            "crs": catalogue.CRS84}},
        "providers": [{
            "type": "feature", "name": "GeoJSON", "data": str(file),
            "id_field": identifiers[0], "crs": [*SYSTEMS],
            "storage_crs": SYSTEMS[0]}]}


def _service(record: dict[str, Any]) -> dict[str, Any]:
    """What the configuration says of the server itself."""
    from xstatic.pkg import leaflet
    publisher, terms = record.get("publisher", {}), record.get("licence_uri")
    name = publisher.get("name") or {"en": "not stated"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0}, "url": ANY,
            "encoding": "utf-8",
            "mimetype": "application/json; charset=UTF-8",
            "languages": ["en", "fr", "ar"], "pretty_print": True,
            "limits": {"default_items": 10, "max_items": 100},
            # Pages that ask no other server: Leaflet as it is installed.
            "templates": {"path": str(Path(__file__).with_name("pages")),
                          "static": str(Path(leaflet.BASE_DIR))},
            "map": {"url": "", "attribution": ""}},
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": TITLE, "description": TITLE, "url": ANY,
                "keywords": ["open data"], "terms_of_service": terms or ""},
            "license": {"name": record.get("licence", "not stated"),
                        "url": terms or ""},
            "provider": {"name": name, "url": publisher.get("url", "")},
            "contact": {"name": name.get("en", ""),
                        "email": publisher.get("email", "")}}}
