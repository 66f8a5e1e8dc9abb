"""How a visitor wants to see a FITS file: bands, stretch relative to the guess, part. Pure.

Numbers are kept relative to the guessed stretch, so that they mean the same for other bands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from galaxy_core.cutout import SkyPosition
    from galaxy_core.intake.colour import Stretch
    from galaxy_core.intake.fits_contents import BandChoice

NOISES_IN_RANGE = 30.0  # the guess shows the sky's noise at a thirtieth of its linear range
MOST_BEND = 100.0


@dataclass(frozen=True, slots=True)
class Part:
    """A square of a field, cut out by its place on the sky.

    Parameters
    ----------
    name : str
        As it was asked for.
    position : SkyPosition
        Its centre.
    size_arcsec : float
        Its side.
    """

    name: str
    position: SkyPosition
    size_arcsec: float


@dataclass(frozen=True, slots=True)
class PixelPart:
    """A square of a field, cut out by its pixels: for files that state no coordinates.

    Parameters
    ----------
    x_px, y_px : float
        Its centre in pixels of the file, as FITS and DS9 count: the lower left one is 1, 1.
    side_px : float
        Its side, in the same.
    """

    x_px: float
    y_px: float
    side_px: float


@dataclass(frozen=True, slots=True)
class FitsLook:
    """What was chosen; the defaults are what the app guesses.

    Parameters
    ----------
    choice : BandChoice or None
        Bands; None for the guess.
    faintness : float
        Power of ten by which the linear range is made shorter: positive shows fainter light.
    bend : float or None
        Lupton's Q; None for the guess.
    black_sigma : float
        How far above the sky black lies, in its noise.
    part : Part, PixelPart or None
        None for the whole field.
    """

    choice: BandChoice | None = None
    faintness: float = 0.0
    bend: float | None = None
    black_sigma: float = 0.0
    part: Part | PixelPart | None = None


def adjusted(guess: Stretch, look: FitsLook) -> Stretch:
    """Return the stretch that was guessed with what was chosen."""
    noise = guess.linear_range / NOISES_IN_RANGE
    red, green, blue = (
        black + look.black_sigma * noise / weight if weight > 0 else black
        for black, weight in zip(guess.black, guess.weight)
    )
    return replace(
        guess,
        q=guess.q if look.bend is None else look.bend,
        linear_range=guess.linear_range * 10.0**-look.faintness,
        black=(red, green, blue),
    )
