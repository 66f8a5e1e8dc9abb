"""The trust card: the measures of one map, what they amount to, and the verdict.

The rules and their thresholds all stand here. Nothing is measured here. How they separate
(``python -m benchmarks trust`` measures it again; simulated and real galaxies):

- Four networks of noise, 9 methods, 108 maps: none stands up; galaxies moved none of them over
  2.3 times as far as other noise. The shipped ones: 18 times and more.
- A network trained on a lit corner pixel: given away in 40 of 40 cards where it is lit. Where it
  is dark, lighting it takes over 10 of the logit (``reliance``). Shipped networks: no false alarm.
- Teaching network, 22 spirals and 14 ellipticals, maps that stand up: gradient saliency 21 and 3,
  SmoothGrad 21 and 0, Score-CAM 12 and 0, occlusion 2 and 13, Grad-CAM 2 and 2; RISE and
  Integrated Gradients none (the last: weak for 18 spirals, as the places it marks are the
  picture's). Of 3 and 3 simulated: Grad-CAM++ 3 and 1, LayerCAM 2 and 0, and of four networks of
  noise 0 of 16 maps each (those two are judged by the map of the answer's class since then).
- Research network, 22 and 22: Grad-CAM 7 and 0 (weak for 10 and 17), saliency 5 and 3; of 13 and
  11: SmoothGrad 12 and 6, occlusion 3 and 7, Score-CAM 3 and 0, RISE and Integrated Gradients
  none.

An elliptical is called one for what it has not, so there is often little for a map to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from galaxy_core.explain.trust.agreement import Agreement
from galaxy_core.explain.trust.faithfulness import JUDGED, Faithfulness
from galaxy_core.explain.trust.learning import Learning
from galaxy_core.explain.trust.place import Place
from galaxy_core.explain.trust.reliance import Reliance
from galaxy_core.explain.trust.sanity import Sanity
from galaxy_core.explain.trust.stability import Stability

OVER_NOISE = 4.0
# Single random orders exceed it in 8 of 100 galaxies. Where one pixel decides, their gaps are
# evenly spread and no map could ever exceed 1.73 of their root mean square.
RANDOM_SPREADS = 1.6
OF_CENTRE = 0.5
LEFT_OVER_WEAK, LEFT_OVER_FAIL = 0.6, 0.75
STABLE, STABLE_ENOUGH = 0.6, 0.3
LIKE_EDGES = 0.8
AGREEING = 0.4


class Grade(StrEnum):
    """How one measure turned out."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"


class Belief(StrEnum):
    """Whether a map deserves belief."""

    STANDS_UP = "stands up"
    WEAK = "weak"
    DOES_NOT_STAND_UP = "does not stand up"


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure in a word, a grade and a sentence."""

    name: str
    grade: Grade
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class TrustCard:
    """What was measured about one map of one galaxy; steps not yet taken are None.

    Parameters
    ----------
    method, layer : str
        Key of the method; the layer it was taken at, or empty.
    is_control : bool
        Whether the method is a control, which never deserves belief.
    logit : float
        The network's answer.
    blank_reason : str
        Why the map is blank; empty if it is not.
    place, reliance, faithfulness, learning, sanity, stability, agreement : optional
        The measures. ``place`` and ``reliance`` stay None where framing found no galaxy.
    edge_correlation : float or None
        Spearman's correlation of |map| with a plain edge detector.
    is_complete : bool
        Whether every step has been taken.
    """

    method: str
    layer: str
    is_control: bool
    logit: float
    blank_reason: str = ""
    place: Place | None = None
    reliance: Reliance | None = None
    faithfulness: Faithfulness | None = None
    learning: Learning | None = None
    sanity: Sanity | None = None
    stability: Stability | None = None
    agreement: Agreement | None = None
    edge_correlation: float | None = None
    is_complete: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the measures taken so far amount to, one finding each."""
        found: list[Finding] = []
        if self.faithfulness is not None:
            found.append(grade_faithfulness(self.faithfulness))
        if self.learning is not None:
            found.append(grade_learning(self.learning))
        if self.sanity is not None:
            found.append(grade_sanity(self.sanity))
        if self.stability is not None:
            found.append(grade_stability(self.stability))
        if self.agreement is not None:
            found.append(grade_agreement(self.agreement))
        if self.edge_correlation is not None:
            found.append(_grade_edges(self.edge_correlation))
        return tuple(found)

    @property
    def belief(self) -> Belief | None:
        """The verdict on the map; None until every step has been taken.

        It does not stand up if it is blank, a control, or any finding is bad; it is weak if
        any finding is weak.
        """
        if self.blank_reason or self.is_control:
            return Belief.DOES_NOT_STAND_UP
        grades = {finding.grade for finding in self.findings}
        if Grade.BAD in grades:
            return Belief.DOES_NOT_STAND_UP
        if not self.is_complete:
            return None
        return Belief.WEAK if Grade.WEAK in grades else Belief.STANDS_UP

    @property
    def gives_network_away(self) -> bool:
        """Whether the answer hangs on what is around the galaxy (a shortcut, or a neighbour).

        Where that was not measured: whether the map lies off the galaxy.
        """
        if self.reliance is not None:
            return self.reliance.off_galaxy
        return self.place is not None and self.place.off_galaxy

    def headline(self) -> str:
        """Return the verdict in a few sentences; empty until there is one."""
        if self.belief is None:
            return ""
        if self.is_control:
            return "This is a control and knows nothing of the network: no evidence."
        text = f"This map {_BELIEF_WORDS[self.belief]}."
        if self.blank_reason:
            text = f"There is no map: {self.blank_reason}"
        elif self.belief is not Belief.STANDS_UP:
            worst = max(self.findings, key=lambda finding: _SEVERITY[finding.grade])
            text += f" {worst.sentence}"
        if self.gives_network_away:
            measured = self.reliance or self.place
            text += " Careful: the evidence lies off the galaxy."
            text += f" {measured.sentence()}" if measured is not None else ""
        return text

    def place_sentence(self) -> str:
        """Return on what the map lies and the answer hangs; empty if that was not measured."""
        parts = [measured.sentence() for measured in (self.place, self.reliance) if measured]
        return " ".join(parts)


_BELIEF_WORDS = {
    Belief.STANDS_UP: "stands up to its tests",
    Belief.WEAK: "is weak evidence",
    Belief.DOES_NOT_STAND_UP: "does not stand up",
}
_SEVERITY = {Grade.GOOD: 0, Grade.WEAK: 1, Grade.BAD: 2}


def grade_faithfulness(measured: Faithfulness) -> Finding:
    """Return the grade of deletion and insertion, over the blurred and the mean baseline.

    Bad where the gap between the curves is within 1.6 times its spread for random orders; weak
    where it is less than half of what marking the centre of the frame gives. (Evidence that
    does lie in the centre, as an elliptical's, gives no more than the centre.)
    """
    gap = float(np.mean([measured.gap(key) for key in JUDGED]))
    chance = RANDOM_SPREADS * float(np.mean([measured.random_spread(key) for key in JUDGED]))
    centre = float(np.mean([measured.centre_gap(key) for key in JUDGED]))
    if gap <= chance:
        words = (
            f" Over the whole curves the order of the map is worth {gap:+.2f} in area, a random "
            f"one up to {chance:.2f}: no more than chance."
        ).replace("-", "−")
        return Finding("Faithfulness", Grade.BAD, measured.sentence() + words)
    if gap < OF_CENTRE * centre:
        words = (
            f" Marking the centre of the frame would do better: {centre:+.2f} in area, the map "
            f"{gap:+.2f}."
        ).replace("-", "−")
        return Finding("Faithfulness", Grade.WEAK, measured.sentence() + words)
    return Finding("Faithfulness", Grade.GOOD, measured.sentence())


def grade_learning(measured: Learning) -> Finding:
    """Return whether galaxies move the network further than they move networks of noise.

    Bad where neither this galaxy nor drawn ones move it four times as far: whatever the map
    shows, a network that has learnt nothing could show as well.
    """
    if measured.over_noise > OVER_NOISE:
        return Finding("More than noise", Grade.GOOD, measured.sentence())
    words = " There is too little here to explain."
    return Finding("More than noise", Grade.BAD, measured.sentence() + words)


def grade_sanity(measured: Sanity) -> Finding:
    """Return the grade of what is left of the map on a network of noise.

    Bad where the map itself stays; weak where much of it does, or where only its signs
    follow the network and the places it marks are the picture's.
    """
    if measured.left_over >= LEFT_OVER_FAIL:
        words = " The method barely notices: it shows the picture, not the network."
        return Finding("Sanity", Grade.BAD, measured.sentence() + words)
    if measured.shape_left_over >= LEFT_OVER_FAIL:
        words = " Its signs follow the network, but the places it marks are the picture's."
        return Finding("Sanity", Grade.WEAK, measured.sentence() + words)
    grade = Grade.WEAK if measured.left_over >= LEFT_OVER_WEAK else Grade.GOOD
    return Finding("Sanity", grade, measured.sentence())


def grade_stability(measured: Stability) -> Finding:
    """Return the grade of the weakest kind of change."""
    lowest = measured.lowest
    if lowest < STABLE_ENOUGH:
        return Finding("Stability", Grade.BAD, measured.sentence())
    grade = Grade.GOOD if lowest >= STABLE else Grade.WEAK
    return Finding("Stability", grade, measured.sentence())


def grade_agreement(measured: Agreement) -> Finding:
    """Return whether other methods mark the same places; never bad, as they may be wrong."""
    if not measured.correlations:
        return Finding("Agreement", Grade.WEAK, "There is no other method to compare it with.")
    grade = Grade.GOOD if measured.middle >= AGREEING else Grade.WEAK
    return Finding("Agreement", grade, measured.sentence())


def _grade_edges(correlation: float) -> Finding:
    sentence = f"Its magnitude correlates {correlation:.2f} with a plain edge detector."
    sentence = sentence.replace("-", "−")
    return Finding("Edges", Grade.WEAK if correlation >= LIKE_EDGES else Grade.GOOD, sentence)
