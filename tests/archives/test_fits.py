"""FITS cutouts where a service gives them: read by intake, checked like pictures."""

import asyncio
import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from galaxy_core.archives import SURVEYS, ImageFormat
from galaxy_core.cutout import SkyPosition
from galaxy_core.errors import ArchiveError, DamagedResponse, NotInFootprint
from tests.archives.fake_archives import FakeArchive, answer, galaxy_jpeg, galaxy_pixels

HERE = SkyPosition(180.0, 30.0)


def planes(size_px: int = 128, *, blank: bool = False) -> bytes:
    """Three planes with a WCS, row 0 at the bottom as FITS has it."""
    wcs = WCS(naxis=2)
    wcs.wcs.crpix = [(size_px + 1) / 2] * 2
    wcs.wcs.crval = [180.0, 30.0]
    wcs.wcs.cdelt = [-0.5 / 3600, 0.5 / 3600]
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    data = galaxy_pixels(size_px).transpose(2, 0, 1).astype(np.float32) / 255
    buffer = io.BytesIO()
    header = wcs.to_header()
    header["BANDS"] = "grz"
    fits.PrimaryHDU(data * (not blank), header).writeto(buffer)
    return buffer.getvalue()


def fetched(on_loopback, reply, survey="legacy", service="legacysurvey"):
    async def main(url):
        async with on_loopback(survey, **{service: url}) as archive:
            return await archive.fetch(
                HERE, size_arcsec=64.0, size_px=128, image_format=ImageFormat.FITS
            )

    with FakeArchive(lambda _: reply) as server:
        return asyncio.run(main(server.url))


def test_planes_become_a_colour_cutout_with_its_own_wcs(on_loopback):
    cutout = fetched(on_loopback, answer(planes(), "application/fits"))
    assert cutout.pixels.shape == (128, 128, 3)
    assert cutout.pixel_scale_arcsec == 0.5
    centre = cutout.wcs.pixel_to_world(63.5, 63.5)
    assert (centre.ra.deg, centre.dec.deg) == pytest.approx((180.0, 30.0))
    assert cutout.wcs.pixel_to_world(63.5, 0).dec > centre.dec  # row 0 at the top


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer(galaxy_jpeg(128)), DamagedResponse),
        (answer(planes(blank=True), "application/fits"), NotInFootprint),
        (answer(planes(64), "application/fits"), DamagedResponse),
        (answer(planes()[:5000], "application/fits"), DamagedResponse),
        (answer(b"no such layer", "text/plain"), DamagedResponse),
    ],
)
def test_faulty_fits(reply, error, on_loopback):
    with pytest.raises(error):
        fetched(on_loopback, reply)


def test_a_survey_without_fits_says_so(on_loopback):
    assert ImageFormat.FITS not in SURVEYS["sdss"].formats
    with pytest.raises(ArchiveError, match="SDSS gives no FITS cutouts"):
        fetched(on_loopback, answer(planes()), "sdss", "skyserver")
