"""Batch normalisation folded into the convolutions before it, for use after training.

Conv → BatchNormalization → ReLU computes, at inference, the same as one convolution with
other weights. Folded, the network is faster and its convolution layers' outputs are the
activations that are shown and explained (Jacob et al. 2018, section 3.2).
"""

from __future__ import annotations

import keras
import numpy as np


def fold_normalisation(network: keras.Model) -> keras.Model:
    """Return an equal network without batch normalisation and dropout.

    Parameters
    ----------
    network : keras.Model
        A chain of layers; each BatchNormalization stands right after a linear Conv2D
        and may be followed by a ReLU, which becomes that convolution's activation.

    Returns
    -------
    keras.Model
        Same layer names, less the folded ones.
    """
    chain = network.layers[1:]
    inputs = keras.Input(network.input.shape[1:], name=network.layers[0].name)
    x, weights = inputs, {}
    for index, layer in enumerate(chain):
        following = [*chain[index + 1 : index + 3], None, None][:2]
        if isinstance(layer, keras.layers.Conv2D) and isinstance(
            following[0], keras.layers.BatchNormalization
        ):
            config = layer.get_config() | {"use_bias": True}
            if isinstance(following[1], keras.layers.ReLU):
                config["activation"] = "relu"
            weights[layer.name] = _folded(layer, following[0])
            x = keras.layers.Conv2D.from_config(config)(x)
        elif not isinstance(
            layer,
            (keras.layers.BatchNormalization, keras.layers.ReLU, keras.layers.Dropout),
        ):
            weights[layer.name] = layer.get_weights()
            x = layer.__class__.from_config(layer.get_config())(x)
    folded = keras.Model(inputs, x, name=network.name)
    for name, values in weights.items():
        folded.get_layer(name).set_weights(values)
    return folded


def _folded(
    convolution: keras.layers.Conv2D, norm: keras.layers.BatchNormalization
) -> list[np.ndarray]:
    gamma, beta, mean, variance = norm.get_weights()
    gain = gamma / np.sqrt(variance + norm.epsilon)
    kernel, *bias = convolution.get_weights()
    shift = bias[0] if bias else 0.0
    return [kernel * gain, beta + (shift - mean) * gain]
