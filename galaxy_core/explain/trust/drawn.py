"""Drawn galaxies, spirals and ellipticals, framed: something to ask any network about.

Formulas at the network's own size, a fraction of a millisecond each; no simulation, no noise.
They stand for the difference that every network of this app is to know, no more.
"""

from __future__ import annotations

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import CROP_RADII

PAIRS = 4
_ARMS = 2
_SEED = 20
_OLD, _YOUNG = (1.0, 0.85, 0.6), (0.75, 0.85, 1.0)  # red, green, blue of bulge and arms


def drawn_galaxies(size_px: int) -> FloatImage:
    """Return 4 spirals and 4 ellipticals, in turn, shape (8, S, S, 3), float32 in [0, 1].

    The light reaches as far as framing would have it, the sky is 0. The same ones always.
    """
    rng = np.random.default_rng(_SEED)
    axis = (np.arange(size_px) - (size_px - 1) / 2) / (size_px / 2) * CROP_RADII
    pictures = []
    for _ in range(PAIRS):
        turn, pitch, ratio = rng.uniform(0, np.pi), rng.uniform(0.2, 0.5), rng.uniform(0.5, 1.0)
        x, y = _turned(axis, turn)
        radius = np.hypot(x, y / ratio)
        angle = np.arctan2(y / ratio, x)
        winding = np.cos(_ARMS * (angle - np.log(radius + 0.05) / np.tan(pitch)))
        arms = np.exp(-radius / 0.4) * np.clip(winding, 0, 1) * np.clip(radius / 0.2, 0, 1)
        disc = 0.25 * np.exp(-radius / 0.4)
        core = np.exp(-radius / 0.08)
        pictures.append(_coloured(core + disc, arms))
        pictures.append(_coloured(np.exp(-4 * radius**0.5 + 0.6), np.zeros_like(radius)))
    return np.stack(pictures)


def _turned(axis: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = axis[None, :], axis[:, None]
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _coloured(old: np.ndarray, young: np.ndarray) -> FloatImage:
    light = old[..., None] * np.array(_OLD) + young[..., None] * np.array(_YOUNG)
    return np.clip(light, 0, 1).astype(np.float32)
