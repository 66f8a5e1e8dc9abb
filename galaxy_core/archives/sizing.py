"""How wide a cutout must be so that the galaxy fills it as in training. Pure.

The training pictures are 1.25 × D25 wide. D25 is not in SDSS, the Petrosian radius is: over 834
galaxies of both OpenNGC and the clean Galaxy Zoo 1 sample, D25 was 1.41 × 2 R90 in the median
(1.16 to 1.70 from the 16th to the 84th percentile; ellipticals and spirals alike).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from galaxy_core.archives.survey import Survey
from galaxy_core.cutout import FloatImage

FRAME_IN_D25 = 1.25
_D25_IN_R90 = 2 * 1.41
GENEROUS_ARCSEC = 240.0  # a first look when nothing is known
GENEROUS_PX = 480
# The crop that the network sees, with as much again of sky around it.
_FRAME_IN_CROP = 1.5
SMALLEST_ARCSEC = 8.0
FILLED = 0.9  # a crop of this share of the look may be cut off by its edge
WIDER = 4.0


class FoundFraming(Protocol):
    """What is used of a framing: see ``galaxy_core.framing.Framing``."""

    @property
    def half_size_px(self) -> float:
        """Half the side of the square crop, pixels."""


class FramingFinder(Protocol):
    """``galaxy_core.framing.find_framing`` or something like it."""

    def __call__(self, pixels: FloatImage, /) -> FoundFraming:
        """Return the framing of the central galaxy."""


@dataclass(frozen=True, slots=True)
class AngularSize:
    """How wide to cut out, and why.

    Parameters
    ----------
    size_arcsec : float
        Side of the square, arcseconds.
    reason : str
        A few words for the page: where the size comes from.
    """

    size_arcsec: float
    reason: str


def size_of_axis(major_axis_arcmin: float) -> AngularSize:
    """Return the size for a galaxy of known D25."""
    return AngularSize(FRAME_IN_D25 * 60 * major_axis_arcmin, "its catalogued major axis")


def size_of_radius(petrosian_r90_arcsec: float) -> AngularSize:
    """Return the size for a galaxy of known Petrosian R90 (r band)."""
    size = max(SMALLEST_ARCSEC, FRAME_IN_D25 * _D25_IN_R90 * petrosian_r90_arcsec)
    return AngularSize(size, "its Petrosian radius in SDSS")


def size_of_framing(framing: FoundFraming, pixel_scale_arcsec: float) -> AngularSize:
    """Return the size that a framing found in a generous cutout asks for."""
    size = 2 * framing.half_size_px * pixel_scale_arcsec * _FRAME_IN_CROP
    return AngularSize(max(SMALLEST_ARCSEC, size), "how far its light reaches")


def within_limits(size: AngularSize, survey: Survey, size_px: int) -> AngularSize:
    """Return the size, bounded to what a survey gives in so many pixels."""
    finest, coarsest = (scale * size_px for scale in survey.limits.pixel_scale_arcsec)
    if finest <= size.size_arcsec <= coarsest:
        return size
    return AngularSize(min(max(size.size_arcsec, finest), coarsest), f"{size.reason}, bounded")
