"""World coordinates of a FITS header: the sky under an image, the wavelengths along a cube.

Parses with wcslib, whose errors have no common root: it runs in the process of ``fits``, and
coordinates that cannot be read are no coordinates. What they are used for is ``sky``'s.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from galaxy_core.intake.fits_planes import has_colour_last

# Distortions given as images elsewhere in the file; without them the rest still holds.
_LOOKUP_KEYS = ("CPDIS?", "DP?", "CPERR?", "D2IM*", "D2IMDIS?", "AXISCORR", "DQ?", "CQDIS?")
_NUMBERS = re.compile(r"(?:CRVAL|CRPIX|CDELT|CROTA)[12]$|(?:CD|PC)[12]_[12]$")
_WAVELENGTHS = ("WAVE", "AWAV", "LAMBDA")


def celestial_cards(header: Any, axes: tuple[int, ...]) -> str:
    """Return the celestial coordinates as the cards of a clean header, longitude first.

    Returns
    -------
    str
        For ``sky.wcs_of_header``; empty where there are no coordinates, or no usable ones
        (a number that is none, a matrix that maps the image onto a line).
    """
    # AMDX1: the plate solution of the Digitized Sky Survey, which older files state alone.
    if not any(key.startswith("CTYPE") or key == "AMDX1" for key in header):
        return ""
    try:
        if not _states_numbers(header):
            return ""
        wcs = _wcs(header)
        first = 1 if has_colour_last(axes) else 0
        if {wcs.wcs.lng, wcs.wcs.lat} != {first, first + 1}:
            return ""
        sky = wcs.celestial
        if not abs(np.linalg.det(sky.pixel_scale_matrix)) > 0.0:
            return ""
        if wcs.wcs.lng != first:
            if any("TPV" in str(header.get(f"CTYPE{n}", "")) for n in (1, 2)):
                return ""  # its polynomial cannot be taken over, and nobody writes this
            sky = _longitude_first(sky)
        _check_frame(sky)
        sky.wcs.name = ""  # without a PLATEID, wcslib names a DSS plate by chance's bytes
        cards = str(sky.to_header_string(relax=True))
        if not any(key.startswith("PV") for key in header):
            # DECam's TPV without its polynomial is TAN; wcslib writes it back, then finds NaN.
            cards = cards.replace("-TPV'", "-TAN'")
        centre = _wcs(cards).pixel_to_world_values(axes[first] / 2, axes[first + 1] / 2)
        return cards if np.isfinite(centre).all() else ""
    except Exception:  # wcslib's errors have no common root; no coordinates is a state, said above
        return ""


def wavelengths_nm(header: Any, planes: Iterable[float]) -> list[float | None]:
    """Return the wavelength at places along the third axis; None where it is no wavelength."""
    places = list(planes)
    nothing: list[float | None] = [None] * len(places)
    if not str(header.get("CTYPE3", "")).upper().startswith(_WAVELENGTHS):
        return nothing
    try:
        metres = _wcs(header).sub(["spectral"]).wcs_pix2world(np.array(places)[:, np.newaxis], 0)
    except Exception:  # as above
        return nothing
    return [float(one) * 1e9 if math.isfinite(one) else None for one in metres[:, 0]]


def _check_frame(sky: Any) -> None:
    """Raise for a frame (RADESYS) that astropy does not know: a position in it is none."""
    from astropy.wcs.utils import wcs_to_celestial_frame

    wcs_to_celestial_frame(sky)


def _wcs(header: Any) -> Any:
    from astropy.wcs import WCS  # costs 0.3 s, and many files have no coordinates

    if isinstance(header, str):
        return WCS(header, fix=False)
    cards = header.copy()
    for pattern in _LOOKUP_KEYS:
        cards.remove(pattern, ignore_missing=True, remove_all=True)
    return WCS(cards)


def _longitude_first(sky: Any) -> Any:
    """Return the same coordinates with rows changed over, pixels left as they are.

    Some files put declination first. astropy's ``pixel_to_skycoord`` changes the pixel axes
    over as well (astropy 7, ``wcs.sub([WCSSUB_LONGITUDE, WCSSUB_LATITUDE])``).
    """
    from astropy.wcs import WCS

    old, turned = sky.wcs, WCS(naxis=2)
    new = turned.wcs
    new.ctype, new.cunit = list(old.ctype)[::-1], [str(unit) for unit in old.cunit][::-1]
    new.crval, new.crpix = old.crval[::-1], old.crpix
    if old.has_cd():
        new.cd = old.cd[::-1]
    else:
        new.pc, new.cdelt = old.get_pc()[::-1], old.get_cdelt()[::-1]
    new.set_pv([(3 - axis, number, value) for axis, number, value in old.get_pv()])
    new.radesys, new.equinox = old.radesys, old.equinox
    new.lonpole, new.latpole = old.lonpole, old.latpole
    turned.sip = sky.sip
    new.set()
    return turned


def _states_numbers(header: Any) -> bool:
    """Tell whether a scale is stated, and every number that must be finite is.

    Without a scale wcslib takes every pixel for a degree, and so it does with a matrix of zeros.
    """
    stated = {key: header[key] for key in header if _NUMBERS.match(key)}
    if not all(isinstance(v, int | float) and math.isfinite(v) for v in stated.values()):
        return False
    if not any(key.startswith(("CD", "PC")) or key == "AMDX1" for key in header):
        return False
    matrix = [value for key, value in stated.items() if key.startswith("CD") and "_" in key]
    return not matrix or any(matrix)
