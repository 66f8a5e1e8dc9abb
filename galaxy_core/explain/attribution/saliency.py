"""Vanilla gradient saliency (Simonyan, Vedaldi & Zisserman 2014, section 3.1)."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution, Maps
from galaxy_core.explain.network import Network


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return the largest |dz/dx| over the channels of each pixel: a magnitude, in logit."""
    _, gradients = network.input_gradients(inputs)
    return Attribution.from_magnitude(largest_magnitude(gradients))


def largest_magnitude(gradients: FloatImage) -> Maps:
    """Return the largest absolute value of each pixel's channels: (…, h, w, 3) -> (…, h, w)."""
    # Plane by plane: NumPy reduces over three neighbours in memory twenty times as slowly.
    red, green, blue = (np.abs(gradients[..., channel]) for channel in range(3))
    return np.maximum(np.maximum(red, green), blue)
