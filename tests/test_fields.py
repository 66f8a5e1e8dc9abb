"""Galaxies and stars are found in simulated fields, and told apart."""

import time
from pathlib import Path

import numpy as np
import pytest

from galaxy_core.cutout import Cutout, Origin, Provenance
from galaxy_core.fields import find_objects
from galaxy_core.intake import read_file

UPLOADS = Path(__file__).parents[2] / "shared" / "galaxies" / "uploads"
PSF_SIGMA = 1.4


def picture(light, *, noise=0.004, seed=1, stretch=0.0):
    """Return a picture of noisy light; ``stretch`` > 0 is an asinh of that steepness."""
    light = light + np.random.default_rng(seed).normal(0.0, noise, light.shape)
    if stretch:
        light = np.arcsinh(stretch * light) / np.arcsinh(stretch)
    grey = np.clip(light + 0.02, 0, 1).astype(np.float32)
    eight_bit = np.round(grey * 255) / np.float32(255)
    pixels = np.repeat(eight_bit[..., None], 3, axis=2).astype(np.float32)
    return Cutout(pixels, Provenance(Origin.SIMULATED, "field"))


def grid(shape):
    return np.indices(shape, dtype=np.float64)


def star(shape, y, x, peak=0.8):
    yy, xx = grid(shape)
    return peak * np.exp(-((yy - y) ** 2 + (xx - x) ** 2) / (2 * PSF_SIGMA**2))


def sersic(shape, y, x, *, half_light_px, index=1.0, axis_ratio=1.0, angle=0.0, peak=0.8):
    """Return a Sérsic profile, its cusp smoothed by a core as wide as the PSF."""
    yy, xx = grid(shape)
    dy, dx = yy - y, xx - x
    along = np.cos(angle) * dx + np.sin(angle) * dy
    across = (-np.sin(angle) * dx + np.cos(angle) * dy) / axis_ratio
    radius = np.sqrt(along**2 + across**2 + PSF_SIGMA**2)
    b = 2 * index - 1 / 3
    profile = np.exp(-b * ((radius / half_light_px) ** (1 / index) - 1))
    return peak * profile / profile.max()


def nearest(objects, y, x):
    return min(objects, key=lambda found: np.hypot(found.y_px - y, found.x_px - x))


def test_noise_whose_lower_half_is_cut_off_at_black_is_no_galaxy():
    # As FITS is composed: the sky's level is black.
    shape = (400, 400)
    light = sersic(shape, 100, 250, half_light_px=9) + sersic(shape, 300, 90, half_light_px=7)
    noisy = light + np.random.default_rng(4).normal(0.0, 1 / 30, shape)
    grey = np.repeat(np.clip(noisy, 0, 1)[..., None], 3, axis=2).astype(np.float32)
    found = find_objects(Cutout(grey, Provenance(Origin.SIMULATED, "field")))
    assert sorted((round(o.y_px), round(o.x_px)) for o in found) == [(100, 250), (300, 90)]


def test_one_galaxy_is_found_with_its_place_size_and_shape():
    shape = (200, 240)
    light = sersic(shape, 90.3, 130.7, half_light_px=12, axis_ratio=0.5, angle=0.6)
    (found,) = find_objects(picture(light))
    assert (found.y_px, found.x_px) == pytest.approx((90.3, 130.7), abs=0.5)
    assert found.axis_ratio == pytest.approx(0.5, abs=0.08)
    assert found.flux == pytest.approx(light.sum(), rel=0.15)
    distance = np.hypot(*(grid(shape) - np.array([90.3, 130.7])[:, None, None]))
    held = light[distance < found.radius_px].sum() / light.sum()
    assert 0.8 < held < 0.97
    assert not found.is_star_like


@pytest.mark.parametrize("stretch", [0.0, 10.0, 100.0])
def test_stars_and_galaxies_are_told_apart_under_any_stretch(stretch):
    shape = (400, 400)
    rng = np.random.default_rng(8)
    light = np.zeros(shape)
    places = [(y, x) for y in range(50, 400, 75) for x in range(50, 400, 75)]
    for number, (y, x) in enumerate(places):
        bright = rng.uniform(0.3, 1.5)
        if number % 2:
            light += star(shape, y, x, bright)
        else:
            index = (1.0, 4.0)[number // 2 % 2]
            light += sersic(shape, y, x, half_light_px=7, index=index, peak=bright)
    objects = find_objects(picture(light, stretch=stretch))
    right = [nearest(objects, y, x).is_star_like is bool(n % 2) for n, (y, x) in enumerate(places)]
    assert np.mean(right) >= 0.95


def test_touching_galaxies_are_taken_apart():
    shape = (160, 200)
    light = sersic(shape, 80, 75, half_light_px=10) + sersic(shape, 84, 125, half_light_px=8)
    galaxies = find_objects(picture(light))
    assert len(galaxies) == 2
    assert nearest(galaxies, 80, 75).x_px == pytest.approx(75, abs=3)
    assert nearest(galaxies, 84, 125).x_px == pytest.approx(125, abs=3)


def test_a_spiral_with_knots_stays_one_galaxy():
    shape = (400, 400)
    light = sersic(shape, 200, 200, half_light_px=50, peak=0.5)
    for turn in np.linspace(0, 2 * np.pi, 24, endpoint=False):
        away = 20 + 8 * turn
        for arm in (0, np.pi):
            y, x = 200 + away * np.sin(turn + arm), 200 + away * np.cos(turn + arm)
            light += star(shape, y, x, 0.12)
    found = [one for one in find_objects(picture(light)) if one.radius_px > 20]
    assert len(found) == 1


def test_brightest_comes_first_and_no_more_than_asked():
    shape = (200, 200)
    light = sum(
        sersic(shape, 40 + 60 * n, 100, half_light_px=5, peak=0.3 + 0.2 * n) for n in range(3)
    )
    objects = find_objects(picture(light), most=2)
    assert [round(found.y_px) for found in objects] == [160, 100]


def test_large_fields_are_searched_at_lower_resolution_in_their_own_pixels():
    shape = (2600, 2600)
    pixels = np.full((*shape, 3), 0.05, np.float32)
    stamp = sersic((200, 200), 99.5, 99.5, half_light_px=25, peak=0.8).astype(np.float32)
    pixels[1500:1700, 700:900] += stamp[..., None]
    pixels += np.random.default_rng(0).normal(0, 0.004, (*shape, 1)).astype(np.float32)
    field = Cutout(np.clip(pixels, 0, 1), Provenance(Origin.SIMULATED, "field"))
    (found,) = find_objects(field)
    assert (found.y_px, found.x_px) == pytest.approx((1599.5, 799.5), abs=1.5)
    assert 40 < found.radius_px < 100


@pytest.mark.parametrize("side", [8, 20, 300])
def test_sky_alone_holds_nothing(side):
    assert find_objects(picture(np.zeros((side, side)))) == ()


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_uniform_picture_holds_nothing(value):
    pixels = np.full((64, 90, 3), value, np.float32)
    assert find_objects(Cutout(pixels, Provenance(Origin.SIMULATED, "flat"))) == ()


def test_pure_noise_is_searched_in_bounded_time_and_number():
    pixels = np.random.default_rng(2).random((600, 600, 3)).astype(np.float32)
    started = time.monotonic()
    objects = find_objects(Cutout(pixels, Provenance(Origin.SIMULATED, "noise")))
    assert len(objects) <= 300
    assert time.monotonic() - started < 20


@pytest.mark.skipif(not UPLOADS.is_dir(), reason="the real files are not at hand")
def test_a_real_survey_field():
    objects = find_objects(read_file(UPLOADS / "sdss_field_with_galaxy.jpg"))
    spiral = nearest(objects, 113, 258)
    assert not spiral.is_star_like
    assert 35 < spiral.radius_px < 65
    rest = [one for one in objects if one.flux > 5 and one.radius_px < 15]
    assert np.mean([one.is_star_like for one in rest]) > 0.8  # looked at: all but a few are
