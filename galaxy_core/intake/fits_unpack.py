"""gzip and bzip2 around a FITS file, undone into a folder, never beyond a bound.

Tells by the first bytes, never by the name. What is packed twice stays packed once: no FITS
file comes so. Runs in the process of ``fits``.
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from pathlib import Path
from typing import IO, cast

from galaxy_core.errors import DamagedImage, NotAnImage, TooLarge

UNPACKED = "unpacked.fits"
_PIECE_BYTES = 1 << 22
_GZIP, _BZIP2 = b"\x1f\x8b", b"BZh"


def unpacked(path: Path, folder: Path, most_bytes: int, *, name: str) -> Path:
    """Return the path of the uncompressed file: itself, or one in the folder.

    Raises
    ------
    DamagedImage
        If the stream breaks off or is no such stream.
    NotAnImage
        If something else than FITS was packed.
    TooLarge
        If it unpacks to more than ``most_bytes``.
    """
    with path.open("rb") as packed:
        begins = packed.read(3)
        if not begins.startswith((_GZIP, _BZIP2)):
            return path
        packed.seek(0)
        how = "gzip" if begins.startswith(_GZIP) else "bzip2"
        stream = gzip.GzipFile(fileobj=packed) if how == "gzip" else bz2.BZ2File(packed)
        plain = folder / UNPACKED
        try:
            with stream, plain.open("wb") as file:
                _copy(cast("IO[bytes]", stream), file, most_bytes, name=name)
        except (EOFError, OSError, zlib.error) as cause:
            raise DamagedImage(
                f"{name} breaks off inside its {how} stream. Fetch it anew."
            ) from cause
    with plain.open("rb") as file:
        if file.read(9) != b"SIMPLE  =":
            raise NotAnImage(
                f"{name} is a {how} archive with no FITS file directly in it. "
                "Unpack it and give the image."
            )
    return plain


def _copy(stream: IO[bytes], file: IO[bytes], most_bytes: int, *, name: str) -> None:
    """Unpack in pieces; a stream that swells beyond the bound is given up there."""
    while True:
        try:
            piece = stream.read(_PIECE_BYTES)
        except gzip.BadGzipFile as error:
            if file.tell() == 0 or "Not a gzipped file" not in str(error):
                raise
            return  # something behind the last stream, as some downloads leave it
        if not piece:
            return
        if file.tell() + len(piece) > most_bytes:
            raise TooLarge(
                f"{name} unpacks to more than {most_bytes / 2**20:,.0f} MB; "
                "that is the most that is read."
            )
        file.write(piece)
