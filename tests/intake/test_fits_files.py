"""Several files of one band each become one picture, where they lie on the same pixels."""

import numpy as np
import pytest
from astropy.io import fits

from galaxy_core.errors import IntakeError, UnsupportedImage
from galaxy_core.intake.compose import compose, region_around
from galaxy_core.intake.fits_bands import Region
from galaxy_core.intake.fits_contents import BandChoice, PlaneKey, default_choice
from galaxy_core.intake.fits_files import bring_together, read_together, single_band
from galaxy_core.intake.sky import pixel_to_sky, wcs_of_header
from tests.intake.test_fits import COLUMNS, ROWS, flux, written
from tests.intake.test_sky import tangent


def band_file(band, brightness, *, wcs=None, shape=None, extra=()):
    header = fits.Header() if wcs is None else wcs.to_header()
    if band:
        header["FILTER"] = band
    image = flux(brightness)
    image = image if shape is None else image[: shape[0], : shape[1]]
    return written(fits.PrimaryHDU(image, header), *extra)


@pytest.fixture
def opened(reader):
    """Open files by name and content."""
    return lambda files: [reader.open(data, name=name) for name, data in files.items()]


def test_bands_are_ordered_by_wavelength_whatever_the_order_of_the_files(reader, opened):
    together = bring_together(
        opened(
            {
                "r.fits": band_file("r", 2.0),
                "g.fits": band_file("g", 1.0),
                "i.fits": band_file("i", 3.0),
            }
        )
    )
    choice = default_choice(together.contents)
    assert choice == BandChoice(PlaneKey(0, 2), PlaneKey(0, 0), PlaneKey(0, 1))
    bands = read_together(reader, together, choice)
    for band, brightness in ((bands.red, 3.0), (bands.green, 2.0), (bands.blue, 1.0)):
        np.testing.assert_array_equal(band, flux(brightness))
    cutout = compose(bands)
    assert cutout.name == "r.fits + g.fits + i.fits"
    assert len(cutout.provenance.sha256) == 64
    assert together.contents.planes[0].label == "0 r.fits · r"


def test_two_bands_get_their_mean_as_green(reader, opened):
    together = bring_together(
        opened({"g.fits": band_file("g", 1.0), "r.fits": band_file("r", 2.0)})
    )
    bands = read_together(reader, together, default_choice(together.contents))
    np.testing.assert_allclose(bands.green, (flux(1.0) + flux(2.0)) / 2, rtol=1e-6)


def test_one_band_can_be_looked_at_alone(reader, opened):
    together = bring_together(
        opened({"g.fits": band_file("g", 1.0), "r.fits": band_file("r", 2.0)})
    )
    bands = read_together(reader, together, BandChoice.single(PlaneKey(0, 1)))
    np.testing.assert_array_equal(bands.red, flux(2.0))
    assert bands.red is bands.blue


def test_part_is_read_alike_from_every_file(reader, opened):
    wcs = tangent(crpix=(16.5, 12.5))
    together = bring_together(
        opened({f"{b}.fits": band_file(b, n, wcs=wcs) for n, b in enumerate("gri", start=1)})
    )
    choice = default_choice(together.contents)
    part = Region(4, 20, 8, 30)
    bands = read_together(reader, together, choice, region=part)
    np.testing.assert_array_equal(bands.blue, flux(1.0)[4:20, 8:30])
    plane = together.contents.plane(choice.red)
    middle = pixel_to_sky(wcs_of_header(plane.wcs_header), x_px=15.5, y_px=11.5)
    region = region_around(plane, middle, size_arcsec=10.0)
    assert compose(read_together(reader, together, choice, region=region)).wcs is not None


def test_large_bands_are_averaged_down_alike(reader, opened):
    together = bring_together(
        opened({"g.fits": band_file("g", 1.0), "r.fits": band_file("r", 2.0)})
    )
    choice = default_choice(together.contents)
    bands = read_together(reader, together, choice, most_pixels=ROWS * COLUMNS // 4)
    assert bands.red.shape == bands.blue.shape == (ROWS // 2, COLUMNS // 2)
    assert any("2 × 2" in sentence for sentence in bands.warnings)


def test_files_that_lie_elsewhere_on_the_sky_are_refused_with_the_distance(opened):
    files = {
        "g.fits": band_file("g", 1.0, wcs=tangent()),
        "r.fits": band_file("r", 1.0, wcs=tangent(crpix=(54.5, 43.5))),
    }
    with pytest.raises(IntakeError, match=r"r\.fits and g\.fits lie up to 5\.0 pixels apart"):
        bring_together(opened(files))


def test_half_a_pixel_is_near_enough(opened):
    files = {
        "g.fits": band_file("g", 1.0, wcs=tangent()),
        "r.fits": band_file("r", 1.0, wcs=tangent(crpix=(50.9, 40.5))),
    }
    assert len(bring_together(opened(files)).files) == 2


def test_where_one_states_no_coordinates_it_is_said(reader, opened):
    files = {"g.fits": band_file("g", 1.0, wcs=tangent()), "r.fits": band_file("r", 1.0)}
    together = bring_together(opened(files))
    bands = read_together(reader, together, default_choice(together.contents))
    assert any("do not both state coordinates" in sentence for sentence in bands.warnings)


def test_bands_of_different_size_are_refused_in_words(opened):
    files = {"g.fits": band_file("g", 1.0), "r.fits": band_file("r", 1.0, shape=(20, 20))}
    with pytest.raises(IntakeError, match=r"one size; these files have 20 × 20 and 32 × 24"):
        bring_together(opened(files))


@pytest.mark.parametrize("count", [1, 6])
def test_other_numbers_of_files_are_refused(opened, count):
    files = {f"{n}.fits": band_file("g", 1.0) for n in range(count)}
    with pytest.raises(IntakeError, match=f"2 to 5 files .* these are {count}"):
        bring_together(opened(files))


def test_file_of_several_images_is_no_single_band(opened):
    second = fits.ImageHDU(flux(2.0))
    several, alone = opened(
        {"both.fits": band_file("g", 1.0, extra=[second]), "g.fits": band_file("g", 1.0)}
    )
    assert single_band(several) is None
    with pytest.raises(IntakeError, match=r"both\.fits does not hold exactly one image"):
        bring_together([several, alone])


def test_mask_beside_the_image_does_not_count(opened):
    mask = fits.ImageHDU(np.zeros((ROWS, COLUMNS), np.uint8), name="MASK")
    (contents,) = opened({"g.fits": band_file("g", 1.0, extra=[mask])})
    assert single_band(contents).key == PlaneKey(0, 0)


def test_plane_of_no_such_file_is_refused(reader, opened):
    together = bring_together(
        opened({"g.fits": band_file("g", 1.0), "r.fits": band_file("r", 2.0)})
    )
    with pytest.raises(UnsupportedImage, match="no plane 7"):
        read_together(reader, together, BandChoice.single(PlaneKey(0, 7)))
