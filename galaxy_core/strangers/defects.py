"""Exposures that went wrong: dead columns, hot pixels, seams, missing parts, trailed stars."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.starlight import add_stars, sky


def _field(rng: np.random.Generator, size_px: int) -> FloatImage:
    return add_stars(sky(rng, size_px), rng, count=int(rng.integers(0, 60)))


def dead_columns(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return an exposure with columns or rows that count nothing, or far too much."""
    pixels = _field(rng, size_px)
    bad = rng.random(size_px) < rng.uniform(0.01, 0.12)
    pixels[:, bad] = rng.uniform(0, 1, (int(bad.sum()), 1)) if rng.random() < 0.5 else rng.random()
    return pixels.swapaxes(0, 1) if rng.random() < 0.4 else pixels


def hot_pixels(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a dark frame: single pixels that glow, and nothing else."""
    pixels = sky(rng, size_px)
    hot = rng.random((size_px, size_px)) < 10 ** rng.uniform(-3.5, -1.5)
    pixels[hot] = rng.uniform(0.2, 1.0, (int(hot.sum()), 1 if rng.random() < 0.5 else 3))
    return pixels


def mosaic_seam(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return two exposures of unlike level joined at an edge, or one beside nothing."""
    pixels, other = _field(rng, size_px), _field(rng, size_px)
    if rng.random() < 0.4:
        other = np.full_like(other, float(rng.choice([0.0, 1.0])))
    else:
        other = other * rng.uniform(0.3, 1) + np.float32(rng.uniform(0.08, 0.4))
    seam = int(size_px * rng.uniform(0.25, 0.75))
    pixels[seam:] = other[seam:]
    return np.rot90(pixels, int(rng.integers(4)))


def trailed_stars(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return stars drawn out to lines or arcs, as by a camera that does not follow the sky."""
    count, steps = int(rng.integers(10, 120)), np.linspace(0, rng.uniform(0.05, 0.5), 160)
    y, x = rng.uniform(-0.7, 0.7, (2, count, 1))
    if rng.random() < 0.5:
        y, x = y * np.cos(steps) - x * np.sin(steps), y * np.sin(steps) + x * np.cos(steps)
    else:
        y, x = y + 0 * steps, x + steps
    brightness = np.broadcast_to(0.1 * (1 - rng.random((count, 1))) ** -0.7, y.shape)
    rows, columns = (np.floor((at + 0.5) * size_px).astype(int) for at in (y, x))
    seen = (rows >= 0) & (rows < size_px) & (columns >= 0) & (columns < size_px)
    light = np.zeros((size_px, size_px))
    np.maximum.at(light, (rows[seen], columns[seen]), brightness[seen])
    seeing = rng.uniform(0.6, 1.4)
    trails = ndimage.gaussian_filter(light, seeing) * 2.5 * seeing
    return np.rot90(sky(rng, size_px) + trails[..., None].astype(np.float32), int(rng.integers(4)))


def compression_blocks(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return flat blocks of colour, as a broken download or a strong compression leaves."""
    block = int(rng.choice([4, 8, 16, 32]))
    count = -(-size_px // block)
    blocks = rng.random((count, count, 1 if rng.random() < 0.4 else 3))
    whole = np.broadcast_to(blocks, (count, count, 3)).repeat(block, 0).repeat(block, 1)
    pixels = whole[:size_px, :size_px].astype(np.float32)
    if rng.random() < 0.5:
        above = int(size_px * rng.uniform(0.2, 0.8))
        pixels[:above] = _field(rng, size_px)[:above]
    return pixels


def jittered_stars(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a sparse field in which every star is doubled or drawn into one same squiggle."""
    points = add_stars(
        np.zeros((size_px, size_px, 3), np.float32),
        rng,
        count=int(rng.integers(4, 40)),
        sigma_px=rng.uniform(0.8, 1.8) * size_px / 200,
    )
    path = np.cumsum(rng.normal(0, size_px / 90, (int(rng.integers(2, 9)), 2)), axis=0)
    smeared = sum(np.roll(points, tuple(np.round(at).astype(int)), axis=(0, 1)) for at in path)
    return np.asarray(sky(rng, size_px) + smeared / len(path) * rng.uniform(1, 3), np.float32)
