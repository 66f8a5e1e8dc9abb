"""A network's training galaxies -> the reference beside its weights, and what refusing costs.

The reference holds the features of galaxies of the training part; how far from them a galaxy
may lie is set on the validation part; how often real galaxies are refused and strangers are
not is measured on the test part (``domain``). The network itself is never changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier, load_classifier
from galaxy_core.cnn.reference import (
    MOST_FEATURES,
    MOST_GALAXIES,
    NEIGHBOURS,
    ReferenceGalaxies,
    separations,
    write_reference,
)
from galaxy_core.cnn.store import StoredModel
from galaxy_core.errors import TrainingError
from galaxy_core.overlap import in_batches
from galaxy_core.training.dataset import LabelledImage, Part, select
from galaxy_core.training.domain import STRANGERS, measure_strangeness
from galaxy_core.training.remeasured import add_metrics
from galaxy_core.training.squares import read_squares, readable

OnStage = Callable[[str, int, int], None]
FALSE_ALARMS = 0.005  # of validation galaxies: a quarter of the 2% that all signals share
MOST_DIRECTIONS = 32  # of 8 to 64, these caught most at one rate of false alarms
_BATCH_SIZE = 64
_LEAST_SPREAD = 1e-3  # of the widest direction; below it there is only rounding

Features = npt.NDArray[np.float64]


def refer(
    stored: StoredModel,
    images: Sequence[LabelledImage],
    *,
    strangers: int = STRANGERS,
    seed: int = 1,
    on_stage: OnStage = lambda name, done, total: None,
) -> ModelCard:
    """Write a network's reference if it has none, measure what it refuses; return the card.

    Parameters
    ----------
    stored : StoredModel
        The network. The ``strangeness`` of its card's metrics is replaced; a reference that is
        of its weights is kept, for only its training knows all that it learnt from.
    images : sequence of LabelledImage
        Galaxies of all kinds: the labelled ones of the training part and of the sources that
        the card names become the reference.
    strangers, seed : int
        How many pictures of no galaxy to draw for the measurement, and their seed; not the
        seed that plausibility was fitted with.
    on_stage : callable
        Told (stage, done, total).

    Raises
    ------
    TrainingError
        If too few galaxies can be read, if the weights change meanwhile, or if the network's
        last step takes more numbers than a reference is made of.
    """
    classifier = load_classifier(stored)
    _refuse_wide(classifier)
    digest = _digest(stored)
    reference = classifier.reference
    if reference is None:
        chosen = _trained_on(classifier.card, images)
        nearby = [image for image in images if image.part is Part.VALIDATION]
        reference = build_reference(chosen, nearby, classifier, on_stage=on_stage)
    measured = measure_strangeness(
        Classifier(classifier.model, classifier.card, reference=reference),
        [image for image in images if image.part is Part.TEST],
        strangers=strangers,
        seed=seed,
        on_stage=on_stage,
    )
    if _digest(stored) != digest:  # trained anew in these minutes: this is of the old weights
        raise TrainingError(
            f"The weights of {stored.card.name!r} changed while they were looked at; nothing was "
            "written. Run it again."
        )
    write_reference(replace(reference, weights_sha256=digest), stored.reference_path)
    return add_metrics(stored, {"strangeness": measured})


def _refuse_wide(classifier: Classifier) -> None:
    """Refuse a network before its galaxies are read, where no reference could be made."""
    size = classifier.card.input_size_px
    width = classifier.features(np.zeros((1, size, size, 3), dtype=np.float32)).size
    if width > MOST_FEATURES:
        raise TrainingError(
            f"The last step of {classifier.card.name!r} takes {width:,} numbers; a reference is "
            f"made of at most {MOST_FEATURES:,}. Nothing was written."
        )


def _digest(stored: StoredModel) -> str:
    return hashlib.sha256(stored.weights_path.read_bytes()).hexdigest()


def _trained_on(card: ModelCard, images: Sequence[LabelledImage]) -> tuple[LabelledImage, ...]:
    """Return the training part of the sources and tiers on the card; of all, where unknown."""
    sources, tiers = (tuple(card.training.get(key, ())) for key in ("sources", "tiers"))
    found = select(images, part=Part.TRAIN, sources=sources, tiers=tiers)
    return found or select(images, part=Part.TRAIN)


def build_reference(
    train: Sequence[LabelledImage],
    validation: Sequence[LabelledImage],
    classifier: Classifier,
    *,
    on_stage: OnStage = lambda name, done, total: None,
) -> ReferenceGalaxies:
    """Return the reference of a network: its training galaxies, and how far is too far.

    Features are projected on the directions along which they vary among the training galaxies,
    each scaled to unit variance (Mahalanobis 1936), at most ``MOST_DIRECTIONS`` of them.

    Parameters
    ----------
    train : sequence of LabelledImage
        Labelled galaxies that the network learnt from; at most ``MOST_GALAXIES`` are kept,
        evenly spread.
    validation : sequence of LabelledImage
        Galaxies that it did not learn from: the threshold leaves out ``FALSE_ALARMS`` of them.

    Raises
    ------
    TrainingError
        If too few can be read.
    """
    kept, features = _features(_spread(train), classifier, "Reading the reference", on_stage)
    _, others = _features(validation, classifier, "Setting how far is too far", on_stage)
    if len(kept) <= NEIGHBOURS or not len(others):
        raise TrainingError(
            f"A reference needs more than {NEIGHBOURS} training galaxies and some of the "
            f"validation part; {len(kept)} and {len(others)} could be read."
        )
    centre, directions = _directions(features)
    places = ((features - centre) @ directions).astype(np.float16)
    reference = ReferenceGalaxies(
        identifiers=tuple(image.object_id for image in kept),
        files=tuple(image.attributes["file"] for image in kept),
        sources=tuple(image.source for image in kept),
        hubble_types=tuple(image.attributes.get("hubble_type", "") for image in kept),
        spiral=np.array([image.spiral == 1 for image in kept]),
        places=places,
        centre=centre,
        directions=directions,
        spacing=_spacing(places.astype(np.float64)),
        threshold=1.0,
        weights_sha256=classifier.card.weights_sha256,
    )
    far = np.quantile(reference.distances(others), 1 - FALSE_ALARMS, method="higher")
    return replace(reference, threshold=float(far))


def _spread(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    """Choose galaxies evenly from the list, where there are too many."""
    count = min(len(images), MOST_GALAXIES)
    return [images[index * len(images) // count] for index in range(count)]


def _features(
    images: Sequence[LabelledImage], classifier: Classifier, stage: str, on_stage: OnStage
) -> tuple[list[LabelledImage], Features]:
    """Return the galaxies that can be read, and their features."""
    kept: list[LabelledImage] = []
    rows: list[Features] = []
    squares = read_squares(images, size_px=classifier.card.input_size_px)
    done = 0
    for batch in in_batches(squares, _BATCH_SIZE):
        read, inputs = readable(batch)
        if read:
            rows.append(classifier.features(inputs))
            kept += [square.image for square in read]
        done += len(batch)
        on_stage(stage, done, len(images))
    return kept, np.concatenate(rows) if rows else np.empty((0, 0))


def _directions(
    features: Features,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the mean, (F,), and the directions of unit variance, (F, K)."""
    centre = features.mean(axis=0)
    # The galaxies' own products, (N, N), have the same spread: some networks' last step takes
    # ten times as many numbers as there are galaxies.
    apart = features - centre
    squares, mixes = np.linalg.eigh(apart @ apart.T)
    spread, mixes = np.sqrt(np.maximum(squares[::-1], 0)), mixes[:, ::-1]
    wide = (spread > _LEAST_SPREAD * spread[0])[:MOST_DIRECTIONS]
    count = min(int(wide.sum()), features.shape[1])
    deviation = spread[:count] / np.sqrt(len(features))
    directions = apart.T @ (mixes[:, :count] / (spread[:count] * deviation))
    return centre.astype(np.float32), directions.astype(np.float32)


def _spacing(places: Features) -> npt.NDArray[np.float32]:
    """Distance of each galaxy to its nearest fellow, rising."""
    apart = separations(places, places)
    np.fill_diagonal(apart, np.inf)
    return np.sort(apart.min(axis=1)).astype(np.float32)
