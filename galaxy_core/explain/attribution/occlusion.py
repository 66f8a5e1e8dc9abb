"""Occlusion sensitivity: cover a window with sky, see the logit move (Zeiler & Fergus 2014)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution
from galaxy_core.explain.network import Network

CELLS = 12
WINDOW_CELLS = 2.0


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return z(galaxy) - z(galaxy with a window covered) on a 12 × 12 grid, in logit.

    The window is two cells across, about the centre of each cell, and filled with sky (0).
    """
    covers = windows(network.size_px)
    base = network.logits(inputs)
    maps = [
        base[i] - network.logits(np.where(covers[..., None], np.float32(0), picture[None]))
        for i, picture in enumerate(inputs)
    ]
    return Attribution.from_signed(np.array(maps, dtype=np.float32).reshape(-1, CELLS, CELLS))


def windows(size_px: int) -> npt.NDArray[np.bool_]:
    """Return the windows as masks, shape (144, S, S), row by row."""
    cell = size_px / CELLS
    pixels = np.arange(size_px) + 0.5
    centres = (np.arange(CELLS) + 0.5) * cell
    within = np.abs(pixels[None] - centres[:, None]) <= WINDOW_CELLS * cell / 2
    both = within[:, None, :, None] & within[None, :, None, :]
    return np.asarray(both.reshape(CELLS * CELLS, size_px, size_px))
