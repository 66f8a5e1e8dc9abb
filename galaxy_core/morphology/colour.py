"""Colours of the stretched picture: overall, and centre against outskirts.

In magnitudes of displayed light, so comparable within a survey's pictures only; 0 for a grey
picture, which has no colour to speak of rather than an unknown one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.morphology.light import Light
from galaxy_core.morphology.radial import EXTENT

_MOST = 3.0  # magnitudes: beyond it the fainter channel is nothing but noise


def colour(light: Light) -> float:
    """Return ``2.5 log10(red / blue)`` of the segment: positive is red, -3 to 3."""
    return _magnitudes(light, light.segment)


def colour_gradient(light: Light) -> float:
    """Return the colour of the centre minus that of the outskirts, -6 to 6.

    Positive for a red bulge in a blue disc. They part at the half-light radius. NaN
    where either has no light in red or blue.
    """
    size = light.image.shape[0]
    y, x = np.arange(size) - light.centre[0], np.arange(size) - light.centre[1]
    radius = np.hypot(y[:, None], x[None, :])
    half = light.growth.radius_of_fraction(0.5, EXTENT * light.petrosian_px)
    inner, outer = light.segment & (radius <= half), light.segment & (radius > half)
    return _magnitudes(light, inner) - _magnitudes(light, outer)


def colour_scatter(light: Light) -> float:
    """Return the spread of (red - blue) / light over the segment, weighted by light; 0 to 3."""
    pixels = light.channels[light.segment]
    flux = np.maximum(pixels.mean(axis=1), 0)
    if not flux.sum() > 0:
        return float("nan")
    tint = (pixels[:, 0] - pixels[:, 2]) / np.maximum(flux, 0.05 * flux.max())
    mean = np.average(tint, weights=flux)
    return float(np.sqrt(np.average((tint - mean) ** 2, weights=flux)))


def _magnitudes(light: Light, where: npt.NDArray[np.bool_]) -> float:
    if not where.any():
        return float("nan")
    red, _, blue = light.channels[where].sum(axis=0)
    if not (red > 0 and blue > 0):
        return float("nan")
    return float(np.clip(2.5 * np.log10(red / blue), -_MOST, _MOST))
