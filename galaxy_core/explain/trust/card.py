"""The trust card: the measures of one map, what they amount to, and the verdict.

Nothing is measured here; how each measure is graded stands in ``grades``. How the rules separate
(2026-11-26, as ``python -m benchmarks trust`` with 10 of its simulated and 14 of its real
galaxies, 12 spirals and 12 ellipticals):

- Four networks of noise, 9 methods, 144 maps: none stands up, none is weak; galaxies moved none
  of them over 1.6 times as far as other noise. The shipped ones: 22 times and more. Of freshly
  built networks of either architecture, and of 15 small ones as people bring along, none either.
- A network trained on a lit corner pixel: given away in 72 of 72 cards where it is lit and in 72
  of 72 where it is dark. Shipped networks: no false alarm in 432.
- Teaching network, maps that stand up, of 12 spirals and of 12 ellipticals: gradient saliency 11
  and 9, SmoothGrad 9 and 7, RISE 9 and 4, LayerCAM 9 and 3, occlusion 4 and 6, Grad-CAM++ 4 and
  2, Grad-CAM 2 and 0, Score-CAM 1 and 0, Integrated Gradients none (weak for 11 and 3, as the
  places it marks are the picture's).
- Research network: Grad-CAM++ 9 and 8, Grad-CAM, LayerCAM and SmoothGrad 9 and 7, RISE 5 and 6,
  gradient saliency 1 and 6, occlusion 4 and 2, Score-CAM 1 and 1, Integrated Gradients none
  (weak for 11 and 3).

What stands up shows what the network used, not that it is right: of a network that has learnt
random labels by heart 7 of 54 maps do (galaxies move it 100 times as far as noise).

An elliptical is called one for what it has not, so there is often little for a map to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from galaxy_core.explain.trust.agreement import Agreement
from galaxy_core.explain.trust.faithfulness import Faithfulness
from galaxy_core.explain.trust.grades import (
    Finding,
    Grade,
    grade_agreement,
    grade_edges,
    grade_faithfulness,
    grade_learning,
    grade_sanity,
    grade_stability,
)
from galaxy_core.explain.trust.learning import Learning
from galaxy_core.explain.trust.place import Place
from galaxy_core.explain.trust.reliance import Reliance
from galaxy_core.explain.trust.sanity import Sanity
from galaxy_core.explain.trust.stability import Stability


class Belief(StrEnum):
    """Whether a map deserves belief."""

    STANDS_UP = "stands up"
    WEAK = "weak"
    DOES_NOT_STAND_UP = "does not stand up"


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
            found.append(grade_edges(self.edge_correlation))
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
            # A map may lie on the galaxy while the answer does not hang on it: then it is the
            # answer that is given away, and the sentence may not speak for the map.
            measured = self.reliance or self.place
            subject = "answer hangs on what lies" if self.reliance else "evidence lies"
            text += f" Careful: the {subject} off the galaxy."
            text += f" {measured.sentence()}" if measured is not None else ""
        return text

    def place_verdict(self) -> str:
        """Return in a few words what is off the galaxy: the answer's cause, the map, or nothing.

        A faithful map of a sound network may still lie off the galaxy, and the map of a
        network with a shortcut on it; they are told apart.
        """
        if self.gives_network_away:
            return "off the galaxy"
        if self.place is not None and self.place.off_galaxy:
            return "map off the galaxy"
        return "on the galaxy"

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
