"""The KNOBS table, and ``apply_changes``: a recipe carried out on a picture.

Each knob does nothing at zero strength. What each does stands in ``geometry``, ``light`` and
``regions``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import RecipeError
from galaxy_core.framing import Framing
from galaxy_core.what_if import geometry, light, regions
from galaxy_core.what_if.change import MOST_CHANGES, Change

Turn = Callable[[FloatImage, Framing, Change, np.random.Generator], FloatImage]
Plain = Callable[[FloatImage, Framing, float], FloatImage]


@dataclass(frozen=True, slots=True)
class Knob:
    """One way to change a galaxy.

    Parameters
    ----------
    key, title : str
        Name in links, and on screen.
    sentence : str
        What it does, for readers.
    unit : str
        Of its strength; empty if it is a fraction.
    low, high : float
        Range of its strength; 0 lies in it and changes nothing.
    turn : callable
        Its function.
    is_physical : bool
        Whether nature or a telescope could do it to this galaxy.
    needs_region : bool
        Whether it takes a region.
    """

    key: str
    title: str
    sentence: str
    unit: str
    low: float
    high: float
    turn: Turn
    is_physical: bool = True
    needs_region: bool = False


def _plain(function: Plain) -> Turn:
    return lambda pixels, framing, change, _: function(pixels, framing, change.strength)


def _noise(
    pixels: FloatImage, framing: Framing, change: Change, rng: np.random.Generator
) -> FloatImage:
    return light.add_noise(pixels, framing, change.strength, rng)


def _erase(
    pixels: FloatImage, framing: Framing, change: Change, _: np.random.Generator
) -> FloatImage:
    if change.region is None:
        raise RecipeError("erase needs a region: which part of the picture?")
    return regions.erase(pixels, framing, change.strength, change.region, change.fill)


def _keep(
    pixels: FloatImage, framing: Framing, change: Change, _: np.random.Generator
) -> FloatImage:
    if change.region is None:
        raise RecipeError("keep needs a region: which part of the picture?")
    return regions.keep(pixels, framing, change.strength, change.region, change.fill)


_ALL = (
    Knob("rotate", "Rotate", "Turn about the galaxy's centre.", "°", -180, 180,
         _plain(geometry.rotate)),
    Knob("shift_right", "Shift right", "Move to the right.", "radii", -1, 1,
         _plain(geometry.shift_right)),
    Knob("shift_up", "Shift up", "Move up.", "radii", -1, 1, _plain(geometry.shift_up)),
    Knob("zoom", "Zoom", "Enlarge about the centre; 1 doubles.", "doublings", -2, 2,
         _plain(geometry.zoom)),
    Knob("flip", "Flip", "Mirror left to right.", "", 0, 1, _plain(geometry.flip)),
    Knob("dim", "Dim", "Fainter against the same sky.", "mag", -1, 5, _plain(light.dim)),
    Knob("blur", "Blur", "Worse seeing.", "radii", 0, 1, _plain(light.blur)),
    Knob("farther", "Farther", "As from farther away; 1 doubles the distance.", "doublings", 0, 5,
         _plain(light.farther)),
    Knob("noise", "Noise", "Noise of the detector and the sky.", "", 0, 0.5, _noise),
    Knob("redden", "Redden", "A screen of dust in front (Cardelli et al. 1989).", "mag in V", 0, 5,
         _plain(light.redden)),
    Knob("dust_lane", "Dust lane", "A lane of dust across the centre.", "mag in V", 0, 8,
         _plain(light.dust_lane)),
    Knob("desaturate", "Desaturate", "Take the colours out.", "", -1, 1,
         _plain(light.desaturate), is_physical=False),
    Knob("gamma", "Gamma", "Another stretch: darker or brighter outskirts.", "doublings", -2, 2,
         _plain(light.gamma)),
    Knob("asinh", "Asinh stretch", "Lift the faint outskirts.", "decades", 0, 3,
         _plain(light.asinh)),
    Knob("smooth_arms", "Smooth the arms", "Replace structure by its azimuthal average.", "", 0, 1,
         _plain(regions.smooth_arms), is_physical=False),
    Knob("erase", "Erase", "Replace a region.", "", 0, 1, _erase, is_physical=False,
         needs_region=True),
    Knob("keep", "Keep only", "Replace all but a region.", "", 0, 1, _keep, is_physical=False,
         needs_region=True),
)  # fmt: skip

KNOBS: Mapping[str, Knob] = MappingProxyType({knob.key: knob for knob in _ALL})


def find_knob(key: str) -> Knob:
    """Return the knob of that key.

    Raises
    ------
    RecipeError
        If there is none.
    """
    try:
        return KNOBS[key]
    except KeyError:
        raise RecipeError(f"There is no knob {key!r}; there are {', '.join(KNOBS)}.") from None


def apply_changes(
    pixels: FloatImage, framing: Framing, changes: Sequence[Change], *, seed: int = 0
) -> FloatImage:
    """Return the picture after a recipe, one change after the other.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        A cutout's pixels in [0, 1]; never changed in place.
    framing : Framing
        Where the galaxy is in them, on what sky; of the picture as it was.
    changes : sequence of Change
        The recipe. A strength of 0 changes nothing; others are held to their knob's range.
    seed : int
        Of noise. Each change has a stream of its own, so that taking one back leaves the
        noise of another before it as it was.

    Returns
    -------
    ndarray, shape (H, W, 3), float32
        In [0, 1].

    Raises
    ------
    RecipeError
        If there is no such knob, a region is missing, or there are too many changes.
    """
    if len(changes) > MOST_CHANGES:
        raise RecipeError(f"A recipe has at most {MOST_CHANGES} changes, got {len(changes)}.")
    result = pixels
    for number, change in enumerate(changes):
        knob = find_knob(change.knob)
        strength = float(np.clip(change.strength, knob.low, knob.high))
        if strength == 0:
            continue
        held = Change(change.knob, strength, change.region, change.fill)
        turned = knob.turn(result, framing, held, np.random.default_rng([seed, number]))
        result = np.clip(turned, 0, 1).astype(np.float32, copy=False)
    return result.copy() if result is pixels else result
