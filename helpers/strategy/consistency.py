"""Weights from comparisons in pairs, and how well these agree.

T. L. Saaty, "Decision making with the analytic hierarchy process",
International Journal of Services Sciences 1 (2008), 83-98.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from helpers.strategy.ranking import StrategyError

# The mean consistency index of random matrices, of size 1, 2, 3 … A ratio is
# of one table: name it. Sources: T. L. Saaty, The Analytic Hierarchy Process
# (1980); Theory and Applications of the Analytic Network Process (2005), p.
# 31; J. A. Alonso and M. T. Lamata, IJUFKS 14 (2006), 445-459.
RANDOM_INDICES = {
    "Saaty 1980": (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49),
    "Saaty 2005": (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49),
    "Alonso and Lamata 2006": (0, 0, 0.5245, 0.8815, 1.1086, 1.2479, 1.3417,
                               1.4056, 1.4499, 1.4854),
}


class Consistency(NamedTuple):
    """weights: sum 1. ratio: 0 is perfect agreement; above 0.10 Saaty asks
    to look at the comparisons again."""
    weights: list[float]
    ratio: float
    table: str


def consistency(matrix: ArrayLike, table: str = "Saaty 2005") -> Consistency:
    """Weights and consistency ratio of a matrix of comparisons.

    matrix: row i, column j says how many times more important i is than j.
    The weights are its principal eigenvector; the index is (λ − n)/(n − 1),
    and the ratio divides it by the random index of the table (two criteria
    always agree: 0). Raises StrategyError for a matrix that is not
    square, positive and reciprocal, or larger than the table.
    """
    pairs = np.asarray(matrix, dtype=float)
    size = len(pairs)
    if pairs.shape != (size, size) or not (pairs > 0).all():
        raise StrategyError("The matrix must be square, with numbers above 0.")
    wrong = np.argwhere(abs(pairs * pairs.T - 1) > 1e-6)
    if len(wrong):
        i, j = wrong[0] + 1
        raise StrategyError(
            f"The matrix is not reciprocal: row {i}, column {j} is "
            f"{pairs[i - 1, j - 1]:g}, and row {j}, column {i} is "
            f"{pairs[j - 1, i - 1]:g}. One must be 1 divided by the other.")
    index = RANDOM_INDICES[table]
    if size > len(index):
        raise StrategyError(f"{table} ends at {len(index)} criteria.")
    values, vectors = np.linalg.eig(pairs)
    largest = values.real.argmax()
    weights = abs(vectors[:, largest].real)
    excess = (values.real[largest] - size) / (size - 1) if size > 2 else 0.0
    return Consistency((weights / weights.sum()).tolist(),
                       max(0.0, float(excess / (index[size - 1] or 1))), table)
