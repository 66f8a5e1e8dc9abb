"""A labelled folder of simulated galaxies, for classes without pictures of their own.

Half spirals, half ellipticals, drawn by ``simulate``; the same seed gives the same folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from galaxy_core.simulate import GalaxyKind, random_parameters, simulate_galaxy
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.labelled_rows import LABELS_FILE

SIDE_PX = 128
SOURCE = "simulated"
_KINDS = (GalaxyKind.ELLIPTICAL, GalaxyKind.SPIRAL)


def simulated_images(root: Path, *, count_each: int) -> tuple[LabelledImage, ...]:
    """Return what the folder will hold, in its order; how galaxies are split hangs on no seed."""
    return tuple(
        LabelledImage(root / name, spiral, name, name, {"file": name, "source": SOURCE})
        for name, spiral in (_named(index) for index in range(2 * count_each))
    )


def _named(index: int) -> tuple[str, int]:
    """Return file name and label, 1 for a spiral, of a galaxy of the folder."""
    return f"{_KINDS[index % 2]}-{index // 2:05}.png", index % 2


def write_simulated_folder(
    root: Path,
    *,
    count_each: int,
    seed: int,
    on_picture: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write the pictures and their ``labels.csv``; those already there are kept.

    Parameters
    ----------
    root : Path
        Folder to write to.
    count_each : int
        How many of each class.
    seed : int
        Of the first galaxy; not negative.
    on_picture : callable
        Told (done, total) after each picture.
    """
    root.mkdir(parents=True, exist_ok=True)
    total = 2 * count_each
    rows = ["file,spiral,source"]
    for index in range(total):
        name, spiral = _named(index)
        if not (root / name).exists():
            own = seed * 1_000_003 + index
            parameters = random_parameters(_KINDS[spiral], seed=own, image_size_px=SIDE_PX)
            pixels = simulate_galaxy(parameters, seed=own).cutout.pixels
            partial = root / "partial.png"
            Image.fromarray(np.round(pixels * 255).astype(np.uint8)).save(partial)
            partial.replace(root / name)
        rows.append(f"{name},{spiral},{SOURCE}")
        on_picture(index + 1, total)
    (root / LABELS_FILE).write_text("\n".join(rows) + "\n", encoding="utf-8")
