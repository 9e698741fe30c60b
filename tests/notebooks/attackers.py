"""What an attacker recovers from what a solution of E14 gives out.

Each function counts people, or numbers, that are recovered; 0 is what a
protected table or map gives. They share no code with E14's own checks.
"""

import hashlib
import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

K = 5           # people of a group; possible values of a hidden number
CLOSE = 100     # metres: a point so near shows the home
SMALL = range(1, K)


# --- a table with one row per person ----------------------------------------

def linked(table: pd.DataFrame) -> int:
    """People whom an attacker finds who knows everything but the category:
    those in groups of fewer than K rows that are alike in all other
    columns."""
    columns = list(table.columns.drop("category", errors="ignore"))
    texts = table[columns].astype(str)
    return int((texts.groupby(columns)[columns[0]].transform("size") < K
                ).sum())


def amount_tells(table: pd.DataFrame) -> int:
    """People whose category follows from amount and group: no other
    category has this amount in the table."""
    if "monthly_amount" not in table:
        return 0
    kinds = table.groupby("monthly_amount")["category"].transform("nunique")
    return int((kinds == 1).sum())


def hashes_undone(table: pd.DataFrame, register: pd.DataFrame) -> int:
    """Identity numbers that stand in the table, as they are or as SHA-256:
    all million possible numbers are tried."""
    texts = set(itertools.chain.from_iterable(
        table[column].astype(str) for column in table))
    plain = len(texts & set(register["national_id"]))
    if not any(len(text) == 64 for text in texts):
        return plain
    possible = (f"XX-{number:06d}-FIC" for number in range(1_000_000))
    return plain + sum(hashlib.sha256(one.encode()).hexdigest() in texts
                       for one in possible)


def of_one_category(table: pd.DataFrame) -> int:
    """People whose whole group (all columns but the category) is alike."""
    columns = list(table.columns.drop("category"))
    texts = table.astype(str)
    kinds = texts.groupby(columns)["category"].transform("nunique")
    return int((kinds < 2).sum())


# --- a block of counts ------------------------------------------------------

def interval(shown: pd.DataFrame, now: pd.DataFrame, row: int,
             column: int) -> tuple[float, float]:
    """The least and the most that a hidden number can be.

    Not by an integer program: rows and columns are the nodes of a network,
    and each hidden number is an edge in which something flows. What can flow
    round through the other edges is what can be added or taken away (a
    maximum flow of whole numbers is whole).
    """
    number = now.iat[row, column]
    return (number - slack(shown, now, row, column, -1),
            number + slack(shown, now, row, column, 1))


def slack(shown: pd.DataFrame, now: pd.DataFrame, row: int, column: int,
          sign: int) -> float:
    """How much the number can grow (sign 1) or shrink (-1)."""
    network = nx.DiGraph()
    network.add_nodes_from([("row", row), ("column", column)])
    last_row, last_column = shown.shape[0] - 1, shown.shape[1] - 1
    for i, j in np.argwhere(shown.isna().to_numpy()):
        if (i, j) == (row, column):
            continue
        # A number flows from its row to its column; a total of a row, or
        # of a column, flows back. It can shrink to 0, and grow for ever.
        back = (i == last_row) != (j == last_column)
        ends = [("row", i), ("column", j)]
        if back:
            ends.reverse()
        network.add_edge(*ends)  # without capacity: endless
        network.add_edge(*reversed(ends), capacity=float(now.iat[i, j]))
    back = (row == last_row) != (column == last_column)
    start, end = ("column", column), ("row", row)
    if back != (sign < 0):
        start, end = end, start
    own = np.inf if sign > 0 else float(now.iat[row, column])
    try:
        flow = nx.maximum_flow_value(network, start, end)
    except nx.NetworkXUnbounded:
        return own
    return min(flow, own)


def narrowed(shown: pd.DataFrame, now: pd.DataFrame) -> int:
    """Hidden numbers that have fewer than K possible values."""
    found = 0
    for row, column in np.argwhere(shown.isna().to_numpy()):
        low, high = interval(shown, now, row, column)
        found += high - low + 1 < K
    return found


def small_shown(shown: pd.DataFrame) -> int:
    """Counts of 1 to 4 that are printed."""
    return int(shown.isin(SMALL).sum().sum())


def differences(shown: pd.DataFrame, before: pd.DataFrame) -> int:
    """Numbers that both years print, and that differ by 1 to 4."""
    return int((shown - before).abs().isin(SMALL).sum().sum())


def recovered(shown: pd.DataFrame, now: pd.DataFrame,
              before: pd.DataFrame) -> int:
    """All that an attacker gets from a block."""
    return (small_shown(shown) + differences(shown, before)
            + narrowed(shown, now))


# --- homes on a map ---------------------------------------------------------

def beyond_luck(errors: np.ndarray) -> int:
    """Guesses within CLOSE metres, if they are more than luck explains.

    A circle of 100 m has 4 % of the area of a donut of 100 to 500 m: about 4
    guesses in 100 are right by luck, and nobody knows which. Three times as
    many are taken for a success.
    """
    hits = int((np.hypot(*errors.T) < CLOSE).sum())
    return hits if hits > 0.12 * len(errors) else 0


def close(points, homes) -> int:
    """Homes that have their point within CLOSE metres."""
    return int((points.distance(homes, align=False) < CLOSE).sum())


def averaged(mask, homes, sectors, releases: int = 20) -> int:
    """Homes that the mean of some releases, made with one seed, shows."""
    places = [mask(homes, sectors, CLOSE, 500, 7).get_coordinates().to_numpy()
              for _ in range(releases)]
    means = shapely.points(np.mean(places, axis=0))
    return close(gpd.GeoSeries(means, crs=homes.crs), homes.geometry)


def moved_out(points, homes, sectors) -> int:
    """Points whose sector is not that of their home: the attacker knows
    that they were moved over the border, and counts by sector are wrong."""
    own = sectors.set_index("sector_id").geometry[homes["sector_id"]]
    return int((~points.geometry.within(own, align=False)).sum())


def undone_by_code(mask, homes, sectors) -> int:
    """Homes shown by an attacker who has the code and the register's order,
    but not the seed: he tries seeds of his own, and takes back the move of
    the same line."""
    points = mask(homes, sectors, CLOSE, 500, 7).get_coordinates()
    own = mask(homes, sectors, CLOSE, 500, 8).get_coordinates()
    guess = points - (own - homes.get_coordinates())
    return beyond_luck((guess - homes.get_coordinates()).to_numpy())


def same_move(points, homes) -> int:
    """Homes that are shown once the home of the first line is known."""
    moves = (points.get_coordinates() - homes.get_coordinates()).to_numpy()
    return beyond_luck((moves - moves[0])[1:])


def one_sided(points, homes) -> int:
    """Homes that are shown when the mean of all moves is taken back."""
    moves = (points.get_coordinates() - homes.get_coordinates()).to_numpy()
    return beyond_luck(moves - moves.mean(axis=0))


def crowded(points, homes, nearest: float, farthest: float) -> float:
    """How many times more points than fair stand in the inner half of the
    donut's area, less 1."""
    far = points.distance(homes, align=False)
    half = np.sqrt((nearest ** 2 + farthest ** 2) / 2)
    return float((far < half).mean() / 0.5 - 1)
