"""Coordinates survive cutting, averaging and turning; scale and compass are right."""

import io

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS, Sip

from galaxy_core.cutout import Cutout, Origin, Provenance, SkyPosition
from galaxy_core.errors import IntakeError
from galaxy_core.intake.compose import compose, region_around
from galaxy_core.intake.fits_contents import default_choice
from galaxy_core.intake.sky import (
    cut_by_position,
    local_frame,
    pixel_to_sky,
    resampled_wcs,
    sky_to_pixel,
)

M51 = SkyPosition(ra_deg=202.46958, dec_deg=47.19526)


def tangent(*, scale_arcsec=1.0, angle_deg=0.0, position=M51, crpix=(50.5, 40.5), sip=False):
    """Return screen coordinates: x right, y down, north up and east left turned by the angle."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"] if sip else ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = position.ra_deg, position.dec_deg
    wcs.wcs.crpix = crpix
    turn = np.radians(angle_deg)
    step = scale_arcsec / 3600
    # Up on the screen is -y; the angle turns the sky counterclockwise on the screen.
    wcs.wcs.cd = step * np.array([[-np.cos(turn), np.sin(turn)], [-np.sin(turn), -np.cos(turn)]])
    if sip:
        a, b = np.zeros((2, 3, 3))
        a[2, 0], a[1, 1], a[0, 2] = 3e-5, -2e-5, 1e-5
        b[2, 0], b[1, 1], b[0, 2] = -1e-5, 4e-5, 2e-5
        wcs.sip = Sip(a, b, None, None, crpix)
    wcs.wcs.set()
    return wcs


@pytest.mark.parametrize("sip", [False, True])
@pytest.mark.parametrize(
    ("scale", "offset"),
    [((1, 1), (12, 7)), ((1, -1), (0, 79)), ((4, 4), (1.5, 1.5)), ((3, -3), (10, 61))],
)
def test_a_resampled_pixel_is_where_the_old_one_was(sip, scale, offset):
    old = tangent(sip=sip, angle_deg=20)
    new = resampled_wcs(old, scale=scale, offset=offset)
    x, y = np.array([0.0, 5.0, 19.0, 3.3]), np.array([0.0, 11.0, 2.0, 8.8])
    before = old.all_pix2world(scale[0] * x + offset[0], scale[1] * y + offset[1], 0)
    np.testing.assert_allclose(new.all_pix2world(x, y, 0), before, atol=1e-10)


@pytest.mark.parametrize("angle_deg", [0.0, 30.0, -120.0, 180.0])
@pytest.mark.parametrize("dec_deg", [-75.0, 0.0, 47.0, 89.0])
def test_scale_and_compass(angle_deg, dec_deg):
    wcs = tangent(scale_arcsec=0.4, angle_deg=angle_deg, position=SkyPosition(10.0, dec_deg))
    frame = local_frame(wcs, x_px=49.5, y_px=39.5)
    assert frame.pixel_scale_arcsec == pytest.approx(0.4, rel=1e-6)
    assert (frame.north_deg - angle_deg + 180) % 360 - 180 == pytest.approx(0.0, abs=1e-3)
    assert (frame.east_deg - frame.north_deg) % 360 == pytest.approx(90.0, abs=1e-3)


def test_a_mirrored_sky_has_east_on_the_right():
    wcs = resampled_wcs(tangent(), scale=(-1, 1), offset=(99, 0))
    frame = local_frame(wcs, x_px=50, y_px=40)
    assert frame.east_deg == pytest.approx(-90.0, abs=1e-3)


def test_position_to_pixel_and_back():
    wcs = tangent(angle_deg=33, sip=True)
    position = pixel_to_sky(wcs, x_px=20.25, y_px=61.5)
    np.testing.assert_allclose(sky_to_pixel(wcs, position), (20.25, 61.5), atol=1e-4)
    np.testing.assert_allclose(sky_to_pixel(wcs, M51), (49.5, 39.5), atol=1e-6)


def test_positions_are_icrs_whatever_the_file_uses():
    wcs = tangent()
    wcs.wcs.ctype = "GLON-TAN", "GLAT-TAN"
    wcs.wcs.set()
    truth = SkyCoord(l=M51.ra_deg, b=M51.dec_deg, unit="deg", frame="galactic").icrs
    found = pixel_to_sky(wcs, x_px=49.5, y_px=39.5)
    assert (found.ra_deg, found.dec_deg) == pytest.approx((truth.ra.deg, truth.dec.deg), abs=1e-9)


def test_the_far_side_of_the_sky_has_no_pixel():
    assert sky_to_pixel(tangent(), SkyPosition(22.0, -47.0)) is None


def test_beyond_an_all_sky_map_there_is_no_sky():
    wcs = tangent(scale_arcsec=3600 * 3, position=SkyPosition(10.0, 0.0))
    wcs.wcs.ctype = "RA---AIT", "DEC--AIT"
    wcs.wcs.set()
    assert pixel_to_sky(wcs, x_px=-500, y_px=-500) is None
    assert local_frame(wcs, x_px=-500, y_px=-500) is None


def cutout(wcs):
    y, x = np.indices((80, 100), dtype=np.float32)
    pixels = np.dstack([x / 100, y / 80, np.zeros_like(x)])
    return Cutout(pixels, Provenance(Origin.FILE, "field"), wcs=wcs, pixel_scale_arcsec=1.0)


def test_cut_by_position_keeps_pixels_coordinates_and_provenance():
    field = cutout(tangent(crpix=(51.0, 41.0)))
    part = cut_by_position(field, M51, size_arcsec=21.0)
    assert part.pixels.shape == (21, 21, 3)
    np.testing.assert_array_equal(part.pixels, field.pixels[30:51, 40:61])
    np.testing.assert_allclose(sky_to_pixel(part.wcs, M51), (10, 10), atol=1e-6)
    assert part.position == M51
    assert part.provenance == field.provenance


def test_near_an_edge_the_part_is_smaller():
    corner = pixel_to_sky(tangent(), x_px=3, y_px=3)
    part = cut_by_position(cutout(tangent()), corner, size_arcsec=20.0)
    assert part.pixels.shape[0] < 20
    np.testing.assert_array_equal(part.pixels[0, 0], 0.0)


@pytest.mark.parametrize(
    ("wcs", "position", "size", "words"),
    [
        (None, M51, 20.0, "has no sky coordinates"),
        (tangent(), SkyPosition(202.6, 47.19526), 20.0, "does not lie in field"),
        (tangent(), SkyPosition(22.0, -47.0), 20.0, "does not lie in this picture"),
        (tangent(), M51, 3.0, "at least 8 × 8 are needed"),
        (tangent(), M51, -1.0, "must be above 0 arcsec"),
        (tangent(), M51, float("nan"), "must be above 0 arcsec"),
    ],
)
def test_impossible_cuts_are_refused_in_words(wcs, position, size, words):
    with pytest.raises(IntakeError, match=words):
        cut_by_position(cutout(wcs), position, size_arcsec=size)


def field_file(**cards):
    wcs = resampled_wcs(tangent(angle_deg=15), scale=(1, -1), offset=(0, 79))  # as FITS has it
    header = wcs.to_header()
    header.update(cards)
    y, x = np.indices((80, 100))
    truth = np.hypot(x - 49.5, y - 39.5).astype(np.float32)
    buffer = io.BytesIO()
    fits.PrimaryHDU(np.exp(-truth / 3).astype(np.float32), header).writeto(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("most_pixels", [10**6, 500])
def test_a_region_of_a_field_keeps_its_place_on_the_sky(reader, most_pixels):
    contents = reader.open(field_file(), name="field.fits")
    region = region_around(contents.planes[0], M51, size_arcsec=41.0)
    bands = reader.read(contents, default_choice(contents), region=region, most_pixels=most_pixels)
    part = compose(bands)
    y, x = np.unravel_index(part.pixels[..., 0].argmax(), part.pixels.shape[:2])
    np.testing.assert_allclose(sky_to_pixel(part.wcs, M51), (x, y), atol=1.0)
    assert part.pixel_scale_arcsec == pytest.approx(bands.shrink, rel=1e-3)


def test_the_compass_of_a_file_is_as_it_was_written(reader):
    contents = reader.open(field_file(), name="field.fits")
    whole = compose(reader.read(contents, default_choice(contents)))
    assert local_frame(whole.wcs, x_px=50, y_px=40).north_deg == pytest.approx(15.0, abs=1e-2)


@pytest.mark.parametrize(
    "cards",
    [
        {"CTYPE1": "LINEAR"},
        {"CTYPE1": "RA---XXX"},
        {"CRPIX1": 1e300, "CDELT1": 0.0},
        {"PC1_1": 0.0, "PC1_2": 0.0},
        {"CUNIT1": "parsec"},
        {"CTYPE1": "RA---TAB", "CTYPE2": "DEC--TAB", "PS1_0": "none"},
    ],
)
def test_senseless_coordinates_are_none_and_said(reader, cards):
    contents = reader.open(field_file(**cards), name="odd.fits")
    picture = compose(reader.read(contents, default_choice(contents)))
    assert picture.wcs is None
    assert "The file states no sky coordinates; sizes are in pixels." in picture.warnings
