"""E14: a register that must not be published as it is. FICTIONAL.

A social programme in eight sectors of three governorates, and the table
that was published from it a year before, with counts of 1 to 4 hidden.
Each seed plants the same numbers (see beneficiaries_plan):

- 24 small cells (sector, age class, sex, category) of 1 to 4 people; all
  other cells hold 6 or more; one sector has a single beneficiary;
- 3 people whom their quasi-identifiers single out;
- of 15 hidden numbers of the published table, 11 that subtraction gives
  back and 4, a block of two by two, that it does not;
- 3 sectors that one person has joined since: the next table would identify
  this person.
"""

import pandas as pd

from ..shared.files import write_csv
from ..shared.resources import fictional
from ..shared.world import chance, sectors
from .beneficiaries_people import register
from .beneficiaries_plan import (
    CATEGORIES,
    HIDDEN,
    REGIONS,
    SECTORS,
    SINGLE,
    THRESHOLD,
    plan,
)
from .beneficiaries_truth import leaks, small_cells

RESOURCES = [fictional(
    name="beneficiaries",
    path="beneficiaries.csv",
    title="register of beneficiaries of a social programme",
    description=(
        "No person in it exists: names say 'imaginary' or 'example', "
        "identity numbers have a format that no register uses. Age classes "
        "(0-17, 18-39, 40-64, 65+) are those on 2021-12-02. A real register "
        "like this one is never published."),
    fields={
        "national_id": "identity number in an impossible format",
        "name_fr": "fictional name in French",
        "name_ar": "fictional name in Arabic",
        "birth_date": "year-month-day",
        "sex": "F or M",
        "sector_id": "sector of the home, as in 'sectors'",
        "household_size": "people in the household, with the beneficiary",
        "category": "reason of the benefit (sensitive)",
        "monthly_amount": "invented amount, dinars per month",
        "enrolled_on": "day of entry into the programme; nobody has left",
        "lon": "longitude of the home, degrees",
        "lat": "latitude of the home, degrees",
    },
), fictional(
    name="beneficiaries_published",
    path="beneficiaries_published.csv",
    title="table published from the register a year before",
    description=(
        "Beneficiaries enrolled up to 2020-12-31, by sector and category, "
        "with totals by sector and by governorate. Counts of 1 to 4 are "
        "written '<5'; nothing else was hidden. Zero is written 0."),
    crs=None,
    fields={
        "iso_3166_2": "governorate",
        "sector_id": "sector, or TOTAL for the governorate",
        **dict.fromkeys(
            CATEGORIES, f"beneficiaries of this category, or {HIDDEN}"),
        "total": f"beneficiaries of all categories, or {HIDDEN}",
    },
)]


def make(out, seed=None):
    """Write both tables; needs sectors.geojson and governorates.geojson."""
    random = chance(seed, "beneficiaries")
    areas = sectors(out)
    sizes = areas.groupby("iso_3166_2").size()
    codes = random.choice(sizes.index[sizes >= SECTORS], REGIONS, False)
    # The places with the most people stand first in each governorate.
    places = [random.permutation(
        areas.index[areas["iso_3166_2"] == code][:SECTORS])
        for code in codes]
    cells = plan(places, areas["population"], random)
    people, singled_out = register(cells, areas, random)
    write_csv(people[list(RESOURCES[0]["fields"])],
              out / "beneficiaries.csv")
    counts = with_totals(people[people["enrolled_on"] < "2021"], areas)
    shown = counts.astype(str).mask(
        (counts > 0) & (counts < THRESHOLD), HIDDEN)
    write_csv(shown.reset_index(), out / "beneficiaries_published.csv")
    lonely = places[SINGLE[0]][SINGLE[1]]
    return {"beneficiaries": small_cells(people, lonely, singled_out),
            "beneficiaries_published": leaks(counts, shown, cells)}


def with_totals(people, areas):
    """Counts by sector and category, totals last, as they are published."""
    table = pd.crosstab(people["sector_id"], people["category"])
    table = table[list(CATEGORIES)].rename_axis(columns=None)
    table["total"] = table.sum(axis=1)
    codes = areas.loc[table.index, "iso_3166_2"]
    parts = []
    for code, part in table.groupby(codes.to_numpy()):
        part.loc["TOTAL"] = part.sum()
        parts.append(pd.concat({code: part}))
    return pd.concat(parts).rename_axis(["iso_3166_2", "sector_id"])
