"""Networks cross-fitted on trusted labels -> an opinion on every picture that none of them saw.

The trusted galaxies are dealt into folds, objects kept together. One network learns from all
folds but one and is asked about that one; about pictures of other sources all are asked. What
becomes of the opinions is ``second_opinion``'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from scipy import special

from galaxy_core.cnn.classifier import eight_orientations
from galaxy_core.cnn.logit import split_at_logit
from galaxy_core.training.augment import centre_crop
from galaxy_core.training.dataset import LabelledImage, Part, read_labelled_images
from galaxy_core.training.fit import Trainer, TrainingSquares
from galaxy_core.training.gather import OnStage, gather_squares
from galaxy_core.training.plan import TrainingPlan
from galaxy_core.training.run import TrainingData
from galaxy_core.training.second_opinion import label_of, target_of

FOLDS = 4
_BATCH_SIZE = 64

Vector = npt.NDArray[np.float64]


def fold_of(image: LabelledImage) -> int:
    """Return the fold of a picture, by a hash of its group: never by a seed."""
    return int(hashlib.sha256(f"fold{image.group}".encode()).hexdigest()[:8], 16) % FOLDS


def cross_fitted_targets(
    data: TrainingData,
    others: Sequence[str],
    plan: TrainingPlan,
    folder: Path,
    *,
    on_stage: OnStage,
) -> dict[str, float]:
    """Return file name -> what to aim at, of the training part of trusted and other sources.

    Parameters
    ----------
    data : TrainingData
        The trusted galaxies: networks learn from its training part.
    others : sequence of str
        Names of sources that they are asked about only.
    plan, folder, on_stage
        See `cross_fitted_opinions`.
    """
    parts = data.parts()
    asked = [
        image
        for image in read_labelled_images(data.root, labels=data.labels)
        if image.source in others and image.part is Part.TRAIN and label_of(image) is not None
    ]
    opinions = cross_fitted_opinions(
        parts[Part.TRAIN], parts[Part.VALIDATION], asked, plan, folder, on_stage=on_stage
    )
    found = {}
    for image in (*parts[Part.TRAIN], *asked):
        target = target_of(image, opinions.get(image.attributes["file"], np.nan))
        if target is not None:
            found[image.attributes["file"]] = target
    return found


def cross_fitted_opinions(
    trusted: Sequence[LabelledImage],
    validation: Sequence[LabelledImage],
    others: Sequence[LabelledImage],
    plan: TrainingPlan,
    folder: Path,
    *,
    on_stage: OnStage,
) -> dict[str, float]:
    """Return file name -> probability of spiral by networks that have not learnt from it.

    Parameters
    ----------
    trusted : sequence of LabelledImage
        To learn from, fold by fold.
    validation : sequence of LabelledImage
        To choose each network's best epoch by.
    others : sequence of LabelledImage
        Of other sources, at least one; asked about only, all networks' mean logit.
    plan : TrainingPlan
        How each network is trained; the fold is added to its seed.
    folder : Path
        Where the runs live; a run that was killed is taken up again.
    on_stage : callable
        Told (stage, done, total).

    Raises
    ------
    DatasetError, TrainingError
        If there is too little to learn from.
    """
    _, told = gather_squares(validation, "Reading the validation galaxies", on_stage=on_stage)
    own, mine = gather_squares(trusted, "Reading the trusted galaxies", on_stage=on_stage)
    foreign, theirs = gather_squares(others, "Reading the other galaxies", on_stage=on_stage)
    folds = np.array([fold_of(image) for image in own])
    logits, foreign_logits = np.zeros(len(own)), np.zeros(len(foreign))
    for fold in range(FOLDS):
        seeded = replace(plan, seed=plan.seed + fold)
        learnt = _fit(seeded, _rows(mine, folds != fold), told, folder / f"fold{fold}", on_stage)
        logits[folds == fold] = mean_logits(learnt, mine.pixels[folds == fold])
        foreign_logits += mean_logits(learnt, theirs.pixels) / FOLDS
    names = [image.attributes["file"] for image in (*own, *foreign)]
    return dict(zip(names, special.expit(np.concatenate([logits, foreign_logits])).tolist()))


def mean_logits(network: keras.Model, pixels: npt.NDArray[np.float16]) -> Vector:
    """Return a network's mean logit over eight orientations of squares with context, (N,)."""
    trunk, logit_of = split_at_logit(network, ())
    forward = tf.function(lambda x: logit_of(trunk(x, training=False)))
    logits = np.zeros(len(pixels))
    for start in range(0, len(pixels), _BATCH_SIZE):
        batch = slice(start, start + _BATCH_SIZE)
        inputs = centre_crop(tf.cast(pixels[batch], tf.float32)).numpy()
        turned = [forward(np.ascontiguousarray(view)) for view in eight_orientations(inputs)]
        logits[batch] = np.mean([own.numpy() for own in turned], axis=0)
    return logits


def _fit(
    plan: TrainingPlan,
    train: TrainingSquares,
    validation: TrainingSquares,
    folder: Path,
    on_stage: OnStage,
) -> keras.Model:
    trainer = Trainer(plan, folder)

    def on_step(step: int, steps: int, loss: float) -> None:
        shown = (trainer.epochs_done * steps + step) * plan.batch_size
        on_stage(f"Learning without {folder.name}", shown, plan.epochs * steps * plan.batch_size)

    return trainer.fit(train, validation, on_step=on_step)


def _rows(squares: TrainingSquares, chosen: npt.NDArray[np.bool_]) -> TrainingSquares:
    return TrainingSquares(squares.pixels[chosen], squares.labels[chosen], squares.strata[chosen])
