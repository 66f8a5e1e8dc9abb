"""The networks' layers. Builds them untrained; knows no weights and no data."""

from __future__ import annotations

import keras

from galaxy_core.cnn.baselines import behind_shuffle, build_dense_network
from galaxy_core.errors import ModelNotFound

INPUT_SHAPE = (64, 64, 3)
# Keras' own 0.99 takes 500 steps to settle, a dozen epochs of two thousand galaxies; the running
# average of the weights steadies these statistics once more.
_NORM_MOMENTUM = 0.9
_RESEARCH_WIDTHS = (
    (16, "Conv1_Edges"),
    (32, "Conv2_Shapes"),
    (64, "Conv3_Parts"),
    (128, "Conv4_Structures"),
    (192, "Conv5_Galaxy"),
)


def build_teaching_network(*, dropout: float = 0.0, seed: int = 0) -> keras.Model:
    """Return the teaching network, functional, untrained: 822,337 parameters.

    Parameters
    ----------
    dropout : float
        Rate of the dropout before and after ``Dense_Decision``, in [0, 1); inactive at
        inference. With 0 the layers are not there.
    seed : int
        Seed of the initial weights.

    Returns
    -------
    keras.Model
        (N, 64, 64, 3) float32 in [0, 1] -> (N, 1) probability of spiral.
    """
    seeds = (keras.initializers.GlorotUniform(seed=seed + k) for k in range(4))
    layers = keras.layers
    inputs = keras.Input(INPUT_SHAPE, name="Galaxy")
    x = layers.Conv2D(
        32, 3, activation="relu", name="Conv1_Edges", kernel_initializer=next(seeds)
    )(inputs)
    x = layers.MaxPooling2D(2, name="Pool1")(x)
    x = layers.Conv2D(
        64, 3, activation="relu", name="Conv2_Shapes", kernel_initializer=next(seeds)
    )(x)
    x = layers.MaxPooling2D(2, name="Pool2")(x)
    x = layers.Flatten(name="Flatten")(x)
    if dropout > 0:
        x = layers.Dropout(dropout, name="Dropout_Flatten", seed=seed)(x)
    x = layers.Dense(64, activation="relu", name="Dense_Decision", kernel_initializer=next(seeds))(
        x
    )
    if dropout > 0:
        x = layers.Dropout(dropout, name="Dropout_Decision", seed=seed + 1)(x)
    outputs = layers.Dense(
        1, activation="sigmoid", name="Output_Probability", kernel_initializer=next(seeds)
    )(x)
    return keras.Model(inputs, outputs, name="teaching")


def build_research_network(*, dropout: float = 0.0, seed: int = 0) -> keras.Model:
    """Return the research network, untrained: five scales of convolutions, averaged over space.

    Batch normalisation keeps a deeper network trainable on a few thousand galaxies, and global
    average pooling makes the answer depend on what is there, not where. From the third scale
    on, a second convolution widens what one unit sees.

    Parameters
    ----------
    dropout : float
        Rate of the dropout before the output, in [0, 1).
    seed : int
        Seed of the initial weights.

    Returns
    -------
    keras.Model
        (N, 64, 64, 3) float32 in [0, 1] -> (N, 1) probability of spiral.
    """
    layers = keras.layers
    inputs = keras.Input(INPUT_SHAPE, name="Galaxy")
    x = inputs
    for scale, (width, name) in enumerate(_RESEARCH_WIDTHS):
        names = [name] if scale < 2 else [name, name + "_Deep"]
        for step, layer_name in enumerate(names):
            x = layers.Conv2D(
                width,
                3,
                padding="same",
                use_bias=False,
                name=layer_name,
                kernel_initializer=keras.initializers.GlorotUniform(seed=seed + 10 * scale + step),
            )(x)
            x = layers.BatchNormalization(momentum=_NORM_MOMENTUM, name=f"Norm_{layer_name}")(x)
            x = layers.ReLU(name=f"ReLU_{layer_name}")(x)
        if scale < len(_RESEARCH_WIDTHS) - 1:
            x = layers.MaxPooling2D(2, name=f"Pool{scale + 1}")(x)
    x = layers.GlobalAveragePooling2D(name="Average")(x)
    if dropout > 0:
        x = layers.Dropout(dropout, name="Dropout_Decision", seed=seed)(x)
    outputs = layers.Dense(
        1,
        activation="sigmoid",
        name="Output_Probability",
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed + 99),
    )(x)
    return keras.Model(inputs, outputs, name="research")


def _dense(*, dropout: float = 0.0, seed: int = 0) -> keras.Model:
    return build_dense_network(INPUT_SHAPE, dropout=dropout, seed=seed)


def _dense_shuffled(*, dropout: float = 0.0, seed: int = 0) -> keras.Model:
    return behind_shuffle(_dense(dropout=dropout, seed=seed))


def _teaching_shuffled(*, dropout: float = 0.0, seed: int = 0) -> keras.Model:
    return behind_shuffle(build_teaching_network(dropout=dropout, seed=seed))


ARCHITECTURES = {
    "teaching": build_teaching_network,
    "research": build_research_network,
    "dense": _dense,  # these three are for comparison (training.compare), not for use
    "dense_shuffled": _dense_shuffled,
    "teaching_shuffled": _teaching_shuffled,
}


def build_network(architecture: str, *, dropout: float = 0.0, seed: int = 0) -> keras.Model:
    """Return an untrained network by the name of its architecture.

    Raises
    ------
    ModelNotFound
        If there is no such architecture.
    """
    if architecture not in ARCHITECTURES:
        raise ModelNotFound(
            f"There is no architecture {architecture!r}; there are {', '.join(ARCHITECTURES)}."
        )
    return ARCHITECTURES[architecture](dropout=dropout, seed=seed)
