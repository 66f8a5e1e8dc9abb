"""Light by radius: curve of growth, Petrosian radius, concentration.

Every pixel is cut into smaller ones, so that circles smaller than a pixel make sense; rings
count only usable pixels, so that a masked neighbour leaves no hole. Circles, not ellipses,
as in the definitions by Conselice (2003). No segmentation and no centring here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from galaxy_core.morphology.light import Light

Plane = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

PETROSIAN_ETA = 0.2  # Petrosian radius: where the ring is a fifth as bright as all inside it
EXTENT = 1.5  # total light is what lies within this many Petrosian radii (Conselice 2003)

_STEP_PX = 0.25
_FINE_PX = 192  # sub-pixels across, at least; fixes the cost for small squares
_THINNEST = 0.1  # a flatter ellipse would be thinner than its pixels
_RING_STEPS = 2  # a ring of the Petrosian ratio reaches this many steps to either side


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """How light accumulates about a centre.

    Parameters
    ----------
    radius_px : ndarray, shape (N + 1,), float64
        Outer edges of the rings, from 0.
    brightness : ndarray, shape (N,), float64
        Mean light per pixel of each ring; interpolated where it has no usable pixels.
    light : ndarray, shape (N + 1,), float64
        Light within each radius, as if no pixel were masked or beyond the square.
    """

    radius_px: Plane
    brightness: Plane
    light: Plane

    def light_within(self, radius_px: float) -> float:
        """Return the light within a radius."""
        return float(np.interp(radius_px, self.radius_px, self.light))

    def radius_of_fraction(self, fraction: float, within_px: float) -> float:
        """Return the radius that holds this fraction of the light within ``within_px``.

        NaN where that light is not positive.
        """
        total = self.light_within(within_px)
        if not total > 0:
            return float("nan")
        index = int(np.argmax(self.light >= fraction * total))
        if index == 0:
            return float("nan")
        low, high = self.light[index - 1], self.light[index]
        part = (fraction * total - low) / (high - low)
        return float(self.radius_px[index - 1] + part * _STEP_PX)


def grow(
    image: Plane,
    usable: Mask,
    centre: tuple[float, float],
    *,
    axes: tuple[float, float] = (1.0, 0.0),
) -> Growth:
    """Return the curve of growth about a centre, out to the corner of the square.

    Parameters
    ----------
    image : ndarray, shape (S, S), float64
        Sky-subtracted light.
    usable : ndarray, shape (S, S), bool
        False on pixels of neighbours.
    centre : tuple of float
        (y, x) in pixels; the middle of the first pixel is 0.
    axes : tuple of float
        Axis ratio of the rings, and angle of their major axis from x towards y in radians;
        radii are semi-major axes. Circles if not given.
    """
    ratio = max(axes[0], _THINNEST)
    size = image.shape[0]
    parts = max(3, -(-_FINE_PX // size))
    fine = (np.arange(size * parts) + 0.5) / parts - 0.5
    y, x = (fine - centre[0])[:, None], (fine - centre[1])[None, :]
    cos, sin = np.cos(axes[1]), np.sin(axes[1])
    radius = np.hypot(x * cos + y * sin, (y * cos - x * sin) / ratio)
    rings = (radius * (1 / _STEP_PX)).astype(np.intp)
    count = int(0.75 * size / _STEP_PX)
    np.minimum(rings, count, out=rings)
    weight = np.repeat(np.repeat(usable.astype(np.float64), parts, 0), parts, 1).ravel()
    light = np.repeat(np.repeat(np.where(usable, image, 0.0), parts, 0), parts, 1).ravel()
    area = np.bincount(rings.ravel(), weight, minlength=count + 1)[:count]
    total = np.bincount(rings.ravel(), light, minlength=count + 1)[:count]
    met = area > 0  # a ring may miss every sub-pixel: its neighbours know
    mean = total[met] / area[met]
    steps = np.arange(count, dtype=np.float64)
    brightness = np.interp(steps, steps[met], mean) if met.any() else np.zeros(count)
    edges = np.arange(count + 1, dtype=np.float64) * _STEP_PX
    ring_area = np.pi * ratio * np.diff(edges**2)
    return Growth(edges, brightness, np.concatenate([[0.0], np.cumsum(brightness * ring_area)]))


def petrosian_radius(growth: Growth) -> float:
    """Return the radius at which a ring is `PETROSIAN_ETA` times as bright as all inside it.

    In pixels; NaN where that is not reached within the square, or there is no light.
    Source: Petrosian 1976; Lotz et al. 2004, equation 4.
    """
    edges, light = growth.radius_px, growth.light
    width = 2 * _RING_STEPS
    middle = edges[_RING_STEPS:-_RING_STEPS]
    ring = (light[width:] - light[:-width]) / (np.pi * (edges[width:] ** 2 - edges[:-width] ** 2))
    middle, ring = middle[1:], ring[1:]  # the first ring is a disc: its ratio is 1
    inside = light[_RING_STEPS + 1 : -_RING_STEPS] / (np.pi * middle**2)
    if not inside.size or not inside.max() > 0:
        return float("nan")
    ratio = np.divide(ring, inside, out=np.zeros_like(ring), where=inside > 0)
    below = np.flatnonzero(ratio < PETROSIAN_ETA)
    if below.size == 0 or below[0] == 0:
        return float("nan")
    index = int(below[0])
    drop = ratio[index - 1] - ratio[index]
    part = (ratio[index - 1] - PETROSIAN_ETA) / drop
    return float(middle[index - 1] + part * (middle[index] - middle[index - 1]))


def concentration(light: Light) -> float:
    """Return ``C = 5 log10(r80 / r20)``, 0 to about 6; NaN without light.

    The radii hold 80% and 20% of the light within 1.5 Petrosian radii. 2 to 3 for discs,
    3.5 to 5 for ellipticals. Source: Conselice 2003, section 3.1.
    """
    within = EXTENT * light.petrosian_px
    r80 = light.growth.radius_of_fraction(0.8, within)
    r20 = light.growth.radius_of_fraction(0.2, within)
    return float(5 * np.log10(r80 / r20)) if r20 > 0 else float("nan")


def petrosian_extent(light: Light) -> float:
    """Return the Petrosian radius over half the side of the square, 0 to about 1.5."""
    return light.petrosian_px / (light.image.shape[0] / 2)


def half_light_extent(light: Light) -> float:
    """Return the half-light radius over the Petrosian radius, 0 to 1; NaN without light."""
    half = light.growth.radius_of_fraction(0.5, EXTENT * light.petrosian_px)
    return half / light.petrosian_px
