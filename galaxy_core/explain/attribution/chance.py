"""Control: chance. Smooth random blobs that know neither network nor galaxy."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network

_BLOB_FRACTION = 1 / 16  # of the input's side: about as coarse as class activation maps


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return random signed maps of deviation 1, the same for every galaxy."""
    size = network.size_px
    noise = np.random.default_rng(seed).standard_normal((size, size))
    blobs = ndimage.gaussian_filter(noise, size * _BLOB_FRACTION, mode="wrap")
    blobs = ((blobs - blobs.mean()) / blobs.std()).astype(np.float32)
    return Attribution.from_signed(np.repeat(blobs[None], len(inputs), axis=0))
