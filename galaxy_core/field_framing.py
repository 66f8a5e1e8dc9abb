"""A square on one of many galaxies in a picture -> its framing, measured around that galaxy.

What framing noticed about a picture it noticed about the galaxy that it found there. A square
on another galaxy (clicked, or detected in a field) has a sky, neighbours and edges of its own.
Finds no galaxies (``fields`` does) and knows no network.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import Framing, FramingFlag, find_framing

# As far around the square as a survey cutout shows of sky around its galaxy.
_CONTEXT = 2.0
_FEWEST_PX = 8
_LEAST_INSIDE = 0.7  # of the radius that holds 95% of the light
# Who chose the square has said where the galaxy is.
_ANSWERED = frozenset({FramingFlag.NO_GALAXY, FramingFlag.OFF_CENTRE, FramingFlag.MANY_OBJECTS})


def frame_square(
    pixels: FloatImage,
    found: Framing,
    *,
    centre_y_px: float,
    centre_x_px: float,
    half_size_px: float,
) -> Framing:
    """Return the framing of a square that a person or a detection chose.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        The whole picture, in [0, 1].
    found : Framing
        What ``find_framing`` found in it. Where the square holds that galaxy's centre, its
        sky and flags are kept, as ``Framing.chosen`` does.
    centre_y_px, centre_x_px, half_size_px : float
        The square, in pixels of the picture.

    Returns
    -------
    Framing
        Marked ``user_set``. On another galaxy, sky and flags come from the square and as
        much again around it; a brighter neighbour there is ``CROWDED``.

    Raises
    ------
    FramingError
        If the square is not finite or has no size.
    """
    chosen = found.chosen(
        centre_y_px=centre_y_px, centre_x_px=centre_x_px, half_size_px=half_size_px
    )
    apart = max(abs(found.centre_y_px - centre_y_px), abs(found.centre_x_px - centre_x_px))
    is_nothing = FramingFlag.NO_GALAXY in found.flags
    if apart <= half_size_px and not is_nothing:
        return chosen
    rows, columns = _around(pixels, chosen)
    around = pixels[rows, columns]
    if min(around.shape[:2]) < _FEWEST_PX:
        return chosen
    own = find_framing(around)
    away_px = np.hypot(
        own.centre_y_px + rows.start - centre_y_px, own.centre_x_px + columns.start - centre_x_px
    )
    if away_px > half_size_px:  # what it noticed is about a brighter neighbour
        flags: tuple[FramingFlag, ...] = (FramingFlag.CROWDED,)
    else:
        cut_off = (FramingFlag.CUT_OFF,) if _leaves(pixels, chosen) else ()
        own_flags = (flag for flag in own.flags if flag not in _ANSWERED)
        flags = tuple(dict.fromkeys((*own_flags, *cut_off)))
    return replace(chosen, sky=own.sky, axis_ratio=own.axis_ratio, flags=flags)


def _leaves(pixels: FloatImage, square: Framing) -> bool:
    """Tell whether a good part of the galaxy in the square lies beyond the picture's edge."""
    height, width = pixels.shape[:2]
    y, x = square.centre_y_px, square.centre_x_px
    return min(y, x, height - 1 - y, width - 1 - x) < _LEAST_INSIDE * square.radius_px


def _around(pixels: FloatImage, square: Framing) -> tuple[slice, slice]:
    """Return rows and columns of the square with its context, clipped at the picture's edges."""
    reach = _CONTEXT * square.half_size_px
    spans = []
    for centre, side in zip((square.centre_y_px, square.centre_x_px), pixels.shape[:2]):
        ends = np.clip([np.floor(centre - reach), np.ceil(centre + reach) + 1], 0, side)
        spans.append(slice(int(ends[0]), int(ends[1])))
    return spans[0], spans[1]
