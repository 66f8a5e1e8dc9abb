"""A galaxy and its recipe on the way to the network, as the what-if lab shows it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import cut_out, find_framing
from galaxy_core.what_if.change import Change
from galaxy_core.what_if.knobs import KNOBS, apply_changes
from galaxy_core.what_if.working import WorkingPicture, working_picture
from pages.shared.galaxy import OpenGalaxy
from pages.shared.study.links import turned

if TYPE_CHECKING:
    from galaxy_core.cnn.classifier import Classifier

CURVE_STEPS = 13
BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Lab:
    """The galaxy as the lab works on it.

    Parameters
    ----------
    galaxy : OpenGalaxy
        As it is, on the working picture.
    working : WorkingPicture
        Its picture and framing.
    reframe : bool
        Whether the galaxy is looked for anew after a change.
    """

    galaxy: OpenGalaxy
    working: WorkingPicture
    reframe: bool

    def changed(self, recipe: Sequence[Change]) -> OpenGalaxy:
        """Return the galaxy after a recipe.

        Raises
        ------
        RecipeError
            As ``apply_changes``.
        """
        return self.framed(apply_changes(self.working.pixels, self.working.framing, recipe))

    def framed(self, pixels: FloatImage, *, size_px: int | None = None) -> OpenGalaxy:
        """Return a changed picture (h, w, 3) as the galaxy that a network is shown.

        Its input is of `size_px` pixels a side; of as many as the network's on the page if None.
        """
        framing = find_framing(pixels) if self.reframe else self.working.framing
        seen = cut_out(pixels, framing, size_px=size_px or self.galaxy.pixels.shape[0])
        cutout = replace(self.galaxy.cutout, pixels=pixels, wcs=None, pixel_scale_arcsec=None)
        return OpenGalaxy(self.galaxy.key, cutout, self.working.framing, framing, seen)

    def probabilities(
        self, classifier: Classifier, pictures: Sequence[FloatImage]
    ) -> npt.NDArray[np.float64]:
        """Return the probability of spiral of each changed picture, shape (N,)."""
        size_px = classifier.card.input_size_px
        seen = [self.framed(pixels, size_px=size_px).pixels for pixels in pictures]
        found: list[float] = []
        for start in range(0, len(seen), BATCH):
            answers = classifier.answer(np.stack(seen[start : start + BATCH]))
            found += [answer.probability_spiral for answer in answers]
        return np.array(found)

    def strengths(self, knob: str) -> npt.NDArray[np.float64]:
        """Return the strengths that a curve along a knob is drawn at, (CURVE_STEPS,)."""
        return np.linspace(KNOBS[knob].low, KNOBS[knob].high, CURVE_STEPS)

    def along(self, recipe: tuple[Change, ...], knob: str) -> Curve:
        """Return the pictures with one knob of the recipe at every strength of its range."""
        strengths = self.strengths(knob)
        pictures = [
            apply_changes(
                self.working.pixels,
                self.working.framing,
                turned(recipe, knob, float(strength)),
            )
            for strength in strengths
        ]
        return Curve(strengths, pictures)

    def measures(self, curve: Curve, names: Sequence[str]) -> dict[str, npt.NDArray[np.float64]]:
        """Return hand-crafted measures along a curve, by name; NaN where not defined."""
        from galaxy_core.morphology.measures import measure_all

        taken = [measure_all(self.framed(pixels).pixels) for pixels in curve.pictures]
        return {name: np.array([getattr(one, name) for one in taken]) for name in names}


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Pictures (h, w, 3) along a knob, and its strengths, shape (N,)."""

    strengths: npt.NDArray[np.float64]
    pictures: list[FloatImage]


def flips_at(
    strengths: npt.NDArray[np.float64], values: npt.NDArray[np.float64], now: float
) -> float | None:
    """Return the strength nearest to `now` where a probability crosses one half; None if none."""
    above = values >= 0.5
    places = np.flatnonzero(above[1:] != above[:-1])
    if not places.size:
        return None
    share = (0.5 - values[places]) / (values[places + 1] - values[places])
    crossings = strengths[places] + share * (strengths[places + 1] - strengths[places])
    return float(crossings[np.argmin(np.abs(crossings - now))])


def moved(
    strengths: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    now: float,
    spread: float,
) -> npt.NDArray[np.float64]:
    """Return how far a measure lies from where it is now, in spreads; NaN where not defined."""
    here = np.interp(now, strengths, values)  # NaN beside a NaN: then nothing is known
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((values - here) / spread)


def leaves_at(
    strengths: npt.NDArray[np.float64], distance: npt.NDArray[np.float64], now: float
) -> float | None:
    """Return the strength nearest to `now` where a measure has moved by one spread; or None."""
    far = np.abs(distance)
    places = np.flatnonzero((far[1:] >= 1) != (far[:-1] >= 1))
    places = places[np.isfinite(far[places]) & np.isfinite(far[places + 1])]
    if not places.size:
        return None
    share = (1 - far[places]) / (far[places + 1] - far[places])
    crossings = strengths[places] + share * (strengths[places + 1] - strengths[places])
    return float(crossings[np.argmin(np.abs(crossings - now))])


def set_up(galaxy: OpenGalaxy, *, reframe: bool) -> Lab:
    """Return the lab for the galaxy on the page."""
    working = working_picture(galaxy.cutout.pixels, galaxy.framing)
    seen = cut_out(working.pixels, working.framing, size_px=galaxy.pixels.shape[0])
    small = replace(
        galaxy.cutout,
        pixels=working.pixels,
        wcs=None,
        pixel_scale_arcsec=None,
    )
    plain = OpenGalaxy(galaxy.key, small, working.framing, working.framing, seen)
    return Lab(plain, working, reframe)


def counting(
    answer: Callable[[list[FloatImage]], npt.NDArray[np.float64]], tell: Callable[[int], None]
) -> Callable[[list[FloatImage]], npt.NDArray[np.float64]]:
    """Return `answer`, telling after each call how many pictures it has answered so far."""
    asked = 0

    def counted(pictures: list[FloatImage]) -> npt.NDArray[np.float64]:
        nonlocal asked
        found = answer(pictures)
        asked += len(pictures)
        tell(asked)
        return found

    return counted
