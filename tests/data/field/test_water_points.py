"""The register of water points, and the submissions of the field teams."""

import re
import xml.etree.ElementTree as ET

import geopandas as gpd

from tests.data.worlds import METRIC


def test_water_points_lie_in_their_rural_sectors(world):
    points = world.layer("water_points")
    areas = world.layer("sectors")
    assert len(points) == 180 and points["water_point_id"].is_unique
    joined = points.sjoin(areas, how="left")
    assert (joined["sector_id_left"] == joined["sector_id_right"]).all()
    density = areas.set_index("sector_id")["population"] / areas.to_crs(
        METRIC).set_index("sector_id").area
    assert (density[points["sector_id"]] < density.median()).all()


def test_a_water_point_has_the_measure_of_its_type(world):
    points = world.layer("water_points")
    deep = points["type"].isin(["forage", "puits"])
    assert (points["depth_m"].notna() == deep).all()
    assert (points["flow_l_s"].notna() == ~deep).all()
    assert set(points["working"]) == {"yes", "no"}


def test_the_register_has_no_personal_data(world):
    text = world.path("water_points").read_text("utf-8")
    found = world.truth("water_point_submissions").set_index("kind")["found"]
    for kind in ("name of a person", "phone number", "device id",
                 "phone number in a comment"):
        for value in found[kind]:
            assert value not in text
    assert not re.search(r"\b00 \d{3} \d{3}\b", text)


def test_each_defect_of_the_submissions_is_in_its_row(world):
    lines = world.path("water_point_submissions").read_text(
        "utf-8").splitlines()
    for defect in world.truth("water_point_submissions").itertuples():
        rows = ([lines[int(defect.record[5:]) - 1]]
                if defect.record.startswith("line ")
                else [line for line in lines if defect.record in line])
        assert rows, defect
        assert all(defect.found in row for row in rows), defect
        assert defect.true_value == "", "to be removed, not to be guessed"


def test_defects_of_the_submissions_are_all_and_only_those_stated(world):
    table = world.table("water_point_submissions")
    planted = world.truth("water_point_submissions")
    assert len(table) == 60
    stated = planted.groupby("kind")["record"].apply(list).to_dict()
    once = table.drop_duplicates("meta-instanceID")
    lat, lon, accuracy = (
        once[f"location-{part}"].astype(float)
        for part in ("Latitude", "Longitude", "Accuracy"))
    zero = (lat == 0) & (lon == 0)
    outside = ~zero & ~(lon.between(7, 12) & lat.between(30, 38))

    def keys(rows):
        return sorted(once.loc[rows, "KEY"])

    assert keys(accuracy > 50) == sorted(stated["accuracy worse than 50 m"])
    assert keys(zero) == sorted(stated["zero coordinates"])
    assert keys(outside) == sorted(stated["outside the country"])
    assert keys(once["guard-guard_phone"] != "") == sorted(
        stated["phone number"])
    assert keys(once["comment"] != "") == sorted(
        stated["phone number in a comment"])
    again = table.index[table.duplicated("meta-instanceID")]
    assert [f"line {row + 2}" for row in again] == stated["sent twice"]
    copies = table[table.duplicated("meta-instanceID", keep=False)]
    assert len(copies.drop(columns="SubmissionDate").drop_duplicates()) == 4


def test_good_submissions_lie_at_their_water_point(world):
    planted = world.truth("water_point_submissions")
    bad = planted.loc[planted["field"].str.startswith("location"), "record"]
    table = world.table("water_point_submissions")
    good = table[~table["KEY"].isin(bad)]
    assert good["KEY"].nunique() == 46
    places = world.layer("water_points").to_crs(
        METRIC).set_index("water_point_id")
    fixes = gpd.GeoSeries(gpd.points_from_xy(
        good["location-Longitude"], good["location-Latitude"]),
        crs=4326).to_crs(METRIC)
    there = places.geometry.loc[good["point-water_point_id"]]
    assert (fixes.distance(there, align=False) < 13).all()
    assert list(places["inspected"].astype(str).str[:10].loc[
        good["point-water_point_id"]]) == list(good["start"].str[:10])


def test_submissions_in_xml_say_what_the_export_says(world):
    table = world.table("water_point_submissions")
    table = table.drop_duplicates("KEY").set_index("KEY")
    people = 0
    for number in (1, 2, 3):
        root = ET.parse(
            world.path(f"water_point_submission_{number}")).getroot()
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
