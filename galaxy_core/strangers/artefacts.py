"""What detectors, optics and satellites leave in pictures of the sky."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.starlight import add_blob, add_stars, sky, star_colour


def _field(rng: np.random.Generator, size_px: int) -> FloatImage:
    return add_stars(sky(rng, size_px), rng, count=int(rng.integers(3, 40)))


def _distance_to_line(size_px: int, at: tuple[float, float], angle: float) -> FloatImage:
    y, x = np.arange(size_px)[:, None] - at[0], np.arange(size_px)[None, :] - at[1]
    return np.asarray(np.abs(y * np.cos(angle) - x * np.sin(angle)), dtype=np.float32)


def _middle(rng: np.random.Generator, size_px: int) -> tuple[float, float]:
    y, x = rng.normal(size_px / 2, size_px / 12, 2)
    return float(y), float(x)


def saturated_star(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a burnt-out star with a halo and four or six diffraction spikes."""
    pixels, at = _field(rng, size_px), _middle(rng, size_px)
    colour = star_colour(rng)
    add_blob(pixels, at, size_px * rng.uniform(0.02, 0.06), 6 * colour, wings=2.0)
    spikes, turn = int(rng.choice([2, 3])), rng.uniform(0, np.pi)
    y, x = np.arange(size_px)[:, None] - at[0], np.arange(size_px)[None, :] - at[1]
    fade = np.exp(-np.hypot(y, x) / (size_px * rng.uniform(0.12, 0.35)))
    width = size_px * rng.uniform(0.006, 0.015)
    for spike in range(spikes):
        away = _distance_to_line(size_px, at, turn + spike * np.pi / spikes)
        pixels += ((1.5 * fade * np.exp(-0.5 * (away / width) ** 2))[..., None] * colour).astype(
            np.float32
        )
    return pixels


def satellite_trails(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return straight bright trails across the picture, some of them dashed."""
    pixels = _field(rng, size_px)
    for _ in range(int(rng.integers(1, 4))):
        at, angle = _middle(rng, size_px), rng.uniform(0, np.pi)
        away = _distance_to_line(size_px, at, angle)
        trail = np.exp(-0.5 * (away / rng.uniform(0.8, 3.5)) ** 2)
        if rng.random() < 0.4:
            along = _distance_to_line(size_px, at, angle + np.pi / 2)
            trail *= np.sin(along * rng.uniform(0.05, 0.3)) > 0
        channels = np.eye(3)[int(rng.integers(3))] if rng.random() < 0.4 else np.ones(3)
        pixels += (trail[..., None] * channels * rng.uniform(0.3, 1.2)).astype(np.float32)
    return pixels


def bleeding_columns(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return stars so bright that their charge ran along the columns of the detector."""
    pixels = _field(rng, size_px)
    for _ in range(int(rng.integers(1, 4))):
        at = _middle(rng, size_px)
        add_blob(pixels, at, size_px * rng.uniform(0.015, 0.04), 5 * star_colour(rng))
        column, half = int(np.clip(at[1], 2, size_px - 3)), int(rng.integers(0, 3))
        reach = int(size_px * rng.uniform(0.15, 0.6))
        rows = slice(max(int(at[0]) - reach, 0), int(at[0]) + reach)
        pixels[rows, column - half : column + half + 1] = rng.uniform(0.7, 1.0)
    return pixels.swapaxes(0, 1) if rng.random() < 0.3 else pixels


def cosmic_rays(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return an uncleaned exposure: sharp dots and short streaks, unlike any star."""
    pixels = _field(rng, size_px)
    for _ in range(int(rng.integers(20, 150))):
        y, x = rng.uniform(0, size_px, 2)
        angle, length = rng.uniform(0, 2 * np.pi), rng.exponential(size_px / 30)
        steps = np.arange(0, length + 1, 0.5)
        rows = np.clip((y + steps * np.sin(angle)).astype(int), 0, size_px - 1)
        columns = np.clip((x + steps * np.cos(angle)).astype(int), 0, size_px - 1)
        pixels[rows, columns] = rng.uniform(0.3, 1.0)
    return pixels


def ghosts(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return out-of-focus reflections of bright stars: flat rings with a hole."""
    pixels = _field(rng, size_px)
    for _ in range(int(rng.integers(1, 4))):
        at = _middle(rng, size_px)
        y, x = np.arange(size_px)[:, None] - at[0], np.arange(size_px)[None, :] - at[1]
        radius = np.hypot(y, x) / (size_px * rng.uniform(0.12, 0.4))
        ring = (radius < 1) & (radius > rng.uniform(0.2, 0.5))
        colour = star_colour(rng) * rng.uniform(0.15, 0.5)
        pixels += (ring[..., None] * colour).astype(np.float32)
    return pixels
