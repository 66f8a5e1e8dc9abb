"""FITS files as astropy writes them, and real ones where they are at hand."""

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from galaxy_core.cutout import Origin
from galaxy_core.errors import DamagedImage, IntakeError, UnsupportedImage
from galaxy_core.intake import read_cutout, read_file
from galaxy_core.intake.colour import Stretch
from galaxy_core.intake.compose import compose, suggest_stretch
from galaxy_core.intake.fits_bands import Region
from galaxy_core.intake.fits_contents import BandChoice, PlaneKey, default_choice

UPLOADS = Path(__file__).parents[3] / "shared" / "galaxies" / "uploads"
ROWS, COLUMNS = 24, 32


def flux(brightness=1.0):
    """A galaxy off the centre on a noisy sky: no flip or swap of axes leaves it alike."""
    rng = np.random.default_rng(3)
    y, x = np.indices((ROWS, COLUMNS))
    galaxy = np.exp(-np.hypot((x - 20) / 4, (y - 6) / 2))
    return (brightness * galaxy + rng.normal(0.0, 0.01, (ROWS, COLUMNS))).astype(np.float32)


def written(*hdus):
    buffer = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(buffer)
    return buffer.getvalue()


def primary(data, **cards):
    return fits.PrimaryHDU(data, header=fits.Header(cards))


def read_single(reader, data, key=(0, 0), name="galaxy.fits"):
    contents = reader.open(data, name=name)
    return reader.read(contents, BandChoice.single(PlaneKey(*key)))


@pytest.mark.parametrize("dtype", [">f4", ">f8", ">i2", ">i4", ">i8", "u1"])
def test_every_pixel_type_is_read_exactly(reader, dtype):
    values = (np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) % 200).astype(dtype)
    np.testing.assert_array_equal(read_single(reader, written(primary(values))).red, values)


def test_unsigned_integers_come_without_their_offset(reader):
    values = (np.arange(ROWS * COLUMNS, dtype=np.uint16) + 40_000).reshape(ROWS, COLUMNS)
    np.testing.assert_array_equal(read_single(reader, written(primary(values))).red, values)


def test_bscale_bzero_and_blank_are_applied(reader):
    stored = np.arange(ROWS * COLUMNS, dtype=np.int16).reshape(ROWS, COLUMNS)
    hdu = fits.PrimaryHDU(stored)
    hdu.header["BLANK"] = 5
    data = written(hdu)
    # astropy would scale while writing; the cards are put in afterwards, over blank ones.
    for card in ("BSCALE  =                  0.5", "BZERO   =                 10.0"):
        data = data.replace(b"END" + b" " * 77, card.ljust(80).encode() + b"END" + b" " * 77, 1)
        data = data.replace(b" " * 80, b"", 1)
    image = read_single(reader, data).red
    expected = stored * 0.5 + 10.0
    expected.flat[5] = np.nan
    np.testing.assert_array_equal(image, expected)


def test_rows_are_turned_so_that_the_first_fits_row_is_at_the_bottom(reader):
    bands = read_single(reader, written(primary(flux())))
    cutout = compose(bands)
    y, x = np.unravel_index(cutout.pixels[..., 0].argmax(), (ROWS, COLUMNS))
    assert (x, y) == (20, ROWS - 1 - 6)


def test_a_single_band_is_grey(reader):
    pixels = compose(read_single(reader, written(primary(flux())))).pixels
    np.testing.assert_array_equal(pixels[..., 0], pixels[..., 2])
    assert pixels.max() > 0.9


def test_one_hdu_a_band_is_ordered_by_wavelength(reader):
    units = [fits.ImageHDU(flux(b), fits.Header({"FILTER": f})) for b, f in zip((1, 2, 3), "rgi")]
    contents = reader.open(written(fits.PrimaryHDU(), *units), name="bands.fits")
    choice = default_choice(contents)
    assert [key.hdu for key in (choice.red, choice.green, choice.blue)] == [3, 1, 2]
    assert [plane.label for plane in contents.planes] == ["1 · r", "2 · g", "3 · i"]


@pytest.mark.parametrize(
    ("name", "planes", "expected"),
    [
        ("m51_grizy.fits", 5, (2, 1, 0)),
        ("m51_ugriz.fits", 5, (3, 2, 1)),
        ("cube.fits", 5, (3, 2, 1)),  # nameless: from blue to red
        ("cube.fits", 3, (0, 1, 2)),  # nameless: red, green, blue
    ],
)
def test_planes_of_a_cube_become_colours(reader, name, planes, expected):
    cube = np.stack([flux(1 + plane) for plane in range(planes)])
    contents = reader.open(written(primary(cube)), name=name)
    choice = default_choice(contents)
    assert (choice.red.plane, choice.green.plane, choice.blue.plane) == expected
    guessed = any(
        "order in the file" in text for text in compose(reader.read(contents, choice)).warnings
    )
    assert guessed is (name == "cube.fits")


def test_band_cards_of_a_cube_are_understood(reader):
    cube = np.stack([flux(), flux(), flux()])
    contents = reader.open(written(primary(cube, BANDS="grz")), name="legacy.fits")
    assert [plane.band for plane in contents.planes] == ["g", "r", "z"]
    assert default_choice(contents).red == PlaneKey(0, 2)


def test_two_bands_get_their_mean_as_green(reader):
    units = [
        fits.ImageHDU(flux(b), fits.Header({"FILTER": f})) for b, f in ((1, "F606W"), (3, "F814W"))
    ]
    contents = reader.open(written(fits.PrimaryHDU(), *units), name="hst.fits")
    choice = default_choice(contents)
    bands = reader.read(contents, choice)
    assert choice.red.hdu == 2
    np.testing.assert_allclose(bands.green, (bands.red + bands.blue) / 2, rtol=1e-6)
    assert compose(bands).pixels.max() > 0.9


@pytest.mark.parametrize("last", [False, True])
def test_a_finished_colour_cube_is_shown_as_it_is(reader, last):
    colour = np.random.default_rng(0).integers(0, 256, (3, ROWS, COLUMNS)).astype(np.uint8)
    stored = np.moveaxis(colour, 0, -1) if last else colour
    cutout = read_cutout(
        written(primary(np.ascontiguousarray(stored))), name="rgb.fits", fits_reader=reader
    )
    truth = np.moveaxis(colour, 0, -1)[::-1] / np.float32(255)
    np.testing.assert_allclose(cutout.pixels, truth, atol=1e-6)


def test_axes_of_length_one_are_seen_through(reader):
    values = flux()
    image = read_single(reader, written(primary(values[None, None]))).red
    np.testing.assert_array_equal(image, values)


def test_masks_weights_and_segmentation_are_told_apart_from_images(reader):
    integers = np.zeros((ROWS, COLUMNS), dtype=np.int32)
    units = [
        fits.PrimaryHDU(flux()),
        fits.ImageHDU(integers),
        fits.ImageHDU(flux(), name="WHT"),
        fits.ImageHDU(integers, name="SEGMAP"),
        fits.ImageHDU(integers.astype(np.int16), name="DQ"),
    ]
    contents = reader.open(written(*units), name="many.fits")
    roles = [plane.role for plane in contents.planes]
    assert roles == ["science", "mask", "weight", "segmentation", "mask"]
    assert default_choice(contents) == BandChoice.single(PlaneKey(0, 0))


def test_a_mask_of_bytes_before_the_image_is_not_taken_for_it(reader):
    mask = fits.PrimaryHDU(np.ones((ROWS, COLUMNS), dtype=np.uint8))
    contents = reader.open(written(mask, fits.ImageHDU(flux())), name="m.fits")
    assert default_choice(contents).red == PlaneKey(1, 0)


def test_bytes_beside_their_weights_are_the_image(reader):
    image = fits.PrimaryHDU(np.ones((ROWS, COLUMNS), dtype=np.uint8))
    weights = fits.ImageHDU(flux(), name="WHT")
    assert default_choice(reader.open(written(image, weights), name="m.fits")).red.hdu == 0


def test_bands_named_by_extensions_in_capitals_make_colour(reader):
    units = [fits.ImageHDU(flux(), name=band) for band in "grz"]
    choice = default_choice(reader.open(written(fits.PrimaryHDU(), *units), name="e.fits"))
    assert [key.hdu for key in (choice.red, choice.green, choice.blue)] == [3, 2, 1]


def test_a_strip_that_no_galaxy_fits_into_is_refused(reader):
    strip = reader.open(written(primary(np.zeros((8, 40_000), np.uint8))), name="strip.fits")
    with pytest.raises(UnsupportedImage, match="a strip of 40,000 × 8 pixels"):
        reader.read(strip, default_choice(strip), most_pixels=10_000)


def test_a_chosen_mask_takes_its_pixels_out(reader):
    mask = np.zeros((ROWS, COLUMNS), dtype=np.uint8)
    mask[3, 4] = 1
    contents = reader.open(
        written(primary(flux()), fits.ImageHDU(mask, name="MASK")), name="m.fits"
    )
    choice = BandChoice.single(PlaneKey(0, 0), mask=PlaneKey(1, 0))
    bands = reader.read(contents, choice)
    assert np.argwhere(np.isnan(bands.red)).tolist() == [[3, 4]]
    assert "Pixels without a number, taken as sky: 1." in bands.warnings


def test_nan_is_counted_and_black(reader):
    values = flux()
    values[2, 3:5] = np.nan, np.inf
    cutout = read_cutout(written(primary(values)), name="nan.fits", fits_reader=reader)
    assert "Pixels without a number, taken as sky: 2." in cutout.warnings
    assert cutout.pixels[ROWS - 3, 3:5].max() == 0.0


@pytest.mark.parametrize("compression", ["RICE_1", "GZIP_1", "GZIP_2", "PLIO_1", "HCOMPRESS_1"])
def test_tile_compressed_integers_are_read_exactly(reader, compression):
    values = (np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) % 250).astype(np.int16)
    hdu = fits.CompImageHDU(values, compression_type=compression, tile_shape=(12, COLUMNS))
    image = read_single(reader, written(fits.PrimaryHDU(), hdu), (1, 0), "a.fits.fz").red
    np.testing.assert_array_equal(image, values)


def test_tile_compressed_cubes_give_their_planes(reader):
    cube = np.stack([np.full((ROWS, COLUMNS), plane, np.int16) for plane in range(4)])
    data = written(fits.PrimaryHDU(), fits.CompImageHDU(cube, compression_type="RICE_1"))
    assert read_single(reader, data, (1, 2)).red.max() == 2.0


def test_gzip_is_undone(reader):
    data = gzip.compress(written(primary(flux())))
    cutout = read_cutout(data, name="a.fits.gz", fits_reader=reader)
    plain = read_cutout(written(primary(flux())), name="a.fits", fits_reader=reader)
    np.testing.assert_array_equal(cutout.pixels, plain.pixels)


def test_a_table_alone_is_no_image(reader):
    table = fits.BinTableHDU.from_columns([fits.Column("a", "E", array=np.arange(4.0))])
    with pytest.raises(UnsupportedImage, match="a FITS file without an image in it"):
        reader.open(written(fits.PrimaryHDU(), table), name="t.fits")


def test_a_spectrum_is_no_image(reader):
    with pytest.raises(UnsupportedImage, match="without an image"):
        reader.open(written(primary(np.arange(100.0))), name="s.fits")


def test_of_an_endless_cube_planes_all_along_it_are_offered(reader):
    contents = reader.open(written(primary(np.zeros((200, 10, 10), np.int16))), name="ifu.fits")
    offered = [plane.key.plane for plane in contents.planes if plane.merged is None]
    assert (offered[0], offered[-1], len(set(offered))) == (0, 199, 64)
    assert contents.warnings == (
        "It has 200 planes; 64 of them, spread evenly over each cube, are offered, "
        "and means over each cube.",
    )


def test_bands_of_different_size_are_refused_in_words(reader):
    units = [fits.PrimaryHDU(flux()), fits.ImageHDU(flux()[:10])]
    contents = reader.open(written(*units), name="two.fits")
    first, second = PlaneKey(0, 0), PlaneKey(1, 0)
    with pytest.raises(IntakeError, match="32 × 10 and 32 × 24 pixels"):
        reader.read(contents, BandChoice(first, second, first))


def test_planes_that_do_not_exist_are_refused_in_words(reader):
    contents = reader.open(written(primary(flux())), name="one.fits")
    with pytest.raises(UnsupportedImage, match="has no plane 3 in unit 0"):
        reader.read(contents, BandChoice.single(PlaneKey(0, 3)))


def test_all_nan_is_refused_in_words(reader):
    with pytest.raises(DamagedImage, match="holds no number in any pixel"):
        read_single(reader, written(primary(np.full((20, 20), np.nan))))


def test_a_constant_image_is_black_and_finite(reader):
    cutout = read_cutout(
        written(primary(np.full((20, 20), 7.0))), name="c.fits", fits_reader=reader
    )
    assert cutout.pixels.max() == 0.0


def test_a_region_is_read_alone(reader):
    values = flux()
    contents = reader.open(written(primary(values)), name="r.fits")
    choice = default_choice(contents)
    bands = reader.read(contents, choice, region=Region(2, 12, 15, 40))
    np.testing.assert_array_equal(bands.red, values[2:12, 15:32])
    with pytest.raises(IntakeError, match="lies outside its 32 × 24 pixels"):
        reader.read(contents, choice, region=Region(50, 60, 0, 10))


def test_averaging_down_gives_block_means(reader):
    values = np.arange(100 * 90, dtype=np.float32).reshape(100, 90)
    contents = reader.open(written(primary(values)), name="b.fits")
    bands = reader.read(contents, default_choice(contents), most_pixels=1100)
    assert bands.shrink == 3
    assert bands.red.shape == (34, 30)
    np.testing.assert_allclose(
        bands.red[:33], values[:99].reshape(33, 3, 30, 3).mean((1, 3)), rtol=1e-6
    )
    np.testing.assert_allclose(bands.red[33], values[99].reshape(30, 3).mean(1), rtol=1e-6)
    assert "Averaged down in blocks of 3 × 3 pixels." in bands.warnings


@pytest.mark.parametrize("most_pixels", [10**6, 100])
def test_a_pixel_of_the_picture_is_found_in_the_file(reader, most_pixels):
    values = np.zeros((40, 40), np.float32)
    values[8:12, 20:24] = 1.0  # centre (21.5, 9.5), which is a block's
    contents = reader.open(written(primary(values)), name="g.fits")
    choice, region = default_choice(contents), Region(4, 36, 8, 40)
    bands = reader.read(contents, choice, region=region, most_pixels=most_pixels)
    rows, columns = np.nonzero(compose(bands).pixels[..., 0] > 0.5)
    found = bands.file_pixel(x_px=columns.mean(), y_px=rows.mean())
    assert found == pytest.approx((21.5, 9.5))
    again = reader.read(contents, choice, region=Region.around(x_px=21.5, y_px=9.5, side_px=9))
    assert again.red.sum() == 16.0


def test_the_stretch_is_the_callers_where_given(reader):
    bands = read_single(reader, written(primary(flux())))
    cutout = compose(bands, Stretch(q=0.0, linear_range=2.0))
    np.testing.assert_allclose(cutout.pixels[::-1, :, 0], np.clip(bands.red / 2, 0, 1), atol=2e-6)
    assert suggest_stretch(bands).linear_range != 2.0


def test_known_bands_are_weighted_as_surveys_do(reader):
    units = [fits.ImageHDU(flux(), fits.Header({"FILTER": f})) for f in "gri"]
    contents = reader.open(written(fits.PrimaryHDU(), *units), name="gri.fits")
    weight = suggest_stretch(reader.read(contents, default_choice(contents))).weight
    # SDSS shows i, r, g as 0.44 : 0.67 : 1.
    np.testing.assert_allclose(weight, (0.44, 0.67, 1.0), atol=0.06)


def test_a_file_is_read_from_where_it_lies(reader, tmp_path):
    path = tmp_path / "ngc1.fits"
    path.write_bytes(written(primary(flux())))
    cutout = read_file(path, fits_reader=reader)
    twin = read_cutout(path.read_bytes(), name="ngc1.fits", fits_reader=reader)
    np.testing.assert_array_equal(cutout.pixels, twin.pixels)
    assert cutout.provenance.origin is Origin.FILE
    assert cutout.provenance.sha256 == twin.provenance.sha256


def test_without_a_reader_one_is_started_for_the_file():
    cutout = read_cutout(written(primary(flux())), name="alone.fits")
    assert cutout.pixels.shape == (ROWS, COLUMNS, 3)
    assert "The file states no sky coordinates; sizes are in pixels." in cutout.warnings


def test_coordinates_come_along_turned_with_the_rows(reader):
    header = celestial().to_header()
    cutout = read_cutout(
        written(fits.PrimaryHDU(flux(), header)), name="w.fits", fits_reader=reader
    )
    before = celestial().pixel_to_world_values(20, 6)
    after = cutout.wcs.pixel_to_world_values(20, ROWS - 1 - 6)
    np.testing.assert_allclose(after, before, atol=1e-9)
    assert cutout.pixel_scale_arcsec == pytest.approx(0.5, rel=1e-6)


def celestial():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval = 202.47, 47.2
    wcs.wcs.crpix = 16.5, 12.5
    wcs.wcs.cdelt = -0.5 / 3600, 0.5 / 3600
    return wcs


def test_the_process_imports_neither_streamlit_nor_tensorflow():
    code = "import galaxy_core.intake.fits, json, sys; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    heavy = {"streamlit", "tensorflow", "keras", "scipy", "photutils", "matplotlib"}
    assert not heavy & set(json.loads(loaded))


@pytest.mark.skipif(not UPLOADS.is_dir(), reason="the real files are not at hand")
@pytest.mark.parametrize(
    ("name", "shape", "scale", "planes"),
    [
        ("M51_DSS_blue_wcs_1190x1188.fits", (1190, 1188), 1.008, 1),
        ("m31_rgb_uint8_wcs_3x900x1200.fits", (900, 1200), 29.96, 3),
        ("HSC_grizy_cube_wcs_5x50x50.fits", (50, 50), 0.168, 5),
        ("HST_single_wcs_250x250.fits", (250, 250), 0.03, 1),
        ("hstx4784y3950.r.fits", (199, 199), None, 1),
        ("statmorph_slice_3hdu_nowcs.fits", (162, 162), None, 3),
        ("NED_M1_not_a_galaxy.fits", (177, 177), 1.699, 1),
    ],
)
def test_real_files_are_read(reader, name, shape, scale, planes):
    contents = reader.open(UPLOADS / name, name=name)
    assert len(contents.planes) == planes
    cutout = compose(reader.read(contents, default_choice(contents)))
    assert cutout.pixels.shape == (*shape, 3)
    assert cutout.pixel_scale_arcsec == (
        scale if scale is None else pytest.approx(scale, rel=1e-3)
    )
    assert cutout.pixels.mean() < 0.6
    assert cutout.pixels.max() > 0.9
