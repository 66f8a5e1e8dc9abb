"""What a FITS file offers, and what a user can ask of it; plain values, no pixels read.

Turns the raw facts of headers (``fits``) into planes with a role and a band, and makes the
first guess at which to show.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from galaxy_core.errors import UnsupportedImage
from galaxy_core.intake.bands import band_of_file, choose_colours, is_filter, wavelength_nm
from galaxy_core.intake.limits import MIN_SIDE_PX

_LONGEST_ROW_OF_BANDS = 12  # more nameless planes than this are channels of a spectrum


class PlaneKey(NamedTuple):
    """Names one plane: the header-and-data unit, and its place in that unit's cube; from 0."""

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
    wcs_header: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """A short name for a chooser: "2 SCI · F814W", "0 · plane 3"."""
        parts = [f"{self.key.hdu} {self.extension}".strip()]
        if self.band:
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


def describe(
    raw: Sequence[Mapping[str, Any]], *, name: str
) -> tuple[tuple[FitsPlane, ...], tuple[str, ...]]:
    """Return the planes that ``fits.list_planes`` found, understood, and what was guessed."""
    per_unit = Counter(entry["hdu"] for entry in raw)
    has_floats = any(entry["bitpix"] < 0 and _named_role(entry) is None for entry in raw)
    from_name: tuple[str, ...] = ()
    if len(per_unit) == 1 or per_unit[raw[0]["hdu"]] > 1:
        from_name = band_of_file(name, per_unit[raw[0]["hdu"]])
    planes = []
    for entry in raw:
        hint = from_name if entry["hdu"] == raw[0]["hdu"] else ()
        planes.append(_understand(entry, hint, has_floats=has_floats))
    warnings: tuple[str, ...] = ()
    if len(from_name) > 1 and not any(_filters(raw[0])):
        warnings = ("The header names no filter; bands are taken from the file's name.",)
    return tuple(planes), warnings


def default_choice(contents: FitsContents) -> BandChoice:
    """Return the planes to show first: colour where bands are known, else the first image.

    Colour needs planes of one size: finished colour channels as they come; bands by
    wavelength, the longest red; three nameless planes of one cube as red, green, blue; more
    than three as running from blue to red; of a cube of channels its quarters. Else the first
    plane, grey.

    Raises
    ------
    UnsupportedImage
        If no plane is an image large enough to show a galaxy.
    """
    usable = [
        plane
        for plane in contents.planes
        if plane.role in (PlaneRole.SCIENCE, PlaneRole.COLOUR) and min(plane.shape) >= MIN_SIDE_PX
    ]
    if not usable:
        raise UnsupportedImage(
            f"{contents.name} holds no image of at least {MIN_SIDE_PX} × {MIN_SIDE_PX} pixels."
        )
    first = usable[0]
    alike = [plane for plane in usable if plane.shape == first.shape]
    by_wave = choose_colours([plane.wavelength_nm for plane in alike])
    if by_wave and first.role is PlaneRole.SCIENCE:
        red, green, blue = by_wave
        middle = None if green is None else alike[green].key
        return BandChoice(alike[red].key, middle, alike[blue].key)
    cube = [plane.key for plane in alike if plane.key.hdu == first.key.hdu]
    if first.role is PlaneRole.COLOUR or len(cube) == 3:
        return BandChoice(cube[0], cube[1], cube[2])
    if len(cube) > _LONGEST_ROW_OF_BANDS:
        # A spectrum or velocities at every pixel: most light is seldom at its ends.
        return BandChoice(*(cube[len(cube) * part // 4] for part in (3, 2, 1)))
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


_ROLES = (
    (PlaneRole.SEGMENTATION, re.compile(r"SEG|LABEL|OBJECTS")),
    (PlaneRole.MASK, re.compile(r"MASK|^DQ|FLAG|BADPIX|BPM|^BIT")),
    (PlaneRole.WEIGHT, re.compile(
        r"^WHT|WEIGHT|^(INV)?VAR|IVAR|^ERR|SIGMA|^RMS|^UNC|N?EXP(OSURE|MAP)?$|^CTX|^CON(TEXT)?$|PSF"
    )),
)  # fmt: skip


def _understand(
    raw: Mapping[str, Any], from_name: Sequence[str], *, has_floats: bool
) -> FitsPlane:
    """Turn one raw entry into a plane."""
    band = next((text for text in _filters(raw) if wavelength_nm(text)), "")
    band = band or next(iter(_filters(raw)), "")
    extension = raw["extension"]
    if not band and len(extension) <= 12 and wavelength_nm(extension) is not None:
        band = extension
    if not band and from_name:
        band = from_name[raw["plane"]]
    wave = wavelength_nm(f"{'JWST ' if 'JWST' in raw['telescope'].upper() else ''}{band}")
    height, width = raw["shape"]
    return FitsPlane(
        key=PlaneKey(raw["hdu"], raw["plane"]),
        role=_role(raw, has_floats=has_floats),
        shape=(height, width),
        band=band,
        wavelength_nm=wave,
        extension=extension,
        unit=raw["unit"],
        wcs_header=raw["wcs"],
    )


def _filters(raw: Mapping[str, Any]) -> list[str]:
    return [text for text in raw["filters"] if is_filter(text)]


def _role(raw: Mapping[str, Any], *, has_floats: bool) -> PlaneRole:
    """Tell what a plane is for, by its name; nameless integers beside floats are a mask."""
    named = _named_role(raw)
    if named is not None:
        return named
    is_integer = raw["bitpix"] > 0 and not raw["is_scaled"]
    if is_integer and raw["bitpix"] == 8 and raw["planes_in_hdu"] in (3, 4):
        return PlaneRole.COLOUR
    # A mask may come first as well, but then in bytes; wider integers there are the image.
    if is_integer and has_floats and (raw["hdu"] > 0 or raw["bitpix"] == 8):
        return PlaneRole.MASK
    return PlaneRole.SCIENCE


def _named_role(raw: Mapping[str, Any]) -> PlaneRole | None:
    """Return the role that the extension's name states; None where it states none."""
    for role, pattern in _ROLES:
        if pattern.search(raw["extension"].upper()):
            return role
    return None
