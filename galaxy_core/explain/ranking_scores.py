"""What a ranking of methods says: estimates with intervals, scores, and their JSON.

Measures nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from galaxy_core.errors import ExplanationError
from galaxy_core.explain.methods import METHODS

CONTROL = "edges"
HEADLINE = "gap"
# Measures of which more is better; for the others (left_over, edges) less is.
MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "gap": "Insertion minus deletion area, logit",
        "effect": "Logit lost with the hottest 10%, beyond that of a random 10%",
        "left_over": "Correlation left on a network of noise",
        "stability": "Correlation under the worst harmless change",
        "on_galaxy": "Share of evidence on the galaxy",
        "pointing": "Peak on the true component",
        "mass": "Share of evidence on the true component",
        "enrichment": "That share over the component's share of the frame",
        "stands_up": "Maps that stand up",
    }
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over galaxies with its 95% bootstrap interval.

    Parameters
    ----------
    mean, low, high : float
        The mean and its interval.
    count : int
        Over how many galaxies.
    """

    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class MethodScore:
    """One method at one layer.

    Parameters
    ----------
    method, layer : str
        Its key; the layer, or empty.
    measures : mapping of str to Estimate
        By name in ``MEASURES``; those that no galaxy could give are missing.
    over_edges : Estimate
        Its gap minus the edge detector's, galaxy by galaxy.
    blank : int
        How many maps were blank; they count as gap 0 and stand up nowhere.
    """

    method: str
    layer: str
    measures: Mapping[str, Estimate]
    over_edges: Estimate
    blank: int

    @property
    def beats_edges(self) -> bool:
        """Whether it is surely better than the edge detector (the interval lies above 0)."""
        return self.over_edges.low > 0

    def sentence(self) -> str:
        """Return how it compares with the edge detector, in words."""
        title = METHODS[self.method].title
        if self.method == CONTROL:
            return f"{title}: what every other method has to beat."
        if self.beats_edges:
            return f"{title} is more faithful than an edge detector."
        return f"{title} is no more faithful than an edge detector that never saw the network."


@dataclass(frozen=True, slots=True)
class MethodRanking:
    """All methods for one network, the most faithful first.

    Parameters
    ----------
    model : str
        Name of the network.
    galaxies, seed : int
        Size of the sample; seed of everything drawn.
    scores : tuple of MethodScore
        Sorted by the mean of ``gap``.
    weights_sha256 : str
        Of which weights; empty where they have no hash.
    real : int
        How many of the galaxies are real ones, of which no truth is known.
    """

    model: str
    galaxies: int
    seed: int
    scores: tuple[MethodScore, ...]
    weights_sha256: str = ""
    real: int = 0

    def sample(self) -> str:
        """Return in words over what was measured."""
        simulated = self.galaxies - self.real
        known = f"{simulated} simulated galaxies with known arms, bars and bulges"
        if not self.real:
            return known
        return f"{known} and {self.real} real ones" if simulated else f"{self.real} real galaxies"

    def to_json(self) -> str:
        """Return everything as JSON, for the page and for whoever wants to check it."""
        scores = [
            {
                **asdict(replace(score, measures={})),
                "measures": {name: asdict(one) for name, one in score.measures.items()},
                "beats_edges": score.beats_edges,
                "sentence": score.sentence(),
            }
            for score in self.scores
        ]
        fields = {
            "model": self.model,
            "galaxies": self.galaxies,
            "real": self.real,
            "seed": self.seed,
            "weights_sha256": self.weights_sha256,
            "measures": dict(MEASURES),
            "scores": scores,
        }
        return json.dumps(fields, indent=1, ensure_ascii=False, allow_nan=False)


def ranking_from_json(text: str) -> MethodRanking:
    """Return the ranking that ``to_json`` wrote.

    Raises
    ------
    ExplanationError
        If it is none.
    """
    try:
        fields = json.loads(text)
        scores = tuple(
            MethodScore(
                method=str(own["method"]),
                layer=str(own["layer"]),
                measures={key: Estimate(**value) for key, value in own["measures"].items()},
                over_edges=Estimate(**own["over_edges"]),
                blank=int(own["blank"]),
            )
            for own in fields["scores"]
        )
        digest, real = str(fields.get("weights_sha256", "")), int(fields.get("real", 0))
        whole = (fields["model"], fields["galaxies"], fields["seed"], scores, digest, real)
        return MethodRanking(*whole)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ExplanationError(f"This is no ranking of methods: {error!r}") from error
