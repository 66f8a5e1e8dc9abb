"""``Change``: one turn of one knob; a list of them is a recipe that fits in a link.

The text form is readable and URL-safe: ``rotate:30~dim:1.5~keep:0.5_0.5_0.2_sky``. This
module knows the form only; what a knob does stands in ``knobs``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from galaxy_core.errors import RecipeError

MOST_CHANGES = 40
MOST_CHARACTERS = 4000
_KNOB = re.compile(r"[a-z_]{1,24}\Z")


class Fill(StrEnum):
    """What an erased region is filled with."""

    SKY = "sky"
    AZIMUTHAL = "azimuthal"


@dataclass(frozen=True, slots=True)
class Region:
    """A disc of the picture, in fractions of its width and height, so that links stay short.

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
class Change:
    """One turn of one knob.

    Parameters
    ----------
    knob : str
        Key in ``knobs.KNOBS``.
    strength : float
        In the knob's unit; 0 changes nothing.
    region : Region or None
        Where, for the knobs that take one.
    fill : Fill
        What takes the place of what is erased.
    """

    knob: str
    strength: float
    region: Region | None = None
    fill: Fill = Fill.SKY

    def __post_init__(self) -> None:
        if not math.isfinite(self.strength):
            raise RecipeError(f"{self.knob}: the strength must be a finite number.")


def encode_changes(changes: tuple[Change, ...]) -> str:
    """Return a recipe as a short text of URL-safe characters; ``decode_changes`` reads it.

    Strengths keep six significant digits.
    """
    return "~".join(_encode(change) for change in changes)


def decode_changes(text: str) -> tuple[Change, ...]:
    """Return the recipe in a text; empty for an empty text.

    Raises
    ------
    RecipeError
        If it is no recipe. The text may come from anyone's link.
    """
    if len(text) > MOST_CHARACTERS:
        raise RecipeError(
            f"This recipe is {len(text)} characters long; {MOST_CHARACTERS} are read."
        )
    parts = text.split("~") if text else []
    if len(parts) > MOST_CHANGES:
        raise RecipeError(f"This recipe has {len(parts)} changes; {MOST_CHANGES} are carried out.")
    return tuple(_decode(part) for part in parts)


def rounded(change: Change) -> Change:
    """Return the change as it comes back from a link."""
    return _decode(_encode(change))


def _encode(change: Change) -> str:
    text = f"{change.knob}:{change.strength:.6g}"
    if change.region is not None:
        region = change.region
        numbers = (f"{value:.4g}" for value in (region.y, region.x, region.radius))
        text += ":" + "_".join([*numbers, change.fill.value])
    return text.replace("+", "")


def _decode(part: str) -> Change:
    fields = part.split(":")
    try:
        if len(fields) not in (2, 3) or not _KNOB.match(fields[0]):
            raise ValueError(part)
        if len(fields) == 2:
            return Change(fields[0], float(fields[1]))
        y, x, radius, fill = fields[2].split("_")
        region = Region(float(y), float(x), float(radius))
        return Change(fields[0], float(fields[1]), region, Fill(fill))
    except ValueError as error:
        raise RecipeError(
            f"{part[:60]!r} is no change; expected knob:strength or knob:strength:y_x_radius_fill."
        ) from error
