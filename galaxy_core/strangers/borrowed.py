"""Photographs that scikit-image and scikit-learn bring with them: people, cats, things.

Only files inside the installed packages; nothing is ever downloaded. Where a package is not
installed (scikit-image is for development), the kinds that need it return None. The
photographs themselves are split between the families, so that no cat is in both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from galaxy_core.cutout import FloatImage

_SKIMAGE, _SKLEARN = "skimage/data", "sklearn/datasets/images"
_FIT = (
    *((_SKIMAGE, name) for name in ("astronaut.png", "coffee.png", "camera.png", "coins.png")),
    *((_SKIMAGE, name) for name in ("page.png", "motorcycle_left.png", "cell.png", "logo.png")),
    (_SKLEARN, "china.jpg"),
)
_TEST = (
    *((_SKIMAGE, name) for name in ("chelsea.png", "rocket.jpg", "text.png", "clock_motion.png")),
    *((_SKIMAGE, name) for name in ("ihc.png", "moon.png", "hubble_deep_field.jpg", "horse.png")),
    *((_SKIMAGE, name) for name in ("phantom.png", "retina.jpg", "color.png")),
    (_SKLEARN, "flower.jpg"),
)
_TEXTURES = tuple((_SKIMAGE, name) for name in ("brick.png", "grass.png", "gravel.png"))
_Draw = Callable[[np.random.Generator, int], "FloatImage | None"]
_FACES = 100  # lfw_subset.npy: 100 faces, then 100 pictures without one


def fit_photograph(rng: np.random.Generator, size_px: int) -> FloatImage | None:
    """Return part or all of a photograph: a person, a cup, a street."""
    return _view(_FIT, rng, size_px)


def test_photograph(rng: np.random.Generator, size_px: int) -> FloatImage | None:
    """Return part or all of another photograph: a cat, a rocket, the Moon."""
    return _view(_TEST, rng, size_px)


def fit_spotlit(rng: np.random.Generator, size_px: int) -> FloatImage | None:
    """Return a photograph that fades to black all around: a portrait, a view through a tube."""
    return _in_a_spot(_either(fit_photograph, fit_face, rng)(rng, size_px), rng)


def test_spotlit(rng: np.random.Generator, size_px: int) -> FloatImage | None:
    """Return another photograph that fades to black all around."""
    return _in_a_spot(_either(test_photograph, test_face, rng)(rng, size_px), rng)


def texture(rng: np.random.Generator, size_px: int) -> FloatImage | None:
    """Return part of a wall, a lawn or a path."""
    return _view(_TEXTURES, rng, size_px)


def fit_face(rng: np.random.Generator, size_px: int) -> FloatImage | None:
    """Return a face from the first half of scikit-image's subset of LFW, grey."""
    return _face(rng, size_px, range(_FACES // 2))


def test_face(rng: np.random.Generator, size_px: int) -> FloatImage | None:
    """Return a face from the second half of scikit-image's subset of LFW, grey."""
    return _face(rng, size_px, range(_FACES // 2, _FACES))


def digit(rng: np.random.Generator, size_px: int) -> FloatImage:
    """Return a handwritten digit, white on black or black on white."""
    images = _digits()
    grey = images[int(rng.integers(len(images)))] / 16
    return _enlarged(grey if rng.random() < 0.6 else 1 - grey, size_px)


def _either(one: _Draw, other: _Draw, rng: np.random.Generator) -> _Draw:
    return one if rng.random() < 0.7 else other


def _in_a_spot(pixels: FloatImage | None, rng: np.random.Generator) -> FloatImage | None:
    """Let a picture fade to black away from the middle, softly or at once, perhaps set small."""
    if pixels is None:
        return None
    size_px = pixels.shape[0]
    axis = (np.arange(size_px) + 0.5) / size_px * 2 - 1
    at, squash = rng.normal(0, 0.08, 2), rng.uniform(0.75, 1.0)
    away = np.hypot(axis[:, None] - at[0], (axis[None, :] - at[1]) / squash)
    reach, fall = rng.uniform(0.45, 1.1), rng.uniform(0.05, 0.9)
    spot = np.clip((reach - away) / (fall * reach), 0, 1) ** rng.uniform(0.7, 2)
    return np.asarray(pixels * spot[..., None] * rng.uniform(0.5, 1.0), dtype=np.float32)


def _face(rng: np.random.Generator, size_px: int, which: range) -> FloatImage | None:
    path = _path(_SKIMAGE, "lfw_subset.npy")
    if path is None:
        return None
    faces = np.load(path, allow_pickle=False)
    return _enlarged(faces[int(rng.choice(which))], size_px)


def _enlarged(grey: np.ndarray, size_px: int) -> FloatImage:
    image = Image.fromarray(grey.astype(np.float32)).resize(
        (size_px, size_px), Image.Resampling.BICUBIC
    )
    return np.repeat(np.clip(np.asarray(image), 0, 1)[..., None], 3, axis=2)


def _view(
    files: tuple[tuple[str, str], ...], rng: np.random.Generator, size_px: int
) -> FloatImage | None:
    """Cut a square out of a photograph, resize it, perhaps mirror it."""
    found = [path for folder, name in files if (path := _path(folder, name)) is not None]
    if not found:
        return None
    image = _photograph(found[int(rng.integers(len(found)))])
    least = min(image.size)
    side = least * rng.uniform(0.35, 1.0)
    left, top = rng.uniform(0, 1, 2) * (np.array(image.size) - side)
    box = (left, top, left + side, top + side)
    part = image.resize((size_px, size_px), Image.Resampling.BILINEAR, box)
    pixels = np.asarray(part, dtype=np.float32) / np.float32(255)
    return pixels[:, ::-1] if rng.random() < 0.5 else pixels


@lru_cache(maxsize=1)
def _digits() -> np.ndarray:
    from sklearn.datasets import load_digits  # here, because it takes half a second

    return np.asarray(load_digits().images)


@lru_cache(maxsize=32)
def _photograph(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def _path(folder: str, name: str) -> Path | None:
    """Return the file inside an installed package, without importing it."""
    package, *inner = folder.split("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*inner, name)
    return path if path.is_file() else None
