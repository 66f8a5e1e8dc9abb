"""A large picture -> the galaxies in it: where they are, how large, and which are stars.

The background is photutils's, and so is the taking apart of objects that touch. Finds and
measures only; classifying is up to the caller, one cut at a time. Star against galaxy is a hint
from shape alone: a small round galaxy may pass for a star, and the user has the last word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from astropy.stats import SigmaClip
from photutils.background import Background2D, SExtractorBackground
from photutils.segmentation import SegmentationImage, deblend_sources
from scipy import ndimage

from galaxy_core.cutout import Cutout, FloatImage
from galaxy_core.intake.background import measured_sky
from galaxy_core.intake.shrink import block_mean

MAX_OBJECTS = 300
Labels = npt.NDArray[np.int32]
# Larger fields are averaged down for detection; what then has too few pixels had few before.
_WORKING_PIXELS = 4_000_000
_SMOOTHING_PX = 1.0
_THRESHOLD_SIGMA = 2.5
_THRESHOLD_FLOOR = 0.012  # three grey levels of 8 bits; below it is compression
_MIN_AREA_PX = 12
_DEBLENDED_AREA_PX = 100
_DEBLENDED_SIDE_PX = 48
_DEBLEND_LEVELS = 16
# Part of a segment's light that an object of its own holds: knots of arms hold less.
_DEBLEND_CONTRAST = 0.04
_LIGHT_FRACTION = 0.95
# Isophotes at which the shape of a profile is read off: how far it takes to fall from 70% to
# 30% of the peak, over the radius at 50%. A Gaussian's 0.60, a point's under an asinh stretch
# 0.41, saturated ones less still; an exponential disc 1.2, or 0.8 stretched; a de Vaucouleurs
# spheroid more. So it parts stars from galaxies whatever the picture's stretch.
_LEVELS = (0.7, 0.5, 0.3)
_STAR_FALL = 0.68
_STAR_AXIS_RATIO = 0.7
# In pixels: what falls as steeply but is larger is a burnt-out galaxy.
_STAR_EDGE_MOST_PX = 2.5
# Fainter peaks than this are mostly noise.
_PEAK_SIGMA = 8.0


@dataclass(frozen=True, slots=True)
class FieldObject:
    """One object in a field.

    Parameters
    ----------
    y_px, x_px : float
        Centre of light, in pixels of the field's cutout.
    radius_px : float
        Radius about it that holds 95% of the object's light above the sky.
    flux : float
        Sum of its light above the sky, in units of one white pixel of the picture.
    axis_ratio : float
        Minor over major axis of its light, in (0, 1].
    is_star_like : bool
        It is round, and its light falls off as a point's does; a hint.
    """

    y_px: float
    x_px: float
    radius_px: float
    flux: float
    axis_ratio: float
    is_star_like: bool


def find_objects(field: Cutout, *, most: int = MAX_OBJECTS) -> tuple[FieldObject, ...]:
    """Return the objects in a picture, brightest first, stars included and marked.

    Parameters
    ----------
    field : Cutout
        A picture of any size; beyond 4 megapixels it is averaged down for detection.
    most : int
        Most objects to return.

    Returns
    -------
    tuple of FieldObject
        Empty for a picture of nothing. Positions are in the cutout's pixels.
    """
    shrink = max(1, math.ceil(math.sqrt(field.height_px * field.width_px / _WORKING_PIXELS)))
    light = block_mean(field.pixels.mean(axis=2, dtype=np.float32), shrink)
    _, (_, noise) = measured_sky(light)  # before its cut-off at black is hidden
    light -= _background(light)
    labels = _segments(light, noise)
    measured = [
        _measure(light, labels, label, where)
        for label, where in enumerate(ndimage.find_objects(labels), start=1)
        if where is not None
    ]
    certain = [found for found in measured if found and found.peak >= _PEAK_SIGMA * noise]
    bright = sorted(certain, key=lambda found: -found.flux)[:most]
    return tuple(_finished(found, shrink) for found in bright)


@dataclass(frozen=True, slots=True)
class _Measured:
    """An object in working pixels."""

    y: float
    x: float
    radius: float
    flux: float
    axis_ratio: float
    peak: float
    core_ratio: float
    core_px: float
    fall: float


def _background(light: FloatImage) -> FloatImage:
    """Return the sky, smooth on a sixth of the picture, so that galaxies do not count as sky."""
    box = tuple(max(16, side // 6) for side in light.shape)
    sky = Background2D(
        light,
        tuple(min(size, side) for size, side in zip(box, light.shape)),
        filter_size=1 if min(light.shape) < 64 else 3,
        exclude_percentile=50.0,
        sigma_clip=SigmaClip(sigma=3.0, maxiters=10),
        bkg_estimator=SExtractorBackground(),
    )
    return np.asarray(sky.background, dtype=np.float32)


def _segments(light: FloatImage, noise: float) -> Labels:
    """Return the labelled pixels of each object; ``noise`` is that of a pixel."""
    smooth = ndimage.gaussian_filter(light, _SMOOTHING_PX)
    # Noise cut off at black has a mean above it, by 0.4 of its deviation.
    level = float(np.clip(np.median(smooth), 0.0, 0.5 * noise))
    threshold = max(level + _THRESHOLD_SIGMA * _noise(smooth), _THRESHOLD_FLOOR)
    pieces, _ = ndimage.label(smooth > threshold, structure=np.ones((3, 3)))
    areas = np.bincount(pieces.ravel())
    areas[0] = 0
    # The largest ones of a field so crowded that the rest would take minutes.
    kept = [n for n in np.argsort(areas)[::-1][: 2 * MAX_OBJECTS] if areas[n] >= _MIN_AREA_PX]
    number = np.zeros(len(areas), dtype=np.int32)
    number[kept] = np.arange(1, len(kept) + 1)
    labels = number[pieces]
    for label, where in enumerate(ndimage.find_objects(labels), start=1):
        if where is not None and np.count_nonzero(labels[where] == label) > _DEBLENDED_AREA_PX:
            _take_apart(smooth[where], labels[where], label, next_label=int(labels.max()) + 1)
    return labels


def _take_apart(light: FloatImage, labels: Labels, label: int, *, next_label: int) -> None:
    """Split one segment, in place, where it holds several objects.

    It is looked at with at most ``_DEBLENDED_SIDE_PX`` pixels a side: there neighbours part,
    while the knots of a spiral's arms, which at full resolution fall apart into dozens (and
    keep photutils busy for minutes), have merged into it.
    """
    inside = labels == label
    shrink = max(1, math.ceil(max(light.shape) / _DEBLENDED_SIDE_PX))
    coarse = block_mean(np.where(inside, light, 0.0), shrink)
    # Parts that only a thread joins come apart here already.
    pieces, count = ndimage.label(block_mean(inside, shrink) >= 0.5, structure=np.ones((3, 3)))
    if count == 0:
        return
    parts = deblend_sources(
        coarse,
        SegmentationImage(pieces.astype(np.int32)),
        max(4, _MIN_AREA_PX // shrink**2),
        n_levels=_DEBLEND_LEVELS,
        contrast=_DEBLEND_CONTRAST,
        mode="linear",  # the picture is stretched already
        progress_bar=False,
    )
    if parts.n_labels < 2:
        return
    # Every pixel goes to the part that is nearest on the coarse grid.
    nearest = ndimage.distance_transform_edt(
        parts.data == 0, return_distances=False, return_indices=True
    )
    filled = parts.data[tuple(nearest)].repeat(shrink, axis=0).repeat(shrink, axis=1)
    fine = filled[: light.shape[0], : light.shape[1]]
    for part in range(2, parts.n_labels + 1):
        labels[inside & (fine == part)] = next_label + part - 2


def _noise(light: FloatImage) -> float:
    """Return one standard deviation of the sky, from what lies below the median."""
    middle = float(np.median(light))
    return 1.4826 * float(np.median(middle - light[light <= middle]))


def _measure(
    light: FloatImage, labels: Labels, label: int, where: tuple[slice, slice]
) -> _Measured | None:
    """Return one segment's moments, radius and fall; None if it holds no light."""
    weight = np.where(labels[where] == label, np.maximum(light[where], 0.0), 0.0)
    flux = float(weight.sum(dtype=np.float64))
    if flux <= 0.0:
        return None
    y, x, axis_ratio = _moments(weight)
    rows, columns = np.nonzero(weight)
    distance = np.hypot(rows - y, columns - x)
    order = np.argsort(distance)
    growth = np.cumsum(weight[rows, columns][order]) / flux
    held = min(int(np.searchsorted(growth, _LIGHT_FRACTION)), len(order) - 1)
    peak = float(np.partition(weight, -3, axis=None)[-3:].mean())
    inner, half, outer = (math.sqrt((weight > part * peak).sum() / math.pi) for part in _LEVELS)
    return _Measured(
        y=y + where[0].start,
        x=x + where[1].start,
        radius=float(distance[order[held]]) + 0.5,
        flux=flux,
        axis_ratio=axis_ratio,
        peak=peak,
        core_ratio=_moments(np.where(weight > _LEVELS[-1] * peak, weight, 0.0))[2],
        core_px=half,
        fall=(outer - inner) / max(half, 0.5),
    )


def _moments(weight: FloatImage) -> tuple[float, float, float]:
    """Return the centre of light (y, x) and the axis ratio of its second moments."""
    rows, columns = np.nonzero(weight)
    part = weight[rows, columns].astype(np.float64)
    part /= part.sum()
    y, x = float(part @ rows), float(part @ columns)
    dy, dx = rows - y, columns - x
    # A pixel is itself 1/12 wide in variance; without it a line of pixels would have no width.
    yy, xx, xy = part @ dy**2 + 1 / 12, part @ dx**2 + 1 / 12, part @ (dy * dx)
    mean, spread = (yy + xx) / 2, np.hypot((yy - xx) / 2, xy)
    return y, x, math.sqrt((mean - spread) / (mean + spread))


def _finished(found: _Measured, shrink: int) -> FieldObject:
    """Return the object in pixels of the cutout."""
    return FieldObject(
        y_px=found.y * shrink + (shrink - 1) / 2,
        x_px=found.x * shrink + (shrink - 1) / 2,
        radius_px=found.radius * shrink,
        flux=found.flux * shrink**2,
        axis_ratio=found.axis_ratio,
        is_star_like=found.fall <= _STAR_FALL
        and found.fall * found.core_px <= _STAR_EDGE_MOST_PX
        and found.core_ratio >= _STAR_AXIS_RATIO,
    )
