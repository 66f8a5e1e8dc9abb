"""Framing: the galaxy is found, cropped and standardised alike in every orientation."""

import numpy as np
import pytest

from galaxy_core.errors import FramingError
from galaxy_core.framing import (
    CROP_RADII,
    Framing,
    FramingFlag,
    cut_out,
    find_framing,
    galaxy_mask,
)


def blob(
    shape=(200, 200),
    centre=None,
    radius_px=12.0,
    peak=0.8,
    axis_ratio=1.0,
    sky=(0.05, 0.04, 0.06),
    noise=0.01,
    seed=0,
    colour=(1.0, 0.8, 0.6),
):
    """An exponential galaxy of scale length radius_px on a noisy sky."""
    y, x = np.indices(shape, dtype=np.float64)
    cy, cx = centre or ((shape[0] - 1) / 2, (shape[1] - 1) / 2)
    r = np.hypot((y - cy) / axis_ratio, x - cx)
    light = peak * np.exp(-r / radius_px)
    picture = light[..., None] * np.array(colour) + np.array(sky)
    picture += np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.clip(picture, 0, 1).astype(np.float32)


@pytest.mark.parametrize("centre", [(99.5, 99.5), (80.0, 110.0), (120.3, 95.7)])
def test_galaxy_is_found_where_it_is(centre):
    framing = find_framing(blob(centre=centre))
    assert (framing.centre_y_px, framing.centre_x_px) == pytest.approx(centre, abs=1.0)
    assert framing.flags == ()


def test_radius_holds_95_percent_of_the_light_above_the_threshold():
    """An exponential disc holds 1 - (1 + x) exp(-x) of its light within x scale lengths."""

    def held(x):
        return 1 - (1 + x) * np.exp(-x)

    threshold = np.log(0.8 * 0.8 / 0.02)  # peak × mean colour over the floor, in scale lengths
    x = np.linspace(0, threshold, 10_000)
    expected = 12 * x[np.searchsorted(held(x), 0.95 * held(threshold))]
    framing = find_framing(blob(radius_px=12, noise=0.001))
    assert framing.radius_px == pytest.approx(expected, rel=0.05)
    assert framing.half_size_px == pytest.approx(CROP_RADII * framing.radius_px)


@pytest.mark.parametrize("axis_ratio", [1.0, 0.6, 0.3])
def test_axis_ratio_is_measured(axis_ratio):
    found = find_framing(blob(axis_ratio=axis_ratio)).axis_ratio
    assert found == pytest.approx(axis_ratio, abs=0.08)


def test_sky_is_measured_in_every_channel():
    assert find_framing(blob()).sky == pytest.approx((0.05, 0.04, 0.06), abs=0.01)


@pytest.mark.parametrize("quarter", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("shape", [(180, 180), (301, 301)])
def test_a_turned_picture_gives_the_turned_square(quarter, mirrored, shape):
    def turn(image):
        image = np.rot90(image, quarter)
        return np.ascontiguousarray(image[:, ::-1] if mirrored else image)

    picture = blob(shape=shape, centre=(shape[0] * 0.45, shape[1] * 0.56), axis_ratio=0.5)
    square = cut_out(picture, find_framing(picture))
    turned = cut_out(turn(picture), find_framing(turn(picture)))
    np.testing.assert_allclose(turned, turn(square), atol=2e-3)


@pytest.mark.parametrize("factor", [2, 4])
def test_size_of_the_picture_does_not_matter(factor):
    small = blob(noise=0)
    large = np.repeat(np.repeat(small, factor, axis=0), factor, axis=1)
    np.testing.assert_allclose(
        cut_out(large, find_framing(large)), cut_out(small, find_framing(small)), atol=0.06
    )


def test_brightness_of_the_picture_hardly_matters():
    bright = blob(peak=0.8, noise=0.0)
    dim = bright * np.float32(0.7)
    a, b = cut_out(dim, find_framing(dim)), cut_out(bright, find_framing(bright))
    assert np.abs(a - b).mean() < 0.02


def test_square_is_standardised():
    square = cut_out(blob(), find_framing(blob()))
    assert square.shape == (64, 64, 3)
    assert square.dtype == np.float32
    assert square.min() == 0
    assert square.max() == 1
    assert square[:4, :4].mean() < 0.03  # sky is zero


def test_brighter_star_beside_the_galaxy_does_not_take_its_place():
    picture = blob()
    y, x = np.indices(picture.shape[:2])
    picture += np.exp(-0.5 * ((y - 30) ** 2 + (x - 35) ** 2) / 3**2)[..., None].astype(np.float32)
    framing = find_framing(np.clip(picture, 0, 1))
    assert (framing.centre_y_px, framing.centre_x_px) == pytest.approx((99.5, 99.5), abs=1.5)


def test_galaxy_far_from_the_middle_is_found_and_flagged():
    framing = find_framing(blob(shape=(300, 300), centre=(60, 70), radius_px=6))
    assert (framing.centre_y_px, framing.centre_x_px) == pytest.approx((60, 70), abs=1.5)
    assert FramingFlag.OFF_CENTRE in framing.flags


def test_a_field_of_stars_has_no_galaxy_that_stands_out():
    picture = blob(shape=(200, 200), radius_px=0.1, peak=0.0)
    y, x = np.indices(picture.shape[:2])
    for cy, cx in np.random.default_rng(4).uniform(10, 190, (12, 2)):
        star = np.exp(-0.5 * ((y - cy) ** 2 + (x - cx) ** 2) / 2.5**2)
        picture += (0.7 * star)[..., None].astype(np.float32)
    assert FramingFlag.MANY_OBJECTS in find_framing(np.clip(picture, 0, 1)).flags


def test_galaxy_cut_off_by_the_edge_is_flagged():
    framing = find_framing(blob(centre=(20, 100), radius_px=20))
    assert FramingFlag.CUT_OFF in framing.flags


def test_galaxy_larger_than_the_picture_is_flagged():
    picture = blob(radius_px=150, sky=(0, 0, 0), peak=1.0)
    assert {FramingFlag.OVERFLOWS, FramingFlag.CUT_OFF} & set(find_framing(picture).flags)


def test_tiny_galaxy_is_flagged_as_small():
    assert FramingFlag.SMALL in find_framing(blob(shape=(40, 40), radius_px=1.0)).flags


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((100, 100, 3), np.float32),
        np.ones((100, 100, 3), np.float32),
        np.full((8, 300, 3), 0.5, np.float32),
        np.random.default_rng(1).normal(0.1, 0.02, (128, 128, 3)).clip(0, 1).astype(np.float32),
    ],
    ids=["black", "white", "grey strip", "noise"],
)
def test_empty_sky_is_no_galaxy(picture):
    framing = find_framing(picture)
    assert framing.flags == (FramingFlag.NO_GALAXY,)
    square = cut_out(picture, framing)
    assert square.shape == (64, 64, 3)
    assert np.isfinite(square).all()
    assert not galaxy_mask(picture, framing).any()


@pytest.mark.parametrize("level", [0.0, 1.0, 0.5])
def test_uniform_frame_around_the_picture_is_set_aside(level):
    plain = blob(sky=(0.2, 0.2, 0.2))
    framed = np.full((300, 300, 3), level, np.float32)
    framed[50:250, 50:250] = plain
    found, expected = find_framing(framed), find_framing(plain)
    assert found.sky == pytest.approx(expected.sky, abs=0.01)
    assert found.centre_x_px - 50 == pytest.approx(expected.centre_x_px, abs=1.5)
    assert found.radius_px == pytest.approx(expected.radius_px, rel=0.1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (9, 9), (64, 3), (700, 130)])
def test_any_shape_can_be_framed(shape):
    picture = np.random.default_rng(2).random((*shape, 3), dtype=np.float32)
    square = cut_out(picture, find_framing(picture))
    assert square.shape == (64, 64, 3)
    assert np.isfinite(square).all()


def test_person_can_move_the_square_and_the_answer_follows():
    picture = blob(centre=(60, 60), shape=(200, 200))
    found = find_framing(picture)
    chosen = found.chosen(centre_y_px=140, centre_x_px=150, half_size_px=30)
    assert chosen.user_set
    assert chosen.box_px == (120, 110, 180, 170)
    assert np.abs(cut_out(picture, chosen) - cut_out(picture, found)).mean() > 0.02


def test_square_beyond_the_picture_is_sky():
    picture = blob(shape=(60, 60), radius_px=4)
    wide = find_framing(picture).chosen(centre_y_px=30, centre_x_px=30, half_size_px=90)
    assert (cut_out(picture, wide)[:16] == 0).all()


def test_context_holds_the_square_in_its_middle():
    picture = blob(shape=(400, 400))
    framing = find_framing(picture)
    wide = cut_out(picture, framing, size_px=96, context=1.5, clip=False)
    plain = cut_out(picture, framing, clip=False)
    np.testing.assert_allclose(wide[16:-16, 16:-16], plain, atol=0.03)


def test_mask_lies_on_the_galaxy():
    picture = blob(axis_ratio=0.4)
    mask = galaxy_mask(picture, find_framing(picture))
    assert mask[32, 32]
    assert not mask[0].any()
    assert mask.any(axis=0).sum() > 1.7 * mask.any(axis=1).sum()


@pytest.mark.parametrize("half_size_px", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_framing_is_refused(half_size_px):
    with pytest.raises(FramingError, match="positive half size"):
        Framing(5, 5, half_size_px, (0, 0, 0), 3)


def test_enormous_square_is_refused_before_it_is_made():
    framing = find_framing(blob()).chosen(centre_y_px=0, centre_x_px=0, half_size_px=1e7)
    with pytest.raises(FramingError, match="more than four times"):
        cut_out(blob(), framing)
