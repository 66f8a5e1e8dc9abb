"""Picture -> numbers that differ between a single galaxy and anything else.

A galaxy is one patch of light on dark even sky: brightest in the middle, fainter outwards
all around, of starlight's pale colours, soft-edged. Each number looks at one of these. They
are relative to the galaxy's own light, so that stretch and brightness matter little. What
to make of the numbers is up to ``plausibility``.

All work is on pictures shrunk to fixed sizes, which fixes its cost, and on a square of its own:
how the network's square is standardised may change without a refit here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from galaxy_core.cutout import FloatImage, Mask
from galaxy_core.framing import SCALE_PERCENTILE, Framing, FramingFlag
from galaxy_core.morphology.gini import gini_coefficient
from galaxy_core.segmentation import segment, shrink

Plane = npt.NDArray[np.float32]

_DETAIL_PX = 256  # edges are looked for in more detail, as letters need
_SCENE_PX = 96
_COLOUR_PX = 64
_SQUARE_PX = 64
_LEAST_PX = 8
_RINGS = 24
_TINY = 1e-6
# pixels @ _MEAN is ten times as fast as mean(axis=2)
_MEAN = np.full(3, 1 / 3, dtype=np.float32)

_SCENE = (
    "sky_level",
    "sky_over_peak",
    "border_unevenness",
    "border_covered",
    "border_light",
    "covered",
    "galaxy_share",
    "specks",
    "solidity",
    "sky_noise",
    "contrast",
    "relative_radius",
    "no_galaxy",
)
_COLOURS = (
    "chroma",
    "greenness",
    "green_scatter",
    "tint_scatter",
)
_EDGES = (
    "hardest_edge",
    "edges",
    "everywhere_edges",
    "edge_crowding",
    "axis_parallel",
    "bright_share",
    "plateau",
    "darkest_level",
)
_PROFILE = (
    "light_in_third",
    "light_in_two_thirds",
    "profile_rise",
    "profile_drop",
    "outer_level",
    "middle_over_brightest",
    "unexplained_by_rings",
    "half_turn",
    "quarter_turn",
    "peak_offset",
    "square_gini",
    "fine_structure",
    "pieces",
    "saturated",
    "negative_light",
)

NUMBERS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(_SCENE, "scene")
    | dict.fromkeys(_COLOURS, "colours")
    | dict.fromkeys(_EDGES, "edges")
    | dict.fromkeys(_PROFILE, "profile")
)
"""Name of each number, and what it looks at."""


def appearance(pixels: FloatImage, framing: Framing) -> dict[str, float]:
    """Return every number, by name; finite whatever the picture.

    All 0 but ``no_galaxy`` for a sliver with nothing to look at.

    Parameters
    ----------
    pixels : ndarray, shape (H, W, 3), float32
        Picture in [0, 1].
    framing : Framing
        Of this picture, as ``find_framing`` returned it.
    """
    detail = shrink(pixels, _DETAIL_PX)
    working = shrink(detail, _SCENE_PX)
    if min(working.shape[:2]) < _LEAST_PX:
        return dict.fromkeys(NUMBERS, 0.0) | {"no_galaxy": 1.0}
    grey = detail @ _MEAN
    numbers: dict[str, float] = {}
    numbers |= _scene(working)
    numbers |= _colours(shrink(working, _COLOUR_PX))
    numbers |= _edges(grey)
    numbers |= _profile(_square(grey, framing, grey.shape[0] / pixels.shape[0]))
    numbers["relative_radius"] = np.log10(framing.radius_px / min(pixels.shape[:2]))
    numbers["no_galaxy"] = FramingFlag.NO_GALAXY in framing.flags
    return {name: float(numbers[name]) if np.isfinite(numbers[name]) else 0.0 for name in NUMBERS}


def _scene(working: FloatImage) -> Mapping[str, float]:
    """How the light is shared among galaxy, neighbours and border."""
    found = segment(working)
    galaxy, others, light = found.galaxy, found.others, found.light
    above = galaxy | others
    _, count = ndimage.label(above)
    flux = np.maximum(light, 0)
    total = float(flux[above].sum()) + _TINY
    peak = float(np.percentile(light, 99.8)) + _TINY
    height, width = galaxy.shape
    edge = max(2, min(height, width) // 10)
    border = np.ones((height, width), dtype=bool)
    border[edge:-edge, edge:-edge] = False
    blocks = [light[border & quarter] for quarter in _quarters(height, width)]
    sky = light[~ndimage.binary_dilation(above, iterations=2)]
    return {
        "sky_level": sum(found.sky) / 3,
        "sky_over_peak": sum(found.sky) / 3 / (peak + sum(found.sky) / 3),
        "border_unevenness": float(np.ptp([np.median(block) for block in blocks])) / peak,
        "border_covered": float(above[border].mean()),
        "border_light": float(np.abs(light[border]).mean()) / peak,
        "covered": float(above.mean()),
        "galaxy_share": float(flux[galaxy].sum()) / total,
        "specks": float(np.log1p(count)),
        "solidity": _solidity(galaxy),
        "sky_noise": float(np.std(sky)) / peak if sky.size > 30 else 1.0,
        "contrast": float(np.log10(peak)),
    }


def _quarters(height: int, width: int) -> list[Mask]:
    """Cut a picture along its diagonals into four quarters."""
    y = np.linspace(-1, 1, height)[:, None] + np.zeros((1, width))
    x = np.linspace(-1, 1, width)[None, :] + np.zeros((height, 1))
    return [(y <= -np.abs(x)), (y >= np.abs(x)), (x <= -np.abs(y)), (x >= np.abs(y))]


def _solidity(galaxy: Mask) -> float:
    """Return the segment's area over that of an ellipse of its second moments."""
    y, x = np.nonzero(galaxy)
    if y.size < 6:
        return 0.0
    spread = np.linalg.det(np.cov(np.stack([y, x])) + np.eye(2) / 12)
    return float(y.size / (4 * np.pi * np.sqrt(max(spread, _TINY))))


def _colours(working: FloatImage) -> Mapping[str, float]:
    """How strong the colours are, and whether stars could have them."""
    sky = np.median(working.reshape(-1, 3), axis=0)
    light = working - np.minimum(sky, working.mean(axis=(0, 1)))
    strength = np.maximum(light @ _MEAN, 0)
    weight = np.maximum(strength - 0.05, 0)
    if weight.sum() < _TINY:
        return dict.fromkeys(_COLOURS, 0.0)
    positive = np.maximum(light, 0)
    shares = positive / (positive @ _MEAN * 3 + np.float32(_TINY))[..., None]
    green = shares[..., 1] - (shares[..., 0] + shares[..., 2]) / 2  # 0 along starlight's colours
    tint = shares[..., 0] - shares[..., 2]
    red, green_share, blue = shares[..., 0], shares[..., 1], shares[..., 2]
    most = np.maximum(np.maximum(red, green_share), blue)
    chroma = most - np.minimum(np.minimum(red, green_share), blue)
    weight /= weight.sum()

    def mean(values: Plane) -> float:
        return float(np.vdot(values, weight))

    return {
        "chroma": mean(chroma),
        "greenness": abs(mean(green)),
        "green_scatter": float(np.sqrt(mean((green - mean(green)) ** 2))),
        "tint_scatter": float(np.sqrt(mean((tint - mean(tint)) ** 2))),
    }


def _edges(grey: Plane) -> Mapping[str, float]:
    """How hard, how many and how axis-parallel the edges are; how few grey levels there are."""
    low, high = map(float, np.percentile(grey, (1, 99.8)))  # NumPy's own would make it float64
    scaled = (grey - low) / (high - low + 0.02)
    dy = np.abs(scaled[2:, 1:-1] - scaled[:-2, 1:-1]) / 2
    dx = np.abs(scaled[1:-1, 2:] - scaled[1:-1, :-2]) / 2
    energy = dy * dy + dx * dx + np.float32(1e-12)
    parallel = np.minimum(dy, dx) < 0.1 * np.maximum(dy, dx)
    rising = np.sort(energy, axis=None)
    count, total = rising.size, float(energy.sum())
    levels = np.clip(scaled * 31, 0, 31).astype(np.intp)
    share = np.bincount(levels.ravel(), minlength=32) / levels.size
    bright = float(share[16:].sum()) + _TINY
    return {
        "hardest_edge": float(np.sqrt(rising[int(0.999 * (count - 1))])),
        "edges": float(np.sqrt(rising[int(0.95 * (count - 1))])),
        "everywhere_edges": float(np.sqrt(rising[count // 2])),
        "edge_crowding": float(rising[-max(1, count // 50) :].sum()) / total,
        "axis_parallel": float(energy[parallel].sum()) / total,
        "bright_share": bright,
        "plateau": float(share[16:].max()) / bright,
        "darkest_level": float(share[:3].sum()),
    }


def _square(grey: Plane, framing: Framing, scale: float) -> Plane:
    """Cut the framed square out of a picture ``scale`` times as large as the framing's."""
    half = framing.half_size_px * scale
    top = (framing.centre_y_px + 0.5) * scale - half
    left = (framing.centre_x_px + 0.5) * scale - half
    rows = np.floor(top + (np.arange(_SQUARE_PX) + 0.5) * 2 * half / _SQUARE_PX)
    columns = np.floor(left + (np.arange(_SQUARE_PX) + 0.5) * 2 * half / _SQUARE_PX)
    height, width = grey.shape
    box = (max(left, 0), max(top, 0), min(left + 2 * half, width), min(top + 2 * half, height))
    inside = np.ix_((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    square = np.zeros((_SQUARE_PX, _SQUARE_PX), dtype=np.float32)
    shape = square[inside].shape
    if 0 in shape:
        return square
    part = Image.fromarray(grey).resize(shape[::-1], Image.Resampling.BILINEAR, box)
    square[inside] = np.asarray(part) - sum(framing.sky) / 3
    axis = (np.arange(_SQUARE_PX) + 0.5) / _SQUARE_PX * 2 - 1
    reach = max(framing.radius_px / framing.half_size_px, 2 / _SQUARE_PX)
    within = np.hypot(axis[:, None], axis[None, :]) <= reach
    peak = float(np.percentile(square[within], SCALE_PERCENTILE))
    return square / np.float32(peak) if peak > 1e-4 else np.zeros_like(square)


def _profile(light: Plane) -> Mapping[str, float]:
    """How the light falls off about the middle, and how like itself it is all around."""
    size = light.shape[0]
    axis = np.arange(size) - (size - 1) / 2
    radius = np.hypot(axis[:, None], axis[None, :]) / (size / 2)
    ring = np.minimum((radius * _RINGS).astype(int), _RINGS)
    area = np.bincount(ring.ravel(), minlength=_RINGS + 1)[:_RINGS]
    smooth = ndimage.gaussian_filter(light, 1.0)
    mean = np.bincount(ring.ravel(), smooth.ravel(), minlength=_RINGS + 1)[:_RINGS] / area
    steps = np.diff(mean)
    inside = radius <= 1
    model = mean[np.minimum(ring, _RINGS - 1)]
    variance = float(np.var(smooth[inside])) + _TINY
    flux = np.maximum(light, 0)
    total = float(flux[inside].sum()) + _TINY
    turned = light[::-1, ::-1]
    top = np.unravel_index(int(np.argmax(ndimage.gaussian_filter(light, 2.0))), light.shape)
    cell = radius <= 2 / 3
    fine = light - ndimage.uniform_filter(light, 5)
    bright = flux >= 0.2 * max(float(np.percentile(flux[cell], 99)), _TINY)
    _, pieces = ndimage.label(bright)
    return {
        "light_in_third": float(flux[radius <= 1 / 3].sum()) / total,
        "light_in_two_thirds": float(flux[cell].sum()) / total,
        "profile_rise": float(np.maximum(steps, 0).sum() / (np.abs(steps).sum() + _TINY)),
        "profile_drop": float(mean[0] - mean[-4:].mean()),
        "outer_level": float(mean[-4:].mean()),
        "middle_over_brightest": float(mean[0] / (mean.max() + _TINY)),
        "unexplained_by_rings": float(np.var((smooth - model)[inside])) / variance,
        "half_turn": float(np.abs(light - turned)[inside].sum()) / total,
        "quarter_turn": float(np.abs(light - np.rot90(light))[inside].sum()) / total,
        "peak_offset": float(np.hypot(axis[top[0]], axis[top[1]]) / (size / 2)),
        "square_gini": gini_coefficient(flux[cell].astype(np.float64)),
        "fine_structure": float(np.abs(fine[cell]).sum() / (flux[cell].sum() + _TINY)),
        "pieces": float(np.log1p(pieces)),
        "saturated": float((light[cell] > 0.92).mean()),
        "negative_light": float(np.maximum(-light[inside], 0).sum()) / total,
    }
