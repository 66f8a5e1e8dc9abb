"""The sky of an image: its level and its noise, whatever stands before it.

Works on numbers in any unit, NaN where nothing was measured. What is made of the sky is
``colour``'s and others'.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage

Numbers = npt.NDArray[np.float32] | npt.NDArray[np.float64]

# No flux is taken for more than this, so that float32 never overflows.
MOST_FLUX = 1e30
# Percentiles and medians are taken of about this many pixels, evenly spread.
_SAMPLED_PIXELS = 250_000
_BORDER_PART = 16
# Of pixels at exactly the lowest number: a sky whose lower half was cut off.
_CUT_OFF = 0.05
# Median difference of neighbours in such a sky, where not both are cut off, in deviations of
# the noise before: of two normal numbers, what is negative set to zero.
_DIFFERENCE_OF_HALVES = 0.624


def sky_level(values: Numbers) -> tuple[float, float]:
    """Return the sky's level and noise (one standard deviation) in any array of pixels.

    The median and the spread *below* it, after clipping what is brighter than three
    sigma until it settles: light of galaxies and stars only adds. NaN is left out; no
    finite pixel gives (0, 0).
    """
    sample = _sample(values)
    sample = np.sort(sample[np.isfinite(sample)])
    level = noise = 0.0
    for _ in range(8):
        if sample.size == 0:
            return level, noise
        level = float(np.median(sample))
        below = level - sample[sample <= level]
        noise = 1.4826 * float(np.median(below))
        kept = int(np.searchsorted(sample, level + 3.0 * noise, side="right"))
        if noise == 0.0 or kept == sample.size:
            break
        sample = sample[:kept]
    return level, noise


def measured_sky(plane: FloatImage) -> tuple[npt.NDArray[np.float64], tuple[float, float]]:
    """Return a sample of a plane, flat, and its sky's level and noise.

    The noise is never less than that of rounding; a sky whose lower half was cut off has that
    of neighbours.
    """
    sample, (level, noise) = _sample(plane), _darker_sky(plane)
    finite = sample[np.isfinite(sample)]
    if finite.size and float(np.mean(finite == finite.min())) > _CUT_OFF:
        noise = max(noise, _noise_between_neighbours(plane))
    steps = np.diff(np.unique(sample[np.isfinite(sample)]))
    rounding = float(steps.min()) / np.sqrt(12.0) if steps.size else 0.0
    return sample, (level, max(noise, rounding))


def _darker_sky(plane: FloatImage) -> tuple[float, float]:
    """Return the sky of the border or of the whole, whichever is darker.

    Where a galaxy fills the frame, the whole is mostly galaxy.
    """
    depth = max(1, min(plane.shape) // _BORDER_PART)
    sides = (plane[:depth], plane[-depth:], plane[:, :depth], plane[:, -depth:])
    border = np.concatenate([_sample(side) for side in sides])
    found = [sky_level(values) for values in (plane, border) if np.isfinite(values).any()]
    return min(found, default=(0.0, 0.0))


def _noise_between_neighbours(plane: FloatImage) -> float:
    """Return the noise by how much neighbours of faint light differ, for a sky cut off at black.

    A picture without noise has next to none: its faint light is smooth.
    """
    rows = plane[:: max(1, plane.size // _SAMPLED_PIXELS)].astype(np.float64)
    one, next_to_it = rows[:, 1:].ravel(), rows[:, :-1].ravel()
    differ = np.abs(one - next_to_it)[np.fmax(one, next_to_it) > np.nanmin(plane)]
    differ = differ[np.isfinite(differ)]
    return float(np.median(differ)) / _DIFFERENCE_OF_HALVES if differ.size else 0.0


def _sample(plane: Numbers) -> npt.NDArray[np.float64]:
    """Return about ``_SAMPLED_PIXELS`` values, evenly spread, flat; NaN for what is not finite."""
    step = max(1, int(np.sqrt(plane.size / _SAMPLED_PIXELS)))
    taken = plane[::step, ::step] if plane.ndim == 2 else plane.ravel()[:: step * step]
    return np.clip(
        np.where(np.isfinite(taken), taken.astype(np.float64), np.nan), -MOST_FLUX, MOST_FLUX
    ).ravel()
