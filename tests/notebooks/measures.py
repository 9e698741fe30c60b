"""A second computation of what E09 measures: the reference of its tests.

It does not know the exercise's code; `test_measures` compares it with
published examples, numpy and scipy. Measures have the names of ISO 19157:2013,
annex D. Lengths are in metres.
"""

import math
from typing import NamedTuple

import pandas as pd

GROSS = 3.0  # a gross error is more than so many median distances off
Z_95 = 1.959963984540054  # of the normal distribution, two-sided 95 %
RADIAL_95 = 1.7308  # NSSDA: accuracy at 95 % = 1.7308 · RMSE, without bias


# --- completeness ----------------------------------------------------------

class Completeness(NamedTuple):
    """Identifiers, sorted: missing, excess; rows that repeat one; rates.

    rate_missing, rate_excess: per identifier that should be there.
    """
    missing: list[str]
    excess: list[str]
    repeated: int
    rate_missing: float
    rate_excess: float


def completeness(found: pd.Series, expected: pd.Series) -> Completeness:
    """Compare the identifiers that are there with those that should be.

    Completeness, omission and commission: *rate of missing items*, *rate of
    excess items*; *number of duplicate feature instances* counts the rows
    after the first of each identifier. Empty identifiers are left out.
    Raises ValueError where nothing is expected.
    """
    have, wanted = found.dropna(), set(expected.dropna())
    if not wanted:
        raise ValueError("no identifier is expected, so that no rate can "
                           "be given: which list is the official one?")
    missing, excess = wanted - set(have), set(have) - wanted
    return Completeness(
        sorted(missing, key=str), sorted(excess, key=str),
        int(have.duplicated().sum()),
        len(missing) / len(wanted), len(excess) / len(wanted))


# --- positional accuracy ---------------------------------------------------

class Position(NamedTuple):
    """Accuracy of positions, metres. gross: index labels of gross errors.

    rmse: all points; rmse_rest, bias_x, bias_y, noise, at_95: without the
    gross errors. noise: the RMSE after the bias is subtracted. at_95: the
    accuracy of NSSDA; it assumes that errors are normal and have no bias.
    """
    number: int
    rmse: float
    gross: list[int | str]
    rmse_rest: float
    bias_x: float
    bias_y: float
    noise: float
    at_95: float


def position(dx: pd.Series, dy: pd.Series, times: float = GROSS) -> Position:
    """Accuracy from errors in x and y: data less control, in metres.

    Absolute positional accuracy: *root mean square error of planimetry*
    (over points, not per axis), *bias of positions*; NSSDA
    (FGDC-STD-007.3-1998) for at_95. Gross: more than `times` the median
    distance. Points without an error in x or y are left out. Raises
    ValueError where none is left.
    """
    known = dx.notna() & dy.notna()
    dx, dy = dx[known], dy[known]
    if dx.empty:
        raise ValueError("no point has an error in x and in y")
    squares = dx ** 2 + dy ** 2
    distance = squares ** 0.5
    gross = distance > times * distance.median()
    rest = ~gross
    bias_x, bias_y = float(dx[rest].mean()), float(dy[rest].mean())
    noise = ((dx - bias_x) ** 2 + (dy - bias_y) ** 2)[rest]
    rmse_rest = math.sqrt(squares[rest].mean())
    return Position(
        len(dx), math.sqrt(squares.mean()), list(dx.index[gross]),
        rmse_rest, bias_x, bias_y, math.sqrt(noise.mean()),
        RADIAL_95 * rmse_rest)


# --- thematic accuracy -----------------------------------------------------

class Classes(NamedTuple):
    """matrix: stated (rows) × found (columns), the same classes in both.

    accuracy: share of right ones, low and high its 95 % interval. kappa:
    None where chance alone is always right. user, producer: class → share
    (None without cases).
    """
    matrix: pd.DataFrame
    accuracy: float
    low: float
    high: float
    kappa: float | None
    user: dict[str, float | None]
    producer: dict[str, float | None]


def classes(stated: pd.Series, found: pd.Series) -> Classes:
    """Compare the classes of the data with those found on site.

    Thematic accuracy, classification correctness: *misclassification
    matrix*, *kappa coefficient* (Cohen 1960); user's and producer's accuracy
    after Congalton (1991). Rows that lack one of the two are left out.
    Raises ValueError where none is left.
    """
    known = stated.notna() & found.notna()
    number = int(known.sum())
    if not number:
        raise ValueError("no case has both a stated and a found class")
    names = sorted({*stated[known], *found[known]})
    matrix = pd.crosstab(stated[known], found[known]).reindex(
        index=names, columns=names, fill_value=0)
    rows, columns = matrix.sum(axis=1), matrix.sum(axis=0)
    right = {name: int(matrix.loc[name, name]) for name in names}
    accuracy = sum(right.values()) / number
    by_chance = sum(int(rows[name]) * int(columns[name])
                    for name in names) / number ** 2
    return Classes(
        matrix, accuracy, *interval(sum(right.values()), number),
        None if by_chance == 1 else (accuracy - by_chance) / (1 - by_chance),
        _shares(right, rows), _shares(right, columns))


def interval(right: int, number: int) -> tuple[float, float]:
    """95 % interval of the share right / number, after Wilson (1927).

    It stays between 0 and 1 and has a width for 0 or all right ones, which
    the interval of the normal approximation has not. Raises ValueError
    for no cases.
    """
    if not 0 <= right <= number or not number:
        raise ValueError(f"{right} of {number} is no share")
    square = Z_95 ** 2
    middle = (right + square / 2) / (number + square)
    half = Z_95 / (number + square) * math.sqrt(
        right * (number - right) / number + square / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _shares(right: dict[str, int],
            totals: pd.Series) -> dict[str, float | None]:
    return {name: right[name] / int(totals[name]) if totals[name] else None
            for name in right}
