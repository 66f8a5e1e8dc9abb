"""``Change``: one turn of one knob; a list of them is a recipe that fits in a link.

The text form is readable and URL-safe: ``rotate:30~dim:1.5~keep:0.5_0.5_0.2_sky``. This
module knows the form only; what a knob does stands in ``knobs``, what a region is in ``region``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from galaxy_core.errors import RecipeError
from galaxy_core.what_if.region import (
    MOST_STROKES,
    Painted,
    Region,
    Stroke,
    decode_region,
    encode_region,
)

MOST_CHANGES = 40
MOST_CHARACTERS = 8000  # the whole link stays below what servers and proxies let through
_KNOB = re.compile(r"[a-z_]{1,24}\Z")


class Fill(StrEnum):
    """What an erased region is filled with."""

    SKY = "sky"
    AZIMUTHAL = "azimuthal"


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


def painted_over(
    recipe: tuple[Change, ...], stroke: Stroke, *, knob: str, fill: Fill
) -> tuple[Change, ...]:
    """Return the recipe with one stroke more, erased or kept.

    Strokes of one kind in a row make one region: what is kept is what they cover together, and
    the filling is worked out once.

    Raises
    ------
    RecipeError
        If there is no room for another.
    """
    last = recipe[-1] if recipe else None
    goes_on = (
        last is not None
        and (last.knob, last.strength, last.fill) == (knob, 1.0, fill)
        and isinstance(last.region, Painted)
        # Where a region is full another begins; of what is kept there can be only one.
        and (len(last.region.strokes) < MOST_STROKES or knob == "keep")
    )
    if goes_on and last is not None and isinstance(last.region, Painted):
        region = Painted((*last.region.strokes, stroke))
        return (*recipe[:-1], Change(knob, 1.0, region, fill))
    if len(recipe) >= MOST_CHANGES:
        raise RecipeError(f"A recipe has at most {MOST_CHANGES} changes; take one back first.")
    return (*recipe, Change(knob, 1.0, Painted((stroke,)), fill))


def _encode(change: Change) -> str:
    text = f"{change.knob}:{change.strength:.6g}".replace("+", "")
    if change.region is not None:
        text += f":{encode_region(change.region)}_{change.fill}"
    return text


def _decode(part: str) -> Change:
    fields = part.split(":")
    try:
        if len(fields) not in (2, 3) or not _KNOB.match(fields[0]):
            raise ValueError(part)
        if len(fields) == 2:
            return Change(fields[0], float(fields[1]))
        region, _, fill = fields[2].rpartition("_")
        return Change(fields[0], float(fields[1]), decode_region(region), Fill(fill))
    except ValueError as error:
        raise RecipeError(
            f"{part[:60]!r} is no change; expected knob:strength or knob:strength:region_fill."
        ) from error
