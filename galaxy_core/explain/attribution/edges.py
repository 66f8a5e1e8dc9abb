"""Control: an edge detector (Sobel), which knows nothing of the network."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return the gradient of brightness of each picture: a magnitude.

    What looks as good as this may be no more than this (Adebayo et al. 2018, figure 1).
    """
    light = inputs.mean(axis=-1)
    across = np.array([1, 0, -1], dtype=np.float32)
    along = np.array([1, 2, 1], dtype=np.float32)
    slopes = []
    for axis, other in ((1, 2), (2, 1)):  # ndimage.sobel would smooth over the batch as well
        smooth = ndimage.convolve1d(light, along, axis=other, mode="nearest")
        slopes.append(ndimage.convolve1d(smooth, across, axis=axis, mode="nearest"))
    return Attribution.from_magnitude(np.hypot(*slopes).astype(np.float32))
