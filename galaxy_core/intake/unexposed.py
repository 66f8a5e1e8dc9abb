"""Which pixels of an image hold one repeated number because nothing was exposed there.

Mosaics, drizzled and turned images are padded at their edges, mostly with 0, and seldom say so.
Taken as sky, padding has no noise and another level, which ruins every stretch. This module
looks at numbers only; who calls it decides what becomes of the pixels.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.intake.background import sky_level

_LEAST_OF_EDGE = 0.02
_LEAST_OF_IMAGE = 0.002
# A sky with noise has 2.3% of its pixels two deviations below its level. Where a galaxy was cut
# out along its outline, or has no noise at all, none are: there the number is the sky.
_LEAST_BELOW = 0.004
_FEWEST_PIXELS = 100


def unexposed(image: FloatImage) -> Mask | None:
    """Return where nothing was exposed; None where everything was, or that cannot be told.

    Parameters
    ----------
    image : ndarray, shape (H, W), float32
        One band; NaN where it states no number.

    Returns
    -------
    ndarray, shape (H, W), bool, or None
        Solid areas of one exact number that reach the image's edge, beside a sky with noise.
    """
    edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    values, counts = np.unique(edge[np.isfinite(edge)], return_counts=True)
    if values.size == 0 or counts.max() < max(3, _LEAST_OF_EDGE * edge.size):
        return None
    same = image == values[counts.argmax()]
    solid = ndimage.binary_opening(np.pad(same, 1, mode="edge"), np.ones((3, 3)))[1:-1, 1:-1]
    pieces, _ = ndimage.label(solid)
    at_edge = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    padding: Mask = np.isin(pieces, at_edge[at_edge > 0])
    exposed = image[~same & np.isfinite(image)]
    few = padding.mean() < _LEAST_OF_IMAGE or exposed.size < _FEWEST_PIXELS
    return None if few or not _has_noise(exposed) else padding


def _has_noise(values: FloatImage) -> bool:
    """Tell a sky that scatters to both sides of its level."""
    level, noise = sky_level(values)
    return noise > 0.0 and float((values < level - 2.0 * noise).mean()) >= _LEAST_BELOW
