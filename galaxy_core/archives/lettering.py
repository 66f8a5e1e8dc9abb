"""Pixels -> whether something was *drawn* into them: a message, a label, a grid.

Archives draw their errors and overlays into the picture and call it a success. Three looks,
with thresholds from 10,565 real SDSS pictures. None of the galaxies among them is called a
message, label or overlay; three other pictures are messages to it: two are SkyServer's own
indeed, one shows a satellite's trail and little else. Of 600 messages drawn in five fonts, nine
colours and seven sizes 599 are called messages, one (coloured, dim) a streak.

* a message: an even background on which everything bright is thin, sharp-edged and in rows;
* lettering over a picture: pure white or coloured glyphs in a row;
* an overlay: thin lines of a pure colour that spread over the picture; a lone streak is told
  apart, because satellites draw those (21 of the real pictures, a few of them dust lanes).

Nothing is read: this module tells *that* something was drawn, not what it says, and decides
nothing about what it means.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from galaxy_core.cutout import FloatImage, Mask

Plane = npt.NDArray[np.float32]
_Box = tuple[int, int, int, int]  # top, bottom, left, right

_EVEN = 12 / 255  # JPEG at quality 60 strays this far from an even background
_STILL = 4 / 255
_VISIBLE = 40 / 255
_STROKE_REACH_PX = 7  # ink lies at most this window away from bare background
_ROW_OF_MESSAGE = 3  # "404" has three glyphs
_ROW_OF_LABEL = 5  # real fields chain up to two knots or stars
_WHITE = 0.4  # a thin small font in grey, smeared by JPEG
_COLOURED = 0.25  # of 10,565 real pictures none has such a row, the longest has two
_THIN_PX = 7
_PURE = 0.15  # SkyServer's light green grid, after JPEG has thinned its colour
_RULED = 0.06  # by so much half of a line is brighter; real pictures reach 0.016
_DRAWN = 0.15  # the same for shorter straight lines: boxes; a trail of a satellite reaches 0.225
_DRAWN_SIDES = 0.3
_SHORTEST_LINE_PX = 5
_STREAK_SIDES = 0.2  # total length of lines, in picture sides
_MOST_GLYPHS = 400
_EIGHT = np.ones((3, 3), dtype=bool)


class Drawing(StrEnum):
    """What was drawn into a picture; the value is how an error sentence names it."""

    MESSAGE = "a message drawn into an empty picture"
    LABEL = "lettering drawn over the picture"
    OVERLAY = "coloured lines drawn over the picture"
    STREAK = "a thin line of a pure colour (a satellite trail, a bright star's spike)"


def find_drawing(pixels: FloatImage) -> Drawing | None:
    """Return what was drawn into the picture, or None where it looks like sky alone.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        Colour image in [0, 1], finite.

    Returns
    -------
    Drawing or None
        None also for an even picture, which is blank and not drawn upon.
    """
    if _is_message(pixels):
        return Drawing.MESSAGE
    if _has_label(pixels):
        return Drawing.LABEL
    if _is_ruled(pixels):
        return Drawing.OVERLAY
    return _coloured_lines(pixels)


def background_colour(pixels: FloatImage) -> npt.NDArray[np.float32]:
    """Return the most frequent colour, shape (3,), float32 in [0, 1].

    Colours are first put in 32 steps a channel; the median inside the fullest bin is taken.
    Every second row and column is enough of a sample.
    """
    sample = pixels[::2, ::2].reshape(-1, 3)
    steps = (sample * np.float32(31.999)).astype(np.int32)
    codes = steps @ np.array([1024, 32, 1], dtype=np.int32)
    fullest = int(np.bincount(codes).argmax())
    return np.median(sample[codes == fullest], axis=0).astype(np.float32)


def contrast_to(colour: npt.NDArray[np.float32], pixels: FloatImage) -> Plane:
    """Return how far each pixel is from a colour in its worst channel, shape (H, W), [0, 1]."""
    distance = np.abs(pixels - colour)
    return np.maximum(np.maximum(distance[..., 0], distance[..., 1]), distance[..., 2])


def _is_message(pixels: FloatImage) -> bool:
    """Tell strokes on an even background from a galaxy, whose light fades."""
    contrast = contrast_to(background_colour(pixels), pixels)
    if float((contrast <= _EVEN).mean()) < 0.6:
        return False
    top = float(np.partition(contrast.ravel(), -12)[-12])
    if top < _VISIBLE:
        return False
    ink = contrast >= 0.6 * top
    bare_near = ndimage.maximum_filter(contrast <= 0.2 * top, size=_STROKE_REACH_PX)
    if float((ink & bare_near).sum()) < 0.7 * float(ink.sum()):
        return False
    # Without sky noise any sharp ink is a drawing; with noise it must stand in a row.
    return float((contrast <= _STILL).mean()) >= 0.9 or _longest_row(ink) >= _ROW_OF_MESSAGE


def _has_label(pixels: FloatImage) -> bool:
    """Tell a row of white or coloured glyphs; stars are as bright but stand in no such rows."""
    white = np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    purity = np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2]) - white
    return any(
        _longest_row(_thin(plane, plane >= least, least / 2)) >= _ROW_OF_LABEL
        for plane, least in ((white, _WHITE), (purity, _COLOURED))
    )


def _is_ruled(pixels: FloatImage) -> bool:
    """Tell straight level lines of any colour: grids, cross hairs and boxes."""
    light = pixels[..., 0] + pixels[..., 1] + pixels[..., 2]
    for plane in (light, np.ascontiguousarray(light.T)):
        line = plane[3:-3] - np.maximum(plane[:-6], plane[6:])
        if bool(((line >= 3 * _RULED).mean(axis=1) >= 0.5).any()):
            return True
        if _longest_run(line >= 3 * _DRAWN) >= _DRAWN_SIDES * plane.shape[1]:
            return True
    return False


def _longest_run(mask: Mask) -> int:
    """Return the most pixels in a row, without a gap, that are True."""
    outside = np.zeros((mask.shape[0], 1), dtype=np.int8)
    steps = np.diff(np.concatenate([outside, mask.astype(np.int8), outside], axis=1), axis=1)
    starts, ends = np.nonzero(steps == 1), np.nonzero(steps == -1)
    return int((ends[1] - starts[1]).max(initial=0))


def _coloured_lines(pixels: FloatImage) -> Drawing | None:
    """Tell thin lines of a pure colour, and whether somebody drew them or a satellite did.

    A box or circle, many marks, or what stands level like lettering is drawn; the rest is a
    trail, a diffraction spike or, rarely, a bright dust lane.
    """
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    brightest = np.maximum(np.maximum(red, green), blue)
    purity = brightest - np.minimum(np.minimum(red, green), blue)
    pure = _thin(purity, (purity >= _PURE) & (purity >= 0.2 * brightest), _PURE)
    labels, _ = ndimage.label(pure, structure=_EIGHT)
    lengths = np.array([0, *(max(b - t, r - left) for t, b, left, r in _boxes(pure))])
    lines = lengths >= _SHORTEST_LINE_PX
    side = max(pixels.shape[:2])
    total, longest = float(lengths[lines].sum()) / side, float(lengths.max()) / side
    if total < _STREAK_SIDES:
        return None
    breadth, tilt_deg = _principal(lines[labels])
    shape_breadth, _ = _principal(labels == int(lengths.argmax()))
    a_shape = longest >= 0.2 and shape_breadth >= 0.08 * side
    # Dust lanes of edge-on galaxies and their stars reach 0.38 in many pieces.
    many_marks = total >= 0.45 and longest < 0.25 and breadth >= 0.09 * side
    lettering = total >= 0.3 and tilt_deg <= 1.0 and breadth >= 0.006 * side
    return Drawing.OVERLAY if a_shape or many_marks or lettering else Drawing.STREAK


def _principal(mask: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Return the deviation along the minor axis, and the angle of the major to the grid."""
    y, x = np.nonzero(mask)
    variances, axes = np.linalg.eigh(np.cov(np.stack([x, y])))
    angle = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1]))) % 90
    return float(np.sqrt(max(variances[0], 0.0))), min(angle, 90 - angle)


def _thin(plane: Plane, candidates: Mask, contrast: float) -> Mask:
    """Return the candidates that stand out by a contrast and are thinner than ``_THIN_PX``."""
    rows = np.flatnonzero(candidates.any(axis=1))
    columns = np.flatnonzero(candidates.any(axis=0))
    thin = np.zeros_like(candidates)
    if rows.size:
        # The filter is the costly part of all looks: only where there is anything to see.
        y = slice(max(0, rows[0] - _THIN_PX), rows[-1] + _THIN_PX + 1)
        x = slice(max(0, columns[0] - _THIN_PX), columns[-1] + _THIN_PX + 1)
        opened = ndimage.grey_opening(plane[y, x], size=(_THIN_PX, _THIN_PX))
        thin[y, x] = candidates[y, x] & (plane[y, x] - opened >= contrast)
    return thin


def _boxes(ink: npt.NDArray[np.bool_]) -> list[_Box]:
    """Bounding boxes of the connected pieces."""
    labels, _ = ndimage.label(ink, structure=_EIGHT)
    return [(y.start, y.stop, x.start, x.stop) for y, x in ndimage.find_objects(labels)]


def _longest_row(ink: npt.NDArray[np.bool_]) -> int:
    """Most glyph-like pieces side by side: alike in height, level, and close together."""
    glyphs = [box for box in _boxes(ink) if box[1] - box[0] >= 4][:_MOST_GLYPHS]
    longest = 0
    for top, bottom, _, _ in glyphs:
        height, middle = bottom - top, (top + bottom) / 2
        row = sorted(
            (left, right)
            for t, b, left, right in glyphs
            if abs((t + b) / 2 - middle) <= 0.5 * height and 0.5 <= (b - t) / height <= 2
        )
        run = 1
        for (_, before), (after, _) in pairwise(row):
            run = run + 1 if after - before <= 1.5 * height else 1
            longest = max(longest, run)
    return longest
