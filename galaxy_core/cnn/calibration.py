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


def calibration_error(probabilities: Vector, labels: Vector, *, bins: int = 15) -> float:
    """Return the expected calibration error over bins of equal count, in [0, 1].

    The mean over bins of |mean probability - fraction of spirals|, weighted by count
    (Nixon et al. 2019, adaptive binning). NaN for empty input.
    """
    if probabilities.size == 0:
        return float("nan")
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        abs(float(probabilities[part].mean() - labels[part].mean())) * part.size
        for part in np.array_split(order, min(bins, order.size))
    ]
    return float(sum(gaps) / probabilities.size)
