"""Long cubes (radio, integral field): no channel by itself shows the galaxy, means do."""

import io

import numpy as np
import pytest
from astropy.io import fits

from galaxy_core.intake.compose import compose
from galaxy_core.intake.fits_contents import BandChoice, PlaneKey, default_choice
from galaxy_core.intake.fits_planes import offered_planes

CHANNELS, SIDE = 30, 16


def written(*hdus):
    buffer = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(buffer)
    return buffer.getvalue()


def cube():
    return np.random.default_rng(2).normal(5.0, 1.0, (CHANNELS, SIDE, SIDE)).astype(np.float32)


def wavelength_axis(first_nm=480.0, step_nm=15.0):
    header = fits.Header()
    for number, (kind, value, step, unit) in enumerate(
        [("RA---TAN", 10.0, -1e-4, "deg"), ("DEC--TAN", 5.0, 1e-4, "deg"),
         ("AWAV", first_nm * 10, step_nm * 10, "Angstrom")], start=1,
    ):  # fmt: skip
        header[f"CTYPE{number}"], header[f"CUNIT{number}"] = kind, unit
        header[f"CRVAL{number}"], header[f"CDELT{number}"] = value, step
        header[f"CRPIX{number}"] = 1.0
    return header


@pytest.mark.parametrize("shape", [(CHANNELS, SIDE, SIDE), (1, CHANNELS, SIDE, SIDE)])
def test_velocities_are_shown_as_their_mean(reader, shape):
    values = cube()
    data = written(fits.PrimaryHDU(values.reshape(shape), fits.Header({"CTYPE3": "VELO-LSR"})))
    contents = reader.open(data, name="hi.fits")
    choice = default_choice(contents)
    assert choice.red == choice.green == choice.blue == PlaneKey(0, -1)
    bands = reader.read(contents, choice)
    np.testing.assert_allclose(bands.red, values.mean(axis=0), rtol=1e-5)
    assert "Means over a cube are shown: of its planes 0 to 29." in compose(bands).warnings
    assert contents.planes[0].label == "0 · mean of 0–29"


def test_thirds_of_a_spectrum_make_colour_the_longest_waves_red(reader):
    values = cube()
    contents = reader.open(written(fits.PrimaryHDU(values, wavelength_axis())), name="ifu.fits")
    choice = default_choice(contents)
    assert contents.plane(choice.red).wavelength_nm == pytest.approx(480 + 15 * 24.5, rel=1e-3)
    bands = reader.read(contents, choice)
    for shown, part in ((bands.blue, slice(10)), (bands.green, slice(10, 20)),
                        (bands.red, slice(20, 30))):  # fmt: skip
        np.testing.assert_allclose(shown, values[part].mean(axis=0), rtol=1e-5)


def test_a_spectrum_that_runs_backwards_has_red_at_its_beginning(reader):
    data = written(fits.PrimaryHDU(cube(), wavelength_axis(900.0, -15.0)))
    contents = reader.open(data, name="ifu.fits")
    assert contents.plane(default_choice(contents).red).merged == (0, 10)


def test_a_mean_leaves_out_what_was_not_measured(reader):
    values = cube()
    values[:7, 3, 4] = np.nan
    values[:, 0, 0] = np.nan
    contents = reader.open(written(fits.PrimaryHDU(values)), name="c.fits")
    mean = reader.read(contents, BandChoice.single(PlaneKey(0, -1))).red
    assert mean[3, 4] == pytest.approx(values[7:, 3, 4].mean(), rel=1e-5)
    assert np.isnan(mean[0, 0])


def test_pictures_beside_a_long_cube_are_offered(reader):
    units = [fits.PrimaryHDU(), fits.ImageHDU(np.zeros((300, 9, 9), np.float32), name="FLUX"),
             fits.ImageHDU(np.ones((9, 9), np.float32), name="GIMG")]  # fmt: skip
    contents = reader.open(written(*units), name="manga.fits")
    assert [plane.extension for plane in contents.planes].count("GIMG") == 1


@pytest.mark.parametrize(
    ("counts", "most", "expected"),
    [([1, 1], 64, [1, 1]), ([300, 1, 300], 64, [31, 1, 32]), ([1] * 300, 64, [1] * 64)],
)
def test_places_are_shared_and_few_planes_come_first(counts, most, expected):
    lengths = [len(some) for some in offered_planes(counts, most)]
    assert sorted(filter(None, lengths)) == sorted(expected)
    assert sum(lengths) <= most
