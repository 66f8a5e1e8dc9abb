"""Numbers that stand for "nothing was measured here" in files that do not say so.

-32768, -9999, -99, 1e30, the largest float: programs write them where FITS has NaN and BLANK.
Taken as flux, they become the darkest or brightest light of the picture. They are told by
standing apart from everything else by far, not by a list: a list would take a faint sky of
-99 counts for them. Looks at numbers only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from galaxy_core.intake.background import sky_level

Pixels = npt.NDArray[Any]

_SAMPLED_PIXELS = 40_000
# Nothing real lies so deep below the sky, so far from everything else.
_NOISES_BELOW = 25.0
_APART = 5.0
# No star is so much brighter than the brightest thousandth of its image.
_TIMES_ABOVE = 1e12
# Where the sky has no noise to measure with, only what is written by convention counts.
_CONVENTIONS = frozenset({-99.0, -999.0, -9999.0, -99999.0, -32768.0})
_MOST_KINDS = 3


def numbers_for_nothing(pixels: Pixels) -> tuple[float, ...]:
    """Return the numbers in an image that stand for nothing measured; seldom any.

    Parameters
    ----------
    pixels : ndarray, any real dtype
        Some rows of an image are enough. NaN is left out.

    Returns
    -------
    tuple of float
        Exact values. Of the lowest numbers, those that lie 25 noises of the sky below it and
        five times farther from the next number than that is from the sky; of the highest,
        those 1e12 times above the brightest thousandth.
    """
    step = max(1, pixels.size // _SAMPLED_PIXELS)
    sample = np.asarray(pixels).ravel()[::step].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        return ()
    found: list[float] = []
    for _ in range(_MOST_KINDS):
        one = _lowest(pixels, sample, found)
        one = _highest(pixels, sample, found) if one is None else one
        if one is None:
            break
        found.append(one)
        sample = sample[sample != one]
    return tuple(found)


def _lowest(pixels: Pixels, sample: Pixels, known: list[float]) -> float | None:
    """Return the lowest number if it stands for nothing."""
    lowest = _end(pixels, known, np.fmin)
    others = sample[sample != lowest]
    if lowest is None or others.size == 0:
        return None
    level, noise = sky_level(others)
    deep = noise > 0.0 and lowest < level - _NOISES_BELOW * noise
    if not (deep or (noise == 0.0 and lowest < level and lowest in _CONVENTIONS)):
        return None  # the usual way out, before anything large is looked through again
    following = _end(pixels, [*known, lowest], np.fmin)
    if following is None:
        return None
    return lowest if following - lowest > _APART * max(level - following, 0.0) else None


def _highest(pixels: Pixels, sample: Pixels, known: list[float]) -> float | None:
    """Return the highest number if it stands for nothing."""
    highest = _end(pixels, known, np.fmax)
    others = np.abs(sample[sample != highest])
    if highest is None or others.size == 0:
        return None
    bright = float(np.percentile(others, 99.9))
    return highest if bright > 0.0 and highest > _TIMES_ABOVE * bright else None


def _end(pixels: Pixels, without: list[float], end: np.ufunc) -> float | None:
    """Return the lowest or highest finite number that is none of those known."""
    if not without:
        found = float(end.reduce(pixels, axis=None))
        if np.isfinite(found):
            return found
    kept = pixels[np.isfinite(pixels) & ~np.isin(pixels, without)]
    return float(end.reduce(kept)) if kept.size else None
