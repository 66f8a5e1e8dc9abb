"""The logit of a one-output classifier, and the layers on the way to it.

Explanations are taken on the logit: through a saturated sigmoid gradients vanish (DESIGN.md,
section 4). This module finds the last linear output of a Keras model whatever its ending:
one sigmoid unit or a two-class softmax, as an activation or as a layer of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from galaxy_core.errors import ExplanationError, ModelRefused

LogitOf = Callable[[Any], Any]


def convolution_layers(model: keras.Model) -> tuple[str, ...]:
    """Return the names of the two-dimensional convolution layers, first to last."""
    return tuple(layer.name for layer in model.layers if isinstance(layer, keras.layers.Conv2D))


def functional(model: keras.Model) -> keras.Model:
    """Return the model with a functional graph: a built Sequential is copied into one.

    Raises
    ------
    ModelRefused
        If the model has no fixed graph of layers.
    """
    try:
        if len(model.inputs) != 1 or len(model.outputs) != 1:
            raise ModelRefused(
                f"The network {model.name!r} has {len(model.inputs)} inputs and "
                f"{len(model.outputs)} outputs; a classifier here has one of each."
            )
        flat = keras.Model(model.inputs[0], model.outputs[0], name=model.name)
        if not isinstance(model, keras.Sequential):
            return flat
        # A Sequential read from a file calls its layers anew for each one that is added, so
        # ``layer.output`` is of another graph than the answer: no gradient leads there. In a
        # copy every layer is called once.
        copy = keras.models.clone_model(flat)
        copy.set_weights(model.get_weights())
        return copy
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelRefused(
            f"The network {model.name!r} has no fixed graph of layers (it must be a built "
            "Sequential or functional Keras model)."
        ) from error


def split_at_logit(model: keras.Model, layer_names: Sequence[str]) -> tuple[keras.Model, LogitOf]:
    """Return a model of the named layers' outputs and of what the logit is computed from.

    Parameters
    ----------
    model : keras.Model
        Classifier ending in one sigmoid unit or two softmax units (second = spiral).
    layer_names : sequence of str
        Layers whose outputs are wanted.

    Returns
    -------
    trunk : keras.Model
        (N, H, W, 3) -> list of the named outputs, then the input of the last linear step.
    logit_of : callable
        That last output, (N, K) -> logit of spiral, (N,).

    Raises
    ------
    ExplanationError
        If a layer is not there.
    ModelRefused
        If the model ends in neither.
    """
    model = functional(model)
    known = {layer.name: layer for layer in model.layers}
    missing = [name for name in layer_names if name not in known]
    if missing:
        raise ExplanationError(
            f"The network {model.name!r} has no layer {missing[0]!r}; its layers are "
            f"{', '.join(known)}."
        )
    last = model.layers[-1]
    before, logit_of = _last_linear_step(last)
    outputs = [known[name].output for name in layer_names]
    return keras.Model(model.inputs[0], [*outputs, before]), logit_of


def _last_linear_step(last: keras.Layer) -> tuple[Any, LogitOf]:
    width = math.prod(side or 0 for side in last.output.shape[1:])  # 0 where a side is open
    if isinstance(last, keras.layers.Dense) and width == last.units:
        if last.units == 1 and last.activation is keras.activations.sigmoid:
            return last.input, lambda x: _one(_dense(last, x))
        if last.units == 2 and last.activation is keras.activations.softmax:
            return last.input, lambda x: _difference(_dense(last, x))
    kind = getattr(last, "activation", None)
    if isinstance(last, keras.layers.Softmax):
        kind = keras.activations.softmax
    if not isinstance(last, keras.layers.Dense):
        if width == 1 and kind is keras.activations.sigmoid:
            return last.input, _one
        if width == 2 and kind is keras.activations.softmax:
            return last.input, _difference
    raise ModelRefused(
        "A classifier here ends in one sigmoid unit or a softmax over two classes; this one "
        f"ends in {type(last).__name__} {last.name!r} of width {width}"
        + (", without a sigmoid: add one." if width == 1 else ".")
    )


def _dense(layer: keras.layers.Dense, x: Any) -> Any:
    z = tf.tensordot(x, layer.kernel, 1)
    return z + layer.bias if layer.use_bias else z


def _one(z: Any) -> Any:
    return tf.reshape(z, [-1])


def _difference(z: Any) -> Any:
    z = tf.reshape(z, [-1, 2])
    return z[:, 1] - z[:, 0]
