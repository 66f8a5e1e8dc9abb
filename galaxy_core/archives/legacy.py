"""The DESI Legacy Imaging Surveys through the cutout service of legacysurvey.org.

Facts (its documentation and source): at most 3000 pixels a side; an unknown layer answers
HTTP 200 with the text "no such layer"; outside the footprint the JPEG is blank. Nothing is
sent from here.
"""

from __future__ import annotations

from urllib.parse import urlencode

from galaxy_core.archives.survey import (
    FITS_BYTES,
    PICTURE_BYTES,
    Aim,
    Coverage,
    ImageFormat,
    Limits,
    Query,
    Survey,
    ra_and_dec,
)
from galaxy_core.cutout import SkyPosition

_LAYER = "ls-dr10"


def covers(position: SkyPosition) -> Coverage:
    """Return whether the Legacy Surveys looked there.

    The extragalactic sky below declination +85 (Dey et al. 2019; DR10 adds DECam to the
    south); the patches missing inside are not modelled, so nothing is ever certain.
    """
    return Coverage.NO if position.dec_deg > 85.0 else Coverage.UNKNOWN


def cutout_query(aim: Aim, _listing: str) -> Query:
    """Return the cutout request: grz colours as JPEG, or the g, r, z planes as FITS."""
    fits = aim.image_format is ImageFormat.FITS
    parameters = (
        *ra_and_dec(aim.position),
        ("layer", _LAYER),
        ("pixscale", f"{aim.pixel_scale_arcsec:.6f}"),
        ("size", str(aim.size_px)),
    )
    return Query(
        "/viewer/fits-cutout" if fits else "/viewer/jpeg-cutout",
        (*parameters, ("bands", "grz")) if fits else parameters,
        most_bytes=FITS_BYTES if fits else PICTURE_BYTES,
    )


def viewer_url(position: SkyPosition) -> str:
    """Return the Legacy Surveys sky viewer at the position."""
    where = urlencode((*ra_and_dec(position), ("layer", _LAYER), ("zoom", "14")))
    return f"https://www.legacysurvey.org/viewer?{where}"


LEGACY = Survey(
    key="legacy",
    title="DESI Legacy Surveys",
    release="DR10",
    colours="z, r, g as red, green, blue",
    service="legacysurvey",
    hosts=("https://www.legacysurvey.org",),
    native_scale_arcsec=0.262,
    limits=Limits(size_px=(16, 3000), pixel_scale_arcsec=(0.05, 200.0)),
    credit="DESI Legacy Imaging Surveys, DR10 (D. Lang, Perimeter Institute; Dey et al. 2019)",
    covers=covers,
    cutout_query=cutout_query,
    viewer_url=viewer_url,
    formats=frozenset({ImageFormat.JPEG, ImageFormat.FITS}),
    note="FITS planes g, r, z in nanomaggies.",
)
