"""What a galaxy image *is* here: pixels, where they came from, where they are on the sky.

Every way in (files, archives, the simulator) ends in a ``Cutout``; everything after
it starts from one. This module reads no files and knows no survey.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from galaxy_core.errors import IntakeError

if TYPE_CHECKING:
    from astropy.wcs import WCS

FloatImage = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


class Origin(StrEnum):
    """Where a cutout came from."""

    UPLOAD = "upload"
    FILE = "file"
    SAMPLE = "sample"
    SIMULATED = "simulated"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class SkyPosition:
    """A position on the sky.

    Parameters
    ----------
    ra_deg, dec_deg : float
        Right ascension in [0, 360) and declination in [-90, 90], ICRS, degrees.

    Raises
    ------
    ValueError
        If either is not finite or out of range.
    """

    ra_deg: float
    dec_deg: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.ra_deg < 360.0:
            raise ValueError(f"ra_deg must be in [0, 360), got {self.ra_deg!r}")
        if not -90.0 <= self.dec_deg <= 90.0:
            raise ValueError(f"dec_deg must be in [-90, 90], got {self.dec_deg!r}")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the pixels of a cutout came from, enough to find them again.

    Parameters
    ----------
    origin : Origin
        The way in.
    name : str
        What the user calls it: a file name without folders, an object name, a sample's name.
    sha256 : str
        Hash of the bytes that were read (of the pixels, where no bytes were read); hex.
    survey, release, url, credit, retrieved_utc : str
        Filled by archives; empty elsewhere. The URL carries no secret; the time is ISO 8601.
    """

    origin: Origin
    name: str
    sha256: str = ""
    survey: str = ""
    release: str = ""
    url: str = ""
    credit: str = ""
    retrieved_utc: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One picture of one galaxy, ready for framing.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        Display-stretched colour image in [0, 1], row 0 at the top, finite everywhere.
        Made read-only, so that cached cutouts can be shared between visitors.
    provenance : Provenance
        Where it came from.
    wcs : astropy.wcs.WCS or None
        World coordinates of these pixels (zero-based x, y; row 0 at the top), if known.
    pixel_scale_arcsec : float or None
        Angular size of one pixel in arcseconds, if known.
    position : SkyPosition or None
        The object that was asked for, if it was asked for by name or position.
    warnings : tuple of str
        Sentences on what had to be repaired or guessed on the way in.

    Raises
    ------
    IntakeError
        If the pixels are not a finite (H, W, 3) float32 image in [0, 1].
    """

    pixels: FloatImage
    provenance: Provenance
    wcs: WCS | None = None
    pixel_scale_arcsec: float | None = None
    position: SkyPosition | None = None
    warnings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        pixels = self.pixels
        if pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
            raise IntakeError(f"{self.name}: expected an (H, W, 3) image, got {pixels.shape}")
        if pixels.dtype != np.float32:
            raise IntakeError(f"{self.name}: expected float32 pixels, got {pixels.dtype}")
        low, high = float(pixels.min()), float(pixels.max())  # NaN fails the comparison below
        if not (low >= 0.0 and high <= 1.0):
            raise IntakeError(f"{self.name}: expected values in [0, 1], got {low:g} to {high:g}")
        pixels.flags.writeable = False

    @property
    def name(self) -> str:
        """What the user calls this galaxy."""
        return self.provenance.name

    @property
    def height_px(self) -> int:
        """Number of rows."""
        return int(self.pixels.shape[0])

    @property
    def width_px(self) -> int:
        """Number of columns."""
        return int(self.pixels.shape[1])
