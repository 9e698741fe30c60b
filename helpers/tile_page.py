"""One page with a map of many thousand features, which asks nobody.

>>> from helpers import tile_page
>>> tile_page.write(page, "centres.pmtiles", "Centres", credit, legend)

GDAL writes the tiles: `layer.to_file(file, driver="PMTiles", MAXZOOM=7)`. The
page holds them and MapLibre, from the installed package maplibre. A browser
draws only the tiles that it shows; it needs WebGL.
"""

import base64
import html
import json
import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from helpers.errors import CourseError, typed

PAGE = Path(__file__).with_suffix(".html")  # its $words are filled in


def write(page: Path, tiles: Path, title: str, credit: str,
          legend: Iterable[tuple[str, str]], unit: str = "",
          names: Iterable[tuple[float, float, str]] = ()) -> None:
    """Write the map of a PMTiles file of vector tiles as one HTML file.

    Each feature has its colour ("#rrggbb") in a column `colour`. legend: a
    colour and a text for each class. names: longitude and latitude (degrees
    of WGS 84) and a text, in any script.
    """
    from pmtiles.reader import MmapSource, Reader, all_tiles
    with Path(tiles).open("rb") as file:
        source = MmapSource(file)
        about, layers = Reader(source).header(), Reader(source).metadata()
        inside = {"/".join(map(str, place)): base64.b64encode(tile).decode()
                  for place, tile in all_tiles(source)}
    parts = {
        "title": html.escape(title), "legend": _legend(unit, legend),
        "style": _maplibre("maplibre-gl.css"),
        "script": _maplibre("maplibre-gl.js"), "tiles": _script(inside),
        "names": _script(list(names)), "zoom": str(about["max_zoom"]),
        "credit": _script(html.escape(credit)),
        "bounds": _script([about[side] / 1e7 for side in (
            "min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]),
        "layers": _script([_layer(one["id"], kind) for one in
                           layers["vector_layers"]
                           for kind in ("fill", "circle")])}
    Path(page).write_text(re.sub(
        r"\$([a-z]+)", lambda found: parts[found[1]],
        PAGE.read_text("utf-8")), "utf-8")


def _layer(name: str, kind: str) -> dict[str, object]:
    """Areas are filled; points are circles."""
    shape = {"fill": "Polygon", "circle": "Point"}[kind]
    return {"id": f"{name} {kind}", "type": kind, "source": "inside",
            "source-layer": name, "filter": ["==", ["geometry-type"], shape],
            "paint": {f"{kind}-color": ["get", "colour"]} | (
                {"fill-antialias": False} if kind == "fill" else {})}


def _legend(unit: str, legend: Iterable[tuple[str, str]]) -> str:
    return html.escape(unit) + "".join(
        f'<div><i style="background: {html.escape(colour)}"></i> '
        f"{html.escape(text)}</div>" for colour, text in legend)


def _maplibre(name: str) -> str:
    package = find_spec("maplibre")  # to import it would log warnings
    if package is None or package.origin is None:
        raise CourseError(f"The package maplibre is missing. Run: {typed('')}")
    file = Path(package.origin).parent / "srcjs" / name
    return re.sub(r"//# sourceMappingURL=.*", "", file.read_text("utf-8"))


def _script(value: object) -> str:
    """JSON that no text of the data can end."""
    return json.dumps(value).replace("<", "\\u003c")
