"""Small networks whose truth is known, and galaxies to show them."""

import keras
import numpy as np

from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.classifier import Classifier
from galaxy_core.cnn.logit import convolution_layers
from galaxy_core.explain.network import Network


def network_of(model: keras.Model, size_px: int = 64) -> Network:
    card = ModelCard(
        name="t",
        title="t",
        summary="",
        architecture="",
        parameters=model.count_params(),
        input_size_px=size_px,
        convolution_layers=convolution_layers(model),
        framing="",
    )
    return Network(Classifier(model, card))


def weighted_sum_network(weights: np.ndarray, bias: float = 0.0) -> Network:
    """logit = sum of weights × brightness + bias: a linear network with one 1×1 convolution."""
    size = weights.shape[0]
    inputs = keras.Input((size, size, 3))
    maps = keras.layers.Conv2D(1, 1, use_bias=False, name="Conv")(inputs)
    outputs = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Flatten()(maps))
    model = keras.Model(inputs, outputs)
    kernel = np.full((1, 1, 3, 1), 1 / 3, np.float32)
    model.set_weights([kernel, weights.reshape(-1, 1).astype("f4"), np.array([bias], "f4")])
    return network_of(model, size)


def softmax_network(size_px: int = 32, seed: int = 0) -> Network:
    """A Sequential with strides, batch normalisation, padding and a two-class softmax."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((size_px, size_px, 3)),
            layers.Conv2D(6, 5, strides=2, padding="same", activation="relu", name="A"),
            layers.BatchNormalization(),
            layers.Conv2D(8, 3, name="B"),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
            layers.Softmax(),
        ]
    )
    return network_of(model, size_px)


def residual_network(size_px: int = 32, seed: int = 0) -> Network:
    """A functional network with a skip connection round its second convolution."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    inputs = keras.Input((size_px, size_px, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="First")(inputs)
    y = layers.Conv2D(4, 3, padding="same", activation="relu", name="Second")(x)
    x = layers.Flatten()(layers.AveragePooling2D(4)(layers.Add()([x, y])))
    return network_of(keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x)), size_px)


def small_network(size_px: int = 32, seed: int = 0) -> Network:
    """The teaching network in small, untrained: quick enough for every method's card."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    inputs = keras.Input((size_px, size_px, 3))
    x = layers.Conv2D(8, 3, activation="relu", name="Conv1")(inputs)
    x = layers.Conv2D(12, 3, activation="relu", name="Conv2")(layers.MaxPooling2D(2)(x))
    x = layers.Dense(16, activation="relu")(layers.Flatten()(layers.MaxPooling2D(2)(x)))
    return network_of(keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x)), size_px)


def galaxies(count: int, size_px: int = 64, seed: int = 5) -> np.ndarray:
    """Framed pictures like galaxies: a bright core, blobs off it, dark sky, a little noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size_px, :size_px] / size_px - 0.5
    pictures = []
    for _ in range(count):
        light = np.exp(-np.hypot(y, x) / 0.1)
        for _ in range(6):
            cy, cx = rng.uniform(-0.25, 0.25, 2)
            light += 0.5 * rng.random() * np.exp(-(((y - cy) ** 2 + (x - cx) ** 2) / 0.002))
        colour = rng.uniform(0.6, 1.0, 3)
        noise = 0.01 * rng.standard_normal((size_px, size_px, 3))
        pictures.append(np.clip(light[..., None] * colour + noise, 0, 1))
    return np.array(pictures, np.float32)
