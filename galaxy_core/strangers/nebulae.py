"""Clouds of gas: turbulent, filamentary, hollow. No stars' light profile anywhere.

Turbulence is Gaussian noise with a power-law spectrum, made lognormal, as column densities
of interstellar clouds are (Vázquez-Semadeni 1994).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.starlight import add_stars

Plane = npt.NDArray[np.float64]

# Hα and [S II] red, [O III] teal, dust-reflected blue, and a narrow-band palette.
_COLOURS = np.array(
    [[1.0, 0.25, 0.3], [0.2, 0.85, 0.8], [0.35, 0.5, 1.0], [1.0, 0.7, 0.2], [0.8, 0.35, 0.75]]
)


def turbulence(rng: np.random.Generator, size_px: int, *, slope: float) -> Plane:
    """Return Gaussian noise of power spectrum ``k ** -slope``: mean 0, standard deviation 1."""
    k = np.hypot(np.fft.fftfreq(size_px)[:, None], np.fft.rfftfreq(size_px)[None, :])
    k[0, 0] = np.inf
    spectrum = np.fft.rfft2(rng.normal(size=(size_px, size_px))) * k ** (-slope / 2)
    field = np.fft.irfft2(spectrum, s=(size_px, size_px))
    return np.asarray(field / field.std())


def _shown(light: Plane, rng: np.random.Generator) -> FloatImage:
    """Scale to the picture's brightest percent, add noise and some stars."""
    scaled = light / np.percentile(light, 99.5) * rng.uniform(0.6, 1.1)
    noisy = scaled + rng.normal(0, rng.uniform(0.004, 0.03), light.shape)
    return add_stars(np.clip(noisy, 0, 1).astype(np.float32), rng, count=int(rng.integers(0, 80)))


def emission_nebula(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return lognormal clouds of two or three glowing gases over the whole picture."""
    light = np.zeros((size_px, size_px, 3))
    common = turbulence(rng, size_px, slope=rng.uniform(2.4, 3.6))
    for colour in _COLOURS[rng.permutation(len(_COLOURS))[: rng.integers(1, 4)]]:
        own = turbulence(rng, size_px, slope=rng.uniform(2.2, 3.4))
        light += np.exp(rng.uniform(0.5, 1.3) * (0.6 * common + 0.8 * own))[..., None] * colour
    return _shown(light, rng)


def dark_clouds(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return dust lanes before a bright background of gas and unresolved stars."""
    depth = np.exp(0.8 * turbulence(rng, size_px, slope=rng.uniform(2.5, 3.3)))
    glow = 0.7 + 0.2 * turbulence(rng, size_px, slope=3.5)
    colour = np.array([1.0, rng.uniform(0.5, 0.9), rng.uniform(0.3, 0.9)])
    reddening = np.array([0.7, 1.0, 1.35]) * rng.uniform(0.5, 1.3)
    return _shown(
        np.maximum(glow, 0)[..., None] * colour * np.exp(-depth[..., None] * reddening), rng
    )


def filaments(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return the thin shocked filaments of a supernova remnant: ridges of turbulence."""
    light = np.zeros((size_px, size_px, 3))
    for colour in _COLOURS[[0, 1]]:
        field = turbulence(rng, size_px, slope=rng.uniform(2.8, 3.6))
        ridge = np.exp(-((field / rng.uniform(0.04, 0.15)) ** 2))
        patch = np.exp(0.8 * turbulence(rng, size_px, slope=3.5))
        light += (ridge * patch)[..., None] * colour
    return _shown(light + 1e-3, rng)


def shell(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a hollow ragged bubble with a hot star in it, filling most of the picture."""
    axis = np.linspace(-1, 1, size_px)
    ragged = 0.12 * turbulence(rng, size_px, slope=3.4)
    squash = rng.uniform(0.7, 1.0)
    radius = np.hypot(axis[:, None] / squash, axis[None, :]) + ragged
    light = np.zeros((size_px, size_px, 3))
    for colour in _COLOURS[rng.permutation(2)]:
        edge = rng.uniform(0.45, 0.75)
        wall = np.exp(-(((radius - edge) / rng.uniform(0.06, 0.14)) ** 2)) + 0.25 * (radius < edge)
        clumps = np.exp(0.6 * turbulence(rng, size_px, slope=2.8))
        light += (wall * clumps)[..., None] * colour
    return _shown(light, rng)


def lit_nebula(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a cloud lit by hot stars in it, as Orion's is: a bright heart, torn outside.

    What lies nearer to the stars glows brighter; a dark cloud in front bites out a bay.
    """
    axis, at = np.linspace(-1, 1, size_px), rng.normal(0, 0.15, 2)
    away = np.hypot(axis[:, None] - at[0], axis[None, :] - at[1])
    lit = (1 + (away / rng.uniform(0.12, 0.4)) ** 2) ** -rng.uniform(0.5, 1.2)
    common = turbulence(rng, size_px, slope=rng.uniform(2.6, 3.4))
    light = np.zeros((size_px, size_px, 3))
    for colour in _COLOURS[rng.permutation(len(_COLOURS))[: rng.integers(1, 4)]]:
        own = turbulence(rng, size_px, slope=rng.uniform(2.4, 3.4))
        clumps = np.exp(rng.uniform(0.2, 0.9) * (0.7 * common + 0.7 * own))
        light += (lit * clumps)[..., None] * colour
    if rng.random() < 0.5:
        bay = np.exp(rng.uniform(0.5, 1.2) * turbulence(rng, size_px, slope=rng.uniform(2.8, 3.6)))
        light *= np.exp(-rng.uniform(0.2, 0.8) * bay)[..., None]
    white = rng.uniform(0, 1) * light.max(axis=-1, keepdims=True)  # as overexposed hearts are
    return _shown(light + white, rng)


def planetary_nebula(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a small round planetary nebula: a bright [O III] disc, redder at its rim."""
    at, extent = rng.normal(0, 0.06, 2), rng.uniform(0.25, 0.8)
    axis, squash = np.linspace(-1, 1, size_px), rng.uniform(0.65, 1.0)
    radius = np.hypot((axis[:, None] - at[0]) / squash, axis[None, :] - at[1]) / extent
    radius = radius + rng.uniform(0.01, 0.05) * turbulence(rng, size_px, slope=3.2)
    inner = np.exp(-((radius / rng.uniform(0.5, 0.8)) ** 4))
    rim = np.exp(-(((radius - 0.85) / rng.uniform(0.08, 0.2)) ** 2))
    hole = 1 - rng.uniform(0, 0.7) * np.exp(-((radius / 0.35) ** 2))
    light = (inner * hole)[..., None] * _COLOURS[1] + rng.uniform(0.3, 1) * rim[
        ..., None
    ] * _COLOURS[0]
    return _shown(light, rng)


def bipolar_nebula(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return two lobes of gas on either side of a star, pinched in the middle."""
    axis, angle = np.linspace(-1, 1, size_px), rng.uniform(0, np.pi)
    at, extent = rng.normal(0, 0.06, 2), rng.uniform(0.4, 0.9)
    y, x = (axis[:, None] - at[0]) / extent, (axis[None, :] - at[1]) / extent
    u, v = np.abs(x * np.cos(angle) + y * np.sin(angle)), y * np.cos(angle) - x * np.sin(angle)
    ragged = rng.uniform(0.02, 0.1) * turbulence(rng, size_px, slope=3.2)
    light = np.zeros((size_px, size_px, 3))
    for colour in _COLOURS[rng.permutation(len(_COLOURS))[:2]]:
        middle, wide = rng.uniform(0.35, 0.6), rng.uniform(0.18, 0.45)
        away = np.hypot((u - middle) / middle, v / wide) + ragged
        wall = np.exp(-(((away - 0.9) / 0.15) ** 2))
        lobe = np.exp(-(away ** rng.choice([2, 4, 8]))) + rng.uniform(0, 0.8) * wall
        clumps = np.exp(rng.uniform(0.1, 0.5) * turbulence(rng, size_px, slope=2.7))
        light += rng.uniform(0.4, 1) * (lobe * clumps)[..., None] * colour
    star = np.exp(-((np.hypot(u, v) / rng.uniform(0.03, 0.1)) ** 2))
    return _shown(light + rng.uniform(0, 2) * star[..., None], rng)
