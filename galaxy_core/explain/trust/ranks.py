"""Spearman's rank correlation of maps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage, stats

SMOOTHING = 1 / 32  # standard deviation over the side of the picture: two pixels of 64


def spearman(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return the rank correlation of two maps of equal shape, in [-1, 1]; ties share ranks.

    0 where either map is constant: it orders nothing, so it agrees with nothing.
    """
    ranks = [stats.rankdata(np.asarray(values).ravel()) for values in (first, second)]
    centred = [row - row.mean() for row in ranks]
    norm = float(np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum()))
    return float(centred[0] @ centred[1]) / norm if norm > 0 else 0.0


def smooth(plane: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a map (S, S) on the scale on which places are compared: a Gaussian of S / 32.

    Some methods are fine and others coarse, and evidence that moves by a pixel has not moved:
    pixel by pixel even a good map of fine detail hardly correlates with itself.
    """
    return ndimage.gaussian_filter(plane, SMOOTHING * plane.shape[0], mode="nearest")


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
