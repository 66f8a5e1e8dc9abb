"""Entropy: how evenly the grey levels of a galaxy are used."""

from __future__ import annotations

import numpy as np

from galaxy_core.morphology.light import Light

_BINS = 32


def entropy(light: Light) -> float:
    """Return the Shannon entropy of the segment's brightness histogram over its most, 0 to 1.

    Low for steep smooth profiles, high for structure at all levels.
    Source: Ferrari, de Carvalho & Trevisan 2015, equation 12, with 32 bins.
    """
    values = light.image[light.segment]
    counts, _ = np.histogram(values, bins=_BINS)
    share = counts[counts > 0] / values.size
    return float(-(share @ np.log(share)) / np.log(_BINS))
