"""Light falls off as the equations say, and adds up to one."""

import numpy as np
import pytest
from scipy import special

from galaxy_core.simulate import profiles
from galaxy_core.simulate.geometry import DiscPlane, SkyGrid

GRID = SkyGrid.around(400, margin_px=0)
FACE_ON = DiscPlane.seen(GRID, inclination_deg=0, position_angle_deg=0)


def sersic(n, radius, axis_ratio=1.0):
    return profiles.sersic_profile(
        FACE_ON.along,
        FACE_ON.across,
        half_light_radius_px=radius,
        sersic_index=n,
        axis_ratio=axis_ratio,
    )


@pytest.mark.parametrize("n", [0.5, 1.0, 2.0, 4.0, 8.0])
def test_b_n_halves_the_incomplete_gamma_function(n):
    assert profiles.sersic_b(n) == pytest.approx(
        special.gammaincinv(2 * n, 0.5), abs=2e-3 if n < 1 else 2e-4
    )


@pytest.mark.parametrize("n", [0.5, 1.0, 2.5, 4.0, 6.0])
def test_half_the_light_lies_within_the_half_light_radius(n):
    assert sersic(n, 20.0)[FACE_ON.radius <= 20.0].sum() == pytest.approx(0.5, abs=0.006)


@pytest.mark.parametrize("n", [1.0, 4.0])
@pytest.mark.parametrize("radius_px", [30.0, 150.0])
def test_sersic_light_within_a_circle_is_the_analytic_share(n, radius_px):
    share = special.gammainc(2 * n, profiles.sersic_b(n) * (radius_px / 12.0) ** (1 / n))
    assert sersic(n, 12.0)[FACE_ON.radius <= radius_px].sum() == pytest.approx(share, rel=0.01)


def test_a_steep_core_smaller_than_a_pixel_keeps_its_light():
    share = special.gammainc(8, profiles.sersic_b(4.0) * 150.0**0.25)
    light = sersic(4.0, 1.0)
    assert light[FACE_ON.radius <= 150].sum() == pytest.approx(share, rel=0.03)


def test_flattening_keeps_the_total_and_squeezes_the_minor_axis():
    light = sersic(1.0, 15.0, axis_ratio=0.5)
    assert light.sum() == pytest.approx(1.0, rel=0.005)
    along = (light * FACE_ON.along**2).sum()
    across = (light * FACE_ON.across**2).sum()
    assert np.sqrt(across / along) == pytest.approx(0.5, abs=0.005)


def test_exponential_disc_has_unit_total_and_its_scale_length():
    light = profiles.exponential_profile(FACE_ON.radius, scale_length_px=15.0)
    assert light.sum() == pytest.approx(1.0, rel=0.003)
    centre = 200
    ratio = light[centre, centre + 30] / light[centre, centre + 45]
    assert ratio == pytest.approx(np.e, rel=0.01)


def test_bar_has_unit_total_and_ends_at_its_ellipse():
    light = profiles.bar_profile(
        FACE_ON.radius, FACE_ON.azimuth, semi_major_px=40.0, axis_ratio=0.3
    )
    assert light.sum() == pytest.approx(1.0, rel=0.003)
    assert not light[np.abs(FACE_ON.along) > 40.5].any()
    assert not light[np.abs(FACE_ON.across) > 12.5].any()


def test_ring_has_unit_total_and_peaks_at_its_radius():
    light = profiles.ring_profile(FACE_ON.radius, ring_radius_px=50.0, width_px=6.0)
    assert light.sum() == pytest.approx(1.0, rel=0.003)
    assert FACE_ON.radius.flat[light.argmax()] == pytest.approx(50.0, abs=0.5)
