"""The health-centre register: what is planted is there, and can be undone.

A second reading of the rules, `cleaned` below, must lead from the file as
received to the checkpoint: so no defect is without a remedy.
"""

import importlib
import re
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from tests.support import ROOT

METRIC = 32632
OTHER_SEED = 46  # renames a centre whose Arabic name was lost
LAYERS = ["health_centres_received", "health_centres_v2",
          "control_points", "type_reference"]
FILES = ["health_centres/received.csv",
         "health_centres/health_centres.geojson",
         "health_centres/health_centres_v2.geojson",
         "control_points.csv", "type_reference.csv"]
MISSING = ["", "-", "NULL"]


class World:
    """The files of one seed, read as the tests need them."""

    def __init__(self, out, seed):
        self.out, self.truth = out, {}
        for name in ("governorates", "sectors", "health_centres",
                     "control_points"):
            self.truth |= importlib.import_module(name).make(out, seed) or {}
        self.text = (out / FILES[0]).read_bytes().decode("cp1256")
        self.lines = self.text.split("\r\n")[:-1]
        self.first = gpd.read_file(out / FILES[1]).set_index("centre_id")
        self.second = gpd.read_file(out / FILES[2]).set_index("centre_id")
        self.sectors = gpd.read_file(out / "sectors.geojson")
        self.points = pd.read_csv(out / FILES[3], dtype=str)
        self.visits = pd.read_csv(out / FILES[4])

    def value(self, line, field):
        """What stands in a line under a field (or two neighbours)."""
        header = self.lines[0].split(";")
        values = self.lines[line - 1].split(";")
        return ";".join(values[header.index(name)]
                        for name in field.split(";"))


@pytest.fixture(scope="module")
def make_world(tmp_path_factory):
    sys.path.insert(0, str(ROOT / "data" / "make"))
    yield lambda seed: World(tmp_path_factory.mktemp("world"), seed)
    sys.path.remove(str(ROOT / "data" / "make"))


@pytest.fixture(scope="module")
def ours(make_world):
    return make_world(None)


@pytest.fixture(scope="module")
def other(make_world):
    return make_world(OTHER_SEED)


@pytest.fixture(scope="module", params=["ours", "other"])
def made(request):
    return request.getfixturevalue(request.param)


# --- one seed and another --------------------------------------------------

def test_the_same_seed_gives_the_same_bytes(ours, make_world):
    again = make_world(None)
    for file in FILES:
        assert (ours.out / file).read_bytes() == (
            again.out / file).read_bytes(), file
    for layer in LAYERS:
        pd.testing.assert_frame_equal(ours.truth[layer], again.truth[layer])


@pytest.mark.parametrize("layer", LAYERS)
def test_another_seed_plants_as_many_of_each_kind_elsewhere(
        ours, other, layer):
    here, there = ours.truth[layer], other.truth[layer]
    assert list(here.columns) == list(there.columns)
    assert here["kind"].value_counts().to_dict() == (
        there["kind"].value_counts().to_dict())
    assert list(here["found"]) != list(there["found"])


def test_another_seed_keeps_schema_and_numbers_of_rows(ours, other):
    assert ours.lines[0] == other.lines[0]
    assert len(ours.lines) == len(other.lines)
    for name in ("first", "second", "points", "visits"):
        here, there = getattr(ours, name), getattr(other, name)
        assert here.dtypes.to_dict() == there.dtypes.to_dict()
        assert len(here) == len(there)
        assert list(here.index) != list(there.index) or (
            not here.equals(there))


# --- as received -----------------------------------------------------------

def test_the_label_utf_8_is_wrong(ours):
    import health_centres
    said = health_centres.RESOURCES[0]
    assert "labelled UTF-8" in said["description"]
    with pytest.raises(UnicodeDecodeError):
        (ours.out / FILES[0]).read_text("utf-8")


def test_seven_per_cent_of_the_rows_are_swapped(made):
    rows = made.lines[1:-2]  # without header, totals row, empty record
    assert len(rows) == 500
    latitude = [made.value(n, "latitude").replace(",", ".")
                for n in range(2, 502)]
    swapped = [text for text in latitude
               if re.fullmatch(r"[\d.]+", text) and float(text) < 12]
    assert len(swapped) == 35


def test_every_planted_defect_stands_in_its_line(made):
    for defect in made.truth["health_centres_received"].itertuples():
        if defect.record == "file":
            continue
        line = int(defect.record.removeprefix("line "))
        if defect.field:
            found = made.value(line, defect.field)
            assert found != defect.true_value or found == "", defect
        else:
            found = made.lines[line - 1]
        assert found == defect.found, defect


def test_what_holds_for_the_whole_file_is_so(made):
    whole = made.truth["health_centres_received"].query("record == 'file'")
    assert set(whole["kind"]) == {"encoding_cp1256", "semicolon",
                                  "decimal_comma", "day_first_date"}
    for line in range(2, 502):
        assert made.value(line, "latitude;longitude").count(".") in (0, 2)
        assert re.fullmatch(r"\d\d/\d\d/\d{4}", made.value(line, "date_maj"))


def test_the_kind_of_a_defect_says_how_it_looks(made):
    looks = {
        "dms_coordinates": "[°NE]", "missing_position": "^(?:|NULL|-);",
        "lost_leading_zero": r"^\d{1,3}$", "trailing_space": " $",
        "two_digit_year": r"^\d\d-\d\d-\d\d$", "missing_null": "^NULL$",
        "missing_dash": "^-$", "missing_empty": "^$", "tatweel": "ـ",
        "thousands_blank": r"\d \d", "persian_heh": "ھ",
        "thousands_no_break_space": "\\d\u00a0\\d",
        "thousand_times_too_big": "^[1-9][0-9]{3,}000$",
        "heh_for_teh_marbuta": r"ه\b", "question_marks": r"\?\?",
        "alef_without_hamza": "اساسية|اريانة",
        "governorate_variant":
            "^(?:Ariana|Manouba|Kef|Kebili|Medenine)$",
    }
    planted = made.truth["health_centres_received"]
    for kind, pattern in looks.items():
        found = planted.loc[planted["kind"] == kind, "found"]
        assert len(found) and found.str.contains(pattern).all(), kind


def test_every_defect_has_a_rule_or_is_to_be_rejected(made):
    planted = made.truth["health_centres_received"]
    assert planted["remedy"].str.match("(rule|reject): ").all()
    rejected = planted[planted["remedy"].str.startswith("reject")]
    assert set(rejected["kind"]) == {
        "missing_position", "question_marks", "totals_row", "empty_record"}
    assert (rejected["true_value"] == "").all()


def test_no_field_has_two_defects(made):
    planted = made.truth["health_centres_received"]
    planted = planted[planted["record"] != "file"]
    assert not planted.duplicated(["record", "field"]).any()


def test_the_total_is_that_of_the_centres_and_of_the_country(made):
    table = cleaned(made, with_rejected=True)
    for field, column in (("lits", "beds"), ("personnel", "staff"),
                          ("population_desservie", "population_served")):
        total = made.value(502, field).replace(" ", "")
        assert int(total) == table[column].sum()
    assert table["population_served"].sum() == 11_972_169


def test_a_telephone_cannot_be_called_and_belongs_to_one_centre(made):
    table = cleaned(made, with_rejected=True)
    assert table["phone"].str.match(r"00 \d{3} \d{3}$").all()
    assert table["phone"].is_unique


# --- the checkpoint --------------------------------------------------------

def test_the_documented_rules_lead_to_the_checkpoint(made):
    mine = cleaned(made).drop(columns=["phone", "code"])
    theirs = pd.DataFrame(made.first.drop(columns="geometry"))
    theirs["latitude"] = made.first.geometry.y
    theirs["longitude"] = made.first.geometry.x
    for name in ("opened", "updated"):  # readers differ in their unit
        mine[name] = mine[name].astype("datetime64[s]")
        theirs[name] = theirs[name].astype("datetime64[s]")
    theirs["name_ar"] = theirs["name_ar"].fillna("")
    mine = mine.sort_index()[list(theirs.columns)]
    pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, rtol=0,
                                  atol=1e-9)


def test_no_defect_is_left_in_the_checkpoint(made):
    columns = {"nom": "name_fr", "الاسم": "name_ar", "lits": "beds",
               "personnel": "staff", "date_ouverture": "opened",
               "population_desservie": "population_served"}
    text = (made.out / FILES[1]).read_text("utf-8")
    ids = set(made.first.index)
    planted = made.truth["health_centres_received"]
    lost = set(planted.loc[planted["kind"] == "missing_position",
                           "centre_id"])
    assert len(lost) == 6 and not lost & ids
    for defect in planted.itertuples():
        if defect.field not in columns or defect.centre_id in lost:
            continue
        value = made.first.at[defect.centre_id, columns[defect.field]]
        if defect.true_value == "":
            assert pd.isna(value), defect
        elif defect.field == "date_ouverture":
            assert str(value)[:10] == defect.true_value, defect
        elif isinstance(value, str):
            assert value == defect.true_value, defect
        else:
            assert value == int(defect.true_value), defect
    for left in ("ـ", "ھ", "??", "NULL", "\u00a0", "TOTAL"):
        assert left not in text, left
    assert not re.search(r'ه["\s،]', text)


def test_each_centre_stands_in_its_sector(made):
    for layer in (made.first, made.second):
        joined = layer.sjoin(made.sectors, how="left")
        assert len(joined) == len(layer)
        assert (joined["sector_id_left"] == joined["sector_id_right"]).all()
        assert (joined["iso_3166_2_left"]
                == joined["sector_id_left"].str[:5]).all()


def test_every_sector_has_a_centre_and_large_ones_have_more(made):
    people = made.sectors.set_index("sector_id")["population"]
    for layer in (made.first, made.second):
        number = layer["sector_id"].value_counts().reindex(people.index)
        assert number.min() >= 1
        assert np.corrcoef(number, people)[0, 1] > 0.9


def test_identifiers_and_names_are_told_apart(made):
    for layer in (made.first, made.second):
        assert layer.index.is_unique
        assert layer.index.str.fullmatch(r"HC-\d{4}").all()
        assert not layer.duplicated(["name_fr", "sector_id"]).any()
        assert layer["name_fr"].str.contains(" fictif ").all()
        assert layer["name_ar"].dropna().str.contains(" وهمي ").all()
        assert not layer["name_ar"].dropna().str.contains("[A-Za-z]").any()


def test_each_governorate_has_a_regional_hospital(made):
    hospitals = made.first[made.first["type"] == "HR"]
    assert sorted(hospitals["iso_3166_2"]) == sorted(
        made.sectors["iso_3166_2"].unique())
    assert (made.first.loc[made.first["type"] == "CSB", "beds"]
            .dropna() == 0).all()


def test_dates_are_in_order(made):
    opened = pd.to_datetime(made.first["opened"])
    assert opened.min() >= pd.Timestamp("1950-01-01")
    updated = pd.to_datetime(made.first["updated"])
    assert (opened.dropna() < updated[opened.notna()]).all()
    assert updated.max() < pd.Timestamp("2021-12-02")


# --- version 2 -------------------------------------------------------------

def test_the_planted_changes_are_the_difference(made):
    kinds = {kind: set(rows["record"]) for kind, rows
             in made.truth["health_centres_v2"].groupby("kind")}
    old, new = made.first, made.second
    assert kinds["added"] == set(new.index) - set(old.index)
    assert kinds["removed"] == set(old.index) - set(new.index)
    both = old.index.intersection(new.index)
    old, new = old.loc[both], new.loc[both]
    away = new.to_crs(METRIC).distance(old.to_crs(METRIC))
    assert kinds["moved"] == set(both[away > 10])
    assert kinds["moved less than 10 m"] == set(
        both[(away > 0.01) & (away <= 10)])
    assert kinds["renamed"] == set(both[new["name_fr"] != old["name_fr"]])
    others = new.columns.difference(
        ["name_fr", "name_ar", "geometry", "updated"])
    pd.testing.assert_frame_equal(pd.DataFrame(new[others]),
                                  pd.DataFrame(old[others]))


def test_no_move_is_near_the_limit_of_10_m(made):
    changes = made.truth["health_centres_v2"]
    metres = changes["distance_m"].replace("", np.nan).astype(float).dropna()
    assert ((metres < 8) | (metres > 14)).all()


def test_every_change_stands_in_both_files(made):
    first = (made.out / FILES[1]).read_text("utf-8").splitlines()
    second = (made.out / FILES[2]).read_text("utf-8").splitlines()
    for row in made.truth["health_centres_v2"].itertuples():
        for lines, text in ((second, row.found), (first, row.true_value)):
            line = [line for line in lines if f'"{row.record}"' in line]
            assert len(line) == (1 if text else 0), row
            assert all(text in found for found in line), row


def test_a_renamed_centre_has_a_new_name_in_both_languages(made):
    changes = made.truth["health_centres_v2"]
    for number in changes.loc[changes["kind"] == "renamed", "record"]:
        old, new = made.first.loc[number], made.second.loc[number]
        assert pd.isna(old["name_ar"]) or old["name_ar"] != new["name_ar"]


def test_what_had_no_position_is_located_in_version_2(made):
    planted = made.truth["health_centres_received"]
    rejected = set(planted.loc[planted["kind"] == "missing_position",
                               "centre_id"])
    assert rejected < set(made.second.index)


# --- control points and types ----------------------------------------------

def test_control_points_are_at_the_register_s_positions(made):
    table = made.points
    assert len(table) == 20 and table["centre_id"].is_unique
    places = made.first.to_crs(METRIC).geometry[table["centre_id"]]
    assert np.abs(places.x.to_numpy()
                  - table["x_register"].astype(float)).max() < 0.006
    assert np.abs(places.y.to_numpy()
                  - table["y_register"].astype(float)).max() < 0.006
    assert made.first.loc[table["centre_id"], "iso_3166_2"].is_unique


def test_the_planted_shift_and_gross_error_are_there(made):
    planted = made.truth["control_points"].set_index("kind")
    gross = planted.loc["gross_error"]
    table = made.points.set_index("point_id")
    bad = table.loc[gross["record"]]
    assert gross["found"] == f"{bad['x_register']},{bad['y_register']}"
    assert gross["true_value"] == f"{bad['x_control']},{bad['y_control']}"
    numbers = table.drop(columns=["centre_id", "name"]).astype(float)
    error = pd.DataFrame({
        axis: numbers[f"{axis}_register"] - numbers[f"{axis}_control"]
        for axis in "xy"})
    length = np.hypot(error["x"], error["y"])
    assert length.idxmax() == gross["record"] and length.max() > 100
    good = error.drop(gross["record"])
    assert np.hypot(good["x"], good["y"]).max() < 35
    shift = planted.loc["systematic_shift"].set_index("field")["true_value"]
    for axis in "xy":
        assert good[axis].mean() == pytest.approx(
            float(shift[f"{axis}_register"]), abs=0.01)
        assert 1 < good[axis].std() < 4.5


def test_the_planted_confusion_matrix_is_that_of_the_sample(made):
    import control_points
    visits = made.visits
    matrix = pd.crosstab(visits["type_register"], visits["type_found"])
    wanted = pd.DataFrame(control_points.CONFUSION).T
    pd.testing.assert_frame_equal(
        matrix.loc[wanted.index, wanted.columns], wanted,
        check_names=False)
    assert len(visits) == 80 and visits["centre_id"].is_unique
    assert (made.first.loc[visits["centre_id"], "type"].to_numpy()
            == visits["type_register"]).all()
    wrong = visits[visits["type_register"] != visits["type_found"]]
    planted = made.truth["type_reference"]
    assert list(planted["record"]) == list(wrong["visit_id"])
    assert list(planted["found"]) == list(wrong["type_register"])
    assert list(planted["true_value"]) == list(wrong["type_found"])


# --- the rules of health_defects.REMEDY, read by somebody else -------------

def cleaned(world, with_rejected=False):
    """The file as received after the rules; missing numbers are NaN."""
    header, *rows = [line.split(";") for line in world.lines]
    table = pd.DataFrame(rows, columns=header)
    table = table.apply(lambda column: column.str.strip())
    table = table[table["code_centre"] != ""]  # totals row, empty record
    table["code_centre"] = table["code_centre"].str.zfill(4)
    table = table.drop_duplicates("code_centre").drop_duplicates("téléphone")
    places = [position(*pair) for pair in zip(
        table["latitude"], table["longitude"])]
    people = number(table["population_desservie"])
    most = table["secteur"].map(
        world.sectors.set_index("sector_id")["population"])
    clean = pd.DataFrame({
        "centre_id": "HC-" + table["code_centre"],
        "code": table["code_centre"],
        "name_fr": table["nom"], "name_ar": table["الاسم"].map(arabic),
        "type": table["type"], "sector_id": table["secteur"],
        "iso_3166_2": table["gouvernorat"].map(iso_codes()),
        "opened": table["date_ouverture"].map(date),
        "updated": table["date_maj"].map(date),
        "beds": number(table["lits"]), "staff": number(table["personnel"]),
        "population_served": people.where(people <= most, people / 1000),
        "status": table["statut"], "phone": table["téléphone"],
        "latitude": [lat for lat, _ in places],
        "longitude": [lon for _, lon in places],
    }).set_index("centre_id")
    return clean if with_rejected else clean.dropna(subset="latitude")


def position(latitude, longitude):
    if latitude in MISSING:
        return np.nan, np.nan
    pair = degrees(latitude), degrees(longitude)
    return max(pair), min(pair)


def degrees(text):
    parts = re.findall(r"\d+(?:[.,]\d+)?", text)
    parts = [float(part.replace(",", ".")) for part in parts]
    return round(sum(part / 60 ** n for n, part in enumerate(parts)), 6)


def number(column):
    bare = column.replace(MISSING, None).str.replace(r"\s", "", regex=True)
    return bare.astype(float)


def date(text):
    if text in MISSING:
        return pd.NaT
    day, month, year = re.split("[-/]", text)
    if len(year) == 2:
        year = ("19" if int(year) >= 50 else "20") + year
    return pd.Timestamp(f"{year}-{month}-{day}")


def arabic(name):
    if "?" in name:
        return ""
    name = name.replace("ـ", "").replace("ھ", "ه")
    name = re.sub(r"ه\b", "ة", name)
    for word in ("أساسية", "أريانة"):
        name = name.replace(word.replace("أ", "ا"), word)
    return name


def iso_codes():
    table = pd.read_csv(
        ROOT / "data" / "received" / "governorates.csv")
    return {name: code for language in ("name_en", "name_fr")
            for name, code in zip(table[language], table["iso_3166_2"])}
