"""The pixels of chosen FITS bands: which part they show, and where each belongs.

Plain values; reads no files. ``fits_reader`` fills them, ``compose`` makes colour of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil, floor

import numpy as np

from galaxy_core.cutout import FloatImage
from galaxy_core.errors import DamagedImage
from galaxy_core.intake.fits_contents import BandChoice, FitsContents, PlaneKey, PlaneRole
from galaxy_core.intake.unexposed import unexposed


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a plane: rows y0 ≤ y < y1, columns x0 ≤ x < x1, in FITS order from 0."""

    y0: int
    y1: int
    x0: int
    x1: int

    @classmethod
    def around(cls, *, x_px: float, y_px: float, side_px: float) -> Region:
        """Return the square around a pixel (from 0); it may reach beyond the plane."""
        half = side_px / 2
        return cls(floor(y_px - half), ceil(y_px + half) + 1,
                   floor(x_px - half), ceil(x_px + half) + 1)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class BandImages:
    """The pixels of the chosen bands.

    Parameters
    ----------
    red, green, blue : ndarray, shape (H, W), float32
        Rows as in FITS, row 0 at the bottom; NaN where nothing was measured. The same
        object thrice for one band.
    contents : FitsContents
        The file they are from.
    choice : BandChoice
        What was asked for.
    region : Region
        Which part of the plane they show.
    shrink : int
        Side of the blocks of pixels that were averaged; 1 for none.
    warnings : tuple of str
        What was repaired or guessed.
    repairs : tuple of str
        Of these, what was done to the numbers when they were read.
    """

    red: FloatImage
    green: FloatImage
    blue: FloatImage
    contents: FitsContents = field(repr=False)
    choice: BandChoice
    region: Region
    shrink: int = 1
    warnings: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()

    def file_pixel(self, *, x_px: float, y_px: float) -> tuple[float, float]:
        """Return where in the plane (FITS order, from 0) a pixel of the picture lies.

        The picture is what ``compose`` makes of these bands: row 0 at the top.
        """
        middle = (self.shrink - 1) / 2
        row = self.red.shape[0] - 1 - y_px
        return (
            self.region.x0 + self.shrink * x_px + middle,
            self.region.y0 + self.shrink * row + middle,
        )

    def with_repairs(self, repairs: Sequence[str]) -> BandImages:
        """Return the same with what was done to the numbers when they were read."""
        said = tuple(dict.fromkeys(repairs))
        return replace(self, repairs=said, warnings=self.warnings + said)


def assemble(
    images: dict[PlaneKey, FloatImage],
    contents: FitsContents,
    choice: BandChoice,
    region: Region,
    shrink: int,
) -> BandImages:
    """Return the planes where the choice wants them; masked pixels become NaN.

    Raises
    ------
    DamagedImage
        If no pixel of the chosen bands holds a number.
    """
    warnings = list(contents.warnings)
    images, padded = _without_padding(images, contents)
    if padded:
        warnings.append(f"Unexposed pixels at the edge, taken as sky: {padded:,}.")
    if choice.mask is not None:
        masked = images[choice.mask] != 0
        images = {
            key: np.where(masked, np.float32(np.nan), image) for key, image in images.items()
        }
    shown = {choice.red, choice.blue, choice.green} - {None}
    blank = sum(int(np.isnan(images[key]).sum()) for key in shown if key is not None) - padded
    if blank > 0:
        warnings.append(f"Pixels without a number, taken as sky: {blank:,}.")
    if all(np.isnan(images[key]).all() for key in shown if key is not None):
        raise DamagedImage(f"{contents.name} holds no number in any pixel of the chosen bands.")
    if shrink > 1 and contents.plane(choice.red).role is not PlaneRole.MASK:
        warnings.append(f"Averaged down in blocks of {shrink} × {shrink} pixels.")
    red, blue = images[choice.red], images[choice.blue]
    green = (red + blue) / np.float32(2) if choice.green is None else images[choice.green]
    return BandImages(red, green, blue, contents, choice, region, shrink, tuple(warnings))


def _without_padding(
    images: dict[PlaneKey, FloatImage], contents: FitsContents
) -> tuple[dict[PlaneKey, FloatImage], int]:
    """Return images with NaN for what was never exposed, and how many pixels those are."""
    cleaned, count = dict(images), 0
    for key, image in images.items():
        padding = unexposed(image) if contents.plane(key).role is PlaneRole.SCIENCE else None
        if padding is not None:
            cleaned[key] = np.where(padding, np.float32(np.nan), image)
            count += int(padding.sum())
    return cleaned, count
