"""How a network stands changes of the picture: balanced accuracy against their strength.

The same galaxies at every point, half spirals, drawn once from those given; the change is
made before framing, as in ``training.views``. Slow (each galaxy is asked some 35 times), so
``evaluate`` does it on request only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from galaxy_core.cnn.classifier import Classifier
from galaxy_core.overlap import in_batches
from galaxy_core.training import statistics
from galaxy_core.training.dataset import LabelledImage
from galaxy_core.training.views import SKY_NOISE, Recipe, read_views
from galaxy_core.what_if.change import Change

GALAXIES = 300
_SEED = 3
_BATCH_PICTURES = 8  # of some 35 squares each

OnPicture = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Curve:
    """One change, and how strongly it is made.

    Parameters
    ----------
    title, unit : str
        What stands at its axis.
    still : float
        The amount that changes nothing.
    amounts : tuple of float
        The others, in order.
    recipe : callable
        From an amount to the change.
    """

    title: str
    unit: str
    still: float
    amounts: tuple[float, ...]
    recipe: Callable[[float], Recipe]


def _one(knob: str) -> Callable[[float], Recipe]:
    return lambda amount: (Change(knob, amount),)


def _logarithmic(knob: str) -> Callable[[float], Recipe]:
    return lambda factor: (Change(knob, float(np.log2(factor))),)


def _dimmed(magnitudes: float) -> Recipe:
    """Dim the galaxy, noise and all, and give it back the noise of an SDSS sky."""
    return (Change("dim", magnitudes), Change("noise", SKY_NOISE))


CURVES = (
    # A network that answers for the mean of eight orientations knows no angle beyond 45 degrees:
    # 60 is 30 in a mirror. 90 shows that it is so, for those that ask one orientation.
    Curve("Rotation", "°", 0, (7, 15, 22, 30, 38, 45, 90), _one("rotate")),
    Curve("Shift", "light radii", 0, (0.1, 0.25, 0.5, 0.75), _one("shift_right")),
    Curve("Blur", "FWHM in light radii", 0, (0.05, 0.1, 0.2, 0.4), _one("blur")),
    Curve("Dimming on a sky of SDSS noise", "mag", 0, (0.5, 1, 2, 3), _dimmed),
    Curve("Noise", "of full scale", 0, (0.025, 0.05, 0.1, 0.2), _one("noise")),
    Curve("Stretch", "exponent", 1, (0.5, 0.7, 1.4, 2), _logarithmic("gamma")),
    Curve("Dust in front", "mag in V", 0, (0.5, 1, 2, 3), _one("redden")),
    Curve("Zoom", "times as large", 1, (0.25, 0.5, 0.7, 1.4), _logarithmic("zoom")),
)


def measure_robustness(
    images: Sequence[LabelledImage],
    classifier: Classifier,
    *,
    galaxies: int = GALAXIES,
    on_picture: OnPicture = lambda done, total: None,
) -> dict[str, dict[str, Any]]:
    """Return ``metrics["robustness"]``: for each change its unit and points with intervals.

    Parameters
    ----------
    images : sequence of LabelledImage
        Galaxies labelled spiral or elliptical that the network did not learn from.
    classifier : Classifier
        The network.
    galaxies : int
        How many to ask about, half of them spirals; fewer where there are not as many.
    on_picture : callable
        Told (done, total) after each picture.

    Returns
    -------
    dict
        By title of the change: ``unit``; ``points`` of ``amount``, ``value``, ``low``, ``high``,
        ``count``: balanced accuracy with its bootstrap interval; and ``class_changed``: the share
        of answers at all amounts but the still one whose class is not that of the unchanged
        picture, with Wilson's interval for as many answers as galaxies, since those of one galaxy
        go together. Plain JSON values.
    """
    drawn = draw_balanced(images, galaxies)
    recipes: list[Recipe] = [()]
    recipes += [curve.recipe(amount) for curve in CURVES for amount in curve.amounts]
    probabilities, truth = _ask(drawn, recipes, classifier, on_picture)
    points = [
        statistics.bootstrap(statistics.balanced_accuracy, own[there], truth[there])
        for own, there in zip(probabilities.T, ~np.isnan(probabilities.T))
    ]
    found, place = {}, 1
    for curve in CURVES:
        own = {float(a): points[place + k] for k, a in enumerate(curve.amounts)}
        moved = _class_changed(probabilities[:, 0], probabilities[:, place : place + len(own)])
        place += len(curve.amounts)
        own[float(curve.still)] = points[0]
        found[curve.title] = {
            "unit": curve.unit,
            "points": [{"amount": a, **own[a].to_json()} for a in sorted(own)],
            "class_changed": moved.to_json(),
        }
    return found


def _class_changed(still: statistics.Vector, changed: statistics.Vector) -> statistics.Estimate:
    """Compare the classes of (N, amounts) probabilities with those of the still pictures (N,)."""
    asked = ~np.isnan(still)[:, None] & ~np.isnan(changed)
    moved = ((changed >= 0.5) != (still >= 0.5)[:, None]) & asked
    galaxies = int(asked.any(axis=1).sum())
    share = moved.sum() / asked.sum() if galaxies else 0.0
    return statistics.wilson(share * galaxies, galaxies)


def draw_balanced(images: Sequence[LabelledImage], count: int) -> tuple[LabelledImage, ...]:
    """Return up to this many galaxies, as many of each class as there are, always the same."""
    pools = [[image for image in images if image.spiral == spiral] for spiral in (0, 1)]
    each = min(count // 2, *map(len, pools))
    rng = np.random.default_rng(_SEED)
    return tuple(
        pool[row] for pool in pools for row in sorted(rng.choice(len(pool), each, replace=False))
    )


def _ask(
    images: Sequence[LabelledImage],
    recipes: Sequence[Recipe],
    classifier: Classifier,
    on_picture: OnPicture,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Probability of each picture under each recipe, NaN where it cannot be read; the truth."""
    said = np.full((len(images), len(recipes)), np.nan)
    truth = np.array([image.spiral == 1 for image in images], dtype=bool)
    views = read_views(images, lambda _: recipes, size_px=classifier.card.input_size_px)
    row = 0
    for batch in in_batches(views, _BATCH_PICTURES):
        squares = [square for own in batch for square in own]
        readable = [k for k, square in enumerate(squares) if square.pixels is not None]
        if readable:
            inputs = np.stack([p for k in readable if (p := squares[k].pixels) is not None])
            places = np.unravel_index(readable, (len(batch), len(recipes)))
            said[row : row + len(batch)][places] = classifier.probabilities(inputs)
        row += len(batch)
        on_picture(row, len(images))
    return said, truth
