"""Field forms: a page to fill one in, and what it sent as a layer.

>>> from helpers import forms
>>> forms.page("water_points.xml", "output/form.html")
>>> sent = forms.submission("output/submission.xml")
>>> forms.layer([sent], "location")

The page is ODK Web Forms (npm package @getodk/web-forms) in one HTML file
that asks no network. `python -m helpers.forms` builds it, once: it needs
Node and npm on this machine, and the internet.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from html import escape
from pathlib import Path

import geopandas as gpd
import pandas as pd

from helpers.data import ROOT
from helpers.errors import CourseError

SOURCES = Path(__file__).parent / "web"
PARTS = ("main.mjs", "package.json", "page.html")
BUILT = SOURCES / "_build"  # never committed; the book empties ROOT/_build
POSITION = ("lat", "lon", "altitude_m", "accuracy_m")


class FormError(CourseError, ValueError):
    """A form or a submission cannot be used."""


# -- the page to fill in ----------------------------------------------------

def page(form_xml: str | Path, out: Path) -> Path | None:
    """Write a page to fill in a form: one file, for any browser, offline.

    form_xml is the XForm that pyxform wrote: its text, or its file. Send
    offers the submission as a file, submission.xml. Returns out; or None,
    after saying why, where the page cannot be built.
    """
    text = _text(form_xml)
    root = _parsed(text, _name(form_xml))
    title = next((element.text for element in root.iter()
                  if _local(element.tag) == "title"), None)
    try:
        html = build().read_text(encoding="utf-8")
    except FormError as error:
        print(f"No page to fill in: {error}\n"
              "The session goes on with the shipped submissions.")
        return None
    form = json.dumps(text).replace("<", "\\u003c")  # ends no <script>
    html = html.replace("@TITLE@", escape(title or "Form"), 1)
    html = html.replace('"@FORM@"', form, 1)
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8")
    return out


def build() -> Path:
    """The page without a form, built unless it is there already.

    Raises FormError where Node, npm or the network is missing.
    """
    files = [SOURCES / name for name in PARTS]
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    built = BUILT / f"page-{state.hexdigest()[:12]}.html"
    if built.is_file():
        return built
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise FormError("Node is not installed on this machine.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for file in files:
            shutil.copy(file, folder)
        _run(folder, npm, "install", "--ignore-scripts", "--no-audit",
             "--no-fund", "--no-package-lock", "--prefer-offline",
             # A network that is cut is told at once, a slow one soon.
             "--fetch-retries=0", "--fetch-timeout=30000")
        _run(folder, node, "node_modules/esbuild/bin/esbuild", "main.mjs",
             "--bundle", "--minify", "--format=esm", "--charset=utf8",
             "--legal-comments=eof", "--log-level=error",
             '--define:process.env.NODE_ENV="production"',
             "--outfile=bundle.js")
        script = (folder / "bundle.js").read_text(encoding="utf-8")
        html = (folder / "page.html").read_text(encoding="utf-8")
    BUILT.mkdir(parents=True, exist_ok=True)
    for older in BUILT.glob("page-*.html"):
        older.unlink(missing_ok=True)
    built.write_text(html.replace("@SCRIPT@", script, 1), encoding="utf-8")
    return built


def _run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True,
                          text=True, encoding="utf-8", errors="replace")
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [""]
        raise FormError(
            f"'{Path(command[0]).stem} {command[1]}' stopped: {said[0]}\n"
            "Building it needs the internet, once: "
            "python -m helpers.forms")


# -- what it sent -----------------------------------------------------------

def submission(source: str | Path) -> dict[str, str]:
    """The answers of one submission: question -> text, "" if unanswered.

    source is the XML, or its file. The name of a group stands before that
    of its question, joined by "-", as in a table that ODK Central exports:
    "point-depth_m".
    """
    name, answers = _name(source), {}
    for question, text in _answers(_parsed(_text(source), name)):
        if question in answers:
            raise FormError(
                f"{name}: question '{question}' is answered twice.\n"
                "A repeat is a table of its own: one row here holds one "
                "answer.")
        answers[question] = text
    return answers


def layer(submissions, geopoint: str) -> gpd.GeoDataFrame:
    """Submissions as a layer of points, EPSG:4326, with accuracy_m.

    geopoint is the question that took the position, "LAT LON ALTITUDE
    ACCURACY". All other answers stay as they were typed; an unanswered
    position gives no geometry (None).
    """
    table = pd.DataFrame(list(submissions))
    if geopoint not in table:
        raise FormError(
            f"There is no question '{geopoint}' in these submissions.\n"
            f"The questions are: {', '.join(table) or 'none'}")
    rows = [_position(text, number, geopoint) for number, text
            in enumerate(table.pop(geopoint).fillna(""), start=1)]
    position = pd.DataFrame(rows, columns=POSITION, dtype=float)
    table[["altitude_m", "accuracy_m"]] = position[
        ["altitude_m", "accuracy_m"]]
    points = gpd.GeoSeries.from_xy(
        position["lon"], position["lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(  # a point of NaN would count as a place
        table, geometry=points.where(position["lon"].notna()))


def _position(text, number, geopoint):
    try:
        parts = [float(part) for part in text.split()]
    except ValueError:
        parts = []
    if not text.strip():
        return [None] * 4
    if len(parts) != 4 or abs(parts[0]) > 90 or abs(parts[1]) > 180:
        raise FormError(
            f"Submission {number}, question '{geopoint}': '{text}' is not "
            "a position.\nA geopoint has four numbers: latitude, longitude, "
            "altitude, accuracy.")
    return parts


def _answers(element, group=""):
    for child in element:
        name = group + _local(child.tag)
        if len(child):
            yield from _answers(child, f"{name}-")
        else:
            yield name, (child.text or "").strip()


# -- XML --------------------------------------------------------------------

def _local(tag):
    return tag.rsplit("}", 1)[-1]


def _is_text(source):
    return isinstance(source, str) and source.lstrip("\ufeff \n\t")[:1] == "<"


def _name(source):
    return "The XML" if _is_text(source) else Path(source).name


def _text(source):
    if _is_text(source):
        return source.lstrip("\ufeff")
    try:
        return Path(source).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FormError(f"There is no file {source}") from None
    except UnicodeDecodeError:
        raise FormError(f"{Path(source).name} is not text in UTF-8") from None


def _parsed(text, name):
    try:
        return ET.fromstring(text.encode())
    except ET.ParseError as error:
        raise FormError(f"{name} is not whole XML: {error}") from None


if __name__ == "__main__":
    try:
        print(f"The form page is built: {build().relative_to(ROOT)}")
    except FormError as problem:
        sys.exit(str(problem))
