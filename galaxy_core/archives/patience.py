"""How long to wait, how often to try again: numbers and pure functions, no clock of its own.

Backoff is exponential with full jitter, so that many clients that failed together do not come
back together; a server's ``Retry-After`` is honoured up to a bound.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """Every time limit of a request.

    Parameters
    ----------
    connect_s, read_s : float
        To connect, and between two pieces of an answer.
    attempt_s : float
        For one attempt as a whole: a server that drips slowly is given up.
    total_s : float
        For a request with all its attempts and pauses.
    attempts : int
        Rounds over the hosts; 1 means no second try.
    backoff_s, longest_backoff_s : float
        Mean doubles each round, up to the longest.
    longest_wait_s : float
        A ``Retry-After`` beyond it is not waited for.
    """

    connect_s: float = 8.0
    read_s: float = 20.0
    attempt_s: float = 40.0
    total_s: float = 120.0
    attempts: int = 4
    backoff_s: float = 0.5
    longest_backoff_s: float = 8.0
    longest_wait_s: float = 30.0


def backoff_s(patience: Patience, failures: int, dice: random.Random) -> float:
    """Return the pause after so many failures (1 or more): uniform in [0, backoff × 2ⁿ].

    "Full jitter" (M. Brooker, AWS Architecture Blog, 2015), bounded by ``longest_backoff_s``.
    """
    bound = min(patience.longest_backoff_s, patience.backoff_s * 2.0 ** (failures - 1))
    return dice.uniform(0.0, bound)


def retry_after_s(header: str | None, *, now: datetime | None = None) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for; None where it makes no sense.

    Parameters
    ----------
    header : str or None
        Seconds, or an HTTP date (RFC 9110, section 10.2.3). A past date is 0.
    now : datetime or None
        With time zone; None is the present.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else math.inf
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
