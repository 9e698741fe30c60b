"""One core record of a layer, written twice: as ISO 19139 XML for catalogues
of geodata (GeoNetwork), and as DCAT-AP 2.1.1 for portals of open data (CKAN).

>>> from helpers import publish
>>> publish.record.objections(core, layer)   # what no validator sees
>>> publish.record.iso(core)                 # bytes: ISO 19139
>>> publish.record.dcat(core).serialize()    # Turtle

A core record is a dict as read from JSON or YAML, with the elements of the
core of ISO 19115-1: identifier (a URI), title and abstract {en, fr, ar},
keywords {en: […], fr, ar}, dates {created, published, revised} (ISO 8601),
languages, topic (ISO topic category), bbox [west, south, east, north] in
degrees, crs (EPSG number), period [from, to], publisher {name {en, fr, ar},
email, url}, licence (SPDX id), licence_uri, attribution, frequency, version,
lineage, distributions [{file, media_type, url, bytes, sha256}].
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.data import sha256
from helpers.publish.objections import Record, objections

if TYPE_CHECKING:
    import rdflib
    from lxml import etree

__all__ = ["core", "dcat", "dcat_ap", "iso", "iso_19139", "iso_xsd", "mcf",
           "objections", "xml"]

XSD = "plugins/profiles/apiso/schemas/ogc/iso/19139/20060504/gmx/gmx.xsd"
SHAPES = Path(__file__).with_name("dcat_ap.ttl")
NS = {"gmd": "http://www.isotc211.org/2005/gmd",
      "gco": "http://www.isotc211.org/2005/gco"}
ISO_639_2 = {"en": "eng", "fr": "fre", "ar": "ara"}
# What ISO 19139 demands: its place below MD_Metadata.
_DATA = "gmd:identificationInfo/gmd:MD_DataIdentification/"
_CITED = f"{_DATA}gmd:citation/gmd:CI_Citation/"
MANDATORY = {
    "title": f"{_CITED}gmd:title", "date": f"{_CITED}gmd:date//gco:*",
    "abstract": f"{_DATA}gmd:abstract", "language of the data":
    f"{_DATA}gmd:language", "topic": f"{_DATA}gmd:topicCategory",
    "contact": "gmd:contact//gmd:organisationName", "role of the contact":
    "gmd:contact//gmd:role/gmd:CI_RoleCode", "date of the record":
    "gmd:dateStamp"}


# --- ISO 19139 -------------------------------------------------------------

def mcf(record: Record) -> dict[str, Any]:
    """The record in the words of pygeometa (Metadata Control File)."""
    dates, publisher = record["dates"], record["publisher"]
    stamp = dates.get("revised") or dates["published"]
    contact = {"organization": publisher["name"], "url": publisher["url"],
               "email": publisher["email"]}
    begin, end = record.get("period") or (None, None)
    names = {"created": "creation", "published": "publication",
             "revised": "revision"}
    return {
        "mcf": {"version": 1.0},
        "metadata": {
            "identifier": record["identifier"], "language": "en",
            "language_alternate": "fr", "charset": "utf8",
            "hierarchylevel": "dataset", "dataseturi": record["identifier"],
            # pygeometa 0.19 reads the first, 0.21 the second
            "datestamp": stamp, "dates": {"creation": stamp}},
        "spatial": {"datatype": "vector", "geomtype": "complex",
                    "crs": record["crs"]},
        "identification": {
            "title": record["title"], "abstract": record["abstract"],
            "edition": record.get("version"), "language": "en",
            "charset": "utf8", "topiccategory": [record["topic"]],
            "dates": {names[name]: day for name, day in dates.items()
                      if day},
            "keywords": {"default": {"keywords": record["keywords"],
                                     "keywords_type": "theme"}},
            "extents": {
                # The number 4326, not a text: else it writes no box.
                "spatial": [{"bbox": record["bbox"], "crs": 4326}],
                "temporal": [{"begin": begin, "end": end}] if begin else []},
            "license": {"name": record.get("licence") or "",
                        "url": record.get("licence_uri") or ""},
            "rights": record["attribution"], "url": record["identifier"],
            "accessconstraints": "otherRestrictions", "status": "onGoing",
            "maintenancefrequency": record.get("frequency") or "unknown"},
        "contact": {"pointOfContact": contact, "publisher": contact},
        "distribution": {
            f"file{number}": {
                "url": one["url"], "type": "WWW:DOWNLOAD", "name":
                one["file"], "description": one["media_type"],
                "function": "download"}
            for number, one in enumerate(record["distributions"])},
        "dataquality": {"scope": {"level": "dataset"}, "lineage": {
            "statement": record.get("lineage") or "unknown"}}}


def xml(mcf: dict[str, Any]) -> bytes:
    """ISO 19139 of a Metadata Control File, by pygeometa, in all languages.

    pygeometa writes two languages, and its second points at a locale that
    is not there. Here each locale is there, and further languages, such as
    the "ar" of {en, fr, ar}, are added to each text that has them.
    """
    from lxml import etree
    from pygeometa.schemas.iso19139 import ISO19139OutputSchema

    def written(language: str | None) -> etree._Element:
        """As pygeometa writes it, with this second language."""
        about = {**mcf["metadata"], "language_alternate": language}
        text = ISO19139OutputSchema().write({**mcf, "metadata": about})
        return etree.fromstring(text.encode())

    def texts(root: etree._Element) -> dict[str, etree._Element]:
        """By their places; an only child has no number."""
        return {root.getroottree().getpath(text).replace("[1]", ""): text
                for text in root.iterfind(".//gmd:PT_FreeText", NS)}

    first, second = (mcf["metadata"].get(name) for name in (
        "language", "language_alternate"))
    root = written(second)
    groups = texts(root)
    for locale in root.findall("gmd:locale", NS):
        locale[0].set("id", second)
        for language in sorted(set(ISO_639_2) - {first, second}):
            other = written(language)
            more = other.find("gmd:locale", NS)
            more[0].set("id", language)
            words = [(groups[place], text) for place, text
                     in texts(other).items() if place in groups]
            for group, text in words:
                group.extend(text)
            if words:
                locale.addnext(more)
    for code in root.iterfind(".//gmd:LanguageCode", NS):
        code.text = ISO_639_2.get(code.text, code.text)
        code.set("codeListValue", code.text)
    crs = mcf.get("spatial", {}).get("crs")
    for code in root.iterfind(".//gmd:referenceSystemIdentifier//gmd:code/"
                              "gco:CharacterString", NS) if crs else ():
        code.text = f"urn:ogc:def:crs:EPSG::{crs}"
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def iso(record: Record) -> bytes:
    """The record as ISO 19139 XML, in three languages."""
    return xml(mcf(record))


def dcat(record: Record) -> rdflib.Graph:
    """The record as RDF: the dataset and its distributions.

    The sums stay in the record: DCAT-AP 2.1.1 takes SHA-1 only.
    """
    from helpers.publish import dcat as rdf  # rdflib takes its time
    return rdf.dcat(record)


# --- validators, in the form of verdicts.py --------------------------------

def core(file: Path) -> list[str]:
    """A core record in JSON: what no validator sees. It is compared with
    the layer beside it, and its sums with the files beside it."""
    import geopandas as gpd
    try:
        record = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        return [f"it is no JSON in UTF-8: {error}"]
    if not isinstance(record, dict):
        return ["it is no record: {…}"]
    beside = [place for ending in ("*.geojson", "*.gpkg")
              for place in sorted(file.parent.glob(ending))]
    said = objections(record, gpd.read_file(beside[0]) if beside else None)
    for one in record.get("distributions") or []:
        if not isinstance(one, dict):
            continue
        place = file.parent / Path(str(one.get("file"))).name
        if place.is_file() and one.get("sha256") != sha256(place):
            said.append(f"the sha256 of {place.name} is another file's")
    return said


def dcat_ap(file: Path) -> list[str]:
    """DCAT-AP 2.1.1 in Turtle: pyshacl and the course's own shapes of the
    properties that must be there (dcat_ap.ttl)."""
    import pyshacl
    from rdflib import Graph
    from rdflib.namespace import DCAT, RDF, SH
    try:
        with _quiet("rdflib.term"):
            graph = Graph().parse(file, format="turtle")
    except Exception as error:  # rdflib's parsers raise what they like
        return [f"it is no Turtle: {error}".split("\n")[0][:200]]
    if (None, RDF.type, DCAT.Dataset) not in graph:
        return ["there is no node of the class dcat:Dataset"]
    _, report, _ = pyshacl.validate(graph, shacl_graph=str(SHAPES))
    return sorted({str(words) for words in
                   report.objects(None, SH.resultMessage)})


@contextlib.contextmanager
def _quiet(name: str) -> Iterator[None]:
    """rdflib logs a traceback for a date that is none: the shapes say it."""
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def iso_19139(file: Path) -> list[str]:
    """ISO 19139: the elements that must be there, and are not empty."""
    from lxml import etree
    try:
        root = etree.parse(file).getroot()
    except etree.XMLSyntaxError as error:
        return [f"it is no XML: {error}"]
    if root.tag != f"{{{NS['gmd']}}}MD_Metadata":
        return [f"it is no gmd:MD_Metadata, but {root.tag}"]
    return [f"there is no {name}: {path}" for name, path in MANDATORY.items()
            if not any("".join(found.itertext()).strip()
                       for found in root.iterfind(path, NS))]


def iso_xsd(file: Path) -> list[str] | None:
    """ISO 19139 against its own schemas, those of OGC; None where they are
    not. The package pycsw brings them (`pip install --no-deps pycsw`)."""
    from lxml import etree
    there = importlib.util.find_spec("pycsw")
    if there is None or there.origin is None:
        return None
    schema = _schema(Path(there.origin).parent / XSD)
    try:
        document = etree.parse(file)
    except etree.XMLSyntaxError as error:
        return [f"it is no XML: {error}"]
    schema.validate(document)
    return [f"line {error.line}: {error.message}"
            for error in list(schema.error_log)[:3]]


@functools.cache
def _schema(file: Path) -> etree.XMLSchema:
    from lxml import etree
    return etree.XMLSchema(file=str(file))
