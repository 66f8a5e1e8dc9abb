"""How light falls off: Sérsic, exponential, bar and ring, each normalised to unit total.

Every profile is a surface brightness per pixel of the plane that its coordinates
belong to, and integrates to 1 over the whole of that plane. No inclination, colour
or noise here.
"""

from __future__ import annotations

import math

import numpy as np

from galaxy_core.simulate.geometry import Plane

_CORE_PX = 6  # half width of the block of pixels that is sampled finely
_CORE_SAMPLES = 9  # samples a pixel along each axis in that block


def sersic_b(sersic_index: float) -> float:
    """Return b_n, which makes the half-light radius hold half of a Sérsic profile's light.

    Source: Ciotti & Bertin 1999, A&A 352, 447, equation 18; better than 2e-4 for
    n >= 1 and 2e-3 at n = 0.5.
    """
    n = sersic_index
    return 2 * n - 1 / 3 + 4 / (405 * n) + 46 / (25515 * n**2) + 131 / (1148175 * n**3)


def sersic_profile(
    along: Plane,
    across: Plane,
    *,
    half_light_radius_px: float,
    sersic_index: float,
    axis_ratio: float,
) -> Plane:
    """Return a Sérsic profile of total 1, sampled finely where it is steep.

    Parameters
    ----------
    along, across : ndarray, shape (N, M), float32
        Offsets along the major and minor axis, pixels; neighbours in the array are one
        pixel apart on the sky.
    half_light_radius_px, sersic_index, axis_ratio : float
        Semi-major half-light radius, index n, and minor over major axis.

    Notes
    -----
    Total from Graham & Driver 2005, PASA 22, 118, equation 2, times the axis ratio.
    """
    n, radius = sersic_index, half_light_radius_px
    b = sersic_b(n)
    log_total = (
        math.log(2 * math.pi * n * radius**2 * axis_ratio) - 2 * n * math.log(b)
    ) + math.lgamma(2 * n)

    def brightness(u: Plane, v: Plane) -> Plane:
        scaled = np.sqrt(u**2 + (v / np.float32(axis_ratio)) ** 2) / np.float32(radius)
        exponent = np.float32(-b) * scaled ** np.float32(1 / n) - np.float32(log_total)
        return np.asarray(np.exp(exponent), dtype=np.float32)

    profile = brightness(along, across)
    row, column = np.unravel_index(int(np.argmin(along**2 + across**2)), along.shape)
    core = (
        slice(max(int(row) - _CORE_PX, 0), int(row) + _CORE_PX + 1),
        slice(max(int(column) - _CORE_PX, 0), int(column) + _CORE_PX + 1),
    )
    if min(along[core].shape) > 1:
        u, v = _subpixels(along[core]), _subpixels(across[core])
        profile[core] = brightness(u, v).mean(axis=(2, 3))
    return profile


def _subpixels(block: Plane) -> Plane:
    """Return a linear coordinate at regular points inside each pixel: (N, M, S, S)."""
    step_y, step_x = block[1, 0] - block[0, 0], block[0, 1] - block[0, 0]
    inner = (np.arange(_CORE_SAMPLES, dtype=np.float32) + 0.5) / _CORE_SAMPLES - 0.5
    shift = inner[:, None] * step_y + inner[None, :] * step_x
    return np.asarray(block[:, :, None, None] + shift, dtype=np.float32)


def exponential_profile(radius: Plane, *, scale_length_px: float) -> Plane:
    """Return exp(-R / h) / (2 pi h²) (Freeman 1970) at radii in the plane of the disc."""
    h = np.float32(scale_length_px)
    return np.asarray(np.exp(-radius / h) / np.float32(2 * math.pi * h**2), dtype=np.float32)


def bar_profile(
    radius: Plane, azimuth: Plane, *, semi_major_px: float, axis_ratio: float
) -> Plane:
    """Return a bar along azimuth 0, (1 - m²)² inside its ellipse m = 1 and 0 outside.

    The form of a Ferrers bar of index 2 (Binney & Tremaine 2008, section 2.5.3), of total 1.
    """
    x, y = radius * np.cos(azimuth), radius * np.sin(azimuth)
    m_squared = (x**2 + (y / np.float32(axis_ratio)) ** 2) / np.float32(semi_major_px**2)
    peak = 3 / (math.pi * semi_major_px**2 * axis_ratio)
    return np.asarray(np.maximum(1 - m_squared, 0) ** 2 * np.float32(peak), dtype=np.float32)


def ring_profile(radius: Plane, *, ring_radius_px: float, width_px: float) -> Plane:
    """Return a Gaussian annulus of total 1 (to 1e-3 for a width up to a third of its radius)."""
    total = (2 * math.pi) ** 1.5 * ring_radius_px * width_px
    offset = (radius - np.float32(ring_radius_px)) / np.float32(width_px)
    return np.asarray(np.exp(-0.5 * offset**2) / np.float32(total), dtype=np.float32)
