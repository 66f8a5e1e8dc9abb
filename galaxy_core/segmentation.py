"""Which pixels of a picture are the central galaxy, which are others, and what sky is under them.

Works on a picture shrunk to a fixed size, which fixes its cost. A uniform frame around the
picture is set aside first. All four sides are treated alike. Knows nothing of networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from galaxy_core.cutout import FloatImage, Mask

WORKING_SIZE_PX = 128  # detection runs on a picture no larger: that fixes its cost
_SMOOTHING_PX = 1.2
_THRESHOLD_SIGMA = 2.5
_THRESHOLD_FLOOR = 0.02  # five grey levels of an 8-bit picture: below it is compression
_MIN_AREA_PX = 12
_CENTRAL = 0.2  # how strongly the middle is preferred, in picture sides
_FLAT = 0.012  # three grey levels of an 8-bit picture
_STEP = 0.03
_MEAN = np.full(3, 1 / 3, dtype=np.float32)  # pixels @ _MEAN: ten times as fast as mean(axis=2)

Plane = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """The galaxy and its neighbours in the working picture.

    Parameters
    ----------
    light : ndarray, shape (h, w), float32
        Sky-subtracted mean of the channels.
    galaxy, others : ndarray, shape (h, w), bool
        Pixels of the central galaxy, and of everything else above the threshold.
    sky : tuple of 3 float
        Sky level of each channel.
    """

    light: Plane
    galaxy: Mask
    others: Mask
    sky: tuple[float, float, float]


def segment(pixels: FloatImage) -> Segmentation:
    """Return which pixels are the central galaxy, which are others, and the sky under them.

    Parameters
    ----------
    pixels : ndarray, shape (h, w, 3), float32
        Picture in [0, 1], best at 100 to 300 pixels across.
    """
    top, bottom, left, right = _without_uniform_frame(pixels)
    inner = (slice(top, bottom), slice(left, right))
    sky = _sky(pixels[inner])
    light = pixels @ _MEAN - np.float32(sum(sky) / 3)
    smooth = ndimage.gaussian_filter(light[inner], _SMOOTHING_PX, mode="nearest")
    above = smooth > _threshold(smooth)
    galaxy, others = np.zeros(light.shape, dtype=bool), np.zeros(light.shape, dtype=bool)
    galaxy[inner] = _central_segment(above, smooth)
    others[inner] = above & ~galaxy[inner]
    return Segmentation(light, galaxy, others, sky)


def shrink(pixels: FloatImage, most_px: int) -> FloatImage:
    """Return the picture with at most that many pixels on its longer side, anti-aliased.

    Returns
    -------
    ndarray, shape (h, w, 3), float32
        The picture itself if it is small enough.
    """
    height, width = pixels.shape[:2]
    factor = max(height, width) / most_px
    if factor <= 1:
        return pixels
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    channels = [
        np.asarray(Image.fromarray(pixels[..., c]).resize(size, Image.Resampling.HAMMING))
        for c in range(3)
    ]
    return np.stack(channels, axis=-1)


def _without_uniform_frame(pixels: FloatImage) -> tuple[int, int, int, int]:
    """Rows and columns inside a flat border, if stepping over its edge changes the level."""
    light = pixels @ _MEAN
    height, width = light.shape
    whole = (0, height, 0, width)
    rows = np.flatnonzero(light.max(axis=1) - light.min(axis=1) > _FLAT)
    columns = np.flatnonzero(light.max(axis=0) - light.min(axis=0) > _FLAT)
    if rows.size < 8 or columns.size < 8:
        return whole
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    inner = light[top:bottom, left:right]
    steps = []
    if top > 0:
        steps.append(abs(np.median(inner[0]) - light[top - 1].mean()))
    if bottom < height:
        steps.append(abs(np.median(inner[-1]) - light[bottom].mean()))
    if left > 0:
        steps.append(abs(np.median(inner[:, 0]) - light[:, left - 1].mean()))
    if right < width:
        steps.append(abs(np.median(inner[:, -1]) - light[:, right].mean()))
    return (top, bottom, left, right) if steps and min(steps) > _STEP else whole


def _sky(pixels: FloatImage) -> tuple[float, float, float]:
    """Level of the quieter half of the border, so that a neighbour on one side is no sky."""
    blocks = _border_blocks(pixels)
    levels = np.array([np.median(block, axis=0) for block in blocks])
    light = levels.mean(axis=1)
    quiet = levels[light <= np.median(light)]  # no sorting: ties must not favour one side
    red, green, blue = (float(value) for value in np.median(quiet, axis=0))
    return red, green, blue


def _border_blocks(pixels: FloatImage) -> list[FloatImage]:
    """Cut the border ring, a tenth of the picture thick, into eight (n, 3) lists of pixels."""
    height, width = pixels.shape[:2]
    thick_y, thick_x = max(1, height // 10), max(1, width // 10)
    mid_y, mid_x = (height + 1) // 2, (width + 1) // 2
    blocks = []
    for rows in (slice(0, thick_y), slice(height - thick_y, height)):
        blocks += [pixels[rows, :mid_x], pixels[rows, width - mid_x :]]
    for columns in (slice(0, thick_x), slice(width - thick_x, width)):
        blocks += [pixels[:mid_y, columns], pixels[height - mid_y :, columns]]
    return [block.reshape(-1, 3) for block in blocks]


def _threshold(smooth: Plane) -> float:
    """Take the detection threshold above the sky from the spread of the darker pixels."""
    below = smooth[smooth < np.median(smooth)]
    if below.size == 0:
        return _THRESHOLD_FLOOR
    near_sky = smooth[smooth < max(_THRESHOLD_FLOOR, float(np.median(below)) + 0.05)]
    spread = (
        float(np.percentile(near_sky, 50) - np.percentile(near_sky, 16)) if near_sky.size else 0
    )
    return max(_THRESHOLD_FLOOR, _THRESHOLD_SIGMA * min(spread, 0.04))


def _central_segment(above: Mask, smooth: Plane) -> Mask:
    """Choose the segment with the most light near the middle, without holes; none if specks."""
    labels, count = ndimage.label(above)
    segment_mask = np.zeros_like(above)
    chosen = _central_label(labels, count, smooth) if count else 0
    if chosen:
        box = ndimage.find_objects(labels, max_label=chosen)[chosen - 1]
        segment_mask[box] = ndimage.binary_fill_holes(labels[box] == chosen)
    return segment_mask


def _central_label(labels: npt.NDArray[np.int32], count: int, smooth: Plane) -> int:
    height, width = labels.shape
    flat = labels.ravel()
    area = np.bincount(flat, minlength=count + 1)[1:]
    y, x = np.divmod(np.flatnonzero(flat), width)
    member, light = flat[flat > 0], smooth.ravel()[flat > 0]
    flux = np.bincount(member, light, minlength=count + 1)[1:]
    centre_y = np.bincount(member, light * y, minlength=count + 1)[1:] / flux
    centre_x = np.bincount(member, light * x, minlength=count + 1)[1:] / flux
    reach = _CENTRAL * min(height, width)
    distance = np.hypot(centre_y - (height - 1) / 2, centre_x - (width - 1) / 2) / reach
    weight = np.exp(-0.5 * np.minimum(distance**2, 60.0))
    score = np.where(area >= _MIN_AREA_PX, flux * weight, 0.0)
    best = int(np.argmax(score))
    return best + 1 if score[best] > 0 else 0
