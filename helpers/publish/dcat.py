"""A core record as a graph of DCAT-AP 2.1.1 (see `record`)."""

from functools import partial
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import (
    DCAT,
    DCTERMS,
    FOAF,
    OWL,
    RDF,
    RDFS,
    SKOS,
    XSD,
)

from helpers.publish.objections import Record

EU = "http://publications.europa.eu/resource/authority/"
THEMES = {"health": "HEAL", "transportation": "TRAN", "environment": "ENVI",
          "farming": "AGRI", "economy": "ECON", "society": "SOCI",
          "utilitiesCommunication": "ENER"}  # other topics: REGI
FREQUENCIES = {"continual": "CONT", "daily": "DAILY", "weekly": "WEEKLY",
               "monthly": "MONTHLY", "quarterly": "QUARTERLY",
               "biannually": "ANNUAL_2", "annually": "ANNUAL",
               "irregular": "IRREG"}
LANGUAGES = {"en": "ENG", "fr": "FRA", "ar": "ARA"}
# SPDX id → what the licence asks, in the words of ADMS.
TERMS = {"CC0-1.0": "PublicDomain", "PDDL-1.0": "PublicDomain",
         "CC-BY-4.0": "Attribution", "ODC-By-1.0": "Attribution",
         "etalab-2.0": "Attribution",
         "CC-BY-SA-4.0": "ViralEffect-ShareAlike",
         "ODbL-1.0": "ViralEffect-ShareAlike"}
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
AVAILABILITY = URIRef("http://data.europa.eu/r5r/availability")


def dcat(record: Record) -> Graph:
    """The dataset and its distributions as RDF (see `record.dcat`)."""
    graph = Graph()
    graph.bind("vcard", VCARD)
    node = partial(_node, graph)
    here, publisher = record["identifier"], record["publisher"]
    dates, begin = record["dates"], (record.get("period") or [None])[0]
    west, south, east, north = record["bbox"]
    frequency = FREQUENCIES.get(record.get("frequency") or "", "UNKNOWN")
    node(here, DCAT.Dataset, {
        DCTERMS.title: record["title"],
        DCTERMS.description: record["abstract"],
        DCAT.keyword: record["keywords"],
        DCTERMS.identifier: Literal(here),
        OWL.versionInfo: Literal(record.get("version")),
        DCTERMS.issued: _typed(dates.get("published"), XSD.date),
        DCTERMS.modified: _typed(dates.get("revised"), XSD.date),
        DCTERMS.publisher: node(publisher["url"], FOAF.Agent, {
            FOAF.name: publisher["name"], DCTERMS.type: node(
                "http://purl.org/adms/publishertype/NationalAuthority",
                SKOS.Concept, "National authority")}),
        DCAT.contactPoint: node(f"{here}#contact", VCARD.Kind, {
            RDF.type: VCARD.Organization, VCARD.fn: publisher["name"],
            VCARD.hasEmail: URIRef(f"mailto:{publisher['email']}")}),
        DCTERMS.spatial: node(f"{here}#place", DCTERMS.Location, {
            DCAT.bbox: _typed(
                f"POLYGON(({west} {south}, {east} {south}, {east} {north}, "
                f"{west} {north}, {west} {south}))", WKT),
            DCAT.centroid: _typed(f"POINT({(west + east) / 2:.4f} "
                                  f"{(south + north) / 2:.4f})", WKT)}),
        DCTERMS.temporal: node(f"{here}#period", DCTERMS.PeriodOfTime, {
            DCAT.startDate: _typed(begin, XSD.date),
            DCAT.endDate: _typed(record["period"][1], XSD.date)
            }) if begin else None,
        # What other catalogues look for: words of agreed lists.
        DCAT.theme: node(
            f"{EU}data-theme/{THEMES.get(record['topic'], 'REGI')}",
            SKOS.Concept, record["topic"]),
        DCTERMS.language: [
            node(f"{EU}language/{LANGUAGES[language]}",
                 DCTERMS.LinguisticSystem)
            for language in record.get("languages") or []],
        DCTERMS.accrualPeriodicity: node(
            f"{EU}frequency/{frequency}", DCTERMS.Frequency),
        DCTERMS.conformsTo: node(
            f"http://www.opengis.net/def/crs/EPSG/0/{record['crs']}",
            DCTERMS.Standard),
        DCTERMS.provenance: node(
            f"{here}#lineage", DCTERMS.ProvenanceStatement, record["lineage"]
            ) if record.get("lineage") else None,
        DCAT.distribution: [
            _distribution(node, f"{here}#file{number}", record, one)
            for number, one in enumerate(record["distributions"], 1)]})
    return graph


def _distribution(node: Any, address: str, record: Record,
                  one: Record) -> URIRef:
    media = node("https://www.iana.org/assignments/media-types/"
                 + one["media_type"], DCTERMS.MediaType,
                 {RDF.type: DCTERMS.MediaTypeOrExtent})
    terms = TERMS.get(record.get("licence") or "", "UnknownIPR")
    return node(address, DCAT.Distribution, {
        DCAT.accessURL: URIRef(one["url"]),
        DCAT.downloadURL: URIRef(one["url"]),
        DCTERMS.title: Literal(one["file"]),
        DCTERMS.description: record["title"],
        DCAT.byteSize: _typed(one.get("bytes"), XSD.decimal),
        DCAT.mediaType: media, DCTERMS.format: media,
        AVAILABILITY: node(f"{EU}planned-availability/STABLE", SKOS.Concept,
                           "stable"),
        DCTERMS.rights: node(f"{record['identifier']}#attribution",
                             DCTERMS.RightsStatement, record["attribution"]),
        DCTERMS.license: node(
            record["licence_uri"], DCTERMS.LicenseDocument, {
                DCTERMS.type: node(
                    f"http://purl.org/adms/licencetype/{terms}",
                    SKOS.Concept, terms)}
            ) if record.get("licence_uri") else None})


def _typed(value: Any, kind: URIRef) -> Literal | None:
    return Literal(str(value), datatype=kind) if value else None


def _node(graph: Graph, address: str, kind: URIRef,
          said: dict[URIRef, Any] | str | None = None) -> URIRef:
    """A node of a class, and what is said of it: its English label, or a
    value, a list, or texts by language per property; None says nothing.
    Each node has an address, so that two writings give the same bytes."""
    node = URIRef(address)
    graph.add((node, RDF.type, kind))
    if not isinstance(said, dict):
        said = {SKOS.prefLabel if kind == SKOS.Concept else RDFS.label:
                {"en": said or []}}
    for name, values in said.items():
        if isinstance(values, dict):
            values = [Literal(text, lang=language)
                      for language, words in values.items() for text in (
                          words if isinstance(words, list) else [words])]
        for value in values if isinstance(values, list) else [values]:
            if value is not None:
                graph.add((node, name, value))
    return node
