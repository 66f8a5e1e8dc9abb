"""A square on another galaxy of a picture is measured around that galaxy."""

from dataclasses import replace

import numpy as np
import pytest

from galaxy_core.errors import FramingError
from galaxy_core.field_framing import frame_square
from galaxy_core.framing import FramingFlag, find_framing

BRIGHT, FAINT, EDGE = (300, 300), (120, 480), (450, 596)


def field(*galaxies, sky=0.05, gradient=0.0, side=600):
    """Return a picture of round galaxies (y, x, peak, scale) on a sloping sky."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    light = rng.normal(sky, 0.01, (side, side)) + gradient * x / side
    for gy, gx, peak, scale in galaxies:
        light += peak * np.exp(-np.hypot(y - gy, x - gx) / scale)
    return np.repeat(np.clip(light, 0, 1)[..., None], 3, axis=2).astype(np.float32)


def square(at, half=40.0):
    return {"centre_y_px": at[0], "centre_x_px": at[1], "half_size_px": half}


def test_square_on_the_found_galaxy_keeps_its_sky_and_flags():
    pixels = field((*BRIGHT, 0.8, 12))
    found = find_framing(pixels)
    framing = frame_square(pixels, found, **square(BRIGHT))
    assert framing == found.chosen(**square(BRIGHT))


def test_sky_of_another_galaxy_is_that_around_it():
    pixels = field((*BRIGHT, 0.8, 12), (*FAINT, 0.5, 6), gradient=0.3)
    framing = frame_square(pixels, find_framing(pixels), **square(FAINT))
    assert framing.sky[0] == pytest.approx(0.05 + 0.3 * 480 / 600, abs=0.03)
    assert framing.user_set


def test_galaxy_at_the_edge_of_a_field_is_cut_off_though_the_found_one_is_not():
    pixels = field((*BRIGHT, 0.8, 12), (*EDGE, 0.7, 10))
    found = find_framing(pixels)
    assert FramingFlag.CUT_OFF not in found.flags
    assert FramingFlag.CUT_OFF in frame_square(pixels, found, **square(EDGE)).flags


def test_tiny_galaxy_of_a_field_is_small():
    pixels = field((*BRIGHT, 0.8, 12), (*FAINT, 0.9, 0.9))
    framing = frame_square(pixels, find_framing(pixels), **square(FAINT, half=6.0))
    assert FramingFlag.SMALL in framing.flags


def test_flags_of_the_found_galaxy_do_not_stick_to_another():
    pixels = field((*BRIGHT, 0.9, 14), (*FAINT, 0.6, 8))
    found = replace(find_framing(pixels), flags=(FramingFlag.CUT_OFF, FramingFlag.SMALL))
    assert frame_square(pixels, found, **square(FAINT)).flags == ()


def test_brighter_neighbour_in_the_context_is_crowding():
    pixels = field((*BRIGHT, 0.9, 10), (300, 352, 0.25, 4))
    framing = frame_square(pixels, find_framing(pixels), **square((300, 352), half=30.0))
    assert framing.flags == (FramingFlag.CROWDED,)


def test_square_outside_of_the_picture_is_the_callers_matter():
    pixels = field((*BRIGHT, 0.8, 12))
    assert frame_square(pixels, find_framing(pixels), **square((-900, -900))).user_set
    with pytest.raises(FramingError):
        frame_square(pixels, find_framing(pixels), **square((float("nan"), 3)))
