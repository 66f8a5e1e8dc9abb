"""What a filter would like best to see: the input that excites it most (Erhan et al. 2009).

The one door to tf-keras-vis, whose ActivationMaximization does the climbing; whatever is
random comes from our seed, as its own modifiers draw from NumPy's global state. Slow (seconds a
layer): pages keep the result.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.network import Network

STEPS = 40
_JITTER_PX = 3
_START_NOISE = 0.05
_LEARNING_RATE = 0.02
_SMOOTHNESS = 0.1  # weight of total variation against mean response


def favourite_inputs(
    network: Network, layer: str, filters: Sequence[int], *, seed: int = 0, steps: int = STEPS
) -> FloatImage:
    """Return one input per filter that excites it far more than a real galaxy does.

    Climbs the mean response of the whole map from grey with faint noise, jittered at each step,
    with a penalty on total variation. The response is taken before the activation: a filter
    that is silent on grey has no slope behind its ReLU.

    Parameters
    ----------
    network : Network
        The network.
    layer : str
        A convolution layer.
    filters : sequence of int
        Which of its filters.
    seed : int
        The same seed gives the same pictures.
    steps : int
        Steps of the climb, at least 1.

    Returns
    -------
    ndarray, shape (len(filters), S, S, 3), float32
        In [0, 1].

    Raises
    ------
    ExplanationError
        If there is no such layer or filter.
    """
    name = network.resolve_layer(layer)
    output = network.model.get_layer(name).output
    if any(not 0 <= k < output.shape[-1] for k in filters):
        raise ExplanationError(f"{name} has filters 0 to {output.shape[-1] - 1}, got {filters}.")
    if not filters:
        return np.empty((0, network.size_px, network.size_px, 3), dtype=np.float32)
    rng = np.random.default_rng(seed)
    shape = (1, network.size_px, network.size_px, 3)  # the same start for every filter
    start = 0.5 + _START_NOISE * rng.standard_normal(shape, dtype=np.float32)
    starts = np.repeat(start, len(filters), axis=0)
    convolution = network.model.get_layer(name)
    tap = keras.Model(network.model.inputs[0], convolution.input)
    chosen = tf.one_hot(list(filters), output.shape[-1])

    def score(source: Any) -> Any:
        maps = convolution.convolution_op(source, convolution.kernel)
        return tf.einsum("nhwk,nk->n", maps, chosen) / float(maps.shape[1] * maps.shape[2])

    found = _climb(tap, score, starts, steps=steps, rng=rng)
    return np.clip(np.asarray(found, dtype=np.float32), 0, 1)


def _climb(
    tap: keras.Model,
    score: Callable[[Any], Any],
    starts: FloatImage,
    *,
    steps: int,
    rng: np.random.Generator,
) -> Any:
    """Run tf-keras-vis; its import and its use of Keras raise warnings that are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tf_keras_vis.activation_maximization import ActivationMaximization
        from tf_keras_vis.activation_maximization.regularizers import TotalVariation2D

        shifts = iter(rng.integers(-_JITTER_PX, _JITTER_PX + 1, (steps, 2)))
        moved = np.zeros(2, dtype=np.int64)

        def jitter(pictures: Any) -> Any:
            step = next(shifts)
            moved[:] += step
            return tf.roll(pictures, shift=tuple(map(int, step)), axis=(1, 2))

        found = ActivationMaximization(tap)(
            score,
            seed_input=tf.constant(starts),
            input_range=(0.0, 1.0),
            input_modifiers=[jitter],
            regularizers=[TotalVariation2D(weight=_SMOOTHNESS)],
            steps=steps,
            optimizer=keras.optimizers.Adam(_LEARNING_RATE),
        )
    return np.roll(np.asarray(found), tuple(-moved), axis=(1, 2))
