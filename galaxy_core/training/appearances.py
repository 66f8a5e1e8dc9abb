"""Galaxies, plain and in disguise, and strangers -> the numbers of ``morphology.appearance``.

What the model of strange pictures is fitted on. Fits nothing itself; no TensorFlow here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import find_framing
from galaxy_core.morphology.appearance import NUMBERS, appearance
from galaxy_core.strangers import Family, stranger_pictures
from galaxy_core.strangers.disguises import DISGUISES, disguise

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Pictures by their numbers, and what each is.

    Parameters
    ----------
    rows : ndarray, shape (N, F), float64
        Numbers of ``appearance``, in the order of ``NUMBERS``.
    kinds : tuple of str
        Disguise of a galaxy, or kind of a stranger.
    groups : tuple of str
        What stays together when galaxies are left out; the class of each is before a colon.
    """

    rows: Vector
    kinds: tuple[str, ...]
    groups: tuple[str, ...]


def look_at_galaxies(pictures: Iterable[tuple[str, FloatImage]], *, seed: int) -> Shown:
    """Return the numbers of galaxies as they are, in one disguise in turn, and in several.

    Parameters
    ----------
    pictures : iterable of (str, ndarray)
        Group of each galaxy (see `Shown`) and its pixels, (H, W, 3) float32 in [0, 1].
    seed : int
        Of the disguises.
    """
    plain, *others, several = DISGUISES

    def views() -> Iterator[tuple[str, str, FloatImage]]:
        for index, (group, pixels) in enumerate(pictures):
            yield plain, group, pixels
            name = others[index % len(others)]
            yield name, group, disguise(pixels, name, seed=seed + index)
            yield several, group, disguise(pixels, several, seed=seed + index)

    return _look(views())


def look_at_strangers(*, seed: int, count: int, family: Family | None = None) -> Shown:
    """Return the numbers of this many strangers, of one family or of both, two rows each.

    As it is and in several disguises: were only galaxies ever noisy, blurred or grey, then
    what is noisy, blurred or grey would pass as one.
    """
    *_, several = DISGUISES

    def views() -> Iterator[tuple[str, str, FloatImage]]:
        drawn = stranger_pictures(seed=seed, count=count, family=family)
        for index, stranger in enumerate(drawn):
            yield stranger.kind, stranger.family, stranger.pixels
            changed = disguise(stranger.pixels, several, seed=seed + index)
            yield stranger.kind, stranger.family, changed

    return _look(views())


def _look(views: Iterable[tuple[str, str, FloatImage]]) -> Shown:
    rows, kinds, groups = [], [], []
    for kind, group, pixels in views:
        numbers = appearance(pixels, find_framing(pixels))
        rows.append([numbers[name] for name in NUMBERS])
        kinds.append(kind)
        groups.append(group)
    table = np.array(rows, dtype=np.float64).reshape(-1, len(NUMBERS))
    return Shown(table, tuple(kinds), tuple(groups))
