"""The strip below a map in a picture file: its scale with numbers and unit, or why it is blank.

A file leaves its page behind; without this nobody could say what its colours are worth.
Pillow's own font has letters, digits and a hyphen, so a minus is written as one.
"""

from __future__ import annotations

import textwrap

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from galaxy_core.explain.inspection import TargetClass
from galaxy_core.explain.paint import blend, paint_activation, paint_evidence

_MARGIN, _BAR, _LINE, _FONT = 6, 8, 16, 12
_LETTER = 6.5  # pixels a letter of the font takes on average

Levels = npt.NDArray[np.uint8]


def scale_strip(
    width: int, *, top: float, signed: bool, target: TargetClass | None = None, unit: str = ""
) -> Levels:
    """Return a colour bar with its ends and unit on white, shape (h, width, 3), uint8.

    Parameters
    ----------
    width : int
        Of the picture that it stands below, in pixels.
    top : float
        Value at which the colours end; positive.
    signed : bool
        Whether the sign tells the class; else the colours are those of activations.
    target : TargetClass, optional
        Whose conventional map it is; None: of both.
    unit : str
        Of the values; empty if they have none.
    """
    low = 0.0 if target is TargetClass.SPIRAL or not signed else -top
    high = 0.0 if target is TargetClass.ELLIPTICAL and signed else top
    ramp = np.tile(np.linspace(low, high, width - 2 * _MARGIN, dtype=np.float32), (_BAR, 1))
    if signed:
        dark = np.zeros((*ramp.shape, 3), dtype=np.float32)
        bar = blend(dark, paint_evidence(ramp, scale=top))
    else:
        bar = paint_activation(ramp, top=top)
    left, right = _ends(top, signed=signed, target=target)
    font, unit = ImageFont.load_default(_FONT), unit or "no unit"
    # Centred between the ends, or below them where it would run into one.
    longer = max(font.getlength(left), font.getlength(right))
    below = 2 * longer + font.getlength(unit) + 4 * _MARGIN > width
    strip = Image.new("RGB", (width, 2 * _MARGIN + _BAR + _LINE * (1 + below)), "white")
    strip.paste(Image.fromarray(bar), (_MARGIN, _MARGIN))
    draw, y = ImageDraw.Draw(strip), _MARGIN + _BAR + 2
    draw.text((_MARGIN, y), left, "black", font)
    draw.text((width / 2, y + _LINE * below), unit, "black", font, anchor="ma")
    draw.text((width - _MARGIN, y), right, "black", font, anchor="ra")
    return np.asarray(strip)


def _ends(top: float, *, signed: bool, target: TargetClass | None) -> tuple[str, str]:
    if not signed:
        return "0", f"{top:.3g}"
    if target is TargetClass.SPIRAL:
        return "0", f"spiral {top:.3g}"
    if target is TargetClass.ELLIPTICAL:
        return f"{top:.3g} elliptical", "0"
    return f"-{top:.3g} elliptical", f"spiral +{top:.3g}"


def reason_strip(width: int, reason: str) -> Levels:
    """Return a sentence on white, in as many lines as it needs, shape (h, width, 3), uint8."""
    lines = textwrap.wrap(reason, max(int((width - 2 * _MARGIN) / _LETTER), 8))
    strip = Image.new("RGB", (width, 2 * _MARGIN + _LINE * len(lines)), "white")
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(_FONT)
    for number, line in enumerate(lines):
        draw.text((_MARGIN, _MARGIN + _LINE * number), line, "black", font)
    return np.asarray(strip)
