"""What a FITS file offers, and what a user can ask of it; plain values, no pixels read.

Planes with a role and a band (``fits_roles`` tells them), and the first guess at which to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from galaxy_core.errors import UnsupportedImage
from galaxy_core.intake.bands import choose_colours
from galaxy_core.intake.fits_planes import MEAN_OF_ALL, THIRDS
from galaxy_core.intake.limits import MIN_SIDE_PX

# An image of fewer pixels than this part of the largest is a thumbnail, or a star's shape.
_LEAST_OF_LARGEST = 0.25


class PlaneKey(NamedTuple):
    """Names one plane: the header-and-data unit, and its place in that unit's cube; from 0.

    Places below 0 are means over a long cube (``fits_planes.merged_planes``).
    """

    hdu: int
    plane: int


class PlaneRole(StrEnum):
    """What a plane is for."""

    SCIENCE = "science"
    COLOUR = "colour"  # one channel of a finished colour picture
    MASK = "mask"
    SEGMENTATION = "segmentation"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class FitsPlane:
    """One two-dimensional image in a FITS file.

    Parameters
    ----------
    key : PlaneKey
        Where it is.
    role : PlaneRole
        What it is for, as far as its name and numbers tell.
    shape : (int, int)
        Height and width in pixels.
    band : str
        The filter as the header or the file's name has it; empty if unknown.
    wavelength_nm : float or None
        The filter's effective wavelength.
    extension, unit : str
        EXTNAME and BUNIT; empty if missing.
    merged : (int, int) or None
        First and one past the last plane that this is the mean of; None for a plane itself.
    wcs_header : str
        Celestial coordinates as header cards, for ``sky.wcs_of_header``; rows as in FITS,
        row 0 at the bottom. Empty if the file states none.
    """

    key: PlaneKey
    role: PlaneRole
    shape: tuple[int, int]
    band: str = ""
    wavelength_nm: float | None = None
    extension: str = ""
    unit: str = ""
    merged: tuple[int, int] | None = None
    wcs_header: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """A short name for a chooser: "2 SCI · F814W", "0 · plane 3", "0 · mean of 0–59"."""
        parts = [f"{self.key.hdu} {self.extension}".strip()]
        if self.merged:
            parts.append(f"mean of {self.merged[0]}–{self.merged[1] - 1}")
        elif self.band:
            parts.append(self.band)
        elif self.key.plane:
            parts.append(f"plane {self.key.plane}")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class FitsContents:
    """Everything a FITS file offers.

    Parameters
    ----------
    name : str
        The file's name, fit to be shown.
    source : Path or bytes
        Where the pixels are read from later.
    planes : tuple of FitsPlane
        In file order.
    sha256 : str
        Of the file's bytes; empty above 64 MB, where it would take longer than the picture.
    warnings : tuple of str
        What was left out or guessed.
    """

    name: str
    source: Path | bytes = field(repr=False)
    planes: tuple[FitsPlane, ...]
    sha256: str = ""
    warnings: tuple[str, ...] = ()

    def plane(self, key: PlaneKey) -> FitsPlane:
        """Return the plane of that key; ``UnsupportedImage`` if there is none."""
        for plane in self.planes:
            if plane.key == key:
                return plane
        raise UnsupportedImage(f"{self.name} has no plane {key.plane} in unit {key.hdu}.")


@dataclass(frozen=True, slots=True)
class BandChoice:
    """Which planes are shown as red, green and blue.

    All three the same is a grey picture of one band. ``green`` None is the mean of the two
    others. Where ``mask`` is set, its nonzero pixels are taken as not measured.
    """

    red: PlaneKey
    green: PlaneKey | None
    blue: PlaneKey
    mask: PlaneKey | None = None

    @classmethod
    def single(cls, key: PlaneKey, *, mask: PlaneKey | None = None) -> BandChoice:
        """Return the choice of one band, shown grey."""
        return cls(key, key, key, mask)


def default_choice(contents: FitsContents) -> BandChoice:
    """Return the choice to show first: colour where bands are known, else the first image.

    Colour needs planes of one size: finished colour channels as they come; bands by
    wavelength, the longest red; three nameless planes of one cube, or four of which the last
    may be opacity, as red, green, blue; more as running from blue to red. Of a long cube the
    means of its thirds where its third axis is wavelength, else the mean of all, grey. Else
    the first plane, grey; small ones beside a large one are passed over.

    Raises
    ------
    UnsupportedImage
        If no plane is an image large enough to show a galaxy.
    """
    usable = _usable(contents)
    first = usable[0]
    if first.key.plane == MEAN_OF_ALL:
        return _of_long_cube([plane for plane in usable if plane.key.hdu == first.key.hdu])
    alike = [plane for plane in usable if plane.shape == first.shape and not plane.merged]
    by_wave = choose_colours([plane.wavelength_nm for plane in alike])
    if by_wave and first.role is PlaneRole.SCIENCE:
        red, green, blue = by_wave
        middle = None if green is None else alike[green].key
        return BandChoice(alike[red].key, middle, alike[blue].key)
    cube = [plane.key for plane in alike if plane.key.hdu == first.key.hdu]
    if first.role is PlaneRole.COLOUR or len(cube) == 3:
        return BandChoice(cube[0], cube[1], cube[2])
    if len(cube) > 3:
        # As in ugriz and griz: the reddest band of a longer row is usually the noisiest.
        return BandChoice(cube[-2], cube[-3], cube[-4])
    return BandChoice.single(first.key)


def is_guess(contents: FitsContents, choice: BandChoice) -> bool:
    """Say whether a colour choice rests on the planes' order alone."""
    chosen = {choice.red, choice.green, choice.blue} - {None}
    planes = [plane for plane in contents.planes if plane.key in chosen]
    return len(planes) > 1 and any(
        plane.wavelength_nm is None and plane.role is not PlaneRole.COLOUR for plane in planes
    )


def _usable(contents: FitsContents) -> list[FitsPlane]:
    """Return the planes that may show a galaxy, in file order."""
    usable = [
        plane
        for plane in contents.planes
        if plane.role in (PlaneRole.SCIENCE, PlaneRole.COLOUR) and min(plane.shape) >= MIN_SIDE_PX
    ]
    if not usable:
        raise UnsupportedImage(
            f"{contents.name} holds no image of at least {MIN_SIDE_PX} × {MIN_SIDE_PX} pixels."
        )
    most = max(plane.shape[0] * plane.shape[1] for plane in usable)
    return [p for p in usable if p.shape[0] * p.shape[1] >= _LEAST_OF_LARGEST * most]


def _of_long_cube(planes: Sequence[FitsPlane]) -> BandChoice:
    """Return the thirds of a spectrum as colours, the longest waves red; else the mean."""
    thirds = {plane.wavelength_nm: plane.key for plane in planes if plane.key.plane in THIRDS}
    waves = sorted(wave for wave in thirds if wave is not None)
    if len(waves) < len(THIRDS):
        return BandChoice.single(planes[0].key)
    return BandChoice(*(thirds[wave] for wave in reversed(waves)))
