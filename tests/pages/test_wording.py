"""Numbers and verdicts in words."""

import pytest

from galaxy_core.cnn.answer import Answer, Verdict
from pages.shared import wording


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
