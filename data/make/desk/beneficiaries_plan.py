"""The plan of the register of E14: how many people each cell holds.

Part of beneficiaries.py. FICTIONAL. A cell is a sector x category x age
class x sex. The seed decides which cells exist; the numbers of small,
hidden and new ones are the same for each seed.
"""

import numpy as np
import pandas as pd

from ..shared.world import share_out

PEOPLE = 1200
THRESHOLD = 5  # a count below it is small
HIDDEN = f"<{THRESHOLD}"  # stands for a small count
# Age class -> first and last year of birth. A year is left out at each
# limit, so that each way to compute the age gives the same class in 2021.
AGES = {"0-17": (2004, 2018), "18-39": (1982, 1999),
        "40-64": (1957, 1980), "65+": (1931, 1955)}
CATEGORIES = {
    "disability": ["0-17", "18-39", "40-64", "65+"],
    "chronic_illness": ["18-39", "40-64", "65+"],
    "lone_parent": ["18-39", "40-64"],
    "old_age": ["65+"],
}
SECTORS = 8  # per region
# Region -> (sector, category) -> the few people whom it counts. By region:
# two cells alone in their rows and a sector's only beneficiary; a block of
# two by two, which protects itself, beside two cells that nothing protects;
# a chain, in which each recovered cell reveals the next one.
THIN = [
    {(0, 0): 1, (1, 1): 3, (7, 2): 1},
    {(0, 0): 3, (0, 1): 2, (1, 0): 2, (1, 1): 4, (2, 2): 1, (2, 3): 4},
    {(0, 0): 2, (0, 1): 3, (1, 1): 1, (1, 2): 4, (2, 2): 2},
]
REGIONS = len(THIN)
SINGLE = (0, 7)  # region and sector of the only beneficiary
# Small cells of categories that have large ones too: no total shows them.
IN_THE_CROWD = [1, 1, 2, 2, 3, 3, 3, 4, 4, 4]
LARGE = 6  # people in a large cell, at least
JOINED_ALONE, JOINED_TOGETHER = 3, 8  # sectors with newcomers


def plan(places, populations, random):
    """One row per cell: people, newcomers among them, large or not.

    places: a list of sector ids for each region; populations: by sector.
    """
    cells = pd.DataFrame(
        [cell for region, sectors in enumerate(places)
         for cell in cells_of(region, sectors, random)],
        columns=["sector_id", "category", "age_class", "sex", "people"])
    cells = pd.concat([cells, crowded(cells, random)], ignore_index=True)
    cells["newcomers"] = 0
    cells["large"] = cells["people"] == 0
    large = cells.index[cells["large"]]
    one_each = random.permutation(large)
    one_each = cells.loc[one_each].drop_duplicates("sector_id").index
    alone, together = np.split(
        one_each[:JOINED_ALONE + JOINED_TOGETHER], [JOINED_ALONE])
    cells.loc[alone, "newcomers"] = 1
    cells.loc[together, "newcomers"] = random.integers(5, 8, len(together))
    cells.loc[large, "people"] = LARGE + cells.loc[large, "newcomers"]
    weights = populations[cells.loc[large, "sector_id"]].to_numpy()
    rest = share_out(PEOPLE - cells["people"].sum(),
                     weights * random.uniform(0.2, 2, len(large)))
    cells.loc[large, "people"] += rest
    return cells


def cells_of(region, sectors, random):
    """The cells of a region; 0 people stands for a large cell."""
    order = random.permutation(list(CATEGORIES))
    for slot, sector in enumerate(sectors):
        for number, category in enumerate(order):
            few = THIN[region].get((slot, number), 0)
            if (region, slot) == SINGLE and not few:
                continue
            groups = random.permutation(groups_of(category))
            for age, sex in groups[:1 if few else random.integers(1, 3)]:
                yield sector, category, age, sex, few


def groups_of(category):
    """The pairs of age class and sex that a category can have."""
    return [(age, sex) for age in CATEGORIES[category] for sex in "FM"]


def crowded(cells, random):
    """Small cells, each in a category with large cells in its sector."""
    there = cells[cells["people"] == 0].groupby(["sector_id", "category"])
    taken = {key: set(zip(group["age_class"], group["sex"]))
             for key, group in there
             if key[1] in ("disability", "chronic_illness")}
    chosen = random.permutation(list(taken))[:len(IN_THE_CROWD)]
    rows = []
    for (sector, category), few in zip(chosen, IN_THE_CROWD):
        free = [group for group in groups_of(category)
                if group not in taken[sector, category]]
        rows.append((sector, category, *random.choice(free), few))
    return pd.DataFrame(rows, columns=cells.columns)
