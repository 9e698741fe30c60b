"""KML, GPX and OpenStreetMap: read by GDAL, repaired before where cut."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from commands.audit.model import Finding, Source, UnreadableFile, finding
from commands.audit.reading import driver


class NoPlace(UnreadableFile):
    """A sound file without a point, a line or an area."""


KINDS = {"kml": "KML", "gpx": "GPX", "osm": "OSM"}


def read(path: Path, data: bytes, *, layer: str | None = None,
         shown: str | None = None) -> list[Source]:
    """All layers with rows of an XML file."""
    from lxml import etree
    name = shown or path.name
    said: list[Finding] = []
    root, repaired = _root(data, name, said)
    kind = etree.QName(root).localname.lower() if isinstance(
        root.tag, str) else ""
    if kind == "osmchange":
        raise UnreadableFile(
            f"{name} holds changes of OpenStreetMap, not a layer. Apply it "
            "to an extract first (osmium apply-changes).")
    if kind == "html":
        raise UnreadableFile(
            f"{name} is a web page (HTML), whatever its name says. Open it in "
            "a browser. If it is a table, as many portals export it, open it "
            "in a spreadsheet program and save it as XLSX or CSV; if it is a "
            "login or an error, ask for the file again.")
    if kind not in KINDS:
        return _other(path, layer, name)
    with tempfile.TemporaryDirectory() as folder:
        file = path
        if repaired or path.suffix.lower() != f".{kind}":
            file = Path(folder) / f"copy.{kind}"
            file.write_bytes(etree.tostring(root, encoding="utf-8")
                             if repaired else data)
        sources = layers(path, file, KINDS[kind], name, layer)
    if kind == "kml":
        said += _kml(root, sources, layer)
    sources[0].findings += said
    return sources


def layers(path: Path, file: Path, kind: str, name: str, layer: str | None
           ) -> list[Source]:
    """The layers that have a row. Raises UnreadableFile where none has."""
    names = [each for each, _ in driver.layer_names(file, name, kind)]
    sources = []
    for each in driver.chosen(names, layer, name):
        table = driver.table(file, name, kind, each)
        if not len(table):  # GDAL lists five, whatever the file has
            continue
        if kind == "OSM":
            table = _tags(table)
        table = driver.without_additions(table, kind)
        sources.append(driver.source(path, each, kind, table))
    if not sources:
        raise NoPlace(
            f"{name} has no place in it: {kind} without a point, a line or "
            "an area. Is it the right file?")
    return sources


def _root(data: bytes, name: str, said: list[Finding]) -> tuple[Any, bool]:
    """The root, and whether the text had to be repaired."""
    from lxml import etree
    strict = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(data, strict), False
    except etree.XMLSyntaxError as error:
        words = error.msg or "no XML"
        line = error.lineno or 0
    except ValueError as error:
        words, line = str(error), 0
    lenient = etree.XMLParser(recover=True, resolve_entities=False,
                              no_network=True)
    try:
        root = etree.fromstring(data, lenient)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise UnreadableFile(
            f"{name} is not XML: {words} (line {line}). Ask for the file "
            "again.")
    last = data.rstrip().count(b"\n") + 1
    cut = (line >= last and not data.rstrip().endswith(b">")) or (
        "end of data" in words.lower() or "premature end" in words.lower())
    said.append(finding(
        "file-truncated" if cut else "file-damaged",
        f"the XML {'ends' if cut else 'breaks'} in line {line}: {words}; "
        "what stands before it was read",
        "Most programs refuse the file, or stop there without a word.",
        "Ask for the file again.", severity="error"))
    return root, True


def _other(path: Path, layer: str | None, name: str) -> list[Source]:
    """GML and the like, where GDAL knows them."""
    if path.suffix.lower() != ".gml":
        raise UnreadableFile(
            f"{name} is XML, but not KML, GPX, OpenStreetMap or GML. Save "
            "the layer as GeoPackage or GeoJSON.")
    names = [each for each, _ in driver.layer_names(path, name, "GML")]
    sources = [driver.source(path, each, "GML",
                             driver.table(path, name, "GML", each))
               for each in driver.chosen(names, layer, name)]
    driver.several(sources, names, layer)
    return sources


def _tags(table: pd.DataFrame) -> pd.DataFrame:
    """OpenStreetMap's other tags as columns, the 60 most used."""
    if "other_tags" not in table:
        return table
    import re
    pair = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
    tags = pd.DataFrame(
        [dict(pair.findall(each)) if isinstance(each, str) else {}
         for each in table["other_tags"]], index=table.index)
    most = tags.notna().sum().sort_values(ascending=False).index[:60]
    most = [name for name in most if name not in table.columns]
    return table.drop(columns="other_tags").join(tags[most])


# --- KML -------------------------------------------------------------------

def _kml(root: Any, sources: list[Source],
         layer: str | None) -> list[Finding]:
    """Folders, ExtendedData, tables in descriptions, links."""
    said = []
    if len(sources) > 1:
        names = [str(source.layer) for source in sources]
        said.append(finding(
            "kml-folders", f"the places lie in {len(names)} folders: "
            f"{', '.join(names)[:300]}", "Many readers open only the first.",
            "layers = [gpd.read_file(file, layer=name)\n"
            "          for name in pyogrio.list_layers(file)[:, 0]]",
            count=len(names), example=names[0]))
    columns = list(dict.fromkeys(
        each.get("name") for each in root.iter("{*}Data", "{*}SimpleData")
        if each.get("name")))
    if columns:
        said.append(finding(
            "kml-extended", f"{len(columns)} columns stand in ExtendedData: "
            f"{', '.join(columns)[:200]}", "Readers of plain KML give Name "
            "and Description only: these columns are lost.",
            "layer = gpd.read_file(file, driver='LIBKML')",
            count=len(columns), example=columns[0], severity="note"))
    links = len(list(root.iter("{*}NetworkLink")))
    if links:
        said.append(finding(
            "kml-links", f"{links} links to other files: their places are "
            "not here", "Without the network, or later, they are gone.",
            "Save the linked layer itself from Google Earth.", count=links))
    for source in sources:
        said += _html(source)
    return said


def _html(source: Source) -> list[Finding]:
    """A table of HTML in the description becomes columns."""
    from lxml import etree, html
    table = source.table
    name = next((each for each in table.columns
                 if str(each).lower() == "description"), None)
    if name is None:
        return []
    marked = table[name].astype("str").str.contains(
        r"(?i)<t(?:able|r)\b", na=False)
    if not marked.any():
        return []
    rows: dict[Any, dict[str, str]] = {}
    for at, value in table.loc[marked, name].items():
        try:
            parsed = html.fromstring(value)
        except (etree.ParserError, ValueError):
            continue
        cells = [[" ".join(cell.text_content().split())
                  for cell in row.iter("td", "th")]
                 for row in parsed.iter("tr")]
        rows[at] = {pair[0][:60]: pair[1] for pair in cells
                    if len(pair) == 2 and pair[0]}
    found = pd.DataFrame.from_dict(rows, orient="index")
    found = found[[each for each in found.columns
                   if each not in table.columns]]
    example = str(table.loc[marked, name].iloc[0])
    source.table = table.drop(columns=name).join(found) if (
        marked.all() and len(found.columns)) else table.join(found)
    return [finding(
        "kml-html", f"{int(marked.sum())} descriptions are a table of HTML; "
        f"{len(found.columns)} columns were taken out of it: "
        f"{', '.join(found.columns)[:200]}",
        "The values are text for a balloon: nobody can count or filter "
        "them.", "rows = pd.read_html(StringIO(layer['Description'][0]))",
        rows=[table.index.get_loc(at) + 1
              for at in table.index[marked][:1000]],
        count=int(marked.sum()), example=example)]
