"""Galaxies that methods are ranked over: framed, with what is where and where the truth lies.

Measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.errors import ExplanationError, IntakeError
from galaxy_core.explain.network import Network
from galaxy_core.explain.trust.place import (
    Regions,
    find_regions,
    mask_on_input,
    regions_from_masks,
)
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.samples import folder_samples, load_sample
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
    is_real : bool
        Whether it is a picture of the sky.
    """

    name: str
    picture: FloatImage
    is_spiral: bool | None = None
    truth: Mask | None = None
    regions: Regions | None = None
    is_real: bool = False


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


def real_samples(network: Network, folder: Path, *, count: int) -> list[RankingSample]:
    """Return framed galaxies of a folder, evenly spread over its names, without a truth.

    Nobody has drawn their arms, so they take part in what needs no truth alone. As
    ``samples.folder_samples`` finds them; pictures that cannot be read, or in which framing finds
    no galaxy, are left out.

    Raises
    ------
    ExplanationError
        If no picture is left.
    """
    found = []
    for sample in folder_samples(folder, limit=count).samples:
        try:
            pixels = load_sample(sample.key, samples_dir=folder).pixels
        except IntakeError:
            continue
        framing = find_framing(pixels)
        regions = find_regions(pixels, framing, size_px=network.size_px)
        if regions is not None:
            picture = cut_out(pixels, framing, size_px=network.size_px)
            found.append(RankingSample(sample.title, picture, regions=regions, is_real=True))
    if not found:
        raise ExplanationError(
            f"There is no picture of a galaxy in {folder}; name a folder of some."
        )
    return found


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
