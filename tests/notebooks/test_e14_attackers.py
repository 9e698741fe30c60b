"""E14 is attacked: its solution gives nothing back, in the course's world and
in fresh ones; each classic mistake gives something back, or loses what nobody
had to hide."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import yaml

from tests.notebooks import attackers
from tests.support import ROOT

SEEDS = [None, 3, 11]  # None: the course's own data
NAME = "e14_do_no_harm"
MISTAKES = yaml.safe_load((ROOT / "tests" / "mistakes" / f"{NAME}.yaml"
                           ).read_text(encoding="utf-8"))
# These recover nobody. They hide what is not secret, or say what is false.
LOSSES = {"the first age in the band below",
          "right=False forgotten, so that a child of 0 years has no band",
          "people of small groups left out",
          "zeros hidden too", "five hidden too", "3 instead of a gap",
          "all numbers hidden", "whole rows and columns hidden",
          "a partner also where nothing is secret",
          "5 instead of a gap", "the text of last year instead of a gap",
          "a text instead of a gap"}
# This gives two columns of one name: no table that can be attacked.
TWICE = "total twice in the list of columns"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SEEDS)
def solution(request, solved):
    """The names that the solution's cells define in one world."""
    return solved(NAME, request.param)


@pytest.fixture(scope="module")
def here(solved):
    """The same, with the course's own data."""
    return solved(NAME)


def blocks(names) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """(now, before) of the world's governorates; then a block that people
    have left, with fives and zeros, one with a single small count, and one
    in which nothing is secret."""
    found = [(names["block"](code), names["last_year"](code))
             for code in names["published"]["iso_3166_2"].unique()]
    whole = pd.DataFrame(np.arange(12, 36).reshape(6, 4),
                         index=list("ABCDEF"), columns=found[0][0].columns[:4])
    left, single = whole.copy(), whole.copy()
    left.iloc[0] = [0, 5, 3, 40]
    single.iloc[2, 1] = 2
    left, single, whole = map(with_totals, (left, single, whole))
    last_year = left.astype(float)
    last_year.iloc[4, :2] += [4, 9]
    return [*found, (left, last_year), (single, single), (whole, whole)]


def with_totals(counts):
    counts = counts.assign(total=counts.sum(axis=1))
    counts.loc["TOTAL"] = counts.sum()
    return counts


def some_homes(names):
    return names["homes"].sample(150, random_state=1)


# --- what each task's answer gives back, and what it loses -------------------

def from_release(names) -> int:
    """People recovered from the table that task 2 gives out."""
    register = names["register"]
    table = names["release"](register, names["limits"])
    return (attackers.linked(table) + attackers.amount_tells(table)
            + attackers.hashes_undone(table, register))


def lost_by_release(names) -> int:
    """People who are not, or not truly, in a table of narrow bands."""
    register, limits = names["register"], list(range(0, 100, 5))
    table = names["release"](register, limits)
    first = [int(text.rstrip("+").split("-")[0]) for text in table["age"]]
    true = (register["age"] // 5 * 5).clip(upper=95).value_counts()
    return int((true - pd.Series(first).value_counts().reindex(
        true.index, fill_value=0)).abs().sum())


def from_small(names) -> int:
    """Numbers recovered from blocks without their small counts: what is
    printed, without the sums."""
    shown = [(names["hide_small"](now, before), before)
             for now, before in blocks(names)]
    return sum(attackers.small_shown(one) + attackers.differences(
        one, before) for one, before in shown)


def lost_by_small(names) -> int:
    """Numbers hidden without need, or false."""
    lost = 0
    for now, before in blocks(names):
        shown = names["hide_small"](now, before)
        secret = now.isin(range(1, 5)) | (now - before).abs().isin(
            range(1, 5))
        lost += int((shown.isna() & ~secret).sum().sum())
        lost += int((shown.notna() & (shown != now)).sum().sum())
    return lost


def from_more(names, secret) -> int:
    """Numbers recovered from blocks by their sums and last year's table.
    secret: the solution's hide_small."""
    found = 0
    for now, before in blocks(names):
        shown = names["hide_more"](secret(now, before), now)
        found += attackers.recovered(shown, now, before)
    return found


def lost_by_more(names, secret) -> int:
    """Gaps above the bound of task 4, and false numbers."""
    lost = 0
    for now, before in blocks(names):
        first = secret(now, before)
        shown = names["hide_more"](first, now)
        gaps = first.isna()
        most = (gaps.any(axis=1).sum() + gaps.any().sum() + 3
                if gaps.any(axis=None) else 0)
        lost += max((shown.isna() & ~gaps).sum().sum() - most, 0)
        lost += int((shown.notna() & (shown != now)).sum().sum())
    return lost


def from_mask(names) -> float:
    """Homes recovered from a map, by seven attackers."""
    homes, sectors, mask = (some_homes(names), names["sectors"],
                            names["mask"])
    points = mask(homes, sectors, 100, 500, 7)
    return (attackers.close(points, homes)
            + attackers.moved_out(points, homes, sectors)
            + attackers.averaged(mask, homes, sectors)
            + attackers.undone_by_code(mask, homes, sectors)
            + attackers.same_move(points, homes)
            + attackers.one_sided(points, homes)
            + 100 * (in_the_plain(mask) > 0.1))


def in_the_plain(mask) -> float:
    """How many more points than fair are near their homes, where no border
    is near. (1,500 homes: chance gives at most about 0.1.)"""
    plain = gpd.GeoDataFrame({"sector_id": ["P"]}, crs=32632, geometry=gpd.
                             points_from_xy([5e5], [4e6]).buffer(20_000))
    homes = gpd.GeoDataFrame({"sector_id": ["P"] * 1500}, crs=32632,
                             geometry=gpd.points_from_xy([5e5] * 1500,
                                                         [4e6] * 1500))
    points = mask(homes, plain, 100, 500, 7)
    return attackers.crowded(points, homes, 100, 500)


# --- the solution -----------------------------------------------------------

def test_nobody_is_found_in_the_table_of_people(solution):
    assert solution["limits"]
    assert from_release(solution) == 0
    table = solution["release"](solution["register"], solution["limits"])
    assert attackers.of_one_category(table) == 0


def test_no_number_is_found_in_the_tables_of_counts(solution):
    assert from_small(solution) == 0
    assert from_more(solution, solution["hide_small"]) == 0


def test_no_home_is_found_on_the_map(solution):
    assert from_mask(solution) == 0


def test_nothing_is_lost_without_need(solution):
    assert lost_by_release(solution) == 0
    assert lost_by_small(solution) == 0
    assert lost_by_more(solution, solution["hide_small"]) == 0


def test_last_years_table_gives_back_what_was_planted(here):
    """The attackers can find something: 11 of 15 numbers, as the truth
    table of the layer says."""
    truth = pd.read_csv(ROOT / "solutions" / "truth"
                        / "beneficiaries_published.csv")
    planted = (truth["kind"] == "recoverable by subtraction").sum()
    known = 0
    for code in here["published"]["iso_3166_2"].unique():
        part = here["register"][here["register"]["iso_3166_2"] == code]
        shown = here["last_year"](code)
        old = part[part["enrolled_on"] < "2021"]
        now = with_totals(pd.crosstab(old["sector_id"], old["category"])
                          [shown.columns[:4]])
        known += sum(attackers.interval(shown, now, *at)[0]
                     == attackers.interval(shown, now, *at)[1]
                     for at in np.argwhere(shown.isna().to_numpy()))
    assert known == planted


def test_two_attackers_agree(solution):
    """The network's flow, and the integer program of the notebook."""
    now, before = blocks(solution)[0]
    shown = solution["hide_small"](now, before)
    for block in (shown, solution["hide_more"](shown, now)):
        low, high = solution["ranges_of"](block)
        for row, column in np.argwhere(block.isna().to_numpy()):
            least, most = attackers.interval(block, now, row, column)
            assert low.iat[row, column] == least
            # The program stops at 9999; a partner stops a little before.
            assert high.iat[row, column] == most or (
                most == np.inf and high.iat[row, column] > 5000)


# --- the mistakes -----------------------------------------------------------

@pytest.mark.parametrize("cell, mistake", [
    pytest.param(cell, mistake, id=f"{cell}: {mistake['name']}")
    for cell in ("release", "small", "hide-more", "mask")
    for mistake in MISTAKES[cell] if mistake["name"] != TWICE])
def test_a_mistake_gives_something_back_or_loses_something(
        here, cell, mistake):
    names = dict(here)
    exec(mistake["code"], names)
    secret = here["hide_small"]
    back, lost = {
        "release": (from_release, lost_by_release),
        "small": (from_small, lost_by_small),
        "hide-more": (lambda some: from_more(some, secret),
                      lambda some: lost_by_more(some, secret)),
        "mask": (from_mask, None)}[cell]
    if mistake["name"] in LOSSES:
        assert lost(names) > 0
    else:
        assert back(names) > 0


def test_each_loss_is_a_mistake():
    names = {mistake["name"] for some in MISTAKES.values()
             for mistake in some}
    assert not LOSSES - names
