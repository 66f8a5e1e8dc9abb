"""Where the cells of a layer lie on the network's input, and maps laid onto that grid.

Follows kernel sizes, strides, padding and pooling back to the input (Araujo et al. 2019,
"Computing receptive fields of convolutional neural networks"). A valid convolution trims the
border, so stretching its map over the whole picture, as is often done, misplaces evidence by
up to several pixels. Where paths join (skip connections) the widest decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import ExplanationError


@dataclass(frozen=True, slots=True)
class LayerGeometry:
    """Placement of a layer's cells on a square input.

    Parameters
    ----------
    input_size_px : int
        Side of the input.
    step_px : float
        Distance between the centres of neighbouring cells, in input pixels.
    first_px : float
        Centre of the first cell (the middle of the first pixel is 0).
    field_px : float
        Side of a cell's receptive field, in input pixels.
    """

    input_size_px: int
    step_px: float
    first_px: float
    field_px: float

    def box_px(self, row: int, column: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom edge of a cell's field, cut at the input's edges.

        Pixel 0 spans -0.5 to 0.5, as in ``Framing.box_px``.
        """
        low, high = -0.5, self.input_size_px - 0.5
        y, x = (self.first_px + self.step_px * index for index in (row, column))
        half = self.field_px / 2
        left, top, right, bottom = (
            float(np.clip(edge, low, high)) for edge in (x - half, y - half, x + half, y + half)
        )
        return left, top, right, bottom


def whole_grid(input_size_px: int, cells: int) -> LayerGeometry:
    """Return the geometry of `cells` × `cells` equal cells that tile the input."""
    step = input_size_px / cells
    return LayerGeometry(input_size_px, step, step / 2 - 0.5, step)


def layer_geometry(model: keras.Model, layer: str) -> LayerGeometry:
    """Return where the cells of a convolution layer lie on the input.

    Raises
    ------
    ExplanationError
        If the layer has no cells in a plane, or a layer on the way is of unknown reach.
    """
    size = int(model.inputs[0].shape[1])
    output = model.get_layer(layer).output
    if len(output.shape) != 4:
        raise ExplanationError(f"{layer!r} gives no maps; its output has shape {output.shape}.")
    step, first, field = _walk(output, {})
    return LayerGeometry(size, step, first, field)


def on_input_grid(maps: FloatImage, geometry: LayerGeometry) -> FloatImage:
    """Return maps laid onto the input's pixels, linear between the centres of cells.

    Parameters
    ----------
    maps : ndarray, shape (..., h, w), float32
        One value a cell.
    geometry : LayerGeometry
        Where the cells lie.

    Returns
    -------
    ndarray, shape (..., S, S), float32
        Beyond the outermost centres the nearest value holds.
    """
    rows = _weights(geometry, maps.shape[-2])
    columns = _weights(geometry, maps.shape[-1])
    return np.asarray(rows @ maps.astype(np.float32, copy=False) @ columns.T, dtype=np.float32)


@lru_cache(maxsize=64)
def _weights(geometry: LayerGeometry, cells: int) -> npt.NDArray[np.float32]:
    """Interpolation matrix (S, cells)."""
    centres = geometry.first_px + geometry.step_px * np.arange(cells)
    pixels = np.arange(geometry.input_size_px)
    weights = [np.interp(pixels, centres, row) for row in np.eye(cells)]
    matrix = np.stack(weights, axis=1).astype(np.float32)
    matrix.flags.writeable = False
    return matrix


def _walk(tensor: Any, known: dict[int, tuple[float, float, float]]) -> tuple[float, float, float]:
    """Step, first centre and field of a tensor's cells."""
    if id(tensor) in known:
        return known[id(tensor)]
    operation, node_index, _ = tensor._keras_history
    sources = operation._inbound_nodes[node_index].input_tensors
    planes = [source for source in sources if len(source.shape) == 4]
    if isinstance(operation, keras.layers.InputLayer) or not planes:
        found = (1.0, 0.0, 1.0)
    else:
        before = max((_walk(source, known) for source in planes), key=lambda g: g[2])
        found = _advance(operation, planes[0], before)
    known[id(tensor)] = found
    return found


def _advance(
    operation: Any, source: Any, before: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Geometry after one layer."""
    step, first, field = before
    if isinstance(operation, keras.layers.ZeroPadding2D):
        return step, first - step * operation.padding[0][0], field
    if isinstance(operation, keras.layers.Cropping2D):
        return step, first + step * operation.cropping[0][0], field
    if isinstance(operation, (keras.layers.Resizing, keras.layers.UpSampling2D)):
        ratio = source.shape[1] / operation.output.shape[1]
        return step * ratio, first + step * (ratio - 1) / 2, field
    kernel = getattr(operation, "pool_size", getattr(operation, "kernel_size", None))
    if kernel is None:
        if tuple(operation.output.shape[1:3]) != tuple(source.shape[1:3]):
            raise ExplanationError(
                f"Layer {operation.name!r} ({type(operation).__name__}) changes the size of the "
                "maps in a way that cannot be followed back to the picture."
            )
        return before
    dilation = getattr(operation, "dilation_rate", (1, 1))[0]
    extent = (kernel[0] - 1) * dilation + 1
    stride = operation.strides[0]
    padding = 0.0
    if operation.padding == "same":
        cells = int(source.shape[1])
        needed = (-(-cells // stride) - 1) * stride + extent - cells
        padding = max(needed, 0) // 2  # TensorFlow puts the odd one at the end
    centre = first + step * ((extent - 1) / 2 - padding)
    return step * stride, centre, field + step * (extent - 1)
