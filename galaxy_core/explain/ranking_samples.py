"""Galaxies that methods are ranked over: framed, with what is where and where the truth lies.

Measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.explain.network import Network
from galaxy_core.explain.trust.place import Regions, mask_on_input, regions_from_masks
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.simulate import simulate_galaxy
from galaxy_core.simulate.random_scenes import GalaxyKind, random_parameters

_STRUCTURE = ("arms", "bar", "knots", "ring")


@dataclass(frozen=True, slots=True, eq=False)
class RankingSample:
    """One galaxy of the sample.

    Parameters
    ----------
    name : str
        What it is called.
    picture : ndarray, shape (S, S, 3), float32
        Framed.
    is_spiral : bool or None
        The true class, if known.
    truth : ndarray, shape (S, S), bool, or None
        Where the evidence for the true class lies, if known.
    regions : Regions or None
        What is where on it.
    """

    name: str
    picture: FloatImage
    is_spiral: bool | None = None
    truth: Mask | None = None
    regions: Regions | None = None


def simulated_samples(network: Network, *, count: int, seed: int) -> list[RankingSample]:
    """Return framed simulated galaxies, spirals and ellipticals in turn, with their truth.

    The truth is arms, bar, ring and knots for a spiral, the whole body for an elliptical.
    Galaxies that framing does not find are left out.
    """
    found = (
        _simulated(network.size_px, (GalaxyKind.SPIRAL, GalaxyKind.ELLIPTICAL)[n % 2], n, seed)
        for n in range(count)
    )
    return [sample for sample in found if sample is not None]


def _simulated(size_px: int, kind: GalaxyKind, number: int, seed: int) -> RankingSample | None:
    own_seed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    drawn = simulate_galaxy(random_parameters(kind, seed=own_seed), seed=own_seed)
    pixels = drawn.cutout.pixels
    framing = find_framing(pixels)

    def laid(*names: str) -> Mask:
        whole = np.zeros(pixels.shape[:2], dtype=bool)
        for name in names:
            whole |= drawn.masks.get(name, whole)
        return mask_on_input(whole, whole.shape, framing, size_px=size_px)

    galaxy = laid("galaxy")
    if not galaxy.any():
        return None
    is_spiral = kind is GalaxyKind.SPIRAL
    return RankingSample(
        name=f"simulated {kind} {number}",
        picture=cut_out(pixels, framing, size_px=size_px),
        is_spiral=is_spiral,
        truth=laid(*_STRUCTURE) if is_spiral else galaxy,
        regions=regions_from_masks(galaxy, laid("stars", "companion", "background")),
    )
