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
    out: at a logit of 90 it would overflow. Weights are normalised over positions as in the
    authors' code and tf-keras-vis, whose maps are exp(z) times these.
    """
    tap = network.tap(inputs, network.resolve_layer(layer))
    return Attribution.from_classes(
        _one_class(tap.feature_maps, tap.gradients), _one_class(tap.feature_maps, -tap.gradients)
    )


def _one_class(maps: FloatImage, gradients: FloatImage) -> Maps:
    """Map (N, h, w), at least 0, of the class whose logit has these gradients."""
    squared = gradients**2
    denominator = 2 * squared + squared * gradients * maps.sum(axis=(1, 2), keepdims=True)
    # Dead positions have 0 / 0; they take no part. A pole elsewhere stays one: it is the
    # method's own, and build_explanation says so where the map overflows.
    alphas = squared / np.where(squared == 0, np.float32(1), denominator + (denominator == 0))
    total = alphas.sum(axis=(1, 2), keepdims=True)
    alphas = alphas / np.where(total == 0, np.float32(1), total)
    weights = (np.maximum(gradients, 0) * alphas).sum(axis=(1, 2), keepdims=True)
    return np.asarray(np.maximum((weights * maps).sum(axis=-1), 0), dtype=np.float32)
