"""A network measured on labelled galaxies -> the ``metrics`` of its card.

Everything the model-card page plots is made here and nowhere else. Only logits and labels are
kept, so the number of pictures does not matter to memory. A training run and the command
line both come here, so that the one's card is what the other finds again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from galaxy_core.cnn.calibration import calibrated_probability
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.overlap import in_batches
from galaxy_core.training import curves, statistics
from galaxy_core.training.dataset import LabelledImage, dataset_hash
from galaxy_core.training.label_review import read_label_review, review_mistakes
from galaxy_core.training.squares import Square, read_squares, readable

OnPicture = Callable[[int, int], None]
_BATCH_SIZE = 64
_MOST_MISTAKES = 24
_SIZE_EDGES_PX = (0, 20, 40, 60, 80, np.inf)
_RATIO_EDGES = (0.0, 0.3, 0.5, 0.7, 1.0001)


@dataclass(frozen=True, slots=True)
class Measured:
    """One galaxy's answer beside its label.

    Parameters
    ----------
    image : LabelledImage
        Which galaxy.
    logits : tuple of float
        Of each orientation, the picture as it is first.
    radius_px, axis_ratio : float
        As framing measured them.
    """

    image: LabelledImage
    logits: tuple[float, ...]
    radius_px: float
    axis_ratio: float


def measure(squares: Iterable[Square], classifier: Classifier) -> tuple[list[Measured], list[str]]:
    """Return every readable galaxy's logits, and a sentence for every picture that was not.

    Parameters
    ----------
    squares : iterable of Square
        Drawn a batch at a time.
    classifier : Classifier
        The network.
    """
    measured: list[Measured] = []
    unreadable: list[str] = []
    for batch in in_batches(squares, _BATCH_SIZE):
        unreadable += [square.error for square in batch if square.pixels is None]
        read, inputs = readable(batch)
        if not read:
            continue
        for square, row in zip(read, classifier.orientation_logits(inputs, orientations=8)):
            if square.framing is not None:
                framing = square.framing
                own = tuple(map(float, row))
                measured.append(Measured(square.image, own, framing.radius_px, framing.axis_ratio))
    return measured, unreadable


def summarise(
    measured: Sequence[Measured], unreadable: Sequence[str], classifier: Classifier
) -> dict[str, Any]:
    """Return the metrics of a network as plain JSON values, every share with its interval.

    Parameters
    ----------
    measured : sequence of Measured
        Galaxies labelled spiral or elliptical.
    unreadable : sequence of str
        Why pictures are missing from it.
    classifier : Classifier
        Whose card says how logits become probabilities.
    """
    card = classifier.card
    logits = np.array([m.logits for m in measured]).reshape(len(measured), 8)
    truth = np.array([m.image.spiral == 1 for m in measured], dtype=bool)
    p = calibrated_probability(logits[:, : card.orientations].mean(axis=1), card.temperature)
    return {
        "galaxies": len(measured),
        "spirals": int(truth.sum()),
        "unreadable": len(unreadable),
        "accuracy": statistics.wilson(int(((p >= 0.5) == truth).sum()), len(p)).to_json(),
        "balanced_accuracy": statistics.bootstrap(
            statistics.balanced_accuracy, p, truth
        ).to_json(),
        "auc": statistics.bootstrap(statistics.auc, p, truth).to_json(),
        "calibration_error": statistics.bootstrap(
            statistics.expected_calibration_error, p, truth
        ).to_json(),
        "calibration_error_by_chance": statistics.calibration_error_by_chance(p, truth).to_json(),
        "calibration_error_as_mixed": statistics.bootstrap(
            statistics.calibration_error_as_mixed, p, truth
        ).to_json(),
        "confusion": statistics.confusion(p, truth),
        "roc": curves.roc_curve(p, truth),
        "precision_recall": curves.precision_recall_curve(p, truth),
        "reliability": curves.reliability(p, truth),
        "risk_coverage": curves.risk_coverage(p, truth),
        "orientation": _orientation(logits),
        "groups": _groups(measured, p, truth),
        "mistakes": _mistakes(measured, p, truth),
        "mistakes_looked_at": review_mistakes(
            [
                (m.image.attributes["file"], int(t))
                for m, t, q in zip(measured, truth, p)
                if (q >= 0.5) != t
            ],
            read_label_review(),
        ),
    }


def evaluate_images(
    images: Sequence[LabelledImage],
    classifier: Classifier,
    *,
    on_picture: OnPicture = lambda done, total: None,
) -> tuple[dict[str, Any], list[str]]:
    """Return the metrics of a network on labelled pictures, and what could not be read.

    Parameters
    ----------
    images : sequence of LabelledImage
        Galaxies labelled spiral or elliptical; read, framed and let go one after the other.
    classifier : Classifier
        The network.
    on_picture : callable
        Told (done, total) after each picture.

    Returns
    -------
    metrics : dict
        See ``summarise``; ``data_sha256`` says which galaxies these were, ``chosen`` the
        sources, tiers and parts of the split that they are of.
    unreadable : list of str
        A sentence for each picture that is missing from it.
    """
    squares = read_squares(images, size_px=classifier.card.input_size_px)
    measured, unreadable = measure(told(squares, len(images), on_picture), classifier)
    metrics = summarise(measured, unreadable, classifier)
    return metrics | {"data_sha256": dataset_hash(images), "chosen": _chosen(images)}, unreadable


def told(squares: Iterable[Square], total: int, on_picture: OnPicture) -> Iterator[Square]:
    """Yield the squares, telling (done, total) once each has been used."""
    for done, square in enumerate(squares, 1):
        yield square
        on_picture(done, total)


def _chosen(images: Sequence[LabelledImage]) -> dict[str, list[str]]:
    """Say what the galaxies were chosen by, so that a reader can choose them again."""
    return {
        "sources": sorted({image.source for image in images} - {""}),
        "tiers": sorted({image.attributes.get("tier", "") for image in images} - {""}),
        "parts": sorted({str(image.part) for image in images}),
    }


def uncertain_band(
    logits: npt.NDArray[np.float64], labels: npt.NDArray[np.float64], temperature: float
) -> tuple[float, float]:
    """Return the band of calibrated probabilities to call ``Uncertain``.

    See ``statistics.choose_uncertain_band`` for the rule.
    """
    return statistics.choose_uncertain_band(
        calibrated_probability(logits, temperature), labels > 0.5
    )


def _orientation(logits: npt.NDArray[np.float64]) -> dict[str, Any]:
    """How steady the answer is: one orientation at a time, and the mean, over the eight."""
    if len(logits) == 0:
        return {"single_unchanged": statistics.wilson(0, 0).to_json()}
    called = logits > 0
    unchanged = (called == called[:, :1]).all(axis=1)
    return {
        "single_unchanged": statistics.wilson(int(unchanged.sum()), len(unchanged)).to_json(),
        "mean_logit_spread": float(logits.std(axis=1).mean()),
    }


def _groups(
    measured: Sequence[Measured],
    p: npt.NDArray[np.float64],
    truth: npt.NDArray[np.bool_],
) -> dict[str, Any]:
    names = {
        "source": [m.image.source for m in measured],
        "hubble_type": [m.image.attributes.get("hubble_type", "") for m in measured],
        "radius_px": [_interval(m.radius_px, _SIZE_EDGES_PX) for m in measured],
        "axis_ratio": [_interval(m.axis_ratio, _RATIO_EDGES) for m in measured],
    }
    return {key: statistics.by_group(own, p, truth) for key, own in names.items()}


def _interval(value: float, edges: Sequence[float]) -> str:
    """Name the interval a value is in: '20 to 40', 'over 80'."""
    index = int(np.clip(np.searchsorted(edges, value, side="right") - 1, 0, len(edges) - 2))
    low, high = edges[index], edges[index + 1]
    return f"over {low:g}" if np.isinf(high) else f"{low:g} to {min(high, round(high, 3)):g}"


def _mistakes(
    measured: Sequence[Measured],
    p: npt.NDArray[np.float64],
    truth: npt.NDArray[np.bool_],
) -> list[dict[str, Any]]:
    """List the most confident mistakes, worst first."""
    wrong = np.flatnonzero((p >= 0.5) != truth)
    worst = wrong[np.argsort(-np.abs(p[wrong] - 0.5), kind="stable")][:_MOST_MISTAKES]
    return [
        {
            "file": measured[i].image.attributes["file"],
            "object_id": measured[i].image.object_id,
            "hubble_type": measured[i].image.attributes.get("hubble_type", ""),
            "spiral": int(truth[i]),
            "probability_spiral": float(p[i]),
        }
        for i in worst
    ]
