"""Score-CAM: feature maps weighted by what they let through (Wang et al. 2020, eqs. 3, 4)."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network
from galaxy_core.explain.receptive import on_input_grid


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return sum_k w_k A_k with w_k = z(galaxy × H_k) - z(sky), before the ReLU.

    H_k is the map A_k laid on the input and scaled to [0, 1]. This is the paper's
    "increase of confidence" taken on the logit. The usual code passes the outputs through
    a softmax instead, which over one unit is 1 whatever the picture: every filter
    gets the same weight and the map means nothing (tf-keras-vis 0.8.7 does so). Weights are
    signed, so one map serves both classes.
    """
    name = network.resolve_layer(layer)
    geometry = network.geometry(name)
    every_map = network.feature_maps(inputs, name)
    sky = network.logits(np.zeros_like(inputs[:1]))
    found = np.empty(every_map.shape[:3], dtype=np.float32)
    for index, (picture, maps) in enumerate(zip(inputs, every_map)):
        laid = on_input_grid(np.moveaxis(maps, -1, 0), geometry)
        low, high = laid.min(axis=(1, 2)), laid.max(axis=(1, 2))
        alive = high > low  # a flat map has no shape to let through
        masks = (laid[alive] - low[alive, None, None]) / (high - low)[alive, None, None]
        weights = network.logits(picture[None] * masks[..., None]) - sky
        found[index] = maps[..., alive] @ weights
    return Attribution.from_signed(found)
