"""Manners of real files that no standard asks for, each laid out as its origin does it."""

import bz2
import gzip
import io

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from galaxy_core.errors import DamagedImage, NotAnImage, TooLarge, UnsupportedImage
from galaxy_core.intake import read_cutout
from galaxy_core.intake.fits_contents import BandChoice, PlaneKey, PlaneRole, default_choice
from galaxy_core.intake.fits_process import FitsLimits
from galaxy_core.intake.fits_reader import FitsReader
from galaxy_core.intake.sky import pixel_to_sky

SIDE = 64


def galaxy(noise=0.01):
    rng = np.random.default_rng(5)
    y, x = np.indices((SIDE, SIDE))
    return (np.exp(-np.hypot(x - 40, y - 20) / 6) + rng.normal(0, noise, x.shape)).astype("f4")


def written(*hdus):
    buffer = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(buffer)
    return buffer.getvalue()


def frame(*, swapped=False, matrix=((-1e-4, 2e-5), (2e-5, 1e-4)), **cards):
    """Coordinates as SDSS writes them if swapped: declination first."""
    kinds, values = ["RA---TAN", "DEC--TAN"], [150.0, 40.0]
    rows = np.array(matrix)
    if swapped:
        kinds, values, rows = kinds[::-1], values[::-1], rows[::-1]
    header = fits.Header()
    for n in (0, 1):
        header[f"CTYPE{n + 1}"], header[f"CRVAL{n + 1}"] = kinds[n], values[n]
        header[f"CRPIX{n + 1}"] = 11.0 + n
        for m in (0, 1):
            header[f"CD{n + 1}_{m + 1}"] = rows[n, m]
    header.update(cards)
    return header


def test_declination_may_come_first(reader):
    data = written(fits.PrimaryHDU(galaxy(), frame(swapped=True)))
    cutout = read_cutout(data, name="frame-r.fits", fits_reader=reader)
    plain = read_cutout(written(fits.PrimaryHDU(galaxy(), frame())), name="f", fits_reader=reader)
    assert cutout.pixel_scale_arcsec == pytest.approx(plain.pixel_scale_arcsec)
    for x, y in ((0, 0), (50, 3)):
        here, there = (pixel_to_sky(one.wcs, x_px=x, y_px=y) for one in (cutout, plain))
        assert (here.ra_deg, here.dec_deg) == pytest.approx((there.ra_deg, there.dec_deg))


@pytest.mark.parametrize(
    ("cards", "frame_of"),
    [({"EPOCH": 1950.0}, "fk4"), ({"EQUINOX": 1950.0, "RADESYS": "FK4"}, "fk4"),
     ({"RADESYS": "FK5", "EQUINOX": 2000.0}, "fk5"), ({}, "icrs")],
)  # fmt: skip
def test_old_equinoxes_are_brought_to_icrs(reader, cards, frame_of):
    from astropy.coordinates import SkyCoord

    header = frame(**cards)
    cutout = read_cutout(written(fits.PrimaryHDU(galaxy(), header)), name="o", fits_reader=reader)
    here = pixel_to_sky(cutout.wcs, x_px=10, y_px=SIDE - 12)  # CRPIX, the first row at the bottom
    equinox = {"equinox": "B1950"} if frame_of == "fk4" else {}
    expected = SkyCoord(150.0, 40.0, unit="deg", frame=frame_of, **equinox).icrs
    assert expected.separation(SkyCoord(here.ra_deg, here.dec_deg, unit="deg")).arcsec < 0.1


@pytest.mark.parametrize(
    "header",
    [frame(matrix=((0, 0), (0, 0))), frame(matrix=((1e-4, 1e-4), (1e-4, 1e-4))),
     frame(CRVAL1="NaN"), frame(CTYPE1="RA---XYZ", CTYPE2="DEC--XYZ"), frame(RADESYS="MINE"),
     fits.Header({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 1.0, "CRVAL2": 2.0})],
    ids=["zero matrix", "singular", "no number", "no projection", "no frame", "no scale"],
)  # fmt: skip
def test_coordinates_that_cannot_be_are_none_and_it_is_said(reader, header):
    data = written(fits.PrimaryHDU(galaxy(), fits.Header(header)))
    cutout = read_cutout(data, name="o.fits", fits_reader=reader)
    assert cutout.wcs is None
    assert cutout.pixel_scale_arcsec is None
    assert "The file states no sky coordinates; sizes are in pixels." in cutout.warnings


@pytest.mark.parametrize("number", [-3.4028235e38, 3.4028235e38, 1e30, -32768, -9999, -99])
def test_numbers_for_nothing_are_no_light(reader, number):
    values = galaxy()
    expected = read_cutout(written(fits.PrimaryHDU(values)), name="o", fits_reader=reader)
    values[30:32, 5:9] = number
    cutout = read_cutout(written(fits.PrimaryHDU(values)), name="o.fits", fits_reader=reader)
    hole = cutout.pixels[SIDE - 32 : SIDE - 30, 5:9]
    assert hole.max() < 0.1
    rest = np.abs(cutout.pixels - expected.pixels)
    rest[SIDE - 32 : SIDE - 30, 5:9] = 0.0
    assert rest.max() < 0.05
    assert any(f"{np.float32(number):.6g}" in sentence for sentence in cutout.warnings)


def test_numbers_for_nothing_do_not_dim_what_is_averaged_with_them(reader):
    values = galaxy()
    values[30, 30] = -32768
    contents = reader.open(written(fits.PrimaryHDU(values)), name="o.fits")
    small = reader.read(contents, BandChoice.single(PlaneKey(0, 0)), most_pixels=SIDE * SIDE // 16)
    assert small.shrink == 4
    block = values[28:32, 28:32]
    assert small.red[7, 7] == pytest.approx(block[block > -100].mean(), rel=1e-4)


@pytest.mark.parametrize(
    "values",
    [galaxy() - 99.0, np.where(galaxy() > 0.5, 1, 0).astype("i2"),
     np.where(np.arange(SIDE * SIDE).reshape(SIDE, SIDE) == 99, 5e4, galaxy()).astype("f4")],
    ids=["a sky of -99", "a mask", "a bright star"],
)  # fmt: skip
def test_what_is_measured_stays(reader, values):
    contents = reader.open(written(fits.PrimaryHDU(values)), name="o.fits")
    bands = reader.read(contents, BandChoice.single(PlaneKey(0, 0)))
    np.testing.assert_array_equal(bands.red, values.astype("f4"))
    assert bands.repairs == ()


def test_the_asinh_scale_of_pan_starrs_is_undone(reader):
    flux, softening, offset = galaxy(noise=0.02) * 5000, 1000.0, 30.0
    stored = 2.5 / np.log(10) * np.arcsinh((flux - offset) / (2 * softening))
    cards = fits.Header({"BSOFTEN": softening, "BOFFSET": offset})
    cards["HIERARCH FPA.FILTERID"] = "r.00000"
    contents = reader.open(written(fits.PrimaryHDU(stored.astype("f4"), cards)), name="stk.fits")
    assert contents.planes[0].wavelength_nm == 623.0
    bands = reader.read(contents, default_choice(contents))
    np.testing.assert_allclose(bands.red, flux, rtol=1e-4, atol=0.05)
    assert any("asinh scale" in sentence for sentence in bands.warnings)


@pytest.mark.parametrize(
    ("cards", "band"),
    [({"TELESCOP": "GALEX", "BAND": 1}, "NUV"), ({"TELESCOP": "GALEX", "BAND": 2}, "FUV"),
     ({"TELESCOP": "WISE", "BAND": 1}, "W1"), ({"INSTRUME": "IRAC", "CHNLNUM": 4}, "IRAC4"),
     ({"FILTER": "k "}, "k")],
)  # fmt: skip
def test_filters_by_number_and_in_small_letters(reader, cards, band):
    contents = reader.open(written(fits.PrimaryHDU(galaxy(), fits.Header(cards))), name="o.fits")
    assert contents.planes[0].band == band
    assert contents.planes[0].wavelength_nm is not None


def test_opacity_is_no_band(reader):
    colours = np.stack([galaxy(), galaxy() * 0.6, galaxy() * 0.3, np.ones((SIDE, SIDE))])
    contents = reader.open(written(fits.PrimaryHDU(colours.astype("f4"))), name="rgba.fits")
    assert contents.planes[3].role is PlaneRole.WEIGHT
    choice = default_choice(contents)
    assert [choice.red.plane, choice.green.plane, choice.blue.plane] == [0, 1, 2]


def test_of_polarised_light_the_intensity_is_shown(reader):
    planes = np.stack([galaxy(), galaxy() * 0.1, galaxy() * 0.1, galaxy() * 0.0])
    header = fits.Header({"CTYPE3": "STOKES"})
    contents = reader.open(written(fits.PrimaryHDU(planes, header)), name="vla.fits")
    assert default_choice(contents) == BandChoice.single(PlaneKey(0, 0))


def test_a_thumbnail_before_the_image_is_passed_over(reader):
    units = [fits.PrimaryHDU(), fits.ImageHDU(galaxy()[:16, :16]), fits.ImageHDU(galaxy())]
    contents = reader.open(written(*units), name="o.fits")
    assert default_choice(contents).red == PlaneKey(2, 0)


def test_a_sky_cut_off_at_zero_is_not_blown_up(reader):
    values = galaxy()
    shown = read_cutout(written(fits.PrimaryHDU(values)), name="o", fits_reader=reader).pixels
    clipped = written(fits.PrimaryHDU(np.maximum(values, 0)))
    cutout = read_cutout(clipped, name="o.fits", fits_reader=reader)
    assert float(np.median(cutout.pixels)) < 0.1  # it was 0.38
    assert np.abs(cutout.pixels - shown).mean() < 0.05


def test_bzip2_is_undone_as_sdss_packs_its_frames(reader):
    data = written(fits.PrimaryHDU(galaxy(), frame(swapped=True)))
    packed = read_cutout(bz2.compress(data), name="frame-r.fits.bz2", fits_reader=reader)
    plain = read_cutout(data, name="frame-r.fits", fits_reader=reader)
    np.testing.assert_array_equal(packed.pixels, plain.pixels)


def test_a_gzip_of_several_streams_is_undone_whole(reader):
    data = written(fits.PrimaryHDU(galaxy()))
    packed = gzip.compress(data[:4000]) + gzip.compress(data[4000:])
    assert read_cutout(packed, name="o.fits.gz", fits_reader=reader).width_px == SIDE


@pytest.mark.parametrize(
    ("packed", "error", "said"),
    [(bz2.compress(b"a" * 9000), NotAnImage, "no FITS file directly in it"),
     (bz2.compress(gzip.compress(written(fits.PrimaryHDU(galaxy())))), NotAnImage, "directly"),
     (bz2.compress(written(fits.PrimaryHDU(galaxy())))[:-500], DamagedImage, "bzip2 stream"),
     (b"BZh91AY&SY" + b"x" * 500, DamagedImage, "bzip2 stream")],
    ids=["other content", "packed twice", "cut", "noise"],
)  # fmt: skip
def test_bzip2_of_anything_else_is_refused_in_words(reader, packed, error, said):
    with pytest.raises(error, match=said):
        read_cutout(packed, name="o.fits.bz2", fits_reader=reader)


def test_a_bzip2_bomb_is_stopped_at_the_limit():
    start = written(fits.PrimaryHDU(galaxy()))
    with FitsReader(FitsLimits(file_bytes=10_000_000)) as tight, pytest.raises(TooLarge):
        read_cutout(bz2.compress(start + bytes(50_000_000)), name="b.bz2", fits_reader=tight)


def test_pictures_in_a_table_are_refused_by_name(reader):
    column = fits.Column("IMG", f"{SIDE * SIDE}E", dim=f"({SIDE},{SIDE})", array=[galaxy()])
    data = written(fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column]))
    with pytest.raises(UnsupportedImage, match=r"it holds a table\. Pictures"):
        reader.open(data, name="t.fits")


def test_the_plate_solution_of_dss_is_read_where_it_stands_alone(reader):
    # Of plate 070U (NED's M1): cards as STScI wrote them before it added CTYPE.
    header = fits.Header()
    header.update({
        "PLTRAH": 5, "PLTRAM": 46, "PLTRAS": 51.76707, "PLTDECSN": "+", "PLTDECD": 24,
        "PLTDECM": 3, "PLTDECS": 42.58878, "PLTSCALE": 67.2, "CNPIX1": 12694, "CNPIX2": 2610,
        "XPIXELSZ": 25.28445, "YPIXELSZ": 25.28445, "PPO3": 174974.71555, "PPO6": 174974.71555,
    })  # fmt: skip
    for axis, terms in (("X", (67.24910426454, 0.7610929383657, -243.3305739181)),
                        ("Y", (67.26570524426, -0.7636318877592, -193.3847572365))):  # fmt: skip
        for number in range(1, 21):
            header[f"AMD{axis}{number}"] = terms[number - 1] if number <= 3 else 0.0
    data = written(fits.PrimaryHDU(galaxy(), header))
    cutout = read_cutout(data, name="dss.fits", fits_reader=reader)
    assert cutout.pixel_scale_arcsec == pytest.approx(1.70, abs=0.01)
    here = pixel_to_sky(cutout.wcs, x_px=60, y_px=SIDE - 1 - 50)
    there = WCS(header).pixel_to_world(60, 50).icrs
    assert (here.ra_deg, here.dec_deg) == pytest.approx((there.ra.deg, there.dec.deg), abs=1e-8)


def test_tpv_without_its_polynomial_is_tan(reader):
    header = frame(CTYPE1="RA---TPV", CTYPE2="DEC--TPV")
    cutout = read_cutout(written(fits.PrimaryHDU(galaxy(), header)), name="d", fits_reader=reader)
    here = pixel_to_sky(cutout.wcs, x_px=60, y_px=SIDE - 1 - 50)
    there = WCS(frame()).pixel_to_world(60, 50).icrs
    assert (here.ra_deg, here.dec_deg) == pytest.approx((there.ra.deg, there.dec.deg), abs=1e-8)


@pytest.mark.parametrize("projection", ["TPV", "TAN-SIP", "SIN", "ZPN"])
def test_projections_of_cameras_keep_their_place(reader, projection):
    header = frame()
    header["CTYPE1"], header["CTYPE2"] = "RA---" + projection[:3], "DEC--" + projection[:3]
    if projection == "TPV":
        header.update({"PV1_1": 1.0, "PV1_4": 1e-3, "PV2_1": 1.0})
    elif projection == "ZPN":
        header.update({"PV2_1": 1.0, "PV2_3": 42.0})
    elif projection == "TAN-SIP":
        header["CTYPE1"], header["CTYPE2"] = "RA---TAN-SIP", "DEC--TAN-SIP"
        header.update({"A_ORDER": 2, "B_ORDER": 2, "A_2_0": 1e-5, "B_0_2": 1e-5})
    cutout = read_cutout(written(fits.PrimaryHDU(galaxy(), header)), name="p", fits_reader=reader)
    here = pixel_to_sky(cutout.wcs, x_px=60, y_px=SIDE - 1 - 50)
    there = WCS(header).pixel_to_world(60, 50).icrs
    assert (here.ra_deg, here.dec_deg) == pytest.approx((there.ra.deg, there.dec.deg), abs=1e-8)
