"""Labelled pictures -> the framed squares of each under one change of the picture after another.

The change is made to the picture, before framing, so that whoever is asked about it (network,
forest) gets what any other galaxy would have become on its way. Keeps nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError
from galaxy_core.framing import Framing, cut_out, find_framing
from galaxy_core.intake import read_file
from galaxy_core.intake.fits_reader import FitsReader
from galaxy_core.overlap import ordered_map
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.squares import Square
from galaxy_core.what_if.change import Change
from galaxy_core.what_if.knobs import apply_changes

SKY_NOISE = 0.025  # deviation of the sky in SDSS pictures: the median of 900 `ngc` galaxies
Recipe = tuple[Change, ...]
RecipesOf = Callable[[LabelledImage], Sequence[Recipe]]


def read_views(
    images: Sequence[LabelledImage], recipes_of: RecipesOf, *, size_px: int
) -> Iterator[tuple[Square, ...]]:
    """Yield, for every picture in order, one framed square a recipe.

    Parameters
    ----------
    images : sequence of LabelledImage
        Read in threads, a few ahead of the consumer.
    recipes_of : callable
        The recipes of one picture, as many for each; an empty recipe changes nothing.
    size_px : int
        Side of the squares.

    Yields
    ------
    tuple of Square
        In the order of the recipes. Of a picture that cannot be read all are without pixels.
    """

    def views(image: LabelledImage) -> tuple[Square, ...]:
        recipes = recipes_of(image)
        try:
            pixels = read_file(image.path, fits_reader=reader).pixels
            framing = find_framing(pixels)
        except GalaxyError as error:
            return (Square(image, None, None, str(error)),) * len(recipes)
        return tuple(_view(image, pixels, framing, recipe, size_px) for recipe in recipes)

    with FitsReader() as reader:  # its process starts with the first FITS file, if any
        yield from ordered_map(views, images)


def seed_of(image: LabelledImage) -> int:
    """Return the seed of whatever is random about one picture: the same in every run."""
    return zlib.crc32(image.object_id.encode())


def _view(
    image: LabelledImage, pixels: FloatImage, framing: Framing, recipe: Recipe, size_px: int
) -> Square:
    try:
        if recipe:
            pixels = apply_changes(pixels, framing, recipe, seed=seed_of(image))
            framing = find_framing(pixels)
        return Square(image, framing, cut_out(pixels, framing, size_px=size_px))
    except GalaxyError as error:
        return Square(image, None, None, str(error))
