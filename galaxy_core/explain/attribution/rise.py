"""RISE: random masks weighted by the logit they leave (Petsiuk, Das & Saenko 2018, eq. 6)."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution, Maps
from galaxy_core.explain.network import Network
from galaxy_core.explain.receptive import on_input_grid, whole_grid

PAIRS = 80
CELLS = 8
SHOWN = 0.5


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return how the logit goes with each pixel being shown, over 160 random masks.

    The paper averages probability × mask. On the logit the mean is taken off first, and the
    spread of the mask divided out: the slope of z on "this pixel is shown", signed and in
    logit. Masks come in opposite pairs, which halves the noise. All black: the sky.
    """
    masks = random_masks(network.size_px, seed=seed)
    deviation = masks - masks.mean(axis=0)
    variance = (deviation**2).mean(axis=0)
    maps = np.empty(inputs.shape[:3], dtype=np.float32)
    for index, picture in enumerate(inputs):
        logits = network.logits(masks[..., None] * picture[None])
        slope = np.tensordot(logits - logits.mean(), deviation, axes=1) / len(masks)
        maps[index] = slope / variance
    return Attribution.from_signed(maps)


def random_masks(size_px: int, *, seed: int) -> Maps:
    """Return smooth masks in [0, 1], shape (160, S, S): 8 × 8 random cells, shifted at random.

    The second half are the first half's opposites.
    """
    rng = np.random.default_rng(seed)
    cells = (rng.random((PAIRS, CELLS + 1, CELLS + 1)) < SHOWN).astype(np.float32)
    cell = -(-size_px // CELLS)
    large = on_input_grid(cells, whole_grid(cell * (CELLS + 1), CELLS + 1))
    shifts = rng.integers(0, cell, (PAIRS, 2))
    first = [mask[dy : dy + size_px, dx : dx + size_px] for mask, (dy, dx) in zip(large, shifts)]
    stacked = np.stack(first)
    return np.concatenate([stacked, 1 - stacked]).astype(np.float32)
