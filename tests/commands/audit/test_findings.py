"""Each finding about the content: there on a damaged table, and not on its
undamaged twin. All data are fictional."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image

from commands.audit.findings import country, findings
from commands.audit.model import CODES, Source
from commands.spelling import folded
from helpers import data
from helpers.errors import CourseError

TUNISIA = country("TN")
COUNT = 12


def table(**columns) -> pd.DataFrame:
    """Twelve clean records as a CSV has them: all is text."""
    return pd.DataFrame({
        "point_id": [f"PT-{n:02d}" for n in range(1, COUNT + 1)],
        "name": [f"Puits numéro {n}" for n in range(COUNT)],
        "name_ar": [f"بئر وهمية {'ابتثجحخدذرزس'[n]}" for n in range(COUNT)],
        "depth_m": [str(10 + 7 * n % 31) for n in range(COUNT)],
        "visited": [f"2021-{n + 1:02d}-17" for n in range(COUNT)],
        "lon": [f"{9.1 + n / 20:.4f}" for n in range(COUNT)],
        "lat": [f"{35.1 + n / 30:.4f}" for n in range(COUNT)],
    } | columns)


def points(crs=4326, **columns) -> gpd.GeoDataFrame:
    """The same records as a layer of points."""
    records = table(**columns)
    x, y = records["lon"].astype(float), records["lat"].astype(float)
    records["depth_m"] = records["depth_m"].astype(int)
    return gpd.GeoDataFrame(
        records.drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(x, y), crs=crs)


def squares(count=12) -> gpd.GeoDataFrame:
    """A division of land: squares of 1 km, four in a row, in metres."""
    at = np.arange(count)
    west, south = 500_000 + 1000 * (at % 4), 3_900_000 + 1000 * (at // 4)
    return gpd.GeoDataFrame(
        {"zone_id": [f"Z-{n:02d}" for n in at],
         "zone": [f"Zone fictive {n}" for n in at],
         "people": 100 + 13 * at},
        geometry=shapely.box(west, south, west + 1000, south + 1000),
        crs=32632)


def governorates() -> pd.DataFrame:
    """The 24, one per row."""
    listed = pd.read_csv(data.path("governorate_table"), dtype=str)
    return listed[["iso_3166_2", "name_fr", "pop_2014"]]


def audited(layer, kind="CSV", name=None, path="fictional.csv",
            place=TUNISIA, x=None, y=None):
    source = Source(Path(path), name, kind, layer, x=x, y=y)
    return {one.code: one for one in findings(source, place)}


def serious(found) -> set[str]:
    return {code for code, one in found.items() if one.severity != "note"}


def change(column, *changes):
    """A damage: other values at some rows (0 = first)."""
    def damage(layer):
        values = layer[column].astype(object)
        for at, value in changes:
            values.iloc[at] = value
        return layer.assign(**{column: values})
    return damage


def edit(column, function, rows=slice(None)):
    """A damage: values changed by a function, at some rows."""
    def damage(layer):
        values = layer[column].astype(object)
        values.iloc[rows] = values.iloc[rows].map(function)
        return layer.assign(**{column: values})
    return damage


def added(*rows):
    """A damage: records added at the end."""
    return lambda layer: pd.concat(
        [layer, pd.DataFrame(list(rows)).reindex(columns=layer.columns)],
        ignore_index=True).fillna("")


def moved(at, x, y):
    def damage(layer):
        shapes = layer.geometry.copy()
        shapes.iloc[at] = shapely.Point(x, y)
        return layer.set_geometry(shapes)
    return damage


def shaped(at, *shapes):
    """A damage: other shapes, from a row on."""
    def damage(layer):
        values = layer.geometry.copy()
        for n, shape in enumerate(shapes):
            values.iloc[at + n] = shape
        return layer.set_geometry(values)
    return damage


def swapped(rows):
    def damage(layer):
        shapes = layer.geometry.copy()
        shapes.iloc[rows] = gpd.points_from_xy(
            layer.geometry.y.iloc[rows], layer.geometry.x.iloc[rows])
        return layer.set_geometry(shapes)
    return damage


BOX = shapely.box(500_000, 3_900_000, 501_000, 3_901_000)
BOW_TIE = shapely.Polygon([(500_000, 3_900_000), (501_000, 3_901_000),
                           (501_000, 3_900_000), (500_000, 3_901_000)])
THREAD = shapely.box(500_000, 3_900_000, 501_000, 3_900_001)
# Code, the clean layer, its format, the damage, the rows that must be named
# (1 = first; None: the file as a whole).
CASES = [
    ("rows-empty", table, "CSV", added({"name": ""}), [13]),
    ("rows-duplicate", table, "CSV", lambda layer: pd.concat(
        [layer, layer.iloc[[4]]], ignore_index=True), [13]),
    ("rows-duplicate", points, "GPKG", lambda layer: pd.concat(
        [layer, layer.iloc[[4]]], ignore_index=True), [13]),
    ("column-empty", table, "CSV", edit("depth_m", lambda _: ""), None),
    ("column-constant", table, "CSV", edit("depth_m", lambda _: "7"), None),
    ("numbers-as-text", table, "CSV", change("depth_m", (2, "1 234"),
                                             (5, "12 m")), [3, 6]),
    ("numbers-as-text", table, "CSV", change("depth_m", (1, "١٢")), [2]),
    ("numbers-as-text", points, "GPKG",
     edit("depth_m", lambda one: f"{one}.5"), list(range(1, 13))),
    ("dates-as-text", table, "CSV", edit(
        "visited", lambda text: "/".join(reversed(text.split("-")))),
     list(range(1, 13))),
    ("dates-as-text", table, "CSV", change("visited", (3, "17/04/2021")),
     [4]),
    ("totals-row", table, "CSV", added({"name": "TOTAL", "depth_m": "253"}),
     [13]),
    ("totals-row", squares, "GPKG", change("zone", (11, "المجموع")), [12]),
    ("notes-row", table, "CSV", added({"name": "Source : relevé fictif"}),
     [13]),
    ("na-as-null", table, "CSV", change("name", (6, "NA"), (8, "null")),
     [7, 9]),
    ("identifier-repeated", table, "CSV", change("point_id", (6, "PT-02")),
     [7]),
    ("text-mojibake", table, "CSV", edit(
        "name", lambda text: text.encode().decode("cp1252")),
     list(range(1, 13))),
    ("text-mojibake", table, "CSV", edit(
        "name_ar", lambda text: text.encode("cp1256").decode("cp1252"),
        [0, 2]), [1, 3]),
    ("text-mojibake", table, "CSV", edit(
        "name_ar", lambda text: text.encode().decode("cp1256", "replace"),
        [1]), [2]),
    ("text-destroyed", table, "CSV", change("name_ar", (0, "??? ?????")),
     [1]),
    ("text-destroyed", table, "CSV", change("name", (3, "M\ufffddenine"),
                                            (4, "B?ja")), [4, 5]),
    ("text-persian", table, "CSV", edit(
        "name_ar", lambda text: text.replace("ي", "\u06cc"), [5]), [6]),
    ("text-tatweel", table, "CSV", change("name_ar", (5, "بئـــر")), [6]),
    ("text-spaces", table, "CSV", change(
        "name", (0, "Puits "), (1, "Puits  1"), (2, "Puits\u00a02")),
     [1, 2, 3]),
    ("text-control", table, "CSV", change("name", (7, "a\u202eb"),
                                          (8, "a\x0bb")), [8, 9]),
    ("text-decomposed", table, "CSV", change("name", (7, "nume\u0301ro")),
     [8]),
    ("text-html", table, "CSV", change("name", (7, "<b>Puits</b> 7")), [8]),
    ("crs-missing", points, "GPKG", lambda layer: layer.set_crs(
        None, allow_override=True), None),
    ("crs-missing", points, "SHP", lambda layer: layer.to_crs(
        22391).set_crs(None, allow_override=True), None),
    ("crs-wrong", points, "GPKG", lambda layer: layer.to_crs(
        32632).set_crs(22391, allow_override=True), None),
    ("crs-wrong", points, "GeoJSON", lambda layer: layer.to_crs(
        32632).set_crs(4326, allow_override=True), None),
    ("axes-swapped", points, "GPKG", swapped(range(12)),
     list(range(1, 13))),
    ("axes-swapped-rows", points, "GPKG", swapped([2, 9]), [3, 10]),
    ("coordinates-zero", points, "GPKG", moved(3, 0, 0), [4]),
    ("coordinates-outside", points, "GPKG", moved(3, 2.35, 48.85), [4]),
    ("coordinates-dms", table, "CSV", change("lat", (4, "35°14'00\"N"),
                                             (6, "N 35 14 00")), [5, 7]),
    ("coordinates-text", table, "CSV", change("lat", (4, "n.c.")), [5]),
    ("coordinates-missing", table, "CSV", lambda layer: change(
        "lon", (4, ""))(change("lat", (4, ""))(layer)), [5]),
    ("coordinates-precision", points, "GeoJSON",
     moved(3, 9.123456789012, 35.2), None),
    ("geometry-invalid", squares, "GPKG", shaped(0, BOW_TIE), [1]),
    ("geometry-sliver", squares, "GPKG", shaped(0, THREAD), [1]),
    ("geometry-overlap", squares, "GPKG", shaped(
        0, BOX.buffer(-1).union(shapely.box(
            500_500, 3_900_100, 501_200, 3_900_400))), [1, 2]),
    ("geometry-gap", squares, "GPKG", shaped(
        5, shapely.box(501_000, 3_901_000, 501_900, 3_902_000).difference(
            shapely.box(501_700, 3_901_200, 501_900, 3_901_800))), None),
    ("geometry-repeated-total", squares, "GPKG", lambda layer: change(
        "zone_id", (3, "Z-02"))(change("zone", (3, "Zone fictive 2"))(
            layer)).assign(people=[100, 113, 126, 126, *range(8)]), [3, 4]),
    ("geometry-mixed", points, "GeoJSON", shaped(
        3, shapely.box(9.2, 35.2, 9.3, 35.3)), [4]),
    ("geometry-empty", points, "GPKG", shaped(3, None, shapely.Point()),
     [4, 5]),
    ("codes-mixed", governorates, "CSV", change(
        "iso_3166_2", (7, "TN31")), [8]),
    ("codes-unknown", governorates, "CSV", change(
        "iso_3166_2", (7, "TN-99")), [8]),
    ("codes-contradict", governorates, "CSV", edit(
        "iso_3166_2", lambda code: code.replace("-", "")), None),
    ("names-misspelt", governorates, "CSV", change(
        "name_fr", (7, "Beja"), (3, "Mannouba"), (21, "Gabe\u0300s")),
     [4, 8, 22]),
    ("codes-variants", lambda: table(state=["Actif"] * 6 + ["Fermé"] * 6),
     "CSV", change("state", (2, "ACTIF"), (8, "ferme")), [3, 9]),
    ("units-missing", governorates, "CSV",
     lambda layer: layer.drop(index=9), None),
    ("personal-phone", table, "CSV", change(
        "name", (2, "Puits, tél. 00 123 456")), [3]),
    ("personal-phone", table, "CSV", change(
        "name", (2, "+216 00 123 456")), [3]),
    ("personal-email", table, "CSV", change(
        "name", (2, "ines.fictive@example.org")), [3]),
    ("personal-email", table, "CSV", change(
        "name", (2, "service.eau@gmail.com")), [3]),
]


@pytest.mark.parametrize("code, clean, kind, damage, rows", CASES, ids=[
    f"{code}-{kind}-{at}" for at, (code, _, kind, *_) in enumerate(CASES)])
def test_a_damage_is_found_in_its_rows_and_not_on_the_twin(
        code, clean, kind, damage, rows):
    assert code not in audited(clean(), kind)
    found = audited(damage(clean()), kind)
    assert code in found, sorted(found)
    if rows is not None:
        assert found[code].rows == rows
        assert found[code].count == len(rows) or code == "geometry-overlap"


@pytest.mark.parametrize("clean, kind", [
    (table, "CSV"), (points, "GPKG"), (points, "GeoJSON"), (squares, "GPKG"),
    (governorates, "CSV")])
def test_a_clean_layer_has_notes_about_openness_alone(clean, kind):
    found = audited(clean(), kind)
    assert {one.group for one in found.values()} <= {"openness"}
    assert serious(found) == set()


# --- findings that need more than one changed value -------------------------

def added_column(name, values):
    return table(**{name: values})


@pytest.mark.parametrize("code, name, values, twin", [
    ("zeros-lost", "code_postal", ["0101", "102", "0307", "1240"] * 3,
     ["0101", "0102", "0307", "1240"] * 3),
    ("missing-coded", "people", ["-999", "120", "340"] * 4,
     ["-999", "-120", "340"] * 4),
    ("dates-impossible", "opened",
     ["31/02/2021", "1/02/2021", "28/02/2021"] * 4, ["28/02/2021"] * 12),
    ("codes-exponent", "code", ["1.2E+07", "12345678"] * 6,
     ["12345679", "12345678"] * 6),
    ("personal-phone", "telephone", [f"00 1{n:02d} 456" for n in range(12)],
     [""] * 11 + ["non"]),
    ("personal-name", "nom_prenom", ["Ines Fictive", "Ali Inventé"] * 6,
     ["12", "13"] * 6),
    ("personal-identity", "cin", [f"0000{n:04d}" for n in range(12)],
     ["oui", "non"] * 6),
])
def test_a_column_is_found(code, name, values, twin):
    assert code in audited(added_column(name, values))
    assert code not in audited(added_column(name, twin))


def test_codes_that_only_count_have_lost_no_zeros():
    counted = [str(n) for n in range(1, COUNT + 1)]
    assert "zeros-lost" not in audited(added_column("code", counted))


def test_a_place_outside_the_stated_governorate_is_named():
    towns = gpd.read_file(data.path("chief_towns"))
    layer = towns[["iso_3166_2", "name_fr", "geometry"]]
    assert "coordinates-unit" not in audited(layer, "GPKG")
    exchanged = layer.set_geometry(layer.geometry.iloc[[
        20, *range(1, 20), 0, 21, 22, 23]].to_numpy(), crs=4326)
    assert audited(exchanged, "GPKG")["coordinates-unit"].rows == [1, 21]


def test_the_producer_of_exchanged_axes_is_named():
    layer = points(producer=["A", "B", "C"] * 4)
    found = audited(swapped(range(1, 12, 3))(layer), "GPKG")
    assert "'producer' 'B'" in found["axes-swapped-rows"].says


@pytest.mark.parametrize("crs", [3857, 32632, 22391])
def test_the_suspect_that_fits_is_proposed(crs):
    towns = gpd.read_file(data.path("chief_towns"))[["name_fr", "geometry"]]
    lost = towns.to_crs(crs).set_crs(None, allow_override=True)
    repair = audited(lost, "GPKG")["crs-missing"].repair
    assert f'"EPSG:{crs}"' in repair


def test_a_code_of_ins_read_as_iso_is_told_by_the_names():
    listed = governorates()
    other = pd.read_csv(data.path("governorate_table"), dtype=str)
    wrong = listed.assign(iso_3166_2="TN-" + other["ins_code"])
    found = audited(wrong)["codes-contradict"]
    same = (other["ins_code"] == other["iso_3166_2"].str[3:]).sum()
    lost = ~wrong["iso_3166_2"].isin(listed["iso_3166_2"])
    assert found.count == 24 - same - lost.sum()
    assert "by the other system they agree" in found.says


def test_three_samples_and_the_code_page_are_proposed():
    found = audited(edit("name", lambda text: text.encode().decode(
        "cp1252"))(table()))["text-mojibake"]
    assert "utf-8 that was read as cp1252" in found.says
    assert found.says.count("→") == 3
    assert "Puits numéro 0" in found.says


def test_a_photo_that_says_where_is_found(tmp_path):
    photo = Image.new("RGB", (2, 2))
    photo.save(tmp_path / "plain.jpg")
    exif = photo.getexif()
    exif.get_ifd(0x8825)[1] = "N"  # GPSInfo, its latitude's reference
    photo.save(tmp_path / "placed.jpg", exif=exif)
    for name, there in (("plain.jpg", False), ("placed.jpg", True)):
        layer = table(photo=[name] + ["none.jpg"] * 11)
        found = audited(layer, path=str(tmp_path / "a.csv"))
        assert ("personal-exif" in found) == there


def test_a_track_with_times_is_found():
    layer = points().assign(time=pd.Timestamp("2021-12-02"))
    assert "personal-trace" in audited(layer, "GPX", "track_points")
    assert "personal-trace" not in audited(layer, "GPX", "waypoints")


def test_no_personal_value_is_shown_whole():
    found = audited(change("name", (2, "+216 00 123 456"))(table()))
    said = repr(found["personal-phone"])
    assert "123" not in said and "456" not in said


def test_an_address_of_a_service_is_no_person():
    layer = change("name", (2, "contact@example.org"))(table())
    assert "personal-email" not in audited(layer)


@pytest.mark.parametrize("text, code", [
    ("Licence: CC-BY-NC-4.0. About fictional.csv", "licence-closed"),
    ("Licence: CC BY 4.0. About fictional.csv", None),
    ("About fictional.csv", "licence-missing")])
def test_the_licence_beside_the_file_is_read(tmp_path, text, code):
    (tmp_path / "README.md").write_text(text)
    found = audited(table(), path=str(tmp_path / "fictional.csv"))
    assert "metadata-missing" not in found
    assert {one for one in found if one.startswith("licence")} == (
        {code} if code else set())


@pytest.mark.parametrize("kind, code", [
    ("XLS", "format-closed"), ("Shapefile", "format-lossy")])
def test_a_format_that_closes_or_cuts_is_a_note(kind, code):
    assert audited(table(), kind)[code].severity == "note"


def test_without_a_country_places_and_units_are_not_compared():
    far = moved(3, 2.35, 48.85)(points())
    assert "coordinates-outside" not in audited(far, "GPKG", place=None)
    wrong = change("name_fr", (7, "Beja"))(governorates())
    assert "names-misspelt" not in audited(wrong, place=None)


def test_zones_within_zones_are_no_overlap():
    zones = gpd.GeoDataFrame(
        {"years": [20, 100]}, geometry=[BOX, BOX.buffer(500)], crs=32632)
    assert "geometry-overlap" not in audited(zones, "GPKG")


def test_a_country_that_the_course_does_not_know_is_refused():
    with pytest.raises(CourseError, match="Give --country none"):
        country("FR")


def test_each_code_of_the_content_is_tried_here():
    text = Path(__file__).read_text(encoding="utf-8")
    assert not [code.code for code in CODES if code.by == "content"
                and f'"{code.code}"' not in text]


@pytest.mark.parametrize("one, other", [
    ("  Le KEF ", "El Kef"), ("L’Ariana", "ariana"), ("MÉDENINE",
                                                      "Medenine"),
    ("الكاف", "كاف"), ("قفصه", "قفصة"), ("سيدي بوزيد", "سیدي بوزید")])
def test_spellings_of_one_name_fold_to_one(one, other):
    assert folded(one) == folded(other)
    assert folded(one) != folded("Gabès")


def test_no_other_finding_shows_a_value_about_a_person():
    layer = table(nom_prenom=[f"Ines Inventée{'x' * n} " for n in range(12)])
    layer = pd.concat([layer, layer.iloc[[3]]], ignore_index=True)
    source = Source(Path("a.csv"), None, "CSV", layer)
    found = findings(source, TUNISIA)
    assert {"personal-name", "text-spaces", "rows-duplicate"} <= {
        one.code for one in found}
    assert "Inventée" not in repr(found)


def test_columns_of_one_name_and_names_that_are_numbers_are_audited():
    layer = table()
    layer.columns = ["a", "a", 3, "depth_m", "depth_m", "lon", "lat"]
    assert serious(audited(layer)) == set()


def test_what_is_no_record_has_no_coordinates_to_miss():
    layer = added({"name": "Total"}, {"name": "Note : relevé fictif"},
                  {"name": ""})(table())
    found = audited(layer)
    assert {"totals-row", "notes-row", "rows-empty"} <= set(found)
    assert "coordinates-missing" not in found
