"""A real OGC API server of one's own, for as long as a notebook runs.

>>> from helpers.publish import server
>>> configuration = server.configuration(Path("output/release"))
>>> with server.serve(configuration) as address:
...     gpd.read_file(f"OAPIF:{address}", layer="health_centres")

The server is pygeoapi. It runs in a process of its own and answers only this
computer. It ends with `stop`, and when the kernel ends.

Data are read from GeoJSON: of pygeoapi's providers the only one that works
with a pip installation alone and answers bbox, crs and every page rightly.
GeoPackage needs SpatiaLite or GDAL's own Python; a package with nothing but a
GeoPackage is written as GeoJSON first. What pygeoapi 0.21 does wrong:

- With GeoJSON, `filter`, `sortby` and `datetime` change nothing, and the
  answer is 200 OK. A parameter that it does not know changes nothing either.
- A feature without geometry is inside of every bbox.
- `limit` above `max_items` is lowered without a word.
- A bbox in metres is turned into degrees by two of its corners.
- The type of a column is that of its first value.
- PostgreSQL in EPSG:4326 finds nothing by bbox: keep such a table in metres.
- A word that is searched (`q`) is run as Python: never open it to a network.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from helpers.errors import CourseError

if TYPE_CHECKING:
    import geopandas as gpd

ANY = "http://127.0.0.1:0"  # any free port; `start` puts the real one
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SYSTEMS = [CRS84, *(f"http://www.opengis.net/def/crs/EPSG/0/{code}"
                    for code in (4326, 32632))]
LANGUAGES = ["en", "fr", "ar"]
CATALOGUE = "catalogue"


def configuration(packages: Path | Iterable[Path], url: str = ANY,
                  title: str = "Open geographic data",
                  folder: Path | None = None) -> dict[str, Any]:
    """pygeoapi's configuration of release packages, to read and to change.

    packages: one folder or more. Each has one layer, GeoJSON in degrees or
    GeoPackage, and, where it is published, its core record `metadata.json`.
    url: the address; with port 0, any free port. folder: where the catalogue
    of the records is written, and GeoJSON made of a GeoPackage; without one,
    `served` beside the first package. CourseError if a package has no layer,
    or its features have no identifier.
    """
    folders = [Path(packages)] if isinstance(packages, str | Path) else [
        Path(one) for one in packages]
    if not folders:
        raise CourseError("There is no release package to publish.")
    folder = folder or folders[0].resolve().parent / "served"
    folder.mkdir(parents=True, exist_ok=True)
    collections: dict[str, Any] = {}
    records = {}
    for package in folders:
        file, layer = _layer(package, folder)
        if file.stem in collections:
            raise CourseError(f"Two packages have a layer {file.stem}. Give "
                              "one of the files another name.")
        record = _record(package)
        collections[file.stem] = _collection(file, layer, record)
        if record:
            records[file.stem] = record
    if records:
        collections[CATALOGUE] = _catalogue(records, url, folder)
    return _service(url, title, next(iter(records.values()), {})) | {
        "resources": collections}


class Server:
    """A running server. `with` stops it at the end of the block.

    url: its address. log: the file with what it says while it runs.
    """

    def __init__(self, configuration: dict[str, Any]) -> None:
        bind = configuration["server"]["bind"]
        if bind["host"] not in ("127.0.0.1", "localhost"):
            raise CourseError(
                f"The course's server answers only this computer: its host "
                f"is 127.0.0.1, not {bind['host']}.")
        with socket.socket() as visitor:
            taken = bind["port"] and not visitor.connect_ex(
                ("127.0.0.1", bind["port"]))
        if taken:
            raise CourseError(
                f"Port {bind['port']} is in use, perhaps by a server that an "
                "earlier cell started. Stop\nthat one, or ask for any free "
                f"port: url={ANY!r}.")
        self.folder = Path(tempfile.mkdtemp(prefix="pygeoapi_"))
        self.log = self.folder / "log"
        root = str(Path(__file__).parents[2])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "helpers.publish.server", self.folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
            cwd=root, start_new_session=True, env=os.environ | {
                "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(filter(
                    None, [root, os.environ.get("PYTHONPATH")]))})
        try:
            self.url = self._address(configuration)
        except BaseException:
            self.stop()
            raise

    def _address(self, configuration: dict[str, Any]) -> str:
        """Wait until it answers; CourseError with its last words if not."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):  # it has ended; it says why
            self._process.stdin.write(json.dumps(configuration) + "\n")
            self._process.stdin.flush()
        words: list[str] = []
        for line in self._process.stdout:
            if line.startswith("ready "):
                return line.split()[1]
            words += [line.rstrip()] if line.strip() else []
        raise CourseError("pygeoapi did not start. Its last words:\n"
                          + "\n".join(words[-3:] or ["(none)"]))

    def stop(self) -> None:
        """End the server and remove its folder."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(configuration: dict[str, Any]) -> Server:
    """A server that runs until its `stop`, or until the kernel ends."""
    return Server(configuration)


@contextlib.contextmanager
def serve(configuration: dict[str, Any]) -> Iterator[str]:
    """The address of a server that runs as long as the block."""
    with start(configuration) as running:
        yield running.url


# --- the configuration -----------------------------------------------------

def _layer(package: Path, folder: Path) -> tuple[Path, gpd.GeoDataFrame]:
    """A package's GeoJSON file, and what is in it."""
    import geopandas as gpd
    files = (sorted(package.glob("*.geojson"))
             or sorted(package.glob("*.gpkg")))
    if len(files) != 1:
        raise CourseError(
            f"{package} has {len(files)} GeoJSON or GeoPackage files; a "
            "release package has one layer.")
    file, = files
    layer = gpd.read_file(file)
    if layer.empty:
        raise CourseError(f"{file.name} has no features.")
    if file.suffix == ".gpkg":
        file = folder / f"{file.stem}.geojson"
        layer = layer.to_crs(4326)
        layer.to_file(file, RFC7946="YES", COORDINATE_PRECISION=7)
    elif layer.crs is None or layer.crs.to_epsg() != 4326:
        raise CourseError(f"{file.name} is not in degrees of WGS 84 (RFC "
                          "7946, 4). Write it again with to_crs(4326).")
    return file.resolve(), layer


def _key(file: Path, layer: gpd.GeoDataFrame) -> str:
    """The first column of texts or whole numbers that identifies."""
    for name in layer.columns.drop(layer.geometry.name):
        column = layer[name]
        if column.notna().all() and column.is_unique and all(
                isinstance(value, str | int) for value in column.tolist()):
            return str(name)
    raise CourseError(f"No column of {file.name} identifies its features: "
                      "each has gaps or repeats.")


def _record(package: Path) -> dict[str, Any]:
    file = package / "metadata.json"
    if not file.is_file():
        return {}
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise CourseError(f"{file} is no JSON: {error}") from None


def _collection(file: Path, layer: gpd.GeoDataFrame,
                record: dict[str, Any]) -> dict[str, Any]:
    """A layer as pygeoapi's resource."""
    extents: dict[str, Any] = {"spatial": {
        "bbox": [round(float(one), 7) for one in layer.total_bounds],
        "crs": CRS84}}
    return {
        "type": "collection",
        "title": record.get("title") or file.stem,
        "description": record.get("abstract") or file.name,
        "keywords": record.get("keywords") or [file.stem],
        "links": _licence(record),
        "extents": extents,
        "providers": [{
            "type": "feature", "name": "GeoJSON", "data": str(file),
            "id_field": _key(file, layer), "crs": [*SYSTEMS],
            "storage_crs": CRS84}]}


def _licence(record: dict[str, Any]) -> list[dict[str, str]]:
    return [{"type": "text/html", "rel": "license", "title":
             record.get("licence", "licence"), "href": record["licence_uri"]}
            ] if record.get("licence_uri") else []


def _catalogue(records: dict[str, dict[str, Any]], url: str,
               folder: Path) -> dict[str, Any]:
    """The core records as a collection of OGC API - Records, in TinyDB."""
    features = [_feature(name, record, url)
                for name, record in records.items()]
    file = folder / f"{CATALOGUE}.json"
    file.write_text(json.dumps({"_default": dict(enumerate(features, 1))}),
                    "utf-8")
    boxes = [record["bbox"] for record in records.values()
             if record.get("bbox")] or [[-180, -90, 180, 90]]
    west, south, east, north = zip(*boxes, strict=True)
    return {
        "type": "collection", "title": {
            "en": "Catalogue", "fr": "Catalogue", "ar": "الفهرس"},
        "description": "One record per published layer",
        "keywords": ["metadata"],
        "extents": {"spatial": {"bbox": [
            min(west), min(south), max(east), max(north)], "crs": CRS84}},
        "providers": [{
            "type": "record", "name": "TinyDBCatalogue",
            "data": str(file.resolve()), "id_field": "externalId",
            "time_field": "updated", "title_field": "title"}]}


def _feature(name: str, record: dict[str, Any], url: str) -> dict[str, Any]:
    """A core record as OGC API - Records 1.0 writes it, in English, with
    the other titles; a search looks in the words of all languages."""
    title, abstract = record.get("title", {}), record.get("abstract", {})
    dates, period = record.get("dates", {}), record.get("period") or []
    publisher, keywords = record.get("publisher", {}), record.get(
        "keywords", {})
    geometry = None
    if record.get("bbox"):
        west, south, east, north = record["bbox"]
        geometry = {"type": "Polygon", "coordinates": [[
            [west, south], [east, south], [east, north], [west, north],
            [west, south]]]}
    properties = {
        "type": "dataset", "title": title.get("en", name),
        "description": abstract.get("en"),
        "title_fr": title.get("fr"), "title_ar": title.get("ar"),
        "keywords": keywords.get("en"), "externalId": record.get("identifier"),
        "language": {"code": "en"}, "languages": [
            {"code": code} for code in record.get("languages", [])],
        "created": dates.get("created"), "updated": dates.get("revised")
        or dates.get("published"), "license": record.get("licence"),
        "rights": record.get("attribution"), "version": record.get("version"),
        "contacts": [{"organization": publisher.get("name", {}).get("en"),
                      "emails": [{"value": publisher.get("email")}],
                      "roles": ["publisher"]}],
        "_metadata-anytext": " ".join(
            [*title.values(), *abstract.values(),
             *(word for words in keywords.values() for word in words)])}
    links = [{"rel": "item", "type": "application/geo+json", "title": name,
              "href": f"{url}/collections/{name}/items?f=json"}, *_licence(
                  record)] + [
        {"rel": "enclosure", "type": file.get("media_type"),
         "title": file.get("file"), "href": file["url"]}
        for file in record.get("distributions", []) if file.get("url")]
    return {"id": name, "type": "Feature", "geometry": geometry, "conformsTo":
            ["http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-"
             "core"], "time": {"interval": period} if period else None,
            "properties": {key: value for key, value in properties.items()
                           if value is not None}, "links": links}


def _service(url: str, title: str, record: dict[str, Any]) -> dict[str, Any]:
    """What the configuration says of the server itself."""
    from xstatic.pkg import leaflet
    host, _, port = url.removeprefix("http://").partition(":")
    publisher = record.get("publisher", {})
    name = publisher.get("name") or "not stated"
    return {
        "server": {
            "bind": {"host": host, "port": int(port.strip("/") or 80)},
            "url": url.rstrip("/"),
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8", "languages": LANGUAGES,
            "pretty_print": True, "gzip": False, "cors": False,
            "limits": {"default_items": 10, "max_items": 100},
            # Pages that ask no other server: Leaflet as it is installed.
            "templates": {"path": str(Path(__file__).with_name("pages")),
                          "static": str(Path(leaflet.BASE_DIR))},
            "map": {"url": "", "attribution": ""}},  # no tiles
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": title, "description": title, "keywords":
                ["open data"], "keywords_type": "theme", "url": url,
                "terms_of_service": record.get("licence_uri", "")},
            "license": {"name": record.get("licence", "not stated"),
                        "url": record.get("licence_uri", "")},
            "provider": {"name": name, "url": publisher.get("url", "")},
            "contact": {"name": name, "email": publisher.get("email", "")}}}


# --- the process of the server ---------------------------------------------

def _end_with_kernel(folder: Path) -> NoReturn:
    """The pipe ends when the kernel closes it, and when it is killed."""
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _run(folder: Path) -> None:
    """What the child process does: pygeoapi's own Flask application on a
    port that is taken before its address is written into the configuration.
    """
    text = sys.stdin.readline()
    threading.Thread(target=_end_with_kernel, args=[folder],
                     daemon=True).start()
    from werkzeug.serving import make_server
    application: Any = None
    port = json.loads(text)["server"]["bind"]["port"]
    listening = make_server(
        "127.0.0.1", port, lambda *request: application(*request),
        threaded=True)
    url = f"http://127.0.0.1:{listening.server_port}"
    application = _application(json.loads(text.replace(ANY, url)), url, folder)
    print("ready", url, flush=True)
    with (folder / "log").open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    listening.serve_forever()


def _application(configuration: dict[str, Any], url: str,
                 folder: Path) -> Any:
    """pygeoapi reads files that two variables name, when it is imported."""
    import logging
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    configuration["server"]["bind"]["port"] = int(url.rpartition(":")[2])
    for resource in configuration["resources"].values():
        for provider in resource.get("providers", []):
            if provider["type"] == "record":  # whose links name the server
                records = Path(provider["data"]).read_text("utf-8")
                provider["data"] = str(folder / "records.json")
                Path(provider["data"]).write_text(
                    records.replace(ANY, url), "utf-8")
    os.environ["PYGEOAPI_CONFIG"] = str(folder / "configuration.yml")
    os.environ["PYGEOAPI_OPENAPI"] = str(folder / "openapi.json")
    (folder / "configuration.yml").write_text(
        json.dumps(configuration), "utf-8")
    from pygeoapi.openapi import get_oas
    (folder / "openapi.json").write_text(json.dumps(
        get_oas(copy.deepcopy(configuration)), default=str), "utf-8")
    from pygeoapi.flask_app import APP
    return APP


if __name__ == "__main__":
    _run(Path(sys.argv[1]))
