"""Pan-STARRS 1 through the image service of STScI: a listing first, then a cutout.

``ps1filenames.py`` names the stack files that hold a position (none outside the footprint),
``fitscut.cgi`` cuts them. Pixels are 0.25 arcsec; stack values are asinh-scaled, not linear in
flux. Nothing is sent from here.
"""

from __future__ import annotations

from urllib.parse import urlencode

from galaxy_core.archives.survey import (
    FITS_BYTES,
    PICTURE_BYTES,
    TEXT_BYTES,
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
from galaxy_core.errors import DamagedResponse, NotInFootprint

_SCALE_ARCSEC = 0.25
_COLOURS = ("i", "r", "g")  # red, green, blue
_FITS_BAND = "r"


def covers(position: SkyPosition) -> Coverage:
    """Return whether the 3π survey looked there: all north of declination -30.

    Chambers et al. (2016); within a degree of the edge the service is asked.
    """
    if position.dec_deg > -29.0:
        return Coverage.YES
    return Coverage.NO if position.dec_deg < -31.0 else Coverage.UNKNOWN


def listing_query(aim: Aim) -> Query:
    """Return the request for the names of the stack files at the position."""
    return Query(
        "/cgi-bin/ps1filenames.py",
        (
            *ra_and_dec(aim.position),
            ("filters", "gri"),
            ("type", "stack"),
        ),
        most_bytes=TEXT_BYTES,
    )


def cutout_query(aim: Aim, listing: str) -> Query:
    """Return the cutout request: gri colours as JPEG, or the r stack as FITS.

    Raises
    ------
    NotInFootprint
        If the listing names no files.
    DamagedResponse
        If the listing is not the table it should be, or lacks a band.
    """
    files = _files(listing)
    fits = aim.image_format is ImageFormat.FITS
    bands = (_FITS_BAND,) if fits else _COLOURS
    missing = [band for band in bands if band not in files]
    if missing:
        raise DamagedResponse(
            f"Pan-STARRS lists no stack in {', '.join(missing)} at this position."
        )
    channels = ("red",) if fits else ("red", "green", "blue")
    size = max(1, round(aim.size_arcsec / _SCALE_ARCSEC))
    parameters = (
        *ra_and_dec(aim.position),
        ("size", str(size)),
        ("output_size", str(aim.size_px)),
        ("format", aim.image_format.value),
        *((channel, files[band]) for channel, band in zip(channels, bands, strict=True)),
    )
    return Query(
        "/cgi-bin/fitscut.cgi", parameters, most_bytes=FITS_BYTES if fits else PICTURE_BYTES
    )


def _files(listing: str) -> dict[str, str]:
    """Filter -> file name, of the table that ``ps1filenames.py`` writes."""
    lines = [line.split() for line in listing.splitlines() if line.strip()]
    if not lines or "filter" not in lines[0] or "filename" not in lines[0]:
        raise DamagedResponse("Pan-STARRS did not answer with its table of files.")
    if len(lines) == 1:
        raise NotInFootprint("Pan-STARRS has no stack at this position.")
    band, name = lines[0].index("filter"), lines[0].index("filename")
    rows = [row for row in lines[1:] if len(row) > max(band, name)]
    return {row[band]: row[name] for row in rows}


def viewer_url(position: SkyPosition) -> str:
    """Return the PS1 image viewer at the position."""
    where = {"pos": f"{degrees(position.ra_deg)} {degrees(position.dec_deg)}", "filter": "color"}
    return f"https://ps1images.stsci.edu/cgi-bin/ps1cutouts?{urlencode(where)}"


PANSTARRS = Survey(
    key="panstarrs",
    title="Pan-STARRS",
    release="PS1 DR2",
    colours="i, r, g as red, green, blue",
    service="ps1images",
    hosts=("https://ps1images.stsci.edu",),
    native_scale_arcsec=_SCALE_ARCSEC,
    # A skycell is 26 arcmin wide; what reaches beyond it comes back empty.
    limits=Limits(size_px=(16, 6000), pixel_scale_arcsec=(0.02, 20.0)),
    credit="Pan-STARRS1 Surveys (Chambers et al. 2016), image service of STScI",
    covers=covers,
    cutout_query=cutout_query,
    viewer_url=viewer_url,
    formats=frozenset({ImageFormat.JPEG, ImageFormat.FITS}),
    listing_query=listing_query,
    # Cutouts keep the skycell's pixels, which are turned by up to a few degrees.
    north_up=False,
    note="North is up only to a few degrees; the asinh scale of the r stack in FITS is undone.",
)
