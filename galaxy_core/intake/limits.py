"""How large a file may be, and the checks that say so before anything is decoded.

The only place where these numbers stand. Nothing is read or decoded here.
"""

from __future__ import annotations

import math

from galaxy_core.errors import TooLarge, UnsupportedImage

MAX_PICTURE_BYTES = 50 * 1024 * 1024
MAX_PICTURE_PIXELS = 50_000_000
# Of a FITS file on this machine; uploads are held to the picture's limit by the server.
MAX_FITS_BYTES = 1024 * 1024 * 1024
# A cutout of more pixels than this is averaged down: as float32 colour it would take twelve
# bytes a pixel for as long as the visitor stays, and no screen or network looks that close.
MAX_KEPT_PIXELS = 4096 * 4096
# Below this a galaxy has no shape to classify.
MIN_SIDE_PX = 8
# Files of one band each that are shown as one picture.
MOST_BAND_FILES = 5


def check_bytes(size_bytes: int, *, name: str, limit_bytes: int = MAX_PICTURE_BYTES) -> None:
    """Accept a file size.

    Raises
    ------
    TooLarge
        If ``size_bytes`` is over ``limit_bytes``.
    """
    if size_bytes > limit_bytes:
        raise TooLarge(
            f"{name} is {size_bytes / 2**20:,.0f} MB large; at most "
            f"{limit_bytes / 2**20:,.0f} MB are read. Crop it to the galaxy first."
        )


def check_pixels(
    width_px: int, height_px: int, *, name: str, limit_pixels: int = MAX_PICTURE_PIXELS
) -> None:
    """Accept the dimensions that a file's header states.

    Raises
    ------
    TooLarge
        If the image has more than ``limit_pixels`` pixels.
    UnsupportedImage
        If a side is shorter than ``MIN_SIDE_PX``.
    """
    if width_px * height_px > limit_pixels:
        raise TooLarge(
            f"{name} states {width_px:,} × {height_px:,} pixels; at most "
            f"{limit_pixels / 1e6:,.0f} million are read. Crop it to the galaxy first."
        )
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise UnsupportedImage(
            f"{name} is {width_px} × {height_px} pixels small; at least "
            f"{MIN_SIDE_PX} × {MIN_SIDE_PX} are needed to show a galaxy."
        )


def reduction(width_px: int, height_px: int, *, kept_pixels: int = MAX_KEPT_PIXELS) -> int:
    """Return the whole number ≥ 1 by which both sides are averaged down to be kept."""
    return max(1, math.ceil(math.sqrt(width_px * height_px / kept_pixels)))
