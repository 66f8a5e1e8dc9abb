"""What lenses, mirrors and detectors make of no galaxy: glows, falls of light, rings, discs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.strangers.nebulae import turbulence
from galaxy_core.strangers.starlight import add_blob, add_stars, sky, star_colour

Plane = npt.NDArray[np.float64]


def _from(size_px: int, at: tuple[float, float]) -> Plane:
    """Distance of each pixel from a point; the picture spans 0 to 1."""
    axis = (np.arange(size_px) + 0.5) / size_px
    return np.asarray(np.hypot(axis[:, None] - at[0], axis[None, :] - at[1]))


def _near_middle(rng: np.random.Generator, spread: float) -> tuple[float, float]:
    y, x = rng.normal(0.5, spread, 2)
    return float(y), float(x)


def _step(beyond: Plane) -> Plane:
    """Rise softly from 0 to 1 where a number passes 0."""
    return np.asarray(0.5 + 0.5 * np.tanh(12 * beyond))


def _exposed(light: Plane, rng: np.random.Generator, *, tint: float = 0.15) -> FloatImage:
    """Colour a plane of light, or the light of three, and add the noise of an exposure."""
    light = light if light.ndim == 3 else light[..., None]
    grey = rng.random() < 0.4
    colour = np.ones(3) if grey else 1 - tint * rng.random(3)
    noise = rng.normal(0, rng.uniform(0, 0.035), (*light.shape[:2], 1 if grey else 3))
    return np.asarray(light * colour + noise, dtype=np.float32)


def flat_field(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return an evenly lit exposure that darkens to its corners, perhaps with rings of dust."""
    away = _from(size_px, _near_middle(rng, 0.04)) / 0.7
    light = rng.uniform(0.3, 0.95) * (1 - rng.uniform(0.15, 1.0) * away ** rng.uniform(1.5, 4))
    for _ in range(int(rng.integers(0, 14)) if rng.random() < 0.6 else 0):
        ring = _from(size_px, (rng.random(), rng.random())) / rng.uniform(0.02, 0.07)
        light *= 1 - rng.uniform(0.05, 0.3) * ((ring < 1) & (ring > rng.uniform(0, 0.5)))
    return _exposed(light, rng, tint=0.4)


def radial_gradient(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return light that falls (or rises) smoothly from the middle to the corners, no noise."""
    away = _from(size_px, _near_middle(rng, 0.03)) / rng.uniform(0.35, 0.9)
    match int(rng.integers(4)):
        case 0:
            light = 1 - away
        case 1:
            light = np.exp(-((away * 1.8) ** 2))
        case 2:
            light = 1 - away**2
        case _:
            light = np.where(away < 1, 0.5 + 0.5 * np.cos(np.pi * away), 0)
    light = np.clip(light, 0, 1)
    ends = np.zeros((2, 3))
    ends[1] = 1.0
    if rng.random() < 0.4:
        ends = np.clip(ends + rng.uniform(-0.6, 0.6, (2, 3)), 0, 1)
    if rng.random() < 0.25:
        ends = ends[::-1]
    return np.asarray(ends[0] + light[..., None] * (ends[1] - ends[0]), dtype=np.float32)


def amplifier_glow(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a long dark exposure that a corner or an edge of the detector lights up."""
    edge = rng.uniform(-0.05, 1.05)
    sides = [(0.0, edge), (1.0, edge), (edge, 0.0), (edge, 1.0)]
    corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
    places = corners if rng.random() < 0.6 else sides
    light = np.full((size_px, size_px), rng.uniform(0, 0.08))
    for at in rng.permutation(len(places))[: rng.choice([1, 1, 2])]:
        away = _from(size_px, places[at]) / rng.uniform(0.1, 0.5)
        light += rng.uniform(0.3, 1.0) * np.exp(-(away ** rng.uniform(0.8, 2)))
    pixels = _exposed(light, rng)
    return add_stars(np.clip(pixels, 0, 1), rng, count=int(rng.choice([0, 0, 10, 60])))


def lens_flare(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a row of coloured discs and glows through the picture, on black or on sky."""
    pixels = sky(rng, size_px) if rng.random() < 0.6 else np.zeros((size_px, size_px, 3))
    start, stop = rng.uniform(0.05, 0.95, (2, 2))
    for along in np.sort(rng.uniform(-0.2, 1.2, int(rng.integers(3, 10)))):
        at = start + along * (stop - start)
        away = _from(size_px, (float(at[0]), float(at[1]))) / rng.uniform(0.015, 0.12)
        disc = np.exp(-(away ** rng.choice([2, 2, 8])))
        colour = rng.random(3) * rng.uniform(0.2, 0.9)
        pixels = pixels + disc[..., None] * colour
    return np.asarray(pixels, dtype=np.float32)


def defocused_stars(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return stars out of focus: discs of one size, with or without a mirror's shadow."""
    pixels = sky(rng, size_px)
    radius = rng.uniform(0.02, 0.12) * (2.2 if rng.random() < 0.3 else 1)
    hole = rng.uniform(0.25, 0.6) if rng.random() < 0.75 else 0.0
    for _ in range(1 if radius > 0.15 else int(rng.integers(1, 40))):
        at = _near_middle(rng, 0.05) if radius > 0.15 else (rng.random(), rng.random())
        away = _from(size_px, at) / radius
        disc = _step(1 - away) * (_step(away - hole) if hole else 1)
        brightness = min(0.12 * (1 - rng.random()) ** -0.8, 0.9)
        pixels += (disc[..., None] * brightness * star_colour(rng)).astype(np.float32)
    return pixels


def star_with_halo(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return one bright star, burnt out, in the wide halo that optics and haze give it."""
    at = _near_middle(rng, 0.06)
    away = _from(size_px, at)
    core = 4 * np.exp(-((away / rng.uniform(0.012, 0.045)) ** 2))
    halo = rng.uniform(0.15, 0.6) / (1 + (away / rng.uniform(0.02, 0.12)) ** rng.uniform(1.6, 3))
    light = core + halo
    if rng.random() < 0.5:
        disc = away / rng.uniform(0.12, 0.4)
        light += rng.uniform(0.03, 0.15) * (disc < 1)
    pixels = sky(rng, size_px) + (light[..., None] * star_colour(rng)).astype(np.float32)
    return add_stars(np.clip(pixels, 0, 1), rng, count=int(rng.integers(0, 50)))


def double_star(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return two or three stars close together, burnt out in the middle."""
    pixels = add_stars(sky(rng, size_px), rng, count=int(rng.integers(0, 30)))
    sigma = size_px * rng.uniform(0.012, 0.04)
    for _ in range(int(rng.choice([2, 2, 3]))):
        y, x = rng.normal(size_px / 2, size_px / 12, 2)
        peak = rng.uniform(0.6, 4.0) * star_colour(rng)
        add_blob(pixels, (float(y), float(x)), sigma, peak, wings=rng.uniform(2.5, 5))
    return pixels


def fringes(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return the interference fringes of a thinned detector, or bands of its electronics."""
    axis = np.linspace(-1, 1, size_px)
    wave = rng.uniform(8, 60)
    if rng.random() < 0.6:
        bent = _from(size_px, (rng.uniform(-0.5, 1.5), rng.uniform(-0.5, 1.5)))
        phase = wave * (bent + rng.uniform(0.02, 0.15) * turbulence(rng, size_px, slope=3.4))
    else:
        phase = np.broadcast_to(wave * axis[:, None], (size_px, size_px))
        phase = phase if rng.random() < 0.5 else phase.T
    light = rng.uniform(0.1, 0.5) + rng.uniform(0.04, 0.2) * np.cos(phase)
    pixels = _exposed(light, rng)
    return add_stars(np.clip(pixels, 0, 1), rng, count=int(rng.choice([0, 10, 60])))


def bokeh(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return lights of a street at night, out of focus, in all colours."""
    pixels = np.full((size_px, size_px, 3), rng.uniform(0, 0.15))
    for _ in range(int(rng.integers(8, 50))):
        away = _from(size_px, (rng.random(), rng.random())) / rng.uniform(0.03, 0.12)
        pixels += (away < 1)[..., None] * rng.random(3) * rng.uniform(0.15, 0.6)
    return np.asarray(pixels, dtype=np.float32)
