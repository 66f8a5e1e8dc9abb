"""Labelled pictures -> everything to learn from, in memory: 55 kB a galaxy.

For what is only asked about, ``squares.read_squares`` yields one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from galaxy_core.errors import DatasetError
from galaxy_core.training.augment import CONTEXT_SIZE_PX
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.fit import TrainingSquares
from galaxy_core.training.squares import CONTEXT, read_squares

OnStage = Callable[[str, int, int], None]


def gather_squares(
    images: Sequence[LabelledImage], stage: str, *, on_stage: OnStage
) -> tuple[tuple[LabelledImage, ...], TrainingSquares]:
    """Return the readable pictures, and their squares to learn from, each source a stratum.

    Parameters
    ----------
    images : sequence of LabelledImage
        Spirals and ellipticals; what cannot be read is left out.
    stage : str
        What this is called, for whoever watches and in the error.
    on_stage : callable
        Told (stage, done, total) after each picture.

    Raises
    ------
    DatasetError
        If not one can be read.
    """
    kept, pixels = [], []
    squares = read_squares(images, size_px=CONTEXT_SIZE_PX, context=CONTEXT)
    for done, square in enumerate(squares, 1):
        if square.pixels is not None:
            kept.append(square.image)
            pixels.append(square.pixels.astype(np.float16))
        on_stage(stage, done, len(images))
    if not kept:
        raise DatasetError(f"{stage}: not one of {len(images)} pictures could be read.")
    aims = np.array([_aim(image) for image in kept], dtype=np.float32)
    _, strata = np.unique([image.source for image in kept], return_inverse=True)
    return tuple(kept), TrainingSquares(np.stack(pixels), aims, strata)


def _aim(image: LabelledImage) -> float:
    return float(image.spiral or 0) if image.target is None else image.target
