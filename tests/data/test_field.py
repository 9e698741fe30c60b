"""data/: what comes from the field is as its truth tables say."""

import importlib
import json
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter

import geopandas as gpd
import osmium
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Geod
from rapidfuzz import fuzz, process

from tests.support import ROOT

SCRIPTS = ["governorates", "sectors", "water_points", "bus_stops",
           "heritage_sites", "gnss_track", "osm_clinics"]
GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Makes the layers with a seed: (folder, truth tables)."""
    sys.path.insert(0, str(ROOT / "data" / "make"))
    made = {}

    def once(seed, again=False):
        if (seed, again) not in made:
            out, truth = tmp_path_factory.mktemp("field"), {}
            for name in SCRIPTS:
                script = importlib.import_module(name)
                truth |= script.make(out, seed) or {}
            made[seed, again] = out, truth
        return made[seed, again]
    yield once
    sys.path.remove(str(ROOT / "data" / "make"))


@pytest.fixture(scope="module", params=[None, 1, 2])
def made(make, request):
    return make(request.param)


def submissions(out):
    return pd.read_csv(out / "water_points" / "submissions.csv", dtype=str,
                       keep_default_na=False)


def clinics(out):
    """The places of the PBF: identifier, all tags, centre; EPSG:32632."""
    layers = []
    for name in ("points", "multipolygons"):
        layer = gpd.read_file(out / "osm" / "clinics.osm.pbf", layer=name)
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
                             "geometry"]].to_crs(32632))
    found = pd.concat(layers, ignore_index=True).dropna(subset="amenity")
    return found.set_geometry(found.centroid)


# --- all layers --------------------------------------------------------------

def test_the_same_seed_makes_the_same_bytes(make):
    for seed in (None, 1):
        one, _ = make(seed)
        other, _ = make(seed, again=True)
        files = [file for file in one.rglob("*") if file.is_file()]
        assert len(files) >= 13
        for file in files:
            assert file.read_bytes() == (
                other / file.relative_to(one)).read_bytes(), file.name


def test_another_seed_plants_the_same_defects_in_other_records(make):
    _, ours = make(None)
    _, others = make(1)
    assert set(ours) == set(others) == {
        "water_point_submissions", "gnss_track", "clinic_list"}
    for layer, table in ours.items():
        other = others[layer]
        assert Counter(table["kind"]) == Counter(other["kind"]), layer
        assert list(table["found"]) != list(other["found"]), layer
        for kind, rows in table.groupby("kind"):
            others_rows = other[other["kind"] == kind]
            assert set(zip(rows["record"], rows["found"])) != set(
                zip(others_rows["record"], others_rows["found"])), kind


def test_another_seed_keeps_the_columns(make):
    ours, others = make(None)[0], make(1)[0]
    for name in ("bus_stops.csv", "clinic_list.csv", "heritage_sites.geojson",
                 "water_points/submissions.csv", "water_points.geojson"):
        one, other = (pyogrio.read_dataframe(out / name)
                      for out in (ours, others))
        assert list(one.columns) == list(other.columns)
        assert len(one) == len(other)
        assert not one.equals(other)


def test_each_resource_names_a_file_and_says_fictional(made):
    for name in SCRIPTS[2:]:
        for resource in importlib.import_module(name).RESOURCES:
            assert (made[0] / resource["path"]).is_file()
            assert "FICTIONAL" in resource["title"]
            assert resource["fictional"] is True
            shares = name == "bus_stops" or resource["name"].startswith("osm")
            assert resource["licenses"] == [
                {"name": "ODbL-1.0" if shares else "CC-BY-4.0"}]


# --- water points ------------------------------------------------------------

def test_water_points_lie_in_their_rural_sectors(made):
    points = gpd.read_file(made[0] / "water_points.geojson")
    areas = gpd.read_file(made[0] / "sectors.geojson")
    assert len(points) == 180 and points["water_point_id"].is_unique
    joined = points.sjoin(areas, how="left")
    assert (joined["sector_id_left"] == joined["sector_id_right"]).all()
    density = areas.set_index("sector_id")["population"] / areas.to_crs(
        32632).set_index("sector_id").area
    assert (density[points["sector_id"]] < density.median()).all()


def test_a_water_point_has_the_measure_of_its_type(made):
    points = gpd.read_file(made[0] / "water_points.geojson")
    deep = points["type"].isin(["forage", "puits"])
    assert (points["depth_m"].notna() == deep).all()
    assert (points["flow_l_s"].notna() == ~deep).all()
    assert set(points["working"]) == {"yes", "no"}


def test_each_defect_of_the_submissions_is_in_its_row(made):
    out, truth = made
    lines = (out / "water_points" / "submissions.csv").read_text(
        "utf-8").splitlines()
    for defect in truth["water_point_submissions"].itertuples():
        rows = ([lines[int(defect.record[5:]) - 1]]
                if defect.record.startswith("line ")
                else [line for line in lines if defect.record in line])
        assert rows, defect
        assert all(defect.found in row for row in rows), defect
        assert defect.true_value == "", "to be removed, not to be guessed"


def test_defects_of_the_submissions_are_all_and_only_those_told(made):
    out, truth = made
    table, planted = submissions(out), truth["water_point_submissions"]
    assert len(table) == 60
    told = planted.groupby("kind")["record"].apply(list).to_dict()
    once = table.drop_duplicates("meta-instanceID")
    lat, lon, accuracy = (
        once[f"location-{part}"].astype(float)
        for part in ("Latitude", "Longitude", "Accuracy"))
    zero = (lat == 0) & (lon == 0)
    outside = ~zero & ~(lon.between(7, 12) & lat.between(30, 38))

    def keys(rows):
        return sorted(once.loc[rows, "KEY"])

    assert keys(accuracy > 50) == sorted(told["accuracy worse than 50 m"])
    assert keys(zero) == sorted(told["zero coordinates"])
    assert keys(outside) == sorted(told["outside the country"])
    assert keys(once["guard-guard_phone"] != "") == sorted(
        told["phone number"])
    assert keys(once["comment"] != "") == sorted(
        told["phone number in a comment"])
    again = table.index[table.duplicated("meta-instanceID")]
    assert [f"line {row + 2}" for row in again] == told["sent twice"]
    copies = table[table.duplicated("meta-instanceID", keep=False)]
    assert len(copies.drop(columns="SubmissionDate").drop_duplicates()) == 4


def test_good_submissions_lie_at_their_water_point(made):
    out, truth = made
    planted = truth["water_point_submissions"]
    bad = planted.loc[planted["field"].str.startswith("location"), "record"]
    table = submissions(out)
    good = table[~table["KEY"].isin(bad)]
    assert good["KEY"].nunique() == 46
    places = gpd.read_file(out / "water_points.geojson").to_crs(
        32632).set_index("water_point_id")
    fixes = gpd.GeoSeries(gpd.points_from_xy(
        good["location-Longitude"], good["location-Latitude"]),
        crs=4326).to_crs(32632)
    there = places.geometry.loc[good["point-water_point_id"]]
    assert (fixes.distance(there, align=False) < 13).all()
    assert list(places["inspected"].astype(str).str[:10].loc[
        good["point-water_point_id"]]) == list(good["start"].str[:10])


def test_the_register_has_no_personal_data(made):
    out, truth = made
    text = (out / "water_points.geojson").read_text("utf-8")
    found = truth["water_point_submissions"].set_index("kind")["found"]
    for kind in ("name of a person", "phone number", "device id",
                 "phone number in a comment"):
        for value in found[kind]:
            assert value not in text
    assert not re.search(r"\b00 \d{3} \d{3}\b", text)


def test_submissions_in_xml_say_what_the_export_says(made):
    out, _ = made
    table = submissions(out).drop_duplicates("KEY").set_index("KEY")
    people = 0
    for number in (1, 2, 3):
        root = ET.parse(
            out / "water_points" / f"submission_{number}.xml").getroot()
        row = table.loc[root.find(".//{*}instanceID").text]
        assert root.find("deviceid").text == row["deviceid"]
        assert root.find("location").text.split() == [
            row[f"location-{part}"]
            for part in ("Latitude", "Longitude", "Altitude", "Accuracy")]
        for group in ("point", "guard"):
            for child in root.find(group):
                assert (child.text or "") == row[f"{group}-{child.tag}"]
        people += root.findtext("guard/guard_phone") not in (None, "")
    assert people == 1


# --- bus stops ---------------------------------------------------------------

def test_bus_stops_lie_in_their_zone_of_greater_tunis(made):
    stops = pd.read_csv(made[0] / "bus_stops.csv")
    assert len(stops) == 150
    assert stops["stop_id"].is_unique and stops["stop_name"].is_unique
    assert stops["stop_name"].str.startswith("Arrêt fictif ").all()
    points = gpd.GeoDataFrame(stops, crs=4326, geometry=gpd.points_from_xy(
        stops["stop_lon"], stops["stop_lat"]))
    joined = points.sjoin(gpd.read_file(made[0] / "sectors.geojson"))
    assert list(joined["zone_id"]) == list(joined["sector_id"])
    assert set(joined["iso_3166_2"]) == {"TN-11", "TN-12", "TN-13", "TN-14"}


# --- heritage sites ----------------------------------------------------------

def test_heritage_sites_lie_in_their_sectors_and_none_exists(made):
    sites = gpd.read_file(made[0] / "heritage_sites.geojson")
    assert len(sites) == 120
    assert sites["site_id"].is_unique and sites["name_fr"].is_unique
    assert sites["name_fr"].str.contains(" fictif ").all()
    assert sites["name_ar"].str.contains("وهمي").all()
    areas = gpd.read_file(made[0] / "sectors.geojson")
    joined = sites.sjoin(areas, how="left")
    assert list(joined["sector_id_left"]) == list(joined["sector_id_right"])
    number = sites["sector_id"].value_counts().reindex(
        areas["sector_id"], fill_value=0)
    assert number.corr(areas.set_index("sector_id")["population"]) > 0.9


# --- the GNSS track ----------------------------------------------------------

@pytest.fixture(scope="module")
def track(made):
    """Fixes as GDAL reads them, the defects by kind, the file's text."""
    file = made[0] / "gnss_track.gpx"
    fixes = gpd.read_file(file, layer="track_points")
    truth = made[1]["gnss_track"].set_index("kind")
    return fixes, truth, file.read_text("utf-8")


def test_the_track_is_a_track_of_fixes_with_hdop(made, track):
    fixes, _, _ = track
    layers = dict(pyogrio.list_layers(made[0] / "gnss_track.gpx"))
    assert {"tracks", "track_points"} <= set(layers)
    assert 1400 < len(fixes) < 1600
    assert {"ele", "time", "hdop", "sat"} <= set(fixes.columns)
    assert fixes[["ele", "time", "hdop", "sat"]].notna().all(axis=None)
    minutes = (fixes["time"].iloc[-1] - fixes["time"].iloc[0]).seconds / 60
    assert 80 < minutes < 90
    areas = gpd.read_file(made[0] / "sectors.geojson")
    good = fixes[fixes["hdop"] < 5]
    assert good.sjoin(areas)["sector_id"].nunique() == 1


def test_what_the_truth_says_of_the_track_is_in_the_file(track):
    _, truth, text = track
    for row in truth.drop("length with spikes and jitter").itertuples():
        assert row.found in text, row
    assert not truth.loc["spike", "true_value"].map(
        text.__contains__).any()


def test_spikes_jump_far_with_high_hdop(track):
    fixes, truth, _ = track
    spikes = truth.loc["spike"]
    times = pd.to_datetime(spikes["record"])
    assert set(fixes.loc[fixes["hdop"] >= 8, "time"]) == set(times)
    for row in spikes.itertuples():
        lat, lon = map(float, re.findall(r'"([\d.]+)"', row.found))
        at, on = map(float, re.findall(r'"([\d.]+)"', row.true_value))
        assert 300 < GEOD.inv(lon, lat, on, at)[2] < 2000


def test_there_is_one_gap(track):
    fixes, truth, _ = track
    waits = fixes["time"].diff().dt.total_seconds().iloc[1:]
    start, end = pd.to_datetime(
        truth.loc["gap in time", "true_value"].split("/"))
    long = waits.index[waits > 3]
    assert list(fixes["time"][long]) == [end]
    assert list(fixes["time"][long - 1]) == [start]


def test_stops_and_length_can_be_found_again(track):
    """Without bad fixes, a stop is where 60 s do not lead 30 m away."""
    fixes, truth, _ = track
    good = fixes[fixes["hdop"] < 5].to_crs(32632).reset_index(drop=True)
    places, times = good.geometry, good["time"]
    later = places.shift(-20)
    still = (places.distance(later) < 30) & (
        times.shift(-20) - times < pd.Timedelta(minutes=2))
    still = still.rolling(21, min_periods=1).max().astype(bool)
    runs = good[still].groupby((~still).cumsum())
    told = [pd.to_datetime(span.split("/"))
            for span in truth.loc["stop", "true_value"]]
    assert len(runs) == len(told) == 4
    for (_, run), (start, end) in zip(runs, told):
        assert abs(run["time"].iloc[0] - start) < pd.Timedelta(seconds=20)
        assert abs(run["time"].iloc[-1] - end) < pd.Timedelta(seconds=20)
        assert 180 <= (end - start).total_seconds() <= 600
        middle = shapely.MultiPoint(run.geometry.tolist()).centroid
        good.loc[run.index, "geometry"] = middle
    true, raw = truth.loc["length with spikes and jitter",
                          ["true_value", "found"]].astype(float)
    path = shapely.LineString(good.to_crs(4326).geometry.tolist())
    assert GEOD.geometry_length(path) == pytest.approx(true, rel=0.01)
    whole = shapely.LineString(fixes.geometry.tolist())
    assert GEOD.geometry_length(whole) == pytest.approx(raw, abs=0.1)
    assert raw > 1.3 * true


def test_filtering_alone_does_not_give_the_length(track):
    """Jitter at the stops adds more than the 1 % that E05 allows."""
    fixes, truth, _ = track
    good = fixes[fixes["hdop"] < 5]
    length = GEOD.geometry_length(shapely.LineString(good.geometry.tolist()))
    true = float(truth.loc["length with spikes and jitter", "true_value"])
    assert length > 1.01 * true


# --- clinics -----------------------------------------------------------------

def test_gdal_reads_the_pbf_and_overpass_says_the_same(made):
    places = clinics(made[0])
    assert len(places) == 260
    assert places["osm"].str.partition("/")[0].value_counts().to_dict() == {
        "node": 247, "way": 12, "relation": 1}
    answer = json.loads(
        (made[0] / "osm" / "clinics_overpass.json").read_text("utf-8"))
    listed = {f"{one['type']}/{one['id']}": one.get("center", one)
              for one in answer["elements"]}
    assert set(listed) == set(places["osm"])
    for place, point in zip(places["osm"],
                            places.to_crs(4326).geometry):
        assert point.x == pytest.approx(listed[place]["lon"], abs=2e-7)
        assert point.y == pytest.approx(listed[place]["lat"], abs=2e-7)


def test_osm_ids_cannot_be_those_of_real_objects(made):
    for one in osmium.FileProcessor(str(made[0] / "osm" / "clinics.osm.pbf")):
        assert one.id > 900_000_000_000
        assert not one.user and not one.uid
        assert "2016" <= f"{one.timestamp:%Y}" <= "2021"
        if one.tags:
            assert one.tags["fictional"] == "yes"


def test_the_extract_shows_the_data_model(made):
    file = made[0] / "osm" / "clinics.osm.pbf"
    streets = gpd.read_file(file, layer="lines")
    assert Counter(streets["highway"]) == {"residential": 8, "secondary": 2}
    hospital = gpd.read_file(file, layer="multipolygons").query(
        "type == 'multipolygon'").geometry.iloc[0]
    assert len(hospital.geoms) == 1
    assert len(hospital.geoms[0].interiors) == 1


def test_the_edits_fit_the_extract(made):
    root = ET.parse(made[0] / "osm" / "change.osc").getroot()
    assert [action.tag for action in root] == ["create", "modify", "delete"]
    nodes = {one.id: one.version for one in osmium.FileProcessor(
        str(made[0] / "osm" / "clinics.osm.pbf")) if one.is_node()}
    created, modified, deleted = (action.find("node") for action in root)
    assert int(created.get("id")) not in nodes
    for node in (modified, deleted):
        assert int(node.get("version")) == nodes[int(node.get("id"))] + 1
    known = {f"node/{node.get('id')}" for node in (modified, deleted)}
    assert not known & set(made[1]["clinic_list"]["true_value"])


def test_the_list_carries_each_variation(made):
    out, truth = made
    table = pd.read_csv(out / "clinic_list.csv",
                        keep_default_na=False).set_index("list_id")
    planted = truth["clinic_list"].set_index("record")
    assert sorted(table.index) == sorted(planted.index) and len(table) == 200
    for row in planted.itertuples():
        assert table.loc[row.Index, row.field] == row.found
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
    assert set(matched) < set(clinics(out)["osm"])


def test_only_what_stays_the_same_is_spelled_the_same(made):
    out, truth = made
    planted = truth["clinic_list"].query("true_value != ''")
    names = clinics(out).set_index("osm")[["name_fr", "name_ar"]]
    for row in planted.itertuples():
        same = row.found == names.loc[row.true_value, row.field]
        assert same == (row.kind == "same name"), row


def test_homonyms_are_in_another_governorate(made):
    out, truth = made
    table = pd.read_csv(out / "clinic_list.csv").set_index("list_id")
    planted = truth["clinic_list"].set_index("kind")
    osm = governorate_of(clinics(out), out)
    for row in planted.loc["homonym in another governorate"].itertuples():
        same = osm[(osm["name_fr"] == row.found)
                   | (osm["name_ar"] == table.loc[row.record, "name_ar"])]
        assert len(same)
        assert table.loc[row.record, "governorate"] not in set(
            same["governorate"])


def governorate_of(places, out):
    areas = gpd.read_file(out / "governorates.geojson").to_crs(32632)
    return places.sjoin(areas[["name_fr", "geometry"]].rename(
        columns={"name_fr": "governorate"})).drop(columns="index_right")


# The reference for E06: one careful way to match, to prove it can be done.
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
    def read(row):
        return [read_name(name) for name in (row.name_fr, row.name_ar)
                if isinstance(name, str) and name]

    found = {}
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
            found[row.list_id] = best
    return found


def test_names_can_be_matched_with_care(made):
    out, truth = made
    listed = pd.read_csv(out / "clinic_list.csv", keep_default_na=False)
    points = gpd.GeoSeries(gpd.points_from_xy(*(
        pd.to_numeric(listed[axis]) for axis in ("longitude", "latitude"))),
        crs=4326).to_crs(32632)
    listed["geometry"] = points.where(listed["latitude"] != "", None)
    osm = clinics(out)
    osm = osm[osm["amenity"].isin(["clinic", "hospital"])]
    found = match(listed, governorate_of(osm, out))
    true = truth["clinic_list"].set_index("record")["true_value"]
    right = sum(true[row] == osm_id for row, osm_id in found.items())
    assert right / len(found) >= 0.98
    assert right / (true != "").sum() >= 0.90
    homonyms = truth["clinic_list"].query(
        "kind == 'homonym in another governorate'")["record"]
    assert not set(homonyms) & set(found)


def test_equal_names_alone_match_badly(made):
    """A join on the name as written finds few and mixes up homonyms."""
    out, truth = made
    listed = pd.read_csv(out / "clinic_list.csv")
    joined = listed.merge(clinics(out)[["osm", "name_fr"]], on="name_fr")
    true = truth["clinic_list"].set_index("record")["true_value"]
    right = (true[joined["list_id"]].to_numpy() == joined["osm"]).sum()
    assert right / len(joined) < 0.5
    assert right / (true != "").sum() < 0.5
