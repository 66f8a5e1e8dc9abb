"""Knobs that move the picture: rotate, shift, zoom, flip. What comes in is sky."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from galaxy_core.cutout import FloatImage
from galaxy_core.framing import Framing


def rotate(pixels: FloatImage, framing: Framing, angle_deg: float) -> FloatImage:
    """Return the picture turned anticlockwise about the galaxy's centre, in degrees."""
    angle = np.radians(angle_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return _mapped(pixels, framing, np.array([[cos, sin], [-sin, cos]]))


def zoom(pixels: FloatImage, framing: Framing, factor_log2: float) -> FloatImage:
    """Return the picture enlarged 2**factor_log2 times about the galaxy's centre."""
    return _mapped(pixels, framing, np.eye(2) * 2.0**-factor_log2)


def shift_right(pixels: FloatImage, framing: Framing, radii: float) -> FloatImage:
    """Return the picture moved right, in units of the radius that holds 95% of the light."""
    return _mapped(pixels, framing, np.eye(2), moved=(0.0, radii * framing.radius_px))


def shift_up(pixels: FloatImage, framing: Framing, radii: float) -> FloatImage:
    """Return the picture moved up, in units of the radius that holds 95% of the light."""
    return _mapped(pixels, framing, np.eye(2), moved=(-radii * framing.radius_px, 0.0))


def flip(pixels: FloatImage, framing: Framing, strength: float) -> FloatImage:
    """Return the picture mirrored left to right, about its own middle, for 1; else as it is."""
    return np.ascontiguousarray(pixels[:, ::-1]) if strength >= 0.5 else pixels


def _mapped(
    pixels: FloatImage,
    framing: Framing,
    matrix: np.ndarray,
    moved: tuple[float, float] = (0.0, 0.0),
) -> FloatImage:
    """Resample: each new pixel comes from centre + matrix @ (its place - centre - moved)."""
    centre = np.array([framing.centre_y_px, framing.centre_x_px])
    offset = centre - matrix @ (centre + np.array(moved))
    planes = [
        ndimage.affine_transform(
            pixels[..., c], matrix, offset, order=1, mode="constant", cval=framing.sky[c]
        )
        for c in range(3)
    ]
    return np.stack(planes, axis=-1).astype(np.float32)
