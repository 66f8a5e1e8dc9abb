"""Network inputs -> answers: one traced call, averaged over orientations, calibrated.

Takes what framing made and gives what pages and the command line say. It explains nothing
(that is ``explain``) and reads no pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from galaxy_core.cnn.calibration import calibrated_probability
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.logit import functional, split_at_logit
from galaxy_core.cnn.store import StoredModel
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ModelRefused
from galaxy_core.framing import FLAG_SENTENCES, FramingFlag

BATCH_SIZE = 64  # 888 galaxies/s on 2 cores; 256 gave 598 (feature maps fall out of the cache)
_NOT_A_GALAXY = frozenset({FramingFlag.NO_GALAXY, FramingFlag.MANY_OBJECTS})


class Verdict(StrEnum):
    """What the app says in one word."""

    SPIRAL = "Spiral"
    ELLIPTICAL = "Elliptical"
    UNCERTAIN = "Uncertain"
    NOT_TRUSTED = "Not trusted"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network says about one galaxy.

    Parameters
    ----------
    logit : float
        Mean over the orientations the card asks for; positive = spiral.
    probability_spiral : float
        Calibrated, in [0, 1].
    orientation_probabilities : tuple of float
        Calibrated probability of each of the eight rotations and flips (of the picture
        as it is alone, where only that was run); the first is the picture as it is.
    verdict : Verdict
        The word.
    warnings : tuple of str
        Sentences on why to be careful; the first says why where it is not trusted.
    """

    logit: float
    probability_spiral: float
    orientation_probabilities: tuple[float, ...]
    verdict: Verdict
    warnings: tuple[str, ...] = ()

    @property
    def probability_range(self) -> tuple[float, float]:
        """Lowest and highest probability over the orientations."""
        return min(self.orientation_probabilities), max(self.orientation_probabilities)


class Classifier:
    """A network ready to answer; safe to share between threads, never changed once made.

    Parameters
    ----------
    model : keras.Model
        Any image classifier with one sigmoid or a two-class softmax output.
    card : ModelCard
        How its answer is read.

    Raises
    ------
    ModelRefused
        If the model is no such classifier.
    """

    def __init__(self, model: keras.Model, card: ModelCard) -> None:
        self.model = functional(model)
        self.card = card
        trunk, logit_of = split_at_logit(self.model, ())
        shape = [None, card.input_size_px, card.input_size_px, 3]

        @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])
        def forward(inputs: Any) -> Any:
            return logit_of(_last(trunk(inputs, training=False)))

        self._forward = forward

    def logits(self, inputs: FloatImage) -> npt.NDArray[np.float64]:
        """Return the logit of each input as it stands.

        Parameters
        ----------
        inputs : ndarray, shape (N, S, S, 3), float32
            Framed galaxies in [0, 1].

        Returns
        -------
        ndarray, shape (N,), float64
        """
        parts = [
            self._forward(np.ascontiguousarray(inputs[start : start + BATCH_SIZE])).numpy()
            for start in range(0, len(inputs), BATCH_SIZE)
        ]
        return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)

    def orientation_logits(
        self, inputs: FloatImage, *, orientations: int | None = None
    ) -> npt.NDArray[np.float64]:
        """Return the logits over orientations: shape (N, K), float64, the picture as it is first.

        ``orientations`` is 1 or 8; as the card says if not given.
        """
        count = self.card.orientations if orientations is None else orientations
        turned = [self.logits(view) for view in eight_orientations(inputs)[:count]]
        return np.stack(turned, axis=1)

    def answer(
        self,
        inputs: FloatImage,
        flags: Sequence[Sequence[FramingFlag]] | None = None,
    ) -> list[Answer]:
        """Return the answer for each framed galaxy.

        Parameters
        ----------
        inputs : ndarray, shape (N, S, S, 3), float32
            Framed galaxies in [0, 1].
        flags : sequence of N sequences of FramingFlag, optional
            What framing noticed about each.
        """
        logits = self.orientation_logits(inputs)
        every_flag = flags if flags is not None else [()] * len(inputs)
        return [
            answer_from_logits(row, self.card, flags=own) for row, own in zip(logits, every_flag)
        ]


def answer_from_logits(
    orientation_logits: npt.NDArray[np.float64],
    card: ModelCard,
    *,
    flags: Sequence[FramingFlag] = (),
) -> Answer:
    """Return the answer that these logits of one galaxy, shape (K,), amount to."""
    logit = float(orientation_logits[: card.orientations].mean())
    probability = float(calibrated_probability(logit, card.temperature))
    each = calibrated_probability(orientation_logits, card.temperature)
    low, high = card.uncertain_band
    warnings = [FLAG_SENTENCES[flag] for flag in flags]
    if _NOT_A_GALAXY & set(flags):
        verdict = Verdict.NOT_TRUSTED
    elif low < probability < high:
        verdict = Verdict.UNCERTAIN
    else:
        verdict = Verdict.SPIRAL if probability >= 0.5 else Verdict.ELLIPTICAL
    if (each > 0.5).any() and (each < 0.5).any():
        warnings.append("The answer changes when the picture is rotated or mirrored.")
    return Answer(logit, probability, tuple(map(float, each)), verdict, tuple(warnings))


def eight_orientations(images: FloatImage) -> list[FloatImage]:
    """Return views of (N, S, S, C) images in their eight orientations, as they are first."""
    turned = [np.rot90(images, quarter, axes=(1, 2)) for quarter in range(4)]
    return turned + [view[:, :, ::-1] for view in turned]


def load_classifier(stored: StoredModel) -> Classifier:
    """Return the classifier of a store entry.

    Raises
    ------
    ModelRefused
        If the weights are missing, changed since the card was written, or unreadable.
    """
    path = stored.weights_path
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if stored.card.weights_sha256 and digest != stored.card.weights_sha256:
            raise ModelRefused(f"{path} is not the file that its card describes (other hash).")
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelRefused(f"{path} cannot be loaded: {error}") from error
    return Classifier(model, stored.card)


def _last(outputs: Any) -> Any:
    return outputs[-1] if isinstance(outputs, (list, tuple)) else outputs
