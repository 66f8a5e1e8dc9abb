"""The METHODS table: every explanation method, what it shows and what it cannot show.

``explain`` runs one of them. The computations stand in ``attribution``, one a file; whether
a map deserves belief is measured in ``trust``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.attribution import (
    chance,
    edges,
    grad_cam,
    grad_cam_plus_plus,
    integrated_gradients,
    layer_cam,
    occlusion,
    rise,
    saliency,
    score_cam,
    smooth_grad,
)
from galaxy_core.explain.explanation import Explanation, build_explanation
from galaxy_core.explain.method import Method
from galaxy_core.explain.network import Network
from galaxy_core.explain.receptive import whole_grid

_ALL = (
    Method(
        "grad_cam",
        "Grad-CAM",
        "Where the features of a layer that raise or lower the logit are strong.",
        "Anything finer than the layer's cells; and it weighs a whole feature map by one number.",
        "Selvaraju et al. 2017, ICCV",
        "https://arxiv.org/abs/1610.02391",
        grad_cam.attribute,
        needs_layer=True,
        passes=3,
    ),
    Method(
        "grad_cam_plus_plus",
        "Grad-CAM++",
        "As Grad-CAM, with weights meant to do justice to several objects of one class.",
        "What happens under larger changes than a little; its weights assume exp(logit) as score.",
        "Chattopadhay et al. 2018, WACV, equations 10 and 19",
        "https://arxiv.org/abs/1710.11063",
        grad_cam_plus_plus.attribute,
        needs_layer=True,
        passes=3,
        unit="",
    ),
    Method(
        "layer_cam",
        "LayerCAM",
        "Where features are strong and a little more of them, right there, would matter.",
        "What happens under larger changes than a little.",
        "Jiang et al. 2021, IEEE TIP 30",
        "https://doi.org/10.1109/TIP.2021.3089943",
        layer_cam.attribute,
        needs_layer=True,
        passes=3,
    ),
    Method(
        "saliency",
        "Gradient saliency",
        "Which pixels would move the logit most if they changed by a hair.",
        "Which class a pixel speaks for, or what the network does on larger changes.",
        "Simonyan, Vedaldi & Zisserman 2014, ICLR workshop",
        "https://arxiv.org/abs/1312.6034",
        saliency.attribute,
        signed=False,
        passes=3,
        unit="logit / brightness",
    ),
    Method(
        "smooth_grad",
        "SmoothGrad",
        "Gradient saliency averaged over 25 noisy copies, so that its speckle cancels.",
        "Which class a pixel speaks for; and the noise takes it off the galaxies it learnt from.",
        "Smilkov et al. 2017",
        "https://arxiv.org/abs/1706.03825",
        smooth_grad.attribute,
        signed=False,
        passes=75,
        unit="logit / brightness",
    ),
    Method(
        "integrated_gradients",
        "Integrated Gradients",
        "How the difference in logit from empty sky is shared out among the pixels, exactly.",
        "Anything about dark pixels (their share is 0), or relations between pixels.",
        "Sundararajan, Taly & Yan 2017, ICML",
        "https://arxiv.org/abs/1703.01365",
        integrated_gradients.attribute,
        passes=97,
        repeated=integrated_gradients.attribute_in_32_steps,
    ),
    Method(
        "occlusion",
        "Occlusion",
        "How far the logit falls when a window is covered with sky.",
        "Evidence that stands twice (covering one copy changes nothing), or finer than a window.",
        "Zeiler & Fergus 2014, ECCV",
        "https://arxiv.org/abs/1311.2901",
        occlusion.attribute,
        passes=145,
    ),
    Method(
        "score_cam",
        "Score-CAM",
        "Where the features are strong that, shown alone, raise or lower the logit; no gradients.",
        "Anything finer than the layer's cells, or features that only work together.",
        "Wang et al. 2020, CVPR workshop",
        "https://arxiv.org/abs/1910.01279",
        score_cam.attribute,
        needs_layer=True,
        passes=65,
        unit="logit * activation",
    ),
    Method(
        "rise",
        "RISE",
        "How far each place moves the logit as it is shown, over 128 random masks; no gradients.",
        "Anything finer than a sixth of the frame; what places do together is left to chance.",
        "Petsiuk, Das & Saenko 2018, BMVC",
        "https://arxiv.org/abs/1806.07421",
        rise.attribute,
        passes=128,
    ),
    Method(
        "edges",
        "Control: edge detector",
        "Where brightness changes. It does not know the network.",
        "Anything about the network: a method that does no better says no more.",
        "Sobel operator; as a control Adebayo et al. 2018, NeurIPS",
        "https://arxiv.org/abs/1810.03292",
        edges.attribute,
        signed=False,
        is_control=True,
        unit="brightness",
    ),
    Method(
        "chance",
        "Control: random",
        "Smooth random blobs. They know neither network nor galaxy.",
        "Anything at all.",
        "A seeded random generator",
        "",
        chance.attribute,
        is_control=True,
        unit="",
    ),
)

METHODS: Mapping[str, Method] = MappingProxyType({method.key: method for method in _ALL})


def find_method(key: str) -> Method:
    """Return the method of that key.

    Raises
    ------
    ExplanationError
        If there is none; the message lists those there are.
    """
    try:
        return METHODS[key]
    except KeyError:
        raise ExplanationError(
            f"There is no explanation method {key!r}; there are {', '.join(METHODS)}."
        ) from None


def explain(
    method: Method | str,
    network: Network,
    inputs: FloatImage,
    *,
    layer: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Return the maps of one method for framed galaxies.

    Parameters
    ----------
    method : Method or str
        Which, or its key.
    network : Network
        The network to be explained.
    inputs : ndarray, shape (N, S, S, 3), float32
        Framed galaxies in [0, 1]; N may be 0.
    layer : str or None
        Convolution layer for methods that need one; None: the last. Others ignore it.
    seed : int
        For methods that draw random numbers; the same seed gives the same maps.

    Raises
    ------
    ExplanationError
        If there is no such method or layer, or the inputs have another shape than the
        network's or hold values that are not finite.
    """
    chosen = find_method(method) if isinstance(method, str) else method
    _check(network, inputs)
    name = network.resolve_layer(layer) if chosen.needs_layer else ""
    # Poles of a method come out as blank maps with a reason, not as warnings.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = chosen.attribute(network, inputs, layer=name or None, seed=seed)
    cells = found.signed.shape[1]
    geometry = network.geometry(name) if name else whole_grid(network.size_px, cells)
    return build_explanation(
        found, inputs, method=chosen.key, layer=name, signed=chosen.signed, geometry=geometry
    )


def _check(network: Network, inputs: FloatImage) -> None:
    size = network.size_px
    if inputs.ndim != 4 or inputs.shape[1:] != (size, size, 3):
        raise ExplanationError(
            f"The network {network.name!r} takes inputs of shape (N, {size}, {size}, 3), "
            f"got {inputs.shape}."
        )
    if not np.isfinite(inputs).all():
        raise ExplanationError("The inputs hold values that are not finite numbers.")
