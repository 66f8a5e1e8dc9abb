"""Methods against one another over a sample: which maps deserve belief for this network.

Simulated galaxies bring the truth along (where the arms are), real ones the trust measures
alone. Every number has a bootstrap interval, every method is compared with the edge detector on
the same galaxies. Knows no command line; nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import Mask
from galaxy_core.errors import ExplanationError
from galaxy_core.explain.method import Method
from galaxy_core.explain.methods import METHODS
from galaxy_core.explain.network import Network
from galaxy_core.explain.ranking_samples import RankingSample
from galaxy_core.explain.ranking_scores import (
    CONTROL,
    HEADLINE,
    MEASURES,
    Estimate,
    MethodRanking,
    MethodScore,
)
from galaxy_core.explain.trust.assess import Case, trust_card
from galaxy_core.explain.trust.card import Belief, TrustCard
from galaxy_core.explain.trust.faithfulness import JUDGED, Baseline

RESAMPLES = 1000
Progress = Callable[[int, int, str], None]


def rank_methods(
    network: Network,
    samples: Sequence[RankingSample],
    *,
    methods: Sequence[str] = tuple(METHODS),
    layers: Sequence[str] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> MethodRanking:
    """Return how the methods do over a sample.

    Parameters
    ----------
    network : Network
        The network they explain.
    samples : sequence of RankingSample
        The galaxies; at least 2.
    methods : sequence of str
        Keys; the edge detector is always run as well.
    layers : sequence of str, optional
        Where methods that need a layer are taken; ``usual_layers`` if not given.
    seed : int
        Of everything that is drawn.
    progress : callable, optional
        Called with (done, total, what) after each galaxy and method.

    Raises
    ------
    ExplanationError
        If there are fewer than 2 galaxies, or no such method or layer.
    """
    if len(samples) < 2:
        raise ExplanationError(f"A ranking needs at least 2 galaxies, got {len(samples)}.")
    keys = list(dict.fromkeys([CONTROL, *methods]))
    runs = [
        (METHODS[key], layer)
        for key in keys
        for layer in (_layers(network, layers) if METHODS[key].needs_layer else [None])
    ]
    rows: dict[tuple[str, str], list[dict[str, float]]] = {}
    for number, sample in enumerate(samples):
        # A seed of its own: one random map that happens to fit must not fit all galaxies.
        case = Case(network, sample.picture, None, seed + number, sample.regions).with_common()
        for step, (method, layer) in enumerate(runs):
            row = _measure(method, layer, case, sample)
            rows.setdefault((method.key, layer or ""), []).append(row)
            if progress is not None:
                done = number * len(runs) + step + 1
                progress(done, len(samples) * len(runs), f"{method.title} on {sample.name}")
    edges = [row[HEADLINE] for row in rows[CONTROL, ""]]
    scores = [_score(key, layer, found, edges, seed) for (key, layer), found in rows.items()]
    scores.sort(key=lambda score: -score.measures[HEADLINE].mean)
    digest = network.classifier.card.weights_sha256
    real = sum(sample.is_real for sample in samples)
    return MethodRanking(network.name, len(samples), seed, tuple(scores), digest, real)


def bootstrap(values: npt.ArrayLike, *, seed: int) -> Estimate:
    """Return the mean of values (N,) with its 95% percentile bootstrap interval."""
    sample = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(seed)
    drawn = sample[rng.integers(0, sample.size, (RESAMPLES, sample.size))].mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(float(sample.mean()), float(low), float(high), int(sample.size))


def usual_layers(network: Network) -> tuple[str, ...]:
    """Return the first, the middle and the last convolution layer, each once.

    All eight of the research network would make a ranking take over twice as long.
    """
    names = network.layer_names
    return tuple(dict.fromkeys((*names[:1], *names[len(names) // 2 :][:1], *names[-1:])))


def _layers(network: Network, layers: Sequence[str] | None) -> list[str]:
    return [network.resolve_layer(name) for name in layers or usual_layers(network)]


def _measure(
    method: Method, layer: str | None, case: Case, sample: RankingSample
) -> dict[str, float]:
    """Every measure that this galaxy can give, by name."""
    case = replace(case, layer=layer)
    found = case.explain(method)
    card = trust_card(method, case, found=found)
    row = {"stands_up": float(card.belief is Belief.STANDS_UP), "gap": 0.0, "effect": 0.0}
    row["blank"] = float(bool(card.blank_reason))
    if card.blank_reason:
        return row
    row |= _trust_row(card)
    if sample.truth is not None and sample.truth.any() and sample.is_spiral is not None:
        evidence = found.towards(np.array([1.0 if sample.is_spiral else -1.0], dtype=np.float32))
        row |= measure_truth(evidence[0], sample.truth)
    return row


def _trust_row(card: TrustCard) -> dict[str, float]:
    row: dict[str, float] = {}
    if card.faithfulness is not None:
        own, by_chance = card.faithfulness.removal_effect(Baseline.BLUR)
        towards = -1.0 if card.logit < 0 else 1.0
        row["gap"] = float(np.mean([card.faithfulness.gap(key) for key in JUDGED]))
        row["effect"] = towards * (by_chance - own)
    if card.sanity is not None:
        row["left_over"] = card.sanity.left_over
    if card.stability is not None:
        row["stability"] = card.stability.lowest
    if card.place is not None:
        row["on_galaxy"] = card.place.galaxy
    return row


def measure_truth(evidence: npt.NDArray[np.float32], truth: Mask) -> dict[str, float]:
    """Return how evidence for the true class falls on its true component.

    Parameters
    ----------
    evidence : ndarray, shape (S, S)
        > 0 = for the true class.
    truth : ndarray, shape (S, S), bool
        The component; not empty.

    Returns
    -------
    dict
        ``pointing``: 1 if the peak lies on it (Zhang et al. 2018), else 0. ``mass``: share of
        the positive evidence on it. ``enrichment``: that over its share of the frame; 1 is
        chance.
    """
    positive = np.maximum(evidence, 0).astype(np.float64)
    total = float(positive.sum())
    mass = float(positive[truth].sum()) / total if total > 0 else 0.0
    hit = total > 0 and bool(truth.ravel()[int(positive.argmax())])
    return {"pointing": float(hit), "mass": mass, "enrichment": mass / float(truth.mean())}


def _score(
    key: str, layer: str, rows: list[dict[str, float]], edges: list[float], seed: int
) -> MethodScore:
    columns = {name: [row[name] for row in rows if name in row] for name in MEASURES}
    return MethodScore(
        method=key,
        layer=layer,
        measures={
            name: bootstrap(values, seed=seed) for name, values in columns.items() if values
        },
        over_edges=bootstrap(np.subtract([row[HEADLINE] for row in rows], edges), seed=seed),
        blank=int(sum(row["blank"] for row in rows)),
    )
