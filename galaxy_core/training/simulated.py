"""A labelled folder of simulated galaxies, for classes without pictures of their own.

Half spirals, half ellipticals, drawn by ``simulate``; the same seed gives the same folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from galaxy_core.simulate import GalaxyKind, random_parameters, simulate_galaxy
from galaxy_core.training.dataset import LABELS_FILE

SIDE_PX = 128
_KINDS = (GalaxyKind.ELLIPTICAL, GalaxyKind.SPIRAL)


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
        kind = _KINDS[index % 2]
        name = f"{kind}-{index // 2:05}.png"
        if not (root / name).exists():
            own = seed * 1_000_003 + index
            parameters = random_parameters(kind, seed=own, image_size_px=SIDE_PX)
            pixels = simulate_galaxy(parameters, seed=own).cutout.pixels
            partial = root / "partial.png"
            Image.fromarray(np.round(pixels * 255).astype(np.uint8)).save(partial)
            partial.replace(root / name)
        rows.append(f"{name},{index % 2},simulated")
        on_picture(index + 1, total)
    (root / LABELS_FILE).write_text("\n".join(rows) + "\n", encoding="utf-8")
