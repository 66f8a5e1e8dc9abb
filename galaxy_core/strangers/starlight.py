"""Stars and crowds: star fields, clusters, whole survey fields, and sky with nothing in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.simulate import Observation, SceneParameters, simulate_galaxy

Plane = npt.NDArray[np.float64]


def star_colour(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the display colour of a star between red dwarf and hot blue."""
    heat = rng.uniform(-1, 1)
    return np.array([1 - 0.45 * max(heat, 0), 0.85, 1 + 0.5 * min(heat, 0)])


def sky(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return dark sky with noise, as surveys show it."""
    level = rng.uniform(0.0, 0.12) * (1 + 0.15 * rng.normal(size=3))
    noise = rng.normal(0, rng.uniform(0.005, 0.04), (size_px, size_px, 3))
    return np.clip(level + noise, 0, 1).astype(np.float32)


def add_blob(
    pixels: FloatImage,
    at: tuple[float, float],
    sigma_px: float,
    peak: npt.NDArray[np.float64],
    *,
    ratio: float = 1.0,
    angle: float = 0.0,
    wings: float = 2.5,
) -> None:
    """Add a Moffat profile in place; only near it, since fields hold hundreds."""
    reach = int(np.ceil(sigma_px * 9)) + 2
    y0, x0 = round(at[0]), round(at[1])
    rows = slice(max(y0 - reach, 0), max(min(y0 + reach + 1, pixels.shape[0]), 0))
    columns = slice(max(x0 - reach, 0), max(min(x0 + reach + 1, pixels.shape[1]), 0))
    y = np.arange(rows.start, rows.stop)[:, None] - at[0]
    x = np.arange(columns.start, columns.stop)[None, :] - at[1]
    u = x * np.cos(angle) + y * np.sin(angle)
    v = (y * np.cos(angle) - x * np.sin(angle)) / ratio
    profile = (1 + (u**2 + v**2) / (2 * sigma_px**2)) ** -wings
    pixels[rows, columns] += (profile[..., None] * peak).astype(np.float32)


def add_stars(
    pixels: FloatImage, rng: np.random.Generator, *, count: int, sigma_px: float | None = None
) -> FloatImage:
    """Return the picture with stars strewn over it, few bright and many faint."""
    size = pixels.shape[0]
    sigma = rng.uniform(0.7, 1.8) if sigma_px is None else sigma_px
    stretched = pixels.copy()
    for _ in range(count):
        brightness = min(0.05 * (1 - rng.random()) ** -0.9, 4.0)
        at = (rng.uniform(0, size), rng.uniform(0, pixels.shape[1]))
        add_blob(stretched, at, sigma, brightness * star_colour(rng))
    return np.asarray(np.clip(stretched, 0, 1))


def star_field(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a field of stars, from sparse to crowded as towards the Milky Way."""
    count = int(10 ** rng.uniform(0.8, 3.0))
    # Seeing widens with the picture's scale; a crowd of wide stars would be a haze.
    sigma = rng.uniform(0.7, 1.8) * (size_px / 128 if count < 150 else 1.0)
    return add_stars(sky(rng, size_px), rng, count=count, sigma_px=sigma)


def survey_field(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a whole survey field: many small galaxies and stars, none the subject."""
    pixels = add_stars(sky(rng, size_px), rng, count=int(rng.integers(15, 80)))
    for _ in range(int(rng.integers(20, 90))):
        _add_small_galaxy(pixels, rng, (rng.uniform(0, size_px), rng.uniform(0, size_px)), 1.0)
    return pixels


def galaxy_cluster(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a distant cluster: many small red galaxies crowding towards no single one."""
    pixels = add_stars(sky(rng, size_px), rng, count=int(rng.integers(5, 25)))
    for _ in range(int(rng.integers(25, 70))):
        at = rng.normal(size_px / 2, size_px / 4.5, 2)
        _add_small_galaxy(pixels, rng, (float(at[0]), float(at[1])), 1.4)
    return pixels


def _add_small_galaxy(
    pixels: FloatImage, rng: np.random.Generator, at: tuple[float, float], scale: float
) -> None:
    redness = rng.uniform(0, 1)
    colour = np.array([1.0, 0.85 - 0.1 * redness, 0.95 - 0.5 * redness])
    brightness = min(0.08 * (1 - rng.random()) ** -0.7, 0.9)
    sigma = rng.uniform(0.9, 2.4) * scale * pixels.shape[0] / 200
    add_blob(
        pixels,
        at,
        max(sigma, 0.8),
        brightness * colour,
        ratio=rng.uniform(0.3, 1.0),
        angle=rng.uniform(0, np.pi),
        wings=1.8,
    )


def open_cluster(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a loose cluster of bright stars over a sparse field."""
    pixels = add_stars(sky(rng, size_px), rng, count=int(rng.integers(20, 80)))
    sigma = rng.uniform(0.8, 2.0)
    for _ in range(int(rng.integers(25, 120))):
        at = rng.normal(size_px / 2, size_px / rng.uniform(4, 7), 2)
        brightness = min(0.15 * (1 - rng.random()) ** -0.7, 3.0)
        add_blob(pixels, (float(at[0]), float(at[1])), sigma, brightness * star_colour(rng))
    return pixels


def blank_sky(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return sky with nothing but noise, a faint slope and perhaps a speck."""
    pixels = sky(rng, size_px)
    slope = np.linspace(-1, 1, size_px, dtype=np.float32)[:, None] * rng.normal(0, 0.01)
    return add_stars(
        pixels + slope[..., None].astype(np.float32), rng, count=int(rng.integers(0, 3))
    )


def globular_cluster(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a globular cluster resolved into thousands of stars (King-like, dense core)."""
    pixels = sky(rng, size_px)
    sigma, core = rng.uniform(0.6, 1.3), size_px * rng.uniform(0.05, 0.12)
    count = int(rng.integers(400, 1500))
    reach = core * np.sqrt((1 - rng.random(count)) ** -1.2 - 1)  # projected Plummer-like
    angle = rng.uniform(0, 2 * np.pi, count)
    for r, t in zip(reach, angle):
        brightness = min(0.06 * (1 - rng.random()) ** -0.8, 1.5)
        at = (size_px / 2 + r * np.sin(t), size_px / 2 + r * np.cos(t))
        add_blob(pixels, at, sigma, brightness * star_colour(rng))
    return pixels


def simulated_star_field(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return stars and faint background galaxies as the simulator observes them."""
    observation = Observation(
        image_size_px=size_px,
        psf_fwhm_px=float(rng.uniform(1.8, 5.0)),
        sky_noise=float(rng.uniform(0.3, 3.0)),
        stars=int(10 ** rng.uniform(0.7, 2.3)),
        background_galaxies=int(rng.integers(0, 40)),
    )
    scene = SceneParameters(None, observation=observation)
    return simulate_galaxy(scene, seed=int(rng.integers(2**31))).cutout.pixels
