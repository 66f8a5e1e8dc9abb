"""Stability: whether a map stays with the galaxy as the picture changes in ways that say nothing.

Turned and mirrored pictures (the map is turned back), shifts by a few pixels, a little noise,
another stretch. None of these makes a spiral elliptical; a map that jumps shows the
network's accidents (Alvarez-Melis & Jaakkola 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.trust.ranks import smooth, spearman

Plane = npt.NDArray[np.float32]

SHIFT = 1 / 32  # of the side: two pixels of 64
NOISE = 0.02
STRETCH = 0.8  # exponent; an SDSS and a Legacy Surveys picture differ by more


class Kind(StrEnum):
    """Ways in which the picture is changed."""

    ORIENTATION = "rotations and flips"
    SHIFT = "small shifts"
    NOISE = "a little noise"
    STRETCH = "another stretch"


@dataclass(frozen=True, slots=True)
class Variation:
    """One change of a picture (S, S, 3), and how a map (S, S) of it is brought back."""

    kind: Kind
    apply: Callable[[FloatImage, np.random.Generator], FloatImage]
    back: Callable[[Plane], Plane]


@dataclass(frozen=True, slots=True)
class Stability:
    """How well maps of changed pictures, brought back, agree with the true one.

    Parameters
    ----------
    correlations : mapping of Kind to float
        Mean Spearman correlation of the smoothed maps (``ranks.smooth``) over the variations
        of each kind, in [-1, 1].
    logits : mapping of Kind to tuple of float
        What the network answered to them.
    """

    correlations: Mapping[Kind, float]
    logits: Mapping[Kind, tuple[float, ...]]

    @property
    def lowest(self) -> float:
        """The worst kind's correlation."""
        return min(self.correlations.values())

    def sentence(self) -> str:
        """Return the result in words."""
        worst = min(self.correlations, key=lambda kind: self.correlations[kind])
        return (
            f"Under {worst} the map keeps a correlation of {self.correlations[worst]:.2f} "
            "with itself; that is its weakest point."
        ).replace("-", "−")


def _turn(quarters: int) -> Variation:
    return Variation(
        Kind.ORIENTATION,
        lambda picture, _: np.rot90(picture, quarters),
        lambda plane: np.rot90(plane, -quarters),
    )


def _shift(down: int, right: int) -> Variation:
    """Shift by whole steps of SHIFT; what comes in is sky (0), what leaves is lost."""

    def moved(plane: FloatImage, sign: int, empty: float) -> FloatImage:
        step = max(1, round(SHIFT * plane.shape[0]))
        dy, dx = sign * down * step, sign * right * step
        rolled = np.roll(plane, (dy, dx), axis=(0, 1))
        rows = slice(0, dy) if dy > 0 else slice(plane.shape[0] + dy, None)
        columns = slice(0, dx) if dx > 0 else slice(plane.shape[1] + dx, None)
        if dy:
            rolled[rows] = empty
        if dx:
            rolled[:, columns] = empty
        return rolled

    return Variation(
        Kind.SHIFT,
        lambda picture, _: moved(picture, 1, 0.0),
        lambda plane: moved(plane, -1, np.nan),  # unknown there: left out of the comparison
    )


def _noisy(picture: FloatImage, rng: np.random.Generator) -> FloatImage:
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    return np.clip(picture + np.float32(NOISE) * noise, 0, 1)


def _same(plane: Plane) -> Plane:
    return plane


_FLIP = Variation(
    Kind.ORIENTATION, lambda picture, _: picture[:, ::-1], lambda plane: plane[:, ::-1]
)
_NOISY = Variation(Kind.NOISE, _noisy, _same)
_STRETCHED = Variation(Kind.STRETCH, lambda picture, _: picture ** np.float32(STRETCH), _same)

# What is tried, by what a map costs (``assess``). Orientations: quarter turns and a mirror; shifts
# by SHIFT down, left, or both; noise of deviation NOISE, clipped to [0, 1]; picture ** STRETCH.
THOROUGH = (_turn(1), _turn(2), _turn(3), _FLIP, _shift(1, 0), _shift(0, -1), _NOISY, _STRETCHED)
QUICK = (_turn(1), _FLIP, _shift(1, -1), _NOISY, _STRETCHED)
BRIEF = (_turn(1), _shift(1, -1), _NOISY, _STRETCHED)  # one of each kind


def measure_stability(
    explain_pictures: Callable[[FloatImage], tuple[Plane, npt.NDArray[np.float32]]],
    picture: FloatImage,
    true_map: Plane,
    *,
    seed: int,
    variations: tuple[Variation, ...] = THOROUGH,
) -> Stability:
    """Return how stable the map of one galaxy is.

    Both maps are smoothed (``ranks.smooth``), then that of the changed picture is moved back and
    ranked against the true one, pixel by pixel; what a shift brought in is left out.

    Parameters
    ----------
    explain_pictures : callable
        Pictures (N, S, S, 3) -> maps (N, S, S) and logits (N,).
    picture : ndarray, shape (S, S, 3), float32
        The framed galaxy, sky 0.
    true_map : ndarray, shape (S, S), float32
        Its map.
    seed : int
        Of the noise.
    variations : tuple of Variation
        Which changes; each kind in them is averaged.
    """
    rng = np.random.default_rng(seed)
    pictures = np.stack([variation.apply(picture, rng) for variation in variations])
    maps, logits = explain_pictures(np.ascontiguousarray(pictures, dtype=np.float32))
    found: dict[Kind, list[float]] = {}
    answers: dict[Kind, list[float]] = {}
    true = smooth(true_map)
    for variation, plane, logit in zip(variations, maps, logits):
        returned = variation.back(smooth(plane))
        known = np.isfinite(returned)
        found.setdefault(variation.kind, []).append(spearman(returned[known], true[known]))
        answers.setdefault(variation.kind, []).append(float(logit))
    return Stability(
        MappingProxyType({kind: float(np.mean(values)) for kind, values in found.items()}),
        MappingProxyType({kind: tuple(values) for kind, values in answers.items()}),
    )
