"""Networks to compare ours with: a dense one, and any network behind one shuffle of the pixels.

What the shuffle takes away is where pixels are, and nothing else: every galaxy keeps its pixels
and their colours, all in the same wrong order. A dense network cannot tell the difference; a
convolutional one loses its neighbourhoods. Builds them untrained.
"""

from __future__ import annotations

import keras
import numpy as np

SHUFFLE_SEED = 1
# Sized to the teaching network's 822,337 parameters: 821,955, 0.05% fewer.
_DENSE_UNITS = (66, 160)


def build_dense_network(
    input_shape: tuple[int, int, int], *, dropout: float = 0.0, seed: int = 0
) -> keras.Model:
    """Return a multilayer perceptron on flattened pixels, untrained.

    Parameters
    ----------
    input_shape : tuple of 3 int
        Height, width and channels of an input; 64, 64, 3 gives 821,955 parameters.
    dropout : float
        Rate of the dropout after each hidden layer, in [0, 1); inactive at inference.
    seed : int
        Seed of the initial weights.

    Returns
    -------
    keras.Model
        (N, *input_shape) float32 in [0, 1] -> (N, 1) probability of spiral.
    """
    layers = keras.layers
    inputs = keras.Input(input_shape, name="Galaxy")
    x = layers.Flatten(name="Flatten")(inputs)
    for number, units in enumerate(_DENSE_UNITS):
        x = layers.Dense(
            units,
            activation="relu",
            name=f"Dense{number + 1}",
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed + number),
        )(x)
        if dropout > 0:
            x = layers.Dropout(dropout, name=f"Dropout{number + 1}", seed=seed + number)(x)
    outputs = layers.Dense(
        1,
        activation="sigmoid",
        name="Output_Probability",
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed + 9),
    )(x)
    return keras.Model(inputs, outputs, name="dense")


def behind_shuffle(network: keras.Model) -> keras.Model:
    """Return an untrained copy of a chain of layers that sees all pixels in one fixed other order.

    The three channels of a pixel stay together. The order is the same in every call.

    Parameters
    ----------
    network : keras.Model
        A chain; its weights are not copied, its initialisers with their seeds are.
    """
    height, width, channels = network.input.shape[1:]
    order = np.random.default_rng(SHUFFLE_SEED).permutation(height * width)
    inputs = keras.Input((height, width, channels), name="Galaxy")
    x = keras.layers.Reshape((height * width, channels), name="Pixels")(inputs)
    x = keras.ops.take(x, order, axis=1)
    x = keras.layers.Reshape((height, width, channels), name="Shuffled")(x)
    for layer in network.layers[1:]:
        # A copy: a layer that is called twice has no single input, and so no logit to be found.
        x = layer.__class__.from_config(layer.get_config())(x)
    return keras.Model(inputs, x, name=f"{network.name}_shuffled")
