"""A real galaxy as another telescope, survey or user would show it. Still a galaxy.

What must *not* be called a stranger: grey, noisy, other stretches, other sizes, loosely or
tightly cropped, recompressed. Training augments squares for the network in its own way;
these change whole pictures.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import find_framing
from galaxy_core.strangers.starlight import add_blob

Disguise = Callable[[FloatImage, np.random.Generator], FloatImage]


def disguise(pixels: FloatImage, name: str, *, seed: int) -> FloatImage:
    """Return the galaxy in this disguise of `DISGUISES`; float32 in [0, 1], any size."""
    changed = DISGUISES[name](pixels, np.random.default_rng(seed))
    return np.clip(changed, 0, 1).astype(np.float32)


def _as_it_is(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    return pixels


def _grey(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Show one band, or a mix of all, in grey."""
    weights = rng.dirichlet((1.0, 1.0, 1.0))
    return np.repeat((pixels @ weights)[..., None], 3, axis=2)


def _sky_level(pixels: FloatImage) -> FloatImage:
    """Level of the outermost pixels, by channel."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return np.asarray(np.median(edge, axis=0))


def _harder(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Apply a nearly linear stretch: only the bright middle shows."""
    return np.maximum(pixels - _sky_level(pixels), 0) ** np.float32(rng.uniform(1.3, 1.9))


def _softer(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Apply a deep stretch: faint outskirts, and the sky lifted into view."""
    return pixels ** np.float32(rng.uniform(0.5, 0.8))


def _noisier(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    return np.asarray(pixels + rng.normal(0, rng.uniform(0.02, 0.07), pixels.shape), np.float32)


def _black_sky(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Cut off at black the sky and what is little brighter."""
    lifted = pixels - _sky_level(pixels) - rng.uniform(0.03, 0.08)
    return np.maximum(lifted, 0) / 0.9


def _grey_sky(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    level = rng.uniform(0.08, 0.25)
    return level + (1 - level) * pixels


def _resized(pixels: FloatImage, size_px: int) -> FloatImage:
    planes = [
        np.asarray(Image.fromarray(pixels[..., c]).resize((size_px, size_px), 3)) for c in range(3)
    ]
    return np.stack(planes, axis=-1)


def _small(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    return _resized(pixels, int(rng.integers(64, 100)))


def _large(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    return _resized(pixels, int(rng.integers(600, 1200)))


def _tight(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Crop until the galaxy fills the frame."""
    framing = find_framing(pixels)
    half = max(framing.radius_px * rng.uniform(0.85, 1.1), 24)
    top, left = round(framing.centre_y_px - half), round(framing.centre_x_px - half)
    rows = slice(max(top, 0), top + round(2 * half))
    return pixels[rows, max(left, 0) : left + round(2 * half)]


def _wide(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Set in a frame two to three times as wide, of sky as at the edge."""
    size = pixels.shape[0]
    side = int(size * rng.uniform(1.8, 2.8))
    edge = np.concatenate([pixels[:6].reshape(-1, 3), pixels[-6:].reshape(-1, 3)])
    # From the quieter half, so that a neighbour at the edge is not strewn all over.
    quiet = edge[edge.sum(axis=1) <= np.quantile(edge.sum(axis=1), 0.8)]
    wide = quiet[rng.integers(len(quiet), size=(side, side))]
    y, x = rng.integers((side - size) // 3, (side - size) * 2 // 3 + 1, 2)
    wide[y : y + size, x : x + size] = pixels
    return np.asarray(wide)


def _blurred(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    size = pixels.shape[0]
    return _resized(_resized(pixels, max(24, int(size / rng.uniform(2, 4)))), size)


def _recompressed(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    buffer = io.BytesIO()
    image = Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8))
    image.save(buffer, "JPEG", quality=int(rng.integers(20, 60)))
    return np.asarray(Image.open(buffer), dtype=np.float32) / np.float32(255)


def _colourful(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    grey = pixels.mean(axis=2, keepdims=True)
    return grey + (pixels - grey) * rng.uniform(1.3, 2.0)


def _tinted(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Give each channel a gain of its own, as other filters do."""
    return np.asarray(pixels * rng.uniform(0.75, 1.15, 3), np.float32)


def _over_exposed(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    return pixels * rng.uniform(1.3, 2.2)


def _full_range(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Stretch one band from its sky to its brightest hundredth, as FITS viewers do."""
    grey = _grey(pixels, rng) - float(_sky_level(pixels).mean())
    top = np.percentile(grey, rng.uniform(98.5, 99.95))
    stretched = np.maximum(grey / max(float(top), 0.05), 0) ** np.float32(rng.uniform(0.6, 1.1))
    return np.asarray(stretched, np.float32)


def _sharper(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Show it as from space: structure down to the pixel, sharp stars, black grainy sky."""
    shape = max(64, int(pixels.shape[0] / rng.uniform(1.3, 2.8)))
    small = _full_range(_resized(pixels, shape), rng)
    soft = ndimage.gaussian_filter(small, (1.0, 1.0, 0.0))
    sharp = small + rng.uniform(0.3, 2.0) * (small - soft)
    for _ in range(int(rng.integers(0, 12))):
        at = rng.uniform(0, shape, 2)
        add_blob(sharp, (float(at[0]), float(at[1])), 0.7, np.full(3, rng.uniform(0.1, 1.5)))
    grain = rng.normal(0, rng.uniform(0, 0.06), (shape, shape, 1))
    return np.asarray(sharp + grain, np.float32)


def _several(pixels: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Put on two or three of the disguises at once."""
    for index in rng.permutation(len(_SINGLE))[: rng.integers(2, 4)]:
        pixels = np.clip(_SINGLE[index](pixels, rng), 0, 1).astype(np.float32)
    return pixels


_SINGLE: tuple[Disguise, ...] = (
    _grey,
    _harder,
    _softer,
    _noisier,
    _black_sky,
    _grey_sky,
    _wide,
    _blurred,
    _recompressed,
    _colourful,
    _tinted,
    _over_exposed,
    _full_range,
    _sharper,
)

DISGUISES: Mapping[str, Disguise] = MappingProxyType(
    {
        "as it is": _as_it_is,
        "grey": _grey,
        "harder stretch": _harder,
        "softer stretch": _softer,
        "noisier": _noisier,
        "black sky": _black_sky,
        "grey sky": _grey_sky,
        "small picture": _small,
        "large picture": _large,
        "tight crop": _tight,
        "wide frame": _wide,
        "blurred": _blurred,
        "recompressed": _recompressed,
        "colourful": _colourful,
        "tinted": _tinted,
        "over-exposed": _over_exposed,
        "full range": _full_range,
        "sharper telescope": _sharper,
        "several at once": _several,
    }
)
