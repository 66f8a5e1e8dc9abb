"""RISE: random masks weighted by the logit they leave (Petsiuk, Das & Saenko 2018, eq. 6)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import hadamard

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution, Maps
from galaxy_core.explain.network import Network
from galaxy_core.explain.receptive import on_input_grid, whole_grid

CELLS = 8
MASKS = 2 * CELLS**2


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return how far each of 8 × 8 cells moves the logit as it is shown, in logit.

    The mean of z over the masks that show a cell minus that over those that hide it. The paper
    averages probability × mask, which every other cell's share blurs: it asks for thousands of
    independent masks. Here 128 are a balanced set, so of a network that adds up its cells the
    map is exact, and only what cells do together is left to chance. (Over 8 real galaxies maps
    from two seeds correlate by 0.63 on the teaching network, those from 160 independent masks
    by 0.37; with their own of changed pictures, at worst, by 0.53 instead of 0.27.)
    """
    cells = random_cells(seed=seed)
    masks = masks_of(cells, network.size_px)
    signs = 2 * cells - 1
    maps = np.empty((len(inputs), CELLS, CELLS), dtype=np.float32)
    for index, picture in enumerate(inputs):
        logits = network.logits(masks[..., None] * picture[None]).astype(np.float64)
        maps[index] = 2 * np.tensordot(logits, signs, axes=1) / MASKS
    return Attribution.from_signed(maps)


def random_cells(*, seed: int) -> npt.NDArray[np.float32]:
    """Return which cells each mask shows (1) or hides (0), shape (128, 8, 8).

    Columns of a Hadamard matrix in random order and with random signs, then their opposites:
    each cell is shown by half of the masks, and so is it by half of those that show another.
    """
    rng = np.random.default_rng(seed)
    order, signs = rng.permutation(CELLS**2), rng.choice([-1, 1], CELLS**2)
    first = hadamard(CELLS**2)[:, order] * signs
    both = np.concatenate([first, -first]).reshape(MASKS, CELLS, CELLS)
    return np.asarray((both + 1) / 2, dtype=np.float32)


def masks_of(cells: npt.NDArray[np.float32], size_px: int) -> Maps:
    """Return masks in [0, 1] on the input, (N, S, S): linear between the centres of cells."""
    return on_input_grid(cells, whole_grid(size_px, CELLS))
