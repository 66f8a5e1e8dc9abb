"""Spearman's rank correlation of maps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats


def spearman(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return the rank correlation of two maps of equal shape, in [-1, 1]; ties share ranks.

    0 where either map is constant: it orders nothing, so it agrees with nothing.
    """
    ranks = [stats.rankdata(np.asarray(values).ravel()) for values in (first, second)]
    centred = [row - row.mean() for row in ranks]
    norm = float(np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum()))
    return float(centred[0] @ centred[1]) / norm if norm > 0 else 0.0


def agreement_matrix(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return Spearman's correlation of every pair of M maps of one galaxy, shape (M, M).

    Parameters
    ----------
    maps : ndarray, shape (M, S, S)
        Laid on the same grid. Compare signed maps with signed ones, and magnitudes (or the
        absolute values of signed maps) with magnitudes.
    """
    count = len(maps)
    matrix = np.eye(count)
    for row in range(count):
        for column in range(row):
            matrix[row, column] = matrix[column, row] = spearman(maps[row], maps[column])
    return matrix
