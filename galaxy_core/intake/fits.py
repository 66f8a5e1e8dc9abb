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
import os
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from galaxy_core.errors import DamagedImage, IntakeError, TooLarge
from galaxy_core.intake.fits_layout import HduLayout, read_layout
from galaxy_core.intake.limits import MIN_SIDE_PX
from galaxy_core.intake.shrink import block_mean

MAX_PLANES = 64
_BLOCK_PIXELS = 4_000_000
_FILTER_KEYS = (
    "FILTER", "FILTER1", "FILTER2", "FILTNAM1", "FILTNAME", "FILTERS", "INSFLNAM", "BAND",
    "BANDNAME", "PHOTBAND", "WAVEBAND",
)  # fmt: skip
# Distortions given as images elsewhere in the file; without them the rest still holds.
_LOOKUP_KEYS = ("CPDIS?", "DP?", "CPERR?", "D2IM*", "D2IMDIS?", "AXISCORR", "DQ?", "CQDIS?")

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
    planes: list[Answer] = []
    left_out = 0
    with _opened(path) as units:
        primary = units[0].header
        for unit in layout:
            if not unit.is_image or _plane_shape(unit.axes) is None:
                continue
            offered = _spread(_plane_count(unit.axes), MAX_PLANES - len(planes))
            left_out += _plane_count(unit.axes) - len(offered)
            planes += _describe(units[unit.index].header, primary, unit, offered)
    return {"planes": planes, "left_out": left_out}


def read_planes(path: Path, request: Answer, out: Path, *, name: str) -> Answer:
    """Write planes as float32 ``.npy`` of shape (N, H, W); rows as in FITS, NaN where blank.

    ``request`` holds ``planes`` [[unit, plane], …], ``region`` [y0, y1, x0, x1] in pixels,
    and ``shrink``, the side of the blocks to average.

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
    with _opened(path) as units:
        for image, (index, plane) in zip(images, request["planes"]):
            unit = layout.get(index)
            if unit is None or not unit.is_image or plane >= _plane_count(unit.axes):
                raise DamagedImage(f"{name} has no plane {plane} in unit {index}.")
            _read_into(image, units[index], unit, plane, region, shrink)
    np.save(out, images, allow_pickle=False)
    return {}


@contextmanager
def _opened(path: Path) -> Iterator[fits.HDUList]:
    """Open with astropy; its opinions on a stranger's cards are nobody's concern here."""
    # Without a memory map: pages of a mapped file count as this process's memory.
    with fits.open(path, mode="readonly", memmap=False, lazy_load_hdus=True) as units:
        yield units


def _read_into(
    image: np.ndarray[Any, Any],
    hdu: Any,
    unit: HduLayout,
    plane: int,
    region: list[int],
    shrink: int,
) -> None:
    """Fill one image, some rows at a time, so that a large plane is never held as a whole."""
    y0, y1, x0, x1 = region
    rows = max(1, _BLOCK_PIXELS // ((x1 - x0) * shrink)) * shrink
    for top in range(y0, y1, rows):
        bottom = min(top + rows, y1)
        block = hdu.section[_index(unit.axes, plane, slice(top, bottom), slice(x0, x1))]
        first = (top - y0) // shrink
        with np.errstate(over="ignore", invalid="ignore"):
            means = block_mean(np.asarray(block), shrink)
        means[~np.isfinite(means)] = np.nan
        image[first : first + len(means)] = means


def _spread(count: int, most: int) -> list[int]:
    """Return all planes, or some spread evenly over a long cube, its ends included."""
    if count <= most:
        return list(range(count))
    return sorted({i * (count - 1) // max(most - 1, 1) for i in range(most)})


def _describe(header: Any, primary: Any, unit: HduLayout, offered: list[int]) -> list[Answer]:
    """List the offered planes of one image."""
    if not offered:
        return []
    count = _plane_count(unit.axes)
    world = _world(header, unit.axes)
    shared = {
        "hdu": unit.index,
        "shape": _plane_shape(unit.axes),
        "planes_in_hdu": count,
        "bitpix": unit.bitpix,
        "is_scaled": "BSCALE" in header or "BZERO" in header or "BLANK" in header,
        "extension": _text(header, "EXTNAME"),
        "unit": _text(header, "BUNIT"),
        "third_axis": _text(header, "CTYPE3"),
        "telescope": _text(header, "TELESCOP") or _text(primary, "TELESCOP"),
        "wcs": world,
    }
    filters = [_text(header, key) or _text(primary, key) for key in _FILTER_KEYS]
    in_order = _text(header, "BANDS")
    return [
        {
            **shared,
            "plane": plane,
            "filters": [
                _text(header, f"BAND{plane}") if count > 1 else "",
                in_order[plane] if len(in_order) == count > 1 else "",
                *(filters if count == 1 else []),
            ],
        }
        for plane in offered
    ]


def _text(header: Any, key: str) -> str:
    """Return a card's value as short text; empty where it is missing or unreadable."""
    try:
        return str(header.get(key, ""))[:80].strip()
    except (fits.VerifyError, ValueError):
        return ""


def _world(header: Any, axes: tuple[int, ...]) -> str:
    """Return the celestial coordinates as the cards of a clean header; empty if there are none."""
    if not any(key.startswith("CTYPE") for key in header):
        return ""
    from astropy.wcs import WCS  # costs 0.3 s, and many files have no coordinates

    cards = header.copy()
    for pattern in _LOOKUP_KEYS:
        cards.remove(pattern, ignore_missing=True, remove_all=True)
    try:
        wcs = WCS(cards)
        first = 1 if _has_colour_last(axes) else 0
        if (wcs.wcs.lng, wcs.wcs.lat) != (first, first + 1):
            return ""
        sky = wcs.celestial
        centre = sky.pixel_to_world_values(axes[first] / 2, axes[first + 1] / 2)
        return sky.to_header_string(relax=True) if np.isfinite(centre).all() else ""
    except Exception:  # wcslib's errors have no common root; no coordinates is a state, said above
        return ""


def _has_colour_last(axes: tuple[int, ...]) -> bool:
    """Tell arrays of shape (H, W, 3), whose first FITS axis is colour."""
    return len(axes) == 3 and axes[0] in (3, 4) and min(axes[1:]) >= MIN_SIDE_PX


def _plane_shape(axes: tuple[int, ...]) -> tuple[int, int] | None:
    """Return (H, W) of the planes; None where there is nothing two-dimensional."""
    if len(axes) < 2 or 0 in axes:
        return None
    return (axes[2], axes[1]) if _has_colour_last(axes) else (axes[1], axes[0])


def _plane_count(axes: tuple[int, ...]) -> int:
    return axes[0] if _has_colour_last(axes) else prod(axes[2:])


def _index(axes: tuple[int, ...], plane: int, rows: slice, columns: slice) -> tuple[Any, ...]:
    """Return the array index of a part of one plane."""
    if _has_colour_last(axes):
        return rows, columns, plane
    deeper = tuple(int(i) for i in np.unravel_index(plane, axes[:1:-1])) if axes[2:] else ()
    return *deeper, rows, columns


def _unpacked(path: Path, folder: Path, most_bytes: int, *, name: str) -> Path:
    """Return the path of the uncompressed file; gzip is unpacked into the folder, bounded."""
    with path.open("rb") as packed:
        if packed.read(2) != b"\x1f\x8b":
            return path
        packed.seek(0)
        plain = folder / "unpacked.fits"
        inflate = zlib.decompressobj(wbits=31)
        with plain.open("wb") as file:
            while not inflate.eof:
                chunk = inflate.unconsumed_tail or packed.read(1 << 18)
                if not chunk:
                    raise DamagedImage(f"{name} breaks off inside its gzip stream. Fetch it anew.")
                piece = inflate.decompress(chunk, 1 << 22)
                if file.tell() + len(piece) > most_bytes:
                    raise TooLarge(
                        f"{name} unpacks to more than {most_bytes / 2**20:,.0f} MB; "
                        "that is the most that is read."
                    )
                file.write(piece)
    return plain


def answer(request: Answer, folder: Path) -> Answer:
    """Return the answer to one request; a failure is an answer, too."""
    name = request["name"]
    try:
        path = _unpacked(Path(request["path"]), folder, request["most_bytes"], name=name)
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
        (folder / "unpacked.fits").unlink(missing_ok=True)


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
