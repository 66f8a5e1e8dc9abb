"""Signals without a subject: gradients, noise, chessboards, test cards."""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.nebulae import turbulence


def _axes(size_px: int) -> tuple[FloatImage, FloatImage]:
    axis = np.linspace(-1, 1, size_px, dtype=np.float32)
    return axis[:, None], axis[None, :]


def gradient(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a smooth slope between two colours, straight or from a corner."""
    y, x = _axes(size_px)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = x * np.cos(angle) + y * np.sin(angle)
    if rng.random() < 0.4:
        at = rng.uniform(0.7, 1.2, 2) * rng.choice([-1, 1], 2)
        ramp = np.hypot(y - at[0], x - at[1])
    ramp = (ramp - ramp.min()) / (ramp.max() - ramp.min())
    ends = rng.random((2, 3))
    return np.asarray(ends[0] + ramp[..., None] * (ends[1] - ends[0]), dtype=np.float32)


def plain_noise(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return independent noise in every pixel, grey or coloured, any contrast."""
    channels = int(rng.choice([1, 3]))
    shape = (size_px, size_px, channels)
    noise = rng.random(shape) if rng.random() < 0.5 else rng.normal(0.5, 0.2, shape)
    mixed = 0.5 + (noise - 0.5) * rng.uniform(0.2, 1.0)
    return np.broadcast_to(mixed, (size_px, size_px, 3)).astype(np.float32)


def coloured_noise(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return noise of a power law from white to cloudy, its channels more or less alike."""
    slope, common = rng.uniform(0.5, 3.0), rng.uniform(0, 1)
    shared = turbulence(rng, size_px, slope=slope)
    planes = [
        common * shared + (1 - common) * turbulence(rng, size_px, slope=slope) for _ in range(3)
    ]
    return np.asarray(0.45 + 0.2 * np.stack(planes, axis=-1), dtype=np.float32)


def chessboard(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return squares or stripes of two colours."""
    field = max(2, int(size_px / rng.integers(2, 24)))
    y, x = np.arange(size_px)[:, None] // field, np.arange(size_px)[None, :] // field
    odd = (y + x if rng.random() < 0.6 else y + 0 * x) % 2
    colours = rng.random((2, 3)) if rng.random() < 0.5 else np.array([[0.0] * 3, [1.0] * 3])
    return np.asarray(colours[odd], dtype=np.float32)


def test_card(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return colour bars with a grey wedge and a circle, as broadcasters sent."""
    bars = int(rng.integers(5, 10))
    colours = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in rng.permutation(8)]) * 0.75
    card = np.empty((size_px, size_px, 3), dtype=np.float32)
    card[:] = colours[np.arange(size_px) * bars // size_px % 8]
    card[int(0.75 * size_px) :] = np.linspace(0, 1, size_px)[:, None]
    y, x = _axes(size_px)
    circle = np.abs(np.hypot(y, x) - rng.uniform(0.4, 0.8)) < 0.02
    card[circle] = 1.0
    return card


def moire(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return rings or crossed waves: periodic, without end or centre of light."""
    y, x = _axes(size_px)
    waves = rng.uniform(15, 90, 2)
    if rng.random() < 0.5:
        light = np.cos(waves[0] * (y + 0.3 * x)) * np.cos(waves[1] * (x - 0.3 * y))
    else:
        at = rng.uniform(-0.6, 0.6, 2)
        light = np.cos(waves[0] * np.hypot(y - at[0], x - at[1]))
    colour = 0.5 + 0.5 * rng.random(3)
    return np.asarray((0.5 + 0.5 * light)[..., None] * colour, dtype=np.float32)


def planet(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return the limb-darkened disc of a planet, the Moon or the Sun, full or in phase."""
    y, x = _axes(size_px)
    extent = rng.uniform(0.3, 0.9)
    u, v = y / extent, x / extent
    height = np.sqrt(np.maximum(1 - u**2 - v**2, 0))
    sun = rng.normal(size=3) * (0.4, 0.6, 0.2) + (0, 0, 0.9)
    lit = np.maximum((sun[0] * u + sun[1] * v + sun[2] * height) / np.linalg.norm(sun), 0)
    bands = 1 + rng.uniform(0, 0.25) * np.sin(u * rng.uniform(3, 20) + rng.uniform(0, 6))
    spots = 1 + rng.uniform(0, 0.2) * turbulence(rng, size_px, slope=2.6)
    disc = np.where(height > 0, lit ** rng.uniform(0.3, 1.0) * bands * spots, 0)
    return np.asarray(disc[..., None] * rng.uniform(0.5, 1.0, 3), dtype=np.float32)
