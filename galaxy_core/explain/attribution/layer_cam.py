"""LayerCAM: every cell weighted by its own gradient (Jiang et al. 2021, eqs. 5, 6)."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return LayerCAM of both classes; the signed map is their difference.

    For spiral: ReLU(sum_k ReLU(dz/dA_k) A_k), cell by cell; for elliptical with -dz/dA_k.
    """
    tap = network.tap(inputs, network.resolve_layer(layer))
    maps, gradients = tap.feature_maps, tap.gradients
    spiral, elliptical = (
        np.maximum(np.einsum("nhwk,nhwk->nhw", maps, np.maximum(side, 0)), 0)
        for side in (gradients, -gradients)
    )
    return Attribution.from_classes(spiral, elliptical)
