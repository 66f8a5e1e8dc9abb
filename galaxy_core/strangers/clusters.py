"""Crowds of stars that are no field: globular and open clusters, near and far, the Milky Way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.nebulae import turbulence
from galaxy_core.strangers.starlight import add_stars, sky, star_colour

Places = npt.NDArray[np.float64]

_COLOURS = 12  # of a cluster's stars; each colour's stars are blurred together


def _cluster(
    rng: np.random.Generator, size_px: int, radii_px: Places, seeing_px: float
) -> FloatImage:
    """Return the light of stars at these distances from near the middle, seen and stretched."""
    angle = rng.uniform(0, 2 * np.pi, radii_px.size)
    at = rng.normal(size_px / 2, size_px / 25, 2)
    squash = rng.uniform(0.8, 1.0)
    y = np.round(at[0] + radii_px * np.sin(angle)).astype(int)
    x = np.round(at[1] + squash * radii_px * np.cos(angle)).astype(int)
    inside = (y >= 0) & (y < size_px) & (x >= 0) & (x < size_px)
    brightness = np.minimum((1 - rng.random(radii_px.size)) ** (-1 / rng.uniform(1.2, 2.2)), 40)
    colour = rng.integers(_COLOURS, size=radii_px.size)
    light = np.zeros((size_px, size_px, 3))
    for number in range(_COLOURS):
        own = inside & (colour == number)
        plane = np.zeros((size_px, size_px))
        np.add.at(plane, (y[own], x[own]), brightness[own])
        light += ndimage.gaussian_filter(plane, seeing_px)[..., None] * star_colour(rng)
    top = np.percentile(light.max(axis=2), rng.uniform(97.5, 99.9))
    shown = light / max(float(top), 1e-6) * rng.uniform(0.5, 1.5)
    stretch = np.tanh if rng.random() < 0.5 else _asinh
    return np.asarray(stretch(shown), dtype=np.float32)


def _asinh(light: Places) -> Places:
    return np.asarray(np.arcsinh(5 * light) / np.arcsinh(5.0))


def _plummer(rng: np.random.Generator, count: int, core_px: float) -> Places:
    """Distances of a projected Plummer-like sphere."""
    return np.asarray(core_px * np.sqrt((1 - rng.random(count)) ** -1.1 - 1))


def _exponential(rng: np.random.Generator, count: int, scale_px: float) -> Places:
    return np.asarray(scale_px * rng.exponential(size=count) ** rng.uniform(0.8, 1.6))


def rich_globular(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a globular cluster of thousands of stars, its core a glow, its rim resolved."""
    count = int(10 ** rng.uniform(3.2, 4.3))
    if rng.random() < 0.5:
        radii = _plummer(rng, count, size_px * rng.uniform(0.04, 0.15))
    else:
        radii = _exponential(rng, count, size_px * rng.uniform(0.07, 0.2))
    pixels = sky(rng, size_px) + _cluster(rng, size_px, radii, rng.uniform(0.7, 1.6))
    return add_stars(pixels, rng, count=int(rng.integers(0, 60)))


def distant_globular(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a small globular cluster, grainy where seeing leaves its stars apart."""
    count = int(10 ** rng.uniform(2.5, 3.5))
    radii = _exponential(rng, count, size_px * rng.uniform(0.04, 0.09))
    seeing = rng.uniform(0.8, 2.0) * size_px / 200
    pixels = sky(rng, size_px) + _cluster(rng, size_px, radii, max(seeing, 0.7))
    return add_stars(pixels, rng, count=int(rng.integers(10, 90)))


def sparse_cluster(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return an open cluster: a few dozen stars about as bright as each other."""
    count = int(rng.integers(15, 150))
    radii = _exponential(rng, count, size_px * rng.uniform(0.1, 0.28))
    seeing = rng.uniform(0.8, 2.5) * size_px / 200
    pixels = sky(rng, size_px) + _cluster(rng, size_px, radii, max(seeing, 0.7))
    return add_stars(pixels, rng, count=int(rng.integers(5, 60)))


def nebulous_cluster(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a young cluster in the dust that it lights up, as the Pleiades."""
    sigma = rng.uniform(1.0, 2.5) * size_px / 200
    stars = add_stars(
        np.zeros((size_px, size_px, 3), np.float32),
        rng,
        count=int(rng.integers(8, 50)),
        sigma_px=sigma,
    )
    wide = ndimage.gaussian_filter(stars, (size_px / 15, size_px / 15, 0))
    dust = np.exp(rng.uniform(0.3, 0.9) * turbulence(rng, size_px, slope=3.2))[..., None]
    glow = wide / max(float(wide.max()), 1e-6) * dust * np.array([0.35, 0.6, 1.0])
    return np.asarray(sky(rng, size_px) + stars + rng.uniform(0.2, 0.8) * glow, np.float32)


def milky_way(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a band of unresolved stars across the picture, split by dust, with stars before."""
    axis = np.linspace(-1, 1, size_px)
    angle, offset = rng.uniform(0, np.pi), rng.normal(0, 0.15)
    away = axis[:, None] * np.cos(angle) - axis[None, :] * np.sin(angle) - offset
    away = away + rng.uniform(0, 0.08) * turbulence(rng, size_px, slope=3.2)
    band = np.exp(-((away / rng.uniform(0.12, 0.45)) ** 2))
    lane = np.exp(-((away / rng.uniform(0.04, 0.15)) ** 2))
    clumps = np.clip(turbulence(rng, size_px, slope=2.9), 0, None)
    light = band * (0.8 + 0.15 * turbulence(rng, size_px, slope=2.4))
    light = np.maximum(light * np.exp(-rng.uniform(0, 1.5) * lane * clumps), 0)
    colour = np.array([1.0, rng.uniform(0.75, 0.95), rng.uniform(0.55, 1.0)])
    pixels = sky(rng, size_px) + (rng.uniform(0.2, 0.7) * light[..., None] * colour)
    count = int(10 ** rng.uniform(1.8, 2.8))
    return add_stars(pixels.astype(np.float32), rng, count=count, sigma_px=rng.uniform(0.6, 1.1))
