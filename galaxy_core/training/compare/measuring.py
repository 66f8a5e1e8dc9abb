"""Squares -> rows of hand-crafted measures, in processes, since they hold the interpreter lock.

Imports no TensorFlow: every process would pay for it.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.morphology.measures import MEASURES, measure_all

OnGalaxies = Callable[[int, int], None]
_FEW = 256  # below this, starting processes takes longer than measuring
_CHUNK = 16


def take_measures(
    squares: Sequence[FloatImage], *, on_galaxies: OnGalaxies = lambda done, total: None
) -> npt.NDArray[np.float64]:
    """Return the measures of each square, shape (N, len(MEASURES)); undefined ones are NaN."""
    rows = np.empty((len(squares), len(MEASURES)))
    for index, vector in enumerate(_measured(squares)):
        rows[index] = vector
        on_galaxies(index + 1, len(squares))
    return rows


def _measured(squares: Sequence[FloatImage]) -> Iterator[npt.NDArray[np.float64]]:
    if len(squares) < _FEW:
        yield from map(_vector, squares)
        return
    # Spawned, not forked: TensorFlow's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        yield from pool.map(_vector, squares, chunksize=_CHUNK)


def _vector(square: FloatImage) -> npt.NDArray[np.float64]:
    return measure_all(square).as_vector()
