"""Multimode: whether a galaxy falls apart into two pieces at some brightness."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.morphology.light import Light

_EIGHT = np.ones((3, 3), dtype=int)
_QUANTILES = np.arange(0.1, 1.0, 0.1)


def multimode(light: Light) -> float:
    """Return ``A2 / A1``: area of the second over that of the largest piece, 0 to 1.

    At the brightness quantile (of nine) that makes ``A2² / A1`` largest; 0 if the galaxy never
    falls apart. Source: Freeman et al. 2013, section 3.1; Peth et al. 2016, equation 1.
    The brightness is smoothed over 1/64 of the side: in single pixels noise falls apart first.
    """
    smooth = ndimage.gaussian_filter(light.image, light.image.shape[0] / 64, mode="nearest")
    rows, columns = ndimage.find_objects(light.segment.astype(np.int8))[0]
    inside, segment = smooth[rows, columns], light.segment[rows, columns]
    best, answer = 0.0, 0.0
    for level in np.quantile(inside[segment], _QUANTILES):
        labels, count = ndimage.label((inside >= level) & segment, structure=_EIGHT)
        if count < 2:
            continue
        areas = np.sort(np.bincount(labels.ravel())[1:])
        ratio = float(areas[-2] / areas[-1])
        if ratio * areas[-2] > best:
            best, answer = ratio * float(areas[-2]), ratio
    return answer
