"""Network inputs -> answers: one traced call, averaged over orientations, calibrated.

Takes what framing made and gives what pages and the command line say. It explains nothing
(that is ``explain``) and reads no pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from galaxy_core.cnn.answer import Answer, answer_from_logits
from galaxy_core.cnn.calibration import calibrated_probability
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.logit import functional, split_at_logit
from galaxy_core.cnn.reference import (
    Features,
    ReferenceGalaxies,
    Surroundings,
    read_reference,
)
from galaxy_core.cnn.store import StoredModel
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ModelRefused
from galaxy_core.framing import FramingFlag
from galaxy_core.morphology.plausibility import Plausibility
from galaxy_core.overlap import ordered_map

# Galaxies/s on 2 idle cores, batches of 64, 128, 256: 3,460, 3,859, 3,949 one after another;
# 3,918, 4,089, 4,087 two at once, since one is copied while the other runs. 256 gains nothing
# then, and where the caches are shared with others it lost a third (598 against 888 of 64).
BATCH_SIZE = 128
_AT_ONCE = 2


class Classifier:
    """A network ready to answer; safe to share between threads, never changed once made.

    Parameters
    ----------
    model : keras.Model
        Any image classifier with one sigmoid or a two-class softmax output.
    card : ModelCard
        How its answer is read.
    reference : ReferenceGalaxies, optional
        Its training galaxies; without them one of the three signals is missing.

    Raises
    ------
    ModelRefused
        If the model is no such classifier.
    """

    def __init__(
        self, model: keras.Model, card: ModelCard, *, reference: ReferenceGalaxies | None = None
    ) -> None:
        self.model = functional(model)
        self.card = card
        self.reference = reference
        trunk, logit_of = split_at_logit(self.model, ())
        shape = [None, card.input_size_px, card.input_size_px, 3]

        @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])
        def forward(inputs: Any) -> tuple[Any, Any]:
            before = _last(trunk(inputs, training=False))
            return logit_of(before), before

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
        parts = [logit.numpy() for logit, _ in self._batches(inputs)]
        return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)

    def orientation_logits(
        self, inputs: FloatImage, *, orientations: int | None = None
    ) -> npt.NDArray[np.float64]:
        """Return the logits over orientations: shape (N, K), float64, the picture as it is first.

        ``orientations`` is 1 or 8; as the card says if not given.
        """
        count = self.card.orientations if orientations is None else orientations
        views = eight_orientations(inputs)[:count]
        if _in_one_call(views):
            return self.logits(np.concatenate(views)).reshape(count, -1).T
        return np.stack([self.logits(view) for view in views], axis=1)

    def probabilities(self, inputs: FloatImage) -> npt.NDArray[np.float64]:
        """Return the calibrated probability of spiral of each input, (N, S, S, 3): shape (N,)."""
        logits = self.orientation_logits(inputs).mean(axis=1)
        return calibrated_probability(logits, self.card.temperature)

    def features(self, inputs: FloatImage) -> Features:
        """Return the input of the last linear step, averaged over the card's orientations.

        Parameters
        ----------
        inputs : ndarray, shape (N, S, S, 3), float32
            Framed galaxies in [0, 1].

        Returns
        -------
        ndarray, shape (N, F), float64
        """
        return self._oriented(inputs)[1]

    def far_away(self, inputs: FloatImage) -> npt.NDArray[np.bool_]:
        """Return which inputs, (N, S, S, 3), lie far from every training galaxy, shape (N,).

        All False where the network has no reference.
        """
        if self.reference is None or not len(inputs):
            return np.zeros(len(inputs), dtype=bool)
        return self.reference.distances(self.features(inputs)) > self.reference.threshold

    def _batches(self, inputs: FloatImage) -> Iterator[tuple[Any, Any]]:
        """Yield the tensors of logits, (B,), and of features of a batch after another."""

        def run(start: int) -> tuple[Any, Any]:
            found: tuple[Any, Any] = self._forward(
                np.ascontiguousarray(inputs[start : start + BATCH_SIZE])
            )
            return found

        starts = range(0, len(inputs), BATCH_SIZE)
        if len(starts) < _AT_ONCE:
            yield from map(run, starts)
        else:
            yield from ordered_map(run, starts, threads=_AT_ONCE, ahead=_AT_ONCE)

    def _run(self, inputs: FloatImage) -> tuple[npt.NDArray[np.float64], Features]:
        """Return logits (N,) and features (N, F) of the inputs as they stand."""
        parts = list(self._batches(inputs))
        if not parts:
            return np.empty(0), np.empty((0, 0))
        logits = np.concatenate([logit.numpy() for logit, _ in parts])
        features = np.concatenate([before.numpy() for _, before in parts])
        return logits.astype(np.float64), features.reshape(len(logits), -1).astype(np.float64)

    def _oriented(self, inputs: FloatImage) -> tuple[npt.NDArray[np.float64], Features]:
        """Return the logits of each orientation, (N, K), and their mean features, (N, F)."""
        views = eight_orientations(inputs)[: self.card.orientations]
        if _in_one_call(views):
            logits, features = self._run(np.concatenate(views))
            runs = list(zip(np.split(logits, len(views)), np.split(features, len(views))))
        else:
            runs = [self._run(view) for view in views]
        mean = sum((own for _, own in runs), np.zeros(1)) / len(runs)
        return np.stack([own for own, _ in runs], axis=1), mean

    def answer(
        self,
        inputs: FloatImage,
        flags: Sequence[Sequence[FramingFlag]] | None = None,
        plausibilities: Sequence[Plausibility | None] | None = None,
    ) -> list[Answer]:
        """Return the answer for each framed galaxy.

        Parameters
        ----------
        inputs : ndarray, shape (N, S, S, 3), float32
            Framed galaxies in [0, 1].
        flags : sequence of N sequences of FramingFlag, optional
            What framing noticed about each.
        plausibilities : sequence of N Plausibility or None, optional
            What `judge_plausibility` said of the whole picture of each.
        """
        count = len(inputs)
        found: Sequence[Surroundings | None] = [None] * count
        if self.reference is not None and count:
            logits, features = self._oriented(inputs)
            found = self.reference.surroundings(features)
        else:
            logits = self.orientation_logits(inputs)
        return [
            answer_from_logits(row, self.card, flags=own, plausibility=picture, around=around)
            for row, own, picture, around in zip(
                logits, flags or [()] * count, plausibilities or [None] * count, found
            )
        ]


def _in_one_call(views: Sequence[FloatImage]) -> bool:
    """Tell whether views are few enough to go together: a slider waits for them."""
    return len(views) * len(views[0]) <= BATCH_SIZE


def eight_orientations(images: FloatImage) -> list[FloatImage]:
    """Return views of (N, S, S, C) images in their eight orientations, as they are first."""
    turned = [np.rot90(images, quarter, axes=(1, 2)) for quarter in range(4)]
    return turned + [view[:, :, ::-1] for view in turned]


def load_classifier(stored: StoredModel) -> Classifier:
    """Return the classifier of a store entry.

    Raises
    ------
    ModelRefused
        If the weights are missing, changed since the card was written, or unreadable; or if
        the reference beside them is.
    """
    path = stored.weights_path
    name = f"{stored.folder.name}/{path.name}"  # visitors need not know where the server keeps it
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if stored.card.weights_sha256 and digest != stored.card.weights_sha256:
            raise ModelRefused(
                f"{name} is not the file that its card describes (other hash): put its own file "
                "back, or train or adopt the network anew."
            )
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        why = str(error).replace(str(path), name)
        raise ModelRefused(f"{name} cannot be loaded: {why}") from error
    reference = read_reference(stored.reference_path, digest)
    return Classifier(model, stored.card, reference=reference)


def _last(outputs: Any) -> Any:
    return outputs[-1] if isinstance(outputs, (list, tuple)) else outputs
