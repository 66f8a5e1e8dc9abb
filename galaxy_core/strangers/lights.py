"""Bright things on dark ground that are no stars: fireworks, flames, storms, cells, scans."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.nebulae import turbulence

Plane = npt.NDArray[np.float64]


def _polar(size_px: int, at: tuple[float, float]) -> tuple[Plane, Plane]:
    """Distance and direction of each pixel from a point; the picture spans -1 to 1."""
    axis = np.linspace(-1, 1, size_px)
    y, x = axis[:, None] - at[0], axis[None, :] - at[1]
    return np.asarray(np.hypot(y, x)), np.asarray(np.arctan2(y, x))


def _near_middle(rng: np.random.Generator) -> tuple[float, float]:
    y, x = rng.normal(0, 0.08, 2)
    return float(y), float(x)


def firework(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return sparks that fly apart from one point, each a short bright streak."""
    pixels = np.zeros((size_px, size_px, 3))
    for _ in range(int(rng.choice([1, 1, 2]))):
        away, angle = _polar(size_px, _near_middle(rng))
        rays = rng.uniform(-np.pi, np.pi, int(rng.integers(12, 70)))
        width, reach = rng.uniform(0.004, 0.015), rng.uniform(0.3, 0.9)
        colour = np.array([1, 1, 1]) - rng.random(3) * rng.uniform(0.2, 1)
        for ray in rays:
            aside = away * np.abs(np.sin((angle - ray) / 2)) * 2
            stop = reach * rng.uniform(0.7, 1.1)
            lit = (away < stop) * (away / stop) ** rng.uniform(0, 3)
            pixels += (np.exp(-((aside / width) ** 2)) * lit)[..., None] * colour
    return np.asarray(pixels + rng.uniform(0, 0.03), dtype=np.float32)


def flame(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return the flame of a candle or a fire: white, yellow, red, pointed at the top."""
    axis = np.linspace(-1, 1, size_px)
    y, x = axis[:, None] + rng.normal(0, 0.1), axis[None, :] + rng.normal(0, 0.1)
    ragged = rng.uniform(0.02, 0.25) * turbulence(rng, size_px, slope=3.0)
    tall, wide = rng.uniform(0.4, 0.8), rng.uniform(0.15, 0.4)
    narrowing = np.clip((y + tall) / (2 * tall), 0.05, 1)
    away = np.hypot(x / (wide * narrowing), np.maximum(y - tall * 0.4, 0) / (tall * 0.4)) + ragged
    heat = np.clip(1.4 - away, 0, 1) * (y > -tall)
    light = np.stack([heat**0.5, heat**1.2 * 0.85, heat**3 * 0.6], axis=-1)
    return np.asarray(light * rng.uniform(0.7, 1.0), dtype=np.float32)


def storm(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a hurricane from above: bands of white cloud about an eye, over sea or land."""
    away, angle = _polar(size_px, _near_middle(rng))
    clouds = turbulence(rng, size_px, slope=2.6)
    arms, turn = int(rng.integers(1, 5)), rng.uniform(3, 7) * rng.choice([-1, 1])
    band = np.cos(arms * angle + turn * np.log(away + 0.05) + 0.6 * clouds)
    cover = np.clip(1.2 - away / rng.uniform(0.5, 1.1) + 0.35 * band + 0.25 * clouds, 0, 1)
    cover *= 1 - np.exp(-((away / rng.uniform(0.03, 0.09)) ** 4))
    ground = np.array([0.05, 0.15, 0.35]) * rng.uniform(0.4, 1.6, 3)
    if rng.random() < 0.3:
        ground = np.full(3, rng.uniform(0, 0.3))
    light = ground + cover[..., None] * (np.array([0.95, 0.97, 1.0]) - ground)
    return np.asarray(light * (1 + 0.05 * clouds[..., None]), dtype=np.float32)


def stained_cells(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return cells under a fluorescence microscope: glowing bodies with brighter nuclei."""
    pixels = np.zeros((size_px, size_px, 3))
    colours = np.eye(3)[rng.permutation(3)[:2]] * 0.9 + 0.05
    for _ in range(1 if rng.random() < 0.3 else int(rng.integers(2, 16))):
        at = (rng.uniform(-0.9, 0.9), rng.uniform(-0.9, 0.9))
        away, angle = _polar(size_px, at)
        ragged = 1 + 0.2 * np.cos(angle * rng.integers(2, 6) + rng.uniform(0, 6))
        body = away / ragged / rng.uniform(0.12, 0.4)
        grain = 1 + 0.3 * turbulence(rng, size_px, slope=2.0)
        pixels += (0.5 * np.exp(-(body**4)) * grain)[..., None] * colours[0]
        pixels += 0.9 * np.exp(-((body / 0.4) ** 4))[..., None] * colours[1]
    noise = rng.normal(0.03, rng.uniform(0, 0.03), pixels.shape)
    return np.asarray(pixels * rng.uniform(0.5, 1) + noise, dtype=np.float32)


def body_scan(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a slice through a body: grey ellipses within a bright rim, on black."""
    axis = np.linspace(-1, 1, size_px)
    high, wide = rng.uniform(0.4, 0.9, 2)
    light = np.zeros((size_px, size_px))
    away = np.hypot(axis[:, None] / high, axis[None, :] / wide)
    level = rng.uniform(0.15, 0.5)
    light[away < 1] = rng.uniform(0.6, 1.0)
    light[away < rng.uniform(0.82, 0.95)] = level
    for _ in range(int(rng.integers(2, 9))):
        y, x = rng.uniform(-0.5, 0.5, 2) * (high, wide)
        tall, broad = rng.uniform(0.04, 0.25, 2)
        inner = np.hypot((axis[:, None] - y) / tall, (axis[None, :] - x) / broad) < 1
        light[inner] = np.clip(level + rng.uniform(-0.3, 0.4), 0, 1)
    folds = np.where(away < 0.85, turbulence(rng, size_px, slope=rng.uniform(1.5, 2.8)), 0)
    light += rng.uniform(0, 0.08) * folds + rng.normal(0, 0.01, light.shape)
    return np.repeat(light[..., None], 3, axis=2).astype(np.float32)


def soft_blobs(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return several smooth spots of light, grey or coloured, strewn or in a group."""
    pixels = np.full((size_px, size_px, 3), rng.uniform(0, 0.1))
    grey, spread = rng.random() < 0.5, rng.uniform(0.2, 0.6)
    for _ in range(int(rng.integers(2, 12))):
        y, x = rng.normal(0, spread, 2)
        away, _ = _polar(size_px, (float(y), float(x)))
        spot = np.exp(-((away / rng.uniform(0.04, 0.35)) ** 2))
        colour = np.ones(3) if grey else rng.random(3)
        pixels += spot[..., None] * colour * rng.uniform(0.2, 1.0)
    return np.asarray(pixels + rng.normal(0, rng.uniform(0, 0.03), pixels.shape), dtype=np.float32)
