"""Waiting: backoff grows and is bounded; Retry-After is read in both of its forms."""

import random
from datetime import UTC, datetime

import pytest

from galaxy_core.archives.patience import Patience, backoff_s, retry_after_s

NOW = datetime(2026, 11, 22, 20, 0, 0, tzinfo=UTC)


def test_backoff_doubles_its_bound_and_stops_at_the_longest():
    patience = Patience(backoff_s=1.0, longest_backoff_s=5.0)
    longest = [
        max(backoff_s(patience, failures, random.Random(seed)) for seed in range(300))
        for failures in (1, 2, 3, 4, 9)
    ]
    assert longest == pytest.approx([1, 2, 4, 5, 5], rel=0.05)


def test_backoff_has_jitter():
    pauses = {backoff_s(Patience(), 3, random.Random(seed)) for seed in range(20)}
    assert len(pauses) == 20


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("Sun, 22 Nov 2026 20:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 19:00:00 GMT", 0.0),
        ("99999999999999999999", float("inf")),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5e3", None),
        ("٣", None),
    ],
)
def test_retry_after(header, seconds):
    assert retry_after_s(header, now=NOW) == seconds
