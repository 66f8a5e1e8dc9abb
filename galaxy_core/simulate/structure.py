"""What makes a disc more than smooth: spiral arms, their raggedness, knots and tidal tails.

Arms are logarithmic spirals; raggedness is random texture drawn in (ln R, azimuth), so
that it shears and scales as arms do. All randomness comes from the generator passed in.
Colours and projection are not decided here.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage

from galaxy_core.simulate.components import Arms, TidalTail
from galaxy_core.simulate.geometry import DiscPlane, Plane, SkyGrid, scatter_points

_TEXTURE_CELLS = (64, 256)  # ln R, azimuth
_TEXTURE_LN_RADIUS = 6.0  # texture repeats after this much of ln R; discs here span less


def arm_phase(plane: DiscPlane, arms: Arms) -> Plane:
    """Return the angle in the plane from the ridge of the first arm, radians, not wrapped.

    Zero follows R = R_in exp((azimuth - phase) tan(pitch)), which meets every circle at the
    pitch angle (Binney & Tremaine 2008, section 6.1.3).
    """
    unwound = np.log(np.maximum(plane.radius, 0.3) / np.float32(arms.inner_radius_px))
    unwound /= np.float32(math.tan(math.radians(arms.pitch_deg)))
    return np.asarray(
        int(arms.winding) * (plane.azimuth - np.float32(math.radians(arms.phase_deg))) - unwound,
        dtype=np.float32,
    )


def texture(
    plane: DiscPlane,
    angle: Plane,
    rng: np.random.Generator,
    *,
    radial_length: float,
    angular_length: float,
) -> Plane:
    """Return smooth random texture of mean 0 and deviation 1 in (ln R, angle).

    Parameters
    ----------
    plane : DiscPlane
        Gives the radii.
    angle : ndarray, shape (N, N), float32
        The azimuth, or the arm phase for texture that is drawn out along the arms; radians.
    radial_length, angular_length : float
        Correlation lengths (standard deviation of the smoothing) in ln R and in radians.
    """
    cells = rng.standard_normal(_TEXTURE_CELLS).astype(np.float32)
    per_ln_radius = _TEXTURE_CELLS[0] / _TEXTURE_LN_RADIUS
    per_radian = _TEXTURE_CELLS[1] / (2 * math.pi)
    cells = ndimage.gaussian_filter(
        cells, (radial_length * per_ln_radius, angular_length * per_radian), mode="wrap"
    )
    cells = (cells - cells.mean()) / cells.std()
    rows = np.log(np.maximum(plane.radius, 1.0)) * np.float32(per_ln_radius)
    columns = angle * np.float32(per_radian)
    return np.asarray(
        ndimage.map_coordinates(cells, (rows, columns), order=1, mode="grid-wrap"),
        dtype=np.float32,
    )


def arm_ridges(plane: DiscPlane, arms: Arms, rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Return how far each pixel is in an arm, and the same for the dust on its inner edge.

    Both are in [0, about 2]; 1 is the ridge of an undisturbed arm, 0 between arms and
    outside the arms' radii.
    """
    phase = arm_phase(plane, arms)
    wobble = texture(plane, plane.azimuth, rng, radial_length=0.35, angular_length=0.5)
    phase_ragged = phase + np.float32(0.55 / arms.number) * wobble * np.float32(0.5)
    half_width = math.pi * arms.width  # of the phase times the number of arms
    sharpness = math.log(2) / (1 - math.cos(half_width))
    cosine = np.cos(arms.number * phase_ragged)
    regular = np.exp(np.float32(sharpness) * (cosine - 1))
    pieces = texture(plane, phase, rng, radial_length=0.075, angular_length=0.075)
    broken = np.exp(np.float32(1.2) * pieces - np.float32(1.1))
    floc = np.float32(arms.flocculence)
    ragged = np.maximum(1 + np.float32(0.3) * pieces, 0.15)
    window = _window(plane.radius, arms)
    ridge = window * ((1 - floc) * regular * ragged + floc * np.minimum(broken, 2.0))
    # Gas shocks, and so dust, lie on the concave side of an arm inside corotation: a little
    # ahead in phase at the same radius (Roberts 1969).
    shifted = np.cos(arms.number * phase_ragged + np.float32(1.2 * half_width))
    dust = np.exp(np.float32(2.5 * sharpness) * (shifted - 1))
    dust = window * ((1 - floc) * dust * ragged + floc * np.exp(-pieces) / 2)
    return np.asarray(ridge, dtype=np.float32), np.asarray(np.minimum(dust, 3), dtype=np.float32)


def _window(radius: Plane, arms: Arms) -> Plane:
    """Return 1 between the arms' radii, falling smoothly to 0 inside and outside them."""
    inner = 1 / (1 + np.exp(-(radius / np.float32(arms.inner_radius_px) - 1) * 8))
    outer_slope = np.minimum((radius / np.float32(arms.outer_radius_px) - 1) * 7, 60)
    return np.asarray(inner / (1 + np.exp(outer_slope)), dtype=np.float32)


def scatter_knots(light: Plane, number: int, rng: np.random.Generator) -> Plane:
    """Return a plane of total 1 with star-forming knots strewn where `light` is bright.

    Each knot is a few blended clusters; the luminosities follow dN/dL ~ L^-2, cut at
    thirty times the faintest (Kennicutt, Edgar & Hodge 1989). All zero if `number` is 0 or
    there is no light.
    """
    knots = np.zeros_like(light)
    cumulative = np.cumsum(light.ravel(), dtype=np.float64)
    if number == 0 or cumulative[-1] <= 0:
        return knots
    chosen = np.searchsorted(cumulative, rng.random(number) * cumulative[-1], side="right")
    rows, columns = np.unravel_index(np.minimum(chosen, light.size - 1), light.shape)
    luminosity = 1 / (1 - rng.random(number) * (1 - 1 / 30))
    for _ in range(3):
        row = np.clip(rows + np.rint(rng.normal(0, 0.9, number)), 0, light.shape[0] - 1)
        column = np.clip(columns + np.rint(rng.normal(0, 0.9, number)), 0, light.shape[1] - 1)
        np.add.at(knots, (row.astype(np.intp), column.astype(np.intp)), luminosity)
    return np.asarray(knots / knots.sum(), dtype=np.float32)


def tidal_tail(
    grid: SkyGrid, offset_px: tuple[float, float], tail: TidalTail, rng: np.random.Generator
) -> Plane:
    """Return a tail of total 1 (less what leaves the grid): stars strewn along a bent curve."""
    number = 3000
    along = rng.random(number) ** 1.8  # denser near the galaxy
    bearing = np.radians(tail.start_angle_deg + tail.turn_deg * along)
    steps = np.linspace(0.0, 1.0, 200)
    step_bearing = np.radians(tail.start_angle_deg + tail.turn_deg * steps)
    step_px = tail.length_px / len(steps)
    x_curve = np.cumsum(np.cos(step_bearing)) * step_px
    y_curve = np.cumsum(-np.sin(step_bearing)) * step_px
    start = math.radians(tail.start_angle_deg)
    spread = rng.standard_normal(number) * tail.width_px * (0.5 + 0.5 * along)
    x = offset_px[1] + math.cos(start) * tail.start_px + np.interp(along, steps, x_curve)
    y = offset_px[0] - math.sin(start) * tail.start_px + np.interp(along, steps, y_curve)
    x, y = x + np.sin(bearing) * spread, y + np.cos(bearing) * spread
    flux = np.full(number, 1 / number, dtype=np.float32)
    points = scatter_points(grid, y.astype(np.float32), x.astype(np.float32), flux)
    return np.asarray(ndimage.gaussian_filter(points, 0.4 * tail.width_px), dtype=np.float32)
