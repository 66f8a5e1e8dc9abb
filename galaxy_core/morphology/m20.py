"""M20: how far out the brightest fifth of the light lies."""

from __future__ import annotations

import numpy as np

from galaxy_core.morphology.light import Light


def m20(light: Light) -> float:
    """Return ``log10(Σ_20% M_i / M_total)``, at most 0; NaN where either is not positive.

    ``M_i`` is a pixel's light times its squared distance from the centre that makes the
    total least (the centroid); the sum runs over the brightest pixels that hold 20% of the
    light. About -2.5 for ellipticals, -1.5 for discs, near -1 for mergers and clumpy galaxies.
    Source: Lotz, Primack & Madau 2004, equations 7 and 8.
    """
    y, x = np.nonzero(light.segment)
    flux = np.maximum(light.image[y, x], 0)
    total = flux.sum()
    distance2 = (y - flux @ y / total) ** 2 + (x - flux @ x / total) ** 2
    order = np.argsort(-flux, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(flux[order])[:-1]])
    # Pixels of one value stay together, so that a mirrored picture has the same M20.
    faintest = flux[order][int((before < 0.2 * total).sum()) - 1]
    bright = flux >= faintest
    brightest, everything = flux[bright] @ distance2[bright], flux @ distance2
    if not (brightest > 0 and everything > 0):
        return float("nan")
    return float(np.log10(brightest / everything))
