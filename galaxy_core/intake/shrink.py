"""Fewer pixels by averaging whole blocks: what a large image needs to be seen at once.

Averages only; no interpolation, no smoothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage

# At a time, so that what is worked on fits a processor's cache.
_CHUNK_PIXELS = 200_000


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
    step = max(1, _CHUNK_PIXELS // (width * factor))
    for row in range(0, len(means), step):
        chunk = plane[row * factor : (row + step) * factor]
        means[row : row + step] = _means_of_blocks(chunk, factor)
    return means


def _means_of_blocks(rows: npt.NDArray[np.generic], factor: int) -> FloatImage:
    """Return the means of some rows of blocks."""
    values = rows.astype(np.float64)
    finite = np.isfinite(values)
    down, right = (np.arange(0, side, factor) for side in values.shape)
    if finite.all():
        high = np.minimum(factor, values.shape[0] - down)
        wide = np.minimum(factor, values.shape[1] - right)
        counts = np.outer(high, wide)
    else:
        values = np.where(finite, values, 0.0)
        counts = np.add.reduceat(
            np.add.reduceat(finite.astype(np.int64), down, axis=0), right, axis=1
        )
    sums = np.add.reduceat(np.add.reduceat(values, down, axis=0), right, axis=1)
    means = np.full(sums.shape, np.nan, dtype=np.float32)
    np.divide(sums, counts, out=means, where=counts > 0, casting="unsafe")
    return means
