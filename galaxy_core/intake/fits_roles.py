"""What the planes of a FITS file are: image, band, mask, weight, told by headers and names.

Turns the raw facts of headers (``fits_header``) into the planes of ``fits_contents``. Reads
no pixels, so it may be wrong: a user can choose otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from galaxy_core.intake.bands import band_of_file, is_filter, numbered_band, wavelength_nm
from galaxy_core.intake.fits_contents import FitsPlane, PlaneKey, PlaneRole

_ROLES = (
    (PlaneRole.SEGMENTATION, re.compile(r"SEG|LABEL|OBJECTS")),
    (PlaneRole.MASK, re.compile(r"MASK|^DQ|FLAG|BADPIX|BPM|^BIT")),
    (PlaneRole.WEIGHT, re.compile(
        r"^WHT|WEIGHT|^(INV)?VAR|IVAR|^ERR|SIGMA|^RMS|^UNC|N?EXP(OSURE|MAP)?$|^CTX|^CON(TEXT)?$|PSF"
    )),
)  # fmt: skip


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


def _understand(
    raw: Mapping[str, Any], from_name: Sequence[str], *, has_floats: bool
) -> FitsPlane:
    """Turn one raw entry into a plane."""
    band = _band(raw, from_name)
    wave = wavelength_nm(f"{'JWST ' if 'JWST' in raw['telescope'].upper() else ''}{band}")
    height, width = raw["shape"]
    return FitsPlane(
        key=PlaneKey(raw["hdu"], raw["plane"]),
        role=_role(raw, has_floats=has_floats),
        shape=(height, width),
        band=band,
        wavelength_nm=raw["wavelength_nm"] or wave,
        extension=raw["extension"],
        unit=raw["unit"],
        merged=None if raw["merged"] is None else (raw["merged"][0], raw["merged"][1]),
        wcs_header=raw["wcs"],
    )


def _band(raw: Mapping[str, Any], from_name: Sequence[str]) -> str:
    """Return the filter by the header, else the extension's name, else the file's."""
    filters = _filters(raw)
    band = next((text for text in filters if wavelength_nm(text)), "") or next(iter(filters), "")
    extension = raw["extension"]
    if not band and len(extension) <= 12 and wavelength_nm(extension) is not None:
        band = extension
    if not band and from_name and raw["merged"] is None:
        band = from_name[raw["plane"]]
    return band


def _filters(raw: Mapping[str, Any]) -> list[str]:
    taken_by = f"{raw['telescope']} {raw['instrument']}"
    named = [numbered_band(taken_by, text) for text in raw["filters"]]
    return [text for text in named if is_filter(text)]


def _role(raw: Mapping[str, Any], *, has_floats: bool) -> PlaneRole:
    """Tell what a plane is for, by its name; nameless integers beside floats are a mask."""
    named = _named_role(raw)
    if named is not None:
        return named
    # Of Stokes parameters only the first, I, is light; Q, U and V say how it is polarised.
    if raw["is_opacity"] or (raw["is_stokes"] and raw["plane"] > 0):
        return PlaneRole.WEIGHT
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
