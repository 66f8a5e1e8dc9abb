"""A galaxy unrolled: its light on ellipses, by radius and azimuth.

The ellipses have the galaxy's own axis ratio, so that inclination does not pass for a bar.
Interpretation is left to ``fourier``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Plane = npt.NDArray[np.float64]

INNER, OUTER = 0.25, 1.0  # Petrosian radii between which it is sampled
RADII, ANGLES = 24, 96
_ROUNDEST = 0.3  # a flatter galaxy is edge-on: opening it further would only stretch noise
_LEAST_RADIUS_PX = 3.0


def unroll(
    image: Plane,
    centre: tuple[float, float],
    petrosian_px: float,
    axes: tuple[float, float],
) -> Plane | None:
    """Return light on ellipses: rows in equal steps of log radius, columns in azimuth.

    Parameters
    ----------
    image : ndarray, shape (S, S), float64
        Sky-subtracted light.
    centre : tuple of float
        (y, x), pixels.
    petrosian_px : float
        Circular Petrosian radius.
    axes : tuple of float
        Axis ratio, and angle of the major axis from x towards y in radians.

    Returns
    -------
    ndarray, shape (24, 96), float64, or None
        None if the galaxy is under three pixels in radius or has no light there.
    """
    if petrosian_px < _LEAST_RADIUS_PX:
        return None
    ratio, angle = max(axes[0], _ROUNDEST), axes[1]
    # The circular Petrosian radius lies between the ellipse's axes: keep its area.
    radii = petrosian_px / np.sqrt(ratio) * np.geomspace(INNER, OUTER, RADII)[:, None]
    azimuth = 2 * np.pi * np.arange(ANGLES)[None, :] / ANGLES
    u, v = radii * np.cos(azimuth), ratio * radii * np.sin(azimuth)
    y = centre[0] + u * np.sin(angle) + v * np.cos(angle)
    x = centre[1] + u * np.cos(angle) - v * np.sin(angle)
    sampled = ndimage.map_coordinates(image, [y, x], order=1, mode="constant")
    sampled = np.maximum(sampled, 0)  # noise below the sky would make amplitudes above 2
    return np.asarray(sampled) if sampled.max() > 0 else None
