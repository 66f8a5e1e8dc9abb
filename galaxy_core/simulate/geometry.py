"""Where a pixel lies: on the sky, in a galaxy's plane, and how a thick disc projects.

Row 0 is at the top; angles on the sky run anticlockwise as displayed. Nothing here
knows about light profiles or colours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

Plane = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

# Below this cosine the razor-thin plane falls between the pixels; the disc's own thickness,
# which is drawn apart, is then all that shows. It is cos 87.4°.
MIN_COS_INCLINATION = 0.045


@dataclass(frozen=True, slots=True, eq=False)
class SkyGrid:
    """Pixel centres around the middle of the picture, with a margin that is cut off at the end.

    Parameters
    ----------
    dy, dx : ndarray, shape (N, N), float32
        Offsets from the picture's centre, pixels; dy grows downwards.
    margin_px : int
        Pixels on each side that are drawn (so that nothing wraps round in a convolution)
        but not shown.
    """

    dy: Plane
    dx: Plane
    margin_px: int

    @classmethod
    def around(cls, image_size_px: int, *, margin_px: int) -> SkyGrid:
        """Return the grid of a square picture with at least the margin asked for."""
        size = fft.next_fast_len(image_size_px + 2 * margin_px, real=True)
        size += (size - image_size_px) % 2  # the margin must be the same on both sides
        axis = np.arange(size, dtype=np.float32) - np.float32((size - 1) / 2)
        dy, dx = np.meshgrid(axis, axis, indexing="ij")
        return cls(dy=dy, dx=dx, margin_px=(size - image_size_px) // 2)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, margins included."""
        return (int(self.dy.shape[0]), int(self.dy.shape[1]))

    def crop(self, planes: Plane) -> Plane:
        """Return the part that is shown, of planes of shape (..., N, N)."""
        inner = slice(self.margin_px, self.shape[0] - self.margin_px)
        return planes[..., inner, inner]

    def pixel_of(self, dy: Plane, dx: Plane) -> tuple[Plane, Plane]:
        """Return rows and columns (fractional, margins included) of offsets from the centre."""
        centre = np.float32((self.shape[0] - 1) / 2)
        return dy + centre, dx + centre


@dataclass(frozen=True, slots=True, eq=False)
class DiscPlane:
    """A galaxy's plane as seen on the sky.

    Parameters
    ----------
    along, across : ndarray, shape (N, N), float32
        Offsets on the sky along the major and the minor axis, pixels. The far side of the
        galaxy has positive `across`.
    radius, azimuth : ndarray, shape (N, N), float32
        Polar coordinates in the plane; radians from the line of nodes.
    cos_inclination, sin_inclination : float
        Of the angle between the plane and the sky; the cosine at least `MIN_COS_INCLINATION`.
    minor_axis : tuple of float
        Unit vector (y, x) of the minor axis on the sky.
    """

    along: Plane
    across: Plane
    radius: Plane
    azimuth: Plane
    cos_inclination: float
    sin_inclination: float
    minor_axis: tuple[float, float]

    @classmethod
    def seen(
        cls,
        grid: SkyGrid,
        *,
        inclination_deg: float,
        position_angle_deg: float,
        offset_px: tuple[float, float] = (0.0, 0.0),
    ) -> DiscPlane:
        """Return the plane through `offset_px`, tilted and turned as told."""
        angle = math.radians(position_angle_deg)
        dy, dx = grid.dy - np.float32(offset_px[0]), grid.dx - np.float32(offset_px[1])
        along = -dx * np.float32(math.sin(angle)) - dy * np.float32(math.cos(angle))
        across = dy * np.float32(math.sin(angle)) - dx * np.float32(math.cos(angle))
        cos_i = max(math.cos(math.radians(inclination_deg)), MIN_COS_INCLINATION)
        in_plane = across / np.float32(cos_i)
        return cls(
            along=along,
            across=across,
            radius=np.sqrt(along**2 + in_plane**2),
            azimuth=np.arctan2(in_plane, along),
            cos_inclination=cos_i,
            sin_inclination=math.sqrt(1.0 - cos_i**2),
            minor_axis=(math.sin(angle), -math.cos(angle)),
        )


def convolve(planes: Plane, transfer: Spectrum) -> Plane:
    """Return planes of shape (..., N, N) convolved with what `transfer` is the transform of."""
    spectrum = fft.rfft2(planes) * transfer
    return np.asarray(fft.irfft2(spectrum, s=planes.shape[-2:]), dtype=np.float32)


def vertical_transfer(
    plane: DiscPlane,
    shape: tuple[int, int],
    *,
    scale_height_px: float,
    above_px: float = -math.inf,
    below_px: float = math.inf,
) -> Spectrum:
    """Return the transform that spreads a thin plane over its vertical sech² profile.

    Stars at height z above the plane appear shifted by z sin i towards the far side, so a
    thick disc is its thin image convolved along the minor axis with the vertical profile.
    Cutting that profile at the dust gives the light before and behind it.

    Parameters
    ----------
    plane : DiscPlane
        Gives the minor axis and the inclination.
    shape : tuple of int
        Of the planes that will be convolved.
    scale_height_px : float
        z0 of sech²(z / z0) (van der Kruit & Searle 1981).
    above_px, below_px : float
        Only stars between these heights are kept; both infinite keeps all, with total 1.
    """
    # Steps of at most half a pixel, and of a fifteenth of a turn at the greatest height.
    heights, waves = 81 + int(20 * scale_height_px), 65 + int(45 * scale_height_px)
    height = np.linspace(-5.0, 5.0, heights) * scale_height_px
    density = np.cosh(height / scale_height_px) ** -2.0
    density /= density.sum()
    density[(height < above_px) | (height >= below_px)] = 0.0
    wave = np.linspace(0.0, math.pi * math.sqrt(2.0), waves)
    turn = plane.sin_inclination * wave[:, None] * height
    # Sums, not a matrix product: threads of a BLAS cost more here than they save.
    even, odd = (np.cos(turn) * density).sum(axis=1), (-np.sin(turn) * density).sum(axis=1)
    ky = 2 * math.pi * fft.fftfreq(shape[0])[:, None]
    kx = 2 * math.pi * fft.rfftfreq(shape[1])[None, :]
    k_minor = ky * plane.minor_axis[0] + kx * plane.minor_axis[1]
    real = np.interp(np.abs(k_minor), wave, even)
    imaginary = np.interp(np.abs(k_minor), wave, odd) * np.sign(k_minor)
    return np.asarray(real + 1j * imaginary, dtype=np.complex64)


def scatter_points(grid: SkyGrid, dy: Plane, dx: Plane, flux: Plane) -> Plane:
    """Return a plane with each point's flux shared over its four nearest pixels.

    Points outside the grid are left out; inside, the total is kept exactly.
    """
    rows, columns = grid.pixel_of(np.asarray(dy), np.asarray(dx))
    top, left = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
    size = grid.shape[0]
    plane = np.zeros(grid.shape, dtype=np.float32)
    inside = (top >= 0) & (left >= 0) & (top < size - 1) & (left < size - 1)
    top, left, flux = top[inside], left[inside], flux[inside]
    down, right = rows[inside] - top, columns[inside] - left
    np.add.at(plane, (top, left), flux * (1 - down) * (1 - right))
    np.add.at(plane, (top, left + 1), flux * (1 - down) * right)
    np.add.at(plane, (top + 1, left), flux * down * (1 - right))
    np.add.at(plane, (top + 1, left + 1), flux * down * right)
    return plane
