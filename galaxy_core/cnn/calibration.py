"""Logits -> probabilities that mean what they say (Guo et al. 2017). Pure NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Vector = npt.NDArray[np.float64]


def calibrated_probability(logit: npt.ArrayLike, temperature: float) -> Vector:
    """Return ``sigmoid(logit / temperature)``, float64 in [0, 1], of the same shape."""
    return np.asarray(special.expit(np.asarray(logit, dtype=np.float64) / temperature))


def fit_temperature(logits: Vector, labels: Vector, weights: Vector | None = None) -> float:
    """Return the temperature that minimises the log loss (Guo et al. 2017, section 4.2).

    Parameters
    ----------
    logits, labels : ndarray, shape (N,)
        Logits, and 0 or 1, of galaxies that were neither trained nor tested on.
    weights : ndarray, shape (N,), optional
        Weight of each; equal if not given.

    Returns
    -------
    float
        In [0.05, 20].
    """
    weight = np.ones_like(logits) if weights is None else weights
    sign = 1 - 2 * np.asarray(labels, dtype=np.float64)

    def loss(log_temperature: float) -> float:
        z = logits / np.exp(log_temperature)
        return float(np.average(np.logaddexp(0, sign * z), weights=weight))

    bound = float(np.log(20.0))
    found = optimize.minimize_scalar(loss, bounds=(-bound, bound), method="bounded")
    return float(np.exp(found.x))


def calibration_error(
    probabilities: Vector, labels: Vector, *, weights: Vector | None = None, bins: int = 15
) -> float:
    """Return the expected calibration error over bins of equal weight, in [0, 1].

    The mean over bins of |mean probability - share of spirals|, weighted as the galaxies are
    (Nixon et al. 2019, adaptive binning). NaN for empty input.

    Parameters
    ----------
    probabilities, labels : ndarray, shape (N,)
        Calibrated probabilities, and 0 or 1.
    weights : ndarray, shape (N,), optional
        Weight of each galaxy; equal if not given. See ``equal_odds``.
    bins : int
        Number of bins.
    """
    if probabilities.size == 0:
        return float("nan")
    weight = np.ones_like(probabilities) if weights is None else weights / weights.mean()
    order = np.argsort(probabilities, kind="stable")
    middle = np.cumsum(weight[order]) - weight[order] / 2
    number = np.minimum((middle / weight.sum() * bins).astype(int), bins - 1)
    difference = (weight * (probabilities - labels))[order]
    return float(np.abs(np.bincount(number, difference)).sum() / weight.sum())


def equal_odds(labels: Vector) -> Vector:
    """Return weights that make both classes count alike, shape (N,), of mean 1.

    A network trained on as many spirals as ellipticals answers for equal odds; a sample that
    holds three spirals for each elliptical must be weighted so before the two are compared.
    All ones where a class is missing.
    """
    share = float(np.mean(labels)) if labels.size else 0.0
    if share in (0.0, 1.0):
        return np.ones(labels.shape, dtype=np.float64)
    return np.where(labels > 0.5, 0.5 / share, 0.5 / (1 - share))
