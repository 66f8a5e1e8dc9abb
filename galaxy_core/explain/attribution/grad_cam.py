"""Grad-CAM: feature maps weighted by their mean gradient (Selvaraju et al. 2017, eqs. 1, 2)."""

from __future__ import annotations

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return signed Grad-CAM: sum_k mean(dz/dA_k) A_k before the ReLU.

    The ReLU of it is the conventional map of spiral, of its negative that of elliptical,
    whose logit is -z. Equal to ``Inspection``, which has it with everything else.
    """
    return Attribution.from_signed(network.grad_cam(inputs, network.resolve_layer(layer)))
