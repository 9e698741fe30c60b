"""The register of health centres: what can be known from the file received.

A second reading of the rules, `cleaned`, must lead from that file to the
checkpoint: so no defect is without a remedy.
"""

import re

import numpy as np
import pandas as pd

from tests.data.health.cleaning import cleaned
from tests.data.worlds import of_kind


def test_the_documented_rules_lead_to_the_checkpoint(register):
    mine = cleaned(register).drop(columns=["phone", "code"])
    theirs = pd.DataFrame(register.first.drop(columns="geometry"))
    theirs["latitude"] = register.first.geometry.y
    theirs["longitude"] = register.first.geometry.x
    for name in ("opened", "updated"):  # readers differ in their unit
        mine[name] = mine[name].astype("datetime64[s]")
        theirs[name] = theirs[name].astype("datetime64[s]")
    theirs["name_ar"] = theirs["name_ar"].fillna("")
    mine = mine.sort_index()[list(theirs.columns)]
    pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, rtol=0,
                                  atol=1e-9)


def test_no_defect_is_left_in_the_checkpoint(register):
    columns = {"nom": "name_fr", "الاسم": "name_ar", "lits": "beds",
               "personnel": "staff", "date_ouverture": "opened",
               "population_desservie": "population_served"}
    ids = set(register.first.index)
    planted = register.planted
    lost = set(of_kind(planted, "missing_position")["centre_id"])
    assert len(lost) == 6 and not lost & ids
    for defect in planted.itertuples():
        if defect.field not in columns or defect.centre_id in lost:
            continue
        value = register.first.at[defect.centre_id, columns[defect.field]]
        if defect.true_value == "":
            assert pd.isna(value), defect
        elif defect.field == "date_ouverture":
            assert str(value)[:10] == defect.true_value, defect
        elif isinstance(value, str):
            assert value == defect.true_value, defect
        else:
            assert value == int(defect.true_value), defect
    for left in ("ـ", "ھ", "??", "NULL", "\u00a0", "TOTAL"):
        assert left not in register.first_text, left
    assert not re.search(r'ه["\s،]', register.first_text)


def test_each_centre_stands_in_its_sector(register):
    for layer in (register.first, register.second):
        joined = layer.sjoin(register.sectors, how="left")
        assert len(joined) == len(layer)
        assert (joined["sector_id_left"] == joined["sector_id_right"]).all()
        assert (joined["iso_3166_2_left"]
                == joined["sector_id_left"].str[:5]).all()


def test_every_sector_has_a_centre_and_large_ones_have_more(register):
    people = register.sectors.set_index("sector_id")["population"]
    for layer in (register.first, register.second):
        number = layer["sector_id"].value_counts().reindex(people.index)
        assert number.min() >= 1
        assert np.corrcoef(number, people)[0, 1] > 0.9


def test_identifiers_and_names_are_distinct(register):
    for layer in (register.first, register.second):
        assert layer.index.is_unique
        assert layer.index.str.fullmatch(r"HC-\d{4}").all()
        assert not layer.duplicated(["name_fr", "sector_id"]).any()
        assert layer["name_fr"].str.contains(" fictif ").all()
        assert layer["name_ar"].dropna().str.contains(" وهمي ").all()
        assert not layer["name_ar"].dropna().str.contains("[A-Za-z]").any()


def test_each_governorate_has_a_regional_hospital(register):
    hospitals = register.first[register.first["type"] == "HR"]
    assert sorted(hospitals["iso_3166_2"]) == sorted(
        register.sectors["iso_3166_2"].unique())
    assert (register.first.loc[register.first["type"] == "CSB", "beds"]
            .dropna() == 0).all()


def test_dates_are_in_order(register):
    opened = pd.to_datetime(register.first["opened"])
    assert opened.min() >= pd.Timestamp("1950-01-01")
    updated = pd.to_datetime(register.first["updated"])
    assert (opened.dropna() < updated[opened.notna()]).all()
    assert updated.max() < pd.Timestamp("2021-12-02")
