"""Where on the picture: a disc, strokes of a brush or a lasso, or a part of the galaxy by name.

Everything is in fractions of the picture's sides, so that it fits in a link and does not care
how large the picture is. Forms and their text only; which pixels they mean stands in
``regions``.
"""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from galaxy_core.errors import RecipeError

MOST_POINTS = 63
MOST_STROKES = 12
WIDEST = 0.5
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase + "-."
_LEVELS = len(_DIGITS) ** 2 - 1  # two digits a number: 1/4095 of a side is a sixteenth of a pixel
_PAINTED = "p."

Point = tuple[float, float]


class Part(StrEnum):
    """A part of the picture that is found, not drawn."""

    ARMS = "arms"
    BULGE = "bulge"
    NEIGHBOURS = "neighbours"


@dataclass(frozen=True, slots=True)
class Disc:
    """A disc of the picture.

    Parameters
    ----------
    y, x : float
        Centre, 0 to 1 from the top left corner.
    radius : float
        Of the shorter side, over 0 to 1.5.
    """

    y: float
    x: float
    radius: float

    def __post_init__(self) -> None:
        inside = 0 <= self.y <= 1 and 0 <= self.x <= 1 and 0 < self.radius <= 1.5
        if not inside:  # NaN fails as well
            raise RecipeError(
                "A region needs a centre from 0 to 1 and a radius over 0 and up to 1.5, got "
                f"({self.y}, {self.x}) and {self.radius}."
            )


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke of a brush, or the inside of one loop of a lasso.

    Parameters
    ----------
    points : tuple of (y, x)
        1 to 63 points from 0 to 1; a lasso has at least 3 and closes by itself. Held to
        steps of 1/4095, which is what a link carries.
    radius : float
        Of the brush, of the shorter side, up to 0.5; 0 for a lasso.
    """

    points: tuple[Point, ...]
    radius: float

    def __post_init__(self) -> None:
        least = 1 if self.radius > 0 else 3
        if not least <= len(self.points) <= MOST_POINTS or not 0 <= self.radius <= WIDEST:
            raise RecipeError(
                f"A stroke has {least} to {MOST_POINTS} points and a radius from 0 to {WIDEST}, "
                f"got {len(self.points)} points and a radius of {self.radius}."
            )
        if not all(0 <= value <= 1 for point in self.points for value in point):
            raise RecipeError("The points of a stroke lie from 0 to 1, from the top left corner.")
        stepped = tuple((_stepped(y), _stepped(x)) for y, x in self.points)
        object.__setattr__(self, "points", stepped)
        finest = 1 / _LEVELS if self.radius > 0 else 0.0  # a brush however fine is no lasso
        object.__setattr__(self, "radius", max(_stepped(self.radius), finest))


@dataclass(frozen=True, slots=True)
class Painted:
    """What 1 to 12 strokes cover together."""

    strokes: tuple[Stroke, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.strokes) <= MOST_STROKES:
            raise RecipeError(
                f"A painted region has 1 to {MOST_STROKES} strokes, got {len(self.strokes)}."
            )


Region = Disc | Painted | Part


def stroke_through(points: Sequence[Point], radius: float) -> Stroke:
    """Return the stroke through any number of points (y, x), thinned to what one may have.

    Points beyond the picture are moved to its edge, every n-th point is kept, and the last.

    Raises
    ------
    RecipeError
        If there are too few points, or a number is not finite.
    """
    if not all(math.isfinite(value) for point in points for value in point):
        raise RecipeError("The points of a stroke must be finite numbers.")
    step = max(1, -(-(len(points) - 1) // (MOST_POINTS - 1)))
    kept = [*points[:-1:step], *points[-1:]]
    held = tuple((min(max(y, 0.0), 1.0), min(max(x, 0.0), 1.0)) for y, x in kept)
    return Stroke(held, radius)


def encode_region(region: Region) -> str:
    """Return a region as a short text of URL-safe characters; ``decode_region`` reads it."""
    if isinstance(region, Part):
        return region.value
    if isinstance(region, Disc):
        return "_".join(f"{value:.4g}" for value in (region.y, region.x, region.radius))
    return _PAINTED + "".join(map(_encode_stroke, region.strokes))


def decode_region(text: str) -> Region:
    """Return the region in a text.

    Raises
    ------
    RecipeError, ValueError
        If there is none in it. The text may come from anyone's link.
    """
    if text.startswith(_PAINTED):
        return Painted(_decode_strokes(text.removeprefix(_PAINTED)))
    if text in tuple(Part):
        return Part(text)
    y, x, radius = text.split("_")
    return Disc(float(y), float(x), float(radius))


def _encode_stroke(stroke: Stroke) -> str:
    numbers = (stroke.radius, *(value for point in stroke.points for value in point))
    return _DIGITS[len(stroke.points)] + "".join(map(_two_digits, numbers))


def _decode_strokes(text: str) -> tuple[Stroke, ...]:
    strokes = []
    while text:
        length = 1 + 2 + 4 * _DIGITS.index(text[0])
        own, text = text[1:length], text[length:]
        if len(own) != length - 1:
            raise ValueError("The text of a stroke breaks off.")
        radius, *values = (_number(own[at : at + 2]) for at in range(0, len(own), 2))
        strokes.append(Stroke(tuple(zip(values[::2], values[1::2])), radius))
    return tuple(strokes)


def _two_digits(value: float) -> str:
    level = round(value * _LEVELS)
    return _DIGITS[level // len(_DIGITS)] + _DIGITS[level % len(_DIGITS)]


def _number(digits: str) -> float:
    level = _DIGITS.index(digits[0]) * len(_DIGITS) + _DIGITS.index(digits[1])
    return level / _LEVELS


def _stepped(value: float) -> float:
    return round(value * _LEVELS) / _LEVELS
