"""One look inside a network: logit, feature maps and evidence from a single traced call.

Grad-CAM (Selvaraju et al. 2017) on the logit z. With the feature maps A_k of a layer and
w_k = mean over positions of dz/dA_k, the *signed evidence* is sum_k w_k A_k before the ReLU:
positive = evidence for spiral, negative = for elliptical. The conventional Grad-CAM of spiral
is its positive part, that of elliptical (whose logit is -z) the positive part of its negative.

``model.predict`` once, a feature-map model once and tf-keras-vis once cost 50 times as much
(benchmarks/RESULTS.md). This module draws nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cnn.logit import split_at_logit
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ExplanationError

Maps = npt.NDArray[np.float32]
BATCH_SIZE = 64


class TargetClass(StrEnum):
    """For which class evidence is shown."""

    SPIRAL = "spiral"
    ELLIPTICAL = "elliptical"


@dataclass(frozen=True, slots=True, eq=False)
class LayerInspection:
    """What one convolution layer made of N galaxies.

    Parameters
    ----------
    feature_maps : ndarray, shape (N, h, w, K), float32
        Outputs of the K filters (after the ReLU where the layer has one).
    evidence : ndarray, shape (N, h, w), float32
        Signed Grad-CAM evidence in logit per unit of gradient mean; > 0 = spiral.
    contributions : ndarray, shape (N, K), float32
        Share of each map in the logit: sum over positions of dz/dA_k × A_k, in logit.
    """

    feature_maps: Maps
    evidence: Maps
    contributions: Maps

    def grad_cam(self, target: TargetClass) -> Maps:
        """Return conventional Grad-CAM for a class: shape (N, h, w), at least 0, not normalised.

        All zero where the layer holds no evidence for that class; say so in words.
        """
        signed = self.evidence if target is TargetClass.SPIRAL else -self.evidence
        return np.maximum(signed, np.float32(0))


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What a network made of N galaxies, orientation as given.

    Parameters
    ----------
    logits : ndarray, shape (N,), float32
        Positive = spiral.
    layers : mapping of str to LayerInspection
        Each convolution layer, first to last.
    """

    logits: npt.NDArray[np.float32]
    layers: Mapping[str, LayerInspection]

    def layer(self, name: str) -> LayerInspection:
        """Return the inspection of the layer of that name.

        Raises
        ------
        ExplanationError
            If the network has no such convolution layer.
        """
        try:
            return self.layers[name]
        except KeyError:
            raise ExplanationError(
                f"There is no convolution layer {name!r}; this network has "
                f"{', '.join(self.layers) or 'none'}."
            ) from None


class Inspector:
    """A classifier made ready for inspection; safe to share between threads.

    Parameters
    ----------
    classifier : Classifier
        The network.

    Raises
    ------
    ExplanationError
        If it has no convolution layer.
    """

    def __init__(self, classifier: Classifier) -> None:
        names = classifier.card.convolution_layers
        if not names:
            raise ExplanationError(
                f"The network {classifier.card.name!r} has no convolution layer to inspect."
            )
        self.layer_names = names
        points = [_gradient_point(classifier.model, name) for name in names]
        trunk, logit_of = split_at_logit(classifier.model, [*names, *points])
        size, count = classifier.card.input_size_px, len(names)

        @tf.function(input_signature=[tf.TensorSpec([None, size, size, 3], tf.float32)])
        def inspect(inputs: Any) -> Any:
            *outputs, before = trunk(inputs, training=False)
            maps, passed = outputs[:count], outputs[count:]
            logit = logit_of(before)
            gradients = tf.gradients(logit, passed)  # one backward pass serves every layer
            layers = [_grad_cam(*of_layer) for of_layer in zip(maps, passed, gradients)]
            return logit, maps, layers

        self._inspect = inspect

    def inspect(self, inputs: FloatImage) -> Inspection:
        """Return the inspection of framed galaxies.

        Parameters
        ----------
        inputs : ndarray, shape (N, S, S, 3), float32
            Framed galaxies in [0, 1]. All N are held in memory with all their feature maps
            (0.3 MB each for the teaching network); for many use ``stream``.
        """
        logits, maps, layers = self._inspect(np.ascontiguousarray(inputs))
        return Inspection(
            logits.numpy(),
            {
                name: LayerInspection(a.numpy(), evidence.numpy(), share.numpy())
                for name, a, (evidence, share) in zip(self.layer_names, maps, layers)
            },
        )

    def stream(self, inputs: FloatImage) -> Iterator[Inspection]:
        """Yield the inspection of any number of galaxies, a batch at a time."""
        for start in range(0, len(inputs), BATCH_SIZE):
            yield self.inspect(inputs[start : start + BATCH_SIZE])


def _gradient_point(model: keras.Model, name: str) -> str:
    """Return the layer at whose output the gradient of a layer's maps is taken.

    Max pooling hands each gradient to the one position that it took its value from. So the
    sums over positions of the gradient, and of gradient × map, are the same behind it as
    before it, and the costliest step of the way back (1 of 5 ms) is saved.
    """
    users = _users(model, name)
    layers = {layer.name: layer for layer in model.layers}  # a user may be a calculation
    if len(users) == 1 and isinstance(layers.get(users[0]), keras.layers.MaxPooling2D):
        return users[0]
    return name


def _users(model: keras.Model, name: str) -> list[str]:
    """Return the layers that take the output of the named one, once for each time they do."""
    reference = json.dumps([name])[:-1] + ", "  # ["Conv1_Edges", node, tensor]
    return [
        layer["name"]
        for layer in model.get_config()["layers"]
        for node in layer["inbound_nodes"]
        for _ in range(json.dumps(node).count(reference))
    ]


def _grad_cam(maps: Any, passed: Any, gradient: Any) -> tuple[Any, Any]:
    """Signed evidence (N, h, w) and contributions (N, K) of one layer.

    ``passed`` is the output at the gradient point, of which ``gradient`` is the gradient.
    """
    shape = tf.shape(maps)
    positions = shape[1] * shape[2]
    weights = tf.reduce_sum(gradient, axis=(1, 2)) / tf.cast(positions, tf.float32)
    flat = tf.reshape(maps, [shape[0], positions, maps.shape[3]])
    evidence = tf.reshape(tf.linalg.matvec(flat, weights), shape[:3])
    return evidence, tf.reduce_sum(gradient * passed, axis=(1, 2))
