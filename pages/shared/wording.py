"""Numbers and verdicts in words, and the terms that a question mark explains. Pure.

The order is DESIGN.md's: first the sentence, then the number, never more digits than mean
something.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from galaxy_core.cnn.verdict import Verdict

if TYPE_CHECKING:
    from galaxy_core.cnn.answer import Answer

ALMOST_CERTAIN = 0.98
FAIRLY_SURE = 0.85

TERMS: Mapping[str, str] = MappingProxyType(
    {
        "network": (
            "A convolutional neural network (CNN) slides small patterns, its kernels, over a "
            "picture and learns from labelled galaxies which patterns matter. "
            "[LeCun et al. 2015](https://doi.org/10.1038/nature14539)"
        ),
        "probability": (
            "Calibrated: of a hundred galaxies that get 80 %, about eighty should be spirals. "
            "The network's own numbers are too sure of themselves, so they are rescaled with "
            "galaxies it never trained on. [Guo et al. 2017](https://arxiv.org/abs/1706.04599)"
        ),
        "uncalibrated": (
            "This network was brought along. Nobody measured here how often it is right when it "
            "says 80 %, so take its number as a score, not as a probability."
        ),
        "spread": (
            "A galaxy has no up or down, so the picture is also shown to the network rotated "
            "and mirrored: eight views. The probability rests on their mean; the band shows "
            "the lowest and the highest."
        ),
        "evidence": (
            "Where in the picture the network found its reasons. Blue speaks for a spiral, "
            "amber for an elliptical, clear for neither. Computed as Grad-CAM: each feature map "
            "is weighted by how much the answer would change with it. "
            "[Selvaraju et al. 2017](https://arxiv.org/abs/1610.02391)"
        ),
        "layer": (
            "The network looks in steps. Its first convolution layer reacts to edges and spots, "
            "later ones to larger shapes built from these."
        ),
        "logit": (
            "The network's answer before it is squeezed into a probability: 0 is undecided, "
            "positive is spiral, negative is elliptical; +2.2 is about 90 %, +4.6 about 99 %."
        ),
        "feature map": (
            "What one kernel made of the galaxy: bright where its pattern was found. "
            "The share is what the map added to the logit."
        ),
        "kernel": (
            "The small pattern of weights that slides over the picture: light weights ask for "
            "light there, dark ones for darkness."
        ),
        "framing": (
            "The network sees only the square: the galaxy, its sky subtracted and its "
            "brightness scaled. Found automatically; move it if it is wrong. Drag the square "
            "or its corner, or type numbers."
        ),
        "input": (
            "All the network ever sees: the square, shrunk to this many pixels. What cannot be "
            "seen here cannot have decided the answer."
        ),
    }
)


def percent(probability: float) -> str:
    """Return whole percent; beyond 99.9 % and below 0.1 % only that."""
    if probability > 0.999:
        return "> 99.9 %"
    if probability < 0.001:
        return "< 0.1 %"
    return f"{whole_percent(probability)} %"


def whole_percent(probability: float) -> int:
    """Return whole percent from 1 to 99: neither end is ever certain."""
    return min(max(round(100 * probability), 1), 99)


def spread(answer: Answer) -> str:
    """Return how far the orientations lie apart, in words."""
    low, high = (percent(value) for value in answer.probability_range)
    if len(answer.orientation_probabilities) < 2:
        return "one view of the picture"
    return (
        f"{low} in all 8 rotations and flips"
        if low == high
        else (f"{low} to {high} over 8 rotations and flips")
    )


def verdict_sentence(answer: Answer) -> str:
    """Return the answer as a newcomer would say it."""
    probability = answer.probability_spiral
    if answer.verdict is Verdict.NOT_TRUSTED:
        return "The network’s answer should not be trusted here."
    if answer.verdict is Verdict.UNCERTAIN:
        return "The network cannot tell: it could be either."
    kind = "a spiral" if probability >= 0.5 else "an elliptical"
    sureness = max(probability, 1 - probability)
    if sureness >= ALMOST_CERTAIN:
        return f"The network sees {kind}, almost certainly."
    if sureness >= FAIRLY_SURE:
        return f"The network sees {kind}, fairly sure."
    return f"The network leans towards {kind}."


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, as a logit is shown."""
    return f"{value:+.{digits}f}".replace("-", "−")
