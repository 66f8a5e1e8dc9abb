"""Numbers and verdicts in words."""

import subprocess
import sys
from pathlib import Path

import pytest

from galaxy_core.cnn.answer import Answer
from galaxy_core.cnn.verdict import Verdict
from pages.shared import wording

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.93, "93 %"),
        (0.5, "50 %"),
        (0.9999998, "> 99.9 %"),
        (0.9985, "99 %"),
        (0.0004, "< 0.1 %"),
        (0.002, "1 %"),
        (1.0, "> 99.9 %"),
        (0.0, "< 0.1 %"),
    ],
)
def test_percent_never_says_more_than_is_known(probability, text):
    assert wording.percent(probability) == text


@pytest.mark.parametrize(
    ("probability", "verdict", "sentence"),
    [
        (0.93, Verdict.SPIRAL, "The network sees a spiral, fairly sure."),
        (0.995, Verdict.SPIRAL, "The network sees a spiral, almost certainly."),
        (0.7, Verdict.SPIRAL, "The network leans towards a spiral."),
        (0.07, Verdict.ELLIPTICAL, "The network sees an elliptical, fairly sure."),
        (0.5, Verdict.UNCERTAIN, "The network cannot tell: it could be either."),
        (0.99, Verdict.NOT_TRUSTED, "The network’s answer should not be trusted here."),
    ],
)
def test_verdict_comes_as_a_sentence(probability, verdict, sentence):
    answer = Answer(0.0, probability, (probability,), verdict)
    assert wording.verdict_sentence(answer) == sentence


def test_spread_names_both_ends_or_says_that_all_agree():
    apart = Answer(0.0, 0.9, (0.88, 0.96) * 4, Verdict.SPIRAL)
    assert wording.spread(apart) == "88 % to 96 % over 8 rotations and flips"
    together = Answer(0.0, 0.9, (0.9,) * 8, Verdict.SPIRAL)
    assert wording.spread(together) == "90 % in all 8 rotations and flips"


def test_logit_has_a_sign_of_its_own():
    assert wording.signed(-1.234) == "−1.23"
    assert wording.signed(2.2) == "+2.20"


def test_comparing_verdicts_brings_no_solver_along():
    """Words are drawn at the first paint, which must not wait for a second of imports."""
    code = "import pages.shared.panels.answer, sys; print('scipy.optimize' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
