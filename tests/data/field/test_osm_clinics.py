"""E06: clinics as OpenStreetMap would have them, and a ministry's list."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter

import geopandas as gpd
import osmium
import pandas as pd
import pytest
from rapidfuzz import fuzz, process

from tests.data.worlds import METRIC, of_kind


@pytest.fixture(scope="module")
def osm(world):
    """The places of the PBF: identifier, all tags, centre; EPSG:32632."""
    layers = []
    for name in ("points", "multipolygons"):
        layer = gpd.read_file(world.path("osm_clinics"), layer=name)
        tags = layer["other_tags"].fillna("").str.findall(
            '"([^"]*)"=>"([^"]*)"').map(dict)
        layer["amenity"] = layer.get("amenity", tags.str["amenity"])
        layer["name_fr"] = tags.str["name:fr"]
        layer["name_ar"] = tags.str["name:ar"]
        ways = layer["osm_id"].isna()
        kind = "node/" if name == "points" else "relation/"
        layer["osm"] = (kind + layer["osm_id"]).where(
            ~ways, "way/" + layer.get("osm_way_id", layer["osm_id"]))
        layers.append(layer[["osm", "amenity", "name_fr", "name_ar",
                             "geometry"]].to_crs(METRIC))
    places = pd.concat(layers, ignore_index=True).dropna(subset="amenity")
    return places.set_geometry(places.centroid)


@pytest.fixture(scope="module")
def osm_by_governorate(world, osm):
    """The places with the name of their governorate."""
    areas = world.layer("governorates").to_crs(METRIC)
    return osm.sjoin(areas[["name_fr", "geometry"]].rename(
        columns={"name_fr": "governorate"})).drop(columns="index_right")


@pytest.fixture(scope="module")
def listed(world):
    """The ministry's list by identifier, missing values as empty text."""
    return pd.read_csv(world.path("clinic_list"),
                       keep_default_na=False).set_index("list_id")


@pytest.fixture(scope="module")
def planted(world):
    """The truth table of the list, by identifier."""
    return world.truth("clinic_list").set_index("record")


def test_gdal_reads_the_pbf_and_overpass_says_the_same(world, osm):
    assert len(osm) == 260
    assert osm["osm"].str.partition("/")[0].value_counts().to_dict() == {
        "node": 247, "way": 12, "relation": 1}
    answer = json.loads(
        world.path("osm_clinics_overpass").read_text("utf-8"))
    centres = {f"{element['type']}/{element['id']}":
               element.get("center", element)
               for element in answer["elements"]}
    assert set(centres) == set(osm["osm"])
    for place, point in zip(osm["osm"], osm.to_crs(4326).geometry):
        assert point.x == pytest.approx(centres[place]["lon"], abs=2e-7)
        assert point.y == pytest.approx(centres[place]["lat"], abs=2e-7)


def test_osm_ids_cannot_be_those_of_real_objects(world):
    for element in osmium.FileProcessor(str(world.path("osm_clinics"))):
        assert element.id > 900_000_000_000
        assert not element.user and not element.uid
        assert "2016" <= f"{element.timestamp:%Y}" <= "2021"
        if element.tags:
            assert element.tags["fictional"] == "yes"


def test_the_extract_shows_the_data_model(world):
    file = world.path("osm_clinics")
    streets = gpd.read_file(file, layer="lines")
    assert Counter(streets["highway"]) == {"residential": 8, "secondary": 2}
    hospital = gpd.read_file(file, layer="multipolygons").query(
        "type == 'multipolygon'").geometry.iloc[0]
    assert len(hospital.geoms) == 1
    assert len(hospital.geoms[0].interiors) == 1


def test_the_edits_fit_the_extract(world, planted):
    root = ET.parse(world.path("osm_change")).getroot()
    assert [action.tag for action in root] == ["create", "modify", "delete"]
    nodes = {element.id: element.version for element
             in osmium.FileProcessor(str(world.path("osm_clinics")))
             if element.is_node()}
    created, modified, deleted = (action.find("node") for action in root)
    assert int(created.get("id")) not in nodes
    for node in (modified, deleted):
        assert int(node.get("version")) == nodes[int(node.get("id"))] + 1
    known = {f"node/{node.get('id')}" for node in (modified, deleted)}
    assert not known & set(planted["true_value"])


def test_the_list_carries_each_variation(osm, listed, planted):
    assert sorted(listed.index) == sorted(planted.index)
    assert len(listed) == 200
    for row in planted.itertuples():
        assert listed.loc[row.Index, row.field] == row.found
    marks = {"Persian letters": "\u06cc", "tatweel": "\u0640"}
    for kind, mark in marks.items():
        assert (planted["found"].str.contains(mark)
                == (planted["kind"] == kind)).all()
    found = planted.groupby("kind")["found"].agg("\n".join)
    assert "أ" not in found["missing hamza"]
    assert "ة" not in found["final heh for teh marbuta"]
    assert re.search("CSB|C.S.B.|Ctre", found["abbreviation"])
    matched = planted.loc[planted["true_value"] != "", "true_value"]
    assert len(matched) == 165 and matched.is_unique
    assert set(matched) < set(osm["osm"])


def test_only_what_stays_the_same_is_spelled_the_same(osm, planted):
    names = osm.set_index("osm")[["name_fr", "name_ar"]]
    for row in planted.query("true_value != ''").itertuples():
        same = row.found == names.loc[row.true_value, row.field]
        assert same == (row.kind == "same name"), row


def test_homonyms_are_in_another_governorate(
        osm_by_governorate, listed, planted):
    osm = osm_by_governorate
    for row in of_kind(planted, "homonym in another governorate").itertuples():
        arabic = listed.loc[row.Index, "name_ar"]
        same = osm[(osm["name_fr"] == row.found)
                   | (osm["name_ar"] == arabic)]
        assert len(same)
        assert listed.loc[row.Index, "governorate"] not in set(
            same["governorate"])


# One careful way to match, to prove that E06 can be solved.
WORDS = {"csb": "csb ctre centre de sante base basic health "
                "مركز الصحه الاساسيه",
         "clinic": "clinique clinic مصحه",
         "hospital": "hopital hospital local المستشفى المحلي"}
WORDS = {word: kind for kind, words in WORDS.items() for word in words.split()}
LETTERS = str.maketrans("\u06cc\u06beةq", "يههk", "\u0640.")


def read_name(name):
    """(kind of place, own name, its consonants) of a written name."""
    text = "".join(letter for letter in unicodedata.normalize(
        "NFKD", name.lower()) if not unicodedata.combining(letter))
    kinds, own = Counter(), []
    for word in re.findall(r"\w+", text.translate(LETTERS)):
        near = process.extractOne(word, list(WORDS), scorer=fuzz.ratio,
                                  score_cutoff=80)
        if near:
            kinds[WORDS[near[0]]] += 1
        elif word not in ("el", "al"):
            own.append(re.sub(r"^e(.)\1", r"\1", word))
    own = " ".join(own)
    bare = re.sub("[aeiouy]", "", own.replace("dh", "d"))
    return max(kinds, key=kinds.get, default=None), own, re.sub(
        r"(.)\1", r"\1", bare)


def match(listed, osm):
    """Identifier of the list -> OSM identifier of the best match."""
    def read(row):
        return [read_name(name) for name in (row.name_fr, row.name_ar)
                if isinstance(name, str) and name]

    matches = {}
    for row in listed.itertuples():
        near = osm[osm["governorate"] == row.governorate]
        if row.geometry:
            near = near[near.distance(row.geometry) < 2000]
        scores = {place.osm: max(
            fuzz.ratio(ours[part], theirs[part]) * (ours[0] == theirs[0])
            for ours in read(row) for theirs in read(place)
            for part in (1, 2)) for place in near.itertuples()}
        best = max(scores, key=scores.get, default=None)
        if best and scores[best] >= 84:
            matches[row.Index] = best
    return matches


def test_names_can_be_matched_with_care(osm_by_governorate, listed, planted):
    osm = osm_by_governorate
    osm = osm[osm["amenity"].isin(["clinic", "hospital"])]
    points = gpd.GeoSeries(gpd.points_from_xy(*(
        pd.to_numeric(listed[axis]) for axis in ("longitude", "latitude"))),
        crs=4326, index=listed.index).to_crs(METRIC)
    places = points.where(listed["latitude"] != "", None)
    matches = match(listed.assign(geometry=places), osm)
    true = planted["true_value"]
    right = sum(true[row] == osm_id for row, osm_id in matches.items())
    assert right / len(matches) >= 0.98
    assert right / (true != "").sum() >= 0.90
    homonyms = of_kind(planted, "homonym in another governorate").index
    assert not set(homonyms) & set(matches)


def test_equal_names_alone_match_badly(osm, listed, planted):
    """A join on the name as written finds few and mixes up homonyms."""
    named = listed[listed["name_fr"] != ""].reset_index()
    joined = named.merge(osm[["osm", "name_fr"]], on="name_fr")
    true = planted["true_value"]
    right = (true[joined["list_id"]].to_numpy() == joined["osm"]).sum()
    assert right / len(joined) < 0.5
    assert right / (true != "").sum() < 0.5
