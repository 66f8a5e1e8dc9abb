"""Which two-dimensional planes an array of a FITS file has, and where each of them lies.

Knows axes only: no pixels, no headers. In a long cube (a spectrum or velocities at every
pixel) no plane by itself shows the galaxy, so its mean and the means of its thirds are offered
as planes, too, under the numbers below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from galaxy_core.intake.limits import MIN_SIDE_PX

# More nameless planes than this are channels of a spectrum, not bands.
LONGEST_ROW_OF_BANDS = 12
MEAN_OF_ALL = -1
THIRDS = (-2, -3, -4)


def has_colour_last(axes: tuple[int, ...]) -> bool:
    """Tell arrays of shape (H, W, 3), whose first FITS axis is colour."""
    return len(axes) == 3 and axes[0] in (3, 4) and min(axes[1:]) >= MIN_SIDE_PX


def plane_shape(axes: tuple[int, ...]) -> tuple[int, int] | None:
    """Return (H, W) of the planes; None where there is nothing two-dimensional."""
    if len(axes) < 2 or 0 in axes:
        return None
    return (axes[2], axes[1]) if has_colour_last(axes) else (axes[1], axes[0])


def plane_count(axes: tuple[int, ...]) -> int:
    """Return how many planes there are, means not counted."""
    return axes[0] if has_colour_last(axes) else prod(axes[2:])


def index_of_plane(
    axes: tuple[int, ...], plane: int, rows: slice, columns: slice
) -> tuple[Any, ...]:
    """Return the array index of a part of one plane."""
    if has_colour_last(axes):
        return rows, columns, plane
    deeper = tuple(int(i) for i in np.unravel_index(plane, axes[:1:-1])) if axes[2:] else ()
    return *deeper, rows, columns


def merged_planes(count: int) -> dict[int, range]:
    """Return the means that are offered of a cube, and the planes that each is the mean of."""
    if count <= LONGEST_ROW_OF_BANDS:
        return {}
    edges = [count * part // 3 for part in range(4)]
    thirds = {key: range(edges[n], edges[n + 1]) for n, key in enumerate(THIRDS)}
    return {MEAN_OF_ALL: range(count), **thirds}


def planes_behind(plane: int, count: int) -> range | None:
    """Return the planes whose mean a plane is, itself if it is none; None if there is none."""
    if plane < 0:
        return merged_planes(count).get(plane)
    return range(plane, plane + 1) if plane < count else None


def offered_planes(counts: Sequence[int], most: int) -> list[list[int]]:
    """Return which planes of each array are offered, ``most`` together, means not counted.

    Arrays of few planes are offered whole, long cubes share what is left: a cube of thousands
    of channels hides no picture that stands beside it.
    """
    offered: list[list[int]] = [[] for _ in counts]
    left, waiting = most, len(counts)
    for index in sorted(range(len(counts)), key=lambda index: counts[index]):
        share = min(left, max(1, left // waiting))
        offered[index] = _spread(counts[index], share)
        left, waiting = left - len(offered[index]), waiting - 1
    return offered


def _spread(count: int, most: int) -> list[int]:
    """Return all planes, or some spread evenly over a long cube, its ends included."""
    if count <= most:
        return list(range(count))
    return sorted({i * (count - 1) // max(most - 1, 1) for i in range(most)})
