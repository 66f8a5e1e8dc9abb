"""Moments of inertia of the light: axis ratio, orientation, and Hu's invariants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from galaxy_core.morphology.light import Light

Plane = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_LEAST = 1e-8  # Hu's invariants of symmetric light are 0; their logarithm stops here


def axes(image: Plane, segment: Mask) -> tuple[float, float]:
    """Return the axis ratio in [0, 1], and the angle of the major axis.

    From the second moments of the light in the segment. The angle is in radians, from
    the x axis towards the y axis, in (-pi/2, pi/2].
    """
    mu = _central_moments(image, segment)
    low, high = np.linalg.eigvalsh([[mu[2, 0], mu[1, 1]], [mu[1, 1], mu[0, 2]]])
    angle = 0.5 * np.arctan2(2 * mu[1, 1], mu[0, 2] - mu[2, 0])
    return (float(np.sqrt(max(low, 0.0) / high)) if high > 0 else 1.0), float(angle)


def axis_ratio(light: Light) -> float:
    """Return the minor over the major axis, in [0, 1]; 1 for round light."""
    return axes(light.image, light.segment)[0]


def hu_1(light: Light) -> float:
    """Return log10 of Hu's first invariant: the moment of inertia about the centre.

    Least, log10(1 / 2 pi) = -0.80, for a uniform disc. Source: Hu 1962, equation 57.
    """
    return float(np.log10(max(_hu(light)[0], _LEAST)))


def hu_2(light: Light) -> float:
    """Return log10 of Hu's second invariant, the elongation; -8 for round light (Hu 1962)."""
    return float(np.log10(max(_hu(light)[1], _LEAST)))


def hu_3(light: Light) -> float:
    """Return log10 of Hu's third invariant, three-fold skewness; -8 if symmetric (Hu 1962)."""
    return float(np.log10(max(_hu(light)[2], _LEAST)))


def hu_4(light: Light) -> float:
    """Return log10 of Hu's fourth invariant, lopsidedness; -8 if symmetric (Hu 1962)."""
    return float(np.log10(max(_hu(light)[3], _LEAST)))


def _central_moments(image: Plane, segment: Mask) -> Plane:
    """Moments mu[p, q] of y^p x^q about the centroid, p + q <= 3."""
    y, x = np.nonzero(segment)
    flux = np.maximum(image[y, x], 0)
    total = flux.sum()
    dy, dx = y - flux @ y / total, x - flux @ x / total
    powers_y, powers_x = np.vander(dy, 4, increasing=True), np.vander(dx, 4, increasing=True)
    return np.asarray((powers_y * flux[:, None]).T @ powers_x)


def _hu(light: Light) -> tuple[float, float, float, float]:
    """First four of Hu's invariants; normalised by area x light, so that brightness drops out."""
    mu = _central_moments(light.image, light.segment)
    order = np.add.outer(np.arange(4), np.arange(4))
    # Hu divides by m00^(1 + order/2), which treats brightness as size; grey levels have none.
    eta = mu / (mu[0, 0] * float(light.segment.sum()) ** (order / 2))
    a, b = eta[3, 0] - 3 * eta[1, 2], 3 * eta[2, 1] - eta[0, 3]
    c, d = eta[3, 0] + eta[1, 2], eta[2, 1] + eta[0, 3]
    return (
        float(eta[2, 0] + eta[0, 2]),
        float((eta[2, 0] - eta[0, 2]) ** 2 + 4 * eta[1, 1] ** 2),
        float(a * a + b * b),
        float(c * c + d * d),
    )
