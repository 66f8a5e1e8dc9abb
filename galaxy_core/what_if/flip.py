"""The least change that flips the verdict: a search over single knobs and over regions.

What a search finds is the least it *tried*: each knob alone, each region of a grid alone. It
knows no network; the caller passes the way from pictures to probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import Framing
from galaxy_core.what_if.change import Change, Fill
from galaxy_core.what_if.knobs import KNOBS, Knob, apply_changes
from galaxy_core.what_if.region import Disc

Probability = Callable[[list[FloatImage]], npt.NDArray[np.float64]]

COARSE = 8
BISECTIONS = 5
GRID = 6


@dataclass(frozen=True, slots=True)
class Flip:
    """A change that flips the verdict.

    Parameters
    ----------
    change : Change
        The change, as small as the search could make it.
    effort : float
        How much of the knob's range, or of the picture's area, it takes; in (0, 1].
    before, after : float
        Probability of spiral without and with it.
    """

    change: Change
    effort: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class FlipSearch:
    """What the search tried and found.

    Parameters
    ----------
    before : float
        Probability of spiral of the picture as it is.
    flips : tuple of Flip
        Everything found that flips it, the least effort first.
    tried : tuple of str
        Keys of the knobs tried over their range.
    regions_tried : int
        How many regions were erased.
    """

    before: float
    flips: tuple[Flip, ...]
    tried: tuple[str, ...]
    regions_tried: int

    @property
    def to(self) -> str:
        """What the verdict was to become."""
        return "Elliptical" if self.before >= 0.5 else "Spiral"

    def sentence(self) -> str:
        """Return the result in words, with what was searched."""
        searched = f"{len(self.tried)} knobs one by one and {self.regions_tried} erased regions"
        if not self.flips:
            return f"Nothing tried flips the verdict to {self.to} ({searched})."
        first = self.flips[0]
        knob = KNOBS[first.change.knob]
        if first.change.region is not None:
            what = f"erasing a region of {first.effort:.1%} of the picture"
        else:
            what = f"{knob.title.lower()} by {first.change.strength:.2g} {knob.unit}".strip()
        return (
            f"The least change found that flips the verdict to {self.to} is {what}: "
            f"{_percent(first.before)} to {_percent(first.after)} spiral ({searched})."
        ).replace("-", "−")


def _percent(probability: float) -> str:
    """Whole percent from 1 to 99: neither end is ever certain."""
    return f"{min(max(round(100 * probability), 1), 99)}%"


def least_flip(
    pixels: FloatImage,
    framing: Framing,
    probability: Probability,
    *,
    band: tuple[float, float] = (0.5, 0.5),
    seed: int = 0,
    physical_only: bool = False,
) -> FlipSearch:
    """Return the least single changes that turn the verdict into the other class.

    Each knob is tried in eight steps to either end; where it first flips, the strength is
    bisected. Regions are discs on a grid over the galaxy, erased to sky, in three sizes.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        The cutout's pixels.
    framing : Framing
        Where the galaxy is.
    probability : callable
        List of pictures (H, W, 3) -> probabilities of spiral (N,).
    band : tuple of 2 float
        Between these the verdict is neither class (``ModelCard.uncertain_band``); a change
        that only gets there has not flipped it.
    seed : int
        Of noise.
    physical_only : bool
        Leave out what nature would not do: colours, averaged arms, erased regions.
    """
    before = float(probability([pixels])[0])
    knobs = [
        knob
        for knob in KNOBS.values()
        if not knob.needs_region and (knob.is_physical or not physical_only)
    ]

    is_spiral = before >= 0.5

    def flipped(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        if is_spiral:
            return (values < 0.5) & (values <= band[0])
        return (values >= 0.5) & (values >= band[1])

    search = _Search(pixels, framing, probability, flipped, before, seed)
    found = [flip for knob in knobs for flip in search.along(knob)]
    regions = [] if physical_only else list(_regions(pixels, framing))
    found += search.over(regions)
    found.sort(key=lambda flip: flip.effort)
    return FlipSearch(before, tuple(found), tuple(knob.key for knob in knobs), len(regions))


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    pixels: FloatImage
    framing: Framing
    probability: Probability
    flipped: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.bool_]]
    before: float
    seed: int

    def _answers(self, changes: list[Change]) -> npt.NDArray[np.float64]:
        pictures = [
            apply_changes(self.pixels, self.framing, [change], seed=self.seed)
            for change in changes
        ]
        return np.asarray(self.probability(pictures), dtype=np.float64)

    def along(self, knob: Knob) -> Iterable[Flip]:
        """Yield the first flip towards each end of a knob's range."""
        for end in (knob.low, knob.high):
            if end == 0:
                continue
            steps = end * np.arange(1, COARSE + 1) / COARSE
            answers = self._answers([Change(knob.key, float(step)) for step in steps])
            at = np.flatnonzero(self.flipped(answers))
            if at.size:
                inner = float(steps[at[0] - 1]) if at[0] else 0.0
                yield self._bisect(knob, inner, float(steps[at[0]]), float(answers[at[0]]))

    def _bisect(self, knob: Knob, inner: float, outer: float, after: float) -> Flip:
        """Narrow a flip down between a strength that does not flip and one that does."""
        for _ in range(BISECTIONS):
            middle = (inner + outer) / 2
            answer = self._answers([Change(knob.key, middle)])
            if self.flipped(answer)[0]:
                outer, after = middle, float(answer[0])
            else:
                inner = middle
        effort = abs(outer) / max(abs(knob.low), abs(knob.high))
        return Flip(Change(knob.key, outer), effort, self.before, after)

    def over(self, regions: list[Disc]) -> list[Flip]:
        """Return the erased regions that flip."""
        if not regions:
            return []
        changes = [Change("erase", 1.0, region, Fill.SKY) for region in regions]
        answers = self._answers(changes)
        height, width = self.pixels.shape[:2]
        area = np.pi * min(height, width) ** 2 / (height * width)
        return [
            Flip(change, min(area * region.radius**2, 1.0), self.before, float(answer))
            for change, region, answer, hit in zip(
                changes, regions, answers, self.flipped(answers)
            )
            if hit
        ]


def _regions(pixels: FloatImage, framing: Framing) -> Iterable[Disc]:
    """Discs of three sizes on a grid over the framed square, centres inside the picture."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = framing.box_px
    for radii in (0.15, 0.3, 0.5):
        radius = radii * framing.radius_px / min(height, width)
        for row in range(GRID):
            for column in range(GRID):
                y = (top + (row + 0.5) / GRID * (bottom - top) + 0.5) / height
                x = (left + (column + 0.5) / GRID * (right - left) + 0.5) / width
                if 0 <= y <= 1 and 0 <= x <= 1 and radius <= 1.5:
                    yield Disc(y, x, radius)
