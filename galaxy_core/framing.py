"""Cutout -> the exact square that a network sees: find the galaxy, crop, standardise.

Framing matters more than anything else in the classifier (DESIGN.md, section 4): a network
fed whole pictures learns the survey, one fed framed galaxies learns the galaxy. The steps:

1. *Sky.* A uniform frame around the picture is set aside; the sky level and noise come from
   the quietest parts of the border.
2. *Find.* The smoothed light is thresholded above the sky; of the connected segments the one
   with the most light near the middle is the galaxy. Segments that a star or neighbour
   forms by itself are left out of all measurements.
3. *Size.* ``radius_px`` is the radius about the galaxy's light-weighted centre that holds 95%
   of its light; the crop reaches ``CROP_RADII`` times as far on each side.
4. *Standardise.* Resampled with anti-aliasing, sky subtracted in each channel, divided by the
   99.5th percentile inside ``radius_px``, clipped to [0, 1]. Beyond the picture there is sky.

Every step treats the four sides alike, so a rotated or mirrored picture gives the rotated or
mirrored crop. This module knows no network and reads no files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from PIL import Image
from scipy import ndimage

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.errors import FramingError
from galaxy_core.segmentation import WORKING_SIZE_PX, Plane, Segmentation, segment, shrink

CROP_RADII = 1.5
INPUT_SIZE_PX = 64
LIGHT_FRACTION = 0.95
SCALE_PERCENTILE = 99.5

_SMALL_RADIUS_PX = 6.0
_MANY_RIVALS = 3  # of 1,500 labelled galaxies none has as many
_OVERFLOW_SLOPE = 0.06


class FramingFlag(StrEnum):
    """What may make a framing, and so the answer, unreliable."""

    NO_GALAXY = "no_galaxy"
    OVERFLOWS = "overflows"
    CUT_OFF = "cut_off"
    OFF_CENTRE = "off_centre"
    CROWDED = "crowded"
    MANY_OBJECTS = "many_objects"
    SMALL = "small"


FLAG_SENTENCES = {
    FramingFlag.NO_GALAXY: "No galaxy stands out from the sky in this picture.",
    FramingFlag.OVERFLOWS: "The galaxy fills the picture, so its sky could not be measured.",
    FramingFlag.CUT_OFF: "The galaxy is cut off by the edge of the picture.",
    FramingFlag.OFF_CENTRE: "The galaxy found is far from the middle of the picture.",
    FramingFlag.CROWDED: "Another bright object shares the frame.",
    FramingFlag.MANY_OBJECTS: (
        "Several objects of like brightness share this picture; none stands out as its galaxy."
    ),
    FramingFlag.SMALL: "The galaxy is only a few pixels across; arms could not be seen.",
}


@dataclass(frozen=True, slots=True)
class Framing:
    """Which square of a picture is shown to the network, and on what sky.

    Parameters
    ----------
    centre_y_px, centre_x_px : float
        Centre of the square in picture pixels; the middle of the first pixel is 0.
    half_size_px : float
        Half the side of the square, in picture pixels; positive.
    sky : tuple of 3 float
        Sky level of each channel in [0, 1].
    radius_px : float
        Radius that holds 95% of the galaxy's light, in picture pixels.
    axis_ratio : float
        Minor over major axis of the galaxy's light, in (0, 1]; 1 where there is no galaxy.
    flags : tuple of FramingFlag
        What may make the answer unreliable; empty if nothing.
    user_set : bool
        True where a person chose the square.
    """

    centre_y_px: float
    centre_x_px: float
    half_size_px: float
    sky: tuple[float, float, float]
    radius_px: float
    axis_ratio: float = 1.0
    flags: tuple[FramingFlag, ...] = ()
    user_set: bool = False

    def __post_init__(self) -> None:
        values = (self.centre_y_px, self.centre_x_px, self.half_size_px, self.radius_px)
        if not np.all(np.isfinite(values)) or self.half_size_px <= 0:
            raise FramingError(
                "A framing needs a finite centre and a positive half size, got centre "
                f"({self.centre_y_px}, {self.centre_x_px}) and half size {self.half_size_px}."
            )

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom edge in picture pixels (pixel 0 spans -0.5 to 0.5)."""
        half = self.half_size_px
        return (
            self.centre_x_px - half,
            self.centre_y_px - half,
            self.centre_x_px + half,
            self.centre_y_px + half,
        )

    def chosen(self, *, centre_y_px: float, centre_x_px: float, half_size_px: float) -> Framing:
        """Return this framing moved to where a person wants it; sky and flags stay as measured.

        ``NO_GALAXY``, ``OFF_CENTRE`` and ``MANY_OBJECTS`` are dropped: the person has just
        said where it is.
        """
        answered = {FramingFlag.NO_GALAXY, FramingFlag.OFF_CENTRE, FramingFlag.MANY_OBJECTS}
        return replace(
            self,
            centre_y_px=centre_y_px,
            centre_x_px=centre_x_px,
            half_size_px=half_size_px,
            radius_px=half_size_px / CROP_RADII,
            flags=tuple(flag for flag in self.flags if flag not in answered),
            user_set=True,
        )


def find_framing(pixels: FloatImage) -> Framing:
    """Return the framing of the central galaxy of a picture.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        Picture in [0, 1].

    Returns
    -------
    Framing
        With ``NO_GALAXY`` and the whole picture as its square where nothing stands out.
    """
    height, width = pixels.shape[:2]
    working = shrink(pixels, WORKING_SIZE_PX)
    scale = height / working.shape[0], width / working.shape[1]
    segmentation = segment(working)
    if not segmentation.galaxy.any():
        return Framing(
            centre_y_px=(height - 1) / 2,
            centre_x_px=(width - 1) / 2,
            half_size_px=min(height, width) / 2,
            sky=segmentation.sky,
            radius_px=min(height, width) / 2 / CROP_RADII,
            flags=(FramingFlag.NO_GALAXY,),
        )
    centre_y, centre_x = _centroid(segmentation)
    radius = _light_radius(segmentation, centre_y, centre_x)
    mean_scale = (scale[0] * scale[1]) ** 0.5
    return Framing(
        centre_y_px=(centre_y + 0.5) * scale[0] - 0.5,
        centre_x_px=(centre_x + 0.5) * scale[1] - 0.5,
        half_size_px=CROP_RADII * radius * mean_scale,
        sky=segmentation.sky,
        radius_px=radius * mean_scale,
        axis_ratio=_axis_ratio(segmentation, centre_y, centre_x),
        flags=_flags(segmentation, centre_y, centre_x, radius, radius * mean_scale),
    )


def cut_out(
    pixels: FloatImage,
    framing: Framing,
    *,
    size_px: int = INPUT_SIZE_PX,
    context: float = 1.0,
    clip: bool = True,
) -> FloatImage:
    """Return the square that the network sees.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        Picture in [0, 1].
    framing : Framing
        Which square, on what sky.
    size_px : int
        Side of the result.
    context : float
        How many times larger a square to return about the same centre (training augments
        by rotation and shift and needs what lies around); standardised as the inner one.
    clip : bool
        Whether to clip to [0, 1]; unclipped values are for augmentation only.

    Returns
    -------
    ndarray, shape (size_px, size_px, 3), float32
        In [0, 1] if clipped. Sky is 0. All zero where nothing is brighter than the sky.
    """
    half = framing.half_size_px * context
    square = _resample(pixels, framing, half, size_px) - np.asarray(framing.sky, dtype=np.float32)
    inside = _inside(framing.radius_px / half, size_px)
    peak = float(np.percentile(square[inside], SCALE_PERCENTILE))
    if peak <= 1e-4:
        return np.zeros_like(square)
    square /= np.float32(peak)
    return np.clip(square, 0.0, 1.0, out=square) if clip else square


def galaxy_mask(pixels: FloatImage, framing: Framing, *, size_px: int = INPUT_SIZE_PX) -> Mask:
    """Return the galaxy's own pixels on the square that the network sees.

    Returns
    -------
    ndarray, shape (size_px, size_px), bool
        True on the galaxy; all False where the framing found none.
    """
    working = shrink(pixels, WORKING_SIZE_PX)
    mask = segment(working).galaxy
    if not mask.any():
        return np.zeros((size_px, size_px), dtype=bool)
    axis = (np.arange(size_px) + 0.5) / size_px * 2 - 1
    rows = (framing.centre_y_px + axis * framing.half_size_px + 0.5) / pixels.shape[0]
    columns = (framing.centre_x_px + axis * framing.half_size_px + 0.5) / pixels.shape[1]
    y = np.floor(rows * mask.shape[0]).astype(int)
    x = np.floor(columns * mask.shape[1]).astype(int)
    inside_y = (y >= 0) & (y < mask.shape[0])
    inside_x = (x >= 0) & (x < mask.shape[1])
    result = np.zeros((size_px, size_px), dtype=bool)
    result[np.ix_(inside_y, inside_x)] = mask[np.ix_(y[inside_y], x[inside_x])]
    return result


def _inside(radius: float, size_px: int) -> Mask:
    """Mark the pixels within a radius, in half sides, of the centre of a square."""
    offsets = (np.arange(size_px, dtype=np.float32) + 0.5) / size_px * 2 - 1
    return np.hypot(offsets[:, None], offsets[None, :]) <= max(radius, 2.0 / size_px)


def _centroid(segmentation: Segmentation) -> tuple[float, float]:
    light = np.where(segmentation.galaxy, np.maximum(segmentation.light, 0), 0)
    centre_y, centre_x = ndimage.center_of_mass(light)
    return float(centre_y), float(centre_x)


def _light_radius(segmentation: Segmentation, centre_y: float, centre_x: float) -> float:
    """Radius about the centre that holds 95% of the galaxy's light; at least 2 pixels."""
    y, x = np.nonzero(segmentation.galaxy)
    light = np.maximum(segmentation.light[y, x], 0)
    radii = np.hypot(y - centre_y, x - centre_x)
    order = np.argsort(radii, kind="stable")
    growth = np.cumsum(light[order])
    index = int(np.searchsorted(growth, LIGHT_FRACTION * growth[-1]))
    return max(2.0, float(radii[order][min(index, radii.size - 1)]))


def _axis_ratio(segmentation: Segmentation, centre_y: float, centre_x: float) -> float:
    """Minor over major axis from the second moments of the galaxy's light."""
    y, x = np.nonzero(segmentation.galaxy)
    light = np.maximum(segmentation.light[y, x], 0)
    dy, dx = y - centre_y, x - centre_x
    moments = np.array(
        [[light @ (dy * dy), light @ (dy * dx)], [light @ (dy * dx), light @ (dx * dx)]]
    )
    low, high = np.linalg.eigvalsh(moments)
    return float(np.sqrt(max(low, 0.0) / high)) if high > 0 else 1.0


def _flags(
    segmentation: Segmentation,
    centre_y: float,
    centre_x: float,
    radius: float,
    radius_px: float,
) -> tuple[FramingFlag, ...]:
    galaxy, light = segmentation.galaxy, segmentation.light
    height, width = galaxy.shape
    flags = []
    edge = np.concatenate([galaxy[0], galaxy[-1], galaxy[:, 0], galaxy[:, -1]])
    if edge.mean() > 0.5 or galaxy.mean() > 0.8 or _border_slope(light) > _OVERFLOW_SLOPE:
        flags.append(FramingFlag.OVERFLOWS)
    elif edge.mean() > 0.12:
        flags.append(FramingFlag.CUT_OFF)
    middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
    if np.hypot(centre_y - middle_y, centre_x - middle_x) > 0.25 * min(height, width):
        flags.append(FramingFlag.OFF_CENTRE)
    total = float(np.maximum(light[galaxy], 0).sum())
    if _rivals(segmentation.others, light, total) >= _MANY_RIVALS:
        flags.append(FramingFlag.MANY_OBJECTS)
    y, x = np.nonzero(segmentation.others)
    near = np.hypot(y - centre_y, x - centre_x) < CROP_RADII * radius
    neighbours = float(np.maximum(light[y[near], x[near]], 0).sum())
    if neighbours > 0.5 * total:
        flags.append(FramingFlag.CROWDED)
    if radius_px < _SMALL_RADIUS_PX:
        flags.append(FramingFlag.SMALL)
    return tuple(flags)


def _rivals(others: Mask, light: Plane, galaxy_light: float) -> int:
    """Count the other objects with at least a quarter of the galaxy's light."""
    labels, count = ndimage.label(others)
    lights = np.bincount(labels.ravel(), np.maximum(light, 0).ravel(), minlength=count + 1)[1:]
    return int((lights > 0.25 * galaxy_light).sum())


def _border_slope(light: Plane) -> float:
    """How much brighter the middles of the sides are than the corners: a galaxy beyond both."""
    height, width = light.shape
    y, x = max(1, height // 10), max(1, width // 10)
    corners = [light[:y, :x], light[:y, -x:], light[-y:, :x], light[-y:, -x:]]
    half_y, half_x = (height - y) // 2, (width - x) // 2
    middle_y, middle_x = slice(half_y, height - half_y), slice(half_x, width - half_x)
    sides = [light[:y, middle_x], light[-y:, middle_x], light[middle_y, :x], light[middle_y, -x:]]
    return float(
        np.median([np.median(part) for part in sides])
        - np.median([np.median(part) for part in corners])
    )


def _resample(pixels: FloatImage, framing: Framing, half: float, size_px: int) -> FloatImage:
    """Resample the square about the framing's centre, anti-aliased; sky beyond the picture."""
    height, width = pixels.shape[:2]
    x0, y0 = framing.centre_x_px + 0.5 - half, framing.centre_y_px + 0.5 - half
    left, top = int(np.floor(x0)) - 1, int(np.floor(y0)) - 1
    right, bottom = int(np.ceil(x0 + 2 * half)) + 1, int(np.ceil(y0 + 2 * half)) + 1
    if (right - left) > 4 * max(height, width) + 64:
        raise FramingError(
            f"The square is {2 * half:.0f} pixels wide, more than four times the picture's "
            f"{width} × {height}; choose a smaller one."
        )
    inner = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    padded = np.empty((bottom - top, right - left, 3), dtype=np.float32)
    padded[:] = framing.sky
    row, column = max(-top, 0), max(-left, 0)
    padded[row : row + inner.shape[0], column : column + inner.shape[1]] = inner
    box = (x0 - left, y0 - top, x0 - left + 2 * half, y0 - top + 2 * half)
    channels = [
        Image.fromarray(padded[..., c]).resize((size_px, size_px), Image.Resampling.BILINEAR, box)
        for c in range(3)
    ]
    return np.stack([np.asarray(channel) for channel in channels], axis=-1)
