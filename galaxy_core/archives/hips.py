"""Any HiPS sky map through hips2fits of the CDS, with four maps as presets.

One service for hundreds of surveys, with a mirror; a busy server answers an HTML page with
status 503. Tiles are resampled, so pixels are for looking, not for photometry. Nothing is sent
from here.
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
    degrees,
    ra_and_dec,
)
from galaxy_core.cutout import SkyPosition

_LIMITS = Limits(size_px=(16, 4000), pixel_scale_arcsec=(0.01, 1000.0))
_HOSTS = (
    "https://alasky.cds.unistra.fr/hips-image-services",
    "https://alaskybis.cds.unistra.fr/hips-image-services",
)


def cutout_query_of(hips_id: str, aim: Aim) -> Query:
    """Return the hips2fits request for one map: tangent projection, north up."""
    fits = aim.image_format is ImageFormat.FITS
    return Query(
        "/hips2fits",
        (
            ("hips", hips_id),
            *ra_and_dec(aim.position),
            ("fov", f"{aim.size_arcsec / 3600:.8f}"),
            ("width", str(aim.size_px)),
            ("height", str(aim.size_px)),
            ("projection", "TAN"),
            ("coordsys", "icrs"),
            ("rotation_angle", "0.0"),
            ("format", aim.image_format.value),
        ),
        most_bytes=FITS_BYTES if fits else PICTURE_BYTES,
    )


def viewer_url_of(hips_id: str, position: SkyPosition) -> str:
    """Return Aladin Lite with this map at the position."""
    where = {
        "target": f"{degrees(position.ra_deg)} {degrees(position.dec_deg)}",
        "fov": "0.1",
        "survey": hips_id,
    }
    return f"https://aladin.cds.unistra.fr/AladinLite/?{urlencode(where)}"


def everywhere(_position: SkyPosition) -> Coverage:
    """Return that an all-sky map covers every position."""
    return Coverage.YES


def somewhere(_position: SkyPosition) -> Coverage:
    """Return that only the service knows where a map has pixels."""
    return Coverage.UNKNOWN


def in_sdss_stripes(position: SkyPosition) -> Coverage:
    """Return whether SDSS imaging may have looked there, from its declinations."""
    return Coverage.UNKNOWN if -26.0 <= position.dec_deg <= 86.0 else Coverage.NO


def in_des(position: SkyPosition) -> Coverage:
    """Return whether the Dark Energy Survey may have: the southern 5,000 square degrees.

    Abbott et al. (2021).
    """
    inside = -70.0 <= position.dec_deg <= 8.0 and not 120.0 <= position.ra_deg <= 290.0
    return Coverage.UNKNOWN if inside else Coverage.NO


def hips_survey(hips_id: str) -> Survey:
    """Return any HiPS as a survey, by its identifier (such as ``CDS/P/DSS2/red``).

    Maps whose identifier does not end in a colour are offered as FITS as well.
    """
    colour = "color" in hips_id.lower() or hips_id == "CDS/P/HST/EPO"
    formats = {ImageFormat.JPEG} if colour else {ImageFormat.JPEG, ImageFormat.FITS}
    return Survey(
        key=f"hips:{hips_id}",
        title=f"HiPS {hips_id}",
        release="as published by its HiPS",
        colours="the map's own",
        service="hips2fits",
        hosts=_HOSTS,
        native_scale_arcsec=1.0,
        limits=_LIMITS,
        credit=f"{hips_id} through hips2fits, CDS, Strasbourg (Boch et al. 2020)",
        covers=somewhere,
        cutout_query=lambda aim, _listing: cutout_query_of(hips_id, aim),
        viewer_url=lambda position: viewer_url_of(hips_id, position),
        formats=frozenset(formats),
        note="Resampled from HiPS tiles: for looking, not for photometry.",
    )
