"""A core record as a graph of DCAT-AP 2.1.1 (see `record`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import rdflib

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
VCARD = "http://www.w3.org/2006/vcard/ns#"
WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


def dcat(record: Record) -> rdflib.Graph:
    """The dataset and its distributions as RDF.

    The sums stay in the record: DCAT-AP 2.1.1 takes SHA-1 only.
    """
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import DCAT, DCTERMS, OWL, RDF, XSD
    graph = Graph()
    graph.bind("vcard", VCARD)
    dataset, dates = URIRef(record["identifier"]), record["dates"]
    graph.add((dataset, RDF.type, DCAT.Dataset))
    for name, value in ((DCTERMS.title, record["title"]),
                        (DCTERMS.description, record["abstract"]),
                        (DCAT.keyword, record["keywords"])):
        _texts(graph, dataset, name, value)
    graph.add((dataset, DCTERMS.identifier, Literal(record["identifier"])))
    graph.add((dataset, OWL.versionInfo, Literal(record.get("version"))))
    for name, moment in ((DCTERMS.issued, "published"),
                         (DCTERMS.modified, "revised")):
        if dates.get(moment):
            graph.add((dataset, name,
                       Literal(dates[moment], datatype=XSD.date)))
    _who(graph, dataset, record["publisher"])
    _where_and_when(graph, dataset, record)
    _vocabularies(graph, dataset, record)
    for number, one in enumerate(record["distributions"], 1):
        file = URIRef(f"{record['identifier']}#file{number}")
        graph.add((dataset, DCAT.distribution, file))
        _distribution(graph, file, record, one)
    return graph


def _texts(graph: rdflib.Graph, subject: Any, name: Any,
           values: dict[str, Any]) -> None:
    """A text, or each of a list of texts, with its language."""
    from rdflib import Literal
    for language, words in values.items():
        for text in words if isinstance(words, list) else [words]:
            graph.add((subject, name, Literal(text, lang=language)))


def _node(graph: rdflib.Graph, subject: Any, name: Any, kind: Any,
          address: str, label: str | None = None) -> Any:
    """The node of a class that a property of the subject points to. Each
    has an address, so that two writings give the same bytes."""
    from rdflib import Literal, URIRef
    from rdflib.namespace import RDF, RDFS, SKOS
    node = URIRef(address)
    graph.add((subject, name, node))
    graph.add((node, RDF.type, kind))
    if label:
        graph.add((node, SKOS.prefLabel if kind == SKOS.Concept
                   else RDFS.label, Literal(label, lang="en")))
    return node


def _who(graph: rdflib.Graph, dataset: Any, publisher: Record) -> None:
    from rdflib import Namespace, URIRef
    from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SKOS
    vcard = Namespace(VCARD)
    agent = _node(graph, dataset, DCTERMS.publisher, FOAF.Agent,
                  publisher["url"])
    _texts(graph, agent, FOAF.name, publisher["name"])
    _node(graph, agent, DCTERMS.type, SKOS.Concept,
          "http://purl.org/adms/publishertype/NationalAuthority",
          "National authority")
    contact = _node(graph, dataset, DCAT.contactPoint, vcard.Kind,
                    f"{dataset}#contact")
    graph.add((contact, RDF.type, vcard.Organization))
    _texts(graph, contact, vcard.fn, publisher["name"])
    graph.add((contact, vcard.hasEmail,
               URIRef(f"mailto:{publisher['email']}")))


def _where_and_when(graph: rdflib.Graph, dataset: Any,
                    record: Record) -> None:
    from rdflib import Literal, URIRef
    from rdflib.namespace import DCAT, DCTERMS, XSD
    west, south, east, north = record["bbox"]
    place = _node(graph, dataset, DCTERMS.spatial, DCTERMS.Location,
                  f"{dataset}#place")
    for name, text in ((DCAT.bbox, (
            f"POLYGON(({west} {south}, {east} {south}, {east} {north}, "
            f"{west} {north}, {west} {south}))")), (DCAT.centroid, (
                f"POINT({(west + east) / 2:.4f} {(south + north) / 2:.4f})"))):
        graph.add((place, name, Literal(text, datatype=URIRef(WKT))))
    begin, end = record.get("period") or (None, None)
    if begin:
        period = _node(graph, dataset, DCTERMS.temporal,
                       DCTERMS.PeriodOfTime, f"{dataset}#period")
        graph.add((period, DCAT.startDate, Literal(begin, datatype=XSD.date)))
        graph.add((period, DCAT.endDate, Literal(end, datatype=XSD.date)))


def _vocabularies(graph: rdflib.Graph, dataset: Any, record: Record) -> None:
    """What other catalogues look for: words of agreed lists."""
    from rdflib.namespace import DCAT, DCTERMS, SKOS
    _node(graph, dataset, DCAT.theme, SKOS.Concept,
          f"{EU}data-theme/{THEMES.get(record['topic'], 'REGI')}",
          record["topic"])
    for language in record.get("languages") or []:
        _node(graph, dataset, DCTERMS.language, DCTERMS.LinguisticSystem,
              f"{EU}language/{LANGUAGES[language]}")
    _node(graph, dataset, DCTERMS.accrualPeriodicity, DCTERMS.Frequency,
          EU + "frequency/" + FREQUENCIES.get(record.get("frequency") or "",
                                              "UNKNOWN"))
    _node(graph, dataset, DCTERMS.conformsTo, DCTERMS.Standard,
          f"http://www.opengis.net/def/crs/EPSG/0/{record['crs']}")
    if record.get("lineage"):
        _node(graph, dataset, DCTERMS.provenance,
              DCTERMS.ProvenanceStatement, f"{dataset}#lineage",
              record["lineage"])


def _distribution(graph: rdflib.Graph, file: Any, record: Record,
                  one: Record) -> None:
    from rdflib import Literal, Namespace, URIRef
    from rdflib.namespace import DCAT, DCTERMS, RDF, SKOS, XSD
    graph.add((file, RDF.type, DCAT.Distribution))
    for name in (DCAT.accessURL, DCAT.downloadURL):
        graph.add((file, name, URIRef(one["url"])))
    graph.add((file, DCTERMS.title, Literal(one["file"])))
    _texts(graph, file, DCTERMS.description, record["title"])
    if one.get("bytes"):
        graph.add((file, DCAT.byteSize,
                   Literal(str(one["bytes"]), datatype=XSD.decimal)))
    kind = f"https://www.iana.org/assignments/media-types/{one['media_type']}"
    for name in (DCAT.mediaType, DCTERMS.format):
        node = _node(graph, file, name, DCTERMS.MediaType, kind)
        graph.add((node, RDF.type, DCTERMS.MediaTypeOrExtent))
    _node(graph, file, Namespace("http://data.europa.eu/r5r/").availability,
          SKOS.Concept, f"{EU}planned-availability/STABLE", "stable")
    _node(graph, file, DCTERMS.rights, DCTERMS.RightsStatement,
          f"{record['identifier']}#attribution", record["attribution"])
    if record.get("licence_uri"):
        licence = _node(graph, file, DCTERMS.license,
                        DCTERMS.LicenseDocument, record["licence_uri"])
        terms = TERMS.get(record.get("licence") or "", "UnknownIPR")
        _node(graph, licence, DCTERMS.type, SKOS.Concept,
              f"http://purl.org/adms/licencetype/{terms}", terms)
