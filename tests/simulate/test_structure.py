"""Arms are logarithmic spirals, ragged as told, with knots where they are bright."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from galaxy_core.simulate import (
    Arms,
    Disc,
    Galaxy,
    Observation,
    SceneParameters,
    TidalTail,
    Winding,
    simulate_galaxy,
    structure,
)
from galaxy_core.simulate.geometry import DiscPlane, SkyGrid

GRID = SkyGrid.around(200, margin_px=0)
PLANE = DiscPlane.seen(GRID, inclination_deg=0, position_angle_deg=0)
ARMS = Arms(2, 18.0, contrast=2.0, inner_radius_px=12.0, outer_radius_px=90.0, knots=0)
EMPTY_SKY = Observation(sky_noise=0.0, stars=0, background_galaxies=0, psf_fwhm_px=1.5)


def two_armed_signal(arms):
    """Return ln R and the complex m = 2 Fourier amplitude of the picture at each radius."""
    scene = SceneParameters(Galaxy(disc=Disc(3e5, 30.0), arms=arms), observation=EMPTY_SKY)
    light = simulate_galaxy(scene, seed=5).linear_flux[..., 1]
    radii = np.geomspace(22.0, 75.0, 60)
    azimuth = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    rows = 127.5 - radii[:, None] * np.sin(azimuth)
    columns = 127.5 + radii[:, None] * np.cos(azimuth)
    rings = ndimage.map_coordinates(light, (rows, columns), order=1)
    rings /= rings.mean(axis=1, keepdims=True)
    return np.log(radii), (rings * np.exp(-2j * azimuth)).mean(axis=1)


@pytest.mark.parametrize("pitch_deg", [12.0, 18.0, 28.0])
@pytest.mark.parametrize("winding", Winding)
def test_the_pitch_angle_and_winding_can_be_read_off_the_picture(pitch_deg, winding):
    arms = replace(ARMS, pitch_deg=pitch_deg, winding=winding)
    log_radius, signal = two_armed_signal(arms)
    slope = np.polyfit(log_radius, np.unwrap(np.angle(signal)), 1)[0]
    # The m = 2 signal's phase is -2 azimuth: along an arm, d azimuth / d ln R = 1 / tan(pitch).
    turn = -slope / 2
    assert math.degrees(math.atan(1 / abs(turn))) == pytest.approx(pitch_deg, abs=1.5)
    assert np.sign(turn) == winding


def test_flocculent_arms_have_little_two_armed_signal():
    regular = np.abs(two_armed_signal(ARMS)[1]).mean()
    flocculent = np.abs(two_armed_signal(replace(ARMS, flocculence=1.0))[1]).mean()
    assert flocculent < 0.4 * regular


def test_arms_keep_within_their_radii():
    ridge, dust = structure.arm_ridges(PLANE, ARMS, np.random.default_rng(1))
    between = (PLANE.radius > 20) & (PLANE.radius < 70)
    for shape in (ridge, dust):
        assert shape[PLANE.radius < 4].max() < 0.02
        assert shape[PLANE.radius > 150].max(initial=0) < 0.02
        assert shape[between].max() > 0.7
        assert shape.min() >= 0


def test_texture_is_standardised_smooth_and_seeded():
    drawn = [
        structure.texture(
            PLANE, PLANE.azimuth, np.random.default_rng(s), radial_length=0.2, angular_length=0.2
        )
        for s in (1, 1, 2)
    ]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max() > 1
    assert 0.5 < drawn[0].std() < 1.5
    assert np.abs(np.diff(drawn[0][:40], axis=1)).max() < 0.3


def test_knots_lie_where_the_light_is_and_add_up_to_one():
    light = np.zeros(GRID.shape, dtype=np.float32)
    light[80:120, 30:60] = 1.0
    knots = structure.scatter_knots(light, 200, np.random.default_rng(3))
    assert knots.sum() == pytest.approx(1.0, rel=1e-4)
    assert knots[70:130, 20:70].sum() == pytest.approx(1.0, rel=1e-4)


@pytest.mark.parametrize(("number", "brightness"), [(0, 1.0), (50, 0.0)])
def test_without_light_or_number_there_are_no_knots(number, brightness):
    light = np.full((32, 32), brightness, dtype=np.float32)
    assert not structure.scatter_knots(light, number, np.random.default_rng(0)).any()


def test_a_tail_starts_where_told_and_leaves_in_its_direction():
    tail = TidalTail(1.0, start_px=20.0, length_px=50.0, width_px=2.0, turn_deg=0.0)
    light = structure.tidal_tail(GRID, (0.0, 0.0), tail, np.random.default_rng(0))
    assert light.sum() == pytest.approx(1.0, rel=0.01)
    assert 20 < (light * GRID.dx).sum() < 70
    assert abs((light * GRID.dy).sum()) < 1
    assert light[:, : GRID.shape[1] // 2].sum() < 0.01
