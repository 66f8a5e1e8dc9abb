"""Bodies of the Solar System: comets, crescents, rings, and the spotted Sun."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.nebulae import turbulence
from galaxy_core.strangers.starlight import add_stars, sky

Plane = npt.NDArray[np.float64]


def _turned(size_px: int, at: tuple[float, float], angle: float) -> tuple[Plane, Plane]:
    """Coordinates along and across a direction from a point; the picture spans 0 to 1."""
    axis = (np.arange(size_px) + 0.5) / size_px
    y, x = axis[:, None] - at[0], axis[None, :] - at[1]
    along = x * np.cos(angle) + y * np.sin(angle)
    return np.asarray(along), np.asarray(y * np.cos(angle) - x * np.sin(angle))


def comet(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a comet: a green or pale coma, a fan of dust, perhaps a thin tail of gas."""
    angle = rng.uniform(0, 2 * np.pi)
    reach = rng.uniform(0, 0.3)
    at = (0.5 - reach * np.sin(angle), 0.5 - reach * np.cos(angle))
    along, across = _turned(size_px, at, angle)
    behind = np.maximum(along, 0)
    coma = np.exp(-((np.hypot(along, across) / rng.uniform(0.015, 0.06)) ** rng.uniform(0.8, 2)))
    width = rng.uniform(0.008, 0.03) + rng.uniform(0.06, 0.3) * behind
    shape = np.exp(-((np.abs(across) / width) ** rng.uniform(1, 2)))
    fan = rng.uniform(0.2, 0.8) * shape * np.exp(-behind * rng.uniform(1.5, 6)) * (along > 0)
    light = coma[..., None] * np.array([0.7, 1.0, rng.uniform(0.6, 1.0)])
    light = light + fan[..., None] * np.array([1.0, 0.92, rng.uniform(0.7, 1.1)])
    if rng.random() < 0.5:
        _, aside = _turned(size_px, at, angle + rng.normal(0, 0.15))
        ray = np.exp(-((aside / rng.uniform(0.006, 0.02)) ** 2)) * (along > 0)
        knots = 1 + 0.3 * turbulence(rng, size_px, slope=2.5)
        light = light + (0.4 * ray * knots * np.exp(-behind * 2.5))[..., None] * (0.4, 0.6, 1.0)
    pixels = sky(rng, size_px) + light.astype(np.float32) * np.float32(rng.uniform(0.6, 1.2))
    return add_stars(np.clip(pixels, 0, 1), rng, count=int(rng.integers(0, 60)))


def crescent(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a thin or thick crescent of the Moon or of a planet, on black."""
    at = (rng.normal(0.5, 0.03), rng.normal(0.5, 0.03))
    u, v = _turned(size_px, at, rng.uniform(0, 2 * np.pi))
    radius = rng.uniform(0.15, 0.45)
    height = np.sqrt(np.maximum(1 - (u**2 + v**2) / radius**2, 0))
    sun = rng.uniform(0.6, 2.4)
    lit = np.maximum(u / radius * np.sin(sun) + height * np.cos(sun), 0) * (height > 0)
    craters = 1 + rng.uniform(0, 0.25) * turbulence(rng, size_px, slope=2.2)
    shine = rng.uniform(0, 0.06) * (height > 0)
    colour = 1 - rng.uniform(0, 0.3) * rng.random(3)
    light = (lit ** rng.uniform(0.3, 0.8) * craters + shine)[..., None] * colour
    return np.asarray(light + rng.normal(0, 0.008, light.shape), dtype=np.float32)


def ringed_planet(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a planet within its rings, tilted."""
    at = (rng.normal(0.5, 0.03), rng.normal(0.5, 0.03))
    u, v = _turned(size_px, at, rng.uniform(0, np.pi))
    radius, tilt = rng.uniform(0.1, 0.2), rng.uniform(0.1, 0.45)
    height = np.sqrt(np.maximum(1 - (u**2 + (v * 1.08) ** 2) / radius**2, 0))
    bands = 1 + 0.1 * np.sin(v / radius * rng.uniform(5, 12))
    ball = np.where(height > 0, height**0.5 * bands, 0)
    away = np.hypot(u, v / tilt) / radius
    ring = (away > 1.25) & (away < 2.3) & ~((away > 1.93) & (away < 2.0))
    hidden = (height > 0) & (v < 0)
    light = np.where(ring & ~hidden, rng.uniform(0.4, 0.9) * (1.2 - 0.2 * away), ball)
    colour = np.array([1.0, rng.uniform(0.8, 0.95), rng.uniform(0.55, 0.8)])
    pixels = light[..., None] * colour + rng.normal(0, 0.01, (size_px, size_px, 3))
    return np.asarray(pixels, dtype=np.float32)


def spotted_sun(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return the disc of the Sun with dark groups of spots."""
    at = (rng.normal(0.5, 0.02), rng.normal(0.5, 0.02))
    u, v = _turned(size_px, at, 0.0)
    radius = rng.uniform(0.25, 0.48)
    height = np.sqrt(np.maximum(1 - (u**2 + v**2) / radius**2, 0))
    light = np.where(height > 0, 0.4 + 0.6 * height, 0)
    for _ in range(int(rng.integers(1, 10))):
        y, x = rng.uniform(-0.7, 0.7, 2) * radius
        spot = np.hypot(u - x, v - y) / rng.uniform(0.005, 0.03)
        light *= 1 - 0.7 * np.exp(-(spot**4))
    colour = np.array([1.0, rng.uniform(0.5, 1.0), rng.uniform(0.1, 0.95)])
    return np.asarray(light[..., None] * colour, dtype=np.float32)
