"""Lupton's stretch, held against astropy's, and the guess at its numbers."""

import numpy as np
import pytest
from astropy.visualization import LuptonAsinhStretch, make_lupton_rgb

from galaxy_core.intake.background import measured_sky, sky_level
from galaxy_core.intake.colour import (
    Stretch,
    alternatives,
    guess_stretch,
    stretch_colour,
)


@pytest.fixture
def bands():
    rng = np.random.default_rng(11)
    y, x = np.indices((300, 200)) - 90
    light = np.exp(-np.hypot(x, y) / 12)
    noise = rng.normal(0.0, 0.01, (3, 300, 200))
    return tuple((factor * light + n).astype(np.float32) for factor, n in zip((3, 2, 1), noise))


@pytest.mark.parametrize(("q", "linear_range"), [(8.0, 0.5), (1.0, 5.0), (40.0, 0.1)])
def test_stretch_is_astropys_lupton_stretch(bands, q, linear_range):
    ours = stretch_colour(bands, Stretch(q=q, linear_range=linear_range, black=(0.01,) * 3))
    theirs = make_lupton_rgb(
        *bands, minimum=0.01, stretch=linear_range, Q=q, output_dtype=np.float64
    )
    # Astropy cuts each colour off below black before the curve; where none is, both agree.
    bright = np.min(bands, axis=0) > 0.01
    np.testing.assert_allclose(ours[bright], theirs[bright], atol=2e-5)


def test_the_curve_is_the_published_one():
    ramp = np.linspace(0.001, 3, 500, dtype=np.float32).reshape(20, 25)
    ours = stretch_colour((ramp, ramp, ramp), Stretch(q=5.0, linear_range=2.0))[..., 0]
    np.testing.assert_allclose(ours, np.minimum(LuptonAsinhStretch(2.0, 5.0)(ramp), 1), atol=1e-5)


def test_hue_is_kept_where_colour_passes_white():
    pixel = [np.full((8, 8), value, np.float32) for value in (40.0, 20.0, 10.0)]
    shown = stretch_colour(tuple(pixel), Stretch(q=0.0, linear_range=1.0))[0, 0]
    np.testing.assert_allclose(shown, (1.0, 0.5, 0.25), rtol=1e-6)


def test_nan_in_one_band_is_sky_there_and_in_all_is_black(bands):
    red, green, blue = (band.copy() for band in bands)
    red[5, 5] = np.nan
    for band in (red, green, blue):
        band[7, 7] = np.nan
    shown = stretch_colour((red, green, blue), Stretch(q=1.0, linear_range=1.0, black=(-1.0,) * 3))
    assert shown[7, 7].tolist() == [0.0, 0.0, 0.0]
    assert shown[5, 5, 0] == 0.0 < shown[5, 5, 1]


def test_blocks_of_rows_leave_no_seam(bands):
    tall = tuple(np.tile(band, (3, 1)) for band in bands)
    stretch = guess_stretch(bands)
    np.testing.assert_array_equal(
        stretch_colour(tall, stretch)[300:600], stretch_colour(bands, stretch)
    )


def test_the_guess_shows_faint_noise_and_a_white_core(bands):
    shown = stretch_colour(bands, guess_stretch(bands)).mean(axis=2)
    assert 0.001 < shown[-40:].mean() < 0.06
    assert shown[90, 90] > 0.6
    assert 0.02 < shown[90, 90 + 36] < 0.9


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e9])
def test_the_guess_does_not_depend_on_the_unit(bands, unit):
    reference = stretch_colour(bands, guess_stretch(bands))
    scaled = tuple((band.astype(np.float64) * unit).astype(np.float32) for band in bands)
    np.testing.assert_allclose(stretch_colour(scaled, guess_stretch(scaled)), reference, atol=1e-3)


def test_the_guess_does_not_depend_on_the_skys_level(bands):
    reference = stretch_colour(bands, guess_stretch(bands))
    raised = tuple(band + np.float32(50.0) for band in bands)
    change = np.abs(stretch_colour(raised, guess_stretch(raised)) - reference)
    # Pixels whose light is zero to within rounding may fall on the other side of black.
    assert np.quantile(change, 0.999) < 5e-3


def test_a_galaxy_that_fills_the_frame_is_not_taken_for_sky():
    y, x = np.indices((200, 200)) - 100
    rng = np.random.default_rng(1)
    full = (np.exp(-np.hypot(x, y) / 60) + rng.normal(0, 0.01, x.shape)).astype(np.float32)
    assert guess_stretch((full, full, full)).black[0] < 0.25  # the median pixel has 0.28


@pytest.mark.parametrize("plane", [
    np.zeros((20, 20)), np.full((20, 20), np.nan), np.full((20, 20), -7.0),
    np.eye(20) * 1e30, np.full((8, 8), 3e38),
], ids=["zero", "nan", "negative", "points", "huge"])  # fmt: skip
def test_the_guess_is_finite_for_anything(plane):
    plane = plane.astype(np.float32)
    shown = stretch_colour((plane, plane, plane), guess_stretch((plane, plane, plane)))
    assert np.isfinite(shown).all()
    assert 0.0 <= shown.min() <= shown.max() <= 1.0


def test_alternatives_share_black_and_white_and_differ_between(bands):
    stretch = guess_stretch(bands)
    ways = alternatives(bands, stretch)
    assert list(ways) == ["linear", "asinh", "logarithmic"]
    assert ways["asinh"] is stretch
    ramp = np.linspace(0, 1, 11, dtype=np.float32)[None] * np.ones((8, 1), np.float32)
    white = float(ways["linear"].linear_range)
    black = np.array(stretch.black, np.float32)
    shown = {
        name: stretch_colour(tuple(ramp * white + b for b in black), way)[0, :, 0]
        for name, way in ways.items()
    }
    for curve in shown.values():
        np.testing.assert_allclose(curve[[0, -1]], (0.0, 1.0), atol=2e-3)
    assert (shown["linear"][1:-1] < shown["asinh"][1:-1]).all()
    assert (shown["asinh"][1:-1] < shown["logarithmic"][1:-1]).all()


def test_sky_is_measured_beneath_stars():
    rng = np.random.default_rng(4)
    sky = rng.normal(100.0, 2.0, (200, 200)).astype(np.float32)
    sky[rng.random(sky.shape) < 0.15] += rng.exponential(500.0)
    level, noise = sky_level(sky)
    assert level == pytest.approx(100.0, abs=0.4)
    assert noise == pytest.approx(2.0, rel=0.15)


def test_sky_of_nothing_is_zero():
    assert sky_level(np.full((9, 9), np.nan, np.float32)) == (0.0, 0.0)


@pytest.mark.parametrize("bad", [
    {"q": -1.0, "linear_range": 1.0}, {"q": 1.0, "linear_range": 0.0},
    {"q": float("nan"), "linear_range": 1.0},
    {"q": 1.0, "linear_range": 1.0, "weight": (1, -1, 1)},
])  # fmt: skip
def test_a_stretch_without_sense_is_refused(bad):
    with pytest.raises(ValueError, match=r"finite numbers|are needed"):
        Stretch(**bad)


def test_noise_of_a_wide_field_is_not_stretched_to_white():
    # A galaxy that fills less than a thousandth of its field.
    rng = np.random.default_rng(2)
    plane = rng.normal(10.0, 1.0, (1000, 1000)).astype(np.float32)
    y, x = np.indices((30, 30)) - 15
    plane[500:530, 300:330] += 500.0 * np.exp(-np.hypot(y, x) / 6).astype(np.float32)
    shown = stretch_colour((plane, plane, plane), guess_stretch((plane, plane, plane)))
    assert np.percentile(shown, 84) < 0.05
    assert shown[515, 315, 0] == pytest.approx(1.0)
    assert 0.3 < shown[515, 327, 0] < 0.8  # its outskirts are not burnt out


def test_noise_of_a_sky_cut_off_at_its_level_is_that_before():
    rng = np.random.default_rng(2)
    plane = np.maximum(rng.normal(0.0, 2.0, (500, 500)), 0.0).astype(np.float32)
    assert measured_sky(plane)[1][1] == pytest.approx(2.0, rel=0.05)
    y, x = np.indices((500, 500))
    smooth = np.maximum(100 - np.hypot(x - 250, y - 250), 0.0).astype(np.float32)
    assert measured_sky(smooth)[1][1] < 2.0  # a cone without noise falls by 1 a pixel
