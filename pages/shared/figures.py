"""Arrays -> pictures for the page, as data URLs. Pure: never calls Streamlit.

Pictures are encoded once at the size that a screen can show. Maps and the network's input
are encoded one pixel a cell and enlarged by the browser, crisp, so they stay small and exact.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from galaxy_core.cutout import FloatImage
from galaxy_core.explain.paint import paint_activation, paint_evidence, tile
from galaxy_core.framing import Framing

PICTURE_MOST_PX = 900
SHEET_COLUMNS = 16
BLANK = 1e-6

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle in fractions of another's width and height, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Stage:
    """How picture and framing square lie in the view that shows both whole.

    Parameters
    ----------
    left_px, top_px, width_px, height_px : float
        The view, in picture pixels (pixel 0 spans 0 to 1 here).
    picture, square : Rectangle
        In fractions of the view.
    """

    left_px: float
    top_px: float
    width_px: float
    height_px: float
    picture: Rectangle
    square: Rectangle

    @property
    def reaches_beyond_picture(self) -> bool:
        """Return whether the square shows more than a rounding of what is no picture."""
        return min(self.picture.width, self.picture.height) < 0.995


def picture(pixels: FloatImage) -> str:
    """Return a picture (H, W, 3) in [0, 1], no larger than a screen needs, as a data URL."""
    image = Image.fromarray(_to_bytes(pixels))
    image.thumbnail((PICTURE_MOST_PX, PICTURE_MOST_PX), Image.Resampling.LANCZOS)
    return _data_url(image, "JPEG", quality=92, subsampling=0)


def thumbnail(pixels: FloatImage, *, side_px: int) -> str:
    """Return the picture's middle square as a small data URL."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    step = max(1, side // (4 * side_px))  # coarse first: full resolution is not needed here
    square = pixels[top : top + side : step, left : left + side : step]
    small = Image.fromarray(_to_bytes(square)).resize((side_px, side_px), Image.Resampling.BOX)
    return _data_url(small, "JPEG", quality=85)


def network_input(pixels: FloatImage) -> str:
    """Return the network's input (S, S, 3) exactly, one pixel a pixel, as a data URL."""
    return _data_url(Image.fromarray(_to_bytes(pixels)), "PNG")


def evidence_overlay(evidence: FloatImage, *, scale: float) -> str:
    """Return signed evidence on the input's grid (S, S), transparent at zero, as a data URL."""
    return _data_url(Image.fromarray(paint_evidence(evidence, scale=scale)), "PNG")


def activation(feature_map: FloatImage, *, top: float) -> str:
    """Return one feature map (h, w) on the activation scale from 0 to ``top``, as a data URL."""
    return _data_url(Image.fromarray(paint_activation(feature_map, top=top)), "PNG")


def activation_overlay(feature_map: FloatImage, *, top: float) -> str:
    """Return a feature map on the input's grid (S, S), clear at zero, as a data URL."""
    colours = paint_activation(feature_map, top=top)
    level = np.clip(feature_map / top, 0, 1) if top > 0 else np.zeros_like(feature_map)
    alpha = np.round(np.sqrt(level) * 255).astype(np.uint8)[..., None]
    return _data_url(Image.fromarray(np.concatenate([colours, alpha], axis=-1)), "PNG")


def map_sheet(feature_maps: FloatImage, tops: npt.NDArray[np.float32]) -> str:
    """Return K feature maps (h, w, K) as one picture, ``SHEET_COLUMNS`` a row, no gaps.

    Parameters
    ----------
    feature_maps : ndarray, shape (h, w, K), float32
        At least 0.
    tops : ndarray, shape (K,), float32
        Where the colour scale of each ends.
    """
    painted = [
        paint_activation(feature_maps[..., k], top=float(top)) for k, top in enumerate(tops)
    ]
    return _data_url(
        Image.fromarray(tile(np.stack(painted), columns=SHEET_COLUMNS, gap_px=0)), "PNG"
    )


def kernel_slices(kernel: FloatImage) -> list[str]:
    """Return each input slice of a kernel (h, w, C) in greys: black and white are ∓ its largest.

    Greys, because blue and amber mean spiral and elliptical everywhere else.
    """
    largest = float(np.abs(kernel).max()) or 1.0
    greys = np.round((kernel / largest + 1) / 2 * 255).astype(np.uint8)
    return [
        _data_url(Image.fromarray(np.ascontiguousarray(greys[..., c])), "PNG")
        for c in range(greys.shape[-1])
    ]


def stage(width_px: int, height_px: int, framing: Framing) -> Stage:
    """Return the view that holds the whole picture and the whole framing square."""
    x0, y0, x1, y1 = (edge + 0.5 for edge in framing.box_px)
    left, top = min(0.0, x0), min(0.0, y0)
    width, height = max(float(width_px), x1) - left, max(float(height_px), y1) - top
    return Stage(
        left,
        top,
        width,
        height,
        Rectangle(-left / width, -top / height, width_px / width, height_px / height),
        Rectangle((x0 - left) / width, (y0 - top) / height, (x1 - x0) / width, (y1 - y0) / height),
    )


def _to_bytes(pixels: FloatImage) -> Bytes:
    return np.round(pixels * 255).astype(np.uint8)


def _data_url(image: Image.Image, kind: str, **options: int) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"
