"""How a FITS file is laid out, by its headers alone, checked against its length.

What this finds wrong never reaches a FITS library: sizes that the file does not hold,
negative or absurd ones, headers without an end. It reads cards and skips data, so it costs
kilobytes whatever the file claims (FITS standard 4.0, sections 3.3, 4.4 and 7).
It interprets nothing beyond structure; ``fits`` reads pixels and meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import IO

from galaxy_core.errors import DamagedImage, TooLarge, UnsupportedImage

BLOCK_BYTES = 2880
CARD_BYTES = 80
# Real headers reach a few hundred kilobytes (HISTORY cards); half a million cards is abuse.
MAX_HEADER_BLOCKS = 1_000
MAX_HDUS = 300
MAX_AXES = 8
# One plane. 14,000 × 14,000; it is read in rows, never held as a whole.
MAX_PLANE_PIXELS = 200_000_000
_BITPIX = frozenset({8, 16, 32, 64, -32, -64})
_INTEGER = re.compile(r"[+-]?\d{1,18}$")
_STRUCTURAL = re.compile(
    r"Z?(?:SIMPLE|XTENSION|BITPIX|NAXIS[1-8]?|PCOUNT|GCOUNT|GROUPS|IMAGE|TILE[1-8])$"
)

Cards = dict[str, str]


@dataclass(frozen=True, slots=True)
class HduLayout:
    """Where one header-and-data unit lies, and what array it claims to hold.

    Parameters
    ----------
    index : int
        0 for the primary unit.
    axes : tuple of int
        NAXIS1, NAXIS2, … as stated; for a tile-compressed image those of the image.
    bitpix : int
        Bits a pixel, negative for floats; for a tile-compressed image those of the image.
    is_image : bool
        False for tables and random groups.
    is_compressed : bool
        A tile-compressed image in a table.
    """

    index: int
    axes: tuple[int, ...]
    bitpix: int
    is_image: bool
    is_compressed: bool


def read_layout(file: IO[bytes], *, name: str) -> tuple[HduLayout, ...]:
    """Return the layout of every unit of a FITS file.

    Parameters
    ----------
    file : binary file, seekable
        Uncompressed; read from its start.
    name : str
        What error sentences call it.

    Raises
    ------
    DamagedImage
        If a header has no end, lacks or garbles a size, or states more than the file holds.
    TooLarge
        If there are too many units or header cards, or a plane has too many pixels.
    UnsupportedImage
        If no unit holds an image.
    """
    length = file.seek(0, 2)
    position = 0
    units: list[HduLayout] = []
    while position < length:
        file.seek(position)
        cards = _read_cards(file, first=not units, name=name)
        if cards is None:
            break  # what follows the last unit is nobody's ("special records" or padding)
        if len(units) == MAX_HDUS:
            raise TooLarge(f"{name} has more than {MAX_HDUS} FITS units; at most that are read.")
        unit, data_bytes = _describe(cards, len(units), name=name)
        start = file.tell()
        if start + data_bytes > length:
            raise DamagedImage(
                f"{name} breaks off: unit {unit.index} states {data_bytes:,} bytes of data, "
                f"the file holds {length - start:,}. Fetch it anew."
            )
        units.append(unit)
        position = start + -(-data_bytes // BLOCK_BYTES) * BLOCK_BYTES
    if not any(unit.is_image and len(unit.axes) >= 2 for unit in units):
        raise UnsupportedImage(f"{name} is a FITS file without an image in it{_instead(units)}.")
    return tuple(units)


def _instead(units: Sequence[HduLayout]) -> str:
    """Say what there is in place of images."""
    tables = sum(not unit.is_image and len(unit.axes) >= 2 for unit in units)
    if not tables:
        return ""
    return (
        f": it holds {'a table' if tables == 1 else f'{tables} tables'}. Pictures in columns of "
        "a table are not read; save them as image extensions"
    )


def _read_cards(file: IO[bytes], *, first: bool, name: str) -> Cards | None:
    """Read the structural cards of one header; None if no header begins here."""
    cards: Cards = {}
    for number in range(MAX_HEADER_BLOCKS):
        block = file.read(BLOCK_BYTES)
        if number == 0 and not block.startswith(b"SIMPLE  =" if first else b"XTENSION="):
            return None
        if len(block) < BLOCK_BYTES:
            raise DamagedImage(f"{name} breaks off inside a FITS header. Fetch it anew.")
        text = block.decode("latin-1")
        for start in range(0, BLOCK_BYTES, CARD_BYTES):
            card = text[start : start + CARD_BYTES]
            key = card[:8].rstrip()
            if key == "END":
                return cards
            if card[8:10] == "= " and _STRUCTURAL.match(key) and key not in cards:
                cards[key] = card[10:].split("/")[0].strip()
    raise TooLarge(f"{name} has a FITS header without end. Fetch it anew.")


def _describe(cards: Cards, index: int, *, name: str) -> tuple[HduLayout, int]:
    """Turn one header's cards into its layout and the length of its data in bytes."""
    bitpix, axes = _array(cards, "", index, name=name)
    pcount = _integer(cards, "PCOUNT", index, name=name, default=0)
    gcount = _integer(cards, "GCOUNT", index, name=name, default=1)
    if min(pcount, gcount) < 0:
        raise _contradiction(name, index, "a negative PCOUNT or GCOUNT")
    is_groups = bool(axes) and axes[0] == 0 and cards.get("GROUPS", "").startswith("T")
    counted = axes[1:] if is_groups else axes
    elements = prod(counted) if counted else 0
    data_bytes = abs(bitpix) // 8 * gcount * (pcount + elements)
    kind = cards.get("XTENSION", "'IMAGE").strip("' ")
    if kind == "BINTABLE" and cards.get("ZIMAGE", "").startswith("T"):
        zbitpix, zaxes = _array(cards, "Z", index, name=name)
        tiles = [_integer(cards, f"ZTILE{n + 1}", index, name=name, default=1) for n in range(3)]
        if min(tiles) < 1:
            raise _contradiction(name, index, "an impossible tile size")
        _check_plane(zaxes, name=name)
        _check_plane((tiles[0], tiles[1] * tiles[2]), name=name)
        return HduLayout(index, zaxes, zbitpix, True, True), data_bytes
    is_image = kind in ("IMAGE", "IUEIMAGE") and not is_groups and 0 not in axes and bool(axes)
    if is_image:
        _check_plane(axes, name=name)
    return HduLayout(index, axes, bitpix, is_image, False), data_bytes


def _array(cards: Cards, prefix: str, index: int, *, name: str) -> tuple[int, tuple[int, ...]]:
    """Return BITPIX and the axes, or their Z twins of a compressed image."""
    bitpix = _integer(cards, f"{prefix}BITPIX", index, name=name)
    naxis = _integer(cards, f"{prefix}NAXIS", index, name=name)
    if bitpix not in _BITPIX:
        raise _contradiction(name, index, f"{prefix}BITPIX = {bitpix}, which does not exist")
    if not 0 <= naxis <= MAX_AXES:
        raise _contradiction(name, index, f"{naxis} axes; 0 to {MAX_AXES} are read")
    axes = tuple(_integer(cards, f"{prefix}NAXIS{n + 1}", index, name=name) for n in range(naxis))
    if any(axis < 0 for axis in axes):
        raise _contradiction(name, index, f"a negative size {axes}")
    return bitpix, axes


def _integer(cards: Cards, key: str, index: int, *, name: str, default: int | None = None) -> int:
    """Read a whole number off a card."""
    text = cards.get(key)
    if text is None and default is not None:
        return default
    if text is None or not _INTEGER.match(text):
        raise _contradiction(name, index, f"no readable {key}")
    return int(text)


def _check_plane(axes: tuple[int, ...], *, name: str) -> None:
    """Refuse planes of too many pixels."""
    pixels = prod(axes[:2])
    if pixels > MAX_PLANE_PIXELS:
        raise TooLarge(
            f"{name} states a plane of {axes[0]:,} × {axes[1]:,} pixels; at most "
            f"{MAX_PLANE_PIXELS / 1e6:.0f} million are read. Cut out the galaxy first."
        )


def _contradiction(name: str, index: int, what: str) -> DamagedImage:
    return DamagedImage(f"{name} is a damaged FITS file: unit {index} states {what}.")
