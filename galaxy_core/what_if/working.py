"""A cutout small enough to change live: cut about its galaxy and shrunk, with its framing.

A knob on a picture of 2000 pixels takes seconds; the network sees 64 of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import Framing
from galaxy_core.segmentation import shrink

WORKING_SIZE_PX = 256
_REACH = 2.0  # half sizes about the centre that are kept, so that moving has something to show


@dataclass(frozen=True, slots=True, eq=False)
class WorkingPicture:
    """A picture to change, and where the galaxy is in it.

    Parameters
    ----------
    pixels : ndarray, shape (h, w, 3), float32
        In [0, 1], at most `WORKING_SIZE_PX` on its longer side.
    framing : Framing
        Of these pixels: the same square of the sky as in the whole picture.
    is_reduced : bool
        Whether pixels were left out or merged.
    """

    pixels: FloatImage
    framing: Framing
    is_reduced: bool


def working_picture(
    pixels: FloatImage, framing: Framing, *, most_px: int = WORKING_SIZE_PX
) -> WorkingPicture:
    """Return the picture itself if it is small, else its middle, shrunk.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        A cutout's pixels.
    framing : Framing
        Where the galaxy is in them.
    most_px : int
        Longest side of what comes back.
    """
    height, width = pixels.shape[:2]
    if max(height, width) <= most_px:
        return WorkingPicture(pixels, framing, is_reduced=False)
    reach = _REACH * framing.half_size_px
    left, top = max(0, int(framing.centre_x_px - reach)), max(0, int(framing.centre_y_px - reach))
    right = min(width, int(framing.centre_x_px + reach) + 1)
    bottom = min(height, int(framing.centre_y_px + reach) + 1)
    if right <= left or bottom <= top:  # the square was put off the picture
        left, top, right, bottom = 0, 0, width, height
    part = pixels[top:bottom, left:right]
    small = shrink(part, most_px)
    across, down = small.shape[1] / part.shape[1], small.shape[0] / part.shape[0]
    scale = (across + down) / 2
    placed = replace(
        framing,
        centre_x_px=(framing.centre_x_px - left + 0.5) * across - 0.5,
        centre_y_px=(framing.centre_y_px - top + 0.5) * down - 0.5,
        half_size_px=framing.half_size_px * scale,
        radius_px=framing.radius_px * scale,
    )
    return WorkingPicture(small, placed, is_reduced=True)
