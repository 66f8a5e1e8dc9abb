"""Each filter of a convolution layer: its share in a decision, its favourites, its doubles.

A filter's share is measured by switching it off (ablation), not read from a gradient.
Nothing is drawn here; what a filter would like best to see is ``activation_maximisation``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.network import BATCH_SIZE, Network

Matrix = npt.NDArray[np.float64]

DUPLICATE = 0.95  # correlation of responses from which on two filters say the same


@dataclass(frozen=True, slots=True, eq=False)
class Ablation:
    """What switching off each filter of a layer does to N galaxies' logits.

    Parameters
    ----------
    layer : str
        The convolution layer.
    logits : ndarray, shape (N,), float32
        With every filter on.
    effects : ndarray, shape (N, K), float32
        z(all on) - z(filter k off), in logit: > 0 where the filter speaks for spiral.
    """

    layer: str
    logits: npt.NDArray[np.float32]
    effects: npt.NDArray[np.float32]

    @property
    def shares(self) -> npt.NDArray[np.float32]:
        """Share of each filter, |effect| over their sum, shape (N, K), in [0, 1].

        Filters work together, so effects need not sum to the logit. All 0 where no single
        filter moves it.
        """
        size = np.abs(self.effects)
        total = size.sum(axis=1, keepdims=True)
        return np.asarray(size / np.where(total > 0, total, 1), dtype=np.float32)

    def ranked(self, index: int) -> npt.NDArray[np.intp]:
        """Return the filters of galaxy `index`, the largest share first."""
        return np.argsort(-np.abs(self.effects[index]), kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class FilterCensus:
    """Which filters of a layer are dead, and which are doubles, over a sample.

    Parameters
    ----------
    layer : str
        The convolution layer.
    largest : ndarray, shape (K,), float32
        Largest response of each filter to any galaxy.
    dead : tuple of int
        Filters that answer nothing to any of them: response constant everywhere.
    response_correlation, kernel_correlation : ndarray, shape (K, K), float64
        Pearson correlation between filters, of responses over the sample and of kernels;
        0 for constant ones, 1 on the diagonal.
    """

    layer: str
    largest: npt.NDArray[np.float32]
    dead: tuple[int, ...]
    response_correlation: Matrix
    kernel_correlation: Matrix

    def duplicates(self, *, at_least: float = DUPLICATE) -> tuple[tuple[int, int], ...]:
        """Return the pairs of filters whose responses correlate at least so much."""
        upper = np.triu(self.response_correlation, k=1)
        return tuple((int(i), int(j)) for i, j in np.argwhere(upper >= at_least))


@dataclass(frozen=True, slots=True)
class Patch:
    """A place that excites a filter.

    Parameters
    ----------
    galaxy : int
        Which input.
    activation : float
        The filter's response there.
    box_px : tuple of 4 float
        Left, top, right, bottom of the cell's receptive field on the input, in pixels
        (pixel 0 spans -0.5 to 0.5).
    """

    galaxy: int
    activation: float
    box_px: tuple[float, float, float, float]

    def cut(self, inputs: FloatImage) -> FloatImage:
        """Return the patch's pixels from the inputs that it was found on, (h, w, 3)."""
        left, top, right, bottom = (round(edge + 0.5) for edge in self.box_px)
        return inputs[self.galaxy, top:bottom, left:right]


def kernels(network: Network, layer: str) -> FloatImage:
    """Return the kernels of a convolution layer, shape (kh, kw, channels, K), float32."""
    found = network.model.get_layer(network.resolve_layer(layer)).get_weights()[0]
    return np.asarray(found, dtype=np.float32)


def ablate(network: Network, inputs: FloatImage, layer: str) -> Ablation:
    """Return what each filter of a layer contributes to N galaxies' logits."""
    name = network.resolve_layer(layer)
    count = kernels(network, name).shape[-1]
    gains = np.concatenate([np.ones((1, count)), 1 - np.eye(count)]).astype(np.float32)
    logits = network.logits_with_filters(inputs, name, gains)
    return Ablation(name, logits[:, 0], logits[:, :1] - logits[:, 1:])


def logits_without(
    network: Network, inputs: FloatImage, layer: str, switched_off: Iterable[int]
) -> npt.NDArray[np.float32]:
    """Return the logits (N,) with some filters of a layer switched off.

    Raises
    ------
    ExplanationError
        If there is no such layer or filter.
    """
    name = network.resolve_layer(layer)
    gains = np.ones((1, kernels(network, name).shape[-1]), dtype=np.float32)
    off = sorted(set(switched_off))
    if off and (off[0] < 0 or off[-1] >= gains.shape[1]):
        raise ExplanationError(f"{name} has filters 0 to {gains.shape[1] - 1}, got {off}.")
    gains[0, off] = 0
    return network.logits_with_filters(inputs, name, gains)[:, 0]


def take_census(network: Network, inputs: FloatImage, layer: str) -> FilterCensus:
    """Return dead and double filters of a layer over a sample of galaxies.

    Moments are summed up a batch at a time, so any number of galaxies fits in memory.
    """
    name = network.resolve_layer(layer)
    kernel = kernels(network, name)
    count = kernel.shape[-1]
    total, products, cells = np.zeros(count), np.zeros((count, count)), 0
    largest, smallest = np.full(count, -np.inf), np.full(count, np.inf)
    for start in range(0, len(inputs), BATCH_SIZE):
        maps = network.feature_maps(inputs[start : start + BATCH_SIZE], name)
        flat = maps.reshape(-1, count).astype(np.float64)
        total += flat.sum(axis=0)
        products += flat.T @ flat
        cells += len(flat)
        largest = np.maximum(largest, flat.max(axis=0))
        smallest = np.minimum(smallest, flat.min(axis=0))
    if cells == 0:
        raise ExplanationError("A census of filters needs at least one galaxy.")
    covariance = products / cells - np.outer(total, total) / cells**2
    dead = np.flatnonzero(largest - smallest <= 1e-7)
    return FilterCensus(
        layer=name,
        largest=largest.astype(np.float32),
        dead=tuple(map(int, dead)),
        response_correlation=_correlation(covariance, dead),
        kernel_correlation=_correlation(np.cov(kernel.reshape(-1, count), rowvar=False), []),
    )


def exciting_patches(
    network: Network, inputs: FloatImage, layer: str, *, per_filter: int = 9
) -> list[list[Patch]]:
    """Return the places that excite each filter most, strongest first, one a galaxy.

    Returns
    -------
    list of K lists of at most `per_filter` Patch
        Only places with a response above 0; empty for a filter that never responds.
    """
    name = network.resolve_layer(layer)
    geometry = network.geometry(name)
    values, places, width = [], [], 1
    for start in range(0, len(inputs), BATCH_SIZE):
        maps = network.feature_maps(inputs[start : start + BATCH_SIZE], name)
        width = maps.shape[2]
        flat = maps.reshape(len(maps), -1, maps.shape[-1])
        at = flat.argmax(axis=1)
        places.append(at)
        values.append(np.take_along_axis(flat, at[:, None], axis=1)[:, 0])
    if not values:
        return [[] for _ in range(kernels(network, name).shape[-1])]
    best, cell = np.concatenate(values), np.concatenate(places)
    found = []
    for k in range(best.shape[1]):
        order = np.argsort(-best[:, k], kind="stable")[:per_filter]
        found.append(
            [
                Patch(int(n), float(best[n, k]), geometry.box_px(*divmod(int(cell[n, k]), width)))
                for n in order
                if best[n, k] > 0
            ]
        )
    return found


def _correlation(covariance: Matrix, dead: Iterable[int]) -> Matrix:
    """Correlation from covariance; rows of constant filters are 0."""
    covariance = np.atleast_2d(covariance)
    spread = np.sqrt(np.maximum(np.diag(covariance), 0))
    spread[list(dead)] = 0
    scale = np.outer(spread, spread)
    matrix = np.where(scale > 0, covariance / np.where(scale > 0, scale, 1), 0.0)
    np.fill_diagonal(matrix, 1)
    return np.clip(matrix, -1, 1)
