"""The record is accepted by every validator; a defect planted for each makes
it object; and what none of them sees, ours says."""

import copy
import json
import os
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from lxml import etree
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SH

from helpers import data, publish
from helpers.publish import objections
from tests.support import SHARED, absent

record = publish.record
PARTS = ["shapes", "range", "recommended"]
GMD = {"gmd": record.NS["gmd"], "gco": record.NS["gco"]}
IMPRINT = {"en": "Ministry of Examples (fictional)",
           "fr": "Ministère des Exemples (fictif)",
           "ar": "وزارة الأمثلة (خيالية)"}


@pytest.fixture(scope="module")
def layer():
    return gpd.GeoDataFrame(
        {"code": ["a", "b"]}, crs=4326,
        geometry=shapely.points([(8.1, 33.2), (10.9, 36.8)]))


@pytest.fixture
def good(layer):
    """A core record without a defect."""
    return {
        "identifier": "https://data.ministry.example/id/health-centres",
        "title": {"en": "Health centres", "fr": "Centres de santé",
                  "ar": "مراكز الصحة"},
        "abstract": {
            "en": "All public health centres & their beds, one point each.",
            "fr": "Tous les centres de santé publics, un point par centre.",
            "ar": "جميع مراكز الصحة العمومية، نقطة لكل مركز."},
        "keywords": {"en": ["health", "care"], "fr": ["santé", "soins"],
                     "ar": ["صحة", "رعاية"]},
        "dates": {"created": "2021-06-01", "published": "2021-12-02",
                  "revised": "2021-12-02"},
        "languages": ["en", "fr", "ar"], "topic": "health",
        "bbox": [8.1, 33.2, 10.9, 36.8], "crs": 4326,
        "period": ["2021-01-01", "2021-12-02"],
        "publisher": {"name": IMPRINT, "email": "opendata@ministry.example",
                      "url": "https://www.ministry.example/"},
        "licence": "CC-BY-4.0",
        "licence_uri": "https://creativecommons.org/licenses/by/4.0/",
        "attribution": "Ministry of Examples (fictional), 2021-12-02",
        "frequency": "annually", "version": "1.0.0",
        "lineage": "Cleaned from the register as received.",
        "distributions": [{
            "file": "health_centres.geojson", "bytes": 12,
            "media_type": "application/geo+json", "sha256": "0" * 64,
            "url": "https://data.ministry.example/health_centres.geojson"}]}


def swapped(good):
    west, south, east, north = good["bbox"]
    good["bbox"] = [south, west, north, east]


def in_two_languages(good):
    good["title"]["fr"] = good["title"]["en"]


def set_in(*path):
    *parents, last, value = path

    def plant(good):
        place = good
        for name in parents:
            place = place[name]
        place[last] = value
    return plant


TEN = {  # the defect → (how it is planted, what ours says)
    "a licence that is not open": (
        set_in("licence", "CC-BY-NC-4.0"), "NC forbids commercial use"),
    "the address of another licence": (
        set_in("licence_uri",
               "https://creativecommons.org/licenses/by-nc/4.0/"),
        "is not the address of CC-BY-4.0"),
    "a box with latitude first": (
        swapped, "has longitude and latitude swapped"),
    "a box as wide as the world": (
        set_in("bbox", [-180, -90, 180, 90]), "as wide as the world"),
    "the box of another layer": (
        set_in("bbox", [8.1, 33.2, 10.9, 37.9]), "not that of the layer"),
    "the mailbox of a person": (
        set_in("publisher", "email", "register2021@gmail.example"),
        "private mailbox of a person"),
    "one text under two languages": (
        in_two_languages, "title is the same text in English and in French"),
    "French under the Arabic language": (
        set_in("abstract", "ar", "Les centres de santé du pays."),
        "abstract in Arabic is in another script"),
    "published before it was made": (
        set_in("dates", "published", "2021-05-31"),
        "dates.published 2021-05-31 is before dates.created 2021-06-01"),
    "an address of this computer only": (
        set_in("distributions", 0, "url", "http://localhost:5000/c.geojson"),
        "opens on your own network only"),
}
each_of_ten = pytest.mark.parametrize("plant, says", TEN.values(), ids=TEN)


# --- what no validator sees ------------------------------------------------

def test_a_good_record_has_no_objection(good, layer):
    before = copy.deepcopy(good)
    assert record.objections(good, layer) == []
    assert record.objections(good, layer.to_crs(32632)) == []
    assert record.objections(good) == []
    assert good == before


def test_the_open_licences_are_those_of_the_layer():
    """The layer of lesson 3.2 and E17; ODC-By is read in two ways there."""
    licences = pd.read_csv(data.path("licences")).set_index("licence")
    closed = licences["no_commerce"] | licences["no_derivatives"]
    assert set(objections.OPEN) - {"ODC-By-1.0"} == set(
        licences.index[~closed])
    for name, place in objections.OPEN.items():
        assert name not in licences.index or place in licences.at[name, "url"]


@pytest.mark.parametrize("licence, terms", [
    ("CC0-1.0", "PublicDomain"), ("etalab-2.0", "Attribution"),
    ("ODbL-1.0", "ViralEffect-ShareAlike"), ("MINE-1.0", "UnknownIPR")])
def test_the_graph_says_what_the_licence_asks(good, licence, terms):
    graph = record.dcat(good | {"licence": licence})
    assert {str(one).rpartition("/")[2] for one in graph.objects(
        URIRef(good["licence_uri"]), DCTERMS.type)} == {terms}


def test_there_are_ten():
    assert len(TEN) == 10


@each_of_ten
def test_ours_finds_it_alone(good, layer, plant, says):
    plant(good)
    (said,) = record.objections(good, layer)
    assert says in said


@each_of_ten
def test_the_courses_validators_do_not_see_it(good, plant, says, tmp_path):
    plant(good)
    for name, content in written(good).items():
        (tmp_path / name).write_bytes(content)
    assert record.dcat_ap(tmp_path / "record.ttl") == []
    assert record.iso_19139(tmp_path / "record.xml") == []
    assert not record.iso_xsd(tmp_path / "record.xml")


@each_of_ten
def test_the_official_shapes_do_not_see_it(good, plant, says, official):
    plant(good)
    assert official(record.dcat(good)) == []


@pytest.mark.parametrize("path, says", [
    (["licence", None], "licence is missing"),
    (["licence", "CC-BY-ND-4.0"], "ND forbids changes"),
    (["licence", "CC BY 4.0"], "not the SPDX id of an open licence"),
    (["bbox", [8.1, 10.9, 33.2, 36.8]], "in the order west, east, south"),
    (["bbox", [10.9, 33.2, 8.1, 36.8]], "not in the order west, south"),
    (["bbox", [500000, 3600000, 600000, 4000000]], "is not in degrees"),
    (["bbox", "8.1 33.2 10.9 36.8"], "is no list of four numbers"),
    (["bbox", [8.1, 33.2, 10.9, float("nan")]], "no list of four numbers"),
    (["bbox", None], "bbox is missing"),
    (["dates", "published", "02/12/2021"], "is no date of ISO 8601"),
    (["dates", "published", "2021-02-30"], "is no date of ISO 8601"),
    (["dates", "published", None], "dates.published is missing"),
    (["period", ["2021-12-31", "2021-01-01"]], "period's end 2021-01-01 is"),
    (["abstract", "fr", ""], "abstract is missing in French"),
    (["abstract", "en", "نقاط"], "abstract in English is in another script"),
    (["title", "Health centres"], "title has no languages"),
    (["keywords", "fr", ["health", "care"]], "keywords is the same text"),
    (["publisher", "email", "amel.x@ministry.example"], "name of a person"),
    (["publisher", "email", "amel@freemail.example"], "of a person"),
    (["publisher", "email", "amel@mail.example"], "of a person"),
    (["publisher", "email", None], "publisher.email is missing"),
    (["identifier", "health_centres"], "no address that begins with https"),
    (["publisher", "url", "http://192.168.1.4/"], "your own network only"),
    (["attribution", "CC BY, 2021"], "does not name the producer"),
    (["attribution", "Ministère des Exemples (fictif)"], "has no date"),
    (["distributions", []], "distributions is missing"),
    (["publisher", None], "publisher is missing")])
def test_other_defects_are_named(good, layer, path, says):
    set_in(*path)(good)
    assert any(says in one for one in record.objections(good, layer)), (
        record.objections(good, layer))


@pytest.mark.parametrize("path", [
    ["publisher", "email", "open.data@ministry.example"],
    ["publisher", "email", "opendata@mail.ministry.example"],
    ["publisher", "email", "registre.sante@ministry.example"],
    ["publisher", "email", "direction.sante@ministry.example"],
    ["publisher", "email", "bureau.ordre@ministry.example"],
    ["bbox", [8.1004, 33.2, 10.9, 36.8]],
    ["dates", "revised", None], ["period", None],
    ["licence_uri", "http://www.creativecommons.org/licenses/by/4.0/deed.fr"],
    ["licence_uri", "https://spdx.org/licenses/CC-BY-4.0.html"],
    ["dates", "published", "2021-12-02T08:00:00Z"],
    ["attribution", "وزارة الأمثلة (خيالية)، 2021"]])
def test_what_is_right_is_not_named(good, layer, path):
    set_in(*path)(good)
    assert record.objections(good, layer) == []


def test_an_empty_record_is_told_all_that_it_needs():
    said = " ".join(record.objections({}))
    for name in ("title", "abstract", "licence", "bbox", "publisher.email"):
        assert f"{name} is missing" in said


def test_texts_where_parts_belong_do_not_stop_it(good):
    good |= {"publisher": "Ministry", "dates": "2021", "period": "2021",
             "distributions": ["a.csv"]}
    said = " ".join(record.objections(good))
    assert "publisher.email is missing" in said
    assert "a distribution's url 'a.csv' is no address" in said


# --- written twice ---------------------------------------------------------

def written(good) -> dict[str, bytes]:
    return {"record.xml": record.iso(good),
            "record.ttl": record.dcat(good).serialize(
                format="turtle").encode()}


@pytest.fixture
def files(good, tmp_path):
    for name, content in written(good).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_iso_holds_three_languages_and_each_locale(good):
    root = etree.fromstring(record.iso(good))
    (title,) = root.iterfind(".//gmd:identificationInfo//gmd:citation//"
                             "gmd:title", GMD)
    assert title.findtext("gco:CharacterString", "", GMD) == "Health centres"
    said = {one.get("locale"): one.text for one in title.iterfind(
        ".//gmd:LocalisedCharacterString", GMD)}
    assert said == {"#fr": "Centres de santé", "#ar": "مراكز الصحة"}
    ids = [one.get("id") for one in root.iterfind(".//gmd:PT_Locale", GMD)]
    pointed = {one.get("locale") for one in root.iterfind(
        ".//gmd:LocalisedCharacterString", GMD)}
    assert pointed == {f"#{name}" for name in ids} == {"#fr", "#ar"}
    keywords = [one.text for one in root.iterfind(
        ".//gmd:keyword//gmd:LocalisedCharacterString", GMD)]
    assert sorted(keywords) == sorted(["santé", "صحة", "soins", "رعاية"])


def test_owslib_reads_the_record_back(good):
    from owslib.iso import MD_Metadata
    found = MD_Metadata(etree.fromstring(record.iso(good)))
    about = found.identification
    about = about[0] if isinstance(about, list) else about
    box = about.bbox if hasattr(about, "bbox") else about.extent.boundingBox
    assert [float(one) for one in (box.minx, box.miny, box.maxx, box.maxy)
            ] == good["bbox"]
    assert about.title == "Health centres"
    assert about.abstract == good["abstract"]["en"]
    assert {one.date for one in about.date} == {"2021-06-01", "2021-12-02"}
    assert {one.role for one in found.contact} == {"publisher"}
    assert found.languagecode == "eng"


def test_the_crs_of_the_data_is_not_that_of_the_box(good):
    good["crs"] = 32632
    text = record.iso(good).decode()
    assert "urn:ogc:def:crs:EPSG::32632" in text
    assert "EX_GeographicBoundingBox" in text
    assert (None, DCTERMS.conformsTo, URIRef(
        "http://www.opengis.net/def/crs/EPSG/0/32632")) in record.dcat(good)


def test_two_writings_are_equal(good):
    assert written(good) == written(copy.deepcopy(good))


def test_dcat_holds_each_text_in_its_language(good):
    graph = record.dcat(good)
    dataset = URIRef(good["identifier"])
    assert {text.language: str(text) for text in graph.objects(
        dataset, DCTERMS.title)} == good["title"]
    assert len(list(graph.objects(dataset, DCAT.keyword))) == 6
    (box,) = graph.objects(None, DCAT.bbox)
    assert shapely.from_wkt(str(box)).bounds == tuple(good["bbox"])


# --- the validators --------------------------------------------------------

@pytest.fixture(scope="module")
def official():
    """graph → the results of the official shapes of DCAT-AP 2.1.1, of all
    severities."""
    folder = SHARED / "validators"
    if not folder.is_dir():
        pytest.skip("there is no folder shared/validators with the official "
                    "shapes of DCAT-AP 2.1.1")
    import pyshacl
    shapes = {part: Graph().parse(folder / f"dcat-ap-2.1.1-{part}.ttl")
              for part in PARTS}

    def results(graph):
        found = []
        for part, one in shapes.items():
            _, report, _ = pyshacl.validate(graph, shacl_graph=one)
            found += [(part, str(path)) for path in report.objects(
                None, SH.resultPath)]
        return found
    return results


def test_every_validator_says_yes(files, good, official):
    assert record.dcat_ap(files / "record.ttl") == []
    assert record.iso_19139(files / "record.xml") == []
    assert official(record.dcat(good)) == []


@pytest.fixture
def schemas(monkeypatch):
    if "COURSE_PYCSW" in os.environ:  # CI keeps it in a folder of its own
        monkeypatch.syspath_prepend(os.environ["COURSE_PYCSW"])
    if record.iso_xsd(Path(__file__)) is None:
        absent("the package pycsw with the schemas of ISO 19139")


def test_the_schemas_of_iso_19139_say_yes(files, schemas):
    assert record.iso_xsd(files / "record.xml") == []


@each_of_ten
def test_the_schemas_do_not_see_it(good, plant, says, schemas, tmp_path):
    plant(good)
    (tmp_path / "record.xml").write_bytes(record.iso(good))
    assert record.iso_xsd(tmp_path / "record.xml") == []


def test_the_schemas_object_to_a_defect(files, schemas):
    text = (files / "record.xml").read_text("utf-8")
    for before, after, says in [
            ("<gco:Date>2021-12-02</gco:Date>",
             "<gco:Date>02/12/2021</gco:Date>", "02/12/2021"),
            ("gmd:abstract", "gmd:summary", "summary")]:
        (files / "bad.xml").write_text(text.replace(before, after), "utf-8")
        assert says in " ".join(record.iso_xsd(files / "bad.xml"))
    (files / "bad.xml").write_text("<a>", "utf-8")
    assert "no XML" in record.iso_xsd(files / "bad.xml")[0]


@pytest.mark.parametrize("element, says", [
    ("abstract", "there is no abstract"), ("title", "there is no title"),
    ("topicCategory", "there is no topic"),
    ("contact", "there is no contact"),
    ("dateStamp", "there is no date of the record")])
def test_a_missing_element_of_iso_19139_is_named(files, element, says):
    root = etree.parse(files / "record.xml").getroot()
    for one in list(root.iter(f"{{{GMD['gmd']}}}{element}")):
        one.getparent().remove(one)
    (files / "bad.xml").write_bytes(etree.tostring(root))
    assert any(one.startswith(says)
               for one in record.iso_19139(files / "bad.xml"))


def test_what_is_no_record_is_said(tmp_path):
    file = tmp_path / "a.xml"
    file.write_text("<html/>", "utf-8")
    assert "no gmd:MD_Metadata" in record.iso_19139(file)[0]
    file.write_text("<a>", "utf-8")
    assert "no XML" in record.iso_19139(file)[0]
    file = tmp_path / "a.ttl"
    file.write_text("<a> a <b> .", "utf-8")
    assert record.dcat_ap(file) == ["there is no node of the class "
                                    "dcat:Dataset"]
    file.write_text("a b", "utf-8")
    assert "no Turtle" in record.dcat_ap(file)[0]


BAD = {  # the defect → (property, its new value, what ours says)
    "no title": (DCTERMS.title, None, "no title"),
    "no description": (DCTERMS.description, None, "no description"),
    "a publisher that is a text": (
        DCTERMS.publisher, Literal("Ministry"), "publisher"),
    "a licence that is a text": (
        DCTERMS.license, Literal("CC-BY-4.0"), "licence"),
    "a date that is a text": (
        DCTERMS.issued, Literal("02/12/2021"), "date of issue"),
    "a name that is missing": (FOAF.name, None, "no name"),
    "no access URL": (DCAT.accessURL, None, "no access URL"),
    "an access URL that is a text": (
        DCAT.accessURL, Literal("https://a.example"), "no access URL"),
    "a size that is a text": (DCAT.byteSize, Literal("12 kB"), "size"),
    "a language that is a text": (
        DCTERMS.language, Literal("fr"), "language"),
}


@pytest.mark.parametrize("name, value, says", BAD.values(), ids=BAD)
def test_a_planted_defect_makes_the_shapes_object(
        good, official, tmp_path, name, value, says):
    """Ours and the official ones: the same verdict."""
    graph = record.dcat(good)
    for subject in set(graph.subjects(name)):
        graph.remove((subject, name, None))
        if value is not None:
            graph.add((subject, name, value))
    graph.serialize(tmp_path / "bad.ttl", format="turtle")
    assert any(says in one for one in record.dcat_ap(tmp_path / "bad.ttl"))
    assert str(name) in {path for _, path in official(graph)}


# --- hooked into the table of verdicts -------------------------------------

def test_the_table_of_verdicts_asks_them(good, layer, files):
    layer.to_file(files / "health_centres.geojson", RFC7946="YES")
    content = (files / "health_centres.geojson").read_bytes()
    good["distributions"][0]["sha256"] = sha256(content).hexdigest()
    (files / "metadata.json").write_text(json.dumps(good), "utf-8")

    def table():
        found = publish.verdicts(files)
        return {(row.file, row.validator): row
                for row in found.itertuples()}
    asked = table()
    for key in [("metadata.json", "what no validator sees"),
                ("record.ttl", "DCAT-AP 2.1.1, own shapes"),
                ("record.xml", "ISO 19139, mandatory elements")]:
        assert asked[key].verdict == "yes", asked[key]
    assert asked["record.xml", "ISO 19139, schemas of OGC"].verdict in (
        "yes", "not asked")

    swapped(good)
    good["distributions"][0]["sha256"] = "1" * 64
    (files / "metadata.json").write_text(json.dumps(good), "utf-8")
    said = table()["metadata.json", "what no validator sees"].says
    assert "swapped" in said and "sha256 of health_centres.geojson" in said
    (files / "metadata.json").write_text("{", "utf-8")
    assert "no JSON" in table()["metadata.json",
                                "what no validator sees"].says


def test_the_name_of_a_publisher_may_be_the_same_in_two_languages(good):
    good["publisher"]["name"]["fr"] = good["publisher"]["name"]["en"]
    assert not [said for said in record.objections(good)
                if "same text" in said]
