"""Chosen bands -> ``Cutout``: colour by a stretch, row 0 to the top, coordinates along.

Reads no files. FITS counts rows from the bottom, pictures from the top: here, and only
here, that is turned over.
"""

from __future__ import annotations

import re

import numpy as np
from astropy.wcs import WCS

from galaxy_core.cutout import Cutout, FloatImage, Origin, Provenance, SkyPosition
from galaxy_core.intake.colour import Planes, Stretch, Triple, guess_stretch, stretch_colour
from galaxy_core.intake.fits_bands import BandImages, Region
from galaxy_core.intake.fits_contents import FitsPlane, PlaneRole, is_guess
from galaxy_core.intake.sky import local_frame, resampled_wcs, square_around, wcs_of_header

# Surveys show r less and i still less than g as their wavelength grows (SDSS 1 : 0.67 : 0.44,
# Legacy Surveys g r z 1 : 0.57 : 0.37): nearly this power, which turns flux a frequency
# into flux a wavelength (-2) but for a little.
_WEIGHT_POWER = -1.8
# As in "10**(-20)*erg/s/cm**2/Angstrom": of IFU cubes, and of HST's calibrated images.
_PER_WAVELENGTH = re.compile(r"ang|/ ?A\b|/ ?[nuμ]m\b|[nuμ]m(?:\^|\*\*)?\(?-1", re.IGNORECASE)


def suggest_stretch(bands: BandImages) -> Stretch | None:
    """Return the stretch that ``compose`` uses by itself; None for finished colour.

    Bands of known wavelength in one unit are weighted as surveys do, so that colours mean
    what they mean there. Otherwise every band is weighted to have as much light as the
    others: colours then show differences within the galaxy only.
    """
    if _is_finished(bands):
        return None
    return guess_stretch(_planes(bands), weight=_weights(bands))


def compose(
    bands: BandImages, stretch: Stretch | None = None, *, origin: Origin = Origin.UPLOAD
) -> Cutout:
    """Return the cutout that the bands show.

    Parameters
    ----------
    bands : BandImages
        From ``FitsReader.read``.
    stretch : Stretch or None
        None for ``suggest_stretch``; finished 8-bit colour is then shown as it is.
    origin : Origin
        The way in.

    Returns
    -------
    Cutout
        With coordinates and pixel scale if the file states them, and a warning if not.
    """
    planes = _planes(bands)
    chosen = stretch or suggest_stretch(bands)
    if chosen is None:
        colour = np.nan_to_num(np.stack(planes, axis=-1) / np.float32(255.0), nan=0.0)
        np.clip(colour, 0.0, 1.0, out=colour)
    else:
        colour = stretch_colour(planes, chosen)
    warnings = list(bands.warnings)
    if is_guess(bands.contents, bands.choice):
        warnings.append(
            "No filter is named for these bands; their order in the file gives the colours."
        )
    wcs = _wcs_of_picture(bands)
    frame = None
    if wcs is not None:
        height, width = bands.red.shape
        frame = local_frame(wcs, x_px=(width - 1) / 2, y_px=(height - 1) / 2)
    if frame is None:
        warnings.append("The file states no sky coordinates; sizes are in pixels.")
    return Cutout(
        pixels=np.ascontiguousarray(colour[::-1]),
        provenance=Provenance(origin, bands.contents.name, bands.contents.sha256),
        wcs=wcs if frame else None,
        pixel_scale_arcsec=frame.pixel_scale_arcsec if frame else None,
        warnings=tuple(warnings),
    )


def region_around(plane: FitsPlane, position: SkyPosition, *, size_arcsec: float) -> Region | None:
    """Return the part of a plane around a position, for ``FitsReader.read``; None without WCS.

    It may reach beyond the plane; ``read`` clips it, and refuses one wholly outside.

    Raises
    ------
    IntakeError
        If the position cannot be projected.
    """
    if not plane.wcs_header:
        return None
    x, y, side = square_around(wcs_of_header(plane.wcs_header), position, size_arcsec)
    return Region.around(x_px=x, y_px=y, side_px=side)


def _planes(bands: BandImages) -> Planes:
    return bands.red, bands.green, bands.blue


def _is_finished(bands: BandImages) -> bool:
    """Say whether the bands are the channels of a picture that is already stretched."""
    return bands.contents.plane(bands.choice.red).role is PlaneRole.COLOUR


def _weights(bands: BandImages) -> Triple:
    """Return the factors on red, green and blue."""
    if bands.red is bands.blue:
        return 1.0, 1.0, 1.0
    red, blue = (bands.contents.plane(key) for key in (bands.choice.red, bands.choice.blue))
    middle = bands.choice.green
    green = red if middle is None else bands.contents.plane(middle)
    waves = [red.wavelength_nm, green.wavelength_nm, blue.wavelength_nm]
    known = [wave for wave in waves if wave is not None]
    if len(known) == 3 and red.unit == green.unit == blue.unit and middle is not None:
        power = _WEIGHT_POWER + (2.0 if _PER_WAVELENGTH.search(red.unit) else 0.0)
        factors = [(wave / known[2]) ** power for wave in known]
        return factors[0], factors[1], factors[2]
    return _balanced(_planes(bands))


def _balanced(planes: Planes) -> Triple:
    """Return factors that give every band the same light in its brightest 1%."""
    light = [_bright(plane) for plane in planes]
    most = max(light)
    factors = [most / value if value > 0.0 else 1.0 for value in light]
    return factors[0], factors[1], factors[2]


def _bright(plane: FloatImage) -> float:
    """Return the 99th percentile above the median."""
    sample = plane[:: max(1, plane.shape[0] // 500), :: max(1, plane.shape[1] // 500)]
    finite = sample[np.isfinite(sample)]
    return float(np.subtract(*np.percentile(finite, [99.0, 50.0]))) if finite.size else 0.0


def _wcs_of_picture(bands: BandImages) -> WCS | None:
    """Return the coordinates after cutting, averaging and turning over; None without."""
    cards = bands.contents.plane(bands.choice.red).wcs_header
    if not cards:
        return None
    shrink, region = bands.shrink, bands.region
    middle = (shrink - 1) / 2
    read = resampled_wcs(
        wcs_of_header(cards),
        scale=(shrink, shrink),
        offset=(region.x0 + middle, region.y0 + middle),
    )
    return resampled_wcs(read, scale=(1, -1), offset=(0, bands.red.shape[0] - 1))
