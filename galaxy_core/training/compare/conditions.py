"""The columns of the comparison: which galaxies, after which change, and what number is honest.

Where only one class has labels worth believing the number is a recall, which a method that
calls everything a spiral would win; beside it stands the same collection against the few
ellipticals that a second survey confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from galaxy_core.training import statistics
from galaxy_core.training.compare.galaxies import (
    TYPED,
    VOTED,
    ComparedGalaxies,
)
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.statistics import Estimate
from galaxy_core.training.views import SKY_NOISE, Recipe, seed_of
from galaxy_core.what_if.change import Change

TWICE_AS_FAR_MAG = 2.5 * float(np.log10(4))

Chosen = Callable[[ComparedGalaxies], tuple[LabelledImage, ...]]


class Number(StrEnum):
    """What is told of a condition; each with a 95% interval."""

    BALANCED = "balanced accuracy"
    RECALL = "recall of spirals"


@dataclass(frozen=True, slots=True)
class Condition:
    """One column.

    Parameters
    ----------
    key, title, sentence : str
        Name on disk, heading, and what exactly is asked.
    learnt_on : str
        The collection that the method learnt on.
    galaxies : callable
        Which galaxies.
    recipe : callable
        The change of one galaxy's picture.
    number : Number
        What is told.
    is_foreign : bool
        Whether it is asked of a method that has seen no picture of that collection: a network
        that has learnt from both has no number here.
    """

    key: str
    title: str
    sentence: str
    learnt_on: str
    galaxies: Chosen
    recipe: Callable[[LabelledImage], Recipe]
    number: Number = Number.BALANCED
    is_foreign: bool = False

    def estimate(
        self, probabilities: npt.NDArray[np.float64], is_spiral: npt.NDArray[np.bool_]
    ) -> Estimate:
        """Return the number with its 95% interval: a bootstrap, or Wilson's for a recall."""
        if self.number is Number.RECALL:
            called = probabilities[is_spiral] >= 0.5
            return statistics.wilson(int(called.sum()), called.size)
        return statistics.bootstrap(statistics.balanced_accuracy, probabilities, is_spiral)


def unchanged(image: LabelledImage) -> Recipe:
    """Return the recipe that changes nothing."""
    return ()


def turned(image: LabelledImage) -> Recipe:
    """Turn by an angle of its own, drawn evenly from a whole circle."""
    angle = np.random.default_rng([seed_of(image), 1]).uniform(-180, 180)
    return (Change("rotate", float(angle)),)


def shifted(image: LabelledImage) -> Recipe:
    """Move by 0.4 light radii in a direction of its own."""
    angle = np.random.default_rng([seed_of(image), 2]).uniform(0, 2 * np.pi)
    right, up = 0.4 * np.cos(angle), 0.4 * np.sin(angle)
    return (Change("shift_right", float(right)), Change("shift_up", float(up)))


def twice_as_far(image: LabelledImage) -> Recipe:
    """Blur and dim as from twice the distance, enlarged to its former size on as noisy a sky."""
    return (
        Change("farther", 1.0),
        Change("dim", TWICE_AS_FAR_MAG),
        Change("noise", SKY_NOISE),
    )


def dustier(image: LabelledImage) -> Recipe:
    """Put one magnitude of dust in V before it."""
    return (Change("redden", 1.0),)


def _typed(galaxies: ComparedGalaxies) -> tuple[LabelledImage, ...]:
    return galaxies.typed_test


def _voted(galaxies: ComparedGalaxies) -> tuple[LabelledImage, ...]:
    return galaxies.voted_spirals + galaxies.voted_ellipticals


CONDITIONS = (
    Condition(
        "like_training", f"{TYPED} → {TYPED}",
        "Learnt on galaxies with Hubble types, asked about others of the same collection.",
        TYPED, _typed, unchanged,
    ),
    Condition(
        "rotated", f"{TYPED} → {TYPED}, rotated",
        "The same, each picture turned by an arbitrary angle of its own.",
        TYPED, _typed, turned,
    ),
    Condition(
        "shifted", f"{TYPED} → {TYPED}, shifted",
        "The same, each galaxy moved in its picture by 0.4 of the radius of 95% of its light.",
        TYPED, _typed, shifted,
    ),
    Condition(
        "farther", f"{TYPED} → {TYPED}, twice as far",
        "The same, dimmed by 1.5 magnitudes and blurred as at twice the distance, with the "
        f"noise of an SDSS sky ({SKY_NOISE:g}).",
        TYPED, _typed, twice_as_far,
    ),
    Condition(
        "dustier", f"{TYPED} → {TYPED}, dustier",
        "The same, reddened by a screen of dust of one magnitude in V.",
        TYPED, _typed, dustier,
    ),
    Condition(
        "other", f"{TYPED} → {VOTED}",
        "Learnt on Hubble types alone, asked about spirals of Galaxy Zoo 1 against those of its "
        "ellipticals that Galaxy Zoo 2 found smooth as well (its others are too noisy). A "
        "network that learnt from both collections has no number here.",
        TYPED, _voted, unchanged, is_foreign=True,
    ),
    Condition(
        "other_spirals", f"{TYPED} → {VOTED} spirals (recall)",
        "Of the spirals of Galaxy Zoo 1, how many are called so. A recall: calling everything "
        "a spiral would win it.",
        TYPED, lambda galaxies: galaxies.voted_spirals, unchanged, Number.RECALL, is_foreign=True,
    ),
    Condition(
        "other_edge_on", f"{TYPED} → {VOTED} edge-on (recall)",
        "Of the edge-on discs of Galaxy Zoo 1, how many are called spiral. A recall: calling "
        "everything a spiral would win it.",
        TYPED, lambda galaxies: galaxies.voted_edge_on, unchanged, Number.RECALL, is_foreign=True,
    ),
    Condition(
        "reverse", f"{VOTED} → {TYPED}",
        "Learnt on as many galaxies of Galaxy Zoo 1, noisy labels and all, asked about the "
        "galaxies with Hubble types.",
        VOTED, _typed, unchanged, is_foreign=True,
    ),
)  # fmt: skip
