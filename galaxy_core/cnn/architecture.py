"""The networks' layers. Builds them untrained; knows no weights and no data."""

from __future__ import annotations

import keras

INPUT_SHAPE = (64, 64, 3)


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
