"""The people of the register of E14, drawn from its plan.

Part of beneficiaries.py. FICTIONAL.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from ..shared.names import FIRST_NAMES, person
from ..shared.world import METRIC, points_well_inside
from .beneficiaries_plan import AGES, CATEGORIES

AMOUNTS = dict(zip(CATEGORIES, (240, 210, 200, 180)))  # dinars, invented
FIRST_NAMES_BY_SEX = {"F": FIRST_NAMES[0::2], "M": FIRST_NAMES[1::2]}


def register(cells, areas, random):
    """The register in random order, and the three people whom a
    combination of values singles out.

    cells: of the plan; areas: the sectors, in metres. Returns the people
    with their age_class, and pairs (national_id, columns).
    """
    people = cells.loc[cells.index.repeat(cells["people"])]
    newcomer = (people.groupby(level=0).cumcount()
                < people["newcomers"]).to_numpy()
    people = people.reset_index(drop=True)
    people["national_id"] = identity_numbers(len(people), random)
    people[["name_fr", "name_ar"]] = [
        person(random, FIRST_NAMES_BY_SEX[sex]) for sex in people["sex"]]
    people["birth_date"] = [
        day_between(f"{AGES[age][0]}-01-01", f"{AGES[age][1]}-12-31", random)
        for age in people["age_class"]]
    people["enrolled_on"] = [
        day_between("2021-02-01", "2021-10-31", random) if new
        else day_between("2019-01-15", "2020-12-15", random)
        for new in newcomer]
    people["household_size"] = [household(row, random)
                                for row in people.itertuples()]
    singled_out = single_out(people, random)
    people["monthly_amount"] = (people["category"].map(AMOUNTS)
                                + 10 * (people["household_size"] - 1))
    people[["lon", "lat"]] = homes(people["sector_id"], areas, random)
    order = random.permutation(len(people))
    return people.iloc[order].reset_index(drop=True), singled_out


def identity_numbers(number, random):
    """Unique identity numbers, impossible as real ones: they have letters."""
    return [f"XX-{digits:06d}-FIC"
            for digits in random.choice(1_000_000, number, replace=False)]


def day_between(first, last, random):
    """A day from first to last, as ISO text like them."""
    first, last = np.datetime64(first), np.datetime64(last)
    return str(first + random.integers((last - first).astype(int) + 1))


def household(row, random):
    """The size of a person's household.

    No young man lives alone, and no household has more than 8 people.
    """
    if row.category == "old_age":
        return random.integers(1, 3)
    if row.age_class == "0-17":
        return random.integers(3, 9)
    young_man = (row.age_class, row.sex) == ("18-39", "M")
    alone = row.category != "lone_parent" and not young_man
    return random.integers(1 if alone else 2, 9)


def single_out(people, random):
    """Change three people of large cells so that nobody is like them."""
    large = people[people["large"]]
    ill = large["category"].isin(["disability", "chronic_illness"])
    changes = [
        (large["age_class"] == "65+", "birth_date",
         day_between("1918-01-01", "1920-12-31", random), ["birth_date"]),
        (ill & (large["age_class"] == "40-64"), "household_size", 14,
         ["household_size"]),
        (ill & (large["age_class"] == "18-39") & (large["sex"] == "M"),
         "household_size", 1, ["sex", "birth_date", "household_size"]),
    ]
    chosen = []
    for candidates, column, value, columns in changes:
        row = random.choice(large.index[candidates])
        people.loc[row, column] = value
        chosen.append((people.at[row, "national_id"], columns))
    return chosen


def homes(sector_ids, areas, random):
    """Longitude and latitude of a home inside each sector."""
    places = pd.Series(index=sector_ids.index, dtype=object)
    for sector, group in sector_ids.groupby(sector_ids):
        places[group.index] = points_well_inside(
            areas.geometry[sector], len(group), random)
    degrees = gpd.GeoSeries(places, crs=METRIC).to_crs(4326)
    return degrees.get_coordinates().round(7)
