"""TIFF with three or more channels of floats, as astrophotography programs save it.

Pillow reads none. Here the plain kind is read: strips, of 32 or 64 bits a number, as they are
or deflated, without a predictor. Tiles, other compressions and BigTIFF are left to Pillow, and
so refused in its door's words. Nothing is allocated beyond what the file states and the limits
allow.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from galaxy_core.errors import DamagedImage
from galaxy_core.intake.colour import Planes
from galaxy_core.intake.limits import MAX_KEPT_PIXELS, check_bytes, check_pixels

# Tags of TIFF 6.0 (Aldus 1992), and their values for the kind that is read.
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS, _STRIPS = 256, 257, 258, 259, 262, 273
_ORIENTATION, _CHANNELS, _STRIP_ROWS, _STRIP_BYTES, _PLANAR = 274, 277, 278, 279, 284
_PREDICTOR, _TILE_WIDTH, _KIND = 317, 322, 339
_RGB, _FLOAT, _ONE_PLANE_EACH, _PLAIN, _DEFLATED = 2, 3, 2, 1, (8, 32946)
_WANTED = frozenset(
    {_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS, _STRIPS, _ORIENTATION, _CHANNELS}
    | {_STRIP_ROWS, _STRIP_BYTES, _PLANAR, _PREDICTOR, _TILE_WIDTH, _KIND}
)
_MOST_STRIPS = 65_536
_MOST_TAGS, _MOST_CHANNELS, _MOST_BYTES = 500, 16, 256 * 1024 * 1024
_FORMATS, _SIZES = {3: "H", 4: "I"}, {3: 2, 4: 4}  # whole numbers of 16 and 32 bits
_Turn = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
# What orientation asks for: how rows and columns have to be turned to be upright.
_TURNS: dict[int, _Turn] = {
    2: lambda plane: plane[:, ::-1],
    3: lambda plane: plane[::-1, ::-1],
    4: lambda plane: plane[::-1],
    5: lambda plane: plane.T,
    6: lambda plane: plane[::-1].T,
    7: lambda plane: plane[::-1, ::-1].T,
    8: lambda plane: plane[:, ::-1].T,
}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the numbers are."""

    width: int
    height: int
    channels: int
    dtype: np.dtype[np.floating]
    is_deflated: bool
    is_planar: bool
    rows_a_strip: int
    strips: tuple[tuple[int, int], ...]  # offset and length of each
    orientation: int

    @property
    def samples_a_row(self) -> int:
        """Numbers in a row of a strip."""
        return self.width * (1 if self.is_planar else self.channels)

    @property
    def unpacked_bytes(self) -> int:
        """What all channels take."""
        return self.width * self.height * self.channels * self.dtype.itemsize


def read_float_colour(data: bytes, *, name: str) -> tuple[Planes, tuple[str, ...]] | None:
    """Return red, green and blue of a TIFF of floats; None where it is of another kind.

    Parameters
    ----------
    data : bytes
        The whole file, sniffed as TIFF.
    name : str
        What error sentences call it.

    Returns
    -------
    planes : three ndarrays, shape (H, W), float32
        As stored, upright; further channels are left out.
    warnings : tuple of str
        If the file has more pages, of which the first is read.

    Raises
    ------
    IntakeError
        ``TooLarge`` or ``UnsupportedImage`` by its size, ``DamagedImage`` if it breaks off.
    """
    tags, has_more = _first_page(data)
    if tags is None or not _is_plain_float_colour(tags):
        return None
    check_pixels(_one(tags, _WIDTH), _one(tags, _HEIGHT), name=name, limit_pixels=MAX_KEPT_PIXELS)
    layout = _layout(tags, data)
    check_bytes(layout.unpacked_bytes, name=f"{name}, unpacked,", limit_bytes=_MOST_BYTES)
    try:
        planes = _read(data, layout)
    except (ValueError, zlib.error) as cause:
        raise DamagedImage(
            f"{name} begins as TIFF but is damaged: its strips break off or do not fit its size. "
            "Fetch or save it anew."
        ) from cause
    said = ("The file has several pages; only the first is used.",) if has_more else ()
    return planes, said


def _first_page(data: bytes) -> tuple[dict[int, tuple[int, ...]] | None, bool]:
    """Return the whole-number tags of the first page, and whether there are more pages."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        version, start = struct.unpack_from(f"{order}HI", data, 2)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        if version != 42 or count > _MOST_TAGS:
            return None, False
        tags: dict[int, tuple[int, ...]] = {}
        for number in range(count):
            entry = start + 2 + 12 * number
            tag, kind, length, at = struct.unpack_from(f"{order}HHII", data, entry)
            size = _SIZES.get(kind, 0) * length
            # Only what is needed, lest many tags make much of the same few bytes.
            if tag in _WANTED and 0 < length <= _MOST_STRIPS and size:
                where = entry + 8 if size <= 4 else at
                tags[tag] = struct.unpack_from(f"{order}{length}{_FORMATS[kind]}", data, where)
        (more,) = struct.unpack_from(f"{order}I", data, start + 2 + 12 * count)
    except struct.error:
        return None, False  # Pillow says what is wrong with it
    return tags, more != 0


def _is_plain_float_colour(tags: dict[int, tuple[int, ...]]) -> bool:
    """Say whether it is of the kind that is read here."""
    bits, kinds = set(tags.get(_BITS, ())), set(tags.get(_KIND, ()))
    return (
        kinds == {_FLOAT}
        and bits in ({32}, {64})
        and 3 <= _one(tags, _CHANNELS) <= _MOST_CHANNELS
        and _one(tags, _COLOURS) == _RGB
        and _one(tags, _COMPRESSION) in (_PLAIN, *_DEFLATED)
        and _one(tags, _PREDICTOR) == 1
        and _TILE_WIDTH not in tags
        and {_WIDTH, _HEIGHT, _STRIPS, _STRIP_BYTES} <= tags.keys()
    )


def _one(tags: dict[int, tuple[int, ...]], tag: int) -> int:
    """Return a tag's single value; 1 where it is missing, TIFF's default of all used here."""
    return (tags.get(tag) or (1,))[0]


def _layout(tags: dict[int, tuple[int, ...]], data: bytes) -> _Layout:
    order = "<" if data[:2] == b"II" else ">"
    height = _one(tags, _HEIGHT)
    return _Layout(
        width=_one(tags, _WIDTH),
        height=height,
        channels=_one(tags, _CHANNELS),
        dtype=np.dtype(f"{order}f{tags[_BITS][0] // 8}"),
        is_deflated=_one(tags, _COMPRESSION) in _DEFLATED,
        is_planar=_one(tags, _PLANAR) == _ONE_PLANE_EACH,
        rows_a_strip=min(max(tags.get(_STRIP_ROWS, (height,))[0], 1), height),
        strips=tuple(zip(tags[_STRIPS], tags[_STRIP_BYTES])),
        orientation=_one(tags, _ORIENTATION),
    )


def _read(data: bytes, layout: _Layout) -> Planes:
    """Return the first three channels, upright; ``ValueError`` where the strips do not fit."""
    if sum(length for _, length in layout.strips) > len(data):
        raise ValueError("strips overlap")  # each would be copied, and there may be thousands
    if layout.is_planar:
        planes = [_samples(data, layout, number) for number in range(3)]
    else:
        together = _samples(data, layout, 0).reshape(layout.height, layout.width, -1)
        planes = [together[:, :, channel] for channel in range(3)]
    turn = _TURNS.get(layout.orientation, lambda plane: plane)
    with np.errstate(over="ignore"):  # a double beyond float32 becomes infinite: no number
        red, green, blue = (
            np.ascontiguousarray(turn(plane.astype(np.float32, copy=False))) for plane in planes
        )
    return red, green, blue


def _samples(data: bytes, layout: _Layout, number: int) -> npt.NDArray[np.floating]:
    """Return a plane of its own, or all channels together: shape (height, samples a row).

    ``ValueError`` where the strips do not hold that many.
    """
    strips = -(-layout.height // layout.rows_a_strip)
    parts, rows_left = [], layout.height
    for offset, length in layout.strips[number * strips : (number + 1) * strips]:
        samples = min(layout.rows_a_strip, rows_left) * layout.samples_a_row
        rows_left -= layout.rows_a_strip
        stored = data[offset : offset + length]
        if layout.is_deflated:  # never more than is wanted, whatever it would unpack to
            stored = zlib.decompressobj().decompress(stored, samples * layout.dtype.itemsize)
        parts.append(np.frombuffer(stored, layout.dtype, count=samples))
    if rows_left > 0:
        raise ValueError("strips are missing")
    return np.concatenate(parts).reshape(layout.height, layout.samples_a_row)
