"""The fixed end of the evidence colour scale: the same for every galaxy of a network."""

from __future__ import annotations

import numpy as np

from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cutout import FloatImage
from galaxy_core.explain.inspection import Inspector

PERCENTILE = 99.5


def evidence_scale(classifier: Classifier, inputs: FloatImage) -> dict[str, float]:
    """Return, for each convolution layer, where its evidence scale ends, in logit; positive.

    Parameters
    ----------
    classifier : Classifier
        The network.
    inputs : ndarray, shape (N, S, S, 3), float32
        Framed galaxies in [0, 1], at least one. The scale ends at the 99.5th percentile of
        the strength of their evidence; at 1 where there is none at all.
    """
    inspector = Inspector(classifier)
    values: dict[str, list[np.ndarray]] = {name: [] for name in inspector.layer_names}
    for inspection in inspector.stream(inputs):
        for name, layer in inspection.layers.items():
            values[name].append(np.abs(layer.evidence).ravel()[::7])
    return {
        name: float(np.percentile(np.concatenate(parts), PERCENTILE)) or 1.0
        for name, parts in values.items()
    }
