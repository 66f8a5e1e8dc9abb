"""Padding at an image's edge is told from sky, in the reader and by itself."""

import io

import numpy as np
import pytest
from astropy.io import fits

from galaxy_core.framing import FramingFlag, find_framing
from galaxy_core.intake import read_cutout
from galaxy_core.intake.unexposed import unexposed


def galaxy(*, sky=100.0, noise=5.0, seed=0):
    y, x = np.mgrid[:200, :200] - 99.5
    light = 500 * np.exp(-np.hypot(x, y) / 15) + sky
    return (light + np.random.default_rng(seed).normal(0, noise, (200, 200))).astype(np.float32)


def padded(image, value):
    image = image.copy()
    image[:25], image[:, -30:] = value, value
    return image


@pytest.mark.parametrize("value", [0.0, -999.0, 65535.0])
@pytest.mark.parametrize("sky", [0.0, 100.0])
def test_solid_areas_of_one_number_at_the_edge_are_unexposed(sky, value):
    mask = unexposed(padded(galaxy(sky=sky), value))
    assert mask is not None
    np.testing.assert_array_equal(mask, padded(np.zeros((200, 200)), 1.0) == 1.0)


def test_turned_images_are_padded_in_their_corners():
    y, x = np.mgrid[:200, :200] - 99.5
    corners = np.abs(x) + np.abs(y) > 140
    mask = unexposed(np.where(corners, np.float32(0), galaxy()))
    assert mask is not None
    assert (mask & ~corners).sum() == 0
    assert mask.sum() > 0.9 * corners.sum()


@pytest.mark.parametrize(
    "image",
    [
        galaxy(),
        galaxy(noise=0.0),
        np.where(galaxy() > 130, galaxy(), np.float32(0)),  # cut out along its outline
        np.zeros((50, 50), np.float32),
        np.full((50, 50), np.nan, np.float32),
        np.random.default_rng(1).poisson(0.3, (200, 200)).astype(np.float32),  # counts of X-rays
    ],
)
def test_what_is_no_padding_is_left_alone(image):
    assert unexposed(image) is None


def read(image, reader):
    buffer = io.BytesIO()
    fits.PrimaryHDU(image).writeto(buffer)
    return read_cutout(buffer.getvalue(), name="mosaic.fits", fits_reader=reader)


def test_padding_does_not_ruin_the_stretch(reader):
    plain, mosaic = read(galaxy(), reader), read(padded(galaxy(), 0.0), reader)
    middle = slice(60, 140)
    difference = mosaic.pixels[middle, middle] - plain.pixels[middle, middle]
    assert np.abs(difference).max() < 0.1
    assert "Unexposed pixels at the edge, taken as sky: 10,250." in mosaic.warnings
    assert FramingFlag.OVERFLOWS not in find_framing(mosaic.pixels).flags


def test_noise_below_one_step_of_an_integer_does_not_ruin_the_stretch(reader):
    image = np.clip(galaxy() / 8, 0, 255).astype(np.uint8)
    cutout = read(image, reader)
    assert find_framing(cutout.pixels).flags == ()
    assert float(cutout.pixels[:20, :20].std()) < 0.05
