"""Grad-CAM++: Grad-CAM that counts several objects (Chattopadhay et al. 2018, eqs. 10, 19)."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution, Maps
from galaxy_core.explain.network import Network


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return Grad-CAM++ of both classes; the signed map is their difference.

    The paper's score is exp(z). Its factor is the same for every position, so it is left
    out: at a logit of 90 it would overflow. The alphas are those of equation 10. The authors'
    code divides them by their sum over the positions with a rising logit, tf-keras-vis 0.8.7 by
    that over all positions, where falling ones have alphas of either sign: of the teaching
    network 4% of those sums were negative, and a filter that speaks for a class then counts
    against it. Mapped back, such maps of a turned galaxy correlated with the true one by -0.1
    (mean over 8 simulated galaxies of the weakest change), those of the equations by 0.7.
    """
    tap = network.tap(inputs, network.resolve_layer(layer))
    return Attribution.from_classes(
        _one_class(tap.feature_maps, tap.gradients), _one_class(tap.feature_maps, -tap.gradients)
    )


def _one_class(maps: FloatImage, gradients: FloatImage) -> Maps:
    """Map (N, h, w), at least 0, of the class whose logit has these gradients."""
    # alpha = g² / (2 g² + g³ sum(A)), and g² goes out. Only rising positions take part; after a
    # ReLU none of them has a pole. Elsewhere a pole stays one: it is the method's own, and
    # build_explanation says so where the map overflows.
    rising = np.maximum(gradients, 0)
    alphas = 1 / (2 + rising * maps.sum(axis=(1, 2), keepdims=True))
    weights = (rising * alphas).sum(axis=(1, 2), keepdims=True)
    return np.asarray(np.maximum((weights * maps).sum(axis=-1), 0), dtype=np.float32)
