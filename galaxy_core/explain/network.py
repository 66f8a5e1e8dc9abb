"""A classifier made ready to be explained: traced logits, gradients and layer taps.

Everything is taken on the logit, so nothing fades where the sigmoid saturates (DESIGN.md,
section 4). Each function is traced once for any number of galaxies and then shared; pages
keep one ``Network`` per model. This module computes no evidence: that is ``attribution``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any, TypeVar

import keras
import numpy as np
import numpy.typing as npt

from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ExplanationError
from galaxy_core.explain import traced
from galaxy_core.explain.receptive import LayerGeometry, layer_geometry

BATCH_SIZE = 64  # 64 galaxies with their gradients in the first layer: 60 MB

Vector = npt.NDArray[np.float32]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class LayerTap:
    """What one convolution layer says about N galaxies.

    Parameters
    ----------
    logits : ndarray, shape (N,), float32
        Positive = spiral.
    feature_maps, gradients : ndarray, shape (N, h, w, K), float32
        Outputs A of the K filters, and dz/dA.
    """

    logits: Vector
    feature_maps: FloatImage
    gradients: FloatImage


class Network:
    """A classifier with traced logit and gradient functions; safe to share between threads.

    Parameters
    ----------
    classifier : Classifier
        The network. Any with one sigmoid unit or a two-class softmax at its end.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self.name = classifier.card.name
        self.model = classifier.model
        self.size_px = classifier.card.input_size_px
        self.layer_names = classifier.card.convolution_layers
        self._lock = RLock()
        self._traced: dict[tuple[str, str], Callable[..., Any]] = {}
        self._scratch: Network | None = None

    @property
    def default_layer(self) -> str:
        """The last convolution layer, where class and place are best told together.

        Raises
        ------
        ExplanationError
            If there is no convolution layer.
        """
        if not self.layer_names:
            raise ExplanationError(f"The network {self.name!r} has no convolution layer.")
        return self.layer_names[-1]

    def resolve_layer(self, name: str | None) -> str:
        """Return the name itself if it is a convolution layer's, the default for None.

        Raises
        ------
        ExplanationError
            If the network has no such convolution layer.
        """
        if name is None:
            return self.default_layer
        if name not in self.layer_names:
            raise ExplanationError(
                f"There is no convolution layer {name!r}; this network has "
                f"{', '.join(self.layer_names) or 'none'}."
            )
        return name

    def geometry(self, layer: str) -> LayerGeometry:
        """Return where the cells of a layer lie on the input."""
        return layer_geometry(self.model, self.resolve_layer(layer))

    def filter_count(self, layer: str) -> int:
        """Return how many filters a convolution layer has."""
        return int(self.model.get_layer(self.resolve_layer(layer)).output.shape[-1])

    def logits(self, inputs: FloatImage) -> Vector:
        """Return the logits, shape (N,), float32, of inputs (N, S, S, 3) in [0, 1]."""
        forward = self._function("logits", "", lambda: traced.trace_logits(self.model))
        return _in_batches(lambda part: (forward(part),), inputs)[0]

    def input_gradients(self, inputs: FloatImage) -> tuple[Vector, FloatImage]:
        """Return the logits, shape (N,), and dz/dx, shape (N, S, S, 3), float32."""
        backward = self._function("gradients", "", lambda: traced.trace_gradients(self.model))
        logits, gradients = _in_batches(backward, inputs)
        return logits, gradients

    def tap(self, inputs: FloatImage, layer: str) -> LayerTap:
        """Return feature maps and gradients of one convolution layer."""
        name = self.resolve_layer(layer)
        tapped = self._function("tap", name, lambda: traced.trace_tap(self.model, name))
        return LayerTap(*_in_batches(tapped, inputs))

    def grad_cam(self, inputs: FloatImage, layer: str) -> FloatImage:
        """Return ``sum_k mean(dz/dA_k) A_k`` of a layer's maps A, shape (N, h, w), float32.

        What a ``tap`` would give as well; summed where the maps are, not after they were copied.
        """
        name = self.resolve_layer(layer)
        weighted = self._function(
            "grad_cam", name, lambda: traced.trace_grad_cam(self.model, name)
        )
        return _in_batches(lambda part: (weighted(part),), inputs)[0]

    def feature_maps(self, inputs: FloatImage, layer: str) -> FloatImage:
        """Return the outputs (N, h, w, K) of one convolution layer; cheaper than ``tap``."""
        name = self.resolve_layer(layer)
        maps = self._function("maps", name, lambda: traced.trace_maps(self.model, name))
        return _in_batches(lambda part: (maps(part),), inputs)[0]

    def logits_with_filters(
        self, inputs: FloatImage, layer: str, gains: npt.NDArray[np.float32]
    ) -> Vector:
        """Return the logits with each filter's map multiplied by a gain (0 switches it off).

        Parameters
        ----------
        inputs : ndarray, shape (N, S, S, 3), float32
            Framed galaxies.
        layer : str
            A convolution layer.
        gains : ndarray, shape (N, M, K) or (M, K), float32
            M sets of gains of the K filters.

        Returns
        -------
        ndarray, shape (N, M), float32
        """
        name = self.resolve_layer(layer)
        gated = self._function("gated", name, lambda: traced.trace_gated(self.model, name))
        maps = self.feature_maps(inputs, name)
        if gains.shape[-1] != maps.shape[-1]:
            raise ExplanationError(
                f"{name} has {maps.shape[-1]} filters; gains for {gains.shape[-1]} were given."
            )
        rows = []
        for index in range(len(inputs)):
            own = gains if gains.ndim == 2 else gains[index]
            parts = [
                gated(inputs[index], maps[index], own[start : start + BATCH_SIZE]).numpy()
                for start in range(0, len(own), BATCH_SIZE)
            ]
            rows.append(np.concatenate(parts))
        return np.array(rows, dtype=np.float32).reshape(len(inputs), -1)

    def on_copy(self, measure: Callable[[Network], T]) -> T:
        """Return what `measure` finds on a copy of the network whose weights it may change.

        The copy is made and traced once, lent to one thread at a time, and given back with
        its true weights: retracing it for every card would cost a second.
        """
        with self._lock:
            if self._scratch is None:
                model = keras.models.clone_model(self.model)
                card = replace(self.classifier.card)
                self._scratch = Network(Classifier(model, card))
            scratch = self._scratch
            scratch.model.set_weights(self.model.get_weights())
            try:
                return measure(scratch)
            finally:
                scratch.model.set_weights(self.model.get_weights())

    def _function(self, kind: str, layer: str, trace: Callable[[], Any]) -> Callable[..., Any]:
        """Return the traced function of that kind, made at first use.

        Concrete: each has one signature, and looking for it anew costs a tenth of a call.
        """
        key = (kind, layer)
        if key not in self._traced:
            with self._lock:
                if key not in self._traced:
                    self._traced[key] = trace().get_concrete_function()
        return self._traced[key]


def _in_batches(function: Callable[[Any], Sequence[Any]], inputs: FloatImage) -> list[Any]:
    """Run over batches of inputs; each output is joined along the first axis."""
    if not len(inputs):  # TensorFlow's fused convolutions refuse empty batches on some processors
        one = np.zeros((1, *inputs.shape[1:]), dtype=np.float32)
        return [output[:0] for output in _in_batches(function, one)]
    starts = range(0, len(inputs), BATCH_SIZE)
    parts = [
        [output.numpy() for output in function(np.ascontiguousarray(inputs[s : s + BATCH_SIZE]))]
        for s in starts
    ]
    return parts[0] if len(parts) == 1 else [np.concatenate(column) for column in zip(*parts)]
