"""What the study pages keep, each bounded, shared between visitors and never changed.

Keys are hashes of weights and inputs, as in ``pages.shared.caches``. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import streamlit as st

from galaxy_core.cnn.store import StoredModel
from galaxy_core.cutout import FloatImage
from galaxy_core.errors import GalaxyError
from galaxy_core.framing import cut_out
from galaxy_core.what_if.change import Change, encode_changes
from pages.shared import caches
from pages.shared.galaxy import OpenGalaxy
from pages.shared.networks import Network
from pages.shared.study.lab import Lab, set_up

if TYPE_CHECKING:
    from galaxy_core.explain.explanation import Explanation, Maps
    from galaxy_core.explain.filters import Ablation, FilterCensus, Patch
    from galaxy_core.explain.network import Network as Explained
    from galaxy_core.explain.ranking_scores import MethodRanking
    from galaxy_core.explain.trust.assess import Case, Common
    from galaxy_core.explain.trust.card import TrustCard

MOST_SAMPLES = 64


@dataclass(frozen=True, slots=True, eq=False)
class FilterStudy:
    """What is known of the filters of a layer over the samples.

    Parameters
    ----------
    inputs : ndarray, shape (N, S, S, 3), float32
        The framed samples.
    titles : tuple of N str
        What they are called.
    census : FilterCensus
        Dead and double filters.
    patches : list of K lists of Patch
        What excites each filter most.
    """

    inputs: FloatImage
    titles: tuple[str, ...]
    census: FilterCensus
    patches: list[list[Patch]]


def weights_key(stored: StoredModel) -> str:
    """Return what names the weights of a store entry."""
    return f"{stored.card.name} {stored.card.weights_sha256} {stored.card.created_utc}"


def explained(stored: StoredModel, ready: Network) -> Explained:
    """Return the network made ready for explanation methods."""
    return _explained(weights_key(stored), ready)


@st.cache_resource(max_entries=3, show_spinner=False)
def _explained(weights: str, _ready: Network) -> Explained:
    from galaxy_core.explain.network import Network as Explained

    return Explained(_ready.classifier)


def explanation(
    stored: StoredModel, ready: Network, galaxy: OpenGalaxy, *, method: str, layer: str
) -> Explanation:
    """Return the map of one method for the galaxy on the page.

    Raises
    ------
    ExplanationError
        As ``explain``.
    """
    network = explained(stored, ready)
    return _explanation(weights_key(stored), galaxy.input_key, method, layer, network, galaxy)


@st.cache_resource(max_entries=256, show_spinner=False)
def _explanation(
    weights: str, shown: str, method: str, layer: str, _network: Explained, _galaxy: OpenGalaxy
) -> Explanation:
    from galaxy_core.explain.methods import explain

    return explain(method, _network, _galaxy.pixels[None], layer=layer)


@st.cache_resource(max_entries=64, show_spinner=False)
def _common(
    weights: str, shown: str, square: str, _case: Case, _map_of: Callable[[str], Maps]
) -> Common | None:
    """Return what every card of one galaxy before one network shares."""
    from galaxy_core.explain.trust.agreement import WITNESSES

    keys = ("edges", *WITNESSES) if _case.network.layer_names else ("edges",)
    return _case.with_common({key: _map_of(key) for key in keys}).common


@st.cache_resource(max_entries=256, show_spinner=False)
def _kept_card(weights: str, shown: str, method: str, layer: str) -> list[TrustCard]:
    """Return where the complete card of that map is kept: empty until there is one."""
    return []


def known_card(
    stored: StoredModel, galaxy: OpenGalaxy, *, method: str, layer: str
) -> TrustCard | None:
    """Return the complete trust card of a map if it has been measured."""
    kept = _kept_card(weights_key(stored), galaxy.input_key, method, layer)
    return kept[0] if kept else None


def trust_cards(
    stored: StoredModel, ready: Network, galaxy: OpenGalaxy, *, method: str, layer: str
) -> Iterator[TrustCard]:
    """Yield the trust card of a map as it fills in; at once if it has been measured before.

    Raises
    ------
    ExplanationError
        As ``explain``.
    """
    from galaxy_core.explain.methods import find_method
    from galaxy_core.explain.trust.assess import Case, assess
    from galaxy_core.explain.trust.place import find_regions

    found = find_method(method)
    weights = weights_key(stored)
    kept = _kept_card(weights, galaxy.input_key, method, layer)
    if kept:
        yield kept[0]
        return
    network = explained(stored, ready)
    regions = find_regions(galaxy.cutout.pixels, galaxy.framing, size_px=stored.card.input_size_px)
    case = Case(network, galaxy.pixels, layer or None, 0, regions)

    def map_of(key: str) -> Maps:  # the page shows them all, so they are there or soon needed
        last = network.default_layer if find_method(key).needs_layer else ""
        return explanation(stored, ready, galaxy, method=key, layer=last).on_input()[0]

    square = f"{galaxy.key} {galaxy.framing.box_px}"
    common = _common(weights, galaxy.input_key, square, case, map_of)
    shown = explanation(stored, ready, galaxy, method=method, layer=layer)
    for card in assess(found, replace(case, common=common), found=shown):
        if card.is_complete:
            kept.append(card)
        yield card


def lab(galaxy: OpenGalaxy, *, reframe: bool) -> Lab:
    """Return the what-if lab for the galaxy on the page."""
    square = ",".join(f"{edge:.3f}" for edge in galaxy.framing.box_px)
    return _lab(galaxy.key, square, galaxy.pixels.shape[0], reframe, galaxy)


@st.cache_resource(max_entries=24, show_spinner=False)
def _lab(key: str, square: str, size_px: int, reframe: bool, _galaxy: OpenGalaxy) -> Lab:
    return set_up(_galaxy, reframe=reframe)


def lab_key(stored: StoredModel, lab: Lab) -> str:
    """Return what names the weights of a network and the galaxy in the lab, before changes."""
    square = ",".join(f"{edge:.3f}" for edge in lab.galaxy.framing.box_px)
    return f"{weights_key(stored)} {lab.galaxy.key} {square} {lab.reframe}"


def curve(
    stored: StoredModel,
    lab: Lab,
    recipe: tuple[Change, ...],
    knob: str,
    *,
    may_load: bool,
) -> npt.NDArray[np.float64] | None:
    """Return a network's probability along a knob; None where nobody has worked it out yet.

    Then the network is asked for, if it may. Curves are kept, so that no more networks need be
    in memory at once than ``caches.network`` holds: a page that waited for all of a large
    store at the same time would wait for ever.
    """
    kept = _kept_curve(lab_key(stored, lab), encode_changes(recipe), knob)
    if not kept:
        if not may_load:
            return None
        future = caches.network(stored)
        if not future.done() or future.exception() is not None:
            return None
        pictures = lab.along(recipe, knob).pictures
        kept.append(lab.probabilities(future.result().classifier, pictures))
    return kept[0]


@st.cache_resource(max_entries=1024, show_spinner=False)
def _kept_curve(key: str, recipe: str, knob: str) -> list[npt.NDArray[np.float64]]:
    """Return where that curve is kept: empty until there is one."""
    return []


def ablation(stored: StoredModel, ready: Network, galaxy: OpenGalaxy, layer: str) -> Ablation:
    """Return what switching off each filter of a layer does to this galaxy's logit."""
    network = explained(stored, ready)
    return _ablation(weights_key(stored), galaxy.input_key, layer, network, galaxy)


@st.cache_resource(max_entries=64, show_spinner=False)
def _ablation(
    weights: str, shown: str, layer: str, _network: Explained, _galaxy: OpenGalaxy
) -> Ablation:
    from galaxy_core.explain.filters import ablate

    return ablate(_network, _galaxy.pixels[None], layer)


def kernels(stored: StoredModel, ready: Network, layer: str) -> FloatImage:
    """Return the kernels of a layer, (kh, kw, channels, K)."""
    from galaxy_core.explain.filters import kernels as kernels_of

    return kernels_of(explained(stored, ready), layer)


def without(
    stored: StoredModel, ready: Network, galaxy: OpenGalaxy, layer: str, off: tuple[int, ...]
) -> tuple[float, float]:
    """Return logit and calibrated probability with some filters of a layer switched off.

    Raises
    ------
    ExplanationError
        If there is no such filter.
    """
    from galaxy_core.cnn.calibration import calibrated_probability
    from galaxy_core.explain.filters import logits_without

    network = explained(stored, ready)
    logit = float(logits_without(network, galaxy.pixels[None], layer, off)[0])
    return logit, float(calibrated_probability(logit, stored.card.temperature))


def filter_study(stored: StoredModel, ready: Network, layer: str) -> FilterStudy:
    """Return dead and double filters of a layer and their favourites, over the samples."""
    return _filter_study(weights_key(stored), layer, _sample_keys(), explained(stored, ready))


def _sample_keys() -> tuple[str, ...]:
    return tuple(sample.key for sample in caches.samples()[0][:MOST_SAMPLES])


@st.cache_resource(max_entries=12, show_spinner=False)
def _filter_study(
    weights: str, layer: str, keys: tuple[str, ...], _network: Explained
) -> FilterStudy:
    from galaxy_core.explain.filters import exciting_patches, take_census

    inputs, titles = _framed_samples(keys, _network.size_px)
    census = take_census(_network, inputs, layer)
    patches = exciting_patches(_network, inputs, layer, per_filter=4)
    return FilterStudy(inputs, titles, census, patches)


def _framed_samples(keys: tuple[str, ...], size_px: int) -> tuple[FloatImage, tuple[str, ...]]:
    """Return the samples that can be read as a network sees them, and what they are called."""
    pictures, titles = [], []
    named = {sample.key: sample.title for sample in caches.samples()[0]}
    for key in keys:
        try:
            cutout = caches.sample_cutout(key)
        except GalaxyError:
            continue  # opening it says why
        framing = caches.found_framing(f"sample {key}", cutout)
        pictures.append(cut_out(cutout.pixels, framing, size_px=size_px))
        titles.append(named.get(key, key))
    return np.stack(pictures), tuple(titles)


@st.cache_resource(max_entries=4, show_spinner=False)
def measure_spreads(size_px: int) -> dict[str, float]:
    """Return the standard deviation of each hand-crafted measure among the samples.

    NaN where fewer than two samples have the measure.
    """
    from galaxy_core.morphology.measures import MEASURES, measure_all

    framed, _ = _framed_samples(_sample_keys(), size_px)
    taken = np.array([measure_all(square).as_vector() for square in framed])
    spreads = {}
    for name, values in zip(MEASURES, taken.T):
        known = values[np.isfinite(values)]
        spreads[name] = float(known.std(ddof=1)) if known.size > 1 else float("nan")
    return spreads


def favourite(stored: StoredModel, ready: Network, layer: str, index: int) -> FloatImage:
    """Return what a filter would like best to see, (S, S, 3); slow the first time."""
    return _favourite(weights_key(stored), layer, index, explained(stored, ready))


@st.cache_resource(max_entries=256, show_spinner=False)
def _favourite(weights: str, layer: str, index: int, _network: Explained) -> FloatImage:
    from galaxy_core.explain.activation_maximisation import favourite_inputs

    return favourite_inputs(_network, layer, [index])[0]


def ranking(stored: StoredModel) -> MethodRanking | None:
    """Return how the methods do over a sample for this network; None if nobody measured it.

    Raises
    ------
    ExplanationError
        If the file is damaged.
    """
    from galaxy_core.explain.ranking_files import find_ranking

    return find_ranking(stored, caches.settings().data_dir)
