"""Faithfulness: whether the logit goes when the marked pixels go, and comes with them.

Deletion and insertion curves (Petsiuk, Das & Saenko 2018, section 4.1; Samek et al. 2017) on
the logit: pixels are replaced, the most marked first, by what is supposed to hold no
evidence. What they are replaced by decides much (Sturmfels, Lundberg & Lee 2020), so it is
done three ways; and always against pixels in random order and from the centre outwards, as
any map that marks the middle of a galaxy picture looks good alone.

The first fraction f of the S × S pixels of an order, rounded to whole pixels, is replaced in all
three channels, for each f of ``FRACTIONS``; areas are by the trapezoid rule over them. On the
shipped networks they differ from those over 65 even fractions by 0.08 (root mean square, in
logit). Inserting in an order is the picture with all but its first fraction replaced.

Everything here is a pure function of a map and of a function pictures -> logits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from galaxy_core.cutout import FloatImage

LogitsOf = Callable[[FloatImage], npt.NDArray[np.float32]]
Curve = npt.NDArray[np.float64]
Order = npt.NDArray[np.intp]

# Symmetric about a half: keeping the first tenth is removing the last nine.
FRACTIONS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 1.0)
HEADLINE_FRACTION = 0.1
# With 3 pairs the spread was a lottery: 0.13 to 1.37 times that over 24 other orders, and what a
# random tenth takes was off by 0.2 in the logit.
RANDOM_PAIRS = 6
_ORDERS_AT_ONCE = 5  # 55 pictures: what the network takes in one batch
_BLUR = 1 / 8  # standard deviation over the side of the picture: arms and bulge are gone


class Baseline(StrEnum):
    """What removed pixels are replaced by (``replacement``)."""

    BLUR = "blur"
    MEAN = "mean"
    SKY = "sky"


JUDGED = (Baseline.BLUR, Baseline.MEAN)  # sky is shown, but it cuts the darkest holes


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The curves that every map of one galaxy is compared with; independent of the method.

    Parameters
    ----------
    logit : float
        Of the whole picture.
    random : mapping of Baseline to ndarray, shape (R, F), float64
        Logits as pixels go in R random orders; the second half reverse the first.
    centre_deletion, centre_insertion : mapping of Baseline to ndarray, shape (F,)
        Logits as pixels go, or come, from the centre outwards.
    """

    logit: float
    random: Mapping[Baseline, Curve]
    centre_deletion: Mapping[Baseline, Curve]
    centre_insertion: Mapping[Baseline, Curve]


@dataclass(frozen=True, slots=True, eq=False)
class Faithfulness:
    """Deletion and insertion curves of one map, over ``FRACTIONS``, in logit.

    Parameters
    ----------
    deletion, insertion : mapping of Baseline to ndarray, shape (F,), float64
        Logits as the most marked pixels go, or come back into the baseline.
    reference : Reference
        The same for random order and from the centre.
    """

    deletion: Mapping[Baseline, Curve]
    insertion: Mapping[Baseline, Curve]
    reference: Reference

    def gap(self, baseline: Baseline) -> float:
        """Return insertion area minus deletion area, towards the answer: large is faithful.

        In logit; 0 on average for random order.
        """
        return self._towards(area(self.insertion[baseline]) - area(self.deletion[baseline]))

    def centre_gap(self, baseline: Baseline) -> float:
        """Return the same for pixels ordered by distance from the centre."""
        reference = self.reference
        inserted = area(reference.centre_insertion[baseline])
        return self._towards(inserted - area(reference.centre_deletion[baseline]))

    def random_spread(self, baseline: Baseline) -> float:
        """Return the root mean square of the same over random orders.

        An order and its reverse give one gap and its negative: their mean is 0.
        """
        areas = np.array([area(curve) for curve in self.reference.random[baseline]])
        half = len(areas) // 2
        return float(np.sqrt(np.mean((areas[:half] - areas[half:]) ** 2)))

    def removal_effect(
        self, baseline: Baseline, fraction: float = HEADLINE_FRACTION
    ) -> tuple[float, float]:
        """Return how far the logit moves when it goes: the map's, and the mean of random ones."""
        at = FRACTIONS.index(fraction)
        own = float(self.deletion[baseline][at]) - self.reference.logit
        by_chance = float(self.reference.random[baseline][:, at].mean()) - self.reference.logit
        return own, by_chance

    def sentence(self) -> str:
        """Return the headline number in words."""
        own, by_chance = self.removal_effect(Baseline.BLUR)
        return (
            f"Blurring away the hottest {HEADLINE_FRACTION:.0%} moves the logit by {own:+.2f}; "
            f"a random {HEADLINE_FRACTION:.0%} by {by_chance:+.2f}."
        ).replace("-", "−")

    def _towards(self, value: float) -> float:
        return -value if self.reference.logit < 0 else value


def area(curve: Curve) -> float:
    """Return the area under a curve over ``FRACTIONS`` (trapezoid rule), in logit."""
    return float(np.trapezoid(curve, FRACTIONS))


def removal_order(evidence: npt.NDArray[np.float32], *, seed: int) -> Order:
    """Return pixel numbers, the most marked first, shape (S × S,); ties in random order.

    Without that a map that is zero on the sky would remove the sky from the top.
    """
    flat = evidence.ravel()
    tie_break = np.random.default_rng(seed).permutation(flat.size)
    return np.lexsort((tie_break, -flat))


def centre_order(size_px: int, *, seed: int) -> Order:
    """Return pixel numbers by distance from the centre, the nearest first."""
    axis = np.arange(size_px) - (size_px - 1) / 2
    distance = np.hypot(axis[:, None], axis[None, :]).astype(np.float32)
    return removal_order(-distance, seed=seed)


def replacement(picture: FloatImage, baseline: Baseline) -> FloatImage:
    """Return what removed pixels of a picture (S, S, 3) are replaced by, same shape.

    Sky: 0. Mean: each channel's mean over the picture. Blur: the picture smoothed by a Gaussian
    of deviation S / 8, each channel alone, its edge pixels repeated beyond the edge.
    """
    if baseline is Baseline.SKY:
        return np.zeros_like(picture)
    if baseline is Baseline.MEAN:
        return np.broadcast_to(picture.mean(axis=(0, 1)), picture.shape).astype(np.float32)
    sigma = _BLUR * picture.shape[0]
    return ndimage.gaussian_filter(picture, (sigma, sigma, 0), mode="nearest")


def remove(
    picture: FloatImage, filling: FloatImage, order: Order, fractions: tuple[float, ...]
) -> FloatImage:
    """Return copies of a picture with the first fractions of an order replaced, (F, S, S, 3)."""
    pixels = order.size
    rank = np.empty(pixels, dtype=np.intp)
    rank[order] = np.arange(pixels)
    plane = rank.reshape(picture.shape[:2])
    counts = np.array([round(fraction * pixels) for fraction in fractions])
    gone = plane[None] < counts[:, None, None]
    return np.where(gone[..., None], filling[None], picture[None])


def measure_reference(logits_of: LogitsOf, picture: FloatImage, *, seed: int) -> Reference:
    """Return the random and centre-first curves of a picture, shape (S, S, 3)."""
    size = picture.shape[0]
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(size * size) for _ in range(RANDOM_PAIRS)]
    orders += [order[::-1] for order in orders]
    centre = centre_order(size, seed=seed)
    curves = _deletion_curves(logits_of, picture, [*orders, centre, centre[::-1]])
    return Reference(
        logit=float(curves[Baseline.SKY][0, 0]),
        random={key: rows[:-2] for key, rows in curves.items()},
        centre_deletion={key: rows[-2] for key, rows in curves.items()},
        centre_insertion={key: rows[-1, ::-1] for key, rows in curves.items()},
    )


def measure_faithfulness(
    logits_of: LogitsOf,
    picture: FloatImage,
    evidence: npt.NDArray[np.float32],
    *,
    seed: int,
    reference: Reference | None = None,
) -> Faithfulness:
    """Return the deletion and insertion curves of one map.

    Parameters
    ----------
    logits_of : callable
        Pictures (N, S, S, 3) -> logits (N,).
    picture : ndarray, shape (S, S, 3), float32
        The framed galaxy.
    evidence : ndarray, shape (S, S), float32
        Evidence *for the network's answer* (``Explanation.towards``): most marked = largest.
    seed : int
        Of random orders and ties.
    reference : Reference, optional
        Of this picture, if it has been measured before.
    """
    order = removal_order(evidence, seed=seed)
    curves = _deletion_curves(logits_of, picture, [order, order[::-1]])
    return Faithfulness(
        deletion={key: rows[0] for key, rows in curves.items()},
        insertion={key: rows[1, ::-1] for key, rows in curves.items()},
        reference=reference or measure_reference(logits_of, picture, seed=seed),
    )


def _deletion_curves(
    logits_of: LogitsOf, picture: FloatImage, orders: list[Order]
) -> dict[Baseline, Curve]:
    """Logits (orders, F) for each baseline; the common ends are run once.

    A few orders at a time: all of them for a network of 512 pixels would take 2 GB.
    """
    inner = FRACTIONS[1:-1]
    fillings = {baseline: replacement(picture, baseline) for baseline in Baseline}
    ends = logits_of(np.stack([picture, *fillings.values()])).astype(np.float64)
    curves = {}
    for index, (baseline, filling) in enumerate(fillings.items()):
        whole = np.empty((len(orders), len(FRACTIONS)))
        whole[:, 0], whole[:, -1] = ends[0], ends[1 + index]
        for start in range(0, len(orders), _ORDERS_AT_ONCE):
            some = orders[start : start + _ORDERS_AT_ONCE]
            pictures = np.concatenate([remove(picture, filling, own, inner) for own in some])
            whole[start : start + len(some), 1:-1] = logits_of(pictures).reshape(len(some), -1)
        curves[baseline] = whole
    return curves
