"""Where pixels lie on the sky: position, scale, north, and parts cut out by position.

Pixel coordinates are those of ``Cutout``: x to the right, y down from the top, (0, 0) the
centre of the first pixel. Positions are ICRS whatever frame the file uses. Without
coordinates (``wcs`` None) nothing here can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS, NoConvergence, Sip
from astropy.wcs.utils import pixel_to_skycoord, skycoord_to_pixel

from galaxy_core.cutout import Cutout, SkyPosition
from galaxy_core.errors import IntakeError
from galaxy_core.intake.limits import MIN_SIDE_PX


@dataclass(frozen=True, slots=True)
class LocalFrame:
    """How the sky lies around one pixel.

    Parameters
    ----------
    pixel_scale_arcsec : float
        Side of a square of the same area as the pixel.
    north_deg : float
        Direction of north in degrees counterclockwise from up, as seen on the screen.
    east_deg : float
        Direction of east likewise; 90 (left) for north up seen from inside the sphere.
    """

    pixel_scale_arcsec: float
    north_deg: float
    east_deg: float


def wcs_of_header(cards: str) -> WCS:
    """Return the world coordinates in header cards that ``fits`` has already cleaned."""
    # They come from wcslib itself, so there is nothing to fix, and nothing to warn of.
    return WCS(cards, fix=False)


def resampled_wcs(wcs: WCS, *, scale: tuple[float, float], offset: tuple[float, float]) -> WCS:
    """Return the coordinates of a picture cut, turned over or averaged from another.

    Parameters
    ----------
    wcs : WCS
        Of the old pixels; may hold SIP distortion (Shupe et al. 2005).
    scale, offset : (x, y)
        The old zero-based pixel is ``scale × new + offset``. A cut has scale 1 and its corner
        as offset; a flip of H rows has scale −1 and offset H − 1; blocks of f pixels
        have scale f and offset (f − 1) / 2.
    """
    steps, start = np.asarray(scale, dtype=float), np.asarray(offset, dtype=float)
    new = wcs.deepcopy()
    new.wcs.crpix = (wcs.wcs.crpix - 1.0 - start) / steps + 1.0
    if wcs.wcs.has_cd():
        new.wcs.cd = wcs.wcs.cd * steps
    else:
        new.wcs.pc = wcs.wcs.get_pc() * steps
    if wcs.sip is not None:
        new.sip = _resampled_sip(wcs.sip, steps, new.wcs.crpix)
    new.wcs.set()
    return new


def pixel_to_sky(wcs: WCS, *, x_px: float, y_px: float) -> SkyPosition | None:
    """Return the ICRS position of a pixel; None where the projection has no sky."""
    position = pixel_to_skycoord(x_px, y_px, wcs).icrs
    ra_deg, dec_deg = float(position.ra.deg), float(position.dec.deg)
    if not np.isfinite([ra_deg, dec_deg]).all():
        return None
    return SkyPosition(ra_deg=ra_deg % 360.0, dec_deg=dec_deg)


def sky_to_pixel(wcs: WCS, position: SkyPosition) -> tuple[float, float] | None:
    """Return (x, y) of a position, inside the picture or not; None on the sky's far side."""
    coordinate = SkyCoord(position.ra_deg, position.dec_deg, unit="deg", frame="icrs")
    try:
        x, y = skycoord_to_pixel(coordinate, wcs)
    except NoConvergence:  # far outside, where distortion polynomials mean nothing
        return None
    return (float(x), float(y)) if np.isfinite([x, y]).all() else None


def local_frame(wcs: WCS, *, x_px: float, y_px: float) -> LocalFrame | None:
    """Return scale and compass at a pixel, by stepping one pixel each way; None off the sky."""
    x = np.array([x_px, x_px + 0.5, x_px - 0.5, x_px, x_px])
    y = np.array([y_px, y_px, y_px, y_px + 0.5, y_px - 0.5])
    around = pixel_to_skycoord(x, y, wcs).icrs
    centre = around[0]
    if not np.isfinite(around.ra.deg).all():
        return None
    east, north = (part.arcsec for part in centre.spherical_offsets_to(around))
    # Columns: what one pixel right and one pixel down are, in arcseconds east and north.
    step = np.array(
        [[east[1] - east[2], east[3] - east[4]], [north[1] - north[2], north[3] - north[4]]]
    )
    area = abs(float(np.linalg.det(step)))
    if not 0.0 < area < np.inf:
        return None
    to_pixels = np.linalg.inv(step)
    east_deg, north_deg = (
        float(np.degrees(np.arctan2(-right, -down))) for right, down in to_pixels.T
    )
    return LocalFrame(float(np.sqrt(area)), north_deg, east_deg)


def square_around(
    wcs: WCS, position: SkyPosition, size_arcsec: float
) -> tuple[float, float, float]:
    """Return centre x, centre y and side, in pixels, of a square on the sky.

    Raises
    ------
    IntakeError
        If the position cannot be projected, or the size is not positive.
    """
    centre = sky_to_pixel(wcs, position)
    frame = None if centre is None else local_frame(wcs, x_px=centre[0], y_px=centre[1])
    if centre is None or frame is None:
        raise IntakeError(f"{_spelled(position)} does not lie in this picture.")
    if not 0.0 < size_arcsec < np.inf:
        raise IntakeError(f"An angular size must be above 0 arcsec, got {size_arcsec:g}.")
    return centre[0], centre[1], size_arcsec / frame.pixel_scale_arcsec


def cut_by_position(cutout: Cutout, position: SkyPosition, *, size_arcsec: float) -> Cutout:
    """Return the part of a cutout around a position, at most ``size_arcsec`` wide and high.

    It keeps the provenance and carries the position; near an edge it is smaller.

    Raises
    ------
    IntakeError
        If the cutout has no coordinates, the position lies outside it, or fewer than
        ``MIN_SIDE_PX`` pixels a side would remain.
    """
    if cutout.wcs is None:
        raise IntakeError(f"{cutout.name} has no sky coordinates; cut it out by pixels.")
    x, y, side = square_around(cutout.wcs, position, size_arcsec)
    if not (-0.5 <= x < cutout.width_px - 0.5 and -0.5 <= y < cutout.height_px - 0.5):
        raise IntakeError(f"{_spelled(position)} does not lie in {cutout.name}.")
    return replace(cut_by_pixels(cutout, x_px=x, y_px=y, side_px=side), position=position)


def cut_by_pixels(cutout: Cutout, *, x_px: float, y_px: float, side_px: float) -> Cutout:
    """Return the square of a cutout around a pixel, clipped at its edges, with coordinates.

    Raises
    ------
    IntakeError
        If fewer than ``MIN_SIDE_PX`` pixels a side would remain.
    """
    left, right = _span(x_px, side_px, cutout.width_px)
    top, bottom = _span(y_px, side_px, cutout.height_px)
    if min(right - left, bottom - top) < MIN_SIDE_PX:
        raise IntakeError(
            f"The part of {cutout.name} would be {max(right - left, 0)} × {max(bottom - top, 0)} "
            f"pixels; at least {MIN_SIDE_PX} × {MIN_SIDE_PX} are needed."
        )
    wcs = cutout.wcs
    if wcs is not None:
        wcs = resampled_wcs(wcs, scale=(1, 1), offset=(left, top))
    return replace(cutout, pixels=cutout.pixels[top:bottom, left:right].copy(), wcs=wcs)


def _span(centre: float, side: float, most: int) -> tuple[int, int]:
    """Return the first and one past the last pixel of a side."""
    length = float(np.rint(side))
    first = float(np.rint(centre - (length - 1) / 2))
    return int(np.clip(first, 0, most)), int(np.clip(first + length, 0, most))


def _resampled_sip(sip: Sip, steps: np.ndarray, crpix: np.ndarray) -> Sip:
    """Rescale the distortion polynomials: u is now ``steps`` times the new u."""

    def rescaled(matrix: np.ndarray | None, axis: int) -> np.ndarray | None:
        if matrix is None:
            return None
        powers = np.arange(len(matrix))
        return matrix * np.outer(steps[0] ** powers, steps[1] ** powers) / steps[axis]

    return Sip(
        rescaled(sip.a, 0), rescaled(sip.b, 1), rescaled(sip.ap, 0), rescaled(sip.bp, 1), crpix
    )


def _spelled(position: SkyPosition) -> str:
    return f"The position RA {position.ra_deg:.5f}°, Dec {position.dec_deg:+.5f}°"
