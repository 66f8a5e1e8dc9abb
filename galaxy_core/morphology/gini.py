"""Gini: how unequally the light is shared among the galaxy's pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.morphology.light import Light


def gini(light: Light) -> float:
    """Return the Gini coefficient of the pixels of the galaxy's segment, 0 to 1."""
    return gini_coefficient(light.image[light.segment])


def gini_coefficient(values: npt.NDArray[np.float64]) -> float:
    """Return the Gini coefficient: 0 if all are equal, 1 if one value has everything.

    ``G = Σ (2i - n - 1) |x_i| / ((n - 1) Σ |x|)`` over values in rising order (Lotz,
    Primack & Madau 2004, equation 6, with absolute values as they recommend). NaN for fewer
    than two values or none that is not zero.
    """
    ordered = np.sort(np.abs(values))
    n, total = ordered.size, float(ordered.sum())
    if n < 2 or not total > 0:
        return float("nan")
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float(ranks @ ordered / ((n - 1) * total))
