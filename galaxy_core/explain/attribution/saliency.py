"""Vanilla gradient saliency (Simonyan, Vedaldi & Zisserman 2014, section 3.1)."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return the largest |dz/dx| over the channels of each pixel: a magnitude, in logit."""
    _, gradients = network.input_gradients(inputs)
    return Attribution.from_magnitude(np.abs(gradients).max(axis=-1))
