"""How each measure of a map is graded: the rules and their thresholds, one function a measure.

Nothing is measured here. How well the rules separate stands in ``card``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from galaxy_core.explain.trust.agreement import Agreement
from galaxy_core.explain.trust.faithfulness import JUDGED, Faithfulness
from galaxy_core.explain.trust.learning import Learning
from galaxy_core.explain.trust.sanity import Sanity
from galaxy_core.explain.trust.stability import Stability

# How far a fresh network is moved has a long tail where layers are many or small: of 40 of the
# research architecture two reach 6 and 7 times what noise does. Trained for ten epochs on 192
# pictures the shipped architectures reach 25 to 210, and what is below 10 on the way there still
# classifies by chance. The shipped networks: 23 and more, 3700 and more.
OVER_NOISE = 10.0
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


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure in a word, a grade and a sentence."""

    name: str
    grade: Grade
    sentence: str


def grade_faithfulness(measured: Faithfulness) -> Finding:
    """Return the grade of deletion and insertion, over the blurred and the mean baseline.

    Bad where the gap between the curves is within 1.6 times its spread for random orders; weak
    where it is less than half of what marking the centre of the frame gives. (Evidence that
    does lie in the centre, as an elliptical's, gives no more than the centre.)
    """
    gap = float(np.mean([measured.gap(key) for key in JUDGED]))
    chance = RANDOM_SPREADS * float(np.mean([measured.random_spread(key) for key in JUDGED]))
    centre = float(np.mean([measured.centre_gap(key) for key in JUDGED]))
    area = f" Over the whole curves its order is worth {gap:+.2f} in area, a random one"
    area += f" up to {chance:.2f}"
    if gap <= chance:
        grade, words = Grade.BAD, f"{area}: no more than chance."
    elif gap < OF_CENTRE * centre:
        words = f"{area}; but marking the centre of the frame would do better: {centre:+.2f}."
        grade = Grade.WEAK
    else:
        grade, words = Grade.GOOD, f"{area}."
    return Finding("Faithfulness", grade, measured.sentence() + words.replace("-", "−"))


def grade_learning(measured: Learning) -> Finding:
    """Return whether galaxies move the network further than they move networks of noise.

    Bad where neither this galaxy nor drawn ones move it ten times as far: whatever the map
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


def grade_edges(correlation: float) -> Finding:
    """Return whether the map differs from what an edge detector draws; weak if it does not."""
    sentence = f"Its magnitude correlates {correlation:.2f} with a plain edge detector."
    sentence = sentence.replace("-", "−")
    return Finding("Edges", Grade.WEAK if correlation >= LIKE_EDGES else Grade.GOOD, sentence)
