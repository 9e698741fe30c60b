"""How finely a register is published: the risk, and the information lost."""

import math
from functools import cache
from itertools import product

import pandas as pd
from matplotlib.figure import Figure

from helpers import data
from helpers.explore.show import show

LEAST = 5  # k: a smaller group is a risk
AGES = ["birth date", "year of birth", "age class", "no age"]
PLACES = ["sector", "governorate", "no place"]
SIZES = ["household size", "no household size"]
CREDIT = "FICTIONAL register of beneficiaries; CC-BY-4.0, 2021."
SMALL, ALIKE = "#a02c00", "#b8860b"


def disclosing() -> None:
    """Choose how finely age, place and household are published; see who is
    recognised, whose category is given away, and what readers lose.

    Displays the explorer and returns nothing.
    """
    show(_draw, {"Age": AGES, "Place": PLACES, "Size": SIZES}, (7, 4.8),
         (5.5, 4.8), [(AGES[age], PLACES[place], SIZES[1]) for age, place in
                      [(0, 0), (2, 0), (2, 1)]])  # from fine to coarse


@cache
def _people() -> pd.DataFrame:
    """One column per choice; a column of one value where it is left out."""
    people = pd.read_csv(data.path("beneficiaries"))
    year = people["birth_date"].str[:4].astype(int)
    return people.assign(**{
        "birth date": people["birth_date"], "year of birth": year,
        "age class": pd.cut(2021 - year, [-1, 17, 39, 64, 150]).astype(str),
        "sector": people["sector_id"],
        "governorate": people["sector_id"].str[:5],
        "household size": people["household_size"],
        "no age": "", "no place": "", "no household size": ""})


def measures(choice: tuple[str, ...]) -> tuple[float, float, float]:
    """Percentages for (age, place, size), published with the sex: people in
    groups of less than LEAST; people in larger groups that share one
    category; information lost, which is what the groups lack of the bits
    (questions with yes or no) that it takes to single out a person.
    """
    people = _people()
    groups = people.groupby(["sex", *choice])["category"]
    sizes = groups.transform("size")
    alike = (sizes >= LEAST) & (groups.transform("nunique") == 1)
    shares = groups.size() / len(people)
    bits = -sum(share * math.log2(share) for share in shares)
    return (100 * (sizes < LEAST).mean(), 100 * alike.mean(),
            100 * (1 - bits / math.log2(len(people))))


def _draw(figure: Figure, *choice: str) -> str:
    """All choices as points, the chosen one with a ring."""
    axes = figure.subplots()
    figure.supxlabel(CREDIT, fontsize=7)
    chosen = small, alike, share = measures(choice)
    everything = list(map(measures, product(AGES, PLACES, SIZES)))
    lost = [row[2] for row in everything]
    for number, (colour, marker, label) in enumerate([
            (SMALL, "o", f"in a group of less than {LEAST}"),
            (ALIKE, "s", "in a larger group that shares one category")]):
        axes.scatter(lost, [row[number] for row in everything], s=22,
                     color=colour, marker=marker, alpha=0.7, label=label)
        axes.scatter(chosen[2], chosen[number], s=160, facecolor="none",
                     edgecolor="black")
    axes.set(xlim=(-4, 104), ylim=(-4, 104), ylabel="people (%)",
             xlabel="information lost (%)")
    words = (f"sex, {', '.join(choice)}\n{small:.1f} % in small groups, "
             f"{alike:.1f} % share one category, {share:.0f} % lost")
    axes.set_title(words, fontsize=10)
    axes.legend(loc="upper right", fontsize=8)
    return ("Risk of disclosure against information lost, published by "
            + words.replace("\n", ": ") + ".")
