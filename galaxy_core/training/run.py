"""One training run from a labelled folder to an entry in the model store.

Reads the squares, trains, folds, calibrates, measures, writes weights and card. Each step is
a function elsewhere; this is their order.
"""

from __future__ import annotations

import hashlib
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from galaxy_core import __version__
from galaxy_core.cnn.calibration import equal_odds, fit_temperature
from galaxy_core.cnn.card import CARD_FILE, ModelCard, write_card
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cnn.logit import convolution_layers
from galaxy_core.cnn.reference import REFERENCE_FILE, ReferenceGalaxies, write_reference
from galaxy_core.cnn.store import WEIGHTS_FILE
from galaxy_core.explain.scale import evidence_scale
from galaxy_core.framing import CROP_RADII, INPUT_SIZE_PX
from galaxy_core.training.dataset import (
    LabelledImage,
    Part,
    dataset_hash,
    read_labelled_images,
    select,
)
from galaxy_core.training.evaluate import evaluate_images, uncertain_band
from galaxy_core.training.fit import Trainer, TrainingSquares
from galaxy_core.training.fold import fold_normalisation
from galaxy_core.training.gather import gather_squares
from galaxy_core.training.plan import BATCHES, EpochReport, TrainingPlan
from galaxy_core.training.refer import build_reference
from galaxy_core.training.second_opinion import read_targets, with_targets
from galaxy_core.training.squares import Square, read_squares, readable

FRAMING_WORDS = (
    f"Sky from the quieter half of the border; central galaxy segmented; square of "
    f"{CROP_RADII} × the radius that holds 95% of its light on each side, resampled with "
    f"anti-aliasing to {INPUT_SIZE_PX} × {INPUT_SIZE_PX}; sky subtracted per channel; divided by "
    "the 99.5th percentile inside that radius; clipped to 0 to 1."
)


class RunProgress(Protocol):
    """What a run tells while it goes on."""

    def stage(self, name: str, done: int, total: int) -> None:
        """Hear how far a stage has come."""

    def epoch(self, report: EpochReport) -> None:
        """Hear what an epoch came to; it is on disk."""

    def look(self, report: EpochReport, network: keras.Model, validation: TrainingSquares) -> None:
        """Look at the network as it is after that epoch, without changing it."""


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Which labelled pictures to use.

    Parameters
    ----------
    root : Path
        Labelled folder.
    labels : Path or None
        Its CSV, if it is not ``labels.csv`` in the folder.
    sources, tiers : sequence of str
        Only these; all if empty.
    second_opinion : Path or None
        A list of ``training.second_opinion``: the pictures to train on, whatever their source,
        and what to aim at. Nothing is validated or tested on it.
    """

    root: Path
    labels: Path | None = None
    sources: Sequence[str] = ()
    tiers: Sequence[str] = ()
    second_opinion: Path | None = None

    def parts(self) -> dict[Part, tuple[LabelledImage, ...]]:
        """Return the parts of the split; with a second opinion, what that lists is trained on."""
        every = read_labelled_images(self.root, labels=self.labels)
        training = None
        if self.second_opinion is not None:
            listed = with_targets(every, read_targets(self.second_opinion))
            training = tuple(image for image in listed if image.part is Part.TRAIN)
        return {
            part: training
            if part is Part.TRAIN and training is not None
            else select(every, part=part, sources=self.sources, tiers=self.tiers)
            for part in Part
        }

    def provenance(self) -> dict[str, Any]:
        """Return what the card says of where the training pictures come from, as JSON values."""
        opinion = self.second_opinion
        return {
            "tiers": sorted(self.tiers),
            "second_opinion": None
            if opinion is None
            else {
                "file": opinion.name,
                "sha256": hashlib.sha256(opinion.read_bytes()).hexdigest(),
            },
        }


def train_into_store(
    data: TrainingData,
    plan: TrainingPlan,
    *,
    runs_folder: Path,
    store_folder: Path,
    progress: RunProgress,
    should_stop: Callable[[], bool] = lambda: False,
) -> ModelCard | None:
    """Train, measure and store a network; return its card, or None if it was stopped.

    A run that was killed or stopped is taken up again by the same call.

    Parameters
    ----------
    data : TrainingData
        What to learn from; its test part is only measured on.
    plan : TrainingPlan
        What to train and how.
    runs_folder, store_folder : Path
        Where the run keeps its state, and where the finished network goes.
    progress : RunProgress
        Told of every stage and epoch.
    should_stop : callable
        Asked after each epoch.

    Raises
    ------
    TrainingError
        If the data cannot be learnt from; the message says why.
    """
    folder = runs_folder / plan.name
    images = data.parts()
    _, train = gather_squares(
        images[Part.TRAIN], "Reading the training galaxies", on_stage=progress.stage
    )
    _, validation = gather_squares(
        images[Part.VALIDATION], "Reading the validation galaxies", on_stage=progress.stage
    )
    trainer = Trainer(plan, folder)

    def on_epoch(report: EpochReport) -> None:
        progress.epoch(report)
        progress.look(report, trainer.averaged, validation)

    network = trainer.fit(
        train,
        validation,
        on_epoch=on_epoch,
        on_step=lambda step, steps, _: progress.stage(BATCHES, step, steps),
        should_stop=should_stop,
    )
    if trainer.epochs_done < plan.epochs:
        return None
    folded = fold_normalisation(network)
    card = _card(plan, folded, images, data)
    return _measure_and_store(folded, card, images, store_folder / plan.name, progress)


def _measure_and_store(
    network: keras.Model,
    card: ModelCard,
    images: dict[Part, tuple[LabelledImage, ...]],
    folder: Path,
    progress: RunProgress,
) -> ModelCard:
    classifier = Classifier(network, card)
    held_out, inputs = readable(_squares(images[Part.VALIDATION], progress))
    labels = np.array([float(square.image.spiral or 0) for square in held_out])
    logits = classifier.orientation_logits(inputs).mean(axis=1)
    card = replace(card, temperature=fit_temperature(logits, labels, equal_odds(labels)))
    card = replace(
        card,
        uncertain_band=uncertain_band(logits, labels, card.temperature),
        evidence_scale=evidence_scale(classifier, inputs),
    )
    metrics, _ = evaluate_images(
        images[Part.TEST],
        Classifier(network, card),
        on_picture=lambda done, total: progress.stage("Testing", done, total),
    )
    card = replace(card, metrics=metrics)
    reference = build_reference(
        images[Part.TRAIN],
        images[Part.VALIDATION],
        Classifier(network, card),
        on_stage=progress.stage,
    )
    return _store(network, card, reference, folder)


def _squares(images: Sequence[LabelledImage], progress: RunProgress) -> Iterator[Square]:
    """Read the squares to calibrate on, telling how far it has come."""
    for done, square in enumerate(read_squares(images, size_px=INPUT_SIZE_PX), 1):
        yield square
        progress.stage("Calibrating", done, len(images))


def _card(
    plan: TrainingPlan,
    network: keras.Model,
    images: dict[Part, tuple[LabelledImage, ...]],
    data: TrainingData,
) -> ModelCard:
    layers = convolution_layers(network)
    words = [f"{layer.name} ({type(layer).__name__})" for layer in network.layers]
    train = images[Part.TRAIN]
    return ModelCard(
        name=plan.name,
        title=f"{plan.name.replace('_', ' ').capitalize()} network",
        summary=f"{len(layers)} convolution layers, trained on {len(train):,} galaxies.",
        architecture=" → ".join(words),
        parameters=int(network.count_params()),
        input_size_px=INPUT_SIZE_PX,
        convolution_layers=layers,
        framing=FRAMING_WORDS,
        training={
            "plan": plan.to_json(),
            "sources": sorted({image.source for image in train}),
            **data.provenance(),
            "images": {str(part): len(own) for part, own in images.items()},
            "spirals": {str(p): sum(i.spiral or 0 for i in own) for p, own in images.items()},
            "data_sha256": dataset_hash([image for own in images.values() for image in own]),
            "split": "by object: 68% training, 12% validation (best weights, temperature, "
            "uncertain band, evidence scale), 20% test",
        },
        versions={
            "automated_astronomer": __version__,
            "python": platform.python_version(),
            "keras": keras.__version__,
            "numpy": version("numpy"),
            "pillow": version("pillow"),
        },
        licence="MIT; pictures it was trained on: see galaxy_core/models/README.md",
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _store(
    network: keras.Model, card: ModelCard, reference: ReferenceGalaxies, folder: Path
) -> ModelCard:
    """Put weights, reference and card in place together; no reader sees one without the others."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as scratch:
        weights = Path(scratch) / WEIGHTS_FILE
        network.save(weights)
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        card = replace(card, weights_sha256=digest)
        write_card(card, Path(scratch) / CARD_FILE)
        write_reference(replace(reference, weights_sha256=digest), Path(scratch) / REFERENCE_FILE)
        folder.mkdir(exist_ok=True)
        (folder / CARD_FILE).unlink(missing_ok=True)
        weights.replace(folder / WEIGHTS_FILE)
        (Path(scratch) / REFERENCE_FILE).replace(folder / REFERENCE_FILE)
        (Path(scratch) / CARD_FILE).replace(folder / CARD_FILE)
    return card
