"""RISE: random masks weighted by the logit they leave (Petsiuk, Das & Saenko 2018, eq. 6)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import hadamard

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Attribution, Maps
from galaxy_core.explain.network import Network
from galaxy_core.explain.receptive import on_input_grid, whole_grid

# Over 8 real galaxies 6 cells are steadier than 8 and as faithful: under the weakest change maps
# keep 0.60 (teaching network) and 0.62 (research) of themselves, with 8 cells 0.53 and 0.48.
CELLS = 6
MASKS = 128


def attribute(
    network: Network, inputs: FloatImage, *, layer: str | None, seed: int
) -> Attribution:
    """Return how far each of 6 × 6 cells moves the logit as it is shown, in logit.

    The mean of z over the masks that show a cell minus that over those that hide it. The paper
    averages probability × mask, which every other cell's share blurs: it asks for thousands of
    independent masks. Here 128 are a balanced set, so of a network that adds up its cells the
    map is exact, and only what cells do together is left to chance. (Over 8 real galaxies maps
    from two seeds correlate by 0.79 on the teaching network, those from 160 independent masks
    by 0.37; with their own of changed pictures, at worst, by 0.60 instead of 0.27.)
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
    """Return which cells each mask shows (1) or hides (0), shape (128, 6, 6).

    36 columns of the Hadamard matrix of 64 rows, drawn at random and with random signs, row by
    row of cells; then their opposites. So half of the masks show a cell, and of those that show
    another cell half do.
    """
    rng = np.random.default_rng(seed)
    rows, count = MASKS // 2, CELLS**2
    columns, signs = rng.permutation(rows)[:count], rng.choice([-1, 1], count)
    first = hadamard(rows)[:, columns] * signs
    both = np.concatenate([first, -first]).reshape(MASKS, CELLS, CELLS)
    return np.asarray((both + 1) / 2, dtype=np.float32)


def masks_of(cells: npt.NDArray[np.float32], size_px: int) -> Maps:
    """Return masks in [0, 1] on the input, (N, S, S): linear between the centres of cells."""
    return on_input_grid(cells, whole_grid(size_px, CELLS))
