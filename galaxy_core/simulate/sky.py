"""What else is on the sky: foreground stars and faint distant galaxies.

Stars are points until the telescope blurs them. Numbers, brightness and colours are
drawn from simple laws that resemble SDSS frames; they are no model of the Milky Way.
"""

from __future__ import annotations

import numpy as np

from galaxy_core.simulate import profiles
from galaxy_core.simulate.geometry import Plane, SkyGrid, scatter_points
from galaxy_core.simulate.parameters import Observation
from galaxy_core.simulate.populations import Population

_STAMP_PX = 31


def scatter_stars(grid: SkyGrid, observation: Observation, rng: np.random.Generator) -> Plane:
    """Return the stars in i, r and g before the telescope, shape (3, N, N), flux units.

    Fluxes follow N(>F) ~ F^-0.7 from 60 units (barely seen) to 15,000; colours follow the
    stellar locus from F to M dwarfs (Covey et al. 2007).
    """
    number, half = observation.stars, observation.image_size_px / 2
    dy, dx = rng.uniform(-half, half, (2, number)).astype(np.float32)
    flux = np.minimum(60.0 * (1 - rng.random(number)) ** (-1 / 0.7), 1.5e4)
    kind = rng.integers(0, 3, number)  # F and G, K, and M dwarfs
    g_minus_r = rng.normal(np.choose(kind, (0.5, 0.8, 1.35)), np.choose(kind, (0.15, 0.2, 0.1)))
    late = np.maximum(g_minus_r - 1.25, 0) * rng.uniform(0.0, 2.5, number)
    r_minus_i = 0.4 * g_minus_r - 0.03 + late
    colours = [Population(*pair).bands() for pair in zip(g_minus_r, r_minus_i, strict=True)]
    light = (flux[:, None] * np.array(colours).reshape(-1, 3)).astype(np.float32)
    return np.stack([scatter_points(grid, dy, dx, light[:, band]) for band in range(3)])


def scatter_background(grid: SkyGrid, observation: Observation, rng: np.random.Generator) -> Plane:
    """Return faint small galaxies in i, r and g before the telescope, shape (3, N, N)."""
    bands = np.zeros((3, *grid.shape), dtype=np.float32)
    half = observation.image_size_px / 2
    for _ in range(observation.background_galaxies):
        dy, dx = rng.uniform(-half, half, 2)
        flux = min(60.0 * (1 - rng.random()) ** (-1 / 1.2), 2500.0)
        population = Population(float(rng.normal(0.9, 0.35)), float(rng.normal(0.4, 0.12)))
        _add_stamp(bands, grid, (float(dy), float(dx)), flux, population, rng)
    return bands


def _add_stamp(
    bands: Plane,
    grid: SkyGrid,
    at: tuple[float, float],
    flux: float,
    population: Population,
    rng: np.random.Generator,
) -> None:
    """Add one small exponential galaxy to the bands, in place."""
    centre = (grid.shape[0] - 1) / 2
    rows, columns = (round(at[0] + centre), round(at[1] + centre))
    first_row, first_column = max(rows - _STAMP_PX // 2, 0), max(columns - _STAMP_PX // 2, 0)
    window = (
        slice(first_row, first_row + _STAMP_PX),
        slice(first_column, first_column + _STAMP_PX),
    )
    dy = grid.dy[window] - np.float32(at[0])
    dx = grid.dx[window] - np.float32(at[1])
    angle = rng.uniform(0, np.pi)
    along = (dx * np.cos(angle) + dy * np.sin(angle)).astype(np.float32)
    across = (dy * np.cos(angle) - dx * np.sin(angle)).astype(np.float32)
    profile = profiles.sersic_profile(
        along,
        across,
        half_light_radius_px=float(rng.uniform(1.0, 3.2)),
        sersic_index=float(rng.uniform(0.8, 2.0)),
        axis_ratio=float(rng.uniform(0.35, 1.0)),
    )
    bands[(slice(None), *window)] += population.bands()[:, None, None] * (flux * profile)
