"""The telescope blurs and the sky is noisy as much as the parameters say."""

import math

import numpy as np
import pytest

from galaxy_core.simulate import Observation, observe
from galaxy_core.simulate.geometry import SkyGrid, convolve


@pytest.mark.parametrize("size", [101, 128])
@pytest.mark.parametrize("fwhm_px", [4.0, 7.0])
def test_a_star_has_the_full_width_at_half_maximum_and_stays_in_place(size, fwhm_px):
    grid = SkyGrid.around(size, margin_px=0)
    row = column = grid.shape[0] // 2
    sky = np.zeros(grid.shape, dtype=np.float32)
    sky[row, column] = 1.0
    star = convolve(sky, observe.psf_transfer(grid, fwhm_px=fwhm_px))
    assert star.sum() == pytest.approx(1.0, rel=1e-4)
    assert star.argmax() == row * grid.shape[1] + column
    profile = star[row, column:] / star[row, column]
    half = np.interp(-0.5, -profile[:20], np.arange(20))
    assert 2 * half == pytest.approx(fwhm_px, rel=0.05)


def noise_of(observation, flux=0.0, seed=3):
    bands = np.full((3, 256, 256), flux, dtype=np.float32)
    return observe.observe_noise(bands, observation, np.random.default_rng(seed))


@pytest.mark.parametrize("sky_noise", [0.5, 2.0])
@pytest.mark.parametrize("correlation_px", [0.0, 1.2])
def test_the_sky_is_as_noisy_as_told_however_correlated(sky_noise, correlation_px):
    observation = Observation(sky_noise=sky_noise, noise_correlation_px=correlation_px)
    assert noise_of(observation)[1].std() == pytest.approx(sky_noise, rel=0.05)


def test_bright_light_adds_its_shot_noise():
    observation = Observation(sky_electrons=100.0)
    expected = math.sqrt(1 + 50.0 / math.sqrt(100.0))
    assert noise_of(observation, flux=50.0)[1].std() == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(("correlation_px", "expected"), [(0.0, 0.0), (0.9, 0.735)])
def test_neighbouring_pixels_share_noise_as_after_resampling(correlation_px, expected):
    noise = noise_of(Observation(noise_correlation_px=correlation_px))[1]
    neighbours = np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]
    assert neighbours == pytest.approx(expected, abs=0.03)  # exp(-1 / (4 sigma^2))


def test_no_noise_means_none():
    assert not noise_of(Observation(sky_noise=0.0), flux=100.0).any()


def stretched(*flux, **options):
    bands = np.array(flux, dtype=np.float32).reshape(3, 1, 1)
    return observe.stretch_colours(bands, Observation(sky_level=0.0, **options))[0, 0]


def test_black_sky_is_black_and_white_level_is_white():
    np.testing.assert_allclose(stretched(0, 0, 0), 0, atol=1e-6)
    np.testing.assert_allclose(stretched(900, 900, 900, white_level=900.0), 1, rtol=1e-5)


def test_bright_cores_keep_their_colour():
    faint, bright = stretched(20, 15, 10), stretched(20e4, 15e4, 10e4)
    np.testing.assert_allclose(bright / bright[0], faint / faint[0], rtol=1e-5)
    assert bright[0] == pytest.approx(1.0)


def test_the_stretch_is_linear_below_its_softening_and_grows_throughout():
    levels = [stretched(f, f, f)[0] for f in (0.5, 1.0, 50.0, 100.0, 800.0)]
    assert levels[1] / levels[0] == pytest.approx(2.0, rel=0.01)
    assert levels[3] / levels[2] < 1.5
    assert all(np.diff(levels) > 0)


def test_any_finite_light_gives_a_picture():
    wild = np.random.default_rng(0).normal(0, 1e6, (3, 40, 40)).astype(np.float32)
    picture = observe.stretch_colours(wild, Observation())
    assert picture.shape == (40, 40, 3)
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert picture.max() <= 1
