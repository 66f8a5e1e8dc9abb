"""A classifier's logit and what it hangs on, as traced TensorFlow functions.

Everything is of the logit z, not of the probability, whose gradient vanishes as it saturates.
Traced for any number of galaxies. ``network`` keeps them and feeds them arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from galaxy_core.cnn.logit import split_at_logit


def trace_logits(model: keras.Model) -> Callable[..., Any]:
    """Return x (N, S, S, 3) -> logits (N,)."""
    trunk, logit_of = split_at_logit(model, ())
    return tf.function(
        lambda x: logit_of(_last(trunk(x, training=False))), input_signature=[_signature(model)]
    )


def trace_gradients(model: keras.Model) -> Callable[..., Any]:
    """Return x (N, S, S, 3) -> logits (N,), dz/dx as x."""
    trunk, logit_of = split_at_logit(model, ())

    @tf.function(input_signature=[_signature(model)])
    def backward(x: Any) -> Any:
        logit = logit_of(_last(trunk(x, training=False)))
        return logit, _gradient(logit, x)

    return backward


def trace_tap(model: keras.Model, layer: str) -> Callable[..., Any]:
    """Return x (N, S, S, 3) -> logits (N,), maps A (N, h, w, K) of a layer, dz/dA."""
    trunk, logit_of = split_at_logit(model, (layer,))

    @tf.function(input_signature=[_signature(model)])
    def tapped(x: Any) -> Any:
        maps, before = trunk(x, training=False)
        logit = logit_of(before)
        return logit, maps, _gradient(logit, maps)

    return tapped


def trace_grad_cam(model: keras.Model, layer: str) -> Callable[..., Any]:
    """Return x (N, S, S, 3) -> sum_k mean(dz/dA_k) A_k of a layer, (N, h, w)."""
    trunk, logit_of = split_at_logit(model, (layer,))

    @tf.function(input_signature=[_signature(model)])
    def weighted(x: Any) -> Any:
        maps, before = trunk(x, training=False)
        weights = tf.reduce_mean(_gradient(logit_of(before), maps), axis=[1, 2])
        return tf.einsum("nhwk,nk->nhw", maps, weights)

    return weighted


def trace_maps(model: keras.Model, layer: str) -> Callable[..., Any]:
    """Return x (N, S, S, 3) -> maps (N, h, w, K) of a layer."""
    output = model.get_layer(layer).output
    trunk = keras.Model(model.inputs[0], output)
    return tf.function(lambda x: trunk(x, training=False), input_signature=[_signature(model)])


def trace_gated(model: keras.Model, layer: str) -> Callable[..., Any]:
    """Return x (S, S, 3), its maps (h, w, K), gains (M, K) -> logits (M,)."""
    _, logit_of = split_at_logit(model, ())
    output = model.get_layer(layer).output
    before = model.layers[-1].input
    # The picture goes in as well: a skip connection may lead round the layer.
    rest = keras.Model([model.inputs[0], output], before)

    @tf.function(
        input_signature=[
            tf.TensorSpec(model.inputs[0].shape[1:], tf.float32),
            tf.TensorSpec(output.shape[1:], tf.float32),
            tf.TensorSpec([None, output.shape[-1]], tf.float32),
        ]
    )
    def gated(picture: Any, maps: Any, gains: Any) -> Any:
        many = maps[None] * gains[:, None, None, :]
        pictures = tf.tile(picture[None], [tf.shape(gains)[0], 1, 1, 1])
        return logit_of(rest([pictures, many], training=False))

    return gated


def _signature(model: keras.Model) -> Any:
    return tf.TensorSpec(model.inputs[0].shape, tf.float32)


def _gradient(logit: Any, source: Any) -> Any:
    gradient = tf.gradients(logit, source)[0]
    return tf.zeros_like(source) if gradient is None else gradient


def _last(outputs: Any) -> Any:
    return outputs[-1] if isinstance(outputs, (list, tuple)) else outputs
