"""Sanity: whether a map changes when what the network learnt is destroyed.

Cascading randomisation (Adebayo et al. 2018, section 3.1): layers are given random weights
from the output downwards, and the map is compared with the true one. A map that stays the
same shows the picture, not the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.method import Method
from galaxy_core.explain.methods import explain
from galaxy_core.explain.network import Network
from galaxy_core.explain.trust.ranks import spearman

Weights = list[npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Sanity:
    """How a map took the loss of its network.

    Parameters
    ----------
    layers : tuple of str
        Down to which layer the weights were random, step by step; the last: all of them.
    correlations : tuple of float
        Spearman's correlation of the map (S, S) with the true one, pixel by pixel, at each step.
    magnitude_correlations : tuple of float
        The same for absolute values.
    repeats, magnitude_repeats : tuple of float
        The same as the last of each for more networks of noise, each drawn anew.
    """

    layers: tuple[str, ...]
    correlations: tuple[float, ...]
    magnitude_correlations: tuple[float, ...]
    repeats: tuple[float, ...] = ()
    magnitude_repeats: tuple[float, ...] = ()

    @property
    def left_over(self) -> float:
        """How much of the map is left when nothing of the network is, in [0, 1].

        Mean |correlation| over the networks of noise, those of the last step and the repeats: a
        map with its sign turned over marks the same places. (From one network of noise to the
        next it varies by 0.15, Score-CAM and Grad-CAM more than others: one alone is a lottery.)
        """
        return float(np.mean(np.abs([self.correlations[-1], *self.repeats])))

    @property
    def shape_left_over(self) -> float:
        """The same for absolute values: what is left of where, whatever the sign."""
        last = self.magnitude_correlations[-1]
        return float(np.mean(np.abs([last, *self.magnitude_repeats])))

    def sentence(self) -> str:
        """Return the result in words."""
        count = 1 + len(self.repeats)
        draws = f" (mean of {count} draws)" if count > 1 else ""
        return (
            f"With every weight replaced by noise{draws} the map still correlates "
            f"{self.left_over:.2f} with the true one (without signs {self.shape_left_over:.2f})."
        )


def cascade(model: keras.Model, *, steps: int) -> list[list[keras.Layer]]:
    """Return groups of layers to randomise, from the output down, at most `steps` of them.

    Each group ends with a layer that has a kernel; layers with other weights (normalisation)
    go with the kernel below them. Deeper networks get larger groups.
    """
    groups: list[list[keras.Layer]] = [[]]
    for layer in reversed(model.layers):
        weights = layer.get_weights()
        if weights:
            groups[-1].append(layer)
        if any(values.ndim >= 2 for values in weights):
            groups.append([])
    if not groups[-1]:
        groups.pop()
    parts = np.array_split(np.arange(len(groups)), min(steps, len(groups)))
    return [[layer for index in part for layer in groups[index]] for part in parts]


def weights_of(layers: Sequence[keras.Layer]) -> list[Weights]:
    """Return a copy of the weights of each layer."""
    return [layer.get_weights() for layer in layers]


def randomise(
    layers: Sequence[keras.Layer], true: Sequence[Weights], rng: np.random.Generator
) -> None:
    """Give layers random weights of the scale of the true ones, in place.

    Kernels are drawn from a normal distribution with the root mean square of the true ones;
    biases and normalisations are shuffled. So activations keep their size and the network
    is one of noise, not a dead one. The scale comes from ``true`` and not from what the layers
    hold: drawn from draws, the scale of a layer of few weights walks off.
    """
    for layer, weights in zip(layers, true, strict=True):
        layer.set_weights([_redraw(values, rng) for values in weights])


def _redraw(values: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    if values.ndim < 2:
        return rng.permutation(values)
    drawn = rng.standard_normal(values.shape, dtype=np.float32)
    drawn *= np.float32(np.linalg.norm(values.ravel()) / np.sqrt(values.size))
    return drawn


def measure_sanity(
    method: Method,
    network: Network,
    picture: FloatImage,
    true_map: npt.NDArray[np.float32],
    *,
    layer: str | None,
    seed: int,
    steps: int,
    repeats: int = 0,
) -> Sanity:
    """Return how the map of one galaxy takes the randomisation of its network.

    Parameters
    ----------
    method : Method
        Which explanation.
    network : Network
        The true network; a copy of it is randomised.
    picture : ndarray, shape (S, S, 3), float32
        The framed galaxy.
    true_map : ndarray, shape (S, S), float32
        The method's map for it on the input's pixels, signed where the method is.
    layer, seed : str or None, int
        As the true map was made with.
    steps : int
        Most steps of the cascade.
    repeats : int
        How many more networks of noise the map is compared on once all weights are random.
    """
    rng = np.random.default_rng(seed)

    def on_copy(copy: Network) -> Sanity:
        groups = cascade(copy.model, steps=steps)
        every = [own for group in groups for own in group]
        drawn = [*groups, *[every] * repeats]
        true = [weights_of(group) for group in drawn]
        found = []
        for group, weights in zip(drawn, true):
            randomise(group, weights, rng)
            plane = explain(method, copy, picture[None], layer=layer, seed=seed).on_input()[0]
            whole, magnitude = spearman(plane, true_map), spearman(abs(plane), abs(true_map))
            found.append((whole, magnitude))
        signed, magnitudes = zip(*found)
        last = len(groups)
        return Sanity(
            layers=tuple(group[-1].name for group in groups),
            correlations=signed[:last],
            magnitude_correlations=magnitudes[:last],
            repeats=signed[last:],
            magnitude_repeats=magnitudes[last:],
        )

    return network.on_copy(on_copy)
