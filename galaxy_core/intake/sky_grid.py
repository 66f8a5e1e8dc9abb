"""The sky under every pixel of a picture, for readers without astropy: a grid to interpolate.

A browser cannot evaluate a WCS with its projections and distortions; it can interpolate unit
vectors between nodes. ``SkyGrid.at`` is the reference of that arithmetic, and what a page
does must do the same. Reads no files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_skycoord

from galaxy_core.cutout import SkyPosition

_CELLS = (4, 8, 16, 32)  # a side; the first that is fine enough is used
_PRECISE_PX = 0.05  # fine enough: what a screen cannot show
_ARCSEC_PER_RAD = np.degrees(1.0) * 3600


@dataclass(frozen=True, slots=True, eq=False)
class SkyGrid:
    """Directions on the sky at nodes over a picture.

    Parameters
    ----------
    x_px, y_px : ndarray, shape (C,) and (R,), float64
        Columns and rows of the nodes, evenly spaced from the picture's first edge (-0.5) to
        its last; pixel coordinates as in ``Cutout``.
    vectors : ndarray, shape (R, C, 3), float64
        Unit vectors, ICRS: x to RA 0, y to RA 90°, z to the north pole. NaN off the sky.
    error_arcsec : float
        Largest error found in the middle of a cell and of its edges, where interpolation is
        worst; compared with astropy when the grid was made.
    """

    x_px: npt.NDArray[np.float64]
    y_px: npt.NDArray[np.float64]
    vectors: npt.NDArray[np.float64]
    error_arcsec: float

    def at(self, x_px: float, y_px: float) -> SkyPosition | None:
        """Return the position of a pixel; None outside the picture or off the sky.

        Bilinear between the four nodes around it; the vector's length does not matter.
        """
        if not (self.x_px[0] <= x_px <= self.x_px[-1] and self.y_px[0] <= y_px <= self.y_px[-1]):
            return None
        vector = _interpolated(self, np.array([x_px]), np.array([y_px]))[0]
        if not np.isfinite(vector).all():
            return None
        ra_deg = float(np.degrees(np.arctan2(vector[1], vector[0]))) % 360.0
        dec_deg = float(np.degrees(np.arctan2(vector[2], np.hypot(vector[0], vector[1]))))
        return SkyPosition(ra_deg % 360.0, dec_deg)  # -1e-17 % 360 is 360 itself


def sky_grid(wcs: WCS, *, width_px: int, height_px: int, pixel_scale_arcsec: float) -> SkyGrid:
    """Return a grid over a picture, as coarse as is right to a twentieth of a pixel.

    Where even 32 × 32 cells are not (a projection with a seam, a whole sky), the error says
    by how much.

    Parameters
    ----------
    wcs : WCS
        Celestial; of the picture's pixels.
    width_px, height_px : int
        Size of the picture.
    pixel_scale_arcsec : float
        Of the picture.
    """
    for cells in _CELLS:
        grid = _grid_of(wcs, width_px, height_px, cells)
        if grid.error_arcsec <= _PRECISE_PX * pixel_scale_arcsec:
            break
    return grid


def _grid_of(wcs: WCS, width_px: int, height_px: int, cells: int) -> SkyGrid:
    """Evaluate the WCS at twice as many nodes, and keep every other one."""
    x = np.linspace(-0.5, width_px - 0.5, 2 * cells + 1)
    y = np.linspace(-0.5, height_px - 0.5, 2 * cells + 1)
    at_x, at_y = np.meshgrid(x, y)
    exact = np.moveaxis(pixel_to_skycoord(at_x, at_y, wcs).icrs.cartesian.xyz.value, 0, -1)
    grid = SkyGrid(x[::2], y[::2], np.ascontiguousarray(exact[::2, ::2]), 0.0)
    guessed = _interpolated(grid, at_x.ravel(), at_y.ravel())
    guessed /= np.linalg.norm(guessed, axis=1, keepdims=True)
    # A chord is its arc, to far better than needed, as long as both are small.
    apart = np.linalg.norm(guessed - exact.reshape(-1, 3), axis=1)
    apart = apart[np.isfinite(apart)]
    error_arcsec = float(apart.max()) * _ARCSEC_PER_RAD if apart.size else float("inf")
    return SkyGrid(grid.x_px, grid.y_px, grid.vectors, error_arcsec)


def _interpolated(
    grid: SkyGrid, x_px: npt.NDArray[np.float64], y_px: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return bilinear vectors, shape (N, 3), at points inside the grid."""
    rows, columns = grid.vectors.shape[:2]
    across = (x_px - grid.x_px[0]) / (grid.x_px[-1] - grid.x_px[0]) * (columns - 1)
    down = (y_px - grid.y_px[0]) / (grid.y_px[-1] - grid.y_px[0]) * (rows - 1)
    column = np.clip(np.floor(across).astype(int), 0, columns - 2)
    row = np.clip(np.floor(down).astype(int), 0, rows - 2)
    right, below = (across - column)[:, np.newaxis], (down - row)[:, np.newaxis]
    nodes = grid.vectors
    above = nodes[row, column] * (1 - right) + nodes[row, column + 1] * right
    under = nodes[row + 1, column] * (1 - right) + nodes[row + 1, column + 1] * right
    interpolated: npt.NDArray[np.float64] = above * (1 - below) + under * below
    return interpolated
