"""The one word that an answer is called by.

Apart from ``answer``, which brings SciPy along: pages compare verdicts before the first paint.
"""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What the app says in one word."""

    SPIRAL = "Spiral"
    ELLIPTICAL = "Elliptical"
    UNCERTAIN = "Uncertain"
    NOT_TRUSTED = "Not trusted"
