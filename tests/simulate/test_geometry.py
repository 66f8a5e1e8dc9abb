"""Discs tilt, turn and thicken as geometry demands."""

import math

import numpy as np
import pytest

from galaxy_core.simulate import profiles
from galaxy_core.simulate.geometry import (
    DiscPlane,
    SkyGrid,
    convolve,
    scatter_points,
    vertical_transfer,
)

GRID = SkyGrid.around(256, margin_px=16)


def seen(inclination_deg=0.0, position_angle_deg=0.0, offset_px=(0.0, 0.0)):
    return DiscPlane.seen(
        GRID,
        inclination_deg=inclination_deg,
        position_angle_deg=position_angle_deg,
        offset_px=offset_px,
    )


def spread(light, coordinate):
    mean = (light * coordinate).sum() / light.sum()
    return math.sqrt((light * (coordinate - mean) ** 2).sum() / light.sum())


@pytest.mark.parametrize("size", [16, 63, 64, 200, 255, 256])
def test_margins_are_equal_and_cropping_gives_the_picture_back(size):
    grid = SkyGrid.around(size, margin_px=7)
    assert grid.margin_px >= 7
    assert grid.crop(np.zeros((3, *grid.shape))).shape == (3, size, size)
    assert grid.crop(grid.dx).mean() == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("inclination_deg", [0, 30, 60, 75])
def test_inclination_makes_the_axis_ratio_its_cosine(inclination_deg):
    plane = seen(inclination_deg, 25.0)
    light = profiles.exponential_profile(plane.radius, scale_length_px=14.0)
    ratio = spread(light, plane.across) / spread(light, plane.along)
    assert ratio == pytest.approx(math.cos(math.radians(inclination_deg)), abs=0.01)


def test_position_angle_runs_from_up_through_left():
    upright, leaning = seen(80.0, 0.0), seen(80.0, 45.0)
    light = np.exp(-upright.radius / 14.0)
    assert spread(light, GRID.dy) > 4 * spread(light, GRID.dx)
    light = np.exp(-leaning.radius / 14.0)
    # From lower right to upper left: y (downwards) grows with x.
    assert (light * GRID.dy * GRID.dx).sum() > 0.9 * (light * GRID.dy**2).sum()


def test_offset_moves_the_centre():
    plane = seen(40.0, 10.0, offset_px=(12.0, -30.0))
    row, column = np.unravel_index(plane.radius.argmin(), plane.radius.shape)
    assert abs(GRID.dy[row, column] - 12.0) <= 0.5
    assert abs(GRID.dx[row, column] + 30.0) <= 0.5


def test_an_edge_on_sheet_is_as_thick_as_its_sech_squared_profile():
    plane = seen(90.0, 0.0)
    sheet = np.zeros(GRID.shape, dtype=np.float32)
    sheet[:, GRID.shape[1] // 2] = 1.0
    thick = convolve(sheet, vertical_transfer(plane, GRID.shape, scale_height_px=6.0))
    expected = math.pi / math.sqrt(12.0) * 6.0 * plane.sin_inclination
    near = np.where(np.abs(GRID.dx) < 40, thick, 0)  # farther out there is rounding error only
    assert spread(near, GRID.dx) == pytest.approx(expected, rel=0.03)
    assert np.abs(thick[np.abs(GRID.dx) > 40]).max() < 1e-3 * thick.max()
    assert thick.sum() == pytest.approx(sheet.sum(), rel=1e-4)


def test_light_before_and_behind_the_dust_adds_up_to_all_of_it():
    plane = seen(70.0, 33.0)
    light = profiles.exponential_profile(plane.radius, scale_length_px=20.0)
    parts = [
        convolve(light, vertical_transfer(plane, GRID.shape, scale_height_px=5.0, **cut))
        for cut in ({}, {"above_px": 1.0}, {"below_px": 1.0})
    ]
    np.testing.assert_allclose(parts[1] + parts[2], parts[0], atol=1e-8)
    assert 0.2 < parts[1].sum() / parts[0].sum() < 0.5  # the cut lies above the middle


def test_stars_above_the_plane_appear_on_the_far_side():
    plane = seen(60.0, 33.0)
    light = profiles.exponential_profile(plane.radius, scale_length_px=12.0)
    above = vertical_transfer(plane, GRID.shape, scale_height_px=6.0, above_px=0.0)
    front = np.maximum(convolve(light, above), 0)
    assert (front * plane.across).sum() / front.sum() > 1.0


def test_scattered_points_keep_flux_and_place():
    dy, dx = np.array([3.3], dtype=np.float32), np.array([-7.8], dtype=np.float32)
    plane = scatter_points(GRID, dy, dx, np.array([5.0], dtype=np.float32))
    assert plane.sum() == pytest.approx(5.0)
    assert (plane * GRID.dy).sum() / 5 == pytest.approx(3.3, abs=1e-3)
    assert (plane * GRID.dx).sum() / 5 == pytest.approx(-7.8, abs=1e-3)


def test_points_off_the_grid_are_left_out():
    far = np.array([1e4], dtype=np.float32)
    assert not scatter_points(GRID, far, far, far).any()
