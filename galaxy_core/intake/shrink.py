"""Fewer pixels by averaging whole blocks: what a large image needs to be seen at once.

Averages only; no interpolation, no smoothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage


def block_mean(plane: npt.NDArray[np.generic], factor: int) -> FloatImage:
    """Return the means of ``factor`` × ``factor`` blocks of pixels.

    Parameters
    ----------
    plane : ndarray, shape (H, W), any real dtype and byte order
        May be a memory map: it is read once, a few rows at a time.
    factor : int, ≥ 1
        Side of a block in pixels.

    Returns
    -------
    ndarray, shape (ceil(H / factor), ceil(W / factor)), float32
        The mean of the finite pixels of each block; NaN where a block has none. Blocks at
        the right and lower edge may be smaller. A factor of 1 gives a copy.
    """
    height, width = plane.shape
    if factor == 1:
        return np.array(plane, dtype=np.float32)
    means = np.empty((-(-height // factor), -(-width // factor)), dtype=np.float32)
    for row in range(means.shape[0]):
        means[row] = _mean_of_rows(plane[row * factor : (row + 1) * factor], factor)
    return means


def _mean_of_rows(rows: npt.NDArray[np.generic], factor: int) -> FloatImage:
    """One row of blocks."""
    values = rows.astype(np.float64)
    finite = np.isfinite(values)
    starts = np.arange(0, values.shape[1], factor)
    if finite.all():
        sums = np.add.reduceat(values.sum(axis=0), starts)
        counts = np.add.reduceat(np.full(values.shape[1], len(values)), starts)
    else:
        sums = np.add.reduceat(np.where(finite, values, 0.0).sum(axis=0), starts)
        counts = np.add.reduceat(finite.sum(axis=0), starts)
    means = np.full(len(starts), np.nan, dtype=np.float32)
    np.divide(sums, counts, out=means, where=counts > 0, casting="unsafe")
    return means
