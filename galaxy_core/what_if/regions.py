"""Knobs that take something away: arms for their azimuthal average, brushed regions.

The azimuthal average is taken over ellipses about the galaxy's centre with its measured axis
ratio, so that an inclined disc is averaged in its own plane (deprojected).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.framing import Framing
from galaxy_core.segmentation import WORKING_SIZE_PX, segment, shrink
from galaxy_core.what_if.change import Fill
from galaxy_core.what_if.region import Disc, Part, Region, Stroke

Plane = npt.NDArray[np.floating[Any]]

_RINGS_PER_RADIUS = 40
_REACH = 1.5  # light radii over which the orientation is measured
_BULGE, _ARMS_END = 0.25, 1.2  # light radii
_ARM_SMOOTHING = 0.03  # light radii; finer than an arm, coarser than noise
_ARM_LEAST = 0.01  # two and a half grey levels of an 8-bit picture


def smooth_arms(pixels: FloatImage, framing: Framing, amount: float) -> FloatImage:
    """Return the galaxy blended with its azimuthal average: 0 as it is, 1 without arms."""
    inside = _elliptical_radius(pixels, framing) <= _REACH * framing.radius_px
    weight = np.float32(amount) * inside[..., None].astype(np.float32)
    return pixels + weight * (azimuthal_average(pixels, framing) - pixels)


def erase(
    pixels: FloatImage, framing: Framing, amount: float, region: Region, fill: Fill
) -> FloatImage:
    """Return the picture with a region replaced by sky or by the azimuthal average."""
    return fill_mask(
        pixels, framing, region_mask(pixels, framing, region), amount=amount, fill=fill
    )


def keep(
    pixels: FloatImage, framing: Framing, amount: float, region: Region, fill: Fill
) -> FloatImage:
    """Return the picture with everything but a region replaced."""
    return fill_mask(
        pixels, framing, ~region_mask(pixels, framing, region), amount=amount, fill=fill
    )


def fill_mask(
    pixels: FloatImage, framing: Framing, mask: Mask, *, amount: float = 1.0, fill: Fill = Fill.SKY
) -> FloatImage:
    """Return the picture with the masked pixels blended into a filling.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        The picture.
    framing : Framing
        Gives sky, centre and shape.
    mask : ndarray, shape (H, W), bool
        Which pixels.
    amount : float
        0 leaves them, 1 replaces them.
    fill : Fill
        By what.
    """
    if fill is Fill.AZIMUTHAL:
        filling = azimuthal_average(pixels, framing)
    else:
        filling = np.broadcast_to(np.asarray(framing.sky, dtype=np.float32), pixels.shape)
    weight = np.float32(amount) * mask[..., None].astype(np.float32)
    return pixels + weight * (filling - pixels)


def region_mask(pixels: FloatImage, framing: Framing, region: Region) -> Mask:
    """Return the pixels of a region, shape (H, W), bool.

    The *bulge* is the ellipse of a quarter of the light radius, the *arms* what is brighter
    than its azimuthal average from there out to 1.2 light radii, the *neighbours* what
    segmentation finds besides the central galaxy, grown by one of its pixels.
    """
    height, width = pixels.shape[:2]
    if isinstance(region, Disc):
        y = np.arange(height) + 0.5 - region.y * height
        x = np.arange(width) + 0.5 - region.x * width
        return np.asarray(np.hypot(y[:, None], x[None, :]) <= region.radius * min(height, width))
    if isinstance(region, Part):
        return _part(pixels, framing, region)
    canvas = Image.new("1", (width, height))
    draw = ImageDraw.Draw(canvas)
    for stroke in region.strokes:
        _paint(draw, stroke, width, height)
    return np.asarray(canvas, dtype=bool)


def _paint(draw: ImageDraw.ImageDraw, stroke: Stroke, width: int, height: int) -> None:
    # Pillow counts from the middle of the first pixel, a stroke from its corner.
    points = [(x * width - 0.5, y * height - 0.5) for y, x in stroke.points]
    if stroke.radius == 0:
        draw.polygon(points, fill=1, outline=1)
        return
    radius = max(stroke.radius * min(height, width), 0.5)
    draw.line(points, fill=1, width=max(round(2 * radius), 1))
    for x, y in points:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=1)


def _part(pixels: FloatImage, framing: Framing, part: Part) -> Mask:
    if part is Part.NEIGHBOURS:
        others = ndimage.binary_dilation(segment(shrink(pixels, WORKING_SIZE_PX)).others)
        rows, columns = (
            (np.arange(length) * cells // length)
            for length, cells in zip(pixels.shape[:2], others.shape)
        )
        return np.asarray(others[np.ix_(rows, columns)])
    radius = _elliptical_radius(pixels, framing) / framing.radius_px
    if part is Part.BULGE:
        return np.asarray(radius <= _BULGE)
    above = (pixels - azimuthal_average(pixels, framing)).mean(axis=-1)
    smooth = ndimage.gaussian_filter(above, _ARM_SMOOTHING * framing.radius_px)
    return np.asarray((smooth > _ARM_LEAST) & (radius > _BULGE) & (radius <= _ARMS_END))


def azimuthal_average(pixels: FloatImage, framing: Framing) -> FloatImage:
    """Return each pixel's median over its ellipse about the centre, (H, W, 3), float32.

    The median leaves stars and knots out. Beyond the picture there is nothing to average.
    """
    radius = _elliptical_radius(pixels, framing)
    width = max(framing.radius_px / _RINGS_PER_RADIUS, 1.0)
    ring = np.rint(radius / width).astype(np.intp)
    order = np.argsort(ring, axis=None, kind="stable")
    counts = np.bincount(ring.ravel())
    flat = pixels.reshape(-1, 3)[order]
    filled = np.flatnonzero(counts)
    pieces = np.split(flat, np.cumsum(counts[filled])[:-1])
    medians = np.array([np.median(piece, axis=0) for piece in pieces])
    centres = filled * width
    channels = [np.interp(radius, centres, medians[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _elliptical_radius(pixels: FloatImage, framing: Framing) -> Plane:
    """Semi-major axis of the ellipse through each pixel, in pixels."""
    height, width = pixels.shape[:2]
    y = (np.arange(height) - framing.centre_y_px)[:, None]
    x = (np.arange(width) - framing.centre_x_px)[None, :]
    angle = _position_angle(pixels, framing, y, x)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle)
    return np.hypot(along, across / max(framing.axis_ratio, 0.1))


def _position_angle(pixels: FloatImage, framing: Framing, y: Plane, x: Plane) -> float:
    """Direction of the major axis from the x axis towards +y, radians, from second moments."""
    sky = np.asarray(framing.sky, dtype=np.float32)
    light = np.maximum((pixels - sky).mean(axis=-1), 0)
    light = np.where(np.hypot(y, x) <= _REACH * framing.radius_px, light, 0)
    xx, yy, xy = ((light * moment).sum() for moment in (x * x, y * y, x * y))
    return float(0.5 * np.arctan2(2 * xy, xx - yy))
