"""Logits and doubts -> an answer: the probability, one word, and why to be careful. Pure NumPy.

An answer is called ``Not trusted`` where any of three signals says that this is no galaxy the
network could know: a flag of the framing, the plausibility of the picture, the distance to
the training galaxies. The probability is given all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.cnn.calibration import calibrated_probability
from galaxy_core.cnn.card import ModelCard
from galaxy_core.cnn.reference import FAR_SENTENCE, Neighbour, Surroundings
from galaxy_core.cnn.verdict import Verdict
from galaxy_core.framing import FLAG_SENTENCES, FramingFlag
from galaxy_core.morphology.plausibility import Plausibility

_NOT_A_GALAXY = frozenset({FramingFlag.NO_GALAXY, FramingFlag.MANY_OBJECTS})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network says about one galaxy.

    Parameters
    ----------
    logit : float
        Mean over the orientations the card asks for; positive = spiral.
    probability_spiral : float
        Calibrated, in [0, 1].
    orientation_probabilities : tuple of float
        Calibrated probability of each of the eight rotations and flips (of the picture
        as it is alone, where only that was run); the first is the picture as it is.
    verdict : Verdict
        The word.
    warnings : tuple of str
        Sentences on why to be careful; the first says why where it is not trusted.
    nearest : tuple of Neighbour
        The training galaxies most like it, the nearest first; empty where the network has no
        reference.
    """

    logit: float
    probability_spiral: float
    orientation_probabilities: tuple[float, ...]
    verdict: Verdict
    warnings: tuple[str, ...] = ()
    nearest: tuple[Neighbour, ...] = ()

    @property
    def probability_range(self) -> tuple[float, float]:
        """Lowest and highest probability over the orientations."""
        return min(self.orientation_probabilities), max(self.orientation_probabilities)


def answer_from_logits(
    orientation_logits: npt.NDArray[np.float64],
    card: ModelCard,
    *,
    flags: Sequence[FramingFlag] = (),
    plausibility: Plausibility | None = None,
    around: Surroundings | None = None,
) -> Answer:
    """Return the answer that these logits of one galaxy, shape (K,), amount to.

    ``flags``, ``plausibility`` and ``around`` are the three signals that may take trust away;
    one that was not looked for takes none.
    """
    logit = float(orientation_logits[: card.orientations].mean())
    probability = float(calibrated_probability(logit, card.temperature))
    each = calibrated_probability(orientation_logits, card.temperature)
    reasons = reasons_against(flags, plausibility, around)
    careful = [FLAG_SENTENCES[flag] for flag in flags if flag not in _NOT_A_GALAXY]
    if (each > 0.5).any() and (each < 0.5).any():
        careful.append("The answer changes when the picture is rotated or mirrored.")
    low, high = card.uncertain_band
    if reasons:
        verdict = Verdict.NOT_TRUSTED
    elif low < probability < high:
        verdict = Verdict.UNCERTAIN
    else:
        verdict = Verdict.SPIRAL if probability >= 0.5 else Verdict.ELLIPTICAL
    nearest = () if around is None else around.nearest
    return Answer(
        logit, probability, tuple(map(float, each)), verdict, (*reasons, *careful), nearest
    )


def reasons_against(
    flags: Sequence[FramingFlag], plausibility: Plausibility | None, around: Surroundings | None
) -> list[str]:
    """Return a sentence for each signal that says this is no galaxy the network could know.

    Empty where the answer can be trusted. Where framing itself found no single galaxy, what
    else is strange about the picture adds nothing.
    """
    reasons = [FLAG_SENTENCES[flag] for flag in flags if flag in _NOT_A_GALAXY]
    if not reasons and plausibility is not None and plausibility.is_strange:
        reasons.append(plausibility.reason)
    if around is not None and around.is_strange:
        reasons.append(FAR_SENTENCE)
    return reasons
