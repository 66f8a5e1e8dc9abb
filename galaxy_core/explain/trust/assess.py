"""Fill in the trust card of one galaxy and one method, step by step.

Each step yields the card with one measure more, so that a page can draw it as it comes. What
does not depend on the method is measured once for all of them (``Common``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Explanation, Maps
from galaxy_core.explain.method import Method
from galaxy_core.explain.methods import explain
from galaxy_core.explain.network import Network
from galaxy_core.explain.trust.agreement import WITNESSES, measure_agreement
from galaxy_core.explain.trust.card import TrustCard
from galaxy_core.explain.trust.drawn import drawn_galaxies
from galaxy_core.explain.trust.faithfulness import (
    Faithfulness,
    Reference,
    measure_faithfulness,
    measure_reference,
)
from galaxy_core.explain.trust.learning import Learning, measure_learning
from galaxy_core.explain.trust.place import Regions, measure_place
from galaxy_core.explain.trust.ranks import spearman
from galaxy_core.explain.trust.reliance import Reliance, logit_scale, measure_reliance
from galaxy_core.explain.trust.sanity import Sanity, measure_sanity
from galaxy_core.explain.trust.stability import (
    BRIEF,
    QUICK,
    THOROUGH,
    Stability,
    Variation,
    measure_stability,
)

# A card is to be there in a second and a half on two cores, which is some 1,200 passes of the
# shipped networks. Maps that cost much are therefore repeated less often: with fewer steps of
# the cascade (the last, which alone is judged, always), fewer more networks of noise after it
# and fewer changes of each kind (one of every kind, always).
# (most passes a map, steps of the cascade, repeats of its last, changes)
_EFFORTS: tuple[tuple[float, int, int, tuple[Variation, ...]], ...] = (
    (70, 4, 3, THOROUGH),
    (100, 2, 2, QUICK),
    (np.inf, 1, 1, BRIEF),
)


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """What every card of one galaxy before one network shares.

    Parameters
    ----------
    reference : Reference
        Deletion and insertion curves in random order and from the centre.
    learning : Learning
        How the network compares with networks of noise.
    reliance : Reliance or None
        Whether the answer hangs on the galaxy; None where nobody knows where that is.
    witnesses : mapping of str to ndarray, shape (S, S)
        Maps of the methods that others are compared with, by key.
    edges : ndarray, shape (S, S)
        The edge detector's map.
    """

    reference: Reference
    learning: Learning
    reliance: Reliance | None
    witnesses: Mapping[str, Maps]
    edges: Maps


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One galaxy before one network.

    Parameters
    ----------
    network : Network
        The network.
    picture : ndarray, shape (S, S, 3), float32
        The framed galaxy in [0, 1].
    layer : str or None
        For methods that need one; None: the last convolution layer.
    seed : int
        Of everything that is drawn.
    regions : Regions or None
        What is where on the input; without it the place of the evidence is not measured.
    common : Common or None
        What does not depend on the method (``with_common``), if several are to be assessed.
    """

    network: Network
    picture: FloatImage
    layer: str | None = None
    seed: int = 0
    regions: Regions | None = None
    common: Common | None = None

    def with_common(self, known: Mapping[str, Maps] = MappingProxyType({})) -> Case:
        """Return this case with what all methods share measured.

        Parameters
        ----------
        known : mapping of str to ndarray, shape (S, S)
            Signed maps of this galaxy that are there already, by key of their method, those
            that need a layer of the last one: they are not computed again.
        """
        if self.common is not None:
            return self
        return replace(self, common=_measure_common(self, known))

    def explain(self, method: Method) -> Explanation:
        """Return the map of one method for this galaxy, raising as ``explain`` does."""
        return explain(method, self.network, self.picture[None], layer=self.layer, seed=self.seed)


def assess(method: Method, case: Case, *, found: Explanation | None = None) -> Iterator[TrustCard]:
    """Yield the trust card of one map as it fills in; the last one is complete.

    Parameters
    ----------
    method : Method
        Which explanation.
    case : Case
        Of which galaxy and network.
    found : Explanation, optional
        The map itself, if it is there already (of one galaxy, of this layer and seed).

    Raises
    ------
    ExplanationError
        As ``explain`` does.
    """
    whole = found or case.explain(method)
    logit = case.network.logits(case.picture[None])
    true_map = whole.on_input()[0]
    card = TrustCard(
        method=method.key,
        layer=whole.layer,
        is_control=method.is_control,
        logit=float(logit[0]),
        blank_reason=whole.reasons[0],
    )
    if card.blank_reason:  # what the answer hangs on is asked of the network, not of the map
        known = case.common
        reliance = known.reliance if known else _reliance(case, _spread(case.network))
        yield replace(card, reliance=reliance, is_complete=True)
        return
    if case.regions is not None:
        card = replace(card, place=measure_place(true_map, case.regions))
    yield card
    at_last = whole.layer in ("", *case.network.layer_names[-1:])
    common = case.common or _measure_common(case, {method.key: true_map} if at_last else {})
    card = replace(card, reliance=common.reliance, learning=common.learning)
    card = replace(card, edge_correlation=spearman(np.abs(true_map), common.edges))
    card = replace(card, agreement=measure_agreement(method.key, true_map, common.witnesses))
    card = replace(card, faithfulness=_faithfulness(case, common, whole.towards(logit)[0]))
    yield card
    cost = method.cost(case.network, case.layer)
    _, steps, repeats, variations = next(effort for effort in _EFFORTS if cost <= effort[0])
    card = replace(card, sanity=_sanity(method, case, true_map, steps, repeats))
    yield card
    stability = _stability(method, case, true_map, variations)
    yield replace(card, stability=stability, is_complete=True)


def trust_card(method: Method, case: Case, *, found: Explanation | None = None) -> TrustCard:
    """Return the complete trust card of one map; parameters as ``assess``."""
    *_, card = assess(method, case, found=found)
    return card


def _measure_common(case: Case, known: Mapping[str, Maps]) -> Common:
    network, picture = case.network, case.picture

    def plane(key: str) -> Maps:
        if key in known:
            return known[key]
        layer = network.default_layer if network.layer_names else None
        return explain(key, network, picture[None], layer=layer, seed=case.seed).on_input()[0]

    learning = measure_learning(network, picture, seed=case.seed)
    return Common(
        reference=measure_reference(network.logits, picture, seed=case.seed),
        learning=learning,
        reliance=_reliance(case, learning.spread),
        witnesses={key: plane(key) for key in WITNESSES if network.layer_names},
        edges=plane("edges"),
    )


def _spread(network: Network) -> float:
    return float(np.std(network.logits(drawn_galaxies(network.size_px)).astype(np.float64)))


def _reliance(case: Case, spread: float) -> Reliance | None:
    """Ask on what the answer hangs; None where framing found no galaxy."""
    if case.regions is None:
        return None
    _, gradients = case.network.input_gradients(case.picture[None])
    return measure_reliance(
        case.network.logits,
        case.picture,
        case.regions.galaxy,
        gradients[0],
        scale=logit_scale(spread),
    )


def _faithfulness(case: Case, common: Common, evidence: Maps) -> Faithfulness:
    return measure_faithfulness(
        case.network.logits, case.picture, evidence, seed=case.seed, reference=common.reference
    )


def _sanity(method: Method, case: Case, true_map: Maps, steps: int, repeats: int) -> Sanity:
    return measure_sanity(
        method.for_repeats(),
        case.network,
        case.picture,
        true_map,
        layer=case.layer,
        seed=case.seed,
        steps=steps,
        repeats=repeats,
    )


def _stability(
    method: Method, case: Case, true_map: Maps, variations: tuple[Variation, ...]
) -> Stability:
    again = method.for_repeats()

    def explain_pictures(pictures: FloatImage) -> tuple[Maps, npt.NDArray[np.float32]]:
        found = explain(again, case.network, pictures, layer=case.layer, seed=case.seed)
        return found.on_input(), case.network.logits(pictures)

    return measure_stability(
        explain_pictures, case.picture, true_map, seed=case.seed, variations=variations
    )
