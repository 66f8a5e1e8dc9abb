"""Fill in the trust card of one galaxy and one method, step by step.

Each step yields the card with one measure more, so that a page can draw it as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.explanation import Maps
from galaxy_core.explain.methods import Method, explain
from galaxy_core.explain.network import Network
from galaxy_core.explain.trust.card import TrustCard
from galaxy_core.explain.trust.faithfulness import (
    Faithfulness,
    Reference,
    measure_faithfulness,
    measure_reference,
)
from galaxy_core.explain.trust.place import Regions, measure_place
from galaxy_core.explain.trust.ranks import spearman
from galaxy_core.explain.trust.sanity import Sanity, measure_sanity
from galaxy_core.explain.trust.stability import QUICK, THOROUGH, Stability, measure_stability

# A method that costs over a hundred passes a map gets fewer variations and steps, so that its
# card, too, is there in a second or two.
COSTLY_PASSES = 100


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
    reference : Reference or None
        The curves that do not depend on the method (``with_reference``), if several methods
        are to be assessed.
    """

    network: Network
    picture: FloatImage
    layer: str | None = None
    seed: int = 0
    regions: Regions | None = None
    reference: Reference | None = None

    def with_reference(self) -> Case:
        """Return this case with its reference curves measured."""
        if self.reference is not None:
            return self
        found = measure_reference(self.network.logits, self.picture, seed=self.seed)
        return replace(self, reference=found)


def assess(method: Method, case: Case) -> Iterator[TrustCard]:
    """Yield the trust card of one map as it fills in; the last one is complete.

    Raises
    ------
    ExplanationError
        As ``explain`` does.
    """
    whole = explain(method, case.network, case.picture[None], layer=case.layer, seed=case.seed)
    logit = case.network.logits(case.picture[None])
    true_map = whole.on_input()[0]
    card = TrustCard(
        method=method.key,
        layer=whole.layer,
        is_control=method.is_control,
        logit=float(logit[0]),
        blank_reason=whole.reasons[0],
    )
    if card.blank_reason:
        yield replace(card, is_complete=True)
        return
    if case.regions is not None:
        card = replace(card, place=measure_place(true_map, case.regions))
    card = replace(card, edge_correlation=_edge_correlation(case, true_map))
    yield card
    card = replace(card, faithfulness=_faithfulness(case, whole.towards(logit)[0]))
    yield card
    card = replace(card, sanity=_sanity(method, case, true_map))
    yield card
    yield replace(card, stability=_stability(method, case, true_map), is_complete=True)


def trust_card(method: Method, case: Case) -> TrustCard:
    """Return the complete trust card of one map."""
    *_, card = assess(method, case)
    return card


def _faithfulness(case: Case, evidence: Maps) -> Faithfulness:
    return measure_faithfulness(
        case.network.logits, case.picture, evidence, seed=case.seed, reference=case.reference
    )


def _sanity(method: Method, case: Case, true_map: Maps) -> Sanity:
    return measure_sanity(
        method,
        case.network,
        case.picture,
        true_map,
        layer=case.layer,
        seed=case.seed,
        steps=2 if method.passes > COSTLY_PASSES else 4,
    )


def _stability(method: Method, case: Case, true_map: Maps) -> Stability:
    def explain_pictures(pictures: FloatImage) -> tuple[Maps, npt.NDArray[np.float32]]:
        found = explain(method, case.network, pictures, layer=case.layer, seed=case.seed)
        return found.on_input(), case.network.logits(pictures)

    variations = QUICK if method.passes > COSTLY_PASSES else THOROUGH
    return measure_stability(
        explain_pictures, case.picture, true_map, seed=case.seed, variations=variations
    )


def _edge_correlation(case: Case, true_map: Maps) -> float:
    edges = explain("edges", case.network, case.picture[None]).on_input()[0]
    return spearman(np.abs(true_map), edges)
