"""E14: the register of beneficiaries and what its published table reveals."""

import itertools
from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data.make.shared.names import FAMILY_NAMES, FIRST_NAMES
from tests.data.worlds import of_kind

CATEGORIES = ["disability", "chronic_illness", "lone_parent", "old_age"]


@pytest.fixture
def people(world):
    """The register, with age and age_class on 2 December 2021."""
    register = world.table("beneficiaries")
    born = pd.to_datetime(register["birth_date"])
    register["age"] = 2021 - born.dt.year - (
        born.dt.strftime("%m-%d") > "12-02")
    register["age_class"] = age_class(register["age"])
    return register


@pytest.fixture
def published(world):
    return world.table("beneficiaries_published")


def age_class(ages):
    """Each age's class, as the register defines them."""
    return pd.cut(ages, [-1, 17, 39, 64, 120],
                  labels=["0-17", "18-39", "40-64", "65+"]).astype(str)


def test_the_register_has_1200_people_who_cannot_exist(people):
    assert len(people) == people["national_id"].nunique() == 1200
    assert people["national_id"].str.fullmatch(r"XX-\d{6}-FIC").all()
    for number, column in enumerate(("name_fr", "name_ar")):
        names = {f"{first[number]} {family[number]}"
                 for first in FIRST_NAMES for family in FAMILY_NAMES}
        assert set(people[column]) <= names


def test_each_way_to_compute_the_age_gives_the_same_class(people):
    years = 2021 - people["birth_date"].str[:4].astype(int)
    assert (age_class(years) == people["age_class"]).all()
    assert (age_class(years - 1) == people["age_class"]).all()


def test_each_home_lies_in_its_sector(world, people):
    homes = gpd.GeoDataFrame(people, crs=4326, geometry=gpd.points_from_xy(
        people["lon"].astype(float), people["lat"].astype(float)))
    sectors = world.layer("sectors")
    joined = homes.sjoin(sectors, how="left")
    assert len(joined) == len(homes)
    assert (joined["sector_id_left"] == joined["sector_id_right"]).all()


def test_the_truth_lists_every_small_cell_and_its_people(world, people):
    cells = people.groupby(["sector_id", "age_class", "sex", "category"])
    small = {" / ".join(cell): group for cell, group in cells
             if len(group) < 5}
    truth = of_kind(world.truth("beneficiaries"), "small cell")
    assert sorted(truth["record"]) == sorted(small)
    assert Counter(truth["true_value"]) == {"1": 6, "2": 6, "3": 6, "4": 6}
    for row in truth.itertuples():
        assert row.found == "; ".join(small[row.record]["national_id"])
        assert row.true_value == str(len(small[row.record]))


def test_one_sector_has_a_single_beneficiary(world, people):
    sizes = people["sector_id"].value_counts()
    truth = of_kind(world.truth("beneficiaries"),
                    "only beneficiary of a sector")
    assert list(sizes.index[sizes == 1]) == list(truth["record"])
    assert sizes.drop(truth["record"]).min() >= 12


def test_three_people_are_singled_out(world, people):
    truth = of_kind(world.truth("beneficiaries"), "unique combination")
    assert len(truth) == 3
    for row in truth.itertuples():
        columns = row.field.split("; ")
        person = people[people["national_id"] == row.record]
        assert row.found == "; ".join(person[columns].iloc[0])
        # A birth date tells the age class, or an age beyond all others.
        alike = people["age"] >= person["age"].item()
        if columns != ["birth_date"]:
            keys = [{"birth_date": "age_class"}.get(name, name)
                    for name in columns]
            alike = (people[keys] == person[keys].iloc[0]).all(axis=1)
        assert alike.sum() == 1, row


def test_the_published_table_counts_those_of_the_year_before(
        published, people):
    before = people[people["enrolled_on"] <= "2020-12-31"]
    counts = pd.crosstab(before["sector_id"], before["category"])
    for row in published[published["sector_id"] != "TOTAL"].itertuples():
        for field in [*CATEGORIES, "total"]:
            number = (counts.loc[row.sector_id].sum() if field == "total"
                      else counts.at[row.sector_id, field])
            shown = "<5" if 1 <= number <= 4 else str(number)
            assert getattr(row, field) == shown
    totals = published[published["sector_id"] == "TOTAL"]
    assert totals["total"].astype(int).sum() == len(before)


def test_only_what_the_truth_says_can_be_got_back(world, published):
    """An attacker tries each way to fill in the hidden numbers."""
    truth = of_kind(world.truth("beneficiaries_published"),
                    "recoverable by subtraction", "hidden and safe")
    truth = truth.set_index(["record", "field"])
    checked = 0
    for _, part in published.groupby("iso_3166_2"):
        part = part.set_index("sector_id")[[*CATEGORIES, "total"]]
        hidden = list(zip(*np.nonzero(part.to_numpy() == "<5")))
        numbers = part.replace("<5", "0").astype(int).to_numpy()
        numbers[-1] *= -1
        numbers[:, -1] *= -1  # every row and column adds up to zero
        fits = []
        for guess in itertools.product(range(1, 5), repeat=len(hidden)):
            for (row, column), value in zip(hidden, guess):
                last = column == part.shape[1] - 1
                numbers[row, column] = -value if last else value
            if not numbers.sum(0).any() and not numbers.sum(1).any():
                fits.append(guess)
        for (row, column), values in zip(hidden, zip(*fits)):
            planted = truth.loc[(part.index[row], part.columns[column])]
            assert int(planted["true_value"]) in values
            assert (len(set(values)) == 1) == (
                planted["kind"] == "recoverable by subtraction")
            checked += 1
    assert checked == len(truth) == 15


def test_one_newcomer_shows_in_the_next_table(world, published, people):
    truth = of_kind(world.truth("beneficiaries_published"),
                    "recoverable by difference").set_index(
                        ["record", "field"])
    now = pd.crosstab(people["sector_id"], people["category"])
    now["total"] = now.sum(axis=1)
    then = published.set_index("sector_id")
    few = set()
    for sector, field in itertools.product(now.index, now.columns):
        shown = then.at[sector, field]
        if shown != "<5" and 1 <= now.at[sector, field] - int(shown) <= 4:
            few.add((sector, field))
            planted = truth.loc[(sector, field)]
            assert planted["found"] == shown
            assert planted["true_value"] == str(
                now.at[sector, field] - int(shown))
    assert few == set(truth.index) and len(few) == 6
