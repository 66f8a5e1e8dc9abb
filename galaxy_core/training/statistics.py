"""How well a classifier does, with intervals. Pure NumPy; no plotting, no network.

Every interval is 95%: Wilson's for proportions, a stratified bootstrap for the rest (spirals
and ellipticals are drawn separately, so their numbers stay fixed). All is deterministic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from galaxy_core.cnn.calibration import calibration_error, equal_odds

Vector = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
Statistic = Callable[[Vector, Truth], float]

_Z = 1.959963984540054  # 97.5th percentile of the normal distribution
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its 95% interval.

    Parameters
    ----------
    value, low, high : float
        NaN where there is nothing to measure.
    count : int
        Number of galaxies it rests on.
    """

    value: float
    low: float
    high: float
    count: int

    def to_json(self) -> dict[str, float | int | None]:
        """Return plain JSON values; NaN becomes null."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {k: None if np.isnan(v) else v for k, v in numbers.items()} | {"count": self.count}


def wilson(hits: float, count: float) -> Estimate:
    """Return a proportion with Wilson's score interval (Wilson 1927); NaN for a count of 0."""
    if count == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    share, square = hits / count, _Z * _Z / count
    middle = (share + square / 2) / (1 + square)
    reach = _Z / (1 + square) * np.sqrt(share * (1 - share) / count + square / (4 * count))
    return Estimate(
        share, max(0.0, float(middle - reach)), min(1.0, float(middle + reach)), int(count)
    )


def auc(scores: Vector, is_spiral: Truth) -> float:
    """Return the area under the ROC curve by ranks, ties half (Hanley & McNeil 1982).

    NaN where a class is missing.
    """
    spirals = int(is_spiral.sum())
    others = is_spiral.size - spirals
    if spirals == 0 or others == 0:
        return float("nan")
    ranks = stats.rankdata(scores)
    return float((ranks[is_spiral].sum() - spirals * (spirals + 1) / 2) / (spirals * others))


def accuracy(probabilities: Vector, is_spiral: Truth) -> float:
    """Return the share of galaxies on the right side of 0.5; NaN for none."""
    return float(((probabilities >= 0.5) == is_spiral).mean()) if is_spiral.size else float("nan")


def balanced_accuracy(probabilities: Vector, is_spiral: Truth) -> float:
    """Return the mean of the recalls of both classes; NaN where a class is missing."""
    if is_spiral.all() or not is_spiral.any():
        return float("nan")
    called = probabilities >= 0.5
    return float((called[is_spiral].mean() + (~called[~is_spiral]).mean()) / 2)


def bootstrap(
    statistic: Statistic,
    probabilities: Vector,
    is_spiral: Truth,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """Return a statistic with its percentile bootstrap interval (Efron 1979), by class.

    Parameters
    ----------
    statistic : callable
        (probabilities, is_spiral) -> float.
    probabilities, is_spiral : ndarray, shape (N,)
        Calibrated probabilities, and the truth.
    seed, resamples : int
        Of the resampling.
    """
    value = statistic(probabilities, is_spiral) if is_spiral.size else float("nan")
    if np.isnan(value):
        return Estimate(value, value, value, int(is_spiral.size))
    rng = np.random.default_rng(seed)
    pools = [pool for pool in (np.flatnonzero(is_spiral), np.flatnonzero(~is_spiral)) if pool.size]
    drawn = np.empty(resamples)
    for index in range(resamples):
        rows = np.concatenate([rng.choice(pool, pool.size) for pool in pools])
        drawn[index] = statistic(probabilities[rows], is_spiral[rows])
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high), int(is_spiral.size))


def expected_calibration_error(probabilities: Vector, is_spiral: Truth) -> float:
    """Return the calibration error at equal odds of both classes, in [0, 1]."""
    labels = is_spiral.astype(np.float64)
    return calibration_error(probabilities, labels, weights=equal_odds(labels))


def calibration_error_as_mixed(probabilities: Vector, is_spiral: Truth) -> float:
    """Return the calibration error in the sample's own mix of classes, in [0, 1]."""
    return calibration_error(probabilities, is_spiral.astype(np.float64))


def calibration_error_by_chance(
    probabilities: Vector, is_spiral: Truth, *, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Return what the calibration error at equal odds would be were every probability true.

    Never 0: even then the shares in bins differ from what was said, the more the fewer galaxies.
    Labels are drawn anew from the probabilities (Bröcker & Smith 2007, consistency resampling),
    moved from equal odds to the sample's own mix of classes; the value is the mean.

    Parameters
    ----------
    probabilities, is_spiral : ndarray, shape (N,)
        Calibrated probabilities at equal odds, and the truth, of which only the mix is used.
    seed, resamples : int
        Of the resampling.
    """
    share = float(is_spiral.mean()) if is_spiral.size else 0.0
    if share in (0.0, 1.0):
        return Estimate(float("nan"), float("nan"), float("nan"), int(is_spiral.size))
    spiral, elliptical = probabilities * share, (1 - probabilities) * (1 - share)
    as_mixed = spiral / (spiral + elliptical)
    rng = np.random.default_rng(seed)
    drawn = [
        expected_calibration_error(probabilities, rng.random(as_mixed.size) < as_mixed)
        for _ in range(resamples)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(float(np.mean(drawn)), float(low), float(high), int(is_spiral.size))


def confusion(probabilities: Vector, is_spiral: Truth) -> dict[str, int]:
    """Return how many of each class were called what, at 0.5."""
    called = probabilities >= 0.5
    return {
        "spiral_called_spiral": int((called & is_spiral).sum()),
        "spiral_called_elliptical": int((~called & is_spiral).sum()),
        "elliptical_called_spiral": int((called & ~is_spiral).sum()),
        "elliptical_called_elliptical": int((~called & ~is_spiral).sum()),
    }


def choose_uncertain_band(
    probabilities: Vector, is_spiral: Truth, *, most_left_out: float = 0.05
) -> tuple[float, float]:
    """Return the symmetric band of probabilities to call ``Uncertain``, from risk-coverage.

    The widest of the bands 0.50 ± 0.00, 0.05, … 0.40 inside which the network errs on at
    least one galaxy in four (there its word is worth little), and which leaves out no more
    than ``most_left_out`` of all; (0.5, 0.5) if none does.
    """
    best = 0.0
    wrong = (probabilities >= 0.5) != is_spiral
    for half in np.arange(0.05, 0.41, 0.05):
        inside = np.abs(probabilities - 0.5) < half
        if inside.any() and wrong[inside].mean() >= 0.25 and inside.mean() <= most_left_out:
            best = float(half)
    return round(0.5 - best, 4), round(0.5 + best, 4)


def by_group(
    names: Sequence[str], probabilities: Vector, is_spiral: Truth
) -> dict[str, dict[str, object]]:
    """Return the share called rightly in each named group, with Wilson's interval.

    Galaxies of an empty name are in no group. Groups are in order of name.
    """
    labels = np.array(names, dtype=object)
    right = (probabilities >= 0.5) == is_spiral
    return {
        str(name): {
            "accuracy": wilson(
                int(right[labels == name].sum()), int((labels == name).sum())
            ).to_json(),
            "spirals": int(is_spiral[labels == name].sum()),
        }
        for name in sorted(set(names))
        if name
    }
