"""What is plotted of a classifier: ROC, precision and recall, reliability, risk and coverage.

Pure NumPy, as ``statistics``, which measures the numbers beside them; draws nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cnn.calibration import equal_odds
from galaxy_core.training.statistics import Truth, Vector, wilson

_CURVE_POINTS = 200


def roc_curve(scores: Vector, is_spiral: Truth) -> dict[str, list[float]]:
    """Return false and true positive rates for plotting, at most 200 points, from 0 to 1."""
    false_rate, true_rate, _ = _rates(scores, is_spiral)
    keep = _thinned(false_rate.size)
    return {
        "false_positive_rate": false_rate[keep].tolist(),
        "true_positive_rate": true_rate[keep].tolist(),
    }


def precision_recall_curve(scores: Vector, is_spiral: Truth) -> dict[str, list[float]]:
    """Return precision against recall of spirals for plotting, at most 200 points."""
    _, recall, precision = _rates(scores, is_spiral)
    keep = _thinned(recall.size)
    return {"recall": recall[keep].tolist(), "precision": precision[keep].tolist()}


def reliability(
    probabilities: Vector, is_spiral: Truth, *, bins: int = 10
) -> list[dict[str, float | int | None]]:
    """Return, for bins of equal width that are not empty, what was said and what was true.

    The share of spirals is at equal odds of both classes; its interval is Wilson's for the
    effective number of galaxies (Kish 1965), (sum w)² / sum w².
    """
    weights = equal_odds(is_spiral.astype(np.float64))
    index = np.minimum((probabilities * bins).astype(int), bins - 1)
    rows: list[dict[str, float | int | None]] = []
    for number in np.unique(index):
        inside = index == number
        own = weights[inside]
        effective = float(own.sum() ** 2 / (own**2).sum())
        share = float(own[is_spiral[inside]].sum() / own.sum())
        interval = wilson(share * effective, effective)
        said = float(np.average(probabilities[inside], weights=own))
        count = {"count": int(inside.sum())}
        rows.append({"mean_probability": said, **interval.to_json(), **count})
    return rows


def risk_coverage(probabilities: Vector, is_spiral: Truth) -> dict[str, list[float]]:
    """Return the error rate among the surest galaxies against their share (El-Yaniv 2010).

    Galaxies are taken in order of |p - 0.5|; ``confidence`` is max(p, 1 - p) of the last.
    """
    if probabilities.size == 0:
        return {"coverage": [], "risk": [], "confidence": []}
    confidence = np.maximum(probabilities, 1 - probabilities)
    order = np.argsort(-confidence, kind="stable")
    wrong = ((probabilities >= 0.5) != is_spiral)[order]
    taken = np.arange(1, wrong.size + 1)
    keep = _thinned(wrong.size)
    return {
        "coverage": (taken / wrong.size)[keep].tolist(),
        "risk": (np.cumsum(wrong) / taken)[keep].tolist(),
        "confidence": confidence[order][keep].tolist(),
    }


def _rates(scores: Vector, is_spiral: Truth) -> tuple[Vector, Vector, Vector]:
    """Take false positive rate, recall and precision at every threshold, strictest first."""
    order = np.argsort(-scores, kind="stable")
    last_of_ties = (
        np.append(np.diff(scores[order]) != 0, True) if scores.size else np.empty(0, bool)
    )
    hits = np.cumsum(is_spiral[order])[last_of_ties]
    misses = np.cumsum(~is_spiral[order])[last_of_ties]
    recall = np.append(0.0, hits / max(int(is_spiral.sum()), 1))
    false_rate = np.append(0.0, misses / max(int((~is_spiral).sum()), 1))
    precision = np.append(1.0, hits / np.maximum(hits + misses, 1))
    return false_rate, recall, precision


def _thinned(size: int) -> npt.NDArray[np.int64]:
    return np.unique(np.linspace(0, size - 1, min(size, _CURVE_POINTS)).round().astype(np.int64))
