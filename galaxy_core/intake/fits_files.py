"""Several FITS files of one band each -> the bands of one picture.

Telescopes and archives often write one file a filter. Files are only brought together where
they lie on the same pixels: nothing is shifted or resampled here, for that would change what
was measured. Reads through ``FitsReader``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from galaxy_core.errors import IntakeError
from galaxy_core.intake.fits_bands import BandImages, Region, assemble
from galaxy_core.intake.fits_contents import (
    BandChoice,
    FitsContents,
    FitsPlane,
    PlaneKey,
    PlaneRole,
)
from galaxy_core.intake.fits_reader import FitsReader
from galaxy_core.intake.limits import MAX_KEPT_PIXELS, MIN_SIDE_PX, MOST_BAND_FILES
from galaxy_core.intake.sky import pixel_to_sky, sky_to_pixel, wcs_of_header

_MOST_APART_PX = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class BandFiles:
    """Files that show the same field through one filter each.

    Parameters
    ----------
    contents : FitsContents
        What they offer together: plane n is the band of file n. Its source is empty, and its
        SHA-256 is that of the files' own, one a line.
    files : tuple of FitsContents
        Each file by itself.
    keys : tuple of PlaneKey
        Where in its file each band is.
    """

    contents: FitsContents
    files: tuple[FitsContents, ...]
    keys: tuple[PlaneKey, ...]


def single_band(contents: FitsContents) -> FitsPlane | None:
    """Return the one image of a file that has just one; masks and weights do not count."""
    images = [
        plane
        for plane in contents.planes
        if plane.role is PlaneRole.SCIENCE and min(plane.shape) >= MIN_SIDE_PX
    ]
    finished = any(plane.role is PlaneRole.COLOUR for plane in contents.planes)
    return images[0] if len(images) == 1 and not finished else None


def bring_together(files: Sequence[FitsContents]) -> BandFiles:
    """Return two to five files as the bands of one picture.

    Parameters
    ----------
    files : sequence of FitsContents
        From ``FitsReader.open``.

    Raises
    ------
    IntakeError
        If their number is another, one does not hold exactly one image, the images differ in
        size, or their coordinates say that they lie more than a pixel apart.
    """
    if not 2 <= len(files) <= MOST_BAND_FILES:
        raise IntakeError(
            f"2 to {MOST_BAND_FILES} files make one picture; these are {len(files)}."
        )
    bands = [_single_band(one) for one in files]
    shapes = sorted({plane.shape for plane in bands})
    if len(shapes) > 1:
        raise IntakeError(
            "Bands of one picture must have one size; these files have "
            f"{' and '.join(f'{w} × {h}' for h, w in shapes)} pixels."
        )
    warnings = [sentence for one in files for sentence in one.warnings]
    for one, plane in zip(files[1:], bands[1:]):
        apart_px = _apart_px(bands[0], plane)
        if apart_px is None:
            warnings.append(
                f"{one.name} and {files[0].name} do not both state coordinates; they are taken "
                "to lie on the same pixels."
            )
        elif apart_px > _MOST_APART_PX:
            raise IntakeError(
                f"{one.name} and {files[0].name} lie up to {apart_px:,.1f} pixels apart on the "
                "sky. Bring them to the same pixels first."
            )
    return BandFiles(_together(files, bands, warnings), tuple(files), tuple(p.key for p in bands))


def read_together(
    reader: FitsReader,
    together: BandFiles,
    choice: BandChoice,
    *,
    region: Region | None = None,
    most_pixels: int = MAX_KEPT_PIXELS,
) -> BandImages:
    """Return the chosen bands, each from its own file; otherwise as ``FitsReader.read``.

    Raises
    ------
    IntakeError
        If a file fails, the region lies outside, or the choice names no band of these.
    """
    images, read, repairs = {}, None, list[str]()
    for key in dict.fromkeys(key for key in (choice.red, choice.green, choice.blue) if key):
        together.contents.plane(key)  # refuses a key of another file
        read = reader.read(
            together.files[key.plane],
            BandChoice.single(together.keys[key.plane]),
            region=region,
            most_pixels=most_pixels,
        )
        images[key] = read.red
        repairs += read.repairs
    if read is None:
        raise IntakeError(f"{together.contents.name}: no band was chosen.")
    chosen = replace(choice, mask=None)
    bands = assemble(images, together.contents, chosen, read.region, read.shrink)
    return bands.with_repairs(repairs)


def _single_band(contents: FitsContents) -> FitsPlane:
    plane = single_band(contents)
    if plane is None:
        raise IntakeError(f"{contents.name} does not hold exactly one image; open it by itself.")
    return plane


def _together(
    files: Sequence[FitsContents], bands: Sequence[FitsPlane], warnings: Sequence[str]
) -> FitsContents:
    """Return the bands by number of file, each named after its file."""
    planes = tuple(
        replace(plane, key=PlaneKey(0, number), extension=one.name)
        for number, (one, plane) in enumerate(zip(files, bands))
    )
    digests = "\n".join(one.sha256 for one in files).encode()
    return FitsContents(
        name=" + ".join(one.name for one in files),
        source=b"",
        planes=planes,
        sha256=hashlib.sha256(digests).hexdigest(),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _apart_px(one: FitsPlane, other: FitsPlane) -> float | None:
    """Return how far apart the same corner lies in two planes; None without coordinates."""
    if not (one.wcs_header and other.wcs_header):
        return None
    first, second = wcs_of_header(one.wcs_header), wcs_of_header(other.wcs_header)
    height, width = one.shape
    apart = 0.0
    for x, y in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        position = pixel_to_sky(first, x_px=x, y_px=y)
        there = None if position is None else sky_to_pixel(second, position)
        if there is None:
            return float("inf")
        apart = max(apart, float(np.hypot(there[0] - x, there[1] - y)))
    return apart
