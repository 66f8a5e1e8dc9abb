"""Random changes to framed galaxies that leave their class alone.

What another survey, telescope, distance or night would change: orientation, framing, seeing,
stretch, colour balance, sky level and noise. Not what makes a spiral a spiral. Runs on whole
batches inside a traced function; reads no files.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from galaxy_core.framing import CROP_RADII, INPUT_SIZE_PX
from galaxy_core.training.plan import Augmentation
from galaxy_core.training.squares import CONTEXT

_REACH_PX = 8.0  # of a Gaussian: 2.7 deviations of the widest that plans ask for
_GREY_NOISE = 0.3

CONTEXT_SIZE_PX = round(INPUT_SIZE_PX * CONTEXT)


def augment(
    squares: tf.Tensor, strength: Augmentation, generator: tf.random.Generator
) -> tf.Tensor:
    """Return augmented network inputs.

    Parameters
    ----------
    squares : tensor, shape (N, 96, 96, 3), float32
        Standardised, unclipped squares with context (``framing.cut_out(context=1.5)``).
    strength : Augmentation
        How strongly.
    generator : tf.random.Generator
        Source of randomness.

    Returns
    -------
    tensor, shape (N, 64, 64, 3), float32
        In [0, 1].
    """
    x = _move(squares, strength, generator)
    x = _blur(x, strength.blur_px, generator)
    x = _recolour(x, strength, generator)
    x = _restandardise(x, strength, generator)
    return tf.clip_by_value(_add_noise(x, strength, generator), 0.0, 1.0)


def centre_crop(squares: tf.Tensor) -> tf.Tensor:
    """Return the unaugmented network inputs of squares with context."""
    edge = (CONTEXT_SIZE_PX - INPUT_SIZE_PX) // 2
    return tf.clip_by_value(squares[:, edge:-edge, edge:-edge], 0.0, 1.0)


def _move(x: tf.Tensor, strength: Augmentation, g: tf.random.Generator) -> tf.Tensor:
    """Rotate, mirror, zoom and shift about the centre, from the wider square."""
    count = tf.shape(x)[0]
    angle = g.uniform([count], 0.0, 2 * np.pi)
    mirror = tf.where(g.uniform([count]) < 0.5, -1.0, 1.0)
    zoom = tf.exp(g.normal([count], stddev=strength.zoom))
    shift = g.normal([2, count], stddev=strength.shift * INPUT_SIZE_PX / 2)
    a, b = tf.cos(angle) * mirror / zoom, -tf.sin(angle) / zoom
    c, d = tf.sin(angle) * mirror / zoom, tf.cos(angle) / zoom
    middle_in, middle_out = (CONTEXT_SIZE_PX - 1) / 2, (INPUT_SIZE_PX - 1) / 2
    dx = middle_in + shift[0] - (a + b) * middle_out
    dy = middle_in + shift[1] - (c + d) * middle_out
    zero = tf.zeros([count])
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=x,
        transforms=tf.stack([a, b, dx, c, d, dy, zero, zero], axis=1),
        output_shape=[INPUT_SIZE_PX, INPUT_SIZE_PX],
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
        fill_value=0.0,
    )


def _blur(x: tf.Tensor, most_px: float, g: tf.random.Generator) -> tf.Tensor:
    """Blur by Gaussians of random width: half the galaxies not at all."""
    if most_px <= 0:
        return x
    return _smooth(x, tf.nn.relu(g.uniform([tf.shape(x)[0]], -most_px, most_px)))


def _smooth(x: tf.Tensor, sigma_px: tf.Tensor) -> tf.Tensor:
    """Convolve each square with a Gaussian of its own width, (N,)."""
    count, size = tf.shape(x)[0], x.shape[1]
    taps = tf.range(-_REACH_PX, _REACH_PX + 1.0)
    kernel = tf.exp(-0.5 * (taps[:, None] / tf.maximum(sigma_px, 1e-3)[None, :]) ** 2)
    kernel = tf.repeat(kernel / tf.reduce_sum(kernel, axis=0), 3, axis=1)  # (taps, N * 3)
    planes = tf.reshape(tf.transpose(x, [1, 2, 0, 3]), [1, size, size, count * 3])
    for shape in ([taps.shape[0], 1, -1, 1], [1, taps.shape[0], -1, 1]):
        planes = tf.nn.depthwise_conv2d(planes, tf.reshape(kernel, shape), [1, 1, 1, 1], "SAME")
    return tf.transpose(tf.reshape(planes, [size, size, count, 3]), [2, 0, 1, 3])


def _recolour(x: tf.Tensor, strength: Augmentation, g: tf.random.Generator) -> tf.Tensor:
    """Change saturation, channel gains and the stretch's exponent."""
    count = tf.shape(x)[0]
    per_galaxy = [count, 1, 1, 1]
    saturation = g.uniform(per_galaxy, 0.3, 1.5)
    saturation = tf.where(g.uniform(per_galaxy) < strength.grey, 0.0, saturation)
    grey = tf.reduce_mean(x, axis=3, keepdims=True)
    x = tf.nn.relu(grey + saturation * (x - grey))
    x *= tf.exp(g.normal([count, 1, 1, 3], stddev=strength.gain))
    return x ** tf.exp(g.normal(per_galaxy, stddev=strength.gamma))


def _restandardise(x: tf.Tensor, strength: Augmentation, g: tf.random.Generator) -> tf.Tensor:
    """Bring the peak inside the galaxy's radius back to one, as framing would, but not exactly."""
    axis = (np.arange(INPUT_SIZE_PX) + 0.5) / INPUT_SIZE_PX * 2 - 1
    inside = np.flatnonzero(np.hypot(axis[:, None], axis[None, :]).ravel() <= 1 / CROP_RADII)
    light = tf.gather(tf.reshape(x, [tf.shape(x)[0], INPUT_SIZE_PX**2, 3]), inside, axis=1)
    rank = max(1, round(0.005 * inside.size * 3))
    top = tf.math.top_k(tf.reshape(light, [tf.shape(x)[0], inside.size * 3]), rank).values[:, -1]
    wobble = tf.exp(g.normal([tf.shape(x)[0]], stddev=strength.brightness))
    return x * (wobble / tf.maximum(top, 1e-3))[:, None, None, None]


def _add_noise(x: tf.Tensor, strength: Augmentation, g: tf.random.Generator) -> tf.Tensor:
    """Add sky error, and noise as fine as pixels or in grains, of each channel or of all alike."""
    count = tf.shape(x)[0]
    per_galaxy = [count, 1, 1, 1]
    sigma = tf.nn.relu(g.uniform(per_galaxy, -strength.noise, strength.noise))
    offset = g.normal([count, 1, 1, 3], stddev=strength.sky)
    grains = g.normal(tf.shape(x))
    grains = _smooth(grains, tf.nn.relu(g.uniform([count], -strength.grain_px, strength.grain_px)))
    common = tf.reduce_mean(grains, axis=3, keepdims=True)
    grains = tf.where(g.uniform(per_galaxy) < _GREY_NOISE, common + tf.zeros_like(grains), grains)
    spread = tf.math.reduce_std(grains, axis=[1, 2, 3], keepdims=True)
    return x + offset + sigma * grains / tf.maximum(spread, 1e-6)
