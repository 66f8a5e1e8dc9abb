"""Fourier descriptors of the light around the centre, on ellipses: arms, bars, lopsidedness.

Of the light, not of the outline: an outline depends on the level at which it is drawn, and
most arms lie within it. The square is sampled on ellipses of the galaxy's own axis ratio
(so that inclination does not pass for a bar), then expanded in azimuth (Rix & Zaritsky
1995) and in logarithmic spirals (Kalnajs 1975).
"""

from __future__ import annotations

import numpy as np

from galaxy_core.morphology.light import Light
from galaxy_core.morphology.polar import ANGLES, INNER, OUTER, RADII

_ORDERS = (2, 3, 4)
_PERIODS = 64  # samples of log radius after padding


def fourier_1(light: Light) -> float:
    """Return the lopsidedness A1 / A0, light-weighted over radius, 0 to 2."""
    return _amplitude(light, 1)


def fourier_2(light: Light) -> float:
    """Return the two-fold amplitude A2 / A0 (two arms, a bar), 0 to 2."""
    return _amplitude(light, 2)


def fourier_3(light: Light) -> float:
    """Return the three-fold amplitude A3 / A0, 0 to 2."""
    return _amplitude(light, 3)


def fourier_4(light: Light) -> float:
    """Return the four-fold amplitude A4 / A0, 0 to 2."""
    return _amplitude(light, 4)


def winding(light: Light) -> float:
    """Return how one-handed the pattern is, 0 to 1: spirals wind one way, bars neither.

    Of the amplitudes A(m, p) of logarithmic spirals of m = 2 to 4 arms (Kalnajs 1975; Puerari
    & Dottori 1992), the difference between leading and trailing over their sum. The sign,
    which a mirror turns, is dropped.
    """
    polar = light.polar
    if polar is None:
        return float("nan")
    even = polar.mean(axis=1, keepdims=True)
    pattern = (polar - even) / np.maximum(even, 0.05 * even.max())
    window = np.hanning(RADII + 2)[1:-1, None]
    spectrum = np.abs(np.fft.fft2(pattern * window, s=(_PERIODS, ANGLES))) ** 2
    reach = _PERIODS // 4  # finer radial waves are noise
    one = sum(float(spectrum[1:reach, m].sum()) for m in _ORDERS)
    other = sum(float(spectrum[-1:-reach:-1, m].sum()) for m in _ORDERS)
    return abs(one - other) / (one + other) if one + other > 0 else 0.0


def _amplitude(light: Light, order: int) -> float:
    """2 |F_m| over F_0, each summed over radii with the light of its ring."""
    polar = light.polar
    if polar is None:
        return float("nan")
    spectrum = np.abs(np.fft.rfft(polar, axis=1))
    ring = np.geomspace(INNER, OUTER, RADII) ** 2  # area of a ring of equal log width
    even = float(ring @ spectrum[:, 0])
    return float(2 * (ring @ spectrum[:, order]) / even) if even > 0 else float("nan")
