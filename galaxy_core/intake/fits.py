"""The door of ``astropy.io.fits``, and the process that it is used in.

``python -m galaxy_core.intake.fits FOLDER`` answers requests, one JSON object a line, until
its input ends: which planes a file holds, and the pixels of some of them as an ``.npy`` file
in FOLDER. It runs under the limits that ``fits_reader`` sets, because FITS, its
compressions and its world coordinates are parsed by C code from strangers' bytes. What
planes mean (bands, masks) is not decided here. Nothing else in this package runs this
code in its own process.
"""

from __future__ import annotations

import json
import math
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from galaxy_core.errors import DamagedImage, IntakeError
from galaxy_core.intake.fits_header import describe_unit
from galaxy_core.intake.fits_layout import HduLayout, read_layout
from galaxy_core.intake.fits_planes import (
    index_of_plane,
    offered_planes,
    plane_count,
    plane_shape,
    planes_behind,
)
from galaxy_core.intake.fits_unpack import UNPACKED, unpacked
from galaxy_core.intake.no_number import numbers_for_nothing
from galaxy_core.intake.shrink import block_mean

MAX_PLANES = 64
_BLOCK_PIXELS = 4_000_000
# Pan-STARRS stacks hold asinh magnitudes (Waters et al. 2020, ApJS 251, 4, section 4.2).
_PER_MAGNITUDE = 2.5 / math.log(10.0)

# What a fully opaque pixel is in floats, bytes and 16 bits.
_OPAQUE = frozenset({1.0, 255.0, 65535.0})

Answer = dict[str, Any]


def list_planes(path: Path, *, name: str) -> Answer:
    """Return every two-dimensional plane of the file's images, as plain JSON values.

    Raises
    ------
    IntakeError
        As ``fits_layout.read_layout``; also if a header cannot be read.
    """
    with path.open("rb") as file:
        layout = read_layout(file, name=name)
    images = [unit for unit in layout if unit.is_image and plane_shape(unit.axes) is not None]
    counts = [plane_count(unit.axes) for unit in images]
    offered = offered_planes(counts, MAX_PLANES)
    planes: list[Answer] = []
    with _opened(path) as units:
        for unit, some in zip(images, offered):
            described = describe_unit(units[unit.index].header, units[0].header, unit, some)
            if len(described) == 4:
                described[3]["is_opacity"] = _is_opacity(units[unit.index], unit)
            planes += described
    return {"planes": planes, "left_out": sum(counts) - sum(map(len, offered))}


def read_planes(path: Path, request: Answer, out: Path, *, name: str) -> Answer:
    """Write planes as float32 ``.npy`` of shape (N, H, W); rows as in FITS, NaN where blank.

    ``request`` holds ``planes`` [[unit, plane], …], ``region`` [y0, y1, x0, x1] in pixels,
    and ``shrink``, the side of the blocks to average. The answer says which numbers stood
    for nothing measured (``for_nothing``), and whether a scale was undone (``from_asinh``).

    Raises
    ------
    DamagedImage
        If a plane does not exist.
    """
    with path.open("rb") as file:
        layout = {unit.index: unit for unit in read_layout(file, name=name)}
    region, shrink = request["region"], request["shrink"]
    shape = [-(-(region[end] - region[end - 1]) // shrink) for end in (1, 3)]
    images = np.empty((len(request["planes"]), *shape), dtype=np.float32)
    for_nothing: set[float] = set()
    from_asinh = False
    with _opened(path) as units:
        for image, (index, plane) in zip(images, request["planes"]):
            unit = layout.get(index)
            count = plane_count(unit.axes) if unit is not None and unit.is_image else 0
            behind = planes_behind(plane, count)
            if unit is None or behind is None:
                raise DamagedImage(f"{name} has no plane {plane} in unit {index}.")
            source = _Source(units[index], unit)
            _read_mean(image, source, behind, region, shrink)
            for_nothing |= source.for_nothing
            from_asinh |= source.asinh is not None
    np.save(out, images, allow_pickle=False)
    return {"for_nothing": sorted(for_nothing), "from_asinh": from_asinh}


@contextmanager
def _opened(path: Path) -> Iterator[fits.HDUList]:
    """Open with astropy; its opinions on a stranger's cards are nobody's concern here."""
    # Without a memory map: pages of a mapped file count as this process's memory.
    with fits.open(path, mode="readonly", memmap=False, lazy_load_hdus=True) as units:
        yield units


def _is_opacity(hdu: Any, unit: HduLayout) -> bool:
    """Tell whether the last of four planes is a picture's opacity: fully opaque in its middle."""
    height, width = plane_shape(unit.axes) or (0, 0)
    row = slice(height // 2, height // 2 + 1)
    middle = np.unique(hdu.section[index_of_plane(unit.axes, 3, row, slice(0, width))])
    return middle.size == 1 and float(middle[0]) in _OPAQUE


class _Source:
    """One image of the file, its numbers made flux; notes what it had to make of them."""

    def __init__(self, hdu: Any, unit: HduLayout) -> None:
        self._hdu, self._axes = hdu, unit.axes
        self.for_nothing: set[float] = set()
        self.asinh = _asinh_scale(hdu.header)

    def rows(self, plane: int, rows: slice, columns: slice, shrink: int) -> Any:
        """Return block means of some rows; NaN where nothing was measured."""
        block = np.asarray(self._hdu.section[index_of_plane(self._axes, plane, rows, columns)])
        found = numbers_for_nothing(block)
        if found:
            self.for_nothing.update(found)
            block = np.where(np.isin(block, found), np.nan, block)
        with np.errstate(over="ignore", invalid="ignore"):
            if self.asinh is not None:
                softening, offset = self.asinh
                flux = offset + 2.0 * softening * np.sinh(
                    block.astype(np.float64) / _PER_MAGNITUDE
                )
                block = flux
            means = block_mean(block, shrink)
        means[~np.isfinite(means)] = np.nan
        return means


def _read_mean(
    image: np.ndarray[Any, Any], source: _Source, planes: range, region: list[int], shrink: int
) -> None:
    """Fill one image with the mean of planes, some rows at a time: none is ever held whole."""
    y0, y1, x0, x1 = region
    rows = max(1, _BLOCK_PIXELS // ((x1 - x0) * shrink)) * shrink
    for top in range(y0, y1, rows):
        part = slice(top, min(top + rows, y1))
        first = source.rows(planes[0], part, slice(x0, x1), shrink)
        if len(planes) > 1:
            first = _mean_with(first, source, planes[1:], part, slice(x0, x1), shrink)
        start = (top - y0) // shrink
        image[start : start + len(first)] = first
    if source.for_nothing:  # blocks of nothing but such numbers, which no block by itself tells
        image[np.isin(image, np.array(list(source.for_nothing), dtype=np.float32))] = np.nan


def _mean_with(
    first: Any, source: _Source, others: range, rows: slice, columns: slice, shrink: int
) -> Any:
    """Return the mean of some rows of many planes; NaN where none was measured."""
    finite = np.isfinite(first)
    total, count = np.where(finite, first, 0.0).astype(np.float64), finite.astype(np.int32)
    for plane in others:
        one = source.rows(plane, rows, columns, shrink)
        finite = np.isfinite(one)
        total += np.where(finite, one, 0.0)
        count += finite
    mean = np.full(total.shape, np.nan, dtype=np.float32)
    return np.divide(total, count, out=mean, where=count > 0, casting="unsafe")


def _asinh_scale(header: Any) -> tuple[float, float] | None:
    """Return softening and offset of a Pan-STARRS stack's scale; None for flux as it is."""
    softening, offset = header.get("BSOFTEN"), header.get("BOFFSET")
    numbers = isinstance(softening, int | float) and isinstance(offset, int | float)
    if not numbers or not (softening > 0 and math.isfinite(softening) and math.isfinite(offset)):
        return None
    return float(softening), float(offset)


def answer(request: Answer, folder: Path) -> Answer:
    """Return the answer to one request; a failure is an answer, too."""
    name = request["name"]
    try:
        path = unpacked(Path(request["path"]), folder, request["most_bytes"], name=name)
        if request["task"] == "list":
            return list_planes(path, name=name)
        return read_planes(path, request, folder / "planes.npy", name=name)
    except IntakeError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        return {"error": "TooLarge", "message": f"{name} needs more memory than a file may."}
    except Exception as error:  # astropy has no closed list; this process exists to contain it
        said = f"{name} is a damaged FITS file ({type(error).__name__} while reading it)."
        return {"error": "DamagedImage", "message": said}
    finally:
        (folder / UNPACKED).unlink(missing_ok=True)


def main() -> None:
    """Answer requests from standard input until it ends."""
    warnings.simplefilter("ignore")  # this process is ours alone
    folder = Path(sys.argv[1])
    # Libraries that print must not talk into the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), folder)), file=answers, flush=True)


if __name__ == "__main__":
    main()
