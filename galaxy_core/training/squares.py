"""Labelled pictures -> framed squares, ready for training or evaluation.

Reads and frames in threads ahead of its consumer and holds no more than a few squares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError
from galaxy_core.framing import Framing, cut_out, find_framing
from galaxy_core.intake import read_file
from galaxy_core.intake.fits_reader import FitsReader
from galaxy_core.overlap import ordered_map
from galaxy_core.training.dataset import LabelledImage

CONTEXT = 1.5  # how much wider than the network's input a square for augmentation is


@dataclass(frozen=True, slots=True, eq=False)
class Square:
    """One framed galaxy with its label.

    Parameters
    ----------
    image : LabelledImage
        What it is.
    framing : Framing or None
        Where it was cut; None if the picture could not be read.
    pixels : ndarray, shape (S, S, 3), float32, or None
        Standardised square, if the picture could be read.
    error : str
        Why not, else empty.
    """

    image: LabelledImage
    framing: Framing | None
    pixels: FloatImage | None
    error: str = ""


def readable(squares: Iterable[Square]) -> tuple[list[Square], FloatImage]:
    """Return the squares that have pixels, and these stacked: shape (N, S, S, 3)."""
    found = [(square, square.pixels) for square in squares if square.pixels is not None]
    pixels = np.stack([own for _, own in found]) if found else np.empty((0, 0, 0, 3), np.float32)
    return [square for square, _ in found], pixels


def read_squares(
    images: Sequence[LabelledImage], *, size_px: int, context: float = 1.0
) -> Iterator[Square]:
    """Yield the framed square of every picture, in order; a bad picture costs only itself.

    With ``context`` above 1 the square is that much wider and not clipped (for augmentation).
    """

    def read(image: LabelledImage) -> Square:
        try:
            pixels = read_file(image.path, fits_reader=reader).pixels
            framing = find_framing(pixels)
            square = cut_out(
                pixels, framing, size_px=size_px, context=context, clip=context == 1.0
            )
        except GalaxyError as error:
            return Square(image, None, None, str(error))
        return Square(image, framing, square)

    with FitsReader() as reader:  # its process starts with the first FITS file, if any
        yield from ordered_map(read, images)
