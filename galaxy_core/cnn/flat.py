"""A network as somebody built it -> the same network as pages can look into it.

Networks nested in it are laid open, layers lose half precision and names that TensorFlow cannot
use as scopes, a grey input is taken from a colour picture, and one that was meant to be from 0
to 255 from one from 0 to 1. What it answers stays the same.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np

from galaxy_core.errors import ModelRefused

TO_BYTES = "to_0_255"
# A picture from 0 to 1 that reaches the first convolution with less than this contrast goes
# through a rescaling for 0 to 255 there: by 1/255, by 1/127.5, or to unit variance.
_LEAST_CONTRAST = 0.05
_NO_SCOPE = re.compile(r"[^A-Za-z0-9_.-]")


def flatten_file(path: Path, target: Path, *, size_px: int) -> bool:
    """Write the flat network of a ``.keras`` file; say if it wants pictures from 0 to 255.

    Raises
    ------
    ModelRefused
        If it cannot be loaded, or as ``flat_network``; the message is the end of a sentence.
    """
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        # Keras's own reason is long and names folders of this server.
        raise ModelRefused("Keras cannot build it with the weights it came with.") from error
    flat = flat_network(model, size_px=size_px)
    flat.save(target)
    return any(layer.name == TO_BYTES for layer in flat.layers)


def flat_network(model: keras.Model, *, size_px: int) -> keras.Model:
    """Return an equal functional network of flat layers for colour pictures.

    Parameters
    ----------
    model : keras.Model
        Built; its input has one channel or three.
    size_px : int
        Side of the input; what the model says if it says one.

    Returns
    -------
    keras.Model
        (N, S, S, 3) in, float32 throughout, each layer called once. A grey input is the
        luminance of ITU-R BT.601, as Pillow's and TensorFlow's.

    Raises
    ------
    ModelRefused
        If two of its layers have one name, or something that is no layer follows the last one.
    """
    try:
        flat = _laid_open(model, size_px)
        if _contrast(flat) < _LEAST_CONTRAST:
            flat = _laid_open(
                model, size_px, to_bytes=(keras.layers.Rescaling(255, name=TO_BYTES),)
            )
    except ValueError as error:
        raise ModelRefused(
            "the networks nested in it cannot be laid open as one; perhaps two layers have the "
            "same name."
        ) from error
    if flat.outputs[0]._keras_history.operation is not flat.layers[-1]:
        raise ModelRefused("its last step is a calculation, not a layer; end it with a layer.")
    return _without_idle_end(flat)


def _laid_open(
    model: keras.Model, size_px: int, to_bytes: tuple[keras.layers.Layer, ...] = ()
) -> keras.Model:
    picture = keras.Input((size_px, size_px, 3), name="picture")
    shown = picture
    for layer in to_bytes:
        shown = layer(shown)
    if model.inputs[0].shape[-1] == 1:
        shown = keras.ops.image.rgb_to_grayscale(shown)
    laid_open = keras.Model(picture, _inline(model, shown))
    names = _scope_names(laid_open)
    # In the copy every layer is called once: where it was called before is left behind.
    copy = keras.models.clone_model(laid_open, clone_function=lambda step: _own(step, names))
    copy.set_weights(laid_open.get_weights())
    return copy


def _without_idle_end(flat: keras.Model) -> keras.Model:
    """Return the network without layers at its end that hand the same numbers on."""
    last = flat.layers[-1]
    while _hands_on(last):
        last = last.input._keras_history.operation
    return flat if last is flat.layers[-1] else keras.Model(flat.inputs[0], last.output)


def _hands_on(layer: keras.Layer) -> bool:
    if isinstance(layer, keras.layers.Activation):
        return layer.activation is keras.activations.linear
    return isinstance(layer, (keras.layers.Flatten, keras.layers.Reshape, keras.layers.Dropout))


def _contrast(flat: keras.Model) -> float:
    """Return how far black and white lie apart where the first convolution takes them."""
    first = next((la for la in flat.layers if isinstance(la, keras.layers.Conv2D)), None)
    if first is None:
        return 1.0
    before = keras.Model(flat.inputs[0], first.input)
    black = np.zeros((1, *flat.inputs[0].shape[1:]), dtype=np.float32)
    apart = np.asarray(before(black + 1)) - np.asarray(before(black))
    return float(np.abs(apart).max())


def _inline(network: keras.Model, inputs: Any) -> Any:
    if isinstance(network, keras.Sequential):
        for layer in network.layers:
            inputs = _call(layer, inputs)
        return inputs
    # The one way through a functional graph that Keras 3 has; public ``clone_model`` cannot
    # replace a nested network by its layers.
    outputs = network._run_through_graph([inputs], operation_fn=lambda step: _caller(step))
    return outputs[0] if isinstance(outputs, list) else outputs


def _caller(step: Any) -> Any:
    return lambda *inputs, **options: _call(step, *inputs, **options)


def _call(step: Any, *inputs: Any, **options: Any) -> Any:
    if isinstance(step, keras.Model):
        return _inline(step, inputs[0])
    return step(*inputs, **options)


def _scope_names(network: keras.Model) -> dict[str, str]:
    """Return a name that is a scope for each layer's; most keep their own."""
    names: dict[str, str] = {}
    for layer in network.layers:
        name = _NO_SCOPE.sub("_", layer.name).lstrip("_-.") or "layer"
        while name in names.values():
            name += "_"
        names[layer.name] = name
    return names


def _own(step: Any, names: dict[str, str]) -> Any:
    """Return a new layer or calculation like that one; calculations have no precision."""
    config = step.get_config()
    if isinstance(step, keras.layers.Layer):
        config |= {"dtype": "float32", "name": names[step.name]}
    return step.__class__.from_config(config)
