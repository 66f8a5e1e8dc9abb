"""Numbers -> colours: the two scales that every picture of evidence and activations uses.

Evidence is painted on one diverging scale, amber for elliptical, blue for spiral,
transparent at zero; activations on cividis (Nuñez et al. 2018), perceptually uniform and
safe for colour-blind eyes. Pages and files share these, so a colour means the same everywhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rgba = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]

SPIRAL_RGB = (0x5A, 0xA9, 0xE6)
ELLIPTICAL_RGB = (0xF4, 0xA2, 0x59)
# Nine evenly spaced colours of cividis; interpolated between.
CIVIDIS_HEX = (
    "00224E", "213B6E", "4C556C", "6C6E72", "878479", "A69C75", "C8B566", "EAD04B", "FEE838",
)  # fmt: skip


def paint_evidence(evidence: Plane, *, scale: float) -> Rgba:
    """Return signed evidence as colours: shape (h, w, 4), uint8, transparent at zero.

    Parameters
    ----------
    evidence : ndarray, shape (h, w), float32
        Positive = spiral.
    scale : float
        Evidence that is painted fully opaque; positive. Beyond it colours stay at the end.

    Notes
    -----
    Opacity grows with the square root of the evidence, as the eye sees faint overlays poorly.
    """
    strength = np.clip(np.abs(evidence) / max(scale, 1e-12), 0, 1)
    colours = np.where((evidence >= 0)[..., None], SPIRAL_RGB, ELLIPTICAL_RGB)
    alpha = np.sqrt(strength)[..., None] * 255
    return np.concatenate([colours, alpha], axis=-1).round().astype(np.uint8)


def paint_activation(activation: Plane, *, top: float) -> Rgba:
    """Return an activation map as colours: shape (h, w, 3), uint8, cividis from 0 to ``top``.

    A ``top`` of 0 or less (a map that never fires) is painted as all zero.
    """
    table = np.array([tuple(bytes.fromhex(code)) for code in CIVIDIS_HEX], dtype=np.float64)
    level = np.clip(activation / top, 0, 1) if top > 0 else np.zeros_like(activation)
    steps = np.linspace(0, 1, len(table))
    channels = [np.interp(level, steps, table[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def blend(picture: npt.NDArray[np.float32], overlay: Rgba, *, opacity: float = 1.0) -> Rgba:
    """Return an overlay laid on a picture: shape (H, W, 3), uint8.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3), float32
        In [0, 1].
    overlay : ndarray, shape (H, W, 4), uint8
        From ``paint_evidence``, already on the picture's pixels.
    opacity : float
        In [0, 1]; multiplies the overlay's own.
    """
    alpha = overlay[..., 3:].astype(np.float32) / 255 * opacity
    mixed = picture * 255 * (1 - alpha) + overlay[..., :3] * alpha
    return mixed.round().astype(np.uint8)


def tile(maps: npt.NDArray[np.uint8], *, columns: int, gap_px: int = 1) -> Rgba:
    """Return K pictures (K, h, w, 3) side by side in rows of ``columns``, uint8, gaps black."""
    count, height, width = maps.shape[:3]
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + gap_px), columns * (width + gap_px), 3), dtype=np.uint8)
    for index, picture in enumerate(maps):
        y, x = divmod(index, columns)
        top, left = y * (height + gap_px), x * (width + gap_px)
        sheet[top : top + height, left : left + width] = picture
    return sheet[: rows * (height + gap_px) - gap_px, : columns * (width + gap_px) - gap_px]
