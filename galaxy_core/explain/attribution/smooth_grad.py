"""SmoothGrad: the gradient averaged over noisy copies (Smilkov et al. 2017, section 3)."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.attribution.saliency import largest_magnitude
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network

SAMPLES = 25
NOISE = 0.15  # of the input's range; the paper recommends 10 to 20%


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return max over channels of |mean of dz/dx| over 25 noisy copies: a magnitude, in logit.

    Gaussian noise of a deviation of 15% of the picture's range, in each channel of each pixel.
    The same noise for every galaxy, so that a galaxy's map does not depend on its neighbours
    in the batch. Noisy pixels are not clipped: the gradient is linear between them.
    """
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((SAMPLES, *inputs.shape[1:]), dtype=np.float32)
    maps = np.empty(inputs.shape[:3], dtype=np.float32)
    for index, picture in enumerate(inputs):
        spread = np.float32(NOISE) * (picture.max() - picture.min())
        _, gradients = network.input_gradients(picture + spread * noise)
        maps[index] = largest_magnitude(gradients.mean(axis=0))
    return Attribution.from_magnitude(maps)
