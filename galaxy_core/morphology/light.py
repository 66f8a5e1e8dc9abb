"""Framed square -> what every measure starts from: light, neighbours, centre, radius, segment.

Done once for all measures. The square is display-stretched (the pictures that users have
are), so these are measures of stretched light: comparable among framed pictures, not with
catalogues of linear photometry. Measures nothing that a classifier would use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.morphology.half_turn import least_asymmetric_centre
from galaxy_core.morphology.moments import axes
from galaxy_core.morphology.polar import unroll
from galaxy_core.morphology.radial import EXTENT, Growth, grow, petrosian_radius

Plane = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_NOISE_SIGMA = 3.0
_FAINT = 0.03  # of the brightest light: below it, neighbours do not matter
_SMOOTH = 1 / 64  # of the side: what is smoothed before neighbours are told apart
_SEGMENT_SMOOTH = 0.2  # Petrosian radii (Lotz et al. 2004, section 2.3)
_EIGHT = np.ones((3, 3), dtype=int)
_LEAST_SIDE_PX = 16


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """A galaxy's light, ready to be measured.

    Parameters
    ----------
    image : ndarray, shape (S, S), float64
        Sky-subtracted mean of the channels; 0 on neighbours.
    channels : ndarray, shape (S, S, 3), float64
        Sky-subtracted red, green and blue.
    usable : ndarray, shape (S, S), bool
        False on neighbours.
    sky_box : ndarray, shape (B, B), float64
        The quietest corner: what sky and noise look like.
    centre : tuple of float
        (y, x) of least asymmetry, pixels.
    growth : Growth
        Curve of growth about it.
    petrosian_px : float
        Petrosian radius; half the side where it is not reached.
    petrosian_reached : bool
        Whether it was.
    segment : ndarray, shape (S, S), bool
        Pixels of the galaxy above its surface brightness at the Petrosian radius.
    polar : ndarray, shape (24, 96), float64, or None
        The galaxy unrolled on ellipses (see `polar.unroll`).
    """

    image: Plane
    channels: Plane
    usable: Mask
    sky_box: Plane
    centre: tuple[float, float]
    growth: Growth
    petrosian_px: float
    petrosian_reached: bool
    segment: Mask
    polar: Plane | None


def gather_light(square: FloatImage) -> Light | None:
    """Return the light of a framed square; None where there is nothing to measure.

    Parameters
    ----------
    square : ndarray, shape (S, S, 3), float32
        What ``framing.cut_out`` returns: sky 0, galaxy near the middle. S from 16. Values
        that are not finite count as sky.
    """
    if square.ndim != 3 or square.shape[0] != square.shape[1] or square.shape[2] != 3:
        return None
    if square.shape[0] < _LEAST_SIDE_PX:
        return None
    channels = np.nan_to_num(square.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    box = _quiet_corner(channels)
    channels -= np.median(channels[box], axis=(0, 1))
    image = channels.mean(axis=2)
    usable = _without_neighbours(image, float(np.std(image[box])))
    image = np.where(usable, image, 0.0)
    start = _centroid(image)
    if start is None:
        return None
    return _about_centre(image, channels, usable, image[box], start)


def _about_centre(
    image: Plane, channels: Plane, usable: Mask, sky_box: Plane, start: tuple[float, float]
) -> Light | None:
    """Find the centre, then the radius about it, then the segment within that."""
    half = image.shape[0] / 2
    first = petrosian_radius(grow(image, usable, start))
    reach = EXTENT * (first if np.isfinite(first) else half)
    centre = least_asymmetric_centre(image, usable, start, reach)
    growth = grow(image, usable, centre)
    radius = petrosian_radius(growth)
    reached = bool(np.isfinite(radius))
    petrosian = radius if reached else half
    segment = _segment(image, usable, centre, petrosian)
    if segment.sum() < 4 or not image[segment].sum() > 0:
        return None
    polar = unroll(image, centre, petrosian, axes(image, segment))
    return Light(
        image=image,
        channels=channels,
        usable=usable,
        sky_box=sky_box,
        centre=centre,
        growth=growth,
        petrosian_px=petrosian,
        petrosian_reached=reached,
        segment=segment,
        polar=polar,
    )


def _quiet_corner(channels: Plane) -> tuple[slice, slice]:
    """Find the corner box, an eighth of the side, with the least light and scatter."""
    size = channels.shape[0]
    ends = (slice(0, size // 8), slice(size - size // 8, size))
    boxes = [(rows, columns) for rows in ends for columns in ends]
    restless = [float(np.mean(channels[box]) + np.std(channels[box])) for box in boxes]
    return boxes[int(np.argmin(restless))]


def _without_neighbours(image: Plane, sky_sigma: float) -> Mask:
    """Mark as not usable every bright segment but the one that holds the most central light."""
    size = image.shape[0]
    smooth = ndimage.gaussian_filter(image, _SMOOTH * size, mode="nearest")
    labels, count = ndimage.label(smooth > max(_NOISE_SIGMA * sky_sigma, _FAINT * smooth.max()))
    if count < 2:
        return np.ones(image.shape, dtype=bool)
    offset = np.arange(size) - (size - 1) / 2
    distance2 = (offset[:, None] ** 2 + offset[None, :] ** 2) / (0.15 * size) ** 2
    central = np.maximum(smooth, 0) * np.exp(-0.5 * distance2)
    weights = np.bincount(labels.ravel(), central.ravel(), minlength=count + 1)
    weights[0] = -1.0
    return np.asarray((labels == 0) | (labels == int(np.argmax(weights))))


def _centroid(image: Plane) -> tuple[float, float] | None:
    light = np.maximum(image, 0)
    total = light.sum()
    # A flat square has only rounding left after the sky is gone.
    if not light.max() > 1e-6:
        return None
    axis = np.arange(image.shape[0])
    return float(light.sum(axis=1) @ axis / total), float(light.sum(axis=0) @ axis / total)


def _segment(image: Plane, usable: Mask, centre: tuple[float, float], petrosian_px: float) -> Mask:
    """Mark the pixels of the smoothed galaxy brighter than it is at the Petrosian radius.

    First on a circle; then on the ellipse that the first segment shows, since a circle about
    a thin galaxy is mostly sky.
    """
    smooth = ndimage.gaussian_filter(image, _SEGMENT_SMOOTH * petrosian_px, mode="constant")
    first = _brighter_than_on_ring(smooth, centre, petrosian_px, (1.0, 0.0))
    if not image[first].sum() > 0:
        return first
    shape = axes(image, first)
    radius = petrosian_radius(grow(image, usable, centre, axes=shape))
    if not np.isfinite(radius):
        return first
    smooth = ndimage.gaussian_filter(image, _SEGMENT_SMOOTH * radius, mode="constant")
    return _brighter_than_on_ring(smooth, centre, radius, shape)


def _brighter_than_on_ring(
    smooth: Plane, centre: tuple[float, float], major_px: float, shape: tuple[float, float]
) -> Mask:
    """Mark the brightest segment above the mean of an elliptical ring a pixel wide."""
    size, (ratio, angle) = smooth.shape[0], shape
    y, x = (np.arange(size) - centre[0])[:, None], (np.arange(size) - centre[1])[None, :]
    along = x * np.cos(angle) + y * np.sin(angle)
    across = (y * np.cos(angle) - x * np.sin(angle)) / max(ratio, 1 / major_px)
    ring = np.abs(np.hypot(along, across) - major_px) <= 0.5
    level = float(smooth[ring].mean()) if ring.any() else 0.0
    labels, count = ndimage.label(smooth >= max(level, 1e-9), structure=_EIGHT)
    if count == 0:
        return np.zeros(smooth.shape, dtype=bool)
    return np.asarray(labels == labels.ravel()[int(np.argmax(smooth))])
