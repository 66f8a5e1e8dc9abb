"""The grid says where a pixel lies as astropy does, and how far off it may be."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

from galaxy_core.cutout import SkyPosition
from galaxy_core.intake.sky import pixel_to_sky
from galaxy_core.intake.sky_grid import sky_grid
from tests.intake.test_sky import M51, tangent

WIDTH, HEIGHT = 100, 80
CORNERS = [(-0.5, -0.5), (WIDTH - 0.5, -0.5), (-0.5, HEIGHT - 0.5), (WIDTH - 0.5, HEIGHT - 0.5)]


def apart_arcsec(one: SkyPosition, other: SkyPosition) -> float:
    first, second = (SkyCoord(p.ra_deg, p.dec_deg, unit="deg") for p in (one, other))
    return float(first.separation(second).arcsec)


def projected(kind: str, scale_deg: float, position=M51) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"RA---{kind}", f"DEC--{kind}"]
    wcs.wcs.crval = position.ra_deg, position.dec_deg
    wcs.wcs.crpix = (WIDTH + 1) / 2, (HEIGHT + 1) / 2
    wcs.wcs.cdelt = -scale_deg, -scale_deg
    return wcs


def grid_of(wcs, scale_arcsec):
    return sky_grid(wcs, width_px=WIDTH, height_px=HEIGHT, pixel_scale_arcsec=scale_arcsec)


@pytest.mark.parametrize("sip", [False, True])
@pytest.mark.parametrize(
    "position",
    [M51, SkyPosition(0.001, -30.0), SkyPosition(150.0, 89.9999), SkyPosition(10.0, -90.0)],
    ids=["m51", "where RA begins", "by the pole", "on the pole"],
)
def test_corners_and_everywhere_between_agree_with_astropy(position, sip):
    wcs = tangent(angle_deg=25, position=position, sip=sip)
    grid = grid_of(wcs, 1.0)
    within = np.random.default_rng(1).uniform((-0.5, -0.5), (WIDTH - 0.5, HEIGHT - 0.5), (40, 2))
    for x, y in [*CORNERS, *within.tolist()]:
        exact = pixel_to_sky(wcs, x_px=x, y_px=y)
        assert apart_arcsec(grid.at(x, y), exact) <= 1.2 * grid.error_arcsec + 1e-6
    assert grid.error_arcsec <= 0.05


def test_tangent_plane_needs_the_coarsest_grid_only():
    grid = grid_of(tangent(scale_arcsec=0.4), 0.4)
    assert grid.vectors.shape == (5, 5, 3)
    assert grid.error_arcsec < 1e-4


@pytest.mark.parametrize("kind", ["ZEA", "SIN", "CAR", "ZPN"])
def test_wide_field_of_another_projection_takes_a_finer_grid_and_keeps_its_word(kind):
    wcs = projected(kind, 0.1, SkyPosition(120.0, 0.0))  # ten degrees wide
    if kind == "ZPN":
        wcs.wcs.set_pv([(2, 1, 1.0), (2, 3, 5.0)])
    grid = grid_of(wcs, 360.0)
    assert grid.error_arcsec <= 0.05 * 360.0
    for x, y in [*CORNERS, (33.3, 71.0)]:
        exact = pixel_to_sky(wcs, x_px=x, y_px=y)
        assert apart_arcsec(grid.at(x, y), exact) <= 1.2 * grid.error_arcsec + 1e-6


def test_outside_the_picture_and_off_the_sky_there_is_no_position():
    grid = grid_of(tangent(), 1.0)
    assert grid.at(-0.6, 10.0) is None
    assert grid.at(10.0, HEIGHT) is None
    whole_sky = grid_of(projected("AIT", 4.0), 4.0 * 3600)
    assert whole_sky.at(0.0, 0.0) is None
    assert whole_sky.at(WIDTH / 2, HEIGHT / 2) is not None


def test_right_ascension_stays_below_360():
    grid = grid_of(tangent(position=SkyPosition(0.0, 0.0)), 1.0)
    for x in np.linspace(48.0, 51.0, 301):
        assert 0.0 <= grid.at(float(x), 39.5).ra_deg < 360.0


def test_galactic_coordinates_come_out_as_icrs():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["GLON-TAN", "GLAT-TAN"]
    galactic = SkyCoord(M51.ra_deg, M51.dec_deg, unit="deg").galactic
    wcs.wcs.crval = galactic.l.deg, galactic.b.deg
    wcs.wcs.crpix = 50.5, 40.5
    wcs.wcs.cdelt = -1 / 3600, 1 / 3600
    assert apart_arcsec(grid_of(wcs, 1.0).at(49.5, 39.5), M51) < 1e-3
