"""Maps that work without a network, have a title and say their source.

>>> import folium
>>> from helpers import data, maps
>>> maps.offline()
>>> m = folium.Map(location=[34.5, 9.5], zoom_start=6, tiles=None)
>>> maps.background(m, "Chief towns", data.credit("chief_towns"))

Everything else on the map is plain folium.
"""

import base64
import html
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
from branca.element import CssLink, Figure, JavascriptLink, MacroElement
from jinja2 import Template

from helpers import data
from helpers.errors import CourseError

# The layers of the base map. The credit of the second names the sources of
# both, which a test checks.
BASE = ("neighbours", "governorates")
SEA, LAND, HOME, BORDER = "#d7e7f2", "#e4e1dc", "#fbfaf7", "#8a8178"

# How much of each primary colour of the screen reaches an eye without the
# cones for long waves (protanopia): Machado, Oliveira and Fernandes (2009),
# doi:10.1109/TVCG.2009.113, severity 1.0. It holds for linear RGB.
_PROTAN = ((0.152286, 1.052583, -0.204868),
           (0.114503, 0.786281, 0.099216),
           (-0.003882, -0.048116, 1.051998))

# Files that folium asks the network for and that the course's maps do not
# need: popups use a short stand-in for jQuery, and awesome markers become
# Leaflet's own pin.
_DO_WITHOUT = {
    "bootstrap.bundle.min.js", "leaflet.awesome-markers.js",
    "bootstrap.min.css", "bootstrap-glyphicons.css", "all.min.css",
    "leaflet.awesome-markers.css", "leaflet.awesome.rotate.min.css",
}
_JQUERY_STAND_IN = """
window.$ = function (text) {
  const box = document.createElement("template");
  box.innerHTML = text.trim();
  return box.content.childNodes;
};"""
_LEAFLET_SETTINGS = """
L.Control.Attribution.prototype.options.prefix = "Leaflet";
L.AwesomeMarkers = {icon: () => new L.Icon.Default()};
delete L.Icon.Default.prototype._getIconUrl;
L.Icon.Default.mergeOptions({iconUrl: "%s", iconRetinaUrl: "%s",
                             shadowUrl: "%s"});"""


def offline() -> None:
    """Change folium so that each map contains all that it needs.

    Leaflet comes from the installed package XStatic-Leaflet. After this call,
    a map that asks the network for anything else raises CourseError when it
    is shown.
    """
    # Upgrade note (branca >=0.8,<0.9): there is no setting for it. Compare
    # `render` of the two links and `_repr_html_`. Test: test_maps.
    javascript: Any = JavascriptLink
    css: Any = CssLink
    figure: Any = Figure
    javascript.render = lambda link, **_: (
        f"<script>{_script(link.url)}</script>")
    css.render = lambda link, **_: f"<style>{_style(link.url)}</style>"
    if not hasattr(figure, "_plain_repr_html_"):
        figure._plain_repr_html_ = figure._repr_html_
        figure._repr_html_ = _titled_repr_html


def background(m: folium.Map, title: str, credit: str = "") -> folium.Map:
    """Put the base map under m: land, governorates, a title, the credits.

    title names the map on the page, for a screen reader and in its frame.
    credit is the credit of the layer that you show (see data.credit); the
    base map's own credit follows it at the map's foot. Returns m.
    """
    for layer, fill, border in zip(BASE, (LAND, HOME), (LAND, BORDER)):
        folium.GeoJson(
            _outlines(layer),
            style_function=lambda _, fill=fill, border=border: {
                "fillColor": fill, "fillOpacity": 1, "color": border,
                "weight": 1, "interactive": False},
            control=False, name=layer).add_to(m)
    m.add_child(_Caption(title, credit), name="caption")
    root: Any = m.get_root()
    root.title = title
    return m


@cache
def _outlines(layer: str) -> str:
    """The shapes of a layer of the base map, as GeoJSON."""
    shapes: str = gpd.read_file(data.path(layer))[["geometry"]].to_json()
    return shapes


def lightness(colour: str) -> float:
    """How light a colour looks: CIE L*, from 0 (black) to 100 (white).

    colour is what matplotlib understands, for example "#08519c" (sRGB, IEC
    61966-2-1; L* of CIE 15, white point D65).
    """
    red, green, blue = _linear(colour)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * luminance ** (1 / 3) - 16 if luminance > 216 / 24389 else (
        luminance * 24389 / 27)


def protan(colour: str) -> str:
    """About the colour ("#rrggbb") that an eye without cones for long waves
    (red) sees. It is a model: people differ."""
    from matplotlib.colors import to_hex
    seen = [min(max(sum(map(math.prod, zip(row, _linear(colour)))), 0), 1)
            for row in _PROTAN]
    red, green, blue = [12.92 * part if part <= 0.0031308 else
                        1.055 * part ** (1 / 2.4) - 0.055 for part in seen]
    return to_hex((red, green, blue))


def _linear(colour: str) -> list[float]:
    """Red, green, blue as amounts of light, from 0 to 1."""
    from matplotlib.colors import to_rgb
    return [part / 12.92 if part <= 0.04045 else
            ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]


class _Caption(MacroElement):
    """A title on the map; the credits at the place of the attributions."""

    _template = Template("""
{% macro header(this, kwargs) %}
<style>
  .folium-map.leaflet-container {background: {{ this.sea }};}
  .map-title {position: absolute; z-index: 1000; top: 10px; left: 54px;
    margin: 0; padding: 2px 8px; background: rgba(255, 255, 255, .9);
    color: #222; font: bold 15px sans-serif;}
  .leaflet-control-attribution {color: #222; font-size: 11px;}
  @media (max-width: 500px) {
    .map-title {font-size: 13px;}
    .leaflet-control-attribution {font-size: 10px; line-height: 1.2;}
  }
</style>
{% endmacro %}
{% macro html(this, kwargs) %}
<h1 class="map-title">{{ this.title | e }}</h1>
{% endmacro %}
{% macro script(this, kwargs) %}
{{ this._parent.get_name() }}.attributionControl.addAttribution(
  {{ this.credit | e | tojson }});
{% endmacro %}""")

    def __init__(self, title: str, credit: str) -> None:
        super().__init__()
        base = f"Base map. {data.credit(BASE[-1])}"
        self.credit = f"{credit} {base}".strip()
        self.title, self.sea = title, SEA


def _titled_repr_html(figure: Any, **options: Any) -> str:
    """folium's own frame, with a title for a screen reader."""
    title = html.escape(figure.title or "Map", quote=True)
    frame: str = figure._plain_repr_html_(**options)
    return frame.replace("<iframe ", f'<iframe title="{title}" ', 1)


@cache
def _leaflet() -> Path:
    from xstatic.pkg import leaflet
    return Path(leaflet.BASE_DIR)


@cache
def _script(url: str) -> str:
    name = url.rsplit("/", 1)[-1]
    if name == "leaflet.js":
        pin = [_image(f"marker-{which}.png")
               for which in ("icon", "icon-2x", "shadow")]
        code = (_leaflet() / name).read_text(encoding="utf-8")
        code = re.sub(r"//# sourceMappingURL=.*", "", code)
        return code + _LEAFLET_SETTINGS % tuple(pin)
    if re.fullmatch(r"jquery-.*\.js", name):
        return _JQUERY_STAND_IN
    return _without(name, url)


@cache
def _style(url: str) -> str:
    name = url.rsplit("/", 1)[-1]
    if name == "leaflet.css":
        code = (_leaflet() / name).read_text(encoding="utf-8")
        return re.sub(r"url\(images/([^)]+)\)",
                      lambda match: f"url({_image(match[1])})", code)
    return _without(name, url)


def _without(name: str, url: str) -> str:
    """Nothing, for a file that is not needed; else an error."""
    if name in _DO_WITHOUT:
        return ""
    raise CourseError(
        f"This map asks the network for {url}\nwhich the course cannot give "
        "it offline. Use folium's CircleMarker, GeoJson and LayerControl, "
        "which need only Leaflet.")


@cache
def _image(name: str) -> str:
    content = (_leaflet() / "images" / name).read_bytes()
    return "data:image/png;base64," + base64.b64encode(content).decode()
